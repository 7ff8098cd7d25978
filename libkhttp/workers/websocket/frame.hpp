/* SPDX-License-Identifier: MIT */
/* Frames of the WebSocket protocol: RFC 6455 section 5. Bytes in, bytes out. */
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace websocket {

enum class opcode : std::uint8_t {
	continuation = 0,
	text = 1,
	binary = 2,
	close = 8,
	ping = 9,
	pong = 10,
};

/* Why a connection ends: RFC 6455 section 7.4.1. */
enum class close_code : std::uint16_t {
	none = 0, /* it does not */
	normal = 1000,
	protocol_error = 1002,
	bad_payload = 1007,
	too_large = 1009,
};

using mask_key = std::array<char, 4>;

/* What a client's frame begins with. */
struct frame_head {
	opcode code = opcode::continuation;
	bool fin = false;
	std::uint64_t length = 0;
	mask_key key{};
};

/* Longest there is: two bytes, a length of eight, a key of four. */
inline constexpr std::size_t max_head = 14;

/* Bytes that the head at the start of IN has, as far as IN tells. */
std::size_t head_size(std::string_view in) noexcept;

/* IN is one whole head. False: no client may send that. */
bool parse_head(std::string_view in, frame_head &out) noexcept;

/* Take the mask off BYTES, which stand at OFFSET in their frame. */
void unmask(char *bytes, std::size_t size, const mask_key &key,
	    std::uint64_t offset) noexcept;

inline bool is_control(opcode code) noexcept
{
	return code >= opcode::close;
}

/* A server's frame, whole and without a mask. */
void append_frame(std::string &out, opcode code, std::string_view payload);

} // namespace websocket
