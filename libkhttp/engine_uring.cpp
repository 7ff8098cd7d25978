/* SPDX-License-Identifier: MIT */
#include "engine_uring.hpp"

#include <array>
#include <cerrno>

namespace khttp::detail {

namespace {

constexpr unsigned tag_shift = 56;
constexpr std::uint64_t tag_mask = (std::uint64_t{1} << tag_shift) - 1;

/* Answers up to this size never wait for the client (the kernel's send window
 * is larger), so a fetch may ride on their commit. */
constexpr std::uint64_t join_limit = 64U << 10;
} // namespace

uring_engine::uring_engine(std::unique_ptr<device> dev,
			   std::unique_ptr<ring> with, const attachment &got,
			   const options &wanted)
	: engine{std::move(dev), got, wanted}, ring_{std::move(with)}
{
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
	if (of)
		of->refs++;
}

void uring_engine::pump(bool wait)
{
	std::array<ring_result, 64> results;
	std::size_t count;

	if (!armed_)
		arm_wake();
	refill();
	bool sleep = wait && !has_next() && !finished();
	enter(sleep);
	while ((count = ring_->reap(results)) > 0)
		for (std::size_t i = 0; i < count; i++)
			handle(results[i]);
	/* A commit that was answered by an error has queued another. */
	take_errands();
}

void uring_engine::enter(bool wait)
{
	pushed_ = false;
	int result = ring_->enter(wait);
	if (result < 0)
		throw error(-result, "io_uring failed");
}

void uring_engine::flush()
{
	if (pushed_)
		enter(false);
}

void uring_engine::arm_wake()
{
	if (ring_->push_poll(wake_fd(), tag(kind::wake, nullptr)) < 0)
		throw error(EBUSY, "io_uring takes no more commands");
	armed_ = pushed_ = true;
}

void uring_engine::refill()
{
	while (!draining() && posted_ < ahead() &&
	       posted_ - joined_ + in_hand() < slots()) {
		push(kind::fetch, KHTTP_U_FETCH, nullptr, nullptr);
		posted_++;
	}
}

bool uring_engine::can_join(delivery &d) noexcept
{
	const khttp_reply &r = d.out.reply();

	/* Together they end when the next request comes, too late for who asked. */
	return !draining() && !d.more_follows() && !d.tells &&
	       posted_ < ahead() && r.body_kind != KHTTP_BODY_FILE &&
	       r.body_len <= join_limit;
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
	if (on_loop()) {
		do_errand(what, d);
		return;
	}
	d.refs++;
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
