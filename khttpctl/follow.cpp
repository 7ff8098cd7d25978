/* SPDX-License-Identifier: MIT */
#include "follow.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <poll.h>
#include <sys/signalfd.h>

namespace khttpctl {

namespace {

[[noreturn]] void cannot_wait(const char *what)
{
	throw khttp::error(errno, fmt::format("cannot wait for {}: {}", what,
					      std::strerror(errno)));
}

} // namespace

khttp::unique_fd end_signals(std::initializer_list<int> more)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	for (int signal : more)
		sigaddset(&signals, signal);
	sigprocmask(SIG_BLOCK, &signals, nullptr);
	khttp::unique_fd fd{signalfd(-1, &signals, SFD_CLOEXEC)};
	if (!fd)
		cannot_wait("signals");
	return fd;
}

bool wait_for_more(int signals, int fd)
{
	pollfd entries[] = {{signals, POLLIN, 0}, {fd, POLLIN, 0}};

	while (poll(entries, 2, -1) < 0)
		if (errno != EINTR)
			cannot_wait("news");
	return !entries[0].revents;
}

} // namespace khttpctl
