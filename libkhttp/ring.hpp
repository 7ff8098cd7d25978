/* SPDX-License-Identifier: MIT */
/* An io_uring that carries khttp's commands; no HTTP in it. Tests replace it. */
#pragma once

#include <cstdint>
#include <memory>
#include <span>

namespace khttp::detail {

struct ring_command {
	std::uint32_t op;   /* KHTTP_U_* */
	std::uint64_t id;
	std::uint64_t addr;
	std::uint64_t tag;  /* comes back with the result */
};

struct ring_result {
	std::uint64_t tag;
	std::int32_t value;
};

class ring {
public:
	virtual ~ring() = default;

	virtual int fd() const noexcept = 0;
	/* Put a command in; it starts with enter(), or when there is no room.
	 * 0 or -errno. */
	virtual int push(const ring_command &command) noexcept = 0;
	/* A result once FD is readable. */
	virtual int push_poll(int fd, std::uint64_t tag) noexcept = 0;
	/* Start what was put in; wait for a result if WAIT. 0 or -errno. */
	virtual int enter(bool wait) noexcept = 0;
	/* Take results out; their number. */
	virtual std::size_t reap(std::span<ring_result> into) noexcept = 0;
};

/* For commands to DEVICE_FD, so many of them at once; null and errno set where
 * io_uring is not to be had. */
std::unique_ptr<ring> make_ring(int device_fd, unsigned commands) noexcept;

} // namespace khttp::detail
