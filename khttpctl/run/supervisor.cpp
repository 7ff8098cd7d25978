/* SPDX-License-Identifier: MIT */
#include "supervisor.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <khttp/error.hpp>
#include <poll.h>
#include <sys/signalfd.h>

#include "../apply/app.hpp"
#include "../failures.hpp"

namespace khttpctl::supervision {

namespace {

khttp::unique_fd watch_signals()
{
	sigset_t set;

	sigemptyset(&set);
	for (int number : {SIGTERM, SIGINT, SIGHUP})
		sigaddset(&set, number);
	sigprocmask(SIG_BLOCK, &set, nullptr);
	khttp::unique_fd fd{signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
	if (!fd)
		throw khttp::error(errno, fmt::format("cannot wait for signals: {}",
						      std::strerror(errno)));
	return fd;
}

msec now()
{
	return std::chrono::duration_cast<msec>(
		std::chrono::steady_clock::now().time_since_epoch());
}

queue_condition condition_of(khttp::queue_state state)
{
	switch (state) {
	case khttp::queue_state::active:
		return queue_condition::active;
	case khttp::queue_state::offline:
		return queue_condition::offline;
	default:
		return queue_condition::paused;
	}
}

bool readable(int fd)
{
	pollfd look{fd, POLLIN, 0};

	return poll(&look, 1, 0) > 0;
}

} // namespace

supervisor::supervisor(context &ctx, const wishes &wanted)
	: wishes_(wanted), control_(ctx.control()), journal_(ctx.err, wanted.queue),
	  seat_(ctx.netns, wanted.queue), signals_(watch_signals()), events_(control_.subscribe()),
	  policy_(wanted.rules)
{
	if (wanted.limits.any())
		cgroups_.emplace(wanted.limits, wanted.queue);
	adopt();
}

/*
 * Whoever is attached before us serves on until there is another one for it: its
 * command, user or limits may be other ones than ours. Who came by a grant is
 * somebody else's, in a container of his own.
 */
void supervisor::adopt()
{
	std::vector<pid_t> known;

	for (const khttp::worker_info &info : control_.workers()) {
		auto pid = static_cast<pid_t>(info.pid);

		if (info.queue != wishes_.queue || info.grant || !pid ||
		    std::ranges::count(known, pid))
			continue;
		known.push_back(pid);
		if (std::optional<process> found = process::adopt(pid)) {
			workers_[policy_.adopt(now())].process = std::move(found);
			journal_.say(weight::notice,
				     fmt::format("process {} serves already: will be replaced",
						 pid));
		}
	}
}

worker_sight supervisor::see_worker(unsigned id, worker &w,
				    const std::vector<khttp::worker_info> &attached)
{
	worker_sight seen;

	seen.id = id;
	if (!w.exited && w.process)
		if (std::optional<ending> end = w.process->ended()) {
			w.exited = true;
			w.end = *end;
		}
	if (w.exited) {
		seen.exited = true;
		seen.failed = w.end.failed;
		seen.how = w.end.how;
		return seen;
	}
	if (wishes_.rules.recycle_memory)
		seen.memory = w.process->memory();
	seen.stopped = wishes_.rules.hang > msec{0} && w.process->stopped();
	w.threads.clear();
	for (const khttp::worker_info &info : attached) {
		if (info.queue != wishes_.queue || !info.pid ||
		    !w.process->has(static_cast<pid_t>(info.pid)))
			continue;
		w.threads.push_back(info.id);
		seen.threads.push_back({.id = info.id,
					.serving = info.state == khttp::worker_state::serving,
					.in_hand = info.in_hand,
					.owed = info.owed,
					.fetched = info.fetched,
					.progress = info.fetched + info.answered + info.pieces});
	}
	return seen;
}

sight supervisor::see()
{
	const khttp::queue_info queue = control_.find_queue(wishes_.queue);
	const std::vector<khttp::worker_info> attached = control_.workers();
	sight seen{.now = now(),
		   .queue = condition_of(queue.state),
		   .waiting = queue.waiting,
		   .workers = {}};

	for (auto &[id, w] : workers_)
		seen.workers.push_back(see_worker(id, w, attached));
	return seen;
}

void supervisor::start(unsigned id)
{
	worker &w = workers_[id];

	try {
		if (cgroups_)
			w.group = cgroups_->make(id);
		w.process = process::start(wishes_.launch, w.group.fd());
	} catch (const khttp::error &failure) {
		/* Whoever called us is there to be told; later nobody may be */
		if (policy_.sums().started == 1)
			throw;
		w.exited = true;
		w.end = {true, failure.what()};
		return;
	}
	journal_.say(weight::detail, fmt::format("started process {}", w.process->pid()));
}

void supervisor::drain(const worker &w)
{
	for (std::uint32_t thread : w.threads)
		try {
			control_.drain_worker(wishes_.queue, thread);
		} catch (const khttp::error &failure) {
			/* It has left meanwhile, or its queue has */
			if (failure.code().value() != ESRCH && failure.code().value() != ENOENT)
				throw;
		}
}

void supervisor::told(const action &a)
{
	static constexpr const char *words[] = {"start", "drains", "is told to end", "is killed"};
	auto found = workers_.find(a.id);

	if (a.what == deed::start || found == workers_.end() || !found->second.process)
		return;
	journal_.say(a.what == deed::kill ? weight::problem : weight::detail,
		     fmt::format("process {} {}: {}", found->second.process->pid(),
				 words[static_cast<int>(a.what)], a.why));
}

void supervisor::obey(const action &a)
{
	auto found = workers_.find(a.id);
	bool there = found != workers_.end() && found->second.process && !found->second.exited;

	told(a);
	switch (a.what) {
	case deed::start:
		start(a.id);
		break;
	case deed::drain:
		if (there)
			drain(found->second);
		break;
	case deed::terminate:
		if (there)
			found->second.process->signal(SIGTERM);
		break;
	case deed::kill:
		if (there)
			found->second.process->signal(SIGKILL);
		break;
	case deed::offline:
		journal_.say(weight::problem,
			     fmt::format("too many failures, the last: {}; the queue is offline "
					 "until 'khttpctl queue resume {}'",
					 a.why, wishes_.queue));
		control_.set_queue(wishes_.queue, {.length = {}, .uid = {}, .gid = {}, .mode = {},
						   .redeliver = {}, .redeliver_body = {},
						   .state = khttp::queue_state::offline,
						   .verbosity = {}, .retry_after = {},
						   .delegates = {}});
	}
}

void supervisor::look()
{
	const std::uint64_t failed = policy_.sums().failed;
	const std::vector<action> actions = policy_.step(see());

	if (policy_.sums().failed != failed)
		journal_.say(weight::problem, policy_.last_failure());
	/* What the policy has forgotten has ended */
	std::erase_if(workers_, [&](const auto &w) { return w.second.exited; });
	for (const action &a : actions)
		obey(a);
	if (policy_.ready() && !ready_told_) {
		notify("READY=1");
		ready_told_ = true;
	}
	json state = json_of(policy_);
	for (json &w : state["workers"]) {
		auto found = workers_.find(w["id"].get<unsigned>());

		if (found != workers_.end() && found->second.process)
			w["pid"] = found->second.process->pid();
	}
	if (seat_.publish(state))
		notify("STATUS=" + supervisor_text(state));
}

void supervisor::take_signals()
{
	signalfd_siginfo info{};

	while (read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			journal_.say(weight::notice, "replaces all workers");
			policy_.recycle_all();
			continue;
		}
		journal_.say(weight::notice, "stops: workers finish what they hold");
		notify("STOPPING=1");
		policy_.stop();
	}
}

/* True: one was about our queue, or we may have missed one */
bool supervisor::take_events()
{
	bool ours = false;

	while (readable(events_.fd())) {
		std::optional<khttp::event_info> event = events_.next();

		ours |= event && (event->type == khttp::event_type::lost ||
				  event->queue == wishes_.queue);
	}
	return ours;
}

void supervisor::wait()
{
	const msec until = now() + policy_.patience();

	for (;;) {
		std::vector<pollfd> set{{signals_.get(), POLLIN, 0}, {events_.fd(), POLLIN, 0}};
		const msec left = until - now();

		for (const auto &[id, w] : workers_)
			if (w.process && !w.exited)
				set.push_back({w.process->fd(), POLLIN, 0});
		if (left <= msec{0} ||
		    poll(set.data(), set.size(), static_cast<int>(left.count())) <= 0)
			return;
		bool news = std::any_of(set.begin() + 2, set.end(),
					[](const pollfd &p) { return p.revents; });
		if (set[0].revents) {
			take_signals();
			news = true;
		}
		if (take_events() || news)
			return;
	}
}

void supervisor::run()
{
	for (;;) {
		look();
		if (policy_.finished())
			return;
		wait();
	}
}

} // namespace khttpctl::supervision

namespace khttpctl {

int supervise(context &ctx, const arguments &args)
{
	const bool has_file = args.value("config").has_value();
	const supervision::wishes wanted = supervision::wishes_of(
		has_file ? configuration::with_config(args) : args, ctx.netns);

	on_queue(ctx, wanted.queue, [&] {
		(void)ctx.control().find_queue(wanted.queue);
	});
	supervision::supervisor(ctx, wanted).run();
	return 0;
}

} // namespace khttpctl
