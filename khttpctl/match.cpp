/* SPDX-License-Identifier: MIT */
#include "match.hpp"

#include <cstring>

#include <fmt/format.h>

#include "command.hpp"
#include "text.hpp"

namespace khttpctl {

local_address parse_local_address(std::string_view text)
{
	local_address address;

	if (text.starts_with('[') && text.ends_with(']'))
		text = text.substr(1, text.size() - 2);
	u32 length = static_cast<u32>(text.size());
	if (khttp_ipv4_parse(text.data(), length, address.bytes))
		address.kind = KHTTP_HOST_IPV4;
	else if (khttp_ipv6_parse(text.data(), length, address.bytes))
		address.kind = KHTTP_HOST_IPV6;
	else
		throw usage_error(fmt::format("at '{}': write a local IP address, "
					      "like 192.0.2.1 or 2001:db8::1",
					      printable(text)));
	return address;
}

namespace {

bool is_address(u8 kind)
{
	return kind == KHTTP_HOST_IPV4 || kind == KHTTP_HOST_IPV6;
}

khttp_route_query route_of(const request_url &url, const std::optional<local_address> &at)
{
	khttp_route_query route{};

	route.scheme = static_cast<u8>(url.scheme);
	route.host_kind = url.host.kind;
	route.port = url.port;
	route.host = khttp_span_of(url.host_text.data(), static_cast<u32>(url.host_text.size()));
	route.path = khttp_span_of(url.path.data(), static_cast<u32>(url.path.size()));
	if (at) {
		route.local_kind = static_cast<u8>(at->kind);
		std::memcpy(route.local, at->bytes, sizeof(route.local));
	} else if (is_address(url.host.kind)) {
		route.local_kind = url.host.kind;
		std::memcpy(route.local, url.host.addr, sizeof(route.local));
	}
	return route;
}

const char *bucket_of(const khttp_prefix &prefix)
{
	return khttp_bucket_name(static_cast<khttp_bucket>(prefix.bucket));
}

std::string why_no_match(const khttp_prefix &prefix, const khttp_route_query &route)
{
	khttp_prefix whole_site = prefix;

	whole_site.path = khttp_span_str("/");
	if (khttp_prefix_matches(&whole_site, &route))
		return "its path does not hold this one";
	if (prefix.bucket != KHTTP_BUCKET_ADDRESS)
		return "it is for another host";
	if (route.local_kind == KHTTP_HOST_NONE)
		return "only for connections to its address: say 'at ADDRESS' to try";
	return "only for connections to another address";
}

std::string why_beaten(const khttp_prefix &loser, const khttp_prefix &winner)
{
	if (loser.bucket != winner.bucket)
		return fmt::format("{} is tried after {}", bucket_of(loser), bucket_of(winner));
	if (!khttp_span_eq_fold(loser.host, winner.host))
		return "a longer sub-domain matches";
	return "its path is shorter";
}

} // namespace

match_result match_url(const std::vector<khttp::url_info> &urls, const request_url &url,
		       const std::optional<local_address> &at,
		       const std::vector<khttp::reservation_info> &reservations)
{
	khttp_route_query route = route_of(url, at);
	std::vector<khttp_prefix> list;
	match_result result;

	for (const khttp::url_info &info : urls)
		list.push_back(parse_prefix(info.prefix));
	/* Behind them: of two that are equal the first one wins */
	for (const khttp::reservation_info &info : reservations)
		list.push_back(parse_prefix(info.prefix));
	int best = khttp_prefix_match(list.data(), static_cast<u32>(list.size()), &route);
	if (best >= 0) {
		auto at_best = static_cast<std::size_t>(best);

		if (at_best < urls.size())
			result.winner = urls[at_best];
		else
			result.reserved = reservations[at_best - urls.size()];
		result.bucket = bucket_of(list[at_best]);
		result.because = fmt::format("{}: the first kind of host with a match, "
					     "longest path",
					     result.bucket);
	}
	for (std::size_t i = 0; i < urls.size(); i++) {
		if (static_cast<int>(i) == best)
			continue;
		if (list[i].port != route.port || list[i].scheme != route.scheme) {
			result.elsewhere++;
			continue;
		}
		bool matches = khttp_prefix_matches(&list[i], &route);
		result.losers.push_back(
			{urls[i].prefix, urls[i].queue,
			 matches && best >= 0
				 ? why_beaten(list[i], list[static_cast<std::size_t>(best)])
				 : why_no_match(list[i], route)});
	}
	return result;
}

} // namespace khttpctl
