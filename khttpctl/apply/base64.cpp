/* SPDX-License-Identifier: MIT */
#include "base64.hpp"

#include <algorithm>
#include <cstdint>

#include "../command.hpp"
#include "../text.hpp"

namespace khttpctl::configuration {

namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789+/";

} // namespace

std::string to_base64(std::string_view bytes)
{
	std::string text;

	for (std::size_t i = 0; i < bytes.size(); i += 3) {
		const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
		std::uint32_t group = 0;

		for (std::size_t k = 0; k < 3; k++)
			group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0);
		for (std::size_t k = 0; k < 4; k++)
			text += k <= n ? digits[group >> (18 - 6 * k) & 63] : '=';
	}
	return text;
}

std::string from_base64(std::string_view text)
{
	std::string bytes;
	std::uint32_t group = 0;
	unsigned bits = 0;
	std::size_t n = 0;

	for (; n < text.size() && text[n] != '='; n++) {
		const std::size_t digit = digits.find(text[n]);

		if (digit == std::string_view::npos)
			throw usage_error("base64: only A-Z, a-z, 0-9, + and /, and = at the end");
		group = group << 6 | static_cast<std::uint32_t>(digit);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		bytes += static_cast<char>(group >> bits & 0xff);
	}
	const bool padded = text.size() - n <= 2 &&
			    std::ranges::all_of(text.substr(n), [](char c) { return c == '='; });
	if (text.size() % 4 || !padded || (group & ((1U << bits) - 1)))
		throw usage_error("base64: it ends in the middle");
	return bytes;
}

bool is_text(std::string_view bytes)
{
	for (char c : bytes)
		if (static_cast<unsigned char>(c) == 0x7f ||
		    (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n'))
			return false;
	std::string plain(bytes);
	std::erase_if(plain, [](char c) { return c == '\t' || c == '\n'; });
	return printable(plain) == plain;
}

} // namespace khttpctl::configuration
