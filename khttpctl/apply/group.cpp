/* SPDX-License-Identifier: MIT */
#include "group.hpp"

#include <algorithm>

#include "../live_limits.hpp"
#include "../settings.hpp"
#include "../units.hpp"

namespace khttpctl::configuration {

namespace {

using maker = std::function<void(khttp::control &)>;

bool differs(const group_change &g, const std::string &key)
{
	const value *now = find_key(g.before, key), *next = find_key(g.wanted, key);

	return (now && next) ? *now != *next : now != next;
}

std::uint32_t status_of(const std::string &key)
{
	return static_cast<std::uint32_t>(
		parse_number(std::string_view(key).substr(page_prefix.size())).value_or(0));
}

bool is_limit(const std::string &key)
{
	return key != "queue" && key != "filter" && key != "server" && key != "maintenance" &&
	       key != "retry" && !key.starts_with(page_prefix);
}

/* Of all that either has: what is another, or is no more */
std::vector<std::string> changed_keys(const group_change &g)
{
	std::vector<std::string> keys;

	for (const auto &[key, v] : g.wanted)
		if (differs(g, key))
			keys.push_back(key);
	for (const auto &[key, v] : g.before)
		if (!g.wanted.contains(key))
			keys.push_back(key);
	return keys;
}

khttp::door_settings door_of(const group_change &g)
{
	khttp::door_settings door;

	if (differs(g, "server"))
		door.server = server_field(g.wanted.at("server").text);
	if (differs(g, "maintenance"))
		door.maintenance = g.wanted.at("maintenance").text == "on";
	if (differs(g, "retry"))
		door.retry_after = retry_seconds(g.wanted.at("retry").text);
	return door;
}

std::vector<khttp::group_setting> limits_of(const group_change &g)
{
	std::vector<khttp::group_setting> limits;

	for (const std::string &key : changed_keys(g)) {
		if (!is_limit(key))
			continue;
		limits.push_back({key, std::nullopt});
		if (const value *v = find_key(g.wanted, key))
			limits.back().value = limit_number(g.words, key, v->text);
	}
	return limits;
}

/* Each in a message of its own: two may be more than one takes */
void add_pages(const group_change &g, std::vector<maker> &out)
{
	for (const std::string &key : changed_keys(g)) {
		if (!key.starts_with(page_prefix))
			continue;
		khttp::door_settings door;
		khttp::error_page &page = door.pages.emplace_back();
		page.status = status_of(key);
		if (const value *v = find_key(g.wanted, key)) {
			page.body = v->bytes;
			page.type = v->text;
		}
		out.push_back([name = g.name, door](khttp::control &control) {
			control.set_group(name, {}, door);
		});
	}
}

/* Rules with the same text go on counting, each as often as it is there */
std::vector<khttp::filter_entry> entries_of(const group_change &g)
{
	std::vector<khttp::filter_rule> there = g.rules;
	std::vector<khttp::filter_entry> entries;

	for (const std::string &text : g.wanted.at("filter").list) {
		auto found = std::ranges::find(there, text, &khttp::filter_rule::text);

		if (found == there.end()) {
			entries.push_back({0, text});
			continue;
		}
		entries.push_back({found->id, ""});
		there.erase(found);
	}
	return entries;
}

} // namespace

std::uint64_t limit_number(const dictionary &words, const std::string &name,
			   const std::string &text)
{
	return limit_value(find_limit(words.limits(), name), text);
}

std::vector<maker> changes_of(const group_change &g, bool rules_anew)
{
	const std::vector<khttp::group_setting> limits = limits_of(g);
	const khttp::door_settings door = door_of(g);
	std::vector<maker> out;

	if (g.fresh && !g.queue.empty())
		out.push_back([=, name = g.name, queue = g.queue](khttp::control &control) {
			control.add_group(name, queue, limits, door);
		});
	else if (!limits.empty() || door.server || door.maintenance || door.retry_after)
		out.push_back([=, name = g.name](khttp::control &control) {
			control.set_group(name, limits, door);
		});
	add_pages(g, out);
	const bool has_rules = !g.wanted.at("filter").list.empty();
	if (differs(g, "filter") || (rules_anew && has_rules))
		out.push_back([name = g.name, entries = entries_of(g)](khttp::control &control) {
			control.set_filter(name, entries);
		});
	return out;
}

} // namespace khttpctl::configuration
