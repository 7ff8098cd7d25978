/* SPDX-License-Identifier: MIT */
/*
 * The ioctl transport: one KHTTP_IOC_RUN commits a batch and collects a batch.
 * A commit that a slow client holds up goes on when its WRITABLE event comes.
 */
#pragma once

#include "engine.hpp"
#include "run_call.hpp"

namespace khttp::detail {

class ioctl_engine final : public engine {
public:
	ioctl_engine(std::unique_ptr<device> dev, const attachment &got,
		     const options &wanted);

	void pump(bool wait) override;
	void flush() override;
	int fd() const noexcept override { return poll_fd_.get(); }
	khttp::transport transport() const noexcept override
	{
		return khttp::transport::ioctl;
	}
	void start_commit(delivery &d) override;
	void start_read(delivery &d) override;
	/* GONE events come without asking. */
	void watch(delivery &) override {}

private:
	std::size_t run(std::size_t room, std::uint32_t flags);
	void go_down(int code);
	void settle_batch(int code);
	void commit_now(delivery &d);
	long find_end(delivery &d);
	void handle(const khttp_event &event);
	void writable(delivery &d);
	void readable(delivery &d);
	void fail_waiting(int code);
	void sleep();

	unique_fd poll_fd_; /* epoll: the file and the wake-up */
	bool down_ = false;    /* RUN has nothing to say any more */
	bool running_ = false; /* inside run(), and what that resumed */
	std::vector<delivery *> batch_; /* to be committed */
	run_call call_;
};

} // namespace khttp::detail
