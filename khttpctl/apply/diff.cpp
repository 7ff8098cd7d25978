/* SPDX-License-Identifier: MIT */
#include "diff.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "../text.hpp"
#include "../units.hpp"
#include "dictionary.hpp"

namespace khttpctl::configuration {

namespace {

constexpr std::size_t columns = 80;
/* Items of a list that are shown one by one */
constexpr std::size_t items_max = 8;

std::optional<value> value_of(const object &keys, const std::string &key)
{
	const value *v = find_key(keys, key);

	return v ? std::optional(*v) : std::nullopt;
}

std::vector<key_change> compare(const object &live, const object &wanted)
{
	std::vector<key_change> keys;

	for (const auto &[key, v] : wanted)
		if (value_of(live, key) != v)
			keys.push_back({key, value_of(live, key), v});
	for (const auto &[key, v] : live)
		if (!wanted.contains(key))
			keys.push_back({key, v, std::nullopt});
	return keys;
}

void compare_kind(kind k, const objects &live, const objects &wanted, std::vector<change> &out)
{
	for (const auto &[name, keys] : wanted) {
		auto before = live.find(name);
		const bool is_new = before == live.end();
		change c{is_new ? action::add : action::change, k, name,
			 compare(is_new ? object() : before->second, keys)};

		if (is_new || !c.keys.empty())
			out.push_back(std::move(c));
	}
	for (const auto &[name, keys] : live)
		if (!wanted.contains(name))
			out.push_back({action::remove, k, name, compare(keys, {})});
}

/* A queue's own group comes and goes with it, and sets nothing at first */
model with_own_groups(const model &live, const model &wanted)
{
	model out = live;
	objects &groups = out.of(kind::group);

	for (const auto &[name, keys] : wanted.of(kind::queue))
		if (!live.of(kind::queue).contains(name))
			groups.try_emplace(name, group_at_first());
	for (const auto &[name, keys] : live.of(kind::queue))
		if (!wanted.of(kind::queue).contains(name) &&
		    !wanted.of(kind::group).contains(name))
			groups.erase(name);
	return out;
}

} // namespace

std::vector<change> differences(const model &live, const model &wanted)
{
	const model before = with_own_groups(live, wanted);
	std::vector<change> changes;

	for (std::size_t k = 0; k < kinds; k++)
		if (static_cast<kind>(k) != kind::app)
			compare_kind(static_cast<kind>(k), before.all[k], wanted.all[k], changes);
	return changes;
}

std::string title(kind k, const std::string &name)
{
	return name.empty() ? name_of(k) : fmt::format("{} {}", name_of(k), printable(name));
}

namespace {

std::string text_of(const std::optional<value> &v)
{
	if (!v)
		return "none";
	if (!v->bytes.empty())
		return fmt::format("{} ({})", printable(v->text), format_size(v->bytes.size()));
	if (!v->list.empty())
		return join(v->list, ", ");
	return v->text.empty() ? "none" : printable(v->text);
}

/* What stands in @a and not in @b */
std::vector<std::string> only_in(const std::optional<value> &a, const std::optional<value> &b)
{
	std::vector<std::string> items = a ? a->list : std::vector<std::string>();
	std::vector<std::string> others = b ? b->list : std::vector<std::string>();

	std::ranges::sort(others);
	std::erase_if(items, [&](const std::string &item) {
		return std::ranges::binary_search(others, item);
	});
	return items;
}

void print_items(std::ostream &out, char sign, const std::vector<std::string> &items, tint shade,
		 bool colour)
{
	for (std::size_t i = 0; i < items.size() && i < items_max; i++)
		out << painted(fmt::format("      {} {}", sign, printable(items[i])), shade, colour)
		    << '\n';
	if (items.size() > items_max)
		out << painted(fmt::format("      {} {} more", sign, items.size() - items_max),
			       shade, colour)
		    << '\n';
}

void print_list(std::ostream &out, const key_change &k, bool colour)
{
	const std::vector<std::string> more = only_in(k.to, k.from);
	const std::vector<std::string> less = only_in(k.from, k.to);

	out << fmt::format("    {}{}\n", k.key,
			   more.empty() && less.empty() ? ": another order" : "");
	print_items(out, '+', more, tint::good, colour);
	print_items(out, '-', less, tint::bad, colour);
}

void print_key(std::ostream &out, const change &c, const key_change &k, bool colour)
{
	const std::string from = text_of(k.from), to = text_of(k.to);
	std::string line;

	if ((k.from && !k.from->list.empty()) || (k.to && !k.to->list.empty()))
		return print_list(out, k, colour);
	if (c.what == action::add && k.to && k.to->text.empty())
		return;
	line = fmt::format("    {:<24} ", printable(k.key));
	if (c.what == action::add)
		line += to;
	else if (c.what == action::remove)
		line += from;
	else if (from == to)
		line += fmt::format("{}, with other bytes", to);
	else
		line += fmt::format("{} -> {}", from, to);
	if (columns_of(line) > columns && c.what == action::change)
		line = fmt::format("    {}\n      - {}\n      + {}", printable(k.key), from, to);
	out << line << '\n';
}

struct sign {
	char mark;
	tint shade;
	const char *word;
};

sign sign_of(action what)
{
	switch (what) {
	case action::add: return {'+', tint::good, "added"};
	case action::remove: return {'-', tint::bad, "removed"};
	default: return {'~', tint::warn, "changed"};
	}
}

} // namespace

void print_changes(std::ostream &out, const std::vector<change> &changes, bool colour)
{
	for (const change &c : changes) {
		const sign s = sign_of(c.what);

		out << painted(fmt::format("{} {}", s.mark, title(c.kind, c.name)), s.shade, colour)
		    << '\n';
		for (const key_change &k : c.keys)
			print_key(out, c, k, colour);
	}
}

std::string summary(const std::vector<change> &changes)
{
	std::vector<std::string> parts;

	if (changes.empty())
		return "nothing to change";
	for (action what : {action::add, action::change, action::remove}) {
		const auto n = std::ranges::count(changes, what, &change::what);

		if (n)
			parts.push_back(fmt::format("{} {}", n, sign_of(what).word));
	}
	return fmt::format("{} {}: {}", changes.size(), changes.size() == 1 ? "change" : "changes",
			   join(parts, ", "));
}

json json_of_value(const value &v)
{
	if (!v.bytes.empty())
		return {{"type", v.text}, {"length", v.bytes.size()}};
	return v.list.empty() ? json(v.text) : json(v.list);
}

namespace {

json json_of(const std::optional<value> &v)
{
	return v ? json_of_value(*v) : json();
}

} // namespace

json json_of(const std::vector<change> &changes)
{
	static constexpr const char *words[] = {"add", "change", "remove"};
	json list = json::array();

	for (const change &c : changes) {
		json keys = json::object();

		for (const key_change &k : c.keys)
			keys[k.key] = {{"from", json_of(k.from)}, {"to", json_of(k.to)}};
		list.push_back({{"action", words[static_cast<int>(c.what)]},
				{"object", name_of(c.kind)},
				{"name", c.name},
				{"keys", keys}});
	}
	return list;
}

} // namespace khttpctl::configuration
