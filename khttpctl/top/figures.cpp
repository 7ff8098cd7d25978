/* SPDX-License-Identifier: MIT */
#include "figures.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "../json.hpp"

namespace khttpctl::live {

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

void add_queues(const look &before, const look &now, const pace &p, figures &all)
{
	/* by id: another one may have a name by now. There may be thousands */
	std::unordered_map<std::uint32_t, const khttp::queue_info *> old;
	std::unordered_map<std::string_view, const khttp::latency_info *> times;

	for (const khttp::queue_info &queue : before.queues)
		old[queue.id] = &queue;
	for (const khttp::latency_info &l : now.latencies)
		if (l.stage == "total" && l.count)
			times[l.queue] = &l;
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
	std::ranges::stable_sort(all.queues, std::ranges::greater{}, [](const queue_row &row) {
		return std::tuple(row.stuck, row.received + row.refused, row.queue.waiting,
				  row.queue.in_hand);
	});
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
	for (const khttp::stat_info &f : now.figures)
		if (f.name == "refusals" && f.value)
			all.reasons.push_back({f.reason, p.of(then[f.reason], f.value), f.value});
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
	t.connections = value(now, "connections");
	t.memory = value(now, "request_bytes");
	t.max_memory = now.max_memory;
	t.cache_entries = value(now, "cache_entries");
	t.cache_bytes = value(now, "cache_bytes");
	all.totals = t;
}

json json_of_totals(const totals_row &t)
{
	return {{"requests_per_s", t.requests},
		{"hits_per_s", t.hits},
		{"misses_per_s", t.misses},
		{"answers_worker_per_s", t.worker},
		{"answers_kernel_per_s", t.kernel},
		{"bytes_received_per_s", t.received_bytes},
		{"bytes_sent_per_s", t.sent_bytes},
		{"accepted_per_s", t.accepted},
		{"connections", t.connections},
		{"request_bytes", t.memory},
		{"cache_entries", t.cache_entries},
		{"cache_bytes", t.cache_bytes}};
}

} // namespace

figures figures_of(const look &before, const look &now)
{
	figures all;

	all.seconds = static_cast<double>(now.ns - std::min(before.ns, now.ns)) / 1e9;
	const pace p(all.seconds);
	add_totals(before, now, p, all);
	add_queues(before, now, p, all);
	add_workers(before, now, p, all);
	add_reasons(before, now, p, all);
	add_urls(before, now, p, all);
	return all;
}

json json_of(const figures &all)
{
	json queues = json::array(), workers = json::array();
	json urls = json::array(), reasons = json::array();

	for (const queue_row &row : all.queues)
		queues.push_back({{"name", row.queue.name},
				  {"state", khttp::to_string(row.queue.state)},
				  {"waiting", row.queue.waiting},
				  {"in_hand", row.queue.in_hand},
				  {"workers", row.queue.workers},
				  {"oldest_ms", row.queue.oldest_ms},
				  {"received_per_s", row.received},
				  {"answered_per_s", row.answered},
				  {"refused_per_s", row.refused},
				  {"p50_ns", row.p50},
				  {"p99_ns", row.p99},
				  {"p999_ns", row.p999}});
	for (const worker_row &row : all.workers)
		workers.push_back({{"queue", row.first.queue},
				   {"pid", row.first.pid},
				   {"command", row.first.command},
				   {"state", khttp::to_string(row.first.state)},
				   {"workers", row.workers},
				   {"in_hand", row.in_hand},
				   {"slots", row.slots},
				   {"answered_per_s", row.answered}});
	for (const url_row &row : all.urls)
		urls.push_back({{"url", row.url},
				{"stored", row.stored},
				{"per_s", row.rate},
				{"total", row.total}});
	for (const reason_row &row : all.reasons)
		reasons.push_back({{"reason", row.reason},
				   {"per_s", row.rate},
				   {"total", row.total}});
	return {{"seconds", all.seconds},
		{"totals", all.totals ? json_of_totals(*all.totals) : json(nullptr)},
		{"queues", queues},
		{"workers", workers},
		{"urls", urls},
		{"reasons", reasons}};
}

} // namespace khttpctl::live
