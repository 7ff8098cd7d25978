/* SPDX-License-Identifier: MIT */
/* khttpctl group ... */
#include <algorithm>

#include <fmt/format.h>

#include "command.hpp"
#include "door.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "live_limits.hpp"
#include "share.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

/* For help: they are read by hand, as a page has more words than one */
constexpr keyword table_of_group[] = {
	{"queue", "NAME", value_kind::text, 0, 0, nullptr, "the queue that gets its requests",
	 true},
	{"server", "on|off|TEXT", value_kind::text, 0, 0, nullptr,
	 "the Server field of answers whose worker sets none"},
	{"page", "STATUS FILE|none [type TYPE]", value_kind::text, 0, 0, nullptr,
	 "what refusals with this status have as their body"},
	{"maintenance", "on [retry TIME]|off", value_kind::text, 0, 0, nullptr,
	 "everything is answered 503"},
};

const std::string &group_name(const arguments &args)
{
	if (args.words.empty())
		throw usage_error("the name of the group is missing");
	return args.words[0];
}

/* Pairs of limit and value; "default" is to have none of its own */
std::vector<khttp::group_setting> group_settings(context &ctx,
						 const std::vector<std::string> &words)
{
	std::vector<khttp::group_setting> settings;
	std::vector<khttp::limit_info> limits;

	if (!words.empty() && words[0] == "filter")
		throw usage_error("its rules have verbs of their own: 'khttpctl filter add GROUP "
				  "RULE', 'khttpctl filter load GROUP FILE'");
	if (words.size() % 2)
		throw usage_error("write pairs of LIMIT and VALUE");
	if (!words.empty())
		limits = ctx.control().limits();
	for (std::size_t i = 0; i < words.size(); i += 2) {
		const khttp::limit_info &limit = find_limit(limits, words[i]);

		if (!limit.per_group)
			throw usage_error(fmt::format("{} is of the whole namespace: "
						      "'khttpctl limits set {} ...'",
						      limit.name, limit.name));
		khttp::group_setting &setting = settings.emplace_back();
		setting.name = limit.name;
		if (words[i + 1] != "default")
			setting.value = limit_value(limit, words[i + 1]);
	}
	return settings;
}

/* Takes "queue NAME" out of what stands behind the group's name */
std::string take_queue(std::vector<std::string> &words)
{
	for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
		if (words[i] != "queue")
			continue;
		std::string queue = words[i + 1];
		auto at = words.begin() + static_cast<std::ptrdiff_t>(i);
		words.erase(at, at + 2);
		return queue;
	}
	throw usage_error("'queue NAME' is missing");
}

const khttp::limit_info *limit_of(const std::vector<khttp::limit_info> &limits,
				  const std::string &name)
{
	auto found = std::ranges::find(limits, name, &khttp::limit_info::name);

	return found == limits.end() ? nullptr : &*found;
}

std::string in_its_unit(const khttp::limit_info *limit, std::uint64_t value)
{
	return format_by_unit(value, limit ? limit->unit : "");
}

std::string sets_text(const khttp::group_info &group, const std::vector<khttp::limit_info> &limits)
{
	std::vector<std::string> parts = door_texts(group);

	for (const khttp::group_limit &limit : group.limits)
		if (limit.own)
			parts.push_back(fmt::format("{} {}", limit.name,
						    in_its_unit(limit_of(limits, limit.name),
								*limit.own)));
	return parts.empty() ? "-" : join(parts, ", ");
}

/* Where the value in force comes from */
cell source_cell(const khttp::group_limit &limit, const khttp::limit_info *known)
{
	if (!limit.own)
		return {"namespace", tint::none};
	if (*limit.own == limit.value)
		return {"group", tint::bold};
	return {fmt::format("namespace, below the group's {}", in_its_unit(known, *limit.own)),
		tint::warn};
}

cell filter_cell(const khttp::filter_info &filter)
{
	if (filter.rules.empty())
		return {"none", tint::none};
	return {fmt::format("{} {}, generation {}: 'khttpctl filter list {}'", filter.rules.size(),
			    filter.rules.size() == 1 ? "rule" : "rules", filter.generation,
			    filter.group),
		tint::none};
}

void print_group(context &ctx, const khttp::group_info &group, const khttp::filter_info &filter)
{
	std::vector<khttp::limit_info> limits = ctx.control().limits();
	table t({{"LIMIT"}, {"VALUE", align::right}, {"FROM"}, {"MEANING"}});
	listing lines;

	lines.add("group", {group.name, tint::bold});
	lines.add("queue", group.queue);
	lines.add("default", group.is_default ? "yes: it ends with its queue" : "no");
	lines.add("prefixes", fmt::format("{}", group.urls));
	if (group.connections)
		lines.add("connections", fmt::format("{}", *group.connections));
	lines.add("filter", filter_cell(filter));
	lines.add("cache", share_text(group));
	add_door(lines, group);
	lines.print(ctx.out, ctx.colour);
	for (const khttp::group_limit &limit : group.limits) {
		const khttp::limit_info *known = limit_of(limits, limit.name);

		t.add({limit.name, in_its_unit(known, limit.value), source_cell(limit, known),
		       known ? known->help : ""});
	}
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

} // namespace

const std::span<const keyword> group_add_keywords{table_of_group};
const std::span<const keyword> group_set_keywords{std::span(table_of_group).subspan(1)};

int group_add(context &ctx, const arguments &args)
{
	const std::string &name = group_name(args);
	std::vector<std::string> words(args.words.begin() + 1, args.words.end());
	khttp::door_settings door = take_door(words);
	std::string queue = take_queue(words);
	std::vector<khttp::group_setting> settings = group_settings(ctx, words);

	on_queue(ctx, queue, [&] { ctx.control().add_group(name, queue, settings, door); });
	return 0;
}

int group_set(context &ctx, const arguments &args)
{
	const std::string &name = group_name(args);

	if (args.words.size() == 1)
		throw usage_error("nothing to set: 'khttpctl limits show' lists the limits");
	std::vector<std::string> words(args.words.begin() + 1, args.words.end());
	khttp::door_settings door = take_door(words);
	std::vector<khttp::group_setting> settings = group_settings(ctx, words);
	on_group(ctx, name, [&] { ctx.control().set_group(name, settings, door); });
	return 0;
}

int group_del(context &ctx, const arguments &args)
{
	const std::string &name = args.only("name of the group");

	on_group(ctx, name, [&] { ctx.control().delete_group(name, args.has("force")); });
	return 0;
}

int group_list(context &ctx, const arguments &args)
{
	args.expect_none();
	std::vector<khttp::group_info> groups = ctx.control().groups();
	table t({{"NAME"}, {"QUEUE"}, {"PREFIXES", align::right}, {"SETS"}});

	if (ctx.json) {
		print_json(ctx.out, json_list(groups));
		return 0;
	}
	std::vector<khttp::limit_info> limits = ctx.control().limits();
	for (const khttp::group_info &group : groups)
		t.add({group.name, group.queue, fmt::format("{}", group.urls),
		       sets_text(group, limits)});
	t.print(ctx.out, ctx.colour);
	return 0;
}

int group_show(context &ctx, const arguments &args)
{
	const std::string &name = args.only("name of the group");
	khttp::group_info group;

	on_group(ctx, name, [&] { group = ctx.control().find_group(name); });
	khttp::filter_info filter = ctx.control().find_filter(name);
	if (!ctx.json) {
		print_group(ctx, group, filter);
		return 0;
	}
	json object = json_of(group);

	object["filter"] = {{"rules", filter.rules.size()}, {"generation", filter.generation}};
	print_json(ctx.out, object);
	return 0;
}

} // namespace khttpctl
