/* SPDX-License-Identifier: MIT */
#include "delivery.hpp"

#include <algorithm>

#include <khttp/error.hpp>

namespace khttp::detail {

namespace {

/* Larger copies are given back to the heap instead of kept for reuse. */
constexpr std::size_t keep_capacity = 128U << 10;

} // namespace

void delivery::begin(std::byte *base, slot_layout layout,
		     std::uint32_t index) noexcept
{
	in = {base, layout};
	out = {base, layout};
	id = in.head().id;
	slot = index;
	at = phase::open;
	kept = has_trailers = upgraded = shut = tells = false;
	stored.store(KHTTP_STORED_UNKNOWN, std::memory_order_relaxed);
	consumed = 0;
	mistake.clear();
	ended.clear();
	refs.store(2, std::memory_order_relaxed);
	finished.store(false, std::memory_order_relaxed);
	gone.store(false, std::memory_order_relaxed);
	watched.store(false, std::memory_order_relaxed);
	blocked = replaced = false;
	reader = sender = {};
	out.reset();
	out.reply().status = 200;
}

std::error_code delivery::can_change_head() const noexcept
{
	switch (at) {
	case phase::open:
		return {};
	case phase::streaming:
		return misuse::head_sent;
	default:
		return misuse::already_answered;
	}
}

std::error_code delivery::can_answer() const noexcept
{
	if (at == phase::answered)
		return ended ? ended : misuse::already_answered;
	return shut ? misuse::stream_ended : std::error_code{};
}

std::error_code delivery::can_finish() const noexcept
{
	if (at == phase::open)
		return misuse::not_streaming;
	return at == phase::streaming ? std::error_code{} : can_answer();
}

void delivery::remember(std::error_code error) noexcept
{
	if (error && !mistake)
		mistake = error;
}

void delivery::note_piece(long result, bool last) noexcept
{
	if (ends_request(result)) {
		at = phase::answered;
		ended = code_of(result);
	} else if (result == 0 && last) {
		at = phase::answered;
	} else if (!head_pending()) {
		at = phase::streaming;
	}
}

std::error_code delivery::add_trailer(std::string_view name,
				      std::string_view value) noexcept
{
	std::error_code refused = can_finish();

	if (refused)
		return refused;
	/* The head's fields have been taken; their place is free. */
	if (!has_trailers)
		out.drop_fields();
	has_trailers = true;
	return out.add_field(name, value);
}

void delivery::set_piece(std::string_view piece) noexcept
{
	khttp_reply &r = out.reply();

	if (at == phase::open)
		r.flags |= KHTTP_REPLY_HEAD;
	r.body_kind = piece.empty() ? KHTTP_BODY_NONE : KHTTP_BODY_USER;
	r.body_addr = reinterpret_cast<std::uintptr_t>(piece.data());
	r.body_len = piece.size();
	r.fragment = {};
	splices.reset();
	r.flags |= KHTTP_REPLY_MORE;
}

void delivery::set_file(int fd, std::uint64_t offset,
			std::uint64_t length) noexcept
{
	set_piece({});
	if (length == 0)
		return;
	out.reply().body_kind = KHTTP_BODY_FILE;
	out.reply().fd = fd;
	out.reply().body_addr = offset;
	out.reply().body_len = length;
}

void delivery::set_end() noexcept
{
	out.reply().flags &= ~(KHTTP_REPLY_MORE | KHTTP_REPLY_SHUT);
	if (has_trailers)
		out.reply().flags |= KHTTP_REPLY_TRAILERS;
}

void delivery::set_shut() noexcept
{
	set_piece({});
	out.reply().flags |= KHTTP_REPLY_SHUT;
	shut = true;
}

void delivery::set_plain(std::uint16_t status) noexcept
{
	out.reset();
	out.reply().status = status;
	out.reply().flags = KHTTP_REPLY_HEAD;
	forget_body();
}

void delivery::note_stored() noexcept
{
	/* The slot may be another request's by now. */
	if (!tells)
		return;
	auto told = out.stored(id);
	if (told != KHTTP_STORED_UNKNOWN)
		stored.store(told, std::memory_order_relaxed);
}

void delivery::hand_over() noexcept
{
	last_ = !more_follows();
	left_ = out.reply().body_len;
}

bool delivery::end_at(std::uint64_t length) noexcept
{
	khttp_reply &r = out.reply();

	if (length < r.body_addr)
		return false;
	left_ = length - r.body_addr;
	/* Of none the kernel makes nothing itself: a piece has some. */
	if (left_ != 0)
		r.body_len = left_;
	return true;
}

bool delivery::advance(std::uint64_t count) noexcept
{
	if (last_ && (count >= left_ || count == all)) {
		left_ = 0;
		return true;
	}

	khttp_reply &r = out.reply();

	r.flags &= ~KHTTP_REPLY_HEAD;
	out.log_taken();
	count = std::min<std::uint64_t>(count, r.body_len);
	r.body_addr += count;
	r.body_len -= count;
	left_ = r.body_len;
	return r.body_len == 0;
}

bool delivery::holds_body() const noexcept
{
	return shared || file || splices || bytes.capacity() > keep_capacity;
}

void delivery::forget_body() noexcept
{
	if (bytes.capacity() > keep_capacity)
		bytes = {};
	shared.reset();
	splices.reset();
	file.reset();
}

std::string_view delivery::take_start(std::size_t room) noexcept
{
	std::string_view start = in.text(in.head().body);

	if (upgraded)
		return {};
	start.remove_prefix(std::min(consumed, start.size()));
	start = start.substr(0, room);
	consumed += start.size();
	return start;
}

} // namespace khttp::detail
