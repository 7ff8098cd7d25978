/* SPDX-License-Identifier: MIT */
/*
 * /dev/khttp: one file, its mapping, its ioctls. The seam that tests replace:
 * everything above it runs without a kernel.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <linux/khttp.h>

#include <khttp/options.hpp>

#include "slot.hpp"

namespace khttp::detail {

class device {
public:
	virtual ~device() = default;

	virtual int fd() const noexcept = 0;
	/* The operation REQUEST (KHTTP_IOC_*): its result, or -errno. */
	virtual long call(unsigned long request, void *argument) noexcept = 0;
	/* Map LENGTH bytes of slots; 0 or -errno. */
	virtual int map(std::size_t length) noexcept = 0;
	virtual std::byte *memory() const noexcept = 0;

	long run(khttp_run &run) noexcept { return call(KHTTP_IOC_RUN, &run); }
	long read(khttp_read &read) noexcept
	{
		return call(KHTTP_IOC_READ, &read);
	}
	/* FLAGS: KHTTP_OP_NONBLOCK or 0 */
	long commit(std::uint64_t id, std::uint32_t flags) noexcept;
	long cancel(std::uint64_t id) noexcept;
	long drain() noexcept { return call(KHTTP_IOC_DRAIN, nullptr); }
};

/* What ATTACH agreed on. */
struct attachment {
	slot_layout layout;
	std::uint32_t slots = 0;
	std::uint32_t worker = 0;
	std::uint64_t features = 0;
};

/* By the grant that is passed at SOCKET, or /dev/khttp if that is empty. Throws
 * khttp::error when there is none. */
std::unique_ptr<device> open_device(const std::string &socket);

/* What to do when /dev/khttp cannot be opened with this errno. */
std::string open_advice(int code);

/* Attach DEV as WANTED says and map the slots; throws khttp::error. */
attachment attach(device &dev, const options &wanted);

} // namespace khttp::detail
