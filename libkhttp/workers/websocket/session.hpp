/* SPDX-License-Identifier: MIT */
/* One WebSocket connection whose messages are sent back. Bytes in, bytes out. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "frame.hpp"

namespace websocket {

/* Bytes. A longer message's memory is not kept for the next. */
inline constexpr std::size_t keep_capacity = 16384;

class session {
public:
	/* LIMIT: bytes of one message, in however many frames. */
	explicit session(std::size_t limit) noexcept : limit_{limit} {}

	/* What the client sent; OUT gets what it is sent for that. False: that
	 * was a last frame, and nothing more is taken. */
	bool take(std::string_view bytes, std::string &out);

private:
	std::string_view take_head(std::string_view bytes);
	std::string_view take_payload(std::string_view bytes);
	close_code begin_frame();
	close_code end_frame(std::string &out);
	close_code end_message(std::string &out);
	close_code answer_close(std::string &out) const;

	const std::size_t limit_;
	std::string head_;	/* of the frame, as much as came */
	frame_head frame_;
	bool in_frame_ = false; /* the head is whole */
	std::uint64_t got_ = 0; /* payload bytes of the frame */
	std::string control_;	/* payload of a control frame */
	bool in_message_ = false;
	opcode kind_ = opcode::text; /* of the message */
	std::string message_;
};

} // namespace websocket
