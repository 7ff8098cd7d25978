/* SPDX-License-Identifier: MIT */
/*
 * The io_uring transport: fetches posted ahead, answers as COMMIT or
 * COMMIT_AND_FETCH, one system call for a batch. Only the loop touches the
 * ring; foreign threads hand their work over and wake it.
 *
 * A ring is for what goes on beside something else. While there is nothing else,
 * as with handlers that answer before they return, RUN commits and collects the
 * same batch for less: no command, no work in the task's name, no timer.
 */
#pragma once

#include "engine.hpp"
#include "ring.hpp"
#include "run_call.hpp"

namespace khttp::detail {

class uring_engine final : public engine {
public:
	uring_engine(std::unique_ptr<device> dev, std::unique_ptr<ring> with,
		     const attachment &got, const options &wanted);

	void pump(bool wait) override;
	void flush() override;
	int fd() const noexcept override { return ring_->fd(); }
	khttp::transport transport() const noexcept override
	{
		return khttp::transport::uring;
	}
	void start_commit(delivery &d) override;
	void start_read(delivery &d) override;
	void watch(delivery &d) override;

	/* Commands that may be in flight with this many slots. */
	static unsigned commands(unsigned slots) noexcept
	{
		return 4 * slots + 16;
	}

private:
	/* What a command was, in the top byte of its tag; the rest is the
	 * address of its delivery. */
	enum class kind : std::uint8_t {
		fetch,
		commit,
		confirm, /* of one whose result was lost */
		commit_and_fetch,
		read,
		watch,
		wake,
	};
	struct errand {
		kind what;
		delivery *of;
	};

	static std::uint64_t tag(kind what, delivery *of) noexcept;
	void push(kind what, std::uint32_t op, delivery *of, const void *addr);
	void do_errand(kind what, delivery &d);
	void start(kind what, delivery &d);
	void take_errands();
	bool is_alone() const noexcept;
	bool can_run() const noexcept;
	void run();
	void reap();
	void settle_batch(int code);
	void push_batch();
	void arm_wake();
	void enter(bool wait);
	void refill();
	bool can_join(delivery &d) noexcept;
	void handle(const ring_result &result);
	void fetched(std::int32_t value);
	void joined(delivery &d, std::int32_t value);

	std::unique_ptr<ring> ring_;
	std::vector<delivery *> batch_; /* to be committed */
	run_call call_;
	unsigned posted_ = 0; /* fetches in flight, joined ones included */
	unsigned joined_ = 0; /* as part of COMMIT_AND_FETCH */
	unsigned others_ = 0; /* commands in flight that are of a delivery */
	bool armed_ = false;  /* the wake-up is being watched */
	bool pushed_ = false; /* commands wait for enter() */
	bool alone_ = false;  /* as of the last pump() that waits */

	std::atomic<bool> has_errands_ = false; /* set under errands_lock_ */
	std::mutex errands_lock_; /* guards: */
	std::vector<errand> errands_;
	std::vector<errand> running_; /* the loop's */
};

} // namespace khttp::detail
