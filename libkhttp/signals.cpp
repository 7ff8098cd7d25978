/* SPDX-License-Identifier: MIT */
#include "signals.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <mutex>

#include <signal.h>
#include <unistd.h>

#include <khttp/error.hpp>

namespace khttp::detail {

namespace {

/* Servers of one process that may watch at once. */
constexpr unsigned watchers_max = 64;
constexpr int watched[] = {SIGTERM, SIGINT};

/* The descriptor plus one, 0 = free. Written under the lock, read by the
 * handler, which may only touch lock-free atomics. */
std::atomic<int> places[watchers_max];
static_assert(std::atomic<int>::is_always_lock_free);

std::mutex lock; /* guards: */
unsigned watchers;
struct sigaction before[std::size(watched)];

void tell_all(int)
{
	int saved = errno;
	std::uint64_t one = 1;

	for (const auto &place : places) {
		int fd = place - 1;

		/* A full counter wakes as well: the result does not matter. */
		if (fd >= 0 && write(fd, &one, sizeof(one)) < 0)
			continue;
	}
	errno = saved;
}

void install()
{
	struct sigaction action = {};

	action.sa_handler = tell_all;
	action.sa_flags = SA_RESTART;
	for (std::size_t i = 0; i < std::size(watched); i++)
		sigaction(watched[i], &action, &before[i]);
}

void restore()
{
	for (std::size_t i = 0; i < std::size(watched); i++)
		sigaction(watched[i], &before[i], nullptr);
}

unsigned take_place(int fd)
{
	for (unsigned i = 0; i < watchers_max; i++) {
		if (places[i] == 0) {
			places[i] = fd + 1;
			return i;
		}
	}
	throw error(EMFILE, "too many servers run in this process");
}

} // namespace

signal_watch::signal_watch(int fd)
{
	std::scoped_lock guard{lock};

	place_ = take_place(fd);
	if (watchers++ == 0)
		install();
}

signal_watch::~signal_watch()
{
	std::scoped_lock guard{lock};

	if (--watchers == 0)
		restore();
	places[place_] = 0;
}

} // namespace khttp::detail
