/* SPDX-License-Identifier: MIT */
#include "ring.hpp"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <new>

#include <liburing.h>
#include <poll.h>

#include <linux/khttp.h>

namespace khttp::detail {

namespace {

class kernel_ring final : public ring {
public:
	explicit kernel_ring(int device_fd) noexcept : device_fd_{device_fd} {}
	~kernel_ring() override
	{
		if (open_)
			io_uring_queue_exit(&ring_);
	}
	int open(unsigned commands) noexcept;

	int fd() const noexcept override { return ring_.ring_fd; }
	int push(const ring_command &command) noexcept override;
	int push_poll(int fd, std::uint64_t tag) noexcept override;
	int enter(bool wait) noexcept override;
	std::size_t reap(std::span<ring_result> into) noexcept override;

private:
	io_uring_sqe *entry() noexcept;

	const int device_fd_;
	io_uring ring_{};
	bool open_ = false;
};

int kernel_ring::open(unsigned commands) noexcept
{
	io_uring_params p{};

	/* COOP_TASKRUN: results wait until we enter, instead of interrupting
	 * the handler. Not SINGLE_ISSUER: a queue may change threads. */
	p.flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP |
		  IORING_SETUP_COOP_TASKRUN;
	p.cq_entries = commands;
	int result = io_uring_queue_init_params(commands / 2 + 1, &ring_, &p);
	open_ = result == 0;
	return result;
}

/* An entry; makes room by starting what is in, null when that fails. */
io_uring_sqe *kernel_ring::entry() noexcept
{
	io_uring_sqe *sqe = io_uring_get_sqe(&ring_);

	if (!sqe && io_uring_submit(&ring_) >= 0)
		sqe = io_uring_get_sqe(&ring_);
	return sqe;
}

int kernel_ring::push(const ring_command &command) noexcept
{
	khttp_ucmd payload{.id = command.id, .addr = command.addr};
	io_uring_sqe *sqe = entry();

	if (!sqe)
		return -EBUSY;
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, device_fd_, nullptr, 0, 0);
	sqe->cmd_op = command.op;
	/* The 16 bytes of a plain entry that are the command's. */
	constexpr std::size_t payload_at = offsetof(io_uring_sqe, addr3);
	static_assert(payload_at + sizeof(payload) == sizeof(*sqe));
	std::memcpy(reinterpret_cast<std::byte *>(sqe) + payload_at, &payload,
		    sizeof(payload));
	sqe->user_data = command.tag;
	return 0;
}

int kernel_ring::push_poll(int fd, std::uint64_t tag) noexcept
{
	io_uring_sqe *sqe = entry();

	if (!sqe)
		return -EBUSY;
	io_uring_prep_poll_add(sqe, fd, POLLIN);
	sqe->user_data = tag;
	return 0;
}

int kernel_ring::enter(bool wait) noexcept
{
	int result = wait ? io_uring_submit_and_wait(&ring_, 1)
			  : io_uring_submit_and_get_events(&ring_);

	/* Too many results waiting: they are taken next. */
	return result < 0 && result != -EINTR && result != -EBUSY ? result : 0;
}

std::size_t kernel_ring::reap(std::span<ring_result> into) noexcept
{
	std::size_t count = 0;
	io_uring_cqe *cqe;
	unsigned head;

	io_uring_for_each_cqe(&ring_, head, cqe) {
		if (count == into.size())
			break;
		into[count++] = {cqe->user_data, cqe->res};
	}
	io_uring_cq_advance(&ring_, static_cast<unsigned>(count));
	return count;
}

} // namespace

std::unique_ptr<ring> make_ring(int device_fd, unsigned commands) noexcept
{
	std::unique_ptr<kernel_ring> made{
		new (std::nothrow) kernel_ring{device_fd}};

	if (!made)
		return nullptr;
	int result = made->open(commands);
	if (result < 0) {
		errno = -result;
		return nullptr;
	}
	return made;
}

} // namespace khttp::detail
