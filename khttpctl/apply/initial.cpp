/* SPDX-License-Identifier: MIT */
/* What an object has that does not say so. */
#include <algorithm>

#include <fmt/format.h>
#include <linux/khttp.h>

#include "../units.hpp"
#include "dictionary.hpp"

namespace khttpctl::configuration {

namespace {

/* What the kernel begins with, in the words of the command line */
const object initial_queue = {
	{"length", {"1000"}},	 {"owner", {"root:root"}},    {"mode", {"0660"}},
	{"redeliver", {"3"}},	 {"redeliver-body", {"64K"}}, {"verbosity", {"full"}},
	{"retry-after", {"1s"}}, {"state", {"active"}},	      {"delegates", {"none"}},
};
const object initial_group = {
	{"server", {"on"}},
	{"maintenance", {"off"}},
	{"retry", {"1m"}},
	{"filter", {""}},
};
const object initial_listener = {
	{"proxy", {"off"}},    {"trusted", {""}},      {"client-from", {"none"}},
	{"backlog", {"4096"}}, {"keepalive", {"off"}}, {"device", {"any"}},
	{"address", {""}},
};
const object initial_reservation = {{"listen", {"on"}}, {"delegate", {"off"}}};

} // namespace

const object &group_at_first()
{
	return initial_group;
}

object dictionary::initial(kind k, const object &said) const
{
	object all;

	switch (k) {
	case kind::limits:
		for (const khttp::limit_info &limit : limits_)
			all[limit.name] = {exact_by_unit(limit.initial, limit.unit)};
		return all;
	case kind::rate: {
		auto rate = said.find("rate");
		std::string count = rate == said.end() ? "1" : rate->second.text;

		count.resize(std::min(count.find('/'), count.size()));
		count = parse_number(count).value_or(1) > 1'000'000 ? "1000000" : count;
		return {{"burst", {count}},
			{"ipv4", {"32"}},
			{"ipv6", {"64"}},
			{"addresses", {fmt::format("{}", KHTTP_RATE_ADDRESSES)}}};
	}
	case kind::listener: return initial_listener;
	case kind::queue: return initial_queue;
	case kind::group: return initial_group;
	case kind::reservation: return initial_reservation;
	case kind::url:
		if (said.contains("redirect"))
			return {{"status", {"308"}}};
		return {{"context", {"0"}}};
	default: return {};
	}
}

} // namespace khttpctl::configuration
