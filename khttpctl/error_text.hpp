/* SPDX-License-Identifier: MIT */
/* The lines of the error log, in the manner of HTTP.sys. */
#pragma once

#include <string>
#include <string_view>

#include <khttp/control.hpp>

namespace khttpctl {

/* What the columns are; begins with "#", as all that is no record */
extern const char *const error_fields;
/* Which request; empty: it is the connection's affair */
[[nodiscard]] std::string request_id(const khttp::error_record &record);
[[nodiscard]] std::string request_id(const khttp::slow_request &request);
/* "2026-01-31 12:00:00.250 192.0.2.1 40000 192.0.2.2 80 HTTP/1.1 GET / 503 QueueFull app 7-1" */
[[nodiscard]] std::string error_line(const khttp::error_record &record);
[[nodiscard]] std::string lost_line(std::uint64_t lost);

/*
 * What a client sent may be any bytes: what is not printable ASCII, and the
 * backslash, is written \xNN.
 */
[[nodiscard]] std::string escaped_bytes(std::string_view bytes);

} // namespace khttpctl
