/* SPDX-License-Identifier: MIT */
/* Which file a record goes to. */
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace khttpctl::access {

enum class kind { w3c, common, combined, json, binary };
/* "w3c"; throws usage_error */
[[nodiscard]] kind parse_kind(std::string_view text);

enum class roll { size, hourly, daily, weekly, monthly };
/* "daily"; throws usage_error */
[[nodiscard]] roll parse_roll(std::string_view text);

/* "ex261126.log": of the file for that time, for all but roll::size */
[[nodiscard]] std::string timed_name(kind of, roll by, const std::tm &when);
/* "extend7.log" */
[[nodiscard]] std::string numbered_name(kind of, std::uint64_t number);
/* The number in such a name, or nothing */
[[nodiscard]] std::optional<std::uint64_t> number_in(kind of, std::string_view name);

} // namespace khttpctl::access
