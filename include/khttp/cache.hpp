/* SPDX-License-Identifier: MIT */
/* What the kernel's cache has, as khttp::control shows it. */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace khttp {

/* What a purge does to what it names: drop it, or, where that may serve past its
 * time, let that be over, so that the next request renews it. */
enum class purge_mode {
	hard,
	soft,
};

struct cache_entry_info {
	std::string url;
	std::string queue;
	std::uint32_t status = 0;
	std::uint32_t age = 0; /* seconds */
	std::uint32_t ttl = 0; /* age at which it ends; UINT32_MAX: until purged */
	std::uint64_t length = 0;
	std::uint64_t charged = 0; /* memory */
	std::uint64_t hits = 0;
	std::string tags; /* with a blank between two */
	bool fragment = false; /* no response: named bytes for such; status is 0 */
};

struct cache_refusal {
	std::string reason; /* as in Cache-Status */
	std::uint64_t count = 0;
};

/* What one group has of it, and what came of its requests there */
struct cache_share_info {
	std::uint64_t entries = 0;
	std::uint64_t bytes = 0; /* charged, with what is being filled or sent */
	std::uint64_t hits = 0;	 /* those past their time included */
	std::uint64_t misses = 0;
	std::uint64_t stale = 0;     /* answers that were past their time */
	std::uint64_t coalesced = 0; /* misses that another's answer served */
	std::uint64_t stored = 0;
	std::uint64_t evicted = 0;
	std::vector<cache_refusal> not_stored; /* each reason that there was */
};

} // namespace khttp
