// SPDX-License-Identifier: GPL-2.0-only
/* Log-linear histograms of times: what their buckets say. */

#include "histogram.h"

#define LAST (KHTTP_HISTOGRAM_BUCKETS - 1)

u64 khttp_histogram_lower(unsigned int bucket)
{
	unsigned int power, part;

	if (!bucket)
		return 0;
	if (bucket >= LAST)
		return KHTTP_HISTOGRAM_MAX;
	power = (bucket - 1) >> KHTTP_HISTOGRAM_SPLIT_BITS;
	part = (bucket - 1) & (KHTTP_HISTOGRAM_SPLIT - 1);
	return (u64)(KHTTP_HISTOGRAM_SPLIT + part)
	       << (power + KHTTP_HISTOGRAM_FIRST_BIT -
		   KHTTP_HISTOGRAM_SPLIT_BITS);
}

u64 khttp_histogram_middle(unsigned int bucket)
{
	u64 lower = khttp_histogram_lower(bucket);

	if (bucket >= LAST)
		return lower;
	return lower + (khttp_histogram_lower(bucket + 1) - lower) / 2;
}

u64 khttp_histogram_percentile(const u64 *counts, u64 total,
			       unsigned int per_mille)
{
	unsigned int bucket;
	u64 below = 0;

	if (!total)
		return 0;
	for (bucket = 0; bucket < LAST; bucket++) {
		below += counts[bucket];
		/* A product, so that no division is needed */
		if (below && below * 1000 >= total * per_mille)
			break;
	}
	return khttp_histogram_middle(bucket);
}
