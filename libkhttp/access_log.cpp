/* SPDX-License-Identifier: MIT */
#include <khttp/access_log.hpp>

#include <cerrno>
#include <bit>
#include <cstring>

#include <linux/khttp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <khttp/control.hpp>
#include <khttp/error.hpp>

#include "control.hpp"

namespace khttp {

namespace {

std::string named(const log_filter &filter)
{
	if (filter.queue.empty())
		return "group '" + filter.group + "'";
	return "queue '" + filter.queue + "'";
}

bool ring_ok(std::uint32_t bytes)
{
	return !bytes || (bytes >= KHTTP_LOG_RING_MIN && bytes <= KHTTP_LOG_RING_MAX &&
			  std::has_single_bit(bytes));
}

[[noreturn]] void refused(int code, const log_filter &filter)
{
	switch (code) {
	case ENOENT:
		throw error(ENOENT, "there is no " + named(filter) + "; 'khttpctl " +
					    (filter.queue.empty() ? "group" : "queue") +
					    " list' shows them");
	case EPERM:
		throw error(EPERM, "the access log has what clients send: only CAP_NET_ADMIN "
				   "may read all of it; who controls a queue reads that one's");
	case EACCES:
		throw error(EACCES, "there is no " + named(filter) +
					    (filter.queue.empty() ? " of a queue" : "") +
					    " that this user may control, which its log needs");
	case EDQUOT:
		throw error(EDQUOT, "without CAP_NET_ADMIN a user reads no more than " +
					    std::to_string(KHTTP_USER_LOG_READERS_MAX) +
					    " access logs at once, all users no more than " +
					    std::to_string(KHTTP_USERS_LOG_READERS_MAX));
	case EUSERS:
		throw error(EUSERS, std::to_string(KHTTP_LOG_READERS_MAX) +
					    " read the access log already; end one of them");
	case EINVAL:
		if (ring_ok(filter.ring))
			throw error(EINVAL, "the khttp module does not know what is asked for: "
					    "install matching versions");
		throw error(EINVAL, "a CPU's ring has " + std::to_string(KHTTP_LOG_RING_MIN) +
					    " to " + std::to_string(KHTTP_LOG_RING_MAX) +
					    " bytes, a power of two");
	case ENOMEM:
		throw error(ENOMEM, "no memory for the log's rings; use smaller ones, or raise "
				    "the memory limit");
	case ENOTTY:
		throw error(ENOTTY, "the khttp module has no access log: install matching "
				    "versions");
	default:
		throw error(code, std::string{"cannot read the access log: "} +
					  std::strerror(code));
	}
}

khttp_log_open ask_for(const log_filter &filter)
{
	const std::string &name = filter.queue.empty() ? filter.group : filter.queue;
	khttp_log_open ask{};

	if (!filter.queue.empty() && !filter.group.empty())
		throw error(EINVAL, "a log of one queue or of one group, not of both");
	if (name.size() >= sizeof(ask.group))
		refused(ENOENT, filter);
	name.copy(ask.group, name.size());
	if (filter.outcome == log_outcome::errors)
		ask.flags = KHTTP_LOG_ONLY_ERRORS;
	else if (filter.outcome == log_outcome::successes)
		ask.flags = KHTTP_LOG_ONLY_SUCCESS;
	if (!filter.queue.empty())
		ask.flags |= KHTTP_LOG_OF_QUEUE;
	ask.sample = filter.sample;
	ask.texts = filter.texts;
	ask.ring = filter.ring;
	return ask;
}

} // namespace

access_log::access_log(unique_fd fd) noexcept : fd_(std::move(fd)) {}

std::size_t access_log::read(std::span<char> room)
{
	ssize_t n;

	do
		n = ::read(fd_.get(), room.data(), room.size());
	while (n < 0 && errno == EINTR);
	if (n >= 0)
		return static_cast<std::size_t>(n);
	if (errno == EIDRM)
		throw error(EIDRM, "the queue whose access log was read is gone");
	if (errno == EACCES)
		throw error(EACCES, "the queue may not be controlled by this user any more: its "
				    "access log is not read on");
	throw error(errno, std::string{"cannot read the access log: "} + std::strerror(errno));
}

access_log control::open_log(const log_filter &filter)
{
	khttp_log_open ask = ask_for(filter);
	unique_fd made;

	unique_fd device = impl_->open_device();
	made.reset(ioctl(device.get(), KHTTP_IOC_LOG, &ask));
	if (!made)
		refused(errno, filter);
	return access_log{std::move(made)};
}

} // namespace khttp
