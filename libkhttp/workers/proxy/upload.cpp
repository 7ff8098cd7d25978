/* SPDX-License-Identifier: MIT */
#include "upload.hpp"

#include <algorithm>
#include <coroutine>
#include <exception>

#include "transfer.hpp"

namespace proxy {

namespace {

constexpr std::size_t piece_bytes = 65536;

} // namespace

/* A coroutine nobody awaits: it owns itself. */
struct upload::detached {
	struct promise_type {
		detached get_return_object() const noexcept { return {}; }
		std::suspend_never initial_suspend() const noexcept { return {}; }
		std::suspend_never final_suspend() const noexcept { return {}; }
		void return_void() const noexcept {}
		void unhandled_exception() const noexcept { std::terminate(); }
	};
};

upload::upload(transfer &of, const khttp::async::request &rq)
	: of_{&of}, rq_{rq}, announced_{rq.content_length()},
	  whole_{rq.body_complete() && !rq.has_trailers()}
{
	if (whole_) {
		left_ = rq.body_start();
		at_end_ = true;
	}
}

std::optional<std::uint64_t> upload::length() const noexcept
{
	return whole_ ? rq_.body_start().size() : announced_;
}

std::optional<std::size_t> upload::take(char *to, std::size_t room) noexcept
{
	const auto size = std::min(room, left_.size());

	if (left_.empty() && !at_end_) {
		wanted_ = true;
		return {};
	}
	left_.copy(to, size);
	left_.remove_prefix(size);
	taken_ += size;
	return size;
}

bool upload::rewind() noexcept
{
	if (taken_ == 0)
		return true;
	if (!whole_)
		return false;
	left_ = rq_.body_start();
	taken_ = 0;
	return true;
}

void upload::go_on()
{
	if (wanted_ && !reading_ && !broken_)
		read(shared_from_this());
}

khttp::task_of<std::error_code> upload::read_piece()
{
	buffer_.resize(piece_bytes);
	const auto got = co_await rq_.read(buffer_);

	left_ = std::string_view{buffer_}.substr(0, got.size);
	at_end_ = !got.error && got.size == 0;
	/* Only behind chunks; asking costs a system call. */
	if (!at_end_ || announced_)
		co_return got.error;
	auto after = co_await rq_.trailers();

	trailers_ = std::move(after.fields);
	co_return after.error;
}

upload::detached upload::read(std::shared_ptr<upload> self)
{
	self->reading_ = true;
	try {
		self->broken_ = static_cast<bool>(co_await self->read_piece());
	} catch (const std::exception &) {
		self->broken_ = true;
	}
	self->reading_ = self->wanted_ = false;
	self->came_ = true;
	if (self->of_)
		self->of_->stir();
}

} // namespace proxy
