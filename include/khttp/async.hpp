/* SPDX-License-Identifier: MIT */
/*
 * Handlers as coroutines: waiting for a body or a slow client gives the thread
 * back to other requests.
 *
 *	srv.handle([](khttp::async::request rq,
 *		      khttp::async::response rs) -> khttp::task {
 *		auto [text, error] = co_await rq.body();
 *		if (!error)
 *			co_await rs.send(text);
 *		co_await rs.finish();
 *	});
 *
 * A coroutine goes on in the thread that serves its request. When it ends
 * without an answer, or throws, the client gets 500.
 */
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>

#include <khttp/exchange.hpp>
#include <khttp/export.hpp>
#include <khttp/request.hpp>
#include <khttp/response.hpp>
#include <khttp/task.hpp>
#include <khttp/upgrade.hpp>

namespace khttp::async {

/* co_await gives a read_result. */
class [[nodiscard]] KHTTP_EXPORT read_operation {
public:
	read_operation(detail::delivery *of, std::span<char> buffer) noexcept
		: of_{of}, buffer_{buffer}
	{
	}
	bool await_ready() noexcept;
	void await_suspend(std::coroutine_handle<> waiting);
	read_result await_resume() noexcept;

private:
	detail::delivery *of_;
	std::span<char> buffer_;
};

/* co_await gives a std::error_code. */
class [[nodiscard]] KHTTP_EXPORT send_operation {
public:
	send_operation(detail::delivery *of, std::error_code refused) noexcept
		: of_{of}, refused_{refused}
	{
	}
	bool await_ready() const noexcept;
	void await_suspend(std::coroutine_handle<> waiting);
	std::error_code await_resume() noexcept;

protected:
	detail::delivery *of_;

private:
	std::error_code refused_;
	bool last_ = false;
};

/* As khttp::upgraded, but its calls are awaited. Two coroutines may use it, one
 * to read and one to send. As copyable. */
class KHTTP_EXPORT upgraded {
public:
	explicit operator bool() const noexcept { return !error_; }
	std::error_code error() const noexcept { return error_; }

	/* Only where there is one. */
	read_operation read(std::span<char> buffer) const noexcept
	{
		return {of_, buffer};
	}
	/* BYTES stay untouched until the operation is over. */
	send_operation send(std::string_view bytes) const noexcept;
	send_operation send(std::span<const std::byte> bytes) const noexcept;
	send_operation end() const noexcept;
	send_operation close() const noexcept;

private:
	friend class upgrade_operation;
	upgraded(detail::delivery *of, std::error_code error) noexcept
		: of_{of}, error_{error}
	{
	}

	detail::delivery *of_;
	std::error_code error_;
};

/* co_await gives an upgraded. */
class [[nodiscard]] KHTTP_EXPORT upgrade_operation : private send_operation {
public:
	upgrade_operation(detail::delivery *of, std::error_code refused) noexcept
		: send_operation{of, refused}
	{
	}
	using send_operation::await_ready;
	using send_operation::await_suspend;
	upgraded await_resume() noexcept;
};

/* As khttp::request, but its reads are awaited. Copyable, small; of an exchange
 * that lives longer. Throws std::logic_error when that is empty. */
class KHTTP_EXPORT request : public khttp::request {
public:
	explicit request(const exchange &of);
	request(const request &other) noexcept;

	read_operation read(std::span<char> buffer) const noexcept
	{
		return {of_, buffer};
	}
	task_of<body_result> body(std::size_t limit = 1U << 20) const;
	task_of<trailers_result> trailers() const;
};

/* As khttp::response, but its stream is awaited. As copyable. */
class KHTTP_EXPORT response : public khttp::response {
public:
	explicit response(exchange &of);
	response(const response &other) noexcept;

	/* PIECE, the file or the fragment stays untouched until the operation is over. */
	send_operation send(std::string_view piece) noexcept;
	send_operation send(std::span<const std::byte> piece) noexcept;
	send_operation send_file(int fd, std::uint64_t offset,
				 std::uint64_t length) noexcept;
	send_operation send_fragment(const fragment &of, std::uint64_t offset = 0,
				     std::uint64_t length = to_its_end) noexcept;
	send_operation finish() noexcept;
	upgrade_operation upgrade(std::string_view protocol) noexcept;
};

} // namespace khttp::async
