/* SPDX-License-Identifier: MIT */
/* Wakes coroutines at their time, on one thread of its own. */
#pragma once

#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <map>
#include <mutex>
#include <thread>

namespace echo {

/*
 *	co_await timer.until(when);
 *
 * The coroutine goes on in the timer's thread: there it gives its final answer,
 * which no thread waits for, and ends. The waiting ones are bounded by the
 * workers' slots, and server::run() does not return before the last of them.
 */
class timer {
public:
	using clock = std::chrono::steady_clock;

	class wait {
	public:
		wait(timer &on, clock::time_point when) noexcept
			: on_{on}, when_{when}
		{
		}
		bool await_ready() const noexcept { return false; }
		void await_suspend(std::coroutine_handle<> waiting)
		{
			on_.add(when_, waiting);
		}
		void await_resume() const noexcept {}

	private:
		timer &on_;
		clock::time_point when_;
	};

	timer();
	timer(const timer &) = delete;
	timer &operator=(const timer &) = delete;
	~timer();

	wait until(clock::time_point when) noexcept { return {*this, when}; }

private:
	void add(clock::time_point when, std::coroutine_handle<> waiting);
	void loop();

	std::mutex lock_; /* the next three */
	std::condition_variable changed_;
	std::multimap<clock::time_point, std::coroutine_handle<>> waiting_;
	bool ending_ = false;

	std::thread thread_; /* last: it uses everything above */
};

} // namespace echo
