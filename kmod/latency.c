// SPDX-License-Identifier: GPL-2.0-only
/* How long requests take: the memory of it, and its sums. */

#include "latency.h"

#include <linux/build_bug.h>
#include <linux/cpumask.h>

#include "alloc.h"

static const char *const names[] = {
	[KHTTP_STAGE_RECEIVE] = "receive",
	[KHTTP_STAGE_QUEUE] = "queue",
	[KHTTP_STAGE_WORKER] = "worker",
	[KHTTP_STAGE_SEND] = "send",
	[KHTTP_STAGE_TOTAL] = "total",
	[KHTTP_STAGE_HIT] = "hit",
};

/**
 * khttp_latency_create - the histograms of a queue
 *
 * Charged to who makes the queue: he decides how long it lives.
 *
 * Context: sleeps. Returns NULL when there is no memory.
 */
struct khttp_latency __percpu *khttp_latency_create(void)
{
	/* The most that an allocation of this kind may have */
	BUILD_BUG_ON(sizeof(struct khttp_latency) > PCPU_MIN_UNIT_SIZE);
	return khttp_alloc_percpu(struct khttp_latency, GFP_KERNEL_ACCOUNT);
}

/**
 * khttp_latency_free - nobody records any more
 * @l: from khttp_latency_create(), or NULL
 *
 * Context: any.
 */
void khttp_latency_free(struct khttp_latency __percpu *l)
{
	free_percpu(l);
}

/**
 * khttp_stage_name - as it is shown
 * @stage: below KHTTP_STAGE_COUNT
 */
const char *khttp_stage_name(enum khttp_stage stage)
{
	BUILD_BUG_ON(ARRAY_SIZE(names) != KHTTP_STAGE_COUNT);
	return names[stage];
}

/**
 * khttp_latency_sum - one stage over all CPUs
 * @l: of a queue that cannot go meanwhile
 * @stage: the stage
 * @f: filled
 *
 * Context: sleeps. Returns 0 or -ENOMEM. CPUs that went offline keep their
 * share.
 */
int khttp_latency_sum(const struct khttp_latency __percpu *l,
		      enum khttp_stage stage, struct khttp_latency_figures *f)
{
	u64 *sums = khttp_kcalloc(KHTTP_HISTOGRAM_BUCKETS, sizeof(*sums),
				  GFP_KERNEL);
	u64 total = 0;
	unsigned int i;
	int cpu;

	if (!sums)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		const u64 *counts = per_cpu_ptr(l, cpu)->counts[stage];

		for (i = 0; i < KHTTP_HISTOGRAM_BUCKETS; i++)
			sums[i] += READ_ONCE(counts[i]);
	}
	for (i = 0; i < KHTTP_HISTOGRAM_BUCKETS; i++)
		total += sums[i];
	*f = (struct khttp_latency_figures){
		.count = total,
		.p50 = khttp_histogram_percentile(sums, total, 500),
		.p90 = khttp_histogram_percentile(sums, total, 900),
		.p99 = khttp_histogram_percentile(sums, total, 990),
		.p999 = khttp_histogram_percentile(sums, total, 999),
		.max = khttp_histogram_percentile(sums, total, 1000),
	};
	kfree(sums);
	return 0;
}
