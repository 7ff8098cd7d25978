/* SPDX-License-Identifier: MIT */
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include <khttp/cache.hpp>
#include <khttp/error.hpp>
#include <khttp/exchange.hpp>
#include <khttp/export.hpp>
#include <khttp/fragment.hpp>
#include <khttp/grant.hpp>
#include <khttp/options.hpp>

namespace khttp {

/*
 * One worker of a queue, for people with their own event loop:
 *
 *	khttp::queue q{"app"};
 *	while (!q.finished()) {
 *		while (auto ex = q.next())
 *			ex->response().body("hello");
 *		poll q.fd() for reading;
 *	}
 *
 * next(), wait() and commit() belong to one thread at a time; exchanges may be
 * answered anywhere. An answer given on that thread is sent by the next
 * next(), wait() or commit(), any other at once.
 */
class KHTTP_EXPORT queue {
public:
	/* Throws khttp::error when the queue cannot be attached to. */
	explicit queue(std::string_view name);
	explicit queue(const options &wanted);
	explicit queue(const granted &by);
	queue(queue &&) noexcept;
	queue &operator=(queue &&) noexcept;
	~queue();

	/* Readable when next() has something to do. */
	int fd() const noexcept;

	/* Send what is answered, return the next request or nothing. Never
	 * waits, and carries on answers that slow clients hold up. */
	std::optional<exchange> next();
	/* The same, waiting; nothing when the time is over or finished(). */
	std::optional<exchange> wait();
	std::optional<exchange> wait_for(std::chrono::milliseconds limit);
	/* Send what is answered, without looking for more. */
	void commit();

	/* Ask for no new requests; those in hand are finished by the caller. */
	void drain() noexcept;
	/* No new requests come: drain() here, `khttpctl queue drain`, or the
	 * queue is gone. */
	bool draining() const noexcept;
	/* Draining, and nothing is in hand or on its way out any more. */
	bool finished() const noexcept;
	std::size_t in_hand() const noexcept;
	/* Why the worker ended, when not by draining. */
	std::error_code error() const noexcept;

	/* Told of answers that the kernel refused. May be called from any
	 * thread that answers; set it before the first next(). */
	void on_error(failure_handler function);

	/* Drop cached answers at URL (below it too when RECURSIVE), as far as
	 * they are this queue's. Sets PURGED to their number. */
	std::error_code purge(std::string_view url, bool recursive, std::size_t &purged,
			      purge_mode how = purge_mode::hard) noexcept;
	/* All of them that have TAG in Cache-Tag, xkey or Surrogate-Key. */
	std::error_code purge_tag(std::string_view tag, std::size_t &purged,
				  purge_mode how = purge_mode::hard) noexcept;

	/* As response::keep(). */
	std::error_code keep(const fragment &of) noexcept;
	/* Its bytes from OFFSET on, as many as there is room for in INTO. Sets GOT to
	 * their number, and LENGTH to that of all. ENODATA: it is not there. */
	std::error_code read_fragment(std::string_view name, std::uint64_t offset,
				      std::span<char> into, std::size_t &got,
				      std::uint64_t &length) noexcept;

	/* Which one `automatic` chose. */
	khttp::transport transport() const noexcept;

private:
	std::shared_ptr<detail::engine> engine_;
};

} // namespace khttp
