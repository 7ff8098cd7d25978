/* SPDX-License-Identifier: MIT */
#include <khttp/access_log.hpp>

#include <cerrno>
#include <cstring>

#include <linux/khttp.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <khttp/control.hpp>
#include <khttp/error.hpp>

#include "control.hpp"

namespace khttp {

namespace {

[[noreturn]] void refused(int code, const log_filter &filter)
{
	switch (code) {
	case ENOENT:
		throw error(ENOENT, "there is no group '" + filter.group +
					    "'; 'khttpctl group list' shows them");
	case EPERM:
		throw error(EPERM, "the access log has what clients send: only CAP_NET_ADMIN "
				   "may read it");
	case EUSERS:
		throw error(EUSERS, std::to_string(KHTTP_LOG_READERS_MAX) +
					    " read the access log already; end one of them");
	case EINVAL:
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
	khttp_log_open ask{};

	if (filter.group.size() >= sizeof(ask.group))
		refused(ENOENT, filter);
	filter.group.copy(ask.group, filter.group.size());
	if (filter.outcome == log_outcome::errors)
		ask.flags = KHTTP_LOG_ONLY_ERRORS;
	else if (filter.outcome == log_outcome::successes)
		ask.flags = KHTTP_LOG_ONLY_SUCCESS;
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
