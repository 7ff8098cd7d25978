/* SPDX-License-Identifier: MIT */
#include "engine_ioctl.hpp"

#include <cerrno>

#include <poll.h>
#include <sys/epoll.h>

namespace khttp::detail {

namespace {

unique_fd make_epoll(int first, int second)
{
	unique_fd set{epoll_create1(EPOLL_CLOEXEC)};

	for (int fd : {first, second}) {
		epoll_event event{};

		event.events = EPOLLIN;
		event.data.fd = fd;
		if (!set || epoll_ctl(set.get(), EPOLL_CTL_ADD, fd, &event) < 0)
			throw error(errno, "cannot watch " KHTTP_DEVICE
					   ": too many open files?");
	}
	return set;
}

} // namespace

ioctl_engine::ioctl_engine(std::unique_ptr<device> dev, const attachment &got,
			   const options &wanted)
	: engine{std::move(dev), got, wanted},
	  poll_fd_{make_epoll(file().fd(), wake_fd())},
	  call_{got.slots, wanted.batch}
{
	batch_.reserve(got.slots);
}

void ioctl_engine::pump(bool wait)
{
	/* Wake-ups come only now; a queue's user polls for them, too. */
	if (draining())
		clear_wake();
	/* RUN itself waits only while nothing but it can bring news: when
	 * draining, the last answer may come from a foreign thread. */
	bool in_kernel = wait && !draining() && !has_next() && results_can_wait(batch_);
	std::size_t events = run(ahead(), in_kernel ? 0 : KHTTP_RUN_NOWAIT);

	if (events == 0 && wait && draining() && !finished() && !has_next() &&
	    batch_.empty())
		sleep();
}

void ioctl_engine::flush()
{
	/* Called by what run() resumed: run()'s caller comes to the batch. */
	while (!running_ && !batch_.empty())
		run(0, KHTTP_RUN_NOWAIT);
}

/* Wait for the file or for a foreign thread, whichever comes first. */
void ioctl_engine::sleep()
{
	pollfd set[] = {{.fd = wake_fd(), .events = POLLIN, .revents = 0},
			{.fd = file().fd(), .events = POLLIN, .revents = 0}};

	/* A file whose worker is gone would poll as hung up for ever. */
	poll(set, down_ ? 1 : 2, -1);
}

/* Commit the batch, take up to ROOM events; their number. */
std::size_t ioctl_engine::run(std::size_t room, std::uint32_t flags)
{
	/* Coroutines that go on below add to batch_ again. */
	running_ = true;
	call_.take(batch_);
	if (down_) {
		settle_batch(ESHUTDOWN);
		running_ = false;
		return 0;
	}

	long count = call_.go(file(), room, flags);
	settle_batch(count < 0 ? static_cast<int>(-count) : 0);
	if (count < 0 && count != -EINTR && count != -EAGAIN)
		go_down(static_cast<int>(-count));
	for (const khttp_event &event : call_.events())
		handle(event);
	running_ = false;
	return call_.events().size();
}

/* The worker is gone, and with it all that it held. */
void ioctl_engine::go_down(int code)
{
	down_ = true;
	epoll_ctl(poll_fd_.get(), EPOLL_CTL_DEL, file().fd(), nullptr);
	lose(code);
	fail_waiting(code);
}

/* What became of each commit; CODE is RUN's own error, or 0. */
void ioctl_engine::settle_batch(int code)
{
	for (std::size_t i = 0; i < call_.sent().size(); i++) {
		delivery &d = *call_.sent()[i];
		__s64 &result = call_.results()[i];

		if (result == run_call::unset && code != 0 && !down_)
			result = file().commit(d.id, KHTTP_OP_NONBLOCK);
		if (result == run_call::unset)
			result = -ESHUTDOWN;
		if (result == -EINTR)
			batch_.push_back(&d);
		else if (committed(d, result))
			d.blocked = true;
	}
}

void ioctl_engine::start_commit(delivery &d)
{
	if (on_loop())
		batch_.push_back(&d);
	else
		commit_now(d);
}

/* What is left of a fragment to its end stands in the slot when some of it was taken,
 * and that is another request's when all was: so it is asked before. */
long ioctl_engine::find_end(delivery &d)
{
	const std::string &name = d.splices->name;
	khttp_fragment_read ask{
		.name = reinterpret_cast<std::uintptr_t>(name.data()),
		.name_len = static_cast<__u32>(name.size()),
		.flags = 0,
		.offset = 0,
		.addr = 0,
		.len = 0,
		.length = 0,
	};
	long result = file().call(KHTTP_IOC_FRAGMENT_READ, &ask);

	return result < 0 || d.end_at(ask.length) ? result : -ENODATA;
}

/*
 * On a foreign thread. The loop may get WRITABLE before this thread has seen
 * -EAGAIN: the lock makes it wait, so that the event is not lost.
 */
void ioctl_engine::commit_now(delivery &d)
{
	long result = d.ends_somewhere() ? find_end(d) : 0;

	if (result < 0) {
		committed(d, result);
		return;
	}

	std::unique_lock guard{d.lock};

	do {
		result = file().commit(d.id, KHTTP_OP_NONBLOCK);
	} while (result == -EINTR);
	if (result == -EAGAIN ||
	    (result >= 0 && !d.advance(static_cast<std::uint64_t>(result)))) {
		d.blocked = true;
		return;
	}
	guard.unlock();
	committed(d, std::min(result, 0L));
}

void ioctl_engine::start_read(delivery &d)
{
	std::unique_lock guard{d.lock};
	long result;

	d.reading.flags |= KHTTP_OP_NONBLOCK;
	do {
		result = file().read(d.reading);
	} while (result == -EINTR);
	if (result == -EAGAIN) {
		d.read_result = -EAGAIN;
		return;
	}
	guard.unlock();
	complete_read(d, result);
}

void ioctl_engine::handle(const khttp_event &event)
{
	delivery *d = note(event);

	if (!d)
		return;
	if (event.events & (KHTTP_EV_READABLE | KHTTP_EV_GONE))
		readable(*d);
	if (event.events & (KHTTP_EV_WRITABLE | KHTTP_EV_GONE))
		writable(*d);
}

void ioctl_engine::writable(delivery &d)
{
	std::scoped_lock guard{d.lock};

	if (std::exchange(d.blocked, false))
		batch_.push_back(&d);
}

void ioctl_engine::readable(delivery &d)
{
	std::unique_lock guard{d.lock};
	bool waits = d.reader && d.read_result == -EAGAIN;

	guard.unlock();
	if (waits)
		start_read(d);
}

/* No event will come any more: what waits for one ends with an error. */
void ioctl_engine::fail_waiting(int code)
{
	for_each([this, code](delivery &d) {
		std::unique_lock guard{d.lock};
		bool blocked = std::exchange(d.blocked, false);
		bool reads = d.reader && d.read_result == -EAGAIN;

		guard.unlock();
		if (blocked)
			committed(d, -ESHUTDOWN);
		if (reads)
			complete_read(d, -code);
	});
}

} // namespace khttp::detail
