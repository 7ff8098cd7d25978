/* SPDX-License-Identifier: MIT */
/* What the kernel's cache has: the C mirror of cache.hpp, for khttp_control.h. */
#ifndef KHTTP_CACHE_INFO_H
#define KHTTP_CACHE_INFO_H

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

#endif
