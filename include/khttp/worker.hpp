/* SPDX-License-Identifier: MIT */
/*
 * What khttp::control tells of a worker that is attached to a queue.
 */
#pragma once

#include <cstdint>
#include <string>

namespace khttp {

enum class worker_state : std::uint32_t {
	attached, /* slots not mapped yet */
	serving,
	draining, /* gets nothing new, finishes what it holds */
	gone,	  /* its process ended; being cleaned up */
};

struct worker_info {
	std::string queue;
	std::uint32_t id = 0;
	std::uint32_t pid = 0; /* 0: not visible in the caller's pid namespace */
	std::uint32_t uid = 0;
	std::string command;
	std::uint32_t slots = 0;
	std::uint32_t in_hand = 0;
	worker_state state = worker_state::attached;
	std::uint64_t fetched = 0;
	std::uint64_t answered = 0;
	std::uint64_t since = 0; /* seconds of uptime when it attached */
	std::uint32_t owed = 0;	 /* in hand and waiting for it, not for their client */
	std::uint32_t pieces = 0; /* grows, and wraps: it went on with a request */
	std::uint32_t grant = 0;  /* by which it came; 0: by its own right */
};

} // namespace khttp
