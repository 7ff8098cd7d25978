/* SPDX-License-Identifier: MIT */
/* khttpctl events */
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <khttp/fd.hpp>
#include <poll.h>
#include <sys/signalfd.h>

#include "command.hpp"
#include "event_text.hpp"
#include "json.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

/* A descriptor, and not a handler, so that no signal is missed before poll */
khttp::unique_fd end_signals()
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, nullptr);
	khttp::unique_fd fd{signalfd(-1, &signals, SFD_CLOEXEC)};
	if (!fd)
		throw khttp::error(errno, fmt::format("cannot wait for signals: {}",
						      std::strerror(errno)));
	return fd;
}

void print_event(context &ctx, const khttp::event_info &event)
{
	if (ctx.json)
		print_json_line(ctx.out, json_of(event));
	else
		ctx.out << format_clock(event.time_ns) << "  "
			<< painted(event_text(event), event_tint(event.type), ctx.colour) << '\n';
	ctx.out.flush();
}

/* False: somebody wants us to end */
bool wait_for_event(int signals, int events)
{
	pollfd entries[] = {{signals, POLLIN, 0}, {events, POLLIN, 0}};

	while (poll(entries, 2, -1) < 0)
		if (errno != EINTR)
			throw khttp::error(errno, fmt::format("cannot wait for events: {}",
							      std::strerror(errno)));
	return !entries[0].revents;
}

} // namespace

int events(context &ctx, const arguments &args)
{
	args.expect_none();
	khttp::unique_fd signals = end_signals();
	khttp::event_stream stream = ctx.control().subscribe();

	while (ctx.out && wait_for_event(signals.get(), stream.fd()))
		if (auto event = stream.next())
			print_event(ctx, *event);
	return 0;
}

} // namespace khttpctl
