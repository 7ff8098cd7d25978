/* SPDX-License-Identifier: MIT */
#include "text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

namespace khttpctl {

namespace {

/* Length of the well-formed sequence in front of @text, 0 for none (RFC 3629) */
std::size_t utf8_length(std::string_view text, std::uint32_t &code)
{
	auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
	static constexpr std::uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	std::size_t length = byte(0) < 0x80   ? 1
			     : byte(0) < 0xc2 ? 0
			     : byte(0) < 0xe0 ? 2
			     : byte(0) < 0xf0 ? 3
			     : byte(0) < 0xf5 ? 4
					      : 0;

	if (!length || length > text.size())
		return 0;
	code = length == 1 ? byte(0) : byte(0) & (0x7fU >> length);
	for (std::size_t i = 1; i < length; i++) {
		if ((byte(i) & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (byte(i) & 0x3f);
	}
	bool bad = code < lowest[length] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
	return bad ? 0 : length;
}

/* Controls, and what turns the direction of writing or hides */
bool harmless(std::uint32_t code)
{
	return code >= 0x20 && !(code >= 0x7f && code < 0xa0) &&
	       !(code >= 0x200b && code <= 0x200f) && !(code >= 0x2028 && code <= 0x202e) &&
	       !(code >= 0x2066 && code <= 0x2069) && code != 0xfeff;
}

} // namespace

std::string printable(std::string_view text)
{
	std::string out;

	while (!text.empty()) {
		std::uint32_t code = 0;
		std::size_t length = utf8_length(text, code);

		if (length && harmless(code)) {
			out += text.substr(0, length);
			text.remove_prefix(length);
			continue;
		}
		for (std::size_t i = 0; i < std::max<std::size_t>(length, 1); i++)
			out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[i]));
		text.remove_prefix(std::max<std::size_t>(length, 1));
	}
	return out;
}

std::size_t columns_of(std::string_view text)
{
	return static_cast<std::size_t>(
		std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string join(std::span<const std::string> words, std::string_view between)
{
	return fmt::format("{}", fmt::join(words, between));
}

std::vector<std::string> split(std::string_view text, char between)
{
	std::vector<std::string> parts;

	for (;;) {
		std::size_t end = text.find(between);

		parts.emplace_back(text.substr(0, end));
		if (end == std::string_view::npos)
			return parts;
		text.remove_prefix(end + 1);
	}
}

std::string lower(std::string_view text)
{
	std::string out(text);

	for (char &c : out)
		if (c >= 'A' && c <= 'Z')
			c = static_cast<char>(c | 0x20);
	return out;
}

namespace {

/* Levenshtein's distance, one row at a time */
std::size_t distance(std::string_view a, std::string_view b)
{
	std::vector<std::size_t> row(b.size() + 1);

	for (std::size_t j = 0; j <= b.size(); j++)
		row[j] = j;
	for (std::size_t i = 0; i < a.size(); i++) {
		std::size_t diagonal = row[0]++;

		for (std::size_t j = 0; j < b.size(); j++) {
			std::size_t change = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, change});
		}
	}
	return row[b.size()];
}

} // namespace

std::vector<std::string> close_names(std::string_view name, std::span<const std::string> known)
{
	std::vector<std::pair<std::size_t, std::string>> found;
	std::vector<std::string> names;

	for (const std::string &candidate : known) {
		std::size_t d = distance(lower(name), lower(candidate));
		bool begins = !name.empty() && lower(candidate).starts_with(lower(name));

		if (begins || d <= std::max<std::size_t>(1, name.size() / 3))
			found.emplace_back(begins ? 0 : d, candidate);
	}
	std::ranges::sort(found);
	for (std::size_t i = 0; i < found.size() && i < 3; i++)
		names.push_back(found[i].second);
	return names;
}

} // namespace khttpctl
