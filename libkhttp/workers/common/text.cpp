/* SPDX-License-Identifier: MIT */
#include "text.hpp"

#include <algorithm>
#include <limits>

extern "C" {
#include "http/date.h"
#include "http/field.h"
}

namespace text {

namespace {

khttp_span to_span(std::string_view view)
{
	return {view.data(), static_cast<u32>(view.size())};
}

bool fits_span(std::string_view view)
{
	return view.size() <= std::numeric_limits<u32>::max();
}

khttp_field_id id_of(std::string_view name)
{
	khttp_field_id id = KHTTP_FIELD_OTHER;

	if (is_token(name))
		khttp_field_identify(name.data(), to_span(name).len, &id);
	return id;
}

std::string percent_encode(std::string_view bytes, std::string_view also_plain)
{
	static constexpr char hex[] = "0123456789ABCDEF";
	static constexpr std::string_view unreserved =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-._~";
	std::string out;

	out.reserve(bytes.size());
	for (char c : bytes) {
		const auto byte = static_cast<unsigned char>(c);

		if (unreserved.find(c) != std::string_view::npos ||
		    also_plain.find(c) != std::string_view::npos) {
			out += c;
		} else {
			out += '%';
			out += hex[byte >> 4];
			out += hex[byte & 15];
		}
	}
	return out;
}

/* Length of the UTF-8 sequence that LEAD begins, 0 for none. */
unsigned sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

/* Second bytes have tighter bounds after some leads (Unicode table 3-7). */
bool second_ok(unsigned char lead, unsigned char second)
{
	switch (lead) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return second >= 0x80 && second <= 0xbf;
	}
}

} // namespace

std::vector<std::string_view> list_items(std::string_view list)
{
	std::vector<std::string_view> items;
	khttp_span item;
	u32 at = 0;

	if (!fits_span(list))
		return items;
	while (khttp_list_next(to_span(list), &at, &item))
		items.emplace_back(item.ptr, item.len);
	return items;
}

bool equals_fold(std::string_view a, std::string_view b)
{
	return a.size() == b.size() && fits_span(a) &&
	       khttp_span_eq_fold(to_span(a), to_span(b));
}

std::string lower(std::string_view text)
{
	std::string out{text};

	for (char &c : out)
		c = khttp_ascii_lower(c);
	return out;
}

std::string_view trim(std::string_view text)
{
	const auto first = text.find_first_not_of(" \t");

	if (first == std::string_view::npos)
		return {};
	return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<std::uint64_t> number(std::string_view digits)
{
	u64 value;

	if (!fits_span(digits) || !khttp_number(to_span(digits), &value))
		return std::nullopt;
	return value;
}

std::optional<unsigned> qvalue(std::string_view value)
{
	unsigned thousandths = 0;
	unsigned scale = 100;

	if (value.empty() || (value[0] != '0' && value[0] != '1') ||
	    value.size() > 5 || (value.size() > 1 && value[1] != '.'))
		return std::nullopt;
	thousandths = value[0] == '1' ? 1000 : 0;
	for (char digit : value.substr(std::min<std::size_t>(value.size(), 2))) {
		if (digit < '0' || digit > '9')
			return std::nullopt;
		thousandths += static_cast<unsigned>(digit - '0') * scale;
		scale /= 10;
	}
	if (thousandths > 1000)
		return std::nullopt;
	return thousandths;
}

bool is_token(std::string_view text)
{
	return fits_span(text) && khttp_token_ok(text.data(), to_span(text).len);
}

bool is_field(std::string_view name, std::string_view value)
{
	return is_token(name) && fits_span(value) &&
	       (value.empty() ||
		khttp_field_value_ok(value.data(), to_span(value).len));
}

bool stands_once(std::string_view name)
{
	return khttp_field_flags(id_of(name)) & KHTTP_FIELD_ONCE;
}

bool may_trail(std::string_view name)
{
	return khttp_field_trailer_ok(id_of(name));
}

std::string http_date(std::uint64_t seconds)
{
	std::string out(KHTTP_DATE_LEN, '\0');

	khttp_date_print(seconds, out.data());
	return out;
}

std::optional<std::uint64_t> parse_http_date(std::string_view date,
					     std::uint64_t now)
{
	u64 seconds;

	/* An empty view may lack an address, which the C code relies on */
	if (date.empty() || !fits_span(date) ||
	    !khttp_date_parse(date.data(), static_cast<u32>(date.size()), now,
			      &seconds))
		return std::nullopt;
	return seconds;
}

std::string encode_path(std::string_view path)
{
	return percent_encode(path, "!$&'()*+,;=:@/");
}

std::string encode_query(std::string_view query)
{
	return percent_encode(query, "!$&'()*+,;=:@/?%");
}

std::string escape_html(std::string_view text)
{
	std::string out;

	out.reserve(text.size());
	for (char c : text) {
		switch (c) {
		case '&':
			out += "&amp;";
			break;
		case '<':
			out += "&lt;";
			break;
		case '>':
			out += "&gt;";
			break;
		case '"':
			out += "&quot;";
			break;
		case '\'':
			out += "&#39;";
			break;
		default:
			out += c;
		}
	}
	return out;
}

bool is_utf8(std::string_view text)
{
	std::size_t at = 0;

	while (at < text.size()) {
		const auto lead = static_cast<unsigned char>(text[at]);
		const unsigned length = sequence_length(lead);

		if (length == 0 || length > text.size() - at)
			return false;
		for (unsigned i = 1; i < length; i++) {
			const auto byte =
				static_cast<unsigned char>(text[at + i]);

			if (i == 1 ? !second_ok(lead, byte)
				   : byte < 0x80 || byte > 0xbf)
				return false;
		}
		at += length;
	}
	return true;
}

} // namespace text
