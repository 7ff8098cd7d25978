/* SPDX-License-Identifier: MIT */
#include "keywords.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "command.hpp"
#include "failures.hpp"
#include "text.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

std::vector<std::string> names_of(std::span<const keyword> table)
{
	std::vector<std::string> names;

	for (const keyword &word : table)
		names.emplace_back(word.name);
	return names;
}

const keyword &find_keyword(const std::string &name, std::span<const keyword> table)
{
	auto found = std::ranges::find_if(table, [&](const keyword &w) { return name == w.name; });

	if (found != table.end())
		return *found;
	if (table.empty())
		throw usage_error(fmt::format("'{}' is one word too many", printable(name)));
	std::vector<std::string> known = names_of(table);
	throw usage_error(fmt::format("unknown keyword '{}'{}: known are {}", printable(name),
				      did_you_mean(name, known), join(known, ", ")));
}

std::optional<std::uint64_t> choice(const std::string &text, const char *choices)
{
	std::vector<std::string> words = split(choices, '|');
	auto found = std::ranges::find(words, text);

	if (found == words.end())
		return std::nullopt;
	return static_cast<std::uint64_t>(found - words.begin());
}

std::optional<std::uint64_t> value_of(const keyword &word, const std::string &text)
{
	if (word.zero_word && text == word.zero_word)
		return 0;
	switch (word.kind) {
	case value_kind::text: return 0;
	case value_kind::number: return parse_number(text);
	case value_kind::octal: return parse_octal(text);
	case value_kind::size: return parse_size(text);
	case value_kind::seconds: return parse_time(text, time_unit::seconds);
	case value_kind::choice: return choice(text, word.placeholder);
	}
	return std::nullopt;
}

std::string expected(const keyword &word)
{
	std::string or_zero = word.zero_word ? fmt::format(", or {}", word.zero_word) : "";

	switch (word.kind) {
	case value_kind::text: break;
	case value_kind::number: return "a number" + or_zero;
	case value_kind::octal: return "permission bits in octal, like 0660";
	case value_kind::size: return "a size like 4096, 64K or 10M" + or_zero;
	case value_kind::seconds: return "a time like 30s, 5m or 1h" + or_zero;
	case value_kind::choice:
		return fmt::format("one of {}", join(split(word.placeholder, '|'), ", "));
	}
	return word.placeholder;
}

std::uint64_t checked_value(const keyword &word, const std::string &text)
{
	std::optional<std::uint64_t> number = value_of(word, text);

	if (text.empty() || !number)
		throw usage_error(fmt::format("{} '{}': write {}", word.name, printable(text),
					      expected(word)));
	if (word.kind == value_kind::text || word.kind == value_kind::choice)
		return *number;
	bool by_word = word.zero_word && text == word.zero_word;
	if (!by_word && (*number < word.min || *number > word.max))
		throw usage_error(fmt::format("{} {} is out of range: write a value {}", word.name,
					      printable(text), range_text(word)));
	return *number;
}

} // namespace

bool keyword_values::has(std::string_view name) const
{
	return values_.contains(name);
}

std::optional<std::uint64_t> keyword_values::number(std::string_view name) const
{
	auto found = values_.find(name);

	if (found == values_.end())
		return std::nullopt;
	return found->second.number;
}

std::optional<std::uint32_t> keyword_values::number32(std::string_view name) const
{
	std::optional<std::uint64_t> value = number(name);

	/* tables that feed a u32 end their ranges within it */
	return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
}

std::optional<std::string> keyword_values::text(std::string_view name) const
{
	auto found = values_.find(name);

	if (found == values_.end())
		return std::nullopt;
	return found->second.text;
}

keyword_values parse_keywords(std::span<const std::string> words, std::span<const keyword> table)
{
	keyword_values values;

	for (std::size_t i = 0; i < words.size(); i += 2) {
		const keyword &word = find_keyword(words[i], table);

		if (i + 1 == words.size())
			throw usage_error(fmt::format("{} needs a value: {}", word.name,
						      keyword_usage(word)));
		if (values.has(word.name))
			throw usage_error(fmt::format("{} is given twice", word.name));
		values.values_[word.name] = {words[i + 1], checked_value(word, words[i + 1])};
	}
	for (const keyword &word : table)
		if (word.required && !values.has(word.name))
			throw usage_error(fmt::format("'{}' is missing", keyword_usage(word)));
	return values;
}

std::string exact_text(const keyword &word, std::uint64_t number)
{
	if (word.zero_word && !number)
		return word.zero_word;
	switch (word.kind) {
	case value_kind::octal: return fmt::format("{:04o}", number);
	case value_kind::size: return exact_size(number);
	case value_kind::seconds: return exact_time(number, time_unit::seconds);
	case value_kind::choice: return split(word.placeholder, '|').at(number);
	default: return fmt::format("{}", number);
	}
}

std::string keyword_usage(const keyword &word)
{
	return fmt::format("{} {}", word.name, word.placeholder);
}

std::string range_text(const keyword &word)
{
	auto number = [&](std::uint64_t value) {
		switch (word.kind) {
		case value_kind::octal: return fmt::format("{:04o}", value);
		case value_kind::size: return format_size(value);
		case value_kind::seconds: return format_time(value, time_unit::seconds);
		default: return fmt::format("{}", value);
		}
	};
	return fmt::format("from {} to {}", number(word.min), number(word.max));
}

} // namespace khttpctl
