// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>

#include "explain/finding.hpp"
#include "explain/gather.hpp"

using namespace khttpctl;
using Catch::Contains;

namespace {

constexpr std::uint64_t ms = 1'000'000;

khttp::worker_info some_worker(std::uint32_t slots, std::uint32_t held, std::uint32_t owed)
{
	khttp::worker_info worker;

	worker.queue = "app";
	worker.pid = 12;
	worker.state = khttp::worker_state::serving;
	worker.slots = slots;
	worker.in_hand = held;
	worker.owed = owed;
	return worker;
}

khttp::latency_info stage(const char *name, std::uint64_t p50, std::uint64_t p99)
{
	khttp::latency_info l;

	l.queue = "app";
	l.stage = name;
	l.count = 100;
	l.p50 = p50;
	l.p99 = p99;
	return l;
}

/* Nothing is wrong with it */
queue_facts healthy()
{
	queue_facts facts;

	facts.queue.name = "app";
	facts.queue.length = 10;
	facts.workers = { some_worker(4, 1, 1) };
	facts.stages = { stage("receive", ms, ms), stage("queue", ms, ms),
			 stage("worker", 10 * ms, 20 * ms), stage("send", ms, ms),
			 stage("total", 13 * ms, 23 * ms), stage("hit", 9000 * ms, 9000 * ms) };
	facts.connections = { 5, 100 };
	facts.memory = { 1000, 100000 };
	return facts;
}

queue_facts waiting(std::uint32_t n, std::uint32_t oldest_ms)
{
	queue_facts facts = healthy();

	facts.queue.waiting = n;
	facts.queue.oldest_ms = oldest_ms;
	return facts;
}

khttp::group_info limited_site(std::uint32_t connections, std::uint64_t limit)
{
	khttp::group_info group;

	group.name = "site";
	group.queue = "app";
	group.connections = connections;
	group.limits = { { "idle_timeout", 5, {} }, { "max_group_connections", limit, limit } };
	return group;
}

/* The one finding that decides, with what it has to say */
void check_worst(const queue_facts &facts, const char *cause, trouble harm, const char *text,
		 const char *next)
{
	const std::vector<finding> found = findings_of(facts);

	INFO(cause);
	REQUIRE(!found.empty());
	CHECK(found[0].cause == cause);
	CHECK(found[0].harm == harm);
	CHECK(worst_of(found) == harm);
	CHECK_THAT(found[0].text, Contains(text));
	CHECK_THAT(found[0].next, Contains(next));
}

} // namespace

TEST_CASE("a queue with nothing wrong has no findings")
{
	CHECK(findings_of(healthy()).empty());
	CHECK(findings_of(waiting(3, 999)).empty());
	CHECK(worst_of({}) == trouble::none);
}

TEST_CASE("without workers requests wait, and are refused once the queue is full")
{
	queue_facts facts = waiting(3, 12000);

	facts.workers.clear();
	check_worst(facts, "no-worker", trouble::delayed,
		    "no worker is attached: 3 of 10 wait, the oldest for 12 s",
		    "attaches to queue app");
	facts.queue.waiting = 10;
	check_worst(facts, "queue-full", trouble::refused,
		    "full, and no worker is attached: 10 of 10", "attaches to queue app");
	facts.queue.waiting = 0;
	check_worst(facts, "no-worker", trouble::delayed, "who comes has to wait", "app");
	facts.supervisor = supervisor_facts{ "starting", "status 7", 2, false };
	check_worst(facts, "no-worker", trouble::delayed,
		    "the supervisor is starting, 2 failures, the last one: status 7", "queue show");
}

TEST_CASE("a supervisor that rests is no trouble, unless something waits")
{
	queue_facts facts = healthy();

	facts.workers.clear();
	facts.supervisor = supervisor_facts{ "idle", "", 0, true };
	check_worst(facts, "on-demand", trouble::none, "for the next request", "");
	facts.queue.waiting = 1;
	check_worst(facts, "no-worker", trouble::delayed, "the supervisor is idle", "");
}

TEST_CASE("workers that only start or drain serve nobody")
{
	queue_facts facts = waiting(1, 5);

	for (khttp::worker_state state : { khttp::worker_state::attached,
					   khttp::worker_state::draining,
					   khttp::worker_state::gone }) {
		facts.workers[0].state = state;
		check_worst(facts, "no-worker-serves", trouble::delayed, "of 1 worker none",
			    "start");
	}
}

TEST_CASE("workers that hold as much as they can are busy, or held by clients")
{
	queue_facts facts = waiting(10, 50);

	facts.workers = { some_worker(2, 2, 2), some_worker(2, 2, 2) };
	check_worst(facts, "queue-full", trouble::refused,
		    "the workers hold as much as they can: 4 requests", "more or faster workers");
	facts.queue.waiting = 1;
	check_worst(facts, "workers-busy", trouble::delayed, "1 of 10 wait", "--workers N");
	facts.workers = { some_worker(4, 4, 1) };
	check_worst(facts, "clients-hold-workers", trouble::delayed,
		    "3 of the 4 requests that 1 worker can hold wait for their clients",
		    "min_send_rate");
	/* who drains takes nothing, whatever room he has */
	facts.workers = { some_worker(2, 2, 2), some_worker(2, 0, 0) };
	facts.workers[1].state = khttp::worker_state::draining;
	check_worst(facts, "workers-busy", trouble::delayed, "the worker holds", "");
}

TEST_CASE("a worker with room that does not take is stopped, hung or busy")
{
	queue_facts facts = waiting(1, 1000);

	check_worst(facts, "workers-do-not-take", trouble::delayed,
		    "1 worker has room and takes nothing", "queue show app");
	facts.queue.oldest_ms = 999;
	CHECK(findings_of(facts).empty());
	/* full in a moment's rush, and taken from at once */
	facts.queue.waiting = 10;
	check_worst(facts, "queue-full", trouble::refused, "the queue is full: 10 of 10",
		    "queue set app length");
}

TEST_CASE("a state that refuses is told with its way out")
{
	queue_facts facts = healthy();

	facts.queue.state = khttp::queue_state::inactive;
	check_worst(facts, "paused", trouble::refused, "paused", "queue resume app");
	facts.queue.state = khttp::queue_state::offline;
	check_worst(facts, "offline", trouble::refused, "503", "queue resume app");
	facts.workers.clear();
	facts.supervisor = supervisor_facts{ "offline", "status 1", 5, false };
	check_worst(facts, "rapid-fail", trouble::refused,
		    "failed too often, 5 times; the last one: status 1", "queue resume app");
	CHECK(findings_of(facts).size() == 1);
	facts = healthy();
	facts.groups = { limited_site(0, 0) };
	facts.groups[0].maintenance = true;
	check_worst(facts, "maintenance", trouble::refused, "group site is in maintenance",
		    "group set site maintenance off");
}

TEST_CASE("limits that are reached refuse, those that are not and those of 0 do not")
{
	queue_facts facts = healthy();

	facts.groups = { limited_site(1, 2), limited_site(3, 0) };
	CHECK(findings_of(facts).empty());
	facts.groups = { limited_site(2, 2) };
	check_worst(facts, "group-connections", trouble::refused, "group site has 2 of its 2",
		    "max_group_connections");
	facts.groups[0].connections.reset();
	CHECK(findings_of(facts).empty());
	facts.served = { 99, 0 };
	CHECK(findings_of(facts).empty());
	facts.served = { 99, 98 };
	check_worst(facts, "served-connections", trouble::refused, "98 of them are served",
		    "max_served_connections");
	facts.served = {};
	facts.connections = { 100, 100 };
	check_worst(facts, "connections", trouble::refused, "100 of 100 connections",
		    "max_connections");
	facts.connections = {};
	facts.memory = { 1 << 20, 1 << 20 };
	check_worst(facts, "memory", trouble::refused, "1 MiB of 1 MiB", "request_bytes");
	/* requests get seven eighths */
	facts.memory = { 950'000, 1 << 20 };
	check_worst(facts, "memory", trouble::refused, "of 1 MiB", "request_bytes");
}

TEST_CASE("what was refused a moment ago is told with its reason, once")
{
	queue_facts facts = waiting(10, 5000);

	facts.workers.clear();
	facts.refused = { { "QueueFull", 7, 9, 1 }, { "WorkerDied", 1, 1, 1 },
			  { "Filter", 3, 3, 1 },    { "RateLimit", 2, 5, 1 },
			  { "Refused", 0, 5, 1 },   { "no such word", 2, 2, 1 } };
	const std::vector<finding> found = findings_of(facts);
	CHECK_THAT(found[0].text, Contains("full") && Contains("7 were answered 503 QueueFull"));
	auto with = [&](const char *reason) {
		return std::ranges::count_if(found, [&](const finding &f) {
			return f.text.find(reason) != std::string::npos;
		});
	};
	CHECK(with("QueueFull") == 1);
	CHECK(with("1 was answered 502 WorkerDied") == 1);
	CHECK(with("Refused") == 0);
	/* what a rule is for is no trouble */
	for (const char *reason : { "403 Filter", "429 RateLimit" }) {
		CHECK(with(reason) == 1);
		CHECK(std::ranges::find_if(found, [&](const finding &f) {
			      return f.text.find(reason) != std::string::npos;
		      })->harm == trouble::none);
	}

	facts = healthy();
	facts.refused = { { "Connections_Refused", 2, 2, 1 } };
	check_worst(facts, "recent", trouble::refused, "2 were cut, Connections_Refused",
		    "max_connections");
	facts.refused = { { "WorkerCancel", 2, 2, 1 } };
	check_worst(facts, "recent", trouble::refused, "gave the request up", "reason show");
	facts.refused.clear();
	facts.log_is_off = true;
	check_worst(facts, "log-off", trouble::none, "log is off", "error_log default");
}

TEST_CASE("requests whose time in the queue ran out make a delay a refusal")
{
	queue_facts facts = waiting(1, 5000);

	facts.workers.clear();
	facts.refused = { { "Timer_ReqQueue", 2, 2, 1 } };
	check_worst(facts, "no-worker", trouble::refused, "2 were answered 503 Timer_ReqQueue", "");
}

TEST_CASE("the stage that takes the time is blamed")
{
	queue_facts facts = healthy();
	const auto slow = [&](const char *name, std::uint64_t p50, std::uint64_t p99) {
		facts = healthy();
		for (khttp::latency_info &l : facts.stages)
			if (l.stage == name || l.stage == "total") {
				l.p50 = p50 * ms;
				l.p99 = p99 * ms;
			}
	};

	slow("worker", 1000, 1100);
	check_worst(facts, "slow-worker", trouble::delayed,
		    "half of the requests took 1.00 s or more; 1.00 s of that with the worker",
		    "application");
	for (khttp::latency_info &l : facts.stages)
		if (l.stage == "total")
			l.slowest = khttp::slow_request{ 2000 * ms, 4711, 3 };
	check_worst(facts, "slow-worker", trouble::delayed,
		    "; the slowest of late, request 4711-3, 2.00 s", "application");
	slow("queue", 600, 700);
	check_worst(facts, "slow-queue", trouble::delayed, "waiting for a worker", "more workers");
	slow("send", 1, 3000);
	check_worst(facts, "slow-clients", trouble::delayed, "the slowest hundredth took 3",
		    "min_send_rate");
	slow("receive", 1, 3000);
	check_worst(facts, "slow-clients", trouble::delayed, "head", "header_timeout");
	slow("worker", 499, 1999);
	CHECK(findings_of(facts).empty());
	slow("worker", 9000, 9000);
	for (khttp::latency_info &l : facts.stages)
		l.count = 0;
	CHECK(findings_of(facts).empty());
}

TEST_CASE("the worst comes first, else the order stays")
{
	queue_facts facts = waiting(10, 5000);

	facts.workers = { some_worker(1, 1, 1) };
	facts.queue.state = khttp::queue_state::inactive;
	facts.stages.back() = stage("total", 2000 * ms, 2000 * ms);
	facts.stages[4] = stage("total", 2000 * ms, 2000 * ms);
	facts.stages[2] = stage("worker", 2000 * ms, 2000 * ms);
	std::vector<std::string> causes;
	for (const finding &f : findings_of(facts))
		causes.push_back(f.cause);
	CHECK(causes == std::vector<std::string>{ "paused", "queue-full", "workers-busy",
						  "slow-worker" });
}

TEST_CASE("the log is counted by reason: the queue's, and what nobody can tell whose it was")
{
	constexpr std::uint64_t now = 1'000'000'000'000;
	constexpr std::uint64_t second = 1'000'000'000;
	const auto record = [](const char *reason, const char *queue, std::uint64_t when) {
		khttp::error_record r;

		r.reason = reason;
		r.queue = queue;
		r.time_ns = when;
		return r;
	};
	const std::vector<refusals> all = tally(
		{ record("QueueFull", "app", now - 90 * second),
		  record("QueueFull", "app", now - 60 * second), record("QueueFull", "other", now),
		  record("Connections_Refused", "", now), record("NoPrefix", "", now),
		  record("Filter", "app", now - 61 * second) },
		"app", now);

	REQUIRE(all.size() == 3);
	CHECK(all[0].reason == "Connections_Refused");
	CHECK(all[1].reason == "QueueFull");
	CHECK(all[1].all == 2);
	CHECK(all[1].recent == 1);
	CHECK(all[2].recent == 0);
	CHECK(tally({}, "app", 0).empty());
}

namespace {

khttp::url_info prefix_of(const char *text, const char *queue)
{
	khttp::url_info url;

	url.prefix = text;
	url.queue = queue;
	url.group = queue;
	return url;
}

url_facts asked_for(const char *url, const std::vector<khttp::url_info> &urls,
		    const std::vector<khttp::reservation_info> &reservations = {})
{
	const khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	url_facts facts;

	facts.asker = "a GET from 127.0.0.1";
	facts.url = parse_request_url(url, limits);
	if (facts.url.refused == KHTTP_REASON_NONE)
		facts.match = match_url(urls, facts.url, {}, reservations);
	return facts;
}

std::string first_cause(const url_facts &facts)
{
	const std::vector<finding> found = findings_of(facts);

	return found.empty() ? "" : found[0].cause;
}

} // namespace

TEST_CASE("a URL may be refused before any queue has it")
{
	const std::vector<khttp::url_info> urls = { prefix_of("http://a:80/x/", "app") };
	khttp::reservation_info reserved;

	reserved.prefix = "http://a:80/kept/";
	CHECK(first_cause(asked_for("http://a/x/1", urls)).empty());
	CHECK(first_cause(asked_for("http://a/y", urls)) == "no-prefix");
	CHECK(first_cause(asked_for("http://a/%zz", urls)) == "url");
	CHECK(first_cause(asked_for("http://a/kept/1", urls, { reserved })) == "reserved");
	std::vector<khttp::url_info> moved = urls;
	moved[0].redirect = khttp::redirect{ "https://b/", 308 };
	CHECK(first_cause(asked_for("http://a/x/1", moved)) == "redirect");
	CHECK(worst_of(findings_of(asked_for("http://a/x/1", moved))) == trouble::none);
	CHECK(worst_of(findings_of(asked_for("http://a/y", urls))) == trouble::refused);
}

TEST_CASE("the rule that decides about a URL is named")
{
	const khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	url_facts facts = asked_for("http://a/x/1", { prefix_of("http://a:80/x/", "app") });
	const auto ask = [&](const char *path) {
		facts.asked = try_request(facts.filter,
					  { parse_network("127.0.0.1"), "GET", path, {} }, limits,
					  [](const auto &, const auto &) { return false; });
		return findings_of(facts);
	};

	facts.filter.group = "app";
	facts.filter.rules = { { 1, "rate login path /x", 9, 4 }, { 2, "allow path /x/open", 0, 0 },
			       { 3, "deny path /x", 5, 0 } };
	std::vector<finding> found = ask("/x/1");
	REQUIRE(found.size() == 2);
	CHECK(found[0].harm == trouble::refused);
	CHECK_THAT(found[0].text, Contains("rule 3 of group app, 'deny path /x'") &&
					  Contains("a GET from 127.0.0.1 is answered 403"));
	CHECK(found[1].cause == "rate");
	CHECK_THAT(found[1].text, Contains("4 of 9 with 429"));
	found = ask("/x/open");
	CHECK(worst_of(found) == trouble::none);
	CHECK(ask("/other").empty());
	facts.asked->refused = KHTTP_REASON_VERB;
	CHECK_THAT(findings_of(facts)[0].text, Contains("400 Verb"));
	facts.asked.reset();
	facts.not_asked = "no right";
	CHECK(findings_of(facts)[0].cause == "filter-unknown");
	CHECK(worst_of(findings_of(facts)) == trouble::none);
}
