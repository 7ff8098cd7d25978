/* SPDX-License-Identifier: MIT */
/* The tail of a command: pairs of keyword and value, read by a table. */
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace khttpctl {

enum class value_kind {
	text,
	number,
	octal,
	size, /* bytes; K, M, G, T */
	seconds, /* ms, s, m, h, d; seconds without */
	choice, /* one of the words in the placeholder; its place is the number */
};

struct keyword {
	const char *name;
	const char *placeholder; /* "N", "SIZE", "full|limited|basic" */
	value_kind kind;
	std::uint64_t min;
	std::uint64_t max;
	const char *zero_word; /* may be written instead of 0, or null */
	const char *help;
	bool required = false;
};

class keyword_values {
public:
	[[nodiscard]] bool empty() const noexcept { return values_.empty(); }
	[[nodiscard]] bool has(std::string_view name) const;
	/* The number of a keyword that was given */
	[[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;
	[[nodiscard]] std::optional<std::uint32_t> number32(std::string_view name) const;
	[[nodiscard]] std::optional<std::string> text(std::string_view name) const;

private:
	friend keyword_values parse_keywords(std::span<const std::string> words,
					     std::span<const keyword> table);
	struct value {
		std::string text;
		std::uint64_t number = 0;
	};
	std::map<std::string, value, std::less<>> values_;
};

/* Throws usage_error, which names what would have been right */
[[nodiscard]] keyword_values parse_keywords(std::span<const std::string> words,
					    std::span<const keyword> table);

/* The one way to write a number, which parse_keywords() reads as the same again */
[[nodiscard]] std::string exact_text(const keyword &word, std::uint64_t number);

/* "length N", for help texts */
[[nodiscard]] std::string keyword_usage(const keyword &word);
/* "from 1 to 1000000", in the keyword's own unit */
[[nodiscard]] std::string range_text(const keyword &word);

} // namespace khttpctl
