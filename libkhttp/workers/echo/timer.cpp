/* SPDX-License-Identifier: MIT */
#include "timer.hpp"

#include <csignal>
#include <functional>

namespace echo {

namespace {

/* Signals are for the threads that know what to do with them. */
std::thread start_without_signals(std::function<void()> run)
{
	sigset_t all;
	sigset_t before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	std::thread started{std::move(run)};
	pthread_sigmask(SIG_SETMASK, &before, nullptr);
	return started;
}

} // namespace

timer::timer() : thread_{start_without_signals([this] { loop(); })} {}

timer::~timer()
{
	{
		const std::lock_guard hold{lock_};

		ending_ = true;
	}
	changed_.notify_one();
	thread_.join();
}

void timer::add(clock::time_point when, std::coroutine_handle<> waiting)
{
	{
		const std::lock_guard hold{lock_};

		waiting_.emplace(when, waiting);
	}
	changed_.notify_one();
}

void timer::loop()
{
	std::unique_lock hold{lock_};

	while (!ending_) {
		if (waiting_.empty()) {
			changed_.wait(hold);
			continue;
		}
		const auto first = waiting_.begin();

		if (first->first > clock::now()) {
			/* By value: the entry may go while we wait. */
			const auto when = first->first;

			changed_.wait_until(hold, when);
			continue;
		}
		const auto due = first->second;

		waiting_.erase(first);
		/* It answers, which may take the library's locks, and may
		 * begin to wait again, which takes ours. */
		hold.unlock();
		due.resume();
		hold.lock();
	}
}

} // namespace echo
