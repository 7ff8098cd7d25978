/* SPDX-License-Identifier: MIT */
/* The part of the policy that looks at one worker. */
#include <algorithm>

#include "policy.hpp"

namespace khttpctl::supervision {

namespace {

/* A worker that has drained ends by itself, or else after that is told to */
constexpr msec leave{1000};

} // namespace

std::string_view to_string(phase value)
{
	switch (value) {
	case phase::starting:
		return "starting";
	case phase::serving:
		return "serving";
	case phase::draining:
		return "draining";
	case phase::killed:
		return "killed";
	}
	return "unknown";
}

/* ---- what may be done to one ---- */

void policy::act(deed what, unsigned id, const std::string &why)
{
	actions_.push_back({what, id, why});
}

void policy::drain(unsigned id, member &m, const std::string &why)
{
	/* One that has not attached yet cannot be drained */
	m.asked = m.phase == phase::starting;
	act(m.asked ? deed::terminate : deed::drain, id, why);
	m.phase = phase::draining;
	m.since = now_;
	m.why = why;
}

void policy::kill(unsigned id, member &m, const std::string &why)
{
	act(deed::kill, id, why);
	m.phase = phase::killed;
	m.since = now_;
	m.why = why;
}

void policy::fail(const std::string &how)
{
	/* It went well for a while: begin anew */
	if (now_ - last_fail_ > 2 * rules_.backoff_max)
		streak_ = 0;
	last_fail_ = now_;
	last_failure_ = how;
	totals_.failed++;
	msec wait = streak_ ? rules_.backoff : msec{0};
	for (unsigned i = 1; i < streak_ && wait > msec{0} && wait < rules_.backoff_max; i++)
		wait *= 2;
	not_before_ = now_ + std::min(wait, rules_.backoff_max);
	streak_++;
	failures_.push_back(now_);
}

/* ---- what is seen of one ---- */

void policy::bury(unsigned id, const worker_sight &seen)
{
	const member &m = members_.at(id);

	/* Who ended by itself, having served and without an error, did no wrong */
	if (m.phase == phase::starting)
		fail("ended before it served: " + seen.how);
	else if ((m.phase == phase::serving || m.left) && seen.failed)
		fail(seen.how);
	members_.erase(id);
}

bool policy::worn_out(const member &m) const
{
	return (rules_.recycle_time > msec{0} && now_ - m.started >= rules_.recycle_time) ||
	       (rules_.recycle_requests && m.fetched >= rules_.recycle_requests);
}

void policy::wear(member &m, const worker_sight &seen)
{
	bool large = rules_.recycle_memory && seen.memory > rules_.recycle_memory;

	if (m.worn || (!large && !worn_out(m)))
		return;
	m.worn = true;
	m.why = large ? "too much memory" : "served its time";
}

void policy::look_at_threads(unsigned id, member &m, const worker_sight &seen)
{
	std::map<std::uint32_t, member::mark> marks;
	std::uint64_t fetched = 0;
	bool hangs = false;

	m.in_hand = 0;
	for (const thread_sight &t : seen.threads) {
		auto before = m.threads.find(t.id);
		bool owes = t.owed || seen.stopped;
		msec at = now_;

		if (owes && before != m.threads.end() && before->second.owes &&
		    before->second.progress == t.progress)
			at = before->second.at;
		marks[t.id] = {t.progress, owes, at};
		hangs |= rules_.hang > msec{0} && now_ - at >= rules_.hang;
		m.in_hand += t.in_hand;
		fetched += t.fetched;
	}
	if (m.in_hand || fetched != m.fetched)
		m.busy = now_;
	m.fetched = fetched;
	m.threads = std::move(marks);
	if (!hangs || m.phase != phase::serving)
		return;
	/* What it holds goes to others at once, which a drain would not bring about */
	totals_.hung++;
	kill(id, m, "hangs");
	fail("a worker hung");
}

void policy::look_for_end(unsigned id, member &m, const worker_sight &seen)
{
	/* All threads have left: nothing is in its hands */
	bool empty = seen.threads.empty() || !m.in_hand;

	if (m.phase == phase::killed)
		return;
	if (now_ - m.since >= rules_.stop_limit || hurried_) {
		kill(id, m, "did not stop in time");
		if (!hurried_)
			fail("a worker did not stop in time");
	} else if (empty && !m.asked && now_ - m.since >= leave) {
		m.asked = true;
		act(deed::terminate, id, "has drained");
	}
}

void policy::look_at(const worker_sight &seen)
{
	auto found = members_.find(seen.id);
	auto serves = [](const thread_sight &t) { return t.serving; };

	if (found == members_.end())
		return;
	member &m = found->second;
	if (seen.exited) {
		bury(seen.id, seen);
		return;
	}
	bool serving = std::ranges::any_of(seen.threads, serves);
	if (serving && (m.phase == phase::starting || (m.phase == phase::draining && m.left))) {
		m.phase = phase::serving;
		m.since = m.busy = now_;
		m.left = false;
	} else if (m.phase == phase::starting && now_ - m.since >= rules_.start_limit) {
		kill(seen.id, m, "did not serve in time");
		fail("a worker did not serve in time");
	} else if (m.phase == phase::serving && !serving) {
		m.phase = phase::draining;
		m.since = now_;
		m.left = true;
		m.why = "left its queue";
	}
	look_at_threads(seen.id, m, seen);
	if (m.phase == phase::serving)
		wear(m, seen);
	else if (m.phase != phase::starting)
		look_for_end(seen.id, m, seen);
}

} // namespace khttpctl::supervision
