/* SPDX-License-Identifier: MIT */
/* Looks at the kernel's counters that nobody has to take. */
#pragma once

#include <string>

#include "metrics/live.hpp"

namespace looks {

inline constexpr std::uint64_t second_ns = 1'000'000'000;

inline khttp::queue_info counted_queue(const std::string &name, std::uint32_t id,
				       std::uint64_t received)
{
	khttp::queue_info queue;

	queue.name = name;
	queue.id = id;
	queue.length = 100;
	queue.workers = 1;
	queue.received = received;
	queue.answered = received / 2;
	return queue;
}

inline khttp::stat_info counted(const char *name, std::uint64_t value, const char *reason = "")
{
	khttp::stat_info figure;

	figure.name = name;
	figure.value = value;
	figure.reason = reason;
	return figure;
}

inline khttp::worker_info held_by(std::uint32_t id, std::uint32_t pid, std::uint64_t answered)
{
	khttp::worker_info worker;

	worker.queue = "app";
	worker.id = id;
	worker.pid = pid;
	worker.slots = 4;
	worker.in_hand = 1;
	worker.answered = answered;
	worker.command = "serve\033[2J";
	worker.state = khttp::worker_state::serving;
	return worker;
}

inline khttp::cache_entry_info stored_at(const char *url, std::uint64_t hits)
{
	khttp::cache_entry_info entry;

	entry.url = url;
	entry.hits = hits;
	return entry;
}

inline metrics::look look_at(std::uint64_t n)
{
	metrics::look seen;
	khttp::latency_info total;
	khttp::url_info url;

	seen.ns = (1 + n) * second_ns;
	seen.queues = { counted_queue("idle", 1, 5), counted_queue("app", 2, 1000 * n) };
	seen.workers = { held_by(1, 7, 10 * n), held_by(2, 7, 20 * n), held_by(3, 0, 0),
			 held_by(4, 0, 0) };
	total.queue = "app";
	total.stage = "total";
	total.count = 9;
	total.p50 = 1'500'000;
	total.p99 = 30'000'000;
	seen.latencies = { total };
	seen.figures = { counted("requests", 3000 * n), counted("cache_hits", 300 * n),
			 counted("cache_misses", 100 * n),
			 counted("refusals", 12 * n, "QueueFull"), counted("refusals", 0, "Chunk"),
			 counted("refusals", 3, "NoPrefix"), counted("connections", 17) };
	seen.entries = { stored_at("http://a/\x1b]0;owned\x07\xff", 500 * n),
			 stored_at("http://a/cold", 0), stored_at("http://a/luke", 7) };
	url.prefix = "http://a:80/";
	url.requests = 90 * n;
	seen.urls = { url };
	return seen;
}

} // namespace looks
