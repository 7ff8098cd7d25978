/* SPDX-License-Identifier: MIT */
/* khttpctl rate ... */
#include <fmt/format.h>

#include "command.hpp"
#include "json.hpp"
#include "settings.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

constexpr keyword table_of_rate[] = {
	{"burst", "N", value_kind::number, 1, 1000000, nullptr,
	 "requests that a client may send at once"},
	{"ipv4", "BITS", value_kind::number, 0, 32, nullptr,
	 "of an IPv4 address, that make one client"},
	{"ipv6", "BITS", value_kind::number, 0, 128, nullptr,
	 "of an IPv6 address, that make one client"},
	{"addresses", "N", value_kind::number, 64, 16777216, nullptr,
	 "clients that it can tell apart; only when it is made"},
};

std::string rate_text(const khttp::rate_info &rate)
{
	return fmt::format("{} in {}", rate.count, format_time(rate.period, time_unit::seconds));
}

} // namespace

const std::span<const keyword> rate_keywords{table_of_rate};

void parse_rate(const std::string &text, khttp::rate_settings &settings)
{
	std::size_t slash = std::min(text.find('/'), text.size());
	std::optional<std::uint64_t> count = parse_number(text.substr(0, slash));
	std::string behind = text.substr(std::min(slash + 1, text.size()));
	std::optional<std::uint64_t> period;

	if (behind == "s" || behind == "m" || behind == "h")
		behind = "1" + behind;
	if (!behind.empty())
		period = parse_time(behind, time_unit::seconds);
	if (!count || !*count || *count > UINT32_MAX || !period || !*period ||
	    *period > 86400)
		throw usage_error(fmt::format("'{}' is no rate: write 10/s, 600/m, 1000/h or "
					      "100/10s",
					      printable(text)));
	settings.count = static_cast<std::uint32_t>(*count);
	settings.period = static_cast<std::uint32_t>(*period);
}

int rate_set(context &ctx, const arguments &args)
{
	if (args.words.size() < 2)
		throw usage_error("write a NAME and a RATE, like: login 10/m");
	keyword_values values = args.tail(2, rate_keywords);
	khttp::rate_settings settings;

	parse_rate(args.words[1], settings);
	settings.burst = values.number32("burst");
	settings.ipv4_bits = values.number32("ipv4");
	settings.ipv6_bits = values.number32("ipv6");
	settings.addresses = values.number32("addresses");
	ctx.control().set_rate(args.words[0], settings);
	return 0;
}

int rate_del(context &ctx, const arguments &args)
{
	ctx.control().delete_rate(args.only("name of the rate"));
	return 0;
}

int rate_list(context &ctx, const arguments &args)
{
	args.expect_none();
	std::vector<khttp::rate_info> rates = ctx.control().rates();
	table t({{"RATE"}, {"REQUESTS"}, {"BURST", align::right}, {"CLIENT"},
		 {"ACTIVE", align::right}, {"ROOM", align::right}, {"MEMORY", align::right},
		 {"RULES", align::right}});

	if (ctx.json) {
		print_json(ctx.out, json_list(rates));
		return 0;
	}
	for (const khttp::rate_info &rate : rates)
		t.add({rate.name, rate_text(rate), fmt::format("{}", rate.burst),
		       fmt::format("/{} /{}", rate.ipv4_bits, rate.ipv6_bits),
		       fmt::format("{}", rate.active), fmt::format("{}", rate.addresses),
		       format_size(rate.bytes), fmt::format("{}", rate.rules)});
	t.print(ctx.out, ctx.colour);
	return 0;
}

} // namespace khttpctl
