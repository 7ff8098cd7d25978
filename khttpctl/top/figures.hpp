/* SPDX-License-Identifier: MIT */
/* What khttpctl top shows: made of two looks at the kernel's counters. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "../table.hpp"

namespace khttpctl::live {

/* One look */
struct look {
	std::uint64_t ns = 0; /* CLOCK_MONOTONIC */
	std::vector<khttp::queue_info> queues;
	std::vector<khttp::worker_info> workers;
	std::vector<khttp::url_info> urls;
	std::vector<khttp::stat_info> figures; /* those of the namespace need CAP_NET_ADMIN */
	std::vector<khttp::latency_info> latencies;
	std::vector<khttp::cache_entry_info> entries;
	bool too_many_entries = false; /* to go through all of them each time */
	std::uint64_t max_memory = 0; /* limit request_bytes */
};

struct queue_row {
	khttp::queue_info queue;
	bool stuck = false; /* it refuses, or what waits is taken by nobody */
	double received = 0, answered = 0, refused = 0; /* a second */
	std::uint64_t p50 = 0, p99 = 0, p999 = 0; /* ns in all, since it was made; 0: none */
};

/* All workers of one process at a queue */
struct worker_row {
	khttp::worker_info first;
	unsigned workers = 0;
	std::uint32_t in_hand = 0;
	std::uint32_t slots = 0;
	double answered = 0;
};

/* Of a stored response its hits, of a prefix its requests */
struct url_row {
	std::string url;
	bool stored = false;
	double rate = 0;
	std::uint64_t total = 0;
};

struct reason_row {
	std::string reason;
	double rate = 0;
	std::uint64_t total = 0;
};

/* What needs CAP_NET_ADMIN */
struct totals_row {
	double requests = 0, hits = 0, misses = 0, kernel = 0, worker = 0;
	double received_bytes = 0, sent_bytes = 0, accepted = 0;
	std::uint64_t connections = 0, memory = 0, max_memory = 0;
	std::uint64_t cache_entries = 0, cache_bytes = 0;
};

/* Each list has the busiest first; before them the queues that are stuck */
struct figures {
	double seconds = 0; /* between the two */
	std::optional<totals_row> totals;
	std::vector<queue_row> queues;
	std::vector<worker_row> workers;
	std::vector<url_row> urls;
	std::vector<reason_row> reasons; /* those that happened at all */
	bool too_many_entries = false;
};

/*
 * What was not there before counts from now on, and so does what was made anew
 * under the same name: no rate is ever negative.
 */
[[nodiscard]] figures figures_of(const look &before, const look &now);

[[nodiscard]] json json_of(const figures &all);

} // namespace khttpctl::live
