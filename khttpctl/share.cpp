/* SPDX-License-Identifier: MIT */
/* What a group has of the cache, and what came of its requests there. */
#include "share.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

std::string memory_text(const khttp::group_info &group)
{
	std::string bytes = format_size(group.cache.bytes);
	std::uint64_t limit = group.limit("cache_share");

	return limit ? fmt::format("{} of {}", bytes, format_size(limit)) : bytes;
}

std::string ratio_text(const khttp::cache_share_info &cache)
{
	return format_percent(cache.hits, cache.hits + cache.misses);
}

std::string refusals_text(const khttp::cache_share_info &cache)
{
	std::vector<std::string> parts;

	for (const khttp::cache_refusal &refusal : cache.not_stored)
		parts.push_back(fmt::format("{} {}", refusal.count, printable(refusal.reason)));
	return parts.empty() ? "nothing that was to be" : join(parts, ", ");
}

} // namespace

json json_of_ratio(std::uint64_t hits, std::uint64_t misses)
{
	std::uint64_t asked = hits + misses;

	if (!asked)
		return nullptr;
	return static_cast<double>(hits) / static_cast<double>(asked);
}

json json_of_share(const khttp::group_info &group)
{
	const khttp::cache_share_info &cache = group.cache;
	json refusals = json::object();

	for (const khttp::cache_refusal &refusal : cache.not_stored)
		refusals[refusal.reason] = refusal.count;
	return {{"entries", cache.entries},
		{"bytes", cache.bytes},
		{"limit", group.limit("cache_share")},
		{"hits", cache.hits},
		{"misses", cache.misses},
		{"hit_ratio", json_of_ratio(cache.hits, cache.misses)},
		{"stale", cache.stale},
		{"coalesced", cache.coalesced},
		{"stored", cache.stored},
		{"evicted", cache.evicted},
		{"not_stored", refusals}};
}

json json_of_named_share(const khttp::group_info &group)
{
	json object = json_of_share(group);

	object["group"] = group.name;
	return object;
}

std::string share_text(const khttp::group_info &group)
{
	const khttp::cache_share_info &cache = group.cache;

	return fmt::format("{} {} in {}, hit ratio {}: 'khttpctl cache show --group {}'",
			   cache.entries, cache.entries == 1 ? "entry" : "entries",
			   memory_text(group), ratio_text(cache), group.name);
}

void add_share(listing &lines, const khttp::group_info &group)
{
	const khttp::cache_share_info &cache = group.cache;
	std::uint64_t limit = group.limit("cache_share");

	lines.add("group", {group.name, tint::bold});
	lines.add("entries", fmt::format("{}", cache.entries));
	lines.add("memory", format_size(cache.bytes));
	lines.add("limit", limit ? fmt::format("{} ({} used)", format_size(limit),
					       format_percent(cache.bytes, limit)) :
				   "none of its own ('khttpctl group set' cache_share)");
	lines.add("hits", fmt::format("{} ({} past their time)", cache.hits, cache.stale));
	lines.add("misses", fmt::format("{} ({} served by another's answer)", cache.misses,
					cache.coalesced));
	lines.add("hit ratio", ratio_text(cache));
	lines.add("stored", fmt::format("{}", cache.stored));
	lines.add("evicted", fmt::format("{}", cache.evicted));
	lines.add("not stored", refusals_text(cache));
}

bool share_is_idle(const khttp::group_info &group)
{
	const khttp::cache_share_info &cache = group.cache;

	return !cache.bytes && !cache.stored && !cache.hits && !cache.misses &&
	       cache.not_stored.empty();
}

table table_of_shares(const std::vector<khttp::group_info> &groups)
{
	table t({{"GROUP"}, {"ENTRIES", align::right}, {"MEMORY", align::right},
		 {"LIMIT", align::right}, {"HITS", align::right}, {"MISSES", align::right},
		 {"RATIO", align::right}, {"STALE", align::right}, {"COALESCED", align::right},
		 {"EVICTED", align::right}});

	for (const khttp::group_info &group : groups) {
		const khttp::cache_share_info &cache = group.cache;
		std::uint64_t limit = group.limit("cache_share");

		if (share_is_idle(group))
			continue;
		t.add({group.name, fmt::format("{}", cache.entries), format_size(cache.bytes),
		       limit ? format_size(limit) : "-", fmt::format("{}", cache.hits),
		       fmt::format("{}", cache.misses), ratio_text(cache),
		       fmt::format("{}", cache.stale), fmt::format("{}", cache.coalesced),
		       fmt::format("{}", cache.evicted)});
	}
	return t;
}

} // namespace khttpctl
