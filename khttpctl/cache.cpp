/* SPDX-License-Identifier: MIT */
/* khttpctl cache ... */
#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "command.hpp"
#include "failures.hpp"
#include "json.hpp"
#include "live_limits.hpp"
#include "share.hpp"
#include "text.hpp"
#include "units.hpp"
#include "url_text.hpp"

namespace khttpctl {

namespace {

constexpr keyword table_of_limit[] = {
	{"object", "SIZE", value_kind::size, 0, UINT64_MAX, nullptr,
	 "body of the largest response that is stored"},
};

constexpr keyword table_of_top[] = {
	{"by", "hits|memory", value_kind::choice, 0, 0, nullptr, "what puts them in order"},
	{"count", "N", value_kind::number, 1, UINT32_MAX, nullptr, "so many of them; 10"},
};

/* What was given, and what is cached now */
struct figures {
	std::uint64_t entries = 0, bytes = 0, hits = 0, misses = 0, not_modified = 0;
	std::uint64_t stored = 0, evicted = 0, reclaimed = 0, expired = 0, purged = 0;
	std::uint64_t budget = 0, object = 0;
};

figures read_figures(context &ctx)
{
	figures now;
	const std::pair<const char *, std::uint64_t figures::*> wanted[] = {
		{"cache_entries", &figures::entries}, {"cache_bytes", &figures::bytes},
		{"cache_hits", &figures::hits},	      {"cache_misses", &figures::misses},
		{"cache_stored", &figures::stored},   {"cache_evicted", &figures::evicted},
		{"cache_expired", &figures::expired}, {"cache_purged", &figures::purged},
		{"cache_not_modified", &figures::not_modified},
		{"cache_reclaimed", &figures::reclaimed},
	};

	for (const khttp::stat_info &figure : ctx.control().stats())
		for (const auto &[name, member] : wanted)
			if (figure.name == name)
				now.*member = figure.value;
	std::vector<khttp::limit_info> limits = ctx.control().limits();
	now.budget = find_limit(limits, "cache_bytes").value;
	now.object = find_limit(limits, "cache_object").value;
	return now;
}

std::string budget_text(const figures &now)
{
	if (!now.budget)
		return "none: caching is off ('khttpctl cache limit SIZE' turns it on)";
	return fmt::format("{} ({} used)", format_size(now.budget),
			   format_percent(now.bytes, now.budget));
}

json json_of_figures(const figures &now)
{
	return {{"entries", now.entries},
		{"bytes", now.bytes},
		{"limit", now.budget},
		{"object_limit", now.object},
		{"hits", now.hits},
		{"misses", now.misses},
		{"hit_ratio", json_of_ratio(now.hits, now.misses)},
		{"not_modified", now.not_modified},
		{"stored", now.stored},
		{"evicted", now.evicted},
		{"reclaimed", now.reclaimed},
		{"expired", now.expired},
		{"purged", now.purged}};
}

} // namespace

const std::span<const keyword> cache_limit_keywords{table_of_limit};
const std::span<const keyword> cache_top_keywords{table_of_top};

/* For people, where there is no end to write */
constexpr std::uint32_t until_purged = UINT32_MAX;

namespace {

void print_entries(context &ctx, const std::vector<khttp::cache_entry_info> &entries)
{
	table t({{"STATUS", align::right}, {"SIZE", align::right}, {"MEMORY", align::right},
		 {"AGE", align::right}, {"TTL", align::right}, {"HITS", align::right}, {"QUEUE"},
		 {"URL"}});

	if (ctx.json) {
		print_json(ctx.out, json_list(entries));
		return;
	}
	for (const khttp::cache_entry_info &entry : entries)
		t.add({entry.fragment ? "fragment" : fmt::format("{}", entry.status),
		       format_size(entry.length), format_size(entry.charged),
		       format_time(entry.age, time_unit::seconds),
		       entry.ttl == until_purged ? "purged" :
						   format_time(entry.ttl, time_unit::seconds),
		       fmt::format("{}", entry.hits),
		       entry.queue, entry.url});
	t.print(ctx.out, ctx.colour);
}

} // namespace

int cache_list(context &ctx, const arguments &args)
{
	args.expect_none();
	print_entries(ctx, ctx.control().cache_entries());
	return 0;
}

int cache_top(context &ctx, const arguments &args)
{
	keyword_values values = args.tail(0, cache_top_keywords);
	std::vector<khttp::cache_entry_info> entries = ctx.control().cache_entries();
	bool by_memory = values.number("by").value_or(0) == 1;
	std::size_t n = std::min<std::size_t>(values.number("count").value_or(10), entries.size());
	auto middle = entries.begin() + static_cast<std::ptrdiff_t>(n);
	auto figure = by_memory ? &khttp::cache_entry_info::charged :
				  &khttp::cache_entry_info::hits;

	std::ranges::partial_sort(entries, middle, std::greater{}, figure);
	entries.erase(middle, entries.end());
	print_entries(ctx, entries);
	return 0;
}

namespace {

void show_group(context &ctx, const std::string &name)
{
	khttp::group_info group;
	listing lines;

	on_group(ctx, name, [&] { group = ctx.control().find_group(name); });
	if (ctx.json) {
		print_json(ctx.out, json_of_named_share(group));
		return;
	}
	add_share(lines, group);
	lines.print(ctx.out, ctx.colour);
}

void show_groups(context &ctx, const std::vector<khttp::group_info> &groups)
{
	table t = table_of_shares(groups);

	if (t.empty())
		return;
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

json json_of_all(const figures &now, const std::vector<khttp::group_info> &groups)
{
	json all = json_of_figures(now);

	all["groups"] = json::array();
	for (const khttp::group_info &group : groups)
		all["groups"].push_back(json_of_named_share(group));
	return all;
}

} // namespace

int cache_show(context &ctx, const arguments &args)
{
	args.expect_none();
	if (auto group = args.value("group")) {
		show_group(ctx, *group);
		return 0;
	}
	figures now = read_figures(ctx);
	std::vector<khttp::group_info> groups = ctx.control().groups();
	listing lines;

	if (ctx.json) {
		print_json(ctx.out, json_of_all(now, groups));
		return 0;
	}
	lines.add("entries", fmt::format("{}", now.entries));
	lines.add("memory", format_size(now.bytes));
	lines.add("limit", budget_text(now));
	lines.add("object limit", format_size(now.object));
	lines.add("hits", fmt::format("{} ({} as 304)", now.hits, now.not_modified));
	lines.add("misses", fmt::format("{}", now.misses));
	lines.add("hit ratio", format_percent(now.hits, now.hits + now.misses));
	lines.add("stored", fmt::format("{}", now.stored));
	lines.add("dropped", fmt::format("{} to make room, {} for memory was short, {} at their "
					 "end, {} on demand",
					 now.evicted, now.reclaimed, now.expired, now.purged));
	lines.print(ctx.out, ctx.colour);
	show_groups(ctx, groups);
	return 0;
}

namespace {

/* Each by its own; what has two of them and is dropped is counted once */
std::uint64_t purge_tags(khttp::control &control, std::string_view lines,
			 khttp::purge_mode how)
{
	std::uint64_t dropped = 0;

	while (!lines.empty()) {
		std::size_t end = std::min(lines.find('\n'), lines.size());

		dropped += control.purge_tag(lines.substr(0, end), how);
		lines.remove_prefix(std::min(end + 1, lines.size()));
	}
	return dropped;
}

std::uint64_t purge_what(context &ctx, const arguments &args)
{
	const auto how = args.has("soft") ? khttp::purge_mode::soft : khttp::purge_mode::hard;
	std::optional<std::string> tags = args.value("tag");

	if (args.has("all") || tags) {
		if (!args.words.empty() || args.has("recursive") || (args.has("all") && tags))
			throw usage_error(args.has("all") ? "--all stands alone" :
							    "--tag goes without a URL");
		return tags ? purge_tags(ctx.control(), *tags, how) :
			      ctx.control().purge_all(how);
	}
	std::string url = whole_url(args.only("URL (or --tag, or --all)"));

	return args.has("recursive") ? ctx.control().purge_below(url, how) :
				       ctx.control().purge_url(url, how);
}

} // namespace

int cache_purge(context &ctx, const arguments &args)
{
	std::uint64_t dropped = purge_what(ctx, args);

	if (ctx.json)
		print_json(ctx.out, {{"purged", dropped}});
	else
		ctx.out << fmt::format("{} stored response{} {}\n", dropped,
				       dropped == 1 ? "" : "s",
				       args.has("soft") ? "past their time, or dropped" :
							  "dropped");
	return 0;
}

int cache_limit(context &ctx, const arguments &args)
{
	if (args.words.empty())
		throw usage_error("the SIZE is missing, like 256M; 0 turns caching off");
	std::optional<std::uint64_t> size = parse_size(args.words[0]);
	keyword_values values = args.tail(1, cache_limit_keywords);

	if (!size)
		throw usage_error(fmt::format("'{}' is not a size like 64M or 1G",
					      printable(args.words[0])));
	std::vector<khttp::limit_setting> settings{{"cache_bytes", *size}};
	if (auto object = values.number("object"))
		settings.push_back({"cache_object", *object});
	ctx.control().set_limits(settings);
	return 0;
}

} // namespace khttpctl
