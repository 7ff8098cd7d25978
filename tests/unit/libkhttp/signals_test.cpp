/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <csignal>

#include <sys/eventfd.h>
#include <unistd.h>

#include <khttp/fd.hpp>

#include "signals.hpp"

TEST_CASE("every_watcher_hears_a_signal_and_the_last_one_restores")
{
	khttp::unique_fd a{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	khttp::unique_fd b{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
	eventfd_t count;
	struct sigaction before;
	sigaction(SIGTERM, nullptr, &before);
	{
		khttp::detail::signal_watch first{a.get()};
		{
			khttp::detail::signal_watch second{b.get()};
			raise(SIGINT);
		}
		raise(SIGTERM);
	}
	CHECK(eventfd_read(a.get(), &count) == 0);
	CHECK(count == 2);
	CHECK(eventfd_read(b.get(), &count) == 0);
	CHECK(count == 1);
	struct sigaction now;
	sigaction(SIGTERM, nullptr, &now);
	CHECK(now.sa_handler == before.sa_handler);
}
