/* SPDX-License-Identifier: MIT */
/* URLs as people type them, made into what the kernel takes. */
#pragma once

#include <string>
#include <string_view>

#include "pure.hpp"

namespace khttpctl {

/*
 * A URL prefix in normal form: lower-case scheme and host, a port (80 or 443
 * when none was typed), the slash at the end. Throws usage_error, which says
 * what to change.
 */
[[nodiscard]] std::string normal_prefix(std::string_view typed);

/*
 * What a normal prefix means; refers to @text. Those the kernel lists are
 * always understood; throws usage_error for others.
 */
[[nodiscard]] khttp_prefix parse_prefix(std::string_view text);

/* The URL of a request, taken apart */
struct request_url {
	khttp_scheme scheme = KHTTP_SCHEME_HTTP;
	khttp_host host{};
	std::string host_text; /* normal form, without the port */
	std::uint16_t port = 80;
	std::string path; /* cooked; as typed if @refused */
	/* why the kernel would not route it, or KHTTP_REASON_NONE */
	khttp_reason refused = KHTTP_REASON_NONE;
};

[[nodiscard]] request_url parse_request_url(std::string_view typed, const khttp_limits &limits);

/*
 * With its port and a path, and without a fragment, which never leaves the browser; else
 * as it was typed. So the kernel takes what the cache shall drop.
 */
[[nodiscard]] std::string whole_url(std::string_view typed);

} // namespace khttpctl
