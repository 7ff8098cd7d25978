/* SPDX-License-Identifier: MIT */
#include "dictionary.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <linux/khttp.h>

#include "../command.hpp"
#include "../failures.hpp"
#include "../live_limits.hpp"
#include "../people.hpp"
#include "../rules.hpp"
#include "../run/options.hpp"
#include "../settings.hpp"
#include "../text.hpp"
#include "../units.hpp"
#include "../url_text.hpp"

namespace khttpctl::configuration {

namespace {

/* Longer names are the kernel's to refuse, shorter ones as well */
constexpr const char *name_characters = "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"0123456789._-";

std::vector<std::string> names_of(std::span<const keyword> table)
{
	std::vector<std::string> names;

	for (const keyword &word : table)
		names.emplace_back(word.name);
	return names;
}

/* Judged as on the command line, and written in one way */
std::string normal_number(const std::string &key, const std::string &text,
			  std::span<const keyword> table)
{
	const std::string pair[] = {key, text};
	const keyword_values values = parse_keywords(pair, table);
	const keyword &word = keyword_of(table, key);

	return word.kind == value_kind::text ? text : exact_text(word, *values.number(key));
}

std::vector<std::string> normal_networks(const std::vector<std::string> &list)
{
	std::vector<std::string> texts;

	for (const std::string &item : list)
		texts.push_back(network_text(parse_network(item)));
	return texts;
}

/* What one word says of all of it */
std::vector<std::string> items_of(const value &raw, const char *nothing)
{
	if (raw.text == nothing)
		return {};
	return raw.text.empty() ? raw.list : split(raw.text, ',');
}

value normal_queue(const std::string &key, const value &raw)
{
	std::string text = normal_number(key, raw.text, queue_keywords);

	if (key != "owner")
		return {text};
	const owner named = parse_owner(text);
	return {owner_text(named.uid.value_or(0), named.gid.value_or(0))};
}

value normal_listener(const std::string &key, const value &raw)
{
	if (key == "trusted")
		return {"", normal_networks(items_of(raw, "none"))};
	if (key == "address")
		return {"", normal_networks(items_of(raw, "all"))};
	std::string text = normal_number(key, raw.text, listener_keywords);

	if (key != "keepalive")
		return {text};
	const std::string pair[] = {key, text};
	const auto s = listener_settings_from(parse_keywords(pair, listener_keywords));
	return {keepalive_text(*s.keep_idle, s.keep_interval.value_or(0),
			       s.keep_count.value_or(0))};
}

value normal_rate(const std::string &key, const value &raw)
{
	khttp::rate_settings settings;

	if (key != "rate")
		return {normal_number(key, raw.text, rate_keywords)};
	parse_rate(raw.text, settings);
	return {rate_text(*settings.count, *settings.period)};
}

value normal_url(const std::string &key, const value &raw)
{
	std::string text = normal_number(key, raw.text, url_add_keywords);

	if (key == "status")
		return {fmt::format("{}", redirect_status(text))};
	return {text};
}

value normal_set(const value &raw)
{
	std::vector<khttp::network> list;
	value out;

	for (const std::string &item : raw.list)
		list.push_back(parse_network(item));
	list = khttp::tidy_networks(std::move(list));
	for (const khttp::network &n : list)
		out.list.push_back(network_text(n));
	return out;
}

value normal_rules(const value &raw)
{
	value out;

	for (const std::string &rule : raw.list)
		out.list.push_back(rule_text(std::span(&rule, 1)));
	return out;
}

/* As many digits as a switch has: it is one of the two */
std::string normal_switch(const std::string &key, const std::string &text)
{
	if (text != "on" && text != "off")
		throw usage_error(
			fmt::format("{} '{}': write true or false", key, printable(text)));
	return text;
}

value normal_reservation(const std::string &key, const value &raw)
{
	if (key == "user")
		return {user_name(person_named(raw.text).uid.value_or(0))};
	if (key == "group")
		return {group_name(parse_owner(":" + raw.text).gid.value_or(0))};
	return {normal_switch(key, raw.text)};
}

bool is_page(const std::string &key)
{
	return key.starts_with(page_prefix);
}

value normal_page(const std::string &key, const value &raw)
{
	const auto status = parse_number(std::string_view(key).substr(page_prefix.size()));

	if (!status || *status < 400 || *status > 599)
		throw usage_error(
			fmt::format("{}: a page is for a status from 400 to 599", printable(key)));
	if (raw.bytes.size() > KHTTP_PAGE_MAX)
		throw usage_error(
			fmt::format("{}: a page has no more than {} bytes", key, KHTTP_PAGE_MAX));
	return {raw.text.empty() ? "text/html; charset=utf-8" : raw.text, {}, raw.bytes};
}

} // namespace

const keyword &keyword_of(std::span<const keyword> table, std::string_view name)
{
	auto found = std::ranges::find_if(table, [&](const keyword &w) { return name == w.name; });

	if (found == table.end())
		throw usage_error(fmt::format("unknown key '{}'{}", printable(name),
					      did_you_mean(std::string(name), names_of(table))));
	return *found;
}

std::string text_of(std::span<const keyword> table, std::string_view name, std::uint64_t number)
{
	return exact_text(keyword_of(table, name), number);
}

std::string rate_text(std::uint32_t count, std::uint32_t period)
{
	std::string text = exact_time(period, time_unit::seconds);

	if (text == "1s" || text == "1m" || text == "1h")
		text.erase(0, 1);
	return fmt::format("{}/{}", count, text);
}

std::string keepalive_text(std::uint32_t idle, std::uint32_t interval, std::uint32_t count)
{
	if (!idle)
		return "off";
	return fmt::format("{},{},{}", exact_time(idle, time_unit::seconds),
			   exact_time(interval, time_unit::seconds), count);
}

std::string owner_text(std::uint32_t uid, std::uint32_t gid)
{
	return fmt::format("{}:{}", user_name(uid), group_name(gid));
}

std::string server_text(const std::string &field)
{
	if (field == KHTTP_SERVER_DEFAULT)
		return "on";
	return field.empty() ? "off" : field;
}

std::string retry_text(std::uint32_t seconds)
{
	return seconds ? exact_time(seconds, time_unit::seconds) : "none";
}

std::vector<std::string> dictionary::keys(kind k) const
{
	std::vector<std::string> names;

	switch (k) {
	case kind::limits:
	case kind::group:
		if (k == kind::group)
			names = {"queue", "server", "maintenance", "retry", "filter", "page"};
		for (const khttp::limit_info &limit : limits_)
			if (limit.per_group || k == kind::limits)
				names.push_back(limit.name);
		return names;
	case kind::networks: return {"networks", "file"};
	case kind::rate:
		names = names_of(rate_keywords);
		names.insert(names.begin(), "rate");
		return names;
	case kind::listener: return names_of(listener_keywords);
	case kind::queue: return names_of(queue_keywords);
	case kind::reservation: return {"user", "group", "listen", "delegate"};
	case kind::url: return names_of(url_add_keywords);
	case kind::app:
		names = {"command", "queue"};
		for (const option &o : supervision::options())
			if (o.name != std::string_view("config"))
				names.emplace_back(o.name);
	}
	return names;
}

bool dictionary::is_list(kind k, std::string_view key)
{
	switch (k) {
	case kind::networks: return true;
	case kind::listener: return key == "trusted" || key == "address";
	case kind::group: return key == "filter";
	case kind::app: return key == "command" || key == "env";
	default: return false;
	}
}

std::string dictionary::limit_text(const std::string &name, std::uint64_t number) const
{
	return exact_by_unit(number, find_limit(limits_, name).unit);
}

std::string dictionary::normal_limit(const std::string &key, const std::string &text) const
{
	const khttp::limit_info &limit = find_limit(limits_, key);

	return exact_by_unit(limit_value(limit, text), limit.unit);
}

bool dictionary::is_only_of_namespace(const std::string &key) const
{
	const auto found = std::ranges::find(limits_, key, &khttp::limit_info::name);

	return found != limits_.end() && !found->per_group;
}

value dictionary::normal_group(const std::string &key, const value &raw) const
{
	if (is_page(key))
		return normal_page(key, raw);
	if (key == "filter")
		return normal_rules(raw);
	if (key == "queue")
		return {raw.text};
	if (key == "server")
		return {server_text(server_field(raw.text))};
	if (key == "maintenance")
		return {normal_switch(key, raw.text)};
	if (key == "retry")
		return {retry_text(retry_seconds(raw.text))};
	return {normal_limit(key, raw.text)};
}

value dictionary::normal(kind k, const std::string &key, const value &raw) const
{
	switch (k) {
	case kind::limits: return {normal_limit(key, raw.text)};
	case kind::networks: return normal_set(raw);
	case kind::rate: return normal_rate(key, raw);
	case kind::listener: return normal_listener(key, raw);
	case kind::queue: return normal_queue(key, raw);
	case kind::group: return normal_group(key, raw);
	case kind::reservation: return normal_reservation(key, raw);
	case kind::url: return normal_url(key, raw);
	case kind::app: break;
	}
	return raw;
}

std::string dictionary::normal_name(kind k, const std::string &name) const
{
	if (k == kind::url || k == kind::reservation)
		return normal_prefix(name);
	if (k == kind::listener)
		return khttp::to_string(parse_place(name));
	if (name.empty() || name[0] == '-' || name.size() >= KHTTP_QUEUE_NAME_MAX ||
	    name.find_first_not_of(name_characters) != std::string::npos)
		throw usage_error(fmt::format("'{}': names are 1 to 63 of letters, digits, '.', "
					      "'_', '-', not '-' first",
					      printable(name)));
	return name;
}

} // namespace khttpctl::configuration
