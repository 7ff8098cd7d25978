/* SPDX-License-Identifier: MIT */
#include "engine.hpp"

#include <cerrno>

#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace khttp::detail {

namespace {

/* Who asked for real time, or for what is left over, keeps that. */
void run_in_batches() noexcept
{
	const sched_param none{};

	if (sched_getscheduler(0) == SCHED_OTHER)
		sched_setscheduler(0, SCHED_BATCH, &none);
}

} // namespace

engine::engine(std::unique_ptr<device> dev, const attachment &got,
	       const options &wanted)
	: wanted_{wanted}, device_{std::move(dev)}, attached_{got},
	  wake_fd_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
	  table_(got.slots, nullptr), ahead_{wanted.batch}
{
	if (!wake_fd_)
		throw error(errno, "cannot make an eventfd: too many open "
				   "files?");
	ready_.reserve(got.slots);
}

engine::~engine() = default;

void engine::own() noexcept
{
	if (on_loop())
		return;
	owner_.store(std::this_thread::get_id(), std::memory_order_relaxed);
	if (wanted_.scheduling == scheduling::batch)
		run_in_batches();
}

void engine::wake() noexcept
{
	woken_ = true;
	/* Cannot fail but by a counter that is full, and then it wakes. */
	eventfd_write(wake_fd_.get(), 1);
}

void engine::clear_wake() noexcept
{
	eventfd_t count;

	woken_ = false;
	eventfd_read(wake_fd_.get(), &count);
}

void engine::drain() noexcept
{
	draining_ = true;
	device_->drain();
	wake();
}

void engine::on_failure(failure_handler function)
{
	std::scoped_lock guard{lock_};

	failure_ = std::move(function);
}

void engine::report(std::string what, std::error_code error) const
{
	std::unique_lock guard{lock_};
	failure_handler tell = failure_;

	guard.unlock();
	if (tell)
		tell({std::move(what), error});
}

void engine::report_refusal(delivery &d, std::error_code why) const
{
	report("the answer to " + std::string{d.rq.method()} + " " +
		       std::string{d.rq.target()} + " is refused",
	       why);
}

std::error_code engine::lost() const
{
	std::scoped_lock guard{lock_};

	return lost_;
}

bool engine::gone() const noexcept
{
	pollfd look{.fd = device_->fd(), .events = 0, .revents = 0};

	return poll(&look, 1, 0) > 0 && look.revents & POLLHUP;
}

void engine::lose(int code)
{
	draining_ = true;
	std::scoped_lock guard{lock_};
	/* The queue's or the namespace's end is no failure of ours. */
	if (code != ESHUTDOWN && !lost_)
		lost_ = code_of(-code);
}

std::byte *engine::slot_base(std::uint32_t index) const noexcept
{
	return device_->memory() + index * attached_.layout.size();
}

delivery &engine::take_free()
{
	if (own_free_.empty()) {
		std::scoped_lock guard{lock_};

		own_free_.swap(free_);
		if (own_free_.empty()) {
			/* so that drop() cannot fail */
			own_free_.reserve(pool_.size() + 1);
			free_.reserve(pool_.size() + 1);
			return pool_.emplace_back(*this);
		}
	}
	delivery *d = own_free_.back();
	own_free_.pop_back();
	return *d;
}

void engine::drop(delivery &d) noexcept
{
	if (d.refs.fetch_sub(1, std::memory_order_acq_rel) != 1)
		return;
	if (on_loop()) {
		own_free_.push_back(&d);
		return;
	}
	std::scoped_lock guard{lock_};
	free_.push_back(&d);
}

void engine::arrive(std::uint32_t index)
{
	if (index >= slots()) {
		lose(EPROTO);
		return;
	}

	delivery &d = take_free();
	d.begin(slot_base(index), attached_.layout, index);
	if (!d.in.valid(d.id) || (d.id & 0xffff) != index) {
		report("a request's slot does not fit this library: install "
		       "matching versions of module and library",
		       code_of(-EPROTO));
		device_->cancel(d.id);
		d.refs = 1;
		drop(d);
		return;
	}
	table_[index] = &d;
	live_++;
	ready_.push_back(&d);
}

delivery *engine::find(std::uint64_t id) const noexcept
{
	std::size_t index = id & 0xffff;
	delivery *d = index < table_.size() ? table_[index] : nullptr;

	return d && d->id == id ? d : nullptr;
}

delivery *engine::note(const khttp_event &event)
{
	if (event.events & KHTTP_EV_DRAIN)
		set_draining();
	if (event.events & KHTTP_EV_REQUEST)
		arrive(event.id & 0xffff);
	delivery *d = event.id ? find(event.id) : nullptr;
	if (d && event.events & KHTTP_EV_GONE)
		d->gone = true;
	return d;
}

delivery *engine::next() noexcept
{
	if (!has_next())
		return nullptr;
	delivery *d = ready_[taken_++];
	if (taken_ == ready_.size()) {
		ready_.clear();
		taken_ = 0;
	}
	d->out.take(d->id);
	return d;
}

void engine::commit(delivery &d)
{
	d.hand_over();
	start_commit(d);
}

bool engine::committed(delivery &d, long result)
{
	if (result == -EAGAIN)
		return true;
	d.note_stored();
	if (result >= 0 && !d.advance(static_cast<std::uint64_t>(result)))
		return true;
	end_commit(d, result < 0 ? result : 0);
	return false;
}

void engine::end_commit(delivery &d, long result)
{
	if (result == -ENODATA && refill(d)) {
		commit(d);
		return;
	}
	bool over = result == 0 ? d.was_last() : ends_request(result);
	std::coroutine_handle<> waiting = std::exchange(d.sender, {});

	d.send_result = result;
	if (!waiting && (result == -EMSGSIZE || (result < 0 && !over)))
		refused(d, result);
	if (over)
		finish(d);
	if (waiting)
		waiting.resume();
}

void engine::refused(delivery &d, long result)
{
	report_refusal(d, code_of(result));
	if (ends_request(result))
		return;
	if (d.replaced || !d.head_pending()) {
		cancel(d);
		return;
	}
	d.replaced = true;
	d.set_plain(500);
	commit(d);
}

/* A read, too, may be what tells that the client is gone. An answer that is
 * on its way then ends by its own commit. */
void engine::note_read(delivery &d, long result) noexcept
{
	if (!ends_reading(result) || d.at == phase::answered)
		return;
	d.at = phase::answered;
	d.ended = code_of(result);
	finish(d);
}

void engine::complete_read(delivery &d, long result)
{
	std::coroutine_handle<> waiting = std::exchange(d.reader, {});

	d.read_result = result;
	note_read(d, result);
	if (waiting)
		waiting.resume();
}

void engine::finish(delivery &d) noexcept
{
	if (d.finished.exchange(true, std::memory_order_acq_rel))
		return;
	/* By ioctl no event will come for a read that waits. */
	if (on_loop() && d.reader && d.read_result == -EAGAIN)
		complete_read(d, -EALREADY);
	std::size_t left = --live_;

	d.forget_body();
	if (!on_loop() && (wake_on_finish_ || (left == 0 && draining_)))
		wake();
	drop(d);
}

/* The answers in the batch must not wait for this thread's one client. */
void engine::flush_before_waiting() noexcept
{
	if (!on_loop())
		return;
	try {
		flush();
	} catch (const std::system_error &e) {
		lose(e.code().value());
	}
}

long engine::commit_wait(delivery &d) noexcept
{
	long result;

	flush_before_waiting();
	do {
		d.hand_over();
		result = device_->commit(d.id, 0);
		d.note_stored();
	} while (result == -EINTR || (result == -ENODATA && refill(d)) ||
		 (result >= 0 && !d.advance(static_cast<std::uint64_t>(result))));
	if (result < 0 ? ends_request(result) : d.was_last())
		finish(d);
	return result < 0 ? result : 0;
}

long engine::read_wait(delivery &d, std::span<char> buffer,
		       std::uint32_t flags) noexcept
{
	constexpr std::size_t most = 0x7fffffff; /* by the ABI */
	khttp_read ask{
		.id = d.id,
		.addr = reinterpret_cast<std::uintptr_t>(buffer.data()),
		.len = static_cast<std::uint32_t>(std::min(buffer.size(), most)),
		.flags = flags,
	};
	long result;

	flush_before_waiting();
	do {
		result = device_->read(ask);
	} while (result == -EINTR);
	note_read(d, result);
	return result;
}

void engine::cancel(delivery &d) noexcept
{
	device_->cancel(d.id);
	/* The loop may come here for an answer whose thread still reads this. */
	if (d.at != phase::answered)
		d.at = phase::answered;
	finish(d);
}

long engine::delegate(delivery &d, std::string_view queue) noexcept
{
	khttp_delegate ask{.id = d.id, .queue = {}, .flags = 0, .reserved = 0};
	long result;

	if (queue.empty() || queue.size() >= sizeof(ask.queue))
		return -EINVAL;
	queue.copy(ask.queue, queue.size());
	do {
		result = device_->call(KHTTP_IOC_DELEGATE, &ask);
	} while (result == -EINTR);
	if (result < 0 && !ends_request(result))
		return result;
	d.at = phase::answered;
	if (result < 0)
		d.ended = code_of(result);
	finish(d);
	return result;
}

exchange engine::keep(delivery &d)
{
	if (std::exchange(d.kept, true))
		return {};
	return {shared_from_this(), &d};
}

void engine::release(delivery &d) noexcept
{
	if (d.at == phase::streaming && !d.shut) {
		cancel(d);
	} else if (d.at == phase::streaming) {
		d.at = phase::answered;
		d.set_piece({});
		d.set_end();
		commit(d);
	} else if (d.at == phase::open) {
		d.at = phase::answered;
		d.set_plain(500);
		commit(d);
	}
	drop(d);
}

} // namespace khttp::detail
