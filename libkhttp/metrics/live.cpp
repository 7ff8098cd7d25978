/* SPDX-License-Identifier: MIT */
#include "live.hpp"

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "refusal.hpp"

namespace metrics {

namespace {

/* Counters of two looks */
class pace {
public:
	explicit pace(double seconds) : seconds_(seconds) {}

	[[nodiscard]] double of(std::uint64_t before, std::uint64_t now) const
	{
		/* it began anew: who knows how far it had come */
		if (now < before || seconds_ <= 0)
			return 0;
		return static_cast<double>(now - before) / seconds_;
	}

private:
	double seconds_;
};

template <typename T, typename M>
const T *with(const std::vector<T> &all, M member, const auto &value)
{
	auto found = std::ranges::find(all, value, member);

	return found == all.end() ? nullptr : &*found;
}

bool is_stuck(const khttp::queue_info &queue)
{
	return queue.state != khttp::queue_state::active || queue.waiting >= queue.length ||
	       (queue.waiting && !queue.workers);
}

using by_queue = std::unordered_map<std::string_view, const khttp::latency_info *>;

by_queue stage_of(const look &from, std::string_view stage)
{
	by_queue found;

	for (const khttp::latency_info &l : from.latencies)
		if (l.stage == stage && l.count)
			found[l.queue] = &l;
	return found;
}

/* By id: another one may have a name by now. There may be thousands */
using by_id = std::unordered_map<std::uint32_t, const khttp::queue_info *>;

by_id ids_of(const std::vector<khttp::queue_info> &queues)
{
	by_id found;

	for (const khttp::queue_info &queue : queues)
		found[queue.id] = &queue;
	return found;
}

/* To the rows of queues, and of all of them; who was not there before has none yet */
times add_times(const look &before, const look &now, std::string_view stage,
		times queue_row::*to, figures &all)
{
	const by_id old = ids_of(before.queues);
	by_queue then = stage_of(before, stage), after = stage_of(now, stage);
	recent sum;

	for (queue_row &row : all.queues) {
		const auto end = after.find(row.queue.name), start = then.find(row.queue.name);
		recent own;

		if (end == after.end() || !old.contains(row.queue.id))
			continue;
		if (start == then.end())
			own.add({}, end->second->counts);
		else
			own.add(start->second->counts, end->second->counts);
		row.*to = own.summary();
		sum.add(own);
	}
	return sum.summary();
}

void add_queues(const look &before, const look &now, const pace &p, figures &all)
{
	const by_id old = ids_of(before.queues);
	const by_queue times = stage_of(now, "total");

	for (const khttp::queue_info &queue : now.queues) {
		const auto known = old.find(queue.id);
		const khttp::queue_info &then = known == old.end() ? queue : *known->second;
		queue_row row{queue};

		row.stuck = is_stuck(queue);
		row.received = p.of(then.received, queue.received);
		row.answered = p.of(then.answered, queue.answered);
		row.refused = p.of(then.refused + then.timeout, queue.refused + queue.timeout);
		if (const auto at = times.find(queue.name); at != times.end()) {
			row.p50 = at->second->p50;
			row.p99 = at->second->p99;
			row.p999 = at->second->p999;
		}
		all.queues.push_back(std::move(row));
	}
	all.hit = add_times(before, now, "hit", &queue_row::hit, all);
	all.miss = add_times(before, now, "total", &queue_row::miss, all);
	std::ranges::stable_sort(all.queues, std::ranges::greater{}, [](const queue_row &row) {
		return std::tuple(row.stuck, row.received + row.refused, row.queue.waiting,
				  row.queue.in_hand);
	});
}

void sum_up_queues(figures &all)
{
	queues_row &sum = all.all_queues;

	for (const queue_row &row : all.queues) {
		sum.count++;
		sum.stuck += row.stuck;
		sum.waiting += row.queue.waiting;
		sum.in_hand += row.queue.in_hand;
		sum.workers += row.queue.workers;
		sum.answered += row.answered;
		sum.refused += row.refused;
	}
}

void add_workers(const look &before, const look &now, const pace &p, figures &all)
{
	std::map<std::pair<std::string, std::uint32_t>, std::size_t> rows;

	for (const khttp::worker_info &worker : now.workers) {
		/* a process that is not visible is not always the same one */
		auto [at, fresh] = rows.try_emplace({worker.queue, worker.pid},
						    all.workers.size());
		if (fresh || !worker.pid) {
			at->second = all.workers.size();
			all.workers.push_back({worker});
		}
		worker_row &row = all.workers[at->second];
		auto same = std::ranges::find_if(before.workers, [&](const auto &old) {
			return old.id == worker.id && old.queue == worker.queue;
		});
		row.workers++;
		row.in_hand += worker.in_hand;
		row.slots += worker.slots;
		if (same != before.workers.end())
			row.answered += p.of(same->answered, worker.answered);
	}
	std::ranges::stable_sort(all.workers, std::ranges::greater{}, [](const worker_row &row) {
		return std::pair(row.answered, row.in_hand);
	});
}

void add_reasons(const look &before, const look &now, const pace &p, figures &all)
{
	std::map<std::string, std::uint64_t> then;

	for (const khttp::stat_info &f : before.figures)
		if (f.name == "refusals")
			then[f.reason] = f.value;
	for (const khttp::stat_info &f : now.figures) {
		const refusal why = refusal_of(f.reason);

		if (f.name == "refusals" && f.value)
			all.reasons.push_back({f.reason, why.status, why.text,
					       p.of(then[f.reason], f.value), f.value});
	}
	std::ranges::stable_sort(all.reasons, std::ranges::greater{}, [](const reason_row &row) {
		return std::pair(row.rate, row.total);
	});
}

void add_urls(const look &before, const look &now, const pace &p, figures &all)
{
	std::unordered_map<std::string, std::uint64_t> stored, prefixes;

	for (const khttp::cache_entry_info &entry : before.entries)
		if (!entry.fragment)
			stored[entry.url] += entry.hits;
	for (const khttp::url_info &url : before.urls)
		prefixes[url.prefix] = url.requests;
	std::unordered_map<std::string, std::uint64_t> hits; /* of all variants */
	for (const khttp::cache_entry_info &entry : now.entries)
		if (!entry.fragment)
			hits[entry.url] += entry.hits;
	for (const auto &[url, n] : hits)
		all.urls.push_back({url, true, p.of(stored.contains(url) ? stored[url] : n, n), n});
	for (const khttp::url_info &url : now.urls) {
		auto old = prefixes.find(url.prefix);

		all.urls.push_back({url.prefix, false,
				    p.of(old == prefixes.end() ? url.requests : old->second,
					 url.requests),
				    url.requests});
	}
	std::erase_if(all.urls, [](const url_row &row) { return !row.total; });
	std::ranges::sort(all.urls, [](const url_row &a, const url_row &b) {
		return std::tie(b.rate, b.total, a.url) < std::tie(a.rate, a.total, b.url);
	});
	all.too_many_entries = now.too_many_entries;
}

void add_totals(const look &before, const look &now, const pace &p, figures &all)
{
	auto value = [](const look &from, const char *name) {
		const auto *f = with(from.figures, &khttp::stat_info::name, std::string_view(name));

		return f ? f->value : 0;
	};
	auto rate = [&](const char *name) { return p.of(value(before, name), value(now, name)); };
	auto limit = [&](const char *name) {
		const auto *l = with(now.limits, &khttp::limit_info::name, std::string_view(name));

		return l ? l->value : 0;
	};

	if (!with(now.figures, &khttp::stat_info::name, std::string_view("requests")))
		return;
	totals_row t;
	t.requests = rate("requests");
	t.hits = rate("cache_hits");
	t.misses = rate("cache_misses");
	t.kernel = rate("answers_kernel");
	t.worker = rate("answers_worker");
	t.received_bytes = rate("bytes_received");
	t.sent_bytes = rate("bytes_sent");
	t.accepted = rate("connections_accepted");
	for (const reason_row &row : all.reasons)
		t.refused += row.rate;
	t.connections = value(now, "connections");
	t.max_connections = limit("max_connections");
	t.memory = value(now, "request_bytes");
	t.max_memory = limit("request_bytes");
	t.cache_entries = value(now, "cache_entries");
	t.cache_bytes = value(now, "cache_bytes");
	t.max_cache_bytes = limit("cache_bytes");
	all.totals = t;
}

} // namespace

std::uint64_t monotonic_ns() noexcept
{
	timespec now{};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
	       static_cast<std::uint64_t>(now.tv_nsec);
}

look take_look(khttp::control &control)
{
	look now;

	now.ns = monotonic_ns();
	now.queues = control.queues();
	now.workers = control.workers();
	now.urls = control.urls();
	now.figures = control.stats();
	now.latencies = control.latencies();
	/* by groups: the namespace's own figure is not for everybody */
	std::uint64_t entries = 0;
	for (const khttp::group_info &group : control.groups())
		entries += group.cache.entries;
	now.too_many_entries = entries > entries_max;
	if (!now.too_many_entries)
		now.entries = control.cache_entries();
	now.limits = control.limits();
	return now;
}

figures figures_of(const look &before, const look &now)
{
	figures all;

	all.seconds = static_cast<double>(now.ns - std::min(before.ns, now.ns)) / 1e9;
	const pace p(all.seconds);
	add_queues(before, now, p, all);
	sum_up_queues(all);
	add_workers(before, now, p, all);
	add_reasons(before, now, p, all);
	add_totals(before, now, p, all);
	add_urls(before, now, p, all);
	return all;
}

} // namespace metrics
