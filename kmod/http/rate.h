/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_RATE_H
#define KHTTP_HTTP_RATE_H

#include <linux/types.h>

/*
 * A token bucket, kept as one time (GCRA, as in ATM): when the bucket will be
 * full again, were nothing more to come. It is full where that is past, and
 * what it lacks is worth the time until then.
 *
 * All times are ns of one clock. They are compared by their difference, so the
 * clock may wrap: no bucket is as far from now as half its range.
 */
struct khttp_rate {
	u64 interval;		/* in which one token comes, at least 1 */
	u64 tolerance;		/* burst - 1 intervals */
};

#define KHTTP_RATE_BURST_MAX	1000000
#define KHTTP_RATE_INTERVAL_MAX	3600000000000ULL	/* one an hour */

static inline bool khttp_rate_idle(u64 full_at, u64 now)
{
	return (s64)(full_at - now) <= 0;
}

/*
 * Take a token. 0: taken, and *@full_at moved on; else the ns until there
 * will be one, and nothing changed.
 */
static inline u64 khttp_rate_take(const struct khttp_rate *rate, u64 *full_at,
				  u64 now)
{
	u64 lacks = khttp_rate_idle(*full_at, now) ? 0 : *full_at - now;

	if (lacks > rate->tolerance)
		return lacks - rate->tolerance;
	*full_at = now + lacks + rate->interval;
	return 0;
}

/*
 * A token every @interval_ns, and @burst of them at once. False: no time at
 * all, more than an hour, no burst, or one above KHTTP_RATE_BURST_MAX.
 */
static inline bool khttp_rate_set(struct khttp_rate *rate, u64 interval_ns,
				  u32 burst)
{
	if (!interval_ns || interval_ns > KHTTP_RATE_INTERVAL_MAX || !burst ||
	    burst > KHTTP_RATE_BURST_MAX)
		return false;
	rate->interval = interval_ns;
	rate->tolerance = interval_ns * (burst - 1);
	return true;
}

#endif
