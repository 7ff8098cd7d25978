/* SPDX-License-Identifier: MIT */
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

#include <khttp/async.hpp>
#include <khttp/companion.hpp>
#include <khttp/error.hpp>
#include <khttp/exchange.hpp>
#include <khttp/export.hpp>
#include <khttp/grant.hpp>
#include <khttp/options.hpp>

namespace khttp {

/*
 * Threads that serve a queue with one handler:
 *
 *	khttp::server srv{"app"};
 *	srv.handle([](const khttp::request &rq, khttp::response &rs) {
 *		rs.header("content-type", "text/plain").body("hello");
 *	});
 *	srv.run();
 *
 * The handler runs on all threads at once. Returning without an answer and
 * without response::later(), or throwing, answers 500.
 */
class KHTTP_EXPORT server {
public:
	using handler = std::function<void(const request &, response &)>;
	using coroutine = std::function<task(async::request, async::response)>;

	/* Attach; throw khttp::error when the queue does not let us. */
	explicit server(std::string_view queue);
	explicit server(const options &wanted);
	explicit server(const granted &by);
	server(const server &) = delete;
	server &operator=(const server &) = delete;
	~server();

	/* Set before run(). */
	void handle(handler function);
	template <typename F>
		requires std::invocable<F &, async::request, async::response> &&
			 std::same_as<std::invoke_result_t<F &, async::request,
							   async::response>,
				      task>
	void handle(F function)
	{
		handle_coroutine(std::move(function));
	}
	/* A coroutine takes the async types: their reads do not block. */
	template <typename F>
		requires std::invocable<F &, const request &, response &> &&
			 std::same_as<std::invoke_result_t<F &, const request &,
							   response &>,
				      task>
	void handle(F function) = delete;
	/* Each serving thread begins with MAKE, and lives with what that gives it
	 * until its own end. Set before run(). */
	void beside(std::function<std::unique_ptr<companion>()> make);
	/* May be called from several threads at once; the default says
	 * nothing. */
	void on_error(failure_handler function);

	/*
	 * Serve until stop(), SIGTERM, SIGINT, `khttpctl queue drain` or the
	 * end of the queue; then finish everything in hand, kept requests and
	 * streams included, and return. A second signal kills as usual.
	 * Throws khttp::error when the workers were lost to an error.
	 *
	 * With a grant the end of the queue, or of the grant, is not the end: it
	 * looks for a grant at the same socket until there is one, and serves on.
	 */
	void run();
	/* End run() the same way; from any thread, or before it. */
	void stop() noexcept;

	/* Which one `automatic` chose. */
	khttp::transport transport() const noexcept;

private:
	struct KHTTP_LOCAL impl;
	void handle_coroutine(coroutine function);
	std::unique_ptr<impl> impl_;
};

} // namespace khttp
