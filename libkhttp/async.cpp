/* SPDX-License-Identifier: MIT */
#include <khttp/async.hpp>

#include <algorithm>

#include <khttp/error.hpp>

#include "engine.hpp"
#include "readers.hpp"

namespace khttp::async {

using detail::code_of;
using detail::delivery;
using detail::phase;

namespace {

/* co_await gives the result of a READ: bytes or -errno. */
class raw_read {
public:
	raw_read(delivery &of, std::span<char> buffer,
		 std::uint32_t flags) noexcept
		: of_{of}, buffer_{buffer}, flags_{flags}
	{
	}
	bool await_ready() const noexcept { return false; }
	void await_suspend(std::coroutine_handle<> waiting)
	{
		constexpr std::size_t most = 0x7fffffff; /* by the ABI */

		of_.reading = {
			.id = of_.id,
			.addr = reinterpret_cast<std::uintptr_t>(buffer_.data()),
			.len = static_cast<__u32>(std::min(buffer_.size(), most)),
			.flags = flags_,
		};
		of_.read_result = 0;
		of_.reader = waiting;
		of_.home.start_read(of_);
	}
	long await_resume() const noexcept { return of_.read_result; }

private:
	delivery &of_;
	std::span<char> buffer_;
	std::uint32_t flags_;
};

/* The operation whose piece has been put into D's reply. */
send_operation commit(delivery *d) noexcept
{
	return {d, d->at == phase::open ? d->mistake : std::error_code{}};
}

std::string_view text_of(std::span<const std::byte> bytes) noexcept
{
	return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

} // namespace

bool read_operation::await_ready() noexcept
{
	std::string_view start = of_->take_start(buffer_.size());

	start.copy(buffer_.data(), start.size());
	of_->read_result = static_cast<long>(start.size());
	return !start.empty() || buffer_.empty() || of_->all_read();
}

void read_operation::await_suspend(std::coroutine_handle<> waiting)
{
	raw_read{*of_, buffer_, 0}.await_suspend(waiting);
}

read_result read_operation::await_resume() noexcept
{
	long result = of_->read_result;

	if (result < 0)
		return {0, code_of(result)};
	return {static_cast<std::size_t>(result), {}};
}

bool send_operation::await_ready() const noexcept
{
	return static_cast<bool>(refused_);
}

void send_operation::await_suspend(std::coroutine_handle<> waiting)
{
	last_ = !of_->more_follows();
	of_->sender = waiting;
	of_->home.commit(*of_);
}

std::error_code send_operation::await_resume() noexcept
{
	if (refused_)
		return refused_;
	of_->note_piece(of_->send_result, last_);
	if (of_->send_result < 0)
		return code_of(of_->send_result);
	return last_ ? of_->mistake : std::error_code{};
}

request::request(const exchange &of) : khttp::request{of.get()} {}

request::request(const request &other) noexcept : khttp::request{other.of_} {}

task_of<body_result> request::body(std::size_t limit) const
{
	request self{*this};
	detail::body_reader into{self, limit};

	while (into.wants_more()) {
		read_result got = co_await self.read(into.room());
		into.took(got);
	}
	co_return into.result();
}

task_of<trailers_result> request::trailers() const
{
	delivery &d = *of_;
	detail::trailer_reader into{*this};

	while (into.wants_more()) {
		long got = co_await raw_read{d, into.room(),
					     KHTTP_READ_TRAILERS};
		into.took(got);
	}
	co_return into.result();
}

response::response(exchange &of) : khttp::response{of.get()} {}

response::response(const response &other) noexcept
	: khttp::response{other.of_}
{
}

send_operation response::send(std::string_view piece) noexcept
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return {of_, refused};
	of_->set_piece(piece);
	return commit(of_);
}

send_operation response::send(std::span<const std::byte> piece) noexcept
{
	return send(text_of(piece));
}

send_operation response::send_file(int fd, std::uint64_t offset,
				   std::uint64_t length) noexcept
{
	std::error_code refused = of_->can_answer();

	if (refused)
		return {of_, refused};
	of_->set_file(fd, offset, length);
	return commit(of_);
}

upgrade_operation response::upgrade(std::string_view protocol) noexcept
{
	return {of_, of_->set_upgrade(protocol)};
}

upgraded upgrade_operation::await_resume() noexcept
{
	std::error_code refused = send_operation::await_resume();

	of_->upgraded = !refused;
	return {of_, refused};
}

send_operation upgraded::send(std::string_view bytes) const noexcept
{
	std::error_code refused = error_ ? error_ : of_->can_answer();

	if (refused)
		return {of_, refused};
	of_->set_piece(bytes);
	return commit(of_);
}

send_operation upgraded::send(std::span<const std::byte> bytes) const noexcept
{
	return send(text_of(bytes));
}

send_operation upgraded::end() const noexcept
{
	std::error_code refused = error_ ? error_ : of_->can_answer();

	if (refused)
		return {of_, refused};
	of_->set_shut();
	return commit(of_);
}

send_operation upgraded::close() const noexcept
{
	std::error_code refused = error_ ? error_ : of_->can_finish();

	if (refused)
		return {of_, refused};
	of_->set_piece({});
	of_->set_end();
	return commit(of_);
}

send_operation response::finish() noexcept
{
	std::error_code refused = of_->can_finish();

	if (refused)
		return {of_, refused};
	of_->set_piece({});
	of_->set_end();
	return commit(of_);
}

} // namespace khttp::async
