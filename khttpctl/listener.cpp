/* SPDX-License-Identifier: MIT */
/* khttpctl listener ... */
#include <cerrno>

#include <fmt/format.h>
#include <linux/khttp.h>

#include <khttp/error.hpp>

#include "command.hpp"
#include "json.hpp"
#include "pure.hpp"
#include "settings.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

constexpr keyword table_of_listener[] = {
	{"proxy", "off|v1|v2|any", value_kind::choice, 0, 0, nullptr,
	 "who is trusted begins with a PROXY protocol header"},
	{"trusted", "none|NETWORK,...", value_kind::text, 0, 0, nullptr,
	 "networks whose hosts may say for whom they speak"},
	{"client-from", "none|forwarded|x-forwarded-for", value_kind::choice, 0, 0, nullptr,
	 "the field in which they name the client"},
	{"backlog", "N", value_kind::number, 1, 65535, nullptr,
	 "connections that wait to be accepted"},
	{"keepalive", "off|IDLE,INTERVAL,COUNT", value_kind::text, 0, 0, nullptr,
	 "TCP keep-alive: silence, time between probes, probes"},
	{"device", "any|NAME", value_kind::text, 0, 0, nullptr,
	 "only connections that come in at this interface"},
	{"address", "all|ADDRESS,...", value_kind::text, 0, 0, nullptr,
	 "where prefixes without an IP address listen"},
};

constexpr const char *place_usage = "write a PORT, ADDRESS:PORT or [IPV6]:PORT";

khttp::listener_place place_of(const arguments &args)
{
	if (args.words.empty())
		throw usage_error(fmt::format("the port is missing: {}", place_usage));
	return parse_place(args.words[0]);
}

/* Words with commas between them; @nothing is a word for none */
std::optional<std::vector<std::string>> list_of(const keyword_values &values, const char *name,
						const char *nothing)
{
	std::optional<std::string> text = values.text(name);

	if (!text)
		return std::nullopt;
	if (*text == nothing)
		return std::vector<std::string>();
	return split(*text, ',');
}

void parse_keepalive(const std::string &text, khttp::listener_settings &settings)
{
	std::vector<std::string> parts = split(text, ',');
	std::vector<std::uint32_t> numbers;

	if (text == "off") {
		settings.keep_idle = 0;
		return;
	}
	for (std::size_t i = 0; i < parts.size(); i++) {
		std::optional<std::uint64_t> value =
			i < 2 ? parse_time(parts[i], time_unit::seconds) : parse_number(parts[i]);

		if (value && *value >= 1 && *value <= (i < 2 ? 32767U : 127U))
			numbers.push_back(static_cast<std::uint32_t>(*value));
	}
	if (parts.size() != 3 || numbers.size() != 3)
		throw usage_error(fmt::format("keepalive '{}': write off, or IDLE,INTERVAL,COUNT: "
					      "two times and a number, like 60s,10s,5",
					      printable(text)));
	settings.keep_idle = numbers[0];
	settings.keep_interval = numbers[1];
	settings.keep_count = numbers[2];
}

std::string list_text(const std::vector<std::string> &items, const char *nothing)
{
	return items.empty() ? nothing : join(items, ", ");
}

std::string keepalive_text(const khttp::listener_settings_info &s)
{
	if (!s.keep_idle)
		return "off";
	return fmt::format("{}, {}, {}", format_time(s.keep_idle, time_unit::seconds),
			   format_time(s.keep_interval, time_unit::seconds), s.keep_count);
}

std::string device_text(const khttp::listener_settings_info &s)
{
	return s.device.empty() ? "any" : printable(s.device);
}

/* Is this socket opened by these settings? */
bool governs(const khttp::listener_settings_info &s,
	     const std::vector<khttp::listener_settings_info> &all,
	     const khttp::listener_info &listener)
{
	const std::string address = khttp::to_string(listener);

	if (listener.port != s.place.port)
		return false;
	if (!s.place.address.empty())
		return address == s.place.address;
	for (const khttp::listener_settings_info &other : all)
		if (other.place.port == s.place.port && other.place.address == address)
			return false;
	return true;
}

std::vector<khttp::listener_info> sockets_of(context &ctx, const khttp::listener_settings_info &s,
					     const std::vector<khttp::listener_settings_info> &all)
{
	std::vector<khttp::listener_info> found;

	for (const khttp::listener_info &listener : ctx.control().listeners())
		if (governs(s, all, listener))
			found.push_back(listener);
	return found;
}

void print_settings(context &ctx, const khttp::listener_settings_info &s)
{
	listing lines;

	lines.add("listener", {khttp::to_string(s.place), tint::bold});
	lines.add("proxy", std::string(khttp::to_string(s.proxy)));
	lines.add("client from", std::string(khttp::to_string(s.client_from)));
	lines.add("trusted", list_text(s.trusted, "none"));
	lines.add("backlog", fmt::format("{}", s.backlog));
	lines.add("keepalive", keepalive_text(s));
	lines.add("device", device_text(s));
	if (s.place.address.empty())
		lines.add("address", list_text(s.addresses, "all"));
	lines.print(ctx.out, ctx.colour);
}

void print_sockets(context &ctx, const std::vector<khttp::listener_info> &sockets)
{
	table t({{"LISTENING"}, {"CONNECTIONS", align::right}, {"ACCEPTED", align::right}});

	ctx.out << '\n';
	for (const khttp::listener_info &socket : sockets)
		t.add({khttp::to_string({socket.port, khttp::to_string(socket)}),
		       fmt::format("{}", socket.connections), fmt::format("{}", socket.accepted)});
	if (t.empty())
		ctx.out << "nothing listens there: no prefix needs it\n";
	else
		t.print(ctx.out, ctx.colour);
}

} // namespace

const std::span<const keyword> listener_keywords{table_of_listener};

khttp::listener_place parse_place(const std::string &text)
{
	khttp_host host;
	khttp::listener_place place;
	std::optional<std::uint64_t> port = parse_number(text);

	if (port && *port >= 1 && *port <= 65535) {
		place.port = static_cast<std::uint16_t>(*port);
		return place;
	}
	if (!khttp_host_parse(text.data(), static_cast<u32>(text.size()), &host) || !host.port ||
	    host.kind == KHTTP_HOST_NAME)
		throw usage_error(fmt::format("'{}': {}", printable(text), place_usage));
	place.address = text.substr(host.off, host.len);
	place.port = host.port;
	return place;
}

khttp::listener_settings listener_settings_from(const keyword_values &values)
{
	khttp::listener_settings settings;

	if (auto number = values.number("proxy"))
		settings.proxy = static_cast<khttp::proxy_mode>(*number);
	if (auto number = values.number("client-from"))
		settings.client_from = static_cast<khttp::client_from>(*number);
	settings.trusted = list_of(values, "trusted", "none");
	settings.backlog = values.number32("backlog");
	if (auto text = values.text("keepalive"))
		parse_keepalive(*text, settings);
	if (auto text = values.text("device"))
		settings.device = *text == "any" ? "" : *text;
	settings.addresses = list_of(values, "address", "all");
	return settings;
}

int listener_set(context &ctx, const arguments &args)
{
	khttp::listener_place place = place_of(args);
	keyword_values values = args.tail(1, listener_keywords);

	if (values.empty())
		throw usage_error("there is nothing to set: name a keyword and its value");
	khttp::listener_settings settings = listener_settings_from(values);
	ctx.control().set_listener(place, settings);
	return 0;
}

int listener_reset(context &ctx, const arguments &args)
{
	ctx.control().reset_listener(parse_place(args.only("port")));
	return 0;
}

int listener_list(context &ctx, const arguments &args)
{
	args.expect_none();
	std::vector<khttp::listener_settings_info> all = ctx.control().listener_settings();
	table t({{"LISTENER"}, {"PROXY"}, {"CLIENT FROM"}, {"TRUSTED"}, {"BACKLOG", align::right},
		 {"KEEPALIVE"}, {"DEVICE"}, {"ADDRESS"}});

	if (ctx.json) {
		print_json(ctx.out, json_list(all));
		return 0;
	}
	for (const khttp::listener_settings_info &s : all)
		t.add({khttp::to_string(s.place), std::string(khttp::to_string(s.proxy)),
		       std::string(khttp::to_string(s.client_from)), list_text(s.trusted, "none"),
		       fmt::format("{}", s.backlog), keepalive_text(s), device_text(s),
		       list_text(s.addresses, s.place.address.empty() ? "all" : "-")});
	t.print(ctx.out, ctx.colour);
	return 0;
}

int listener_show(context &ctx, const arguments &args)
{
	khttp::listener_place place = parse_place(args.only("port"));
	std::vector<khttp::listener_settings_info> all = ctx.control().listener_settings();
	const std::string wanted = khttp::to_string(place);

	for (const khttp::listener_settings_info &s : all) {
		if (khttp::to_string(s.place) != wanted)
			continue;
		std::vector<khttp::listener_info> sockets = sockets_of(ctx, s, all);

		if (ctx.json) {
			json object = json_of(s);

			object["listeners"] = json_list(sockets);
			print_json(ctx.out, object);
		} else {
			print_settings(ctx, s);
			print_sockets(ctx, sockets);
		}
		return 0;
	}
	throw khttp::error(ENOENT, fmt::format("{} has no settings, so the defaults hold: "
					       "'khttpctl listener set {} ...'",
					       wanted, wanted));
}

} // namespace khttpctl
