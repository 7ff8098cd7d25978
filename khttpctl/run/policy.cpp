/* SPDX-License-Identifier: MIT */
#include "policy.hpp"

#include <algorithm>

namespace khttpctl::supervision {

namespace {

/* Between two looks while something is under way, or may come */
constexpr msec quick{100};
constexpr msec often{250};
constexpr msec seldom{1000};
constexpr msec rarely{2000};

} // namespace

policy::policy(const supervision::rules &wanted)
	: rules_(wanted), target_(wanted.on_demand ? 0 : wanted.min)
{
}

unsigned policy::adopt(msec now)
{
	member &m = members_[++last_id_];

	m.phase = phase::serving;
	m.since = m.started = m.busy = now;
	m.adopted = true;
	m.worn = true;
	m.why = "another supervisor's";
	target_ = std::clamp(static_cast<unsigned>(members_.size()), rules_.min, rules_.max);
	return last_id_;
}

void policy::recycle_all()
{
	for (auto &[id, m] : members_) {
		if (m.worn || m.phase > phase::serving)
			continue;
		m.worn = true;
		m.why = "asked to be replaced";
	}
}

void policy::stop()
{
	hurried_ = stopping_;
	stopping_ = true;
}

/* ---- all of them ---- */

unsigned policy::count(phase wanted) const
{
	return static_cast<unsigned>(std::ranges::count_if(
		members_, [&](const auto &entry) { return entry.second.phase == wanted; }));
}

/* They count for the target. While many still drain, none is replaced */
unsigned policy::fresh() const
{
	bool replace = count(phase::draining) < rules_.max;

	return static_cast<unsigned>(std::ranges::count_if(members_, [&](const auto &entry) {
		const member &m = entry.second;

		return m.phase <= phase::serving && !(m.worn && replace);
	}));
}

bool policy::idle(const member &m) const
{
	return m.phase == phase::serving && now_ - m.busy >= rules_.idle;
}

void policy::look_at_queue(queue_condition queue)
{
	while (!failures_.empty() && now_ - failures_.front() > rules_.within)
		failures_.pop_front();
	if (queue == queue_condition::offline) {
		offline_ = offline_seen_ = true;
	} else if (offline_seen_) {
		offline_ = offline_seen_ = false;
		failures_.clear();
		streak_ = 0;
		not_before_ = now_;
	} else if (!offline_ && !stopping_ && rules_.failures &&
		   failures_.size() >= rules_.failures) {
		offline_ = true;
		act(deed::offline, 0, last_failure_);
	}
}

void policy::shrink()
{
	auto is_idle = [&](const auto &entry) { return idle(entry.second); };

	if (target_ > rules_.min) {
		auto found = std::ranges::find_if(members_, is_idle);

		if (found == members_.end())
			return;
		target_--;
		drain(found->first, found->second, "idle");
	} else if (rules_.on_demand && std::ranges::all_of(members_, is_idle)) {
		target_ = 0;
	}
}

void policy::choose_target(unsigned waiting)
{
	if (stopping_ || offline_) {
		target_ = 0;
		return;
	}
	if (!target_ && (waiting || !rules_.on_demand))
		target_ = rules_.min;
	if (target_ && target_ < rules_.max && waiting >= rules_.depth &&
	    count(phase::serving) >= target_)
		target_++;
	if (target_ && !waiting && rules_.idle > msec{0})
		shrink();
}

void policy::start_missing()
{
	if (now_ < not_before_)
		return;
	for (unsigned n = fresh(); n < target_; n++) {
		member &m = members_[++last_id_];

		m.since = m.started = m.busy = now_;
		totals_.started++;
		act(deed::start, last_id_, "");
	}
}

/* Those that are to be replaced first; what serves is above those that start */
void policy::release_surplus()
{
	unsigned serving = count(phase::serving);

	for (bool worn : {true, false})
		for (auto &[id, m] : members_)
			if (m.phase == phase::serving && m.worn == worn && serving > target_) {
				totals_.recycled += worn && target_;
				drain(id, m, worn ? m.why : "not needed");
				serving--;
			}
	for (auto &[id, m] : members_)
		if (m.phase == phase::starting && !target_)
			drain(id, m, "not needed");
}

std::vector<action> policy::step(const sight &now)
{
	actions_.clear();
	now_ = now.now;
	for (const worker_sight &seen : now.workers)
		look_at(seen);
	look_at_queue(now.queue);
	choose_target(now.waiting);
	start_missing();
	release_surplus();
	return std::move(actions_);
}

bool policy::ready() const
{
	return !stopping_ && !offline_ && count(phase::serving) >= target_;
}

msec policy::patience() const
{
	msec wait = rarely;
	auto within = [&](msec limit) {
		if (limit > msec{0})
			wait = std::min(wait, std::clamp(limit / 4, quick / 2, seldom));
	};

	if (members_.size() != count(phase::serving) || members_.size() != target_)
		wait = quick;
	within(rules_.hang);
	within(rules_.idle);
	within(rules_.recycle_time);
	if (rules_.recycle_requests || rules_.recycle_memory)
		wait = std::min(wait, seldom);
	if (target_ && target_ < rules_.max)
		wait = std::min(wait, often);
	return wait;
}

std::string_view policy::state() const
{
	if (stopping_)
		return "stopping";
	if (offline_)
		return "offline";
	if (!target_)
		return "idle";
	return ready() ? "running" : "starting";
}

} // namespace khttpctl::supervision
