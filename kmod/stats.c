// SPDX-License-Identifier: GPL-2.0-only
/* Counters of a namespace, summed. */

#include "stats.h"

#include <linux/cpumask.h>

#include "net.h"

/**
 * khttp_percpu_sum - a counter that each CPU has of its own
 * @counter: this_cpu_inc() counts there
 *
 * Context: any. CPUs that went offline keep their part; counting goes on meanwhile.
 */
u64 khttp_percpu_sum(const u64 __percpu *counter)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter, cpu));
	return sum;
}

/**
 * khttp_stat_sum - a counter of the namespace
 * @kn: the namespace's root
 * @which: the counter
 *
 * Context: any.
 */
u64 khttp_stat_sum(const struct khttp_net *kn, enum khttp_stat which)
{
	return khttp_percpu_sum(&kn->stats->v[which]);
}

/**
 * khttp_stat_sum_reason - how often the kernel refused for this reason
 * @kn: the namespace's root
 * @r: the reason
 *
 * Context: any.
 */
u64 khttp_stat_sum_reason(const struct khttp_net *kn, enum khttp_reason r)
{
	return khttp_percpu_sum(&kn->stats->reason[r]);
}

/**
 * khttp_stat_sum_why - how often a response was not stored for this reason
 * @kn: the namespace's root
 * @w: the reason
 *
 * Context: any.
 */
u64 khttp_stat_sum_why(const struct khttp_net *kn, enum khttp_cache_why w)
{
	return khttp_percpu_sum(&kn->stats->why[w]);
}
