// SPDX-License-Identifier: MIT
//
// A WebSocket client's bytes as khttp-websocket takes them. In whatever pieces
// they come, the same is sent for them; it is bounded by them and the limit, and
// made of whole frames of which none follows a close.
#include "fuzz.hpp"
#include "websocket/session.hpp"

namespace {

constexpr std::size_t limit = 200;

/* Server's frames, as far as these sizes need. */
void check_frames(std::string_view sent, bool open)
{
	bool closed = false;

	while (!sent.empty()) {
		MUST(!closed && sent.size() >= 2);
		unsigned first = static_cast<unsigned char>(sent[0]);
		std::size_t length = static_cast<unsigned char>(sent[1]);
		std::size_t head = 2;

		MUST((first & 0x70) == 0 && (first & 0x80) && length <= 126);
		if (length == 126) {
			MUST(sent.size() >= 4);
			length = static_cast<unsigned char>(sent[2]) * 256U +
				 static_cast<unsigned char>(sent[3]);
			head = 4;
		}
		MUST(length <= limit && sent.size() >= head + length);
		closed = (first & 0x0f) == 8;
		sent.remove_prefix(head + length);
	}
	MUST(closed != open);
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	chooser input(data, size);
	std::size_t step = std::size_t{input.byte()} % 16 + 1;
	std::vector<char> bytes = exact(input.rest());
	std::string_view rest(bytes.data(), bytes.size());
	websocket::session whole{limit};
	websocket::session pieces{limit};
	std::string one;
	std::string two;
	bool open = whole.take(rest, one);
	bool goes_on = true;

	while (goes_on && !rest.empty()) {
		std::string_view piece = rest.substr(0, step);

		goes_on = pieces.take(piece, two);
		rest.remove_prefix(piece.size());
	}
	MUST(open == goes_on && one == two);
	/* A head of two bytes may be what a close is sent for. */
	MUST(one.size() <= bytes.size() + 2);
	check_frames(one, open);
	return 0;
}
