/* SPDX-License-Identifier: MIT */
/*
 * What khttpctl top and khttp-status show: made of two looks at the kernel's counters.
 * Pure, but for take_look().
 */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "recent.hpp"

namespace metrics {

[[nodiscard]] std::uint64_t monotonic_ns() noexcept;

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
	std::vector<khttp::limit_info> limits;
};

/* More stored responses than so many are not listed each time: it would be most of
 * what we, and the kernel for us, do
 */
inline constexpr std::uint64_t entries_max = 10000;

/* Throws khttp::error. What is not ours to see is not in it */
[[nodiscard]] look take_look(khttp::control &control);

struct queue_row {
	khttp::queue_info queue;
	bool stuck = false; /* it refuses, or what waits is taken by nobody */
	double received = 0, answered = 0, refused = 0; /* a second */
	std::uint64_t p50 = 0, p99 = 0, p999 = 0; /* ns in all, since it was made; 0: none */
	times hit = {}, miss = {}; /* between the two looks: from the cache, and by a worker */
};

/* All of them together */
struct queues_row {
	std::uint64_t count = 0, stuck = 0;
	std::uint64_t waiting = 0, in_hand = 0, workers = 0;
	double answered = 0, refused = 0;
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
	unsigned status = 0; /* 0: no answer, the connection ends */
	std::string_view text; /* what it means; empty: not known here, nor is the status */
	double rate = 0;
	std::uint64_t total = 0;
};

/* What needs CAP_NET_ADMIN */
struct totals_row {
	double requests = 0, hits = 0, misses = 0, kernel = 0, worker = 0, refused = 0;
	double received_bytes = 0, sent_bytes = 0, accepted = 0;
	std::uint64_t connections = 0, max_connections = 0;
	std::uint64_t memory = 0, max_memory = 0;
	std::uint64_t cache_entries = 0, cache_bytes = 0, max_cache_bytes = 0;
};

/* Each list has the busiest first; before them the queues that are stuck */
struct figures {
	double seconds = 0; /* between the two */
	std::optional<totals_row> totals;
	times hit, miss; /* of all queues between the two */
	std::vector<queue_row> queues;
	queues_row all_queues;
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

} // namespace metrics
