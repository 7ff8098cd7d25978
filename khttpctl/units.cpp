/* SPDX-License-Identifier: MIT */
#include "units.hpp"

#include <charconv>
#include <ctime>
#include <span>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace khttpctl {

namespace {

struct suffix {
	std::string_view text;
	std::uint64_t factor;
};

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib = 1024 * kib;
constexpr std::uint64_t gib = 1024 * mib;
constexpr std::uint64_t tib = 1024 * gib;
constexpr suffix size_suffixes[] = {
	{"", 1},
	{"B", 1},
	{"K", kib}, {"KB", kib}, {"KiB", kib},
	{"M", mib}, {"MB", mib}, {"MiB", mib},
	{"G", gib}, {"GB", gib}, {"GiB", gib},
	{"T", tib}, {"TB", tib}, {"TiB", tib},
};

/* In milliseconds */
constexpr suffix time_suffixes[] = {
	{"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000},
};

bool same_letters(std::string_view a, std::string_view b)
{
	auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; };

	if (a.size() != b.size())
		return false;
	for (std::size_t i = 0; i < a.size(); i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* The digits in front, and what is left of @text behind them */
std::optional<std::uint64_t> leading_number(std::string_view &text, int base)
{
	std::uint64_t value = 0;
	auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);

	if (failure != std::errc())
		return std::nullopt;
	text.remove_prefix(static_cast<std::size_t>(end - text.data()));
	return value;
}

std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b)
{
	std::uint64_t result;

	if (__builtin_mul_overflow(a, b, &result))
		return std::nullopt;
	return result;
}

/* "off|on": the words for 0, 1 and so on */
bool is_words(std::string_view unit)
{
	return unit.find('|') != std::string_view::npos;
}

std::optional<std::uint64_t> parse_word(std::string_view text, std::string_view words)
{
	for (std::uint64_t i = 0;; i++) {
		std::size_t end = words.find('|');

		if (words.substr(0, end) == text)
			return i;
		if (end == std::string_view::npos)
			return parse_number(text);
		words.remove_prefix(end + 1);
	}
}

std::string format_word(std::uint64_t value, std::string_view words)
{
	for (std::uint64_t i = 0; i < value; i++) {
		std::size_t end = words.find('|');

		if (end == std::string_view::npos)
			return fmt::format("{}", value);
		words.remove_prefix(end + 1);
	}
	return std::string(words.substr(0, words.find('|')));
}

} // namespace

std::optional<std::uint64_t> parse_number(std::string_view text)
{
	std::optional<std::uint64_t> value = leading_number(text, 10);

	return text.empty() ? value : std::nullopt;
}

std::optional<std::uint64_t> parse_octal(std::string_view text)
{
	std::optional<std::uint64_t> value = leading_number(text, 8);

	return text.empty() ? value : std::nullopt;
}

std::optional<std::uint64_t> parse_size(std::string_view text)
{
	std::optional<std::uint64_t> value = leading_number(text, 10);

	if (!value)
		return std::nullopt;
	for (const suffix &s : size_suffixes)
		if (same_letters(s.text, text))
			return product(*value, s.factor);
	return std::nullopt;
}

std::optional<std::uint64_t> parse_time(std::string_view text, time_unit unit)
{
	std::optional<std::uint64_t> value = leading_number(text, 10);
	std::uint64_t divisor = unit == time_unit::seconds ? 1000 : 1;

	if (!value || text.empty())
		return value;
	for (const suffix &s : time_suffixes) {
		if (s.text != text)
			continue;
		std::optional<std::uint64_t> ms = product(*value, s.factor);
		if (ms && *ms % divisor == 0)
			return *ms / divisor;
	}
	return std::nullopt;
}

std::optional<std::uint64_t> parse_ms(const std::string &text)
{
	return parse_time(parse_number(text) ? text + "s" : text, time_unit::milliseconds);
}

std::string format_size(std::uint64_t bytes)
{
	static constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	std::size_t unit = 0;
	double value = static_cast<double>(bytes);

	/* 1023.95 would be printed as 1024.0 of the smaller unit */
	while (value >= 1023.95 && unit + 1 < std::size(units)) {
		value /= 1024;
		unit++;
	}
	if (unit == 0)
		return fmt::format("{} B", bytes);
	std::string text = fmt::format("{:.1f}", value);
	if (text.ends_with(".0"))
		text.resize(text.size() - 2);
	return fmt::format("{} {}", text, units[unit]);
}

std::string format_time(std::uint64_t value, time_unit unit)
{
	struct step {
		std::uint64_t length;
		const char *name;
	};
	static constexpr step steps[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	std::uint64_t rest = value;

	if (unit == time_unit::milliseconds) {
		if (value < 1000)
			return fmt::format("{} ms", value);
		if (value < 60000 && value % 1000)
			return fmt::format("{:.1f} s", static_cast<double>(value) / 1000);
		rest = value / 1000;
	}
	/* up to 99 s, seconds read better than minutes and seconds */
	if (rest < 100)
		return fmt::format("{} s", rest);
	for (std::size_t i = 0; i + 1 < std::size(steps); i++) {
		if (rest < steps[i].length)
			continue;
		std::uint64_t more = rest % steps[i].length / steps[i + 1].length;
		std::string text = fmt::format("{} {}", rest / steps[i].length, steps[i].name);
		return more ? fmt::format("{} {} {}", text, more, steps[i + 1].name) : text;
	}
	return fmt::format("{} s", rest);
}

std::string format_ns(std::uint64_t ns)
{
	static constexpr const char *units[] = {"ns", "us", "ms", "s"};
	std::size_t unit = 0;
	double value = static_cast<double>(ns);

	/* 999.5 would be printed as 1000 of the smaller unit */
	while (value >= 999.5 && unit + 1 < std::size(units)) {
		value /= 1000;
		unit++;
	}
	if (unit == 0)
		return fmt::format("{} ns", ns);
	return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0,
			   units[unit]);
}

std::string format_clock(std::uint64_t ns)
{
	std::time_t seconds = static_cast<std::time_t>(ns / 1000000000);

	return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", fmt::localtime(seconds),
			   ns % 1000000000 / 1000000);
}

std::string format_by_unit(std::uint64_t value, std::string_view unit)
{
	if (unit == "bytes")
		return format_size(value);
	if (unit == "bytes/s")
		return format_size(value) + "/s";
	if (unit == "ms")
		return format_time(value, time_unit::milliseconds);
	if (unit == "s")
		return format_time(value, time_unit::seconds);
	if (is_words(unit))
		return format_word(value, unit);
	return fmt::format("{}", value);
}

std::optional<std::uint64_t> parse_by_unit(std::string_view text, std::string_view unit)
{
	if (unit == "bytes" || unit == "bytes/s")
		return parse_size(text);
	if (unit == "ms")
		return parse_time(text, time_unit::milliseconds);
	if (unit == "s")
		return parse_time(text, time_unit::seconds);
	if (is_words(unit))
		return parse_word(text, unit);
	return parse_number(text);
}

namespace {

/* With the largest of the suffixes that leaves a whole number */
std::string with_suffix(std::uint64_t value, std::span<const suffix> suffixes)
{
	const suffix *best = nullptr;

	for (const suffix &s : suffixes)
		if (value && value % s.factor == 0 && (!best || s.factor > best->factor))
			best = &s;
	return best ? fmt::format("{}{}", value / best->factor, best->text)
		    : fmt::format("{}", value);
}

} // namespace

std::string exact_size(std::uint64_t bytes)
{
	return with_suffix(bytes, size_suffixes);
}

std::string exact_time(std::uint64_t value, time_unit unit)
{
	static constexpr suffix seconds[] = {{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};

	if (unit == time_unit::seconds)
		return with_suffix(value, seconds);
	return with_suffix(value, time_suffixes);
}

std::string exact_by_unit(std::uint64_t value, std::string_view unit)
{
	if (unit == "bytes" || unit == "bytes/s")
		return exact_size(value);
	if (unit == "ms")
		return exact_time(value, time_unit::milliseconds);
	if (unit == "s")
		return exact_time(value, time_unit::seconds);
	return fmt::format("{}", value);
}

std::string format_percent(std::uint64_t part, std::uint64_t whole)
{
	if (!whole)
		return "-";
	return fmt::format("{:.1f} %",
			   100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

} // namespace khttpctl
