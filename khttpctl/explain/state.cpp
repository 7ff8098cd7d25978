/* SPDX-License-Identifier: MIT */
/* What stands between requests and an answer now. */
#include "finding.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "../units.hpp"

namespace khttpctl {

namespace {

/* A worker that has room takes at once what waits; not for so long without a cause */
constexpr std::uint32_t patience_ms = 1000;

std::string count_of(std::uint64_t n, const char *what)
{
	return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

std::string age_of(const khttp::queue_info &queue)
{
	return format_time(queue.oldest_ms, time_unit::milliseconds);
}

void find_offline(const queue_facts &facts, std::vector<finding> &found)
{
	const std::string &name = facts.queue.name;
	std::string resume = fmt::format("mend it, then 'khttpctl queue resume {}'", name);
	std::string text = "the queue is offline, so that every request is answered 503";

	if (facts.supervisor && facts.supervisor->state == "offline")
		found.push_back({"rapid-fail", trouble::refused,
				 fmt::format("{}: its workers failed too often, {}; the last one: "
					     "{}",
					     text, count_of(facts.supervisor->failed, "time"),
					     facts.supervisor->last_failure),
				 resume, "AppOffline"});
	else
		found.push_back({"offline", trouble::refused, text, resume, "AppOffline"});
}

void find_closed(const queue_facts &facts, std::vector<finding> &found)
{
	const std::string &name = facts.queue.name;

	if (facts.queue.state == khttp::queue_state::offline)
		find_offline(facts, found);
	if (facts.queue.state == khttp::queue_state::inactive)
		found.push_back({"paused", trouble::refused,
				 "the queue is paused, so that new requests are answered 503",
				 fmt::format("khttpctl queue resume {}", name), "Disabled"});
	for (const khttp::group_info &group : facts.groups)
		if (group.maintenance)
			found.push_back({"maintenance", trouble::refused,
					 fmt::format("group {} is in maintenance, so that its "
						     "requests are answered 503",
						     group.name),
					 fmt::format("khttpctl group set {} maintenance off",
						     group.name),
					 "Maintenance"});
}

void find_limits(const queue_facts &facts, std::vector<finding> &found)
{
	for (const khttp::group_info &group : facts.groups) {
		usage open{group.connections.value_or(0),
			   group.limit("max_group_connections")};

		if (open.reached())
			found.push_back({"group-connections", trouble::refused,
					 fmt::format("group {} has {} of its {}, so that one more "
						     "is answered 503",
						     group.name, open.used,
						     count_of(open.limit, "connection")),
					 fmt::format("khttpctl group set {} "
						     "max_group_connections N",
						     group.name),
					 "ConnLimit"});
	}
	if (facts.served.reached())
		found.push_back({"served-connections", trouble::refused,
				 fmt::format("{} are open and {} of them are served, so that one "
					     "more is answered 503",
					     count_of(facts.served.used, "connection"),
					     facts.served.limit),
				 "khttpctl limits set max_served_connections N", "ConnLimit"});
	if (facts.connections.reached())
		found.push_back({"connections", trouble::refused,
				 fmt::format("{} of {} are open, so that one more is closed at "
					     "once",
					     facts.connections.used,
					     count_of(facts.connections.limit, "connection")),
				 "khttpctl limits set max_connections N", "Connections_Refused"});
	/* the last eighth is for connections and answers */
	if (usage{facts.memory.used, facts.memory.limit - facts.memory.limit / 8}.reached())
		found.push_back({"memory", trouble::refused,
				 fmt::format("connections and requests hold {} of {}",
					     format_size(facts.memory.used),
					     format_size(facts.memory.limit)),
				 "khttpctl limits set request_bytes SIZE", "MemoryLimit"});
}

/* Why what waits is not taken; without a cause nothing is wrong */
struct blocker {
	std::string cause;
	std::string text;
	std::string next;
};

blocker nobody_serves(const queue_facts &facts)
{
	const std::string &name = facts.queue.name;
	std::string next = fmt::format("start one: it attaches to queue {}, or 'khttpctl run {}'",
				       name, name);

	if (!facts.workers.empty())
		return {"no-worker-serves",
			fmt::format("of {} none takes requests: they start, drain or end",
				    count_of(facts.workers.size(), "worker")),
			next};
	if (!facts.supervisor)
		return {"no-worker", "no worker is attached", next};
	return {"no-worker",
		fmt::format("no worker is attached; the supervisor is {}, {}{}",
			    facts.supervisor->state, count_of(facts.supervisor->failed, "failure"),
			    facts.supervisor->failed ?
				    fmt::format(", the last one: {}",
						facts.supervisor->last_failure) :
				    ""),
		fmt::format("khttpctl queue show {}", name)};
}

blocker all_hold(const queue_facts &facts, const hands &in)
{
	std::string workers = count_of(in.serving, "worker");
	const std::string &name = facts.queue.name;

	if (in.owed * 2 < in.held)
		return {"clients-hold-workers",
			fmt::format("{} of the {} that {} can hold wait for their clients to "
				    "send or to receive",
				    in.held - in.owed, count_of(in.slots, "request"), workers),
			fmt::format("more slots for each worker of {}, or a higher min_send_rate, "
				    "min_receive_rate",
				    name)};
	return {"workers-busy",
		fmt::format("{} can: {}",
			    in.serving == 1 ? "the worker holds as much as it" :
					      "the workers hold as much as they",
			    count_of(in.held, "request")),
		fmt::format("more or faster workers: 'khttpctl run {} --workers N' or more threads",
			    name)};
}

blocker blocker_of(const queue_facts &facts, const hands &in)
{
	if (!in.serving)
		return nobody_serves(facts);
	if (!facts.queue.waiting)
		return {};
	if (in.held >= in.slots)
		return all_hold(facts, in);
	if (facts.queue.oldest_ms < patience_ms)
		return {};
	return {"workers-do-not-take",
		fmt::format("{} {} room and takes nothing: busy with one request, stopped or "
			    "hung",
			    count_of(in.serving, "worker"), in.serving == 1 ? "has" : "have"),
		fmt::format("look at its process: 'khttpctl queue show {}'", facts.queue.name)};
}

/* A supervisor starts one when a request comes */
bool rests(const queue_facts &facts)
{
	return facts.supervisor && facts.supervisor->on_demand &&
	       facts.supervisor->state == "idle" && !facts.queue.waiting;
}

void find_waiting(const queue_facts &facts, std::vector<finding> &found)
{
	const khttp::queue_info &queue = facts.queue;
	const hands in = hands_of(facts.workers);
	const blocker why = blocker_of(facts, in);
	std::string wait = fmt::format("{} of {} wait, the oldest for {}", queue.waiting,
				       queue.length, age_of(queue));

	if (queue.waiting >= queue.length)
		found.push_back({"queue-full", trouble::refused,
				 fmt::format("the queue is full{}{}: {}", why.text.empty() ? "" :
					     ", and ", why.text, wait),
				 why.next.empty() ? fmt::format("khttpctl queue set {} length N",
								queue.name) : why.next,
				 "QueueFull"});
	if (why.cause.empty())
		return;
	/* then nothing waits, and the supervisor starts none */
	if (queue.state == khttp::queue_state::offline)
		return;
	if (rests(facts))
		found.push_back({"on-demand", trouble::none,
				 "no worker runs; the supervisor starts one for the next request",
				 ""});
	else
		found.push_back({why.cause, trouble::delayed,
				 queue.waiting ? fmt::format("{}: {}", why.text, wait) :
						 why.text + ": who comes has to wait",
				 why.next, "Timer_ReqQueue"});
}

} // namespace

hands hands_of(const std::vector<khttp::worker_info> &workers)
{
	hands sum;

	for (const khttp::worker_info &worker : workers) {
		if (worker.state != khttp::worker_state::serving)
			continue;
		sum.serving++;
		sum.slots += worker.slots;
		sum.held += worker.in_hand;
		sum.owed += worker.owed;
	}
	return sum;
}

void worst_first(std::vector<finding> &findings)
{
	std::ranges::stable_sort(findings, std::ranges::greater{}, &finding::harm);
}

trouble worst_of(const std::vector<finding> &findings)
{
	trouble worst = trouble::none;

	for (const finding &f : findings)
		worst = std::max(worst, f.harm);
	return worst;
}

std::vector<finding> findings_of(const queue_facts &facts)
{
	std::vector<finding> found;

	find_closed(facts, found);
	find_waiting(facts, found);
	find_limits(facts, found);
	find_refusals(facts, found);
	find_slow(facts, found);
	worst_first(found);
	return found;
}

} // namespace khttpctl
