// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "run/policy.hpp"

using namespace khttpctl::supervision;
using namespace std::chrono_literals;

namespace {

/* Processes that do as they are told, at once, and a queue; time is ours */
class world {
public:
	explicit world(const rules &wanted) : policy_(wanted) { now_.now = 1h; }

	struct process {
		bool exited = false;
		bool failed = false;
		bool serving = false;
		bool drained = false;
		unsigned in_hand = 0;
		unsigned owed = 0;
		bool stopped = false;
		std::uint64_t fetched = 0;
		std::uint64_t memory = 0;
	};

	/* What the policy does, @passed later */
	void look(msec passed = 100ms)
	{
		now_.now += passed;
		now_.workers.clear();
		for (const auto &[id, p] : processes)
			now_.workers.push_back(see(id, p));
		std::erase_if(processes, [](const auto &p) { return p.second.exited; });
		for (const action &a : policy_.step(now_))
			obey(a);
	}

	/* Those that were started attach */
	void serve()
	{
		for (auto &[id, p] : processes)
			p.serving = true;
		look();
	}

	void crash(unsigned id)
	{
		processes.at(id).exited = true;
		processes.at(id).failed = true;
	}

	[[nodiscard]] unsigned running() const
	{
		unsigned n = 0;

		for (const auto &[id, p] : processes)
			n += !p.exited && !p.drained;
		return n;
	}

	[[nodiscard]] unsigned first() const { return processes.begin()->first; }
	[[nodiscard]] unsigned last() const { return processes.rbegin()->first; }

	policy policy_;
	sight now_;
	std::map<unsigned, process> processes;
	std::vector<unsigned> terminated, killed;
	bool obedient = true; /* whom is drained and holds nothing ends */

private:
	static worker_sight see(unsigned id, const process &p)
	{
		worker_sight seen;

		seen.id = id;
		seen.exited = p.exited;
		seen.failed = p.failed;
		seen.how = "ended";
		seen.memory = p.memory;
		seen.stopped = p.stopped;
		if (p.serving || p.drained)
			seen.threads.push_back({ id, p.serving && !p.drained, p.in_hand, p.owed,
						p.fetched, p.fetched });
		return seen;
	}

	void obey(const action &a)
	{
		switch (a.what) {
		case deed::start:
			processes[a.id];
			break;
		case deed::drain:
			processes.at(a.id).drained = true;
			processes.at(a.id).exited = obedient && !processes.at(a.id).in_hand;
			break;
		case deed::terminate:
			terminated.push_back(a.id);
			break;
		case deed::kill:
			killed.push_back(a.id);
			processes.at(a.id).exited = true;
			processes.at(a.id).failed = true;
			break;
		case deed::offline:
			now_.queue = queue_condition::offline;
		}
	}
};

rules fixed(unsigned n)
{
	rules r;

	r.min = r.max = n;
	return r;
}

} // namespace

TEST_CASE("a fixed number is started, and one that dies is replaced at once")
{
	world w(fixed(3));

	w.look();
	CHECK(w.running() == 3);
	CHECK_FALSE(w.policy_.ready());
	w.serve();
	CHECK(w.policy_.ready());
	w.crash(w.first());
	w.look();
	CHECK(w.running() == 3);
	CHECK(w.policy_.sums().failed == 1);
	CHECK(w.policy_.state() == "starting");
}

TEST_CASE("failures in a row are answered by longer and longer waits, up to a limit")
{
	rules r = fixed(1);

	r.failures = 0;
	r.backoff = 1s;
	r.backoff_max = 3s;
	world w(r);
	w.look();
	for (msec wait : { 0ms, 1000ms, 2000ms, 3000ms, 3000ms }) {
		w.crash(w.first());
		w.look();
		if (wait > 0ms) {
			CHECK(w.running() == 0);
			w.look(wait - 1ms);
			CHECK(w.running() == 0);
			w.look(1ms);
		}
		CHECK(w.running() == 1);
	}
	/* Having served for a while it begins anew */
	w.serve();
	w.look(1min);
	w.crash(w.first());
	w.look();
	CHECK(w.running() == 1);
}

TEST_CASE("who ends without an error after having served is replaced and has not failed")
{
	world w(fixed(1));

	w.look();
	w.serve();
	w.processes.at(w.first()).exited = true;
	w.look();
	CHECK(w.running() == 1);
	CHECK(w.policy_.sums().failed == 0);
	/* but not who never served */
	w.processes.at(w.first()).exited = true;
	w.look();
	CHECK(w.policy_.sums().failed == 1);
}

TEST_CASE("the kernel may know of a crash before the process has ended")
{
	world w(fixed(1));

	w.look();
	w.serve();
	w.processes.at(w.first()).serving = false;
	w.look();
	w.crash(w.first());
	w.look();
	CHECK(w.policy_.sums().failed == 1);
}

TEST_CASE("too many failures in a time take the queue offline, until it is resumed")
{
	rules r = fixed(1);

	r.failures = 3;
	r.within = 10s;
	r.backoff = 1ms;
	world w(r);
	w.look();
	/* not when they are further apart */
	for (int i = 0; i < 5; i++) {
		w.crash(w.first());
		w.look(6s);
		w.look();
	}
	CHECK(w.now_.queue == queue_condition::active);
	for (int i = 0; i < 3 && w.running(); i++) {
		w.crash(w.first());
		w.look();
		w.look();
	}
	CHECK(w.now_.queue == queue_condition::offline);
	CHECK(w.policy_.state() == "offline");
	w.look(1h);
	CHECK(w.running() == 0);
	w.now_.queue = queue_condition::active;
	w.look();
	CHECK(w.running() == 1);
	CHECK(w.policy_.recent_failures() == 0);
}

TEST_CASE("on demand nothing is started before a request waits, and idle ones end")
{
	rules r = fixed(2);

	r.on_demand = true;
	r.idle = 10s;
	world w(r);
	w.look(1h);
	CHECK(w.running() == 0);
	CHECK(w.policy_.ready());
	CHECK(w.policy_.state() == "idle");
	w.now_.waiting = 1;
	w.look();
	CHECK(w.running() == 2);
	w.now_.waiting = 0;
	w.serve();
	/* One that has something to do keeps them */
	w.processes.at(w.first()).fetched++;
	w.look(9s);
	w.look(9s);
	CHECK(w.running() == 2);
	w.look(2s);
	CHECK(w.running() == 0);
	w.now_.waiting = 1;
	w.look();
	CHECK(w.running() == 2);
}

TEST_CASE("the queue's depth brings more workers, one after the other, and idleness fewer")
{
	rules r = fixed(1);

	r.max = 3;
	r.depth = 5;
	r.idle = 10s;
	world w(r);
	w.look();
	w.serve();
	w.now_.waiting = 4;
	w.look();
	CHECK(w.running() == 1);
	w.now_.waiting = 5;
	w.look();
	CHECK(w.running() == 2);
	w.look();
	CHECK(w.running() == 2); /* the one that starts may be enough */
	w.serve();
	CHECK(w.running() == 3);
	w.serve();
	w.look();
	CHECK(w.running() == 3);
	w.now_.waiting = 0;
	w.look(11s);
	w.look();
	w.look(1min);
	CHECK(w.running() == 1);
}

TEST_CASE("one that is replaced serves until the new one does")
{
	world w(fixed(2));

	w.look();
	w.serve();
	unsigned old = w.first();
	w.policy_.recycle_all();
	w.look();
	CHECK(w.running() == 4);
	CHECK_FALSE(w.processes.at(old).drained);
	w.processes.at(w.last()).serving = true;
	w.look();
	CHECK(w.running() == 3); /* one came, one goes */
	w.serve();
	w.look();
	CHECK(w.running() == 2);
	CHECK(w.first() > 2);
	CHECK(w.policy_.sums().recycled == 2);
	CHECK(w.policy_.sums().failed == 0);
}

TEST_CASE("the old one serves on while the new one fails")
{
	rules r = fixed(1);

	r.failures = 0;
	world w(r);
	w.look();
	w.serve();
	w.policy_.recycle_all();
	for (int i = 0; i < 10; i++) {
		w.look(1min);
		if (w.last() != 1)
			w.crash(w.last());
		w.look();
		REQUIRE_FALSE(w.processes.at(1).drained);
	}
}

TEST_CASE("time, requests and memory wear a worker out")
{
	rules r = fixed(1);

	SECTION("time") { r.recycle_time = 1min; }
	SECTION("requests") { r.recycle_requests = 100; }
	SECTION("memory") { r.recycle_memory = 1000; }
	world w(r);
	w.look();
	w.serve();
	w.processes.at(1).fetched = 99;
	w.processes.at(1).memory = 1000;
	w.look();
	CHECK(w.running() == 1);
	w.processes.at(1).fetched = 100;
	w.processes.at(1).memory = 1001;
	w.look(1min);
	CHECK(w.running() == 2);
	w.serve();
	w.look();
	CHECK(w.running() == 1);
	CHECK(w.first() == 2);
}

TEST_CASE("who owes an answer and does nothing is killed; who is slow, or waits for a client, not")
{
	rules r = fixed(1);

	r.hang = 10s;
	world w(r);
	w.look();
	w.serve();
	w.processes.at(1).in_hand = w.processes.at(1).owed = 1;
	w.processes.at(1).fetched = 1;
	for (int i = 0; i < 5; i++) {
		w.look(9s);
		w.processes.at(1).fetched++;
	}
	w.processes.at(1).owed = 0; /* the client does not take it */
	w.look(1min);
	CHECK(w.killed.empty());
	w.processes.at(1).owed = 1;
	w.look(1s);
	w.look(9s);
	CHECK(w.killed.empty());
	w.look(2s);
	CHECK(w.killed == std::vector<unsigned>{ 1 });
	CHECK(w.policy_.sums().hung == 1);
	CHECK(w.policy_.sums().failed == 1);
	CHECK(w.running() == 1);
}

TEST_CASE("who is stopped is killed, also with nothing in hand")
{
	rules r = fixed(1);

	r.hang = 10s;
	world w(r);
	w.look();
	w.serve();
	w.processes.at(1).stopped = true;
	w.look(1s);
	w.look(9s);
	CHECK(w.killed.empty());
	w.look(1s);
	CHECK(w.killed == std::vector<unsigned>{ 1 });
}

TEST_CASE("who does not serve, or does not stop, in time is killed, and has failed")
{
	rules r = fixed(1);

	r.start_limit = 10s;
	r.stop_limit = 20s;
	world w(r);
	w.look();
	w.look(9s);
	CHECK(w.killed.empty());
	w.look(1s);
	CHECK(w.killed == std::vector<unsigned>{ 1 });
	CHECK(w.policy_.sums().failed == 1);
	w.look();
	w.serve();
	w.processes.at(2).in_hand = 1;
	w.look();
	w.policy_.stop();
	w.look();
	CHECK(w.processes.at(2).drained);
	w.look(19s);
	CHECK(w.terminated.empty()); /* it holds something */
	CHECK_FALSE(w.policy_.finished());
	w.look(1s);
	CHECK(w.killed.size() == 2);
	w.look();
	CHECK(w.policy_.finished());
}

TEST_CASE("who has drained and stays is told to go")
{
	world w(fixed(1));

	w.obedient = false;
	w.look();
	w.serve();
	w.policy_.stop();
	w.look();
	CHECK(w.terminated.empty());
	w.look(1s);
	CHECK(w.terminated == std::vector<unsigned>{ 1 });
	/* once more: at once */
	w.policy_.stop();
	w.look();
	CHECK(w.killed == std::vector<unsigned>{ 1 });
}

TEST_CASE("one that has not attached is told to go when nobody is wanted any more")
{
	world w(fixed(1));

	w.look();
	w.policy_.stop();
	w.look();
	CHECK(w.terminated == std::vector<unsigned>{ 1 });
	w.processes.at(1).exited = true;
	w.look();
	CHECK(w.policy_.finished());
	CHECK(w.policy_.sums().failed == 0);
}

TEST_CASE("what another supervisor left serves until its replacement does")
{
	world w(fixed(2));

	for (int i = 0; i < 2; i++)
		w.processes[w.policy_.adopt(1h)].serving = true;
	w.look();
	CHECK(w.running() == 4);
	CHECK_FALSE(w.processes.at(1).drained);
	w.serve();
	w.look();
	CHECK(w.running() == 2);
	CHECK(w.first() == 3);
}
