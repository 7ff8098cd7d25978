/* SPDX-License-Identifier: MIT */
/* Reading the module's multicast group. */
#include <cerrno>
#include <cstring>
#include <ctime>

#include <linux/khttp.h>
#include <poll.h>

#include <khttp/error.hpp>

#include "codec.hpp"
#include "events.hpp"

namespace khttp {

event_stream::event_stream(std::unique_ptr<impl> state) noexcept : impl_(std::move(state)) {}
event_stream::event_stream(event_stream &&) noexcept = default;
event_stream &event_stream::operator=(event_stream &&) noexcept = default;
event_stream::~event_stream() = default;

int event_stream::fd() const noexcept
{
	return impl_->port->fd();
}

namespace {

bool wait_readable(int fd)
{
	pollfd entry{fd, POLLIN, 0};

	if (poll(&entry, 1, -1) > 0)
		return true;
	if (errno == EINTR)
		return false;
	throw error(errno, std::string("cannot wait for events: ") + std::strerror(errno));
}

event_info lost_event()
{
	event_info event;
	timespec now{};

	clock_gettime(CLOCK_REALTIME, &now);
	event.type = event_type::lost;
	event.time_ns = static_cast<std::uint64_t>(now.tv_sec) * 1000000000U +
			static_cast<std::uint64_t>(now.tv_nsec);
	return event;
}

} // namespace

std::optional<event_info> event_stream::next()
{
	for (;;) {
		while (auto msg = detail::next_message(impl_->rest)) {
			event_info event;

			if (msg->type != impl_->family)
				continue;
			detail::from_uapi(detail::attributes_of(*msg), event);
			return event;
		}
		if (!wait_readable(fd()))
			return std::nullopt;
		try {
			impl_->datagram = impl_->port->receive();
			impl_->rest = impl_->datagram;
		} catch (const error &failure) {
			if (failure.code().value() != ENOBUFS)
				throw;
			return lost_event();
		}
	}
}

} // namespace khttp
