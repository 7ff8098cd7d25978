/* SPDX-License-Identifier: MIT */
/*
 * One worker: an attached file, the deliveries in its slots, and the loop that
 * commits answers and collects requests. engine_ioctl and engine_uring are the
 * two transports; calls that may wait for a client are ioctls with both.
 *
 * The thread that runs the loop is "the loop". Answers given there are batched;
 * answers of foreign threads go out at once.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

#include <khttp/error.hpp>
#include <khttp/exchange.hpp>
#include <khttp/options.hpp>

#include "delivery.hpp"
#include "device.hpp"

namespace khttp::detail {

class engine : public std::enable_shared_from_this<engine> {
public:
	virtual ~engine();
	engine(const engine &) = delete;
	engine &operator=(const engine &) = delete;

	/* ---- the loop ---- */

	/* The calling thread runs the loop from now on. */
	void own() noexcept;
	/* From the next pump() on, take up no more than COUNT requests ahead;
	 * 1 to options::batch, which is what it begins with. */
	void take_ahead(unsigned count) noexcept { ahead_ = count; }
	/* Commit the batch; collect events, waiting for one if WAIT. */
	virtual void pump(bool wait) = 0;
	/* Commit the batch only. */
	virtual void flush() = 0;
	/* Readable when pump(false) has something to do; after pump(true), too, once
	 * who polls it has said so. */
	virtual int fd() const noexcept = 0;
	void set_polled() noexcept { polled_ = true; }
	virtual khttp::transport transport() const noexcept = 0;
	/* The next request, marked as taken, or nullptr. */
	delivery *next() noexcept;
	bool has_next() const noexcept { return untaken() > 0; }
	/* Requests that next() will give out without a pump(). */
	std::size_t untaken() const noexcept { return ready_.size() - taken_; }

	/* ---- any thread ---- */

	/* Ask for nothing new, and let the loop know. */
	void drain() noexcept;
	bool draining() const noexcept { return draining_; }
	bool finished() const noexcept { return draining_ && live_ == 0; }
	std::size_t in_hand() const noexcept { return live_; }
	/* Why the worker was lost; empty while it is not. */
	std::error_code lost() const;
	/* The kernel knows the worker no more, or its queue is gone. */
	bool gone() const noexcept;
	void on_failure(failure_handler function);
	void report(std::string what, std::error_code error) const;
	void report_refusal(delivery &d, std::error_code why) const;
	device &file() noexcept { return *device_; }
	bool can_tell_stored() const noexcept
	{
		return attached_.features & KHTTP_FEATURE_CACHE_STREAM;
	}

	bool can_add_to_log() const noexcept
	{
		return attached_.features & KHTTP_FEATURE_LOG_FIELDS;
	}

	bool can_splice() const noexcept
	{
		return attached_.features & KHTTP_FEATURE_FRAGMENT;
	}

	bool can_flow() const noexcept
	{
		return attached_.features & KHTTP_FEATURE_FLOW;
	}

	/* Commit what the delivery's reply says, without waiting. */
	void commit(delivery &d);
	/* Go on with the body; ends in complete_read(). */
	virtual void start_read(delivery &d) = 0;
	/* From now on know when the client goes. */
	virtual void watch(delivery &d) = 0;
	/* Commit, and wait until all is taken; 0 or -errno. */
	long commit_wait(delivery &d) noexcept;
	long read_wait(delivery &d, std::span<char> buffer,
		       std::uint32_t flags) noexcept;
	void cancel(delivery &d) noexcept;
	/* To another queue; 0, or -errno and it stays. */
	long delegate(delivery &d, std::string_view queue) noexcept;
	/* fragment.cpp: have the kernel keep BYTES. */
	std::error_code keep_bytes(const fragment &of, std::string_view bytes) noexcept;
	/* The kernel has not the fragment that a piece is of: the piece's own bytes
	 * instead, once. False: there are none. */
	bool refill(delivery &d) noexcept;
	/* Hand the handler's side over; empty when it was before. */
	exchange keep(delivery &d);
	/* The handler's side is done with it: what it left open is ended. */
	void release(delivery &d) noexcept;

protected:
	engine(std::unique_ptr<device> dev, const attachment &got,
	       const options &wanted);

	bool on_loop() const noexcept
	{
		return owner_.load(std::memory_order_relaxed) ==
		       std::this_thread::get_id();
	}
	/* The same, of one that says what it hands over. */
	virtual void start_commit(delivery &d) = 0;
	std::uint32_t slots() const noexcept { return attached_.slots; }
	unsigned ahead() const noexcept { return ahead_; }
	int wake_fd() const noexcept { return wake_fd_.get(); }
	void wake() noexcept;
	void clear_wake() noexcept;
	/* Somebody has woken the loop, or is about to. */
	bool is_woken() const noexcept { return woken_; }

	/* A request came in slot INDEX. */
	void arrive(std::uint32_t index);
	/* An event of RUN: the delivery that it is about, if that is still there. */
	delivery *note(const khttp_event &event);
	/* Call VISIT for every delivery in the table, outdated ones too. */
	template <typename F> void for_each(F visit)
	{
		for (delivery *d : table_)
			if (d)
				visit(*d);
	}
	/* The delivery that event ID belongs to, or nullptr. */
	delivery *find(std::uint64_t id) const noexcept;
	/* RESULT of a commit: bytes or -errno. True: the rest has to wait. */
	bool committed(delivery &d, long result);
	void complete_read(delivery &d, long result);
	/* The kernel knows the delivery no more. What comes later of it is nothing new. */
	void finish(delivery &d) noexcept;
	void drop(delivery &d) noexcept;
	void set_draining() noexcept { draining_ = true; }
	/* The kernel ended the worker; nothing can be sent any more. */
	void lose(int code);

	const options wanted_;
	/* The loop sleeps where finish() alone does not wake it. */
	bool wake_on_finish_ = false;
	std::atomic<bool> polled_ = false;

private:
	delivery &take_free();
	std::byte *slot_base(std::uint32_t index) const noexcept;
	void end_commit(delivery &d, long result);
	void note_read(delivery &d, long result) noexcept;
	void flush_before_waiting() noexcept;
	void refused(delivery &d, long result);

	std::unique_ptr<device> device_;
	const attachment attached_;
	unique_fd wake_fd_;

	/* the loop's */
	std::vector<delivery *> table_; /* by slot; may be outdated, see find() */
	std::vector<delivery *> ready_; /* arrived; next() gave out */
	std::size_t taken_ = 0;		/* this many of them */
	unsigned ahead_;
	std::vector<delivery *> own_free_; /* let go by the loop itself */

	std::atomic<bool> woken_ = false; /* until clear_wake() */
	std::atomic<std::thread::id> owner_;
	std::atomic<bool> draining_ = false;
	std::atomic<std::size_t> live_ = 0; /* arrived and not finished */

	mutable std::mutex lock_; /* guards the rest */
	std::deque<delivery> pool_;
	std::vector<delivery *> free_; /* let go by foreign threads */
	std::error_code lost_;
	failure_handler failure_;
};

/* Attach as WANTED says; throws khttp::error. */
std::shared_ptr<engine> make_engine(const options &wanted);

} // namespace khttp::detail
