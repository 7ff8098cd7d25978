/* SPDX-License-Identifier: MIT */
/* Words of the command line to what the library takes; a file has the same ones. */
#pragma once

#include <string>

#include <khttp/control.hpp>

#include "keywords.hpp"

namespace khttpctl {

/* All of them throw usage_error, which says what would be right */

[[nodiscard]] khttp::queue_settings queue_settings_from(const keyword_values &values);
[[nodiscard]] khttp::listener_settings listener_settings_from(const keyword_values &values);
/* "80", "192.0.2.1:80", "[::1]:80" */
[[nodiscard]] khttp::listener_place parse_place(const std::string &text);
/* "10/s", "600/m", "100/10s": count and period */
void parse_rate(const std::string &text, khttp::rate_settings &settings);
/* "301", "permanent" */
[[nodiscard]] std::uint32_t redirect_status(const std::string &word);
/* The bytes of an error page; throws khttp::error */
[[nodiscard]] std::string page_content(const std::string &file);
/* "on", "off" or the text itself */
[[nodiscard]] std::string server_field(const std::string &word);
/* What is told in maintenance: "30s", "none" */
[[nodiscard]] std::uint32_t retry_seconds(const std::string &text);

} // namespace khttpctl
