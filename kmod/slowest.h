/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which answer took longest, of late? Pure.
 *
 * Time is cut into periods of 2^36 ns, 69 seconds. A key is the period in which an
 * answer ended, and below that how long it took: so what is later or slower is the
 * greater number, a period begins anew by itself, and whether an answer is the slowest
 * is one comparison. Periods take turns in two places; who reads sees this one and the
 * one before it, between one and two periods.
 */
#ifndef _KHTTP_SLOWEST_H
#define _KHTTP_SLOWEST_H

#include <linux/types.h>

#define KHTTP_SLOWEST_BITS	36
#define KHTTP_SLOWEST_MASK	((1ULL << KHTTP_SLOWEST_BITS) - 1)
#define KHTTP_SLOWEST_PLACES	2

struct khttp_slowest {
	u64 key;		/* 0: none */
	u64 connection;		/* the request's id */
	u64 stream;
};

static inline u64 khttp_slowest_key(u64 now, u64 ns)
{
	u64 took = ns < KHTTP_SLOWEST_MASK ? ns : KHTTP_SLOWEST_MASK;

	return (now & ~KHTTP_SLOWEST_MASK) | took;
}

static inline unsigned int khttp_slowest_place(u64 key)
{
	return (key >> KHTTP_SLOWEST_BITS) % KHTTP_SLOWEST_PLACES;
}

/* How long it took; 0: that was long ago */
static inline u64 khttp_slowest_ns(u64 key, u64 now)
{
	u64 periods = (now >> KHTTP_SLOWEST_BITS) - (key >> KHTTP_SLOWEST_BITS);

	return periods < KHTTP_SLOWEST_PLACES ? key & KHTTP_SLOWEST_MASK : 0;
}

#endif
