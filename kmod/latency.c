// SPDX-License-Identifier: GPL-2.0-only
/* How long requests take: the memory of it, and its sums. */

#include "latency.h"

#include <linux/bottom_half.h>
#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/string.h>

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
 * khttp_latency_keep - an answer that may be the slowest of late
 * @l: of its queue
 * @s: it
 *
 * Context: BH or tasks. Softirqs are kept out, as they write here, too; and who reads
 * on another CPU finds no key while the rest is written.
 */
void khttp_latency_keep(struct khttp_latency __percpu *l, const struct khttp_slowest *s)
{
	struct khttp_slowest *kept;

	local_bh_disable();
	kept = this_cpu_ptr(&l->slowest[khttp_slowest_place(s->key)]);
	/* We may be on another CPU than when it was compared */
	if (s->key > kept->key) {
		WRITE_ONCE(kept->key, 0);
		smp_wmb();
		WRITE_ONCE(kept->connection, s->connection);
		WRITE_ONCE(kept->stream, s->stream);
		smp_store_release(&kept->key, s->key);
	}
	local_bh_enable();
}

/* False: none is there, or another just takes its place, which is slower or later */
static bool read_kept(const struct khttp_slowest *kept, struct khttp_slowest *s)
{
	s->key = smp_load_acquire(&kept->key);
	s->connection = READ_ONCE(kept->connection);
	s->stream = READ_ONCE(kept->stream);
	smp_rmb();
	return s->key && s->key == READ_ONCE(kept->key);
}

/**
 * khttp_latency_slowest - which answer took longest, of late?
 * @l: of a queue that cannot go meanwhile
 * @now: CLOCK_MONOTONIC
 * @found: filled where there is one
 *
 * Context: any. Returns how long it took in ns; 0: there was none.
 */
u64 khttp_latency_slowest(const struct khttp_latency __percpu *l, u64 now,
			  struct khttp_slowest *found)
{
	struct khttp_slowest s;
	u64 ns, longest = 0;
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		for (i = 0; i < KHTTP_SLOWEST_PLACES; i++) {
			if (!read_kept(&per_cpu_ptr(l, cpu)->slowest[i], &s))
				continue;
			ns = khttp_slowest_ns(s.key, now);
			if (ns <= longest)
				continue;
			longest = ns;
			*found = s;
		}
	}
	return longest;
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
 * @sum: KHTTP_HISTOGRAM_BUCKETS of them, filled
 *
 * Context: any. CPUs that went offline keep their share.
 */
void khttp_latency_sum(const struct khttp_latency __percpu *l,
		       enum khttp_stage stage, u64 *sum)
{
	unsigned int i;
	int cpu;

	memset(sum, 0, KHTTP_HISTOGRAM_BUCKETS * sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const u64 *counts = per_cpu_ptr(l, cpu)->counts[stage];

		for (i = 0; i < KHTTP_HISTOGRAM_BUCKETS; i++)
			sum[i] += READ_ONCE(counts[i]);
	}
}

/**
 * khttp_latency_figures - what the buckets say
 * @sum: from khttp_latency_sum()
 * @f: filled; its count is of these buckets, whatever was counted since
 *
 * Context: any.
 */
void khttp_latency_figures(const u64 *sum, struct khttp_latency_figures *f)
{
	u64 total = 0;
	unsigned int i;

	for (i = 0; i < KHTTP_HISTOGRAM_BUCKETS; i++)
		total += sum[i];
	*f = (struct khttp_latency_figures){
		.count = total,
		.p50 = khttp_histogram_percentile(sum, total, 500),
		.p90 = khttp_histogram_percentile(sum, total, 900),
		.p99 = khttp_histogram_percentile(sum, total, 990),
		.p999 = khttp_histogram_percentile(sum, total, 999),
		.max = khttp_histogram_percentile(sum, total, 1000),
	};
}
