/* SPDX-License-Identifier: MIT */
/*
 * One delivery of one request: what khttp::request, response and exchange are
 * views of. Objects are pooled by their engine and used again.
 *
 * Two references: the kernel's side holds one from arrival until the answer is
 * taken or refused, the handler's side one until the handler has returned or
 * the exchange is destroyed. Each ring command under way holds one more.
 */
#pragma once

#include <atomic>
#include <cerrno>
#include <coroutine>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

#include <khttp/fd.hpp>
#include <khttp/request.hpp>
#include <khttp/response.hpp>

#include "slot.hpp"
#include "stored.hpp"

namespace khttp::detail {

class engine;

/* With these results the kernel has forgotten the request. */
inline bool ends_request(long result) noexcept
{
	return result == -ECONNRESET || result == -ESTALE ||
	       result == -EMSGSIZE || result == -ESHUTDOWN;
}

/* The same for a read, where -EMSGSIZE is about the buffer. */
inline bool ends_reading(long result) noexcept
{
	return result != -EMSGSIZE && ends_request(result);
}

inline std::error_code code_of(long result) noexcept
{
	return {static_cast<int>(-result), std::generic_category()};
}

enum class phase : std::uint8_t {
	open,	   /* nothing of the answer has been sent */
	streaming, /* the head has been taken, pieces follow */
	answered,  /* the final call was made, or the kernel ended it */
};

struct delivery {
	explicit delivery(engine &of) noexcept : home{of} {}

	/* A new request in the slot at BASE. */
	void begin(std::byte *base, slot_layout layout,
		   std::uint32_t index) noexcept;

	/* Ready to change the head, or why not. */
	std::error_code can_change_head() const noexcept;
	/* Ready for a piece or a final answer, or why not. */
	std::error_code can_answer() const noexcept;
	/* Ready for the end of a stream, or why not. */
	std::error_code can_finish() const noexcept;
	void remember(std::error_code error) noexcept;
	/* RESULT of a piece, the LAST or not: 0 or -errno. */
	void note_piece(long result, bool last) noexcept;

	/* Fill the reply; the engine commits it. */
	void set_piece(std::string_view bytes) noexcept;
	void set_file(int fd, std::uint64_t offset,
		      std::uint64_t length) noexcept;
	/* fragment.cpp: by its name, or by its bytes where the kernel takes no names;
	 * or why not. */
	std::error_code set_fragment(std::shared_ptr<const fragment> of,
				     std::uint64_t offset, std::uint64_t length) noexcept;
	/* What is left of such a piece, out of ALL its bytes; false: too few. */
	bool set_bytes(std::shared_ptr<const std::string> all) noexcept;
	void set_end() noexcept;
	/* 101 and its field, or why not. */
	std::error_code set_upgrade(std::string_view protocol) noexcept;
	/* After it: the end of what is sent, and of nothing else. */
	void set_shut() noexcept;
	std::error_code add_trailer(std::string_view name,
				    std::string_view value) noexcept;
	/* An empty answer of this status instead of what was prepared. */
	void set_plain(std::uint16_t status) noexcept;
	/* A commit begins: what of it is needed when the slot may be another request's. */
	void hand_over() noexcept;
	/* It was the last one of the answer. */
	bool was_last() const noexcept { return last_; }
	/* Something of the answer was taken: what became of its being stored? */
	void note_stored() noexcept;
	/* The last piece is a fragment to its end, whose length the kernel knows, and
	 * says in the slot. */
	bool ends_somewhere() const noexcept
	{
		return last_ && left_ == KHTTP_LENGTH_UNKNOWN;
	}
	/* It has LENGTH bytes; false: the piece begins behind them. */
	bool end_at(std::uint64_t length) noexcept;
	/* More than any piece has. */
	static constexpr long all = std::numeric_limits<long>::max();
	/* The kernel took COUNT bytes, or all; true when none are left. Of the last
	 * piece this is the end of the request, and its slot is not looked at. */
	bool advance(std::uint64_t count) noexcept;
	bool more_follows() noexcept
	{
		return out.reply().flags & KHTTP_REPLY_MORE;
	}
	bool head_pending() noexcept
	{
		return out.reply().flags & KHTTP_REPLY_HEAD;
	}
	/* The answer points to what is not in its slot. */
	bool holds_body() const noexcept;
	/* Let go of what the answer pointed to. */
	void forget_body() noexcept;
	/* Body bytes still in the slot, up to ROOM. */
	std::string_view take_start(std::size_t room) noexcept;
	/* And they are all there will be. */
	bool all_read() const noexcept
	{
		return !upgraded && !(in.head().flags & KHTTP_REQ_BODY_MORE);
	}

	engine &home;
	khttp::request rq{this};
	khttp::response rs{this};

	/* set by begin() */
	slot_view in;
	reply_writer out;
	std::uint64_t id = 0;
	std::uint32_t slot = 0;

	/* the handler's side, one thread at a time */
	phase at = phase::open;
	bool kept = false;
	bool has_trailers = false;
	bool upgraded = false;	   /* answered 101: reads give what follows */
	bool shut = false;	   /* after which nothing more is sent */
	bool tells = false;	   /* asked what becomes of its being stored */
	std::size_t consumed = 0;  /* body bytes read from the slot */
	std::error_code mistake;   /* the first one */
	std::error_code ended;	   /* how the kernel ended it */

	/* what the answer points to until the kernel has taken it */
	std::string bytes;
	std::shared_ptr<const std::string> shared;
	std::shared_ptr<const fragment> splices;
	unique_fd file;

	std::atomic<int> refs = 0;
	/* The kernel's side is through: who reads may find that out, and who sends, too. */
	std::atomic<bool> finished = false;
	std::atomic<bool> gone = false;
	std::atomic<bool> watched = false;
	std::atomic<std::uint8_t> stored = 0; /* khttp_stored */

	/* Orders an answer from a foreign thread against the events that the
	 * serving thread gets for it. Guards: */
	std::mutex lock;
	bool blocked = false; /* the rest goes out when WRITABLE comes */
	bool replaced = false; /* by a 500, once */
	std::coroutine_handle<> reader;
	std::coroutine_handle<> sender;
	khttp_read reading{};
	long read_result = 0;
	long send_result = 0;

private:
	bool last_ = false;
	std::uint64_t left_ = 0; /* bytes, of the last piece */
};

/* The reply is filled with a piece: commit it, waiting. */
std::error_code commit_piece(delivery &d) noexcept;

} // namespace khttp::detail
