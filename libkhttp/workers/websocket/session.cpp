/* SPDX-License-Identifier: MIT */
#include "session.hpp"

#include <algorithm>
#include <array>

#include "common/text.hpp"

namespace websocket {

namespace {

std::string code_bytes(close_code code)
{
	auto number = static_cast<unsigned>(code);

	return {static_cast<char>(number >> 8), static_cast<char>(number)};
}

/* RFC 6455 7.4: those defined for the wire, and those of applications. */
bool may_be_sent(unsigned code) noexcept
{
	return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
	       (code >= 3000 && code <= 4999);
}

} // namespace

/* Up to the end of the head; what of BYTES is left. */
std::string_view session::take_head(std::string_view bytes)
{
	while (!bytes.empty() && head_.size() < head_size(head_)) {
		head_ += bytes.front();
		bytes.remove_prefix(1);
	}
	return bytes;
}

close_code session::begin_frame()
{
	if (!parse_head(head_, frame_))
		return close_code::protocol_error;
	head_.clear();
	in_frame_ = true;
	got_ = 0;
	if (is_control(frame_.code)) {
		control_.clear();
		return close_code::none;
	}
	/* A message's first frame says what it is, and no other does. */
	if ((frame_.code == opcode::continuation) != in_message_)
		return close_code::protocol_error;
	if (!in_message_) {
		in_message_ = true;
		kind_ = frame_.code;
		message_.clear();
	}
	if (frame_.length > limit_ - message_.size())
		return close_code::too_large;
	return close_code::none;
}

std::string_view session::take_payload(std::string_view bytes)
{
	std::string &into = is_control(frame_.code) ? control_ : message_;
	auto count = static_cast<std::size_t>(
		std::min<std::uint64_t>(frame_.length - got_, bytes.size()));
	std::size_t at = into.size();

	into += bytes.substr(0, count);
	unmask(into.data() + at, count, frame_.key, got_);
	got_ += count;
	return bytes.substr(count);
}

close_code session::answer_close(std::string &out) const
{
	if (control_.empty()) {
		append_frame(out, opcode::close, {});
		return close_code::normal;
	}
	if (control_.size() == 1)
		return close_code::protocol_error;
	unsigned code = static_cast<unsigned char>(control_[0]) << 8 |
			static_cast<unsigned char>(control_[1]);
	if (!may_be_sent(code))
		return close_code::protocol_error;
	if (!text::is_utf8(std::string_view{control_}.substr(2)))
		return close_code::bad_payload;
	append_frame(out, opcode::close, std::string_view{control_}.substr(0, 2));
	return close_code::normal;
}

close_code session::end_message(std::string &out)
{
	if (kind_ == opcode::text && !text::is_utf8(message_))
		return close_code::bad_payload;
	append_frame(out, kind_, message_);
	in_message_ = false;
	if (message_.capacity() > keep_capacity)
		message_ = {};
	return close_code::none;
}

/* What to close with; normal: it was answered. */
close_code session::end_frame(std::string &out)
{
	in_frame_ = false;
	switch (frame_.code) {
	case opcode::ping:
		append_frame(out, opcode::pong, control_);
		return close_code::none;
	case opcode::pong:
		return close_code::none;
	case opcode::close:
		return answer_close(out);
	default:
		return frame_.fin ? end_message(out) : close_code::none;
	}
}

bool session::take(std::string_view bytes, std::string &out)
{
	while (!bytes.empty()) {
		close_code ends = close_code::none;

		if (!in_frame_) {
			bytes = take_head(bytes);
			if (head_.size() < head_size(head_))
				break;
			ends = begin_frame();
		} else {
			bytes = take_payload(bytes);
		}
		if (ends == close_code::none && got_ == frame_.length)
			ends = end_frame(out);
		if (ends == close_code::none)
			continue;
		if (ends != close_code::normal)
			append_frame(out, opcode::close, code_bytes(ends));
		return false;
	}
	return true;
}

} // namespace websocket
