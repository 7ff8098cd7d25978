/* SPDX-License-Identifier: MIT */
/* The pure protocol code of kmod/http, in C++ clothes. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace text {

/* Elements of a comma-separated field value, without surrounding blanks. */
std::vector<std::string_view> list_items(std::string_view list);

/* Letter case of ASCII ignored. */
bool equals_fold(std::string_view a, std::string_view b);
std::string lower(std::string_view text);
std::string_view trim(std::string_view text);

/* Digits only, no overflow. */
std::optional<std::uint64_t> number(std::string_view digits);

/* A weight, in thousandths (RFC 9110 section 12.4.2). */
std::optional<unsigned> qvalue(std::string_view value);

bool is_token(std::string_view text);
/* What an answer may have: a token, and a value without control characters and
 * blanks around it. */
bool is_field(std::string_view name, std::string_view value);
/* Two lines of it are a mistake (RFC 9110 section 5.3). */
bool stands_once(std::string_view name);
/* After a body, too (RFC 9110 section 6.5.1). */
bool may_trail(std::string_view name);

/* HTTP dates (RFC 9110 section 5.6.7), in seconds since 1970. */
std::string http_date(std::uint64_t seconds);
std::optional<std::uint64_t> parse_http_date(std::string_view date,
					     std::uint64_t now);

/* Bytes outside the RFC 3986 path characters become %XX, "%" included. */
std::string encode_path(std::string_view path);
/* The same for a query that came from a client: its "%" stay. */
std::string encode_query(std::string_view query);

std::string escape_html(std::string_view text);

/* Well-formed UTF-8 (no overlong forms, no surrogates)? */
bool is_utf8(std::string_view text);

} // namespace text
