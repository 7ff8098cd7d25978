/* SPDX-License-Identifier: MIT */
/* What the kernel's cache has: the C mirror of cache.hpp, for khttp_control.h. */
#ifndef KHTTP_CACHE_INFO_H
#define KHTTP_CACHE_INFO_H

#include <stddef.h>
#include <stdint.h>

struct khttp_cache_info {
	const char *url;
	const char *queue;
	uint32_t status;
	uint32_t age;
	uint32_t ttl; /* age at which it ends; UINT32_MAX: until purged */
	uint64_t length;
	uint64_t charged;
	uint64_t hits;
	const char *tags; /* with a blank between two; "": none */
	int fragment; /* no response: named bytes for such; status is 0 */
};

struct khttp_cache_refusal {
	const char *reason; /* as in Cache-Status */
	uint64_t count;
};

/* What one group has of it, and what came of its requests there */
struct khttp_cache_share {
	uint64_t entries;
	uint64_t bytes;
	uint64_t hits;
	uint64_t misses;
	uint64_t stale;
	uint64_t coalesced;
	uint64_t stored;
	uint64_t evicted;
	const struct khttp_cache_refusal *not_stored;
	size_t n_not_stored;
};

#endif
