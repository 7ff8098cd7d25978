/* SPDX-License-Identifier: MIT */
#include "engine_uring.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace khttp::detail {

namespace {

constexpr unsigned tag_shift = 56;
constexpr std::uint64_t tag_mask = (std::uint64_t{1} << tag_shift) - 1;

/* Answers up to this size never wait for the client (the kernel's send window
 * is larger), so a fetch may ride on their commit. */
constexpr std::uint64_t join_limit = 64U << 10;

/* Nothing holds up its commit, and nobody asks what became of it, which he would be
 * told with the next request only. */
bool ends_at_once(delivery &d) noexcept
{
	const khttp_reply &r = d.out.reply();

	return !d.more_follows() && !d.tells && r.body_kind != KHTTP_BODY_FILE &&
	       r.body_len <= join_limit;
}

} // namespace

uring_engine::uring_engine(std::unique_ptr<device> dev,
			   std::unique_ptr<ring> with, const attachment &got,
			   const options &wanted)
	: engine{std::move(dev), got, wanted}, ring_{std::move(with)},
	  call_{got.slots, wanted.batch}
{
	batch_.reserve(got.slots);
	/* A slot that a foreign thread frees is one the loop may fetch into. */
	wake_on_finish_ = true;
}

std::uint64_t uring_engine::tag(kind what, delivery *of) noexcept
{
	return static_cast<std::uint64_t>(what) << tag_shift |
	       (reinterpret_cast<std::uintptr_t>(of) & tag_mask);
}

void uring_engine::push(kind what, std::uint32_t op, delivery *of,
			const void *addr)
{
	int result = ring_->push({
		.op = op,
		.id = of ? of->id : 0,
		.addr = reinterpret_cast<std::uintptr_t>(addr),
		.tag = tag(what, of),
	});

	if (result < 0)
		throw error(-result, "io_uring takes no more commands");
	pushed_ = true;
	if (of) {
		of->refs++;
		others_++;
	}
}

void uring_engine::pump(bool wait)
{
	/* What has ended already is no reason to go by the ring. */
	if (posted_ > 0 || others_ > 0 || is_woken())
		reap();
	if (!armed_)
		arm_wake();
	alone_ = wait && is_alone();
	if (can_run()) {
		run();
		return;
	}
	push_batch();
	refill();
	enter(wait && !has_next() && !finished());
	reap();
}

void uring_engine::reap()
{
	std::array<ring_result, 64> results;
	std::size_t count;

	while ((count = ring_->reap(results)) > 0)
		for (std::size_t i = 0; i < count; i++)
			handle(results[i]);
	take_errands();
}

void uring_engine::enter(bool wait)
{
	pushed_ = false;
	int result = ring_->enter(wait);
	if (result < 0)
		throw error(-result, "io_uring failed");
}

/*
 * Nobody holds a request but the batch, of which nobody waits to hear: no news but the
 * next request, or a drain. What was committed together with a fetch waits for that.
 */
bool uring_engine::is_alone() const noexcept
{
	return !polled_ && in_hand() == batch_.size() + joined_ &&
	       std::ranges::all_of(batch_, [](delivery *d) {
		       return result_can_wait(*d) && ends_at_once(*d);
	       });
}

/*
 * May the loop wait in RUN, which knows nothing of the ring? Not while a command may
 * end there. Who drains the worker ends RUN, too.
 */
bool uring_engine::can_run() const noexcept
{
	return alone_ && !draining() && !has_next() && posted_ == 0 && others_ == 0 &&
	       !has_errands_;
}

void uring_engine::run()
{
	/* What is in the ring, the wake-up for one, begins first. */
	if (pushed_)
		enter(false);
	call_.take(batch_);
	long count = call_.go(file(), ahead(), 0);
	settle_batch(count < 0 ? static_cast<int>(-count) : 0);
	if (pushed_)
		enter(false);
	if (count < 0 && count != -EINTR && count != -EAGAIN)
		lose(static_cast<int>(-count));
	for (const khttp_event &event : call_.events())
		note(event);
}

/* What RUN, whose own error is CODE or 0, left undone is the ring's. */
void uring_engine::settle_batch(int code)
{
	for (std::size_t i = 0; i < call_.sent().size(); i++) {
		delivery &d = *call_.sent()[i];
		long result = call_.results()[i];

		if (result == run_call::unset)
			result = code == ESHUTDOWN ? -ESHUTDOWN : -EAGAIN;
		if (result == -EINTR || committed(d, result))
			push(kind::commit, KHTTP_U_COMMIT, &d, nullptr);
		drop(d);
	}
}

/* Where the ring takes no more, those that it took are not given to it again. */
void uring_engine::push_batch()
{
	while (!batch_.empty()) {
		delivery &d = *batch_.front();

		do_errand(kind::commit, d);
		batch_.erase(batch_.begin());
		drop(d);
	}
}

void uring_engine::flush()
{
	push_batch();
	if (pushed_)
		enter(false);
}

void uring_engine::arm_wake()
{
	if (ring_->push_poll(wake_fd(), tag(kind::wake, nullptr)) < 0)
		throw error(EBUSY, "io_uring takes no more commands");
	armed_ = pushed_ = true;
}

/* One at most, where RUN can do it as soon as that has ended. */
void uring_engine::refill()
{
	unsigned most = alone_ ? 1 : ahead();

	while (!draining() && posted_ < most &&
	       posted_ - joined_ + in_hand() < slots()) {
		push(kind::fetch, KHTTP_U_FETCH, nullptr, nullptr);
		posted_++;
	}
}

bool uring_engine::can_join(delivery &d) noexcept
{
	return !draining() && !alone_ && posted_ < ahead() && ends_at_once(d);
}

void uring_engine::do_errand(kind what, delivery &d)
{
	switch (what) {
	case kind::read:
		push(what, KHTTP_U_READ, &d, &d.reading);
		break;
	case kind::watch:
		push(what, KHTTP_U_WAIT, &d, nullptr);
		break;
	default:
		if (!can_join(d)) {
			push(kind::commit, KHTTP_U_COMMIT, &d, nullptr);
			break;
		}
		push(kind::commit_and_fetch, KHTTP_U_COMMIT_AND_FETCH, &d,
		     nullptr);
		posted_++;
		joined_++;
	}
}

void uring_engine::start(kind what, delivery &d)
{
	if (on_loop() && what != kind::commit) {
		do_errand(what, d);
		return;
	}
	d.refs++;
	if (on_loop()) {
		batch_.push_back(&d);
		return;
	}
	{
		std::scoped_lock guard{errands_lock_};
		errands_.push_back({what, &d});
		has_errands_ = true;
	}
	wake();
}

void uring_engine::take_errands()
{
	/* Who adds one wakes the loop afterwards: none is missed for long. */
	if (!has_errands_)
		return;
	{
		std::scoped_lock guard{errands_lock_};
		running_.swap(errands_);
		has_errands_ = false;
	}
	for (const errand &e : running_) {
		do_errand(e.what, *e.of);
		drop(*e.of);
	}
	running_.clear();
}

void uring_engine::start_commit(delivery &d)
{
	start(kind::commit, d);
}

void uring_engine::start_read(delivery &d)
{
	start(kind::read, d);
}

void uring_engine::watch(delivery &d)
{
	start(kind::watch, d);
}

void uring_engine::handle(const ring_result &result)
{
	auto what = static_cast<kind>(result.tag >> tag_shift);
	auto *d = reinterpret_cast<delivery *>(result.tag & tag_mask);

	if (d)
		others_--;
	switch (what) {
	case kind::fetch:
		fetched(result.value);
		return;
	case kind::wake:
		clear_wake();
		arm_wake();
		take_errands();
		return;
	case kind::commit_and_fetch:
		joined(*d, result.value);
		break;
	case kind::commit:
		committed(*d, result.value < 0 ? result.value : delivery::all);
		break;
	case kind::confirm:
		committed(*d, result.value == -ESTALE || result.value >= 0
				      ? delivery::all
				      : result.value);
		break;
	case kind::read:
		complete_read(*d, result.value);
		break;
	case kind::watch:
		if (result.value == 0)
			d->gone = true;
		break;
	}
	drop(*d);
}

void uring_engine::fetched(std::int32_t value)
{
	posted_--;
	switch (value) {
	case -ESHUTDOWN:
		set_draining();
		break;
	case -ECANCELED: /* the thread that posted it has ended */
	case -EAGAIN:
	case -EINTR:
	case -ENOMEM:
		break; /* the next pump() posts it again */
	default:
		if (value < 0)
			lose(-value);
		else
			arrive(static_cast<std::uint32_t>(value));
	}
}

/*
 * The commit's part and the fetch's part share one result. When the worker
 * drains it does not tell whether the answer was taken: commit once more, and
 * if it was, the kernel knows the request no more (-ESTALE).
 */
void uring_engine::joined(delivery &d, std::int32_t value)
{
	joined_--;
	if (value >= 0) {
		committed(d, delivery::all);
		fetched(value);
	} else if (value == -ESHUTDOWN || value == -ECANCELED) {
		fetched(value);
		push(kind::confirm, KHTTP_U_COMMIT, &d, nullptr);
	} else {
		posted_--;
		committed(d, value);
	}
}

} // namespace khttp::detail
