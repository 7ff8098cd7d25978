/* SPDX-License-Identifier: MIT */
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <poll.h>

#include "fake_device.hpp"

using khttp::detail::ring_command;
using khttp::detail::ring_result;

int fake_ring::push(const ring_command &command) noexcept
{
	std::scoped_lock guard{dev_.lock_};

	dev_.commands_++;
	waiting_.push_back({command, false});
	return 0;
}

int fake_ring::push_poll(int fd, std::uint64_t tag) noexcept
{
	poll_fd_ = fd;
	poll_tag_ = tag;
	return 0;
}

bool fake_ring::attempt_fetch(std::int32_t &value)
{
	std::uint32_t slot;

	if (dev_.draining_ || dev_.ended_) {
		value = dev_.ended_ ? -dev_.ended_ : -ESHUTDOWN;
		return true;
	}
	if (!dev_.deliver_next(slot))
		return false;
	value = static_cast<std::int32_t>(slot);
	return true;
}

/* As the kernel does it: goes on by itself until everything is taken. */
bool fake_ring::attempt_commit(pending &p, std::int32_t &value)
{
	fake_device::flight *f = dev_.find(p.command.id);
	std::size_t base = f ? f->slot * dev_.layout_.size() : 0;
	long result = dev_.commit(p.command.id);

	if (result == -EAGAIN)
		return false;
	if (result < 0) {
		value = static_cast<std::int32_t>(result);
		return true;
	}
	value = 0;
	if (!dev_.find(p.command.id))
		return true;
	khttp_reply r;
	std::byte *at = dev_.memory_.get() + base + dev_.layout_.request_area;
	std::memcpy(&r, at, sizeof(r));
	if (static_cast<std::uint64_t>(result) == r.body_len)
		return true;
	/* The real one keeps this in its own memory. */
	r.flags &= ~KHTTP_REPLY_HEAD;
	r.body_addr += static_cast<std::uint64_t>(result);
	r.body_len -= static_cast<std::uint64_t>(result);
	std::memcpy(at, &r, sizeof(r));
	return false;
}

bool fake_ring::attempt(pending &p, std::int32_t &value)
{
	switch (p.command.op) {
	case KHTTP_U_FETCH:
		return attempt_fetch(value);
	case KHTTP_U_READ: {
		auto *ask = reinterpret_cast<khttp_read *>(p.command.addr);
		value = static_cast<std::int32_t>(dev_.read(*ask));
		return value != -EAGAIN;
	}
	case KHTTP_U_WAIT: {
		fake_device::flight *f = dev_.find(p.command.id);
		value = f ? 0 : -ECANCELED;
		return !f || f->gone;
	}
	default:
		if (p.fetching)
			return attempt_fetch(value);
		if (!attempt_commit(p, value))
			return false;
		p.fetching = p.command.op == KHTTP_U_COMMIT_AND_FETCH &&
			     value == 0;
		return p.fetching ? attempt_fetch(value) : true;
	}
}

void fake_ring::progress()
{
	for (std::size_t i = 0; i < waiting_.size();) {
		std::int32_t value;

		if (!attempt(waiting_[i], value)) {
			i++;
			continue;
		}
		done_.push_back({waiting_[i].command.tag, value});
		waiting_.erase(waiting_.begin() + static_cast<long>(i));
	}
	pollfd set{.fd = poll_fd_, .events = POLLIN, .revents = 0};
	if (poll_fd_ >= 0 && poll(&set, 1, 0) > 0) {
		done_.push_back({poll_tag_, POLLIN});
		poll_fd_ = -1;
	}
}

int fake_ring::enter(bool wait) noexcept
{
	std::unique_lock guard{dev_.lock_};

	dev_.runs_++;
	progress();
	while (wait && done_.empty()) {
		/* The wake-up is a descriptor, which this cannot wait for. */
		dev_.news_.wait_for(guard, std::chrono::milliseconds{1});
		progress();
	}
	return 0;
}

std::size_t fake_ring::reap(std::span<ring_result> into) noexcept
{
	std::size_t count = std::min(into.size(), done_.size());

	std::copy_n(done_.begin(), count, into.begin());
	done_.erase(done_.begin(), done_.begin() + static_cast<long>(count));
	return count;
}
