/* SPDX-License-Identifier: MIT */
/* Numbers, sizes and times as people write and read them. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace khttpctl {

enum class time_unit { milliseconds, seconds };

/* Nothing where the text is not exactly one number of the kind, or too large */
[[nodiscard]] std::optional<std::uint64_t> parse_number(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_octal(std::string_view text);
/* "65536", "64K", "64KiB", "64KB": always powers of 1024 */
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
/*
 * "1500ms", "90s", "5m", "2h", "1d"; a bare number is in @unit, and so is the
 * result. What is not a whole number of units is nothing.
 */
[[nodiscard]] std::optional<std::uint64_t> parse_time(std::string_view text, time_unit unit);

/* The same in milliseconds, but a bare number is in seconds */
[[nodiscard]] std::optional<std::uint64_t> parse_ms(const std::string &text);

/* "64 KiB", "1.5 MiB", "1000 B" */
[[nodiscard]] std::string format_size(std::uint64_t bytes);
/* "250 ms", "75 s", "1 min 40 s", "2 h" */
[[nodiscard]] std::string format_time(std::uint64_t value, time_unit unit);
/* Three digits: "512 ns", "1.09 us", "30.1 ms", "301 ms", "137 s" */
[[nodiscard]] std::string format_ns(std::uint64_t ns);
/* "2025-01-31 12:00:00.250" in local time */
[[nodiscard]] std::string format_clock(std::uint64_t ns);
/* By the unit a limit names: "64 KiB", "75 s", "100 fields" */
[[nodiscard]] std::string format_by_unit(std::uint64_t value, std::string_view unit);
[[nodiscard]] std::optional<std::uint64_t> parse_by_unit(std::string_view text,
							 std::string_view unit);
/* Not a digit less than there are, for who reads it again: "64K", "75s", "1500ms" */
[[nodiscard]] std::string exact_size(std::uint64_t bytes);
[[nodiscard]] std::string exact_time(std::uint64_t value, time_unit unit);
[[nodiscard]] std::string exact_by_unit(std::uint64_t value, std::string_view unit);
/* "97.3 %"; "-" of nothing */
[[nodiscard]] std::string format_percent(std::uint64_t part, std::uint64_t whole);

} // namespace khttpctl
