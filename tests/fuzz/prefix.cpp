// SPDX-License-Identifier: MIT
//
// URL prefixes, one a line, and in the last line a host, a blank and a path to
// route. The normal form must be stable; the walk that the kernel's router
// makes over a path must find the same best prefix as the plain list.
#include <cstring>

#include "fuzz.hpp"

extern "C" {
#include "http/match.h"
#include "http/prefix.h"
}

static std::string print(const khttp_prefix &prefix)
{
	std::vector<char> out(KHTTP_PREFIX_PRINT_MAX);
	u32 len = khttp_prefix_print(&prefix, out.data(),
				     static_cast<u32>(out.size()));

	MUST(len > 0);
	return std::string(out.data(), len);
}

static bool parse(const std::vector<char> &text, khttp_prefix *prefix)
{
	return !khttp_prefix_parse(text.data(), static_cast<u32>(text.size()),
				   prefix);
}

static void check_stable(const khttp_prefix &prefix)
{
	std::string first = print(prefix);
	std::vector<char> copy = exact(first);
	khttp_prefix again;

	// The normal form may be a little longer than what is read at most.
	if (first.size() > KHTTP_PREFIX_TEXT_MAX)
		return;
	MUST(parse(copy, &again));
	MUST(print(again) == first);
	MUST(khttp_prefix_eq(&prefix, &again));
}

// The longest path that a walk meets among prefixes that match by host.
static u32 walked(const std::vector<khttp_prefix> &list,
		  const khttp_route_query &query, int best)
{
	khttp_path_walk walk;
	u32 longest = 0;

	khttp_path_walk_init(&walk, query.path, 42);
	while (khttp_path_walk_next(&walk)) {
		MUST(walk.hash == khttp_hash_fold(walk.key, 42));
		for (const khttp_prefix &prefix : list) {
			khttp_span key = khttp_path_key(prefix.path);

			if (prefix.bucket == list[best].bucket &&
			    khttp_span_eq_fold(prefix.host, list[best].host) &&
			    khttp_prefix_matches(&prefix, &query) &&
			    khttp_hash_fold(key, 42) == walk.hash &&
			    khttp_span_eq_fold(key, walk.key))
				longest = prefix.path.len;
		}
	}
	return longest;
}

static void check_route(const std::vector<khttp_prefix> &list,
			std::string_view line)
{
	std::size_t cut = std::min(line.find(' '), line.size());
	std::vector<char> host = exact(line.substr(0, cut));
	std::vector<char> path = exact(line.substr(std::min(cut + 1,
							    line.size())));
	khttp_route_query query{};
	khttp_host parsed;

	query.scheme = KHTTP_SCHEME_HTTP;
	query.port = 80;
	query.local_kind = KHTTP_HOST_IPV4;
	query.local[0] = 10;
	query.path = khttp_span_of(path.data(), static_cast<u32>(path.size()));
	if (khttp_host_parse(host.data(), static_cast<u32>(host.size()),
			     &parsed)) {
		query.host_kind = parsed.kind;
		query.host = khttp_span_of(host.data() + parsed.off,
					   parsed.len);
	}
	int best = khttp_prefix_match(list.data(),
				      static_cast<u32>(list.size()), &query);

	if (best >= 0)
		MUST(walked(list, query, best) ==
		     list[static_cast<u32>(best)].path.len);
}

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	std::string_view text(reinterpret_cast<const char *>(data), size);
	std::vector<std::vector<char>> lines;
	std::vector<khttp_prefix> list;
	std::size_t end;

	while ((end = text.find('\n')) != text.npos && lines.size() < 16) {
		khttp_prefix prefix;

		lines.push_back(exact(text.substr(0, end)));
		text.remove_prefix(end + 1);
		if (!parse(lines.back(), &prefix))
			continue;
		check_stable(prefix);
		list.push_back(prefix);
	}
	check_route(list, text);
	return 0;
}
