/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms of times. Pure.
 *
 * Each power of two is split in 16 buckets of the same width, so a bucket's
 * middle is at most 1/32 (3.2 %) away from what is counted in it:
 *
 *   bucket 0      below 2^10 ns, about 1 us
 *   1 to 432      27 powers of two
 *   bucket 433    2^37 ns and above, a bit over two minutes
 */
#ifndef _KHTTP_HISTOGRAM_H
#define _KHTTP_HISTOGRAM_H

#include <linux/types.h>

#define KHTTP_HISTOGRAM_SPLIT_BITS	4
#define KHTTP_HISTOGRAM_FIRST_BIT	10
#define KHTTP_HISTOGRAM_LAST_BIT	37
#define KHTTP_HISTOGRAM_MIN		(1ULL << KHTTP_HISTOGRAM_FIRST_BIT)
#define KHTTP_HISTOGRAM_MAX		(1ULL << KHTTP_HISTOGRAM_LAST_BIT)
#define KHTTP_HISTOGRAM_SPLIT		(1U << KHTTP_HISTOGRAM_SPLIT_BITS)
#define KHTTP_HISTOGRAM_BUCKETS						\
	((KHTTP_HISTOGRAM_LAST_BIT - KHTTP_HISTOGRAM_FIRST_BIT) *	\
	 KHTTP_HISTOGRAM_SPLIT + 2)

/* Where a time is counted. On every request's way: a shift and a few sums */
static inline unsigned int khttp_histogram_bucket(u64 ns)
{
	unsigned int shift;

	if (ns < KHTTP_HISTOGRAM_MIN)
		return 0;
	if (ns >= KHTTP_HISTOGRAM_MAX)
		return KHTTP_HISTOGRAM_BUCKETS - 1;
	shift = 63 - __builtin_clzll(ns) - KHTTP_HISTOGRAM_SPLIT_BITS;
	/* The topmost bit that is left stands for SPLIT */
	return 1 + (unsigned int)(ns >> shift) - KHTTP_HISTOGRAM_SPLIT +
	       ((shift + KHTTP_HISTOGRAM_SPLIT_BITS -
		 KHTTP_HISTOGRAM_FIRST_BIT) << KHTTP_HISTOGRAM_SPLIT_BITS);
}

/* Smallest time that is counted in this bucket */
u64 khttp_histogram_lower(unsigned int bucket);
/* What stands for all that is counted there; of the last one its lower end */
u64 khttp_histogram_middle(unsigned int bucket);

/*
 * The time that @per_mille of a thousand do not exceed; 1000: that of the
 * highest bucket anything is in. 0 of nothing. @total: the sum of @counts,
 * which has KHTTP_HISTOGRAM_BUCKETS and is below 2^54.
 */
u64 khttp_histogram_percentile(const u64 *counts, u64 total,
			       unsigned int per_mille);

#endif
