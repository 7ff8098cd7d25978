/* SPDX-License-Identifier: MIT */
#include "live_json.hpp"

#include <string>

namespace metrics {

namespace {

using json = nlohmann::ordered_json;

json json_of(const totals_row &t)
{
	return {{"requests_per_s", t.requests},
		{"hits_per_s", t.hits},
		{"misses_per_s", t.misses},
		{"answers_worker_per_s", t.worker},
		{"answers_kernel_per_s", t.kernel},
		{"refused_per_s", t.refused},
		{"bytes_received_per_s", t.received_bytes},
		{"bytes_sent_per_s", t.sent_bytes},
		{"accepted_per_s", t.accepted},
		{"connections", t.connections},
		{"max_connections", t.max_connections},
		{"request_bytes", t.memory},
		{"max_request_bytes", t.max_memory},
		{"cache_entries", t.cache_entries},
		{"cache_bytes", t.cache_bytes},
		{"max_cache_bytes", t.max_cache_bytes}};
}

json json_of(const times &t)
{
	return {{"count", t.count}, {"p50_ns", t.p50}, {"p90_ns", t.p90}, {"p99_ns", t.p99}};
}

json json_of(const queue_row &row)
{
	return {{"name", row.queue.name},
		{"state", khttp::to_string(row.queue.state)},
		{"stuck", row.stuck},
		{"waiting", row.queue.waiting},
		{"length", row.queue.length},
		{"in_hand", row.queue.in_hand},
		{"workers", row.queue.workers},
		{"oldest_ms", row.queue.oldest_ms},
		{"received_per_s", row.received},
		{"answered_per_s", row.answered},
		{"refused_per_s", row.refused},
		{"p50_ns", row.p50},
		{"p99_ns", row.p99},
		{"p999_ns", row.p999},
		{"hit", json_of(row.hit)},
		{"miss", json_of(row.miss)}};
}

json json_of(const queues_row &sum)
{
	return {{"count", sum.count},
		{"stuck", sum.stuck},
		{"waiting", sum.waiting},
		{"in_hand", sum.in_hand},
		{"workers", sum.workers},
		{"answered_per_s", sum.answered},
		{"refused_per_s", sum.refused}};
}

json json_of(const worker_row &row)
{
	return {{"queue", row.first.queue},
		{"pid", row.first.pid},
		{"command", row.first.command},
		{"state", khttp::to_string(row.first.state)},
		{"workers", row.workers},
		{"in_hand", row.in_hand},
		{"slots", row.slots},
		{"answered_per_s", row.answered}};
}

json json_of(const url_row &row)
{
	return {{"url", row.url},
		{"stored", row.stored},
		{"per_s", row.rate},
		{"total", row.total}};
}

json json_of(const reason_row &row)
{
	/* Of a reason that only the module knows we do not know it */
	return {{"reason", row.reason},
		{"status", row.text.empty() ? json(nullptr) : json(row.status)},
		{"text", row.text},
		{"per_s", row.rate},
		{"total", row.total}};
}

template <typename T> json list_of(const std::vector<T> &rows)
{
	json list = json::array();

	for (const T &row : rows)
		list.push_back(json_of(row));
	return list;
}

} // namespace

json json_of(const figures &all)
{
	return {{"seconds", all.seconds},
		{"totals", all.totals ? json_of(*all.totals) : json(nullptr)},
		{"hit", json_of(all.hit)},
		{"miss", json_of(all.miss)},
		{"queues", list_of(all.queues)},
		{"all_queues", json_of(all.all_queues)},
		{"workers", list_of(all.workers)},
		{"urls", list_of(all.urls)},
		{"reasons", list_of(all.reasons)},
		{"too_many_entries", all.too_many_entries}};
}

} // namespace metrics
