// SPDX-License-Identifier: GPL-2.0-only
/* Is a count of bytes growing fast enough? */

#include "pace.h"

#include <linux/limits.h>
#include <linux/overflow.h>

/* Sizes, rates and times come from far apart: a product may be too large */
static u64 times(u64 a, u64 b)
{
	u64 product;

	return check_mul_overflow(a, b, &product) ? U64_MAX : product;
}

bool khttp_pace_look(struct khttp_pace *r, u64 ms, u64 bytes, u64 rate)
{
	u8 next = (r->newest + 1) % KHTTP_PACE_STEPS;
	u8 oldest = r->n < KHTTP_PACE_STEPS ? 0 : next;
	u64 age = ms - r->ms[oldest];

	if (ms < khttp_pace_next(r))
		return true;
	if (age >= KHTTP_PACE_WINDOW_MS &&
	    times(bytes - r->bytes[oldest], 1000) < times(rate, age))
		return false;
	r->bytes[next] = bytes;
	r->ms[next] = ms;
	r->newest = next;
	if (r->n < KHTTP_PACE_STEPS)
		r->n++;
	return true;
}

bool khttp_pace_overdue(u64 ms, u64 total, u64 rate)
{
	return ms >= KHTTP_PACE_WINDOW_MS &&
	       times(rate, ms) > times(total, 1000);
}
