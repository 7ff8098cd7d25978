/* SPDX-License-Identifier: MIT */
#include <khttp/server.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/eventfd.h>

#include "beside.hpp"
#include "cpus.hpp"
#include "engine.hpp"
#include "grant.hpp"
#include "lookahead.hpp"
#include "registration.hpp"
#include "signals.hpp"

namespace khttp {

using detail::delivery;
using detail::engine;
using detail::phase;

namespace {

/* Answers wait in the batch while the next handler runs, but not longer. */
constexpr std::chrono::microseconds batch_age{200};

/* Between two looks for a grant, at first and at last. */
constexpr std::chrono::milliseconds first_pause{50};
constexpr std::chrono::milliseconds longest_pause{2000};

options with_queue(options wanted, const std::optional<registration> &bound)
{
	if (bound)
		wanted.queue = bound->queue();
	return wanted;
}

/* A coroutine nobody awaits: it owns itself. */
struct detached {
	struct promise_type {
		detached get_return_object() const noexcept { return {}; }
		std::suspend_never initial_suspend() const noexcept { return {}; }
		std::suspend_never final_suspend() const noexcept { return {}; }
		void return_void() const noexcept {}
		void unhandled_exception() const noexcept { std::terminate(); }
	};
};

} // namespace

struct server::impl {
	explicit impl(const options &wanted);
	void report(const std::string &what, std::error_code error = {}) const;
	void report_exception() const;
	void attach();
	void drain_all() noexcept;
	bool attach_again(std::optional<detail::signal_watch> &watch);
	void run_once(std::optional<detail::signal_watch> &watch);
	bool engine_gone() const noexcept;
	bool pause(std::chrono::milliseconds time,
		   std::optional<detail::signal_watch> &watch);
	void serve(engine &e);
	void serve_ready(engine &e);
	void call(engine &e, delivery &d);
	detached call_coroutine(exchange ex);
	void thread_main(engine &e) noexcept;
	void wait_for_threads(std::optional<detail::signal_watch> &watch);
	void stop() noexcept;

	const std::string socket; /* of the grant that it serves by, if any */
	/* Bound before there are workers, and as long as there are any */
	std::optional<registration> bound;
	const options wanted;
	handler function;
	coroutine async_function;
	std::function<std::unique_ptr<companion>()> make_companion;
	failure_handler failure;

	unique_fd signalled{eventfd(0, EFD_CLOEXEC)};
	unique_fd ended{eventfd(0, EFD_CLOEXEC)};
	std::atomic<unsigned> serving = 0;
	std::atomic<bool> stopping = false;
	std::mutex lock; /* guards: */
	std::optional<khttp::error> broken;
	std::mutex engines_lock; /* held to change, and by who is not run(): */
	std::vector<std::shared_ptr<engine>> engines;
};

server::impl::impl(const options &asked)
	: socket{detail::grant_socket(asked)}, bound{detail::bind_urls(asked, socket)},
	  wanted{with_queue(asked, bound)}
{
	if (!signalled || !ended)
		throw khttp::error(errno, "cannot make an eventfd: too many "
					  "open files?");
	attach();
}

/* All of them or none. */
void server::impl::attach()
{
	unsigned threads = wanted.threads ? wanted.threads : detail::usable_cpus();
	std::vector<std::shared_ptr<engine>> made;

	for (unsigned i = 0; i < threads; i++) {
		made.push_back(detail::make_engine(wanted));
		made.back()->on_failure(failure);
	}
	std::scoped_lock guard{engines_lock};
	engines = std::move(made);
	if (stopping)
		drain_all();
}

void server::impl::drain_all() noexcept
{
	for (const auto &e : engines)
		e->drain();
}

void server::impl::report(const std::string &what, std::error_code error) const
{
	if (failure)
		failure({what, error});
}

/* Inside a catch clause. */
void server::impl::report_exception() const
{
	try {
		throw;
	} catch (const std::exception &e) {
		report("the handler threw: " + std::string{e.what()});
	} catch (...) {
		report("the handler threw something");
	}
}

detached server::impl::call_coroutine(exchange ex)
{
	try {
		task work = async_function(async::request{ex},
					   async::response{ex});
		co_await work;
		if (!ex.response().answered())
			report("the handler ended without an answer");
	} catch (...) {
		report_exception();
	}
}

void server::impl::call(engine &e, delivery &d)
{
	if (async_function) {
		call_coroutine(e.keep(d));
		return;
	}
	try {
		function(d.rq, d.rs);
		/* Once kept it belongs to whoever has the handle. */
		if (!d.kept && d.at != phase::answered)
			report("the handler returned without an answer");
	} catch (...) {
		report_exception();
	}
	if (!d.kept)
		e.release(d);
}

void server::impl::serve_ready(engine &e)
{
	using clock = std::chrono::steady_clock;

	/* Only what comes after the first one can be late. */
	clock::time_point begun = e.untaken() > 1 ? clock::now()
						  : clock::time_point{};
	while (delivery *d = e.next()) {
		call(e, *d);
		if (e.has_next() && clock::now() - begun > batch_age) {
			e.flush();
			begun = clock::now();
		}
	}
}

void server::impl::serve(engine &e)
{
	detail::lookahead ahead{wanted.batch, detail::coarse_tick()};
	std::unique_ptr<companion> with;

	e.own();
	if (make_companion)
		with = make_companion();
	while (!e.finished()) {
		e.take_ahead(ahead.room());
		e.pump(!with);
		std::size_t count = e.untaken();
		if (count && ahead.begins_anew())
			ahead.begin(detail::coarse_now());
		serve_ready(e);
		if (count)
			ahead.end(count, detail::coarse_now());
		if (with)
			detail::run_beside(e, *with);
	}
	if (std::error_code why = e.lost())
		throw khttp::error(why, "the worker was lost: " + why.message());
}

void server::impl::thread_main(engine &e) noexcept
{
	try {
		serve(e);
	} catch (const khttp::error &problem) {
		std::scoped_lock guard{lock};
		if (!broken)
			broken = problem;
	} catch (const std::exception &problem) {
		std::scoped_lock guard{lock};
		if (!broken)
			broken.emplace(ENOMEM, problem.what());
	}
	/* One thread's failure ends the server, or the rest would serve on
	 * with nobody to tell. A drain of one worker alone does not. */
	if (std::scoped_lock guard{lock}; broken)
		stop();
	serving--;
	eventfd_write(ended.get(), 1);
}

void server::impl::stop() noexcept
{
	stopping = true;
	std::scoped_lock guard{engines_lock};
	drain_all();
	eventfd_write(ended.get(), 1); /* who pauses */
}

void server::impl::wait_for_threads(
	std::optional<detail::signal_watch> &watch)
{
	pollfd set[] = {{.fd = ended.get(), .events = POLLIN, .revents = 0},
			{.fd = signalled.get(), .events = POLLIN, .revents = 0}};
	eventfd_t count;

	while (serving > 0) {
		if (poll(set, 2, -1) < 0)
			continue;
		if (set[1].revents & POLLIN) {
			/* A second signal kills, should a request never end. */
			watch.reset();
			eventfd_read(signalled.get(), &count);
			stop();
		}
		if (set[0].revents & POLLIN)
			eventfd_read(ended.get(), &count);
	}
}

/* False: a signal came or stop() was called. */
bool server::impl::pause(std::chrono::milliseconds time,
			 std::optional<detail::signal_watch> &watch)
{
	pollfd set[] = {{.fd = ended.get(), .events = POLLIN, .revents = 0},
			{.fd = signalled.get(), .events = POLLIN, .revents = 0}};
	eventfd_t count;

	if (poll(set, 2, static_cast<int>(time.count())) <= 0)
		return !stopping;
	if (set[1].revents & POLLIN) {
		watch.reset();
		stop();
	}
	/* May be there from a thread that ended: then it is a look too early */
	eventfd_read(ended.get(), &count);
	return !stopping;
}

/*
 * Whoever granted the queue may come back: with another grant, as the queue may be
 * another one by then.
 */
bool server::impl::attach_again(std::optional<detail::signal_watch> &watch)
{
	std::chrono::milliseconds time = first_pause;

	report("the grant is gone; looks for another one at " + socket);
	while (pause(time, watch)) {
		try {
			attach();
			report("serves again by the grant of " + socket);
			return true;
		} catch (const khttp::error &) {
			time = std::min(2 * time, longest_pause);
		}
	}
	return false;
}

bool server::impl::engine_gone() const noexcept
{
	return std::ranges::any_of(engines,
				   [](const auto &e) { return e->gone(); });
}

server::server(const granted &by)
	: server{options{.queue = {}, .grant = by.socket}}
{
}

server::server(std::string_view queue)
	: server{options{.queue = std::string{queue}}}
{
}

server::server(const options &wanted) : impl_{std::make_unique<impl>(wanted)} {}

server::~server() = default;

void server::handle(handler function)
{
	impl_->async_function = nullptr;
	impl_->function = std::move(function);
}

void server::handle_coroutine(coroutine function)
{
	impl_->function = nullptr;
	impl_->async_function = std::move(function);
}

void server::beside(std::function<std::unique_ptr<companion>()> make)
{
	impl_->make_companion = std::move(make);
}

void server::on_error(failure_handler function)
{
	impl_->failure = function;
	std::scoped_lock guard{impl_->engines_lock};
	for (const auto &e : impl_->engines)
		e->on_failure(function);
}

/* Until none of the workers has anything to do any more. */
void server::impl::run_once(std::optional<detail::signal_watch> &watch)
{
	std::vector<std::jthread> threads; /* destroyed first: joins */

	try {
		for (const auto &e : engines) {
			serving++;
			threads.emplace_back([this, &e] { thread_main(*e); });
		}
	} catch (const std::system_error &) {
		stop();
		throw;
	}
	wait_for_threads(watch);
	threads.clear();
	if (broken)
		throw *broken;
}

void server::run()
{
	std::optional<detail::signal_watch> watch;

	if (!impl_->function && !impl_->async_function)
		throw std::logic_error{"khttp::server has no handler"};
	if (impl_->wanted.handle_signals)
		watch.emplace(impl_->signalled.get());
	do
		impl_->run_once(watch);
	while (!impl_->socket.empty() && !impl_->stopping &&
	       impl_->engine_gone() && impl_->attach_again(watch));
}

void server::stop() noexcept
{
	impl_->stop();
}

khttp::transport server::transport() const noexcept
{
	return impl_->engines.front()->transport();
}

} // namespace khttp
