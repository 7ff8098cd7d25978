/* SPDX-License-Identifier: MIT */
/* What request filters are made of, for khttp::control: see khttpctl(8). */
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <khttp/export.hpp>

namespace khttp {

/* A rule of a group's filter, in force */
struct filter_rule {
	std::uint64_t id = 0; /* unique for ever */
	std::string text;     /* "deny method POST path /admin" */
	std::uint64_t matched = 0;
	std::uint64_t limited = 0; /* rate: of those, answered 429 */
};

/* The rules of one group in the order in which they are asked */
struct filter_info {
	std::string group;
	std::uint64_t generation = 0; /* 0: there is no filter */
	std::vector<filter_rule> rules;
};

/* A rule of a filter that is to be: a new one, or one that stays and counts on */
struct filter_entry {
	std::uint64_t id = 0; /* of one that stays */
	std::string text;     /* of a new one */
};

struct network {
	bool ipv6 = false;
	std::array<std::uint8_t, 16> address{}; /* IPv4: the first 4 bytes */
	std::uint8_t bits = 0;			/* length of the prefix */

	friend bool operator==(const network &, const network &) = default;
};

/* A named set of networks */
struct networks_info {
	std::string name;
	std::uint64_t generation = 0; /* changes with each load */
	std::uint32_t ipv4 = 0;	      /* networks */
	std::uint32_t ipv6 = 0;
	std::uint64_t bytes = 0; /* memory */
	std::uint32_t rules = 0; /* that name it */
};

/* What a set holds, and of which of its loads that is */
struct networks_content {
	std::uint64_t generation = 0;
	std::vector<network> networks;
};

/* What is absent keeps its value, or is the kernel's default in a new rate */
struct rate_settings {
	std::optional<std::uint32_t> count;  /* requests of a client */
	std::optional<std::uint32_t> period; /* in so many seconds; 1 */
	std::optional<std::uint32_t> burst;  /* at once; as many as count */
	std::optional<std::uint32_t> ipv4_bits; /* that make a client; 32 */
	std::optional<std::uint32_t> ipv6_bits; /* 64 */
	std::optional<std::uint32_t> addresses; /* clients it can tell apart */
};

struct rate_info {
	std::string name;
	std::uint32_t count = 0;
	std::uint32_t period = 0;
	std::uint32_t burst = 0;
	std::uint32_t ipv4_bits = 0;
	std::uint32_t ipv6_bits = 0;
	std::uint32_t addresses = 0;
	std::uint32_t active = 0; /* clients that were here a moment ago */
	std::uint32_t rules = 0;  /* that name it */
	std::uint64_t bytes = 0;  /* memory */
};

/*
 * In the order in which the kernel takes them, without those that lie within
 * others; IPv4-mapped IPv6 networks as the IPv4 networks they are, and nothing
 * behind a prefix but zeros. Throws khttp::error: EINVAL, a length that is none.
 */
[[nodiscard]] KHTTP_EXPORT std::vector<network> tidy_networks(std::vector<network> list);

} // namespace khttp
