/* SPDX-License-Identifier: MIT */
/* What the kernel's cache has, as khttp::control shows it. */
#pragma once

#include <cstdint>
#include <string>

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

} // namespace khttp
