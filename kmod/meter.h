/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much may be sent at a rate? Pure.
 *
 * A token bucket kept as one time, like those of http/rate.h: when it will be full
 * again. What is sent costs time, and it may be sent where the bucket then is no more
 * than its depth away from full. So nothing has to be filled, and it does not matter
 * how late or how often somebody looks, up to the depth.
 *
 * Who has to wait waits for a quantum: 4 ms of the rate, at most 256 KiB, which is
 * what one call gives to TCP, and a packet (1448 bytes), or an eighth of a second of
 * what is even slower, at least. A bucket is 20 ms deep, or two quanta, unless it is
 * deepened: that is the burst, no more than so much is sent at once after a rest.
 *
 * Times are ns of one clock and are compared by their difference.
 */
#ifndef _KHTTP_METER_H
#define _KHTTP_METER_H

#include <linux/minmax.h>
#include <linux/types.h>

#define KHTTP_QUANTUM_MAX	(256U << 10)
#define KHTTP_QUANTUM_PACKET	1448U

struct khttp_meter {
	u64 cost;		/* ns for a MiB; 0: no limit */
	u64 depth;		/* ns */
	u64 full_at;
	u32 quantum;		/* bytes; those of no limit are the largest */
};

/*
 * Begin to limit, or go on otherwise: it is full @now. Of zeroed memory. A rate of 0 is
 * none; @cost: 10^9 * 2^20 / @rate, at least 1
 */
void khttp_meter_set(struct khttp_meter *b, u64 rate, u64 cost, u64 now);
/* It is @bytes deep, two quanta at least; at 1024 bytes/s or more, or at no rate */
void khttp_meter_deepen(struct khttp_meter *b, u32 bytes);
/* @bytes of what was spent were not sent */
void khttp_meter_put_back(struct khttp_meter *b, u32 bytes);

/* ns. No bucket is asked for more than a few of its quanta: no product is too large */
static inline u64 khttp_meter_cost(const struct khttp_meter *b, u32 bytes)
{
	return (bytes * b->cost) >> 20;
}

/* ns until it has room for @bytes, 0: now */
static inline u64 khttp_meter_lacks(const struct khttp_meter *b, u32 bytes, u64 now)
{
	s64 until_full = b->full_at - now;
	u64 needs = max_t(s64, until_full, 0) + khttp_meter_cost(b, bytes);

	return b->cost && needs > b->depth ? needs - b->depth : 0;
}

static inline void khttp_meter_spend(struct khttp_meter *b, u32 bytes, u64 now)
{
	if ((s64)(b->full_at - now) < 0)
		b->full_at = now;
	b->full_at += khttp_meter_cost(b, bytes);
}

#endif
