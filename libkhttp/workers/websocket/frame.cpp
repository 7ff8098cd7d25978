/* SPDX-License-Identifier: MIT */
#include "frame.hpp"

namespace websocket {

namespace {

constexpr unsigned fin_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_bits = 0x7f;
constexpr unsigned two_bytes = 126;
constexpr unsigned eight_bytes = 127;
constexpr std::uint64_t max_control = 125;

unsigned byte_at(std::string_view in, std::size_t at) noexcept
{
	return static_cast<unsigned char>(in[at]);
}

std::uint64_t number(std::string_view bytes) noexcept
{
	std::uint64_t value = 0;

	for (char c : bytes)
		value = value << 8 | static_cast<unsigned char>(c);
	return value;
}

std::size_t extra_length(unsigned small) noexcept
{
	if (small == two_bytes)
		return 2;
	return small == eight_bytes ? 8 : 0;
}

bool is_known(unsigned code) noexcept
{
	return code <= 2 || (code >= 8 && code <= 10);
}

/* The shortest form has to be used, and the top bit be 0. */
bool length_ok(unsigned small, std::uint64_t length) noexcept
{
	if (small == two_bytes)
		return length >= two_bytes;
	if (small == eight_bytes)
		return length > 0xffff && length >> 63 == 0;
	return true;
}

} // namespace

std::size_t head_size(std::string_view in) noexcept
{
	if (in.size() < 2)
		return 2;
	unsigned second = byte_at(in, 1);

	return 2 + extra_length(second & length_bits) +
	       ((second & mask_bit) ? sizeof(mask_key) : 0);
}

bool parse_head(std::string_view in, frame_head &out) noexcept
{
	unsigned first = byte_at(in, 0);
	unsigned small = byte_at(in, 1) & length_bits;
	std::size_t extra = extra_length(small);

	/* RFC 6455 5.1: what a client sends is masked. */
	if (!(byte_at(in, 1) & mask_bit) || first & reserved_bits ||
	    !is_known(first & 0x0f))
		return false;
	out.code = static_cast<opcode>(first & 0x0f);
	out.fin = first & fin_bit;
	out.length = extra ? number(in.substr(2, extra)) : small;
	in.copy(out.key.data(), out.key.size(), 2 + extra);
	if (!length_ok(small, out.length))
		return false;
	return !is_control(out.code) || (out.fin && out.length <= max_control);
}

void unmask(char *bytes, std::size_t size, const mask_key &key,
	    std::uint64_t offset) noexcept
{
	for (std::size_t i = 0; i < size; i++)
		bytes[i] = static_cast<char>(bytes[i] ^ key[(offset + i) & 3]);
}

void append_frame(std::string &out, opcode code, std::string_view payload)
{
	std::size_t bytes = 0;

	out += static_cast<char>(fin_bit | static_cast<unsigned>(code));
	if (payload.size() <= max_control) {
		out += static_cast<char>(payload.size());
	} else {
		bytes = payload.size() <= 0xffff ? 2 : 8;
		out += static_cast<char>(bytes == 2 ? two_bytes : eight_bytes);
	}
	while (bytes-- > 0)
		out += static_cast<char>(payload.size() >> bytes * 8);
	out += payload;
}

} // namespace websocket
