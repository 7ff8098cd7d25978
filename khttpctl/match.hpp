/* SPDX-License-Identifier: MIT */
/* Which prefix answers a URL, decided by the kernel's own code, and why. */
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "url_text.hpp"

namespace khttpctl {

/* The address that a connection comes in at; decides IP-bound prefixes */
struct local_address {
	khttp_host_kind kind = KHTTP_HOST_NONE;
	unsigned char bytes[16] = {};
};

/* Throws usage_error */
[[nodiscard]] local_address parse_local_address(std::string_view text);

struct match_loser {
	std::string prefix;
	std::string queue;
	std::string because;
};

struct match_result {
	std::optional<khttp::url_info> winner;
	/* or what stands in its place: reserved, and bound by nobody */
	std::optional<khttp::reservation_info> reserved;
	std::string bucket; /* of the winner */
	std::string because; /* why it won */
	std::vector<match_loser> losers; /* of the same scheme and port */
	std::size_t elsewhere = 0; /* prefixes of other ports */
};

/*
 * @at: nothing = the address in the URL, if there is one, else unknown: then
 * IP-bound prefixes cannot win.
 */
[[nodiscard]] match_result
match_url(const std::vector<khttp::url_info> &urls, const request_url &url,
	  const std::optional<local_address> &at,
	  const std::vector<khttp::reservation_info> &reservations = {});

} // namespace khttpctl
