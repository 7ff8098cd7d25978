// SPDX-License-Identifier: GPL-2.0-only
/* How much may be sent at a rate? */

#include "meter.h"

#include <linux/minmax.h>

/* A burst: what may be late by so much makes it good again */
#define DEPTH_NS	20000000ULL
#define QUANTA_PER_S	256
/* A bucket is no deeper than so many of its quanta, if it is asked for more than one */
#define QUANTA_DEEP	8

static u32 quantum_of(u64 rate)
{
	u64 least = min_t(u64, max_t(u64, rate / 8, 1), KHTTP_QUANTUM_PACKET);

	return min_t(u64, max_t(u64, rate / QUANTA_PER_S, least),
		     KHTTP_QUANTUM_MAX);
}

void khttp_meter_set(struct khttp_meter *b, u64 rate, u64 cost, u64 now)
{
	b->cost = rate ? cost : 0;
	b->quantum = rate ? quantum_of(rate) : KHTTP_QUANTUM_MAX;
	b->depth = max_t(u64, khttp_meter_cost(b, 2 * b->quantum), DEPTH_NS);
	b->full_at = now;
}

/* The MiB of them and the rest each for itself: all of it may be too large a product */
void khttp_meter_deepen(struct khttp_meter *b, u32 bytes)
{
	b->depth = (bytes >> 20) * b->cost +
		   khttp_meter_cost(b, bytes & ((1U << 20) - 1));
}

/* A new rate may have come between: whatever it is then, a bucket is only full */
void khttp_meter_put_back(struct khttp_meter *b, u32 bytes)
{
	b->full_at -= khttp_meter_cost(b, min_t(u32, bytes, QUANTA_DEEP * b->quantum));
}
