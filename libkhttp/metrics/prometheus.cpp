/* SPDX-License-Identifier: MIT */
#include "prometheus.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <khttp/request.hpp>

namespace metrics {

namespace {

/* What the kernel calls otherwise than Prometheus' users would */
struct renamed {
	std::string_view figure;
	std::string_view name;
	std::uint64_t per_unit; /* of ours one of theirs */
};

constexpr std::array<renamed, 4> other_names = {{
	{"bytes_received", "received_bytes", 1},
	{"bytes_sent", "sent_bytes", 1},
	{"body_dropped", "body_dropped_bytes", 1},
	{"queue_oldest_ms", "queue_oldest_seconds", 1000},
}};

struct stage {
	std::string_view name;
	std::string_view metric;
	std::string_view cache; /* label */
	std::string_view help;
};

constexpr std::string_view duration = "request_duration_seconds";
constexpr std::string_view duration_help =
	"from the first byte of a request until TCP had the last one of its answer, "
	"which was made by a worker (miss) or came from the cache (hit)";

constexpr std::array<stage, 6> stages = {{
	{"receive", "receive_duration_seconds", "",
	 "from the first byte of a request's head to its last one"},
	{"queue", "queue_wait_seconds", "", "how long requests waited for a worker"},
	{"worker", "worker_duration_seconds", "",
	 "from giving a request to a worker to the last byte of its answer"},
	{"send", "send_duration_seconds", "",
	 "from the last byte of a worker's answer until TCP had taken it"},
	{"total", duration, "miss", duration_help},
	{"hit", duration, "hit", duration_help},
}};

void add(exposition &to, const khttp::stat_info &figure)
{
	const auto other = std::ranges::find(other_names, figure.name, &renamed::figure);
	const bool same = other == other_names.end();
	const std::string_view name = same ? std::string_view(figure.name) : other->name;
	family &f = figure.kind == khttp::stat_kind::counter ? to.counter(name, figure.help) :
							       to.gauge(name, figure.help);
	const labels of = {{"queue", figure.queue}, {"reason", figure.reason}};

	if (same || other->per_unit == 1)
		f.add(of, figure.value);
	else
		f.add(of, static_cast<double>(figure.value) /
				  static_cast<double>(other->per_unit));
}

void add(exposition &to, const khttp::latency_info &latency)
{
	const auto known = std::ranges::find(stages, latency.stage, &stage::name);

	std::optional<exemplar> slow;

	/* None either from a module that tells no buckets, or new stages */
	if (latency.counts.empty() || known == stages.end())
		return;
	if (latency.slowest)
		slow = {latency.slowest->ns, khttp::request_id(latency.slowest->connection,
							       latency.slowest->stream)};
	to.histogram(known->metric, known->help)
		.add({{"queue", latency.queue}, {"cache", known->cache}},
		     buckets_of(latency.counts), slow ? &*slow : nullptr);
}

void add(exposition &to, const khttp::group_info &group)
{
	const khttp::cache_share_info &cache = group.cache;
	const labels of = {{"group", group.name}};

	to.gauge("group_cache_entries", "stored responses of a group").add(of, cache.entries);
	to.gauge("group_cache_bytes", "memory of the cache that a group has").add(of, cache.bytes);
	to.gauge("group_cache_limit_bytes", "the most that it may have, 0: no limit of its own")
		.add(of, group.limit("cache_share"));
	to.counter("group_cache_hits", "answers from the cache for a group").add(of, cache.hits);
	to.counter("group_cache_misses", "its requests that might have been hits, and were not")
		.add(of, cache.misses);
	to.counter("group_cache_stale", "its answers from the cache that were past their time")
		.add(of, cache.stale);
	to.counter("group_cache_coalesced", "its misses, answered by the answer to another")
		.add(of, cache.coalesced);
	to.counter("group_cache_stored", "responses stored for a group").add(of, cache.stored);
	to.counter("group_cache_evicted", "of these, dropped to make room").add(of, cache.evicted);
	for (const khttp::cache_refusal &refusal : cache.not_stored)
		to.counter("group_cache_not_stored",
			   "its responses that were to be stored and were not")
			.add({{"group", group.name}, {"reason", refusal.reason}}, refusal.count);
}

} // namespace

snapshot take(khttp::control &control)
{
	return {control.features().version, control.stats(), control.groups(),
		control.latencies()};
}

bool complete(const std::vector<khttp::stat_info> &figures) noexcept
{
	return std::ranges::any_of(figures, [](const khttp::stat_info &figure) {
		return figure.queue.empty();
	});
}

std::string prometheus_text(const snapshot &of, format as)
{
	exposition all{as};

	all.gauge("build_info", "1; the version of the module is in its label")
		.add({{"version", of.version}}, std::uint64_t{1});
	for (const khttp::stat_info &figure : of.figures)
		add(all, figure);
	for (const khttp::group_info &group : of.groups)
		add(all, group);
	for (const khttp::latency_info &latency : of.latencies)
		add(all, latency);
	return all.text();
}

} // namespace metrics
