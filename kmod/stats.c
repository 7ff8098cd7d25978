// SPDX-License-Identifier: GPL-2.0-only
/* Counters of a namespace, summed. */

#include "stats.h"

#include <linux/cpumask.h>

#include "net.h"

/**
 * khttp_stat_sum - a counter of the namespace
 * @kn: the namespace's root
 * @which: the counter
 *
 * Context: any. CPUs that went offline keep their share.
 */
u64 khttp_stat_sum(const struct khttp_net *kn, enum khttp_stat which)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(kn->stats, cpu)->v[which]);
	return sum;
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
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(kn->stats, cpu)->reason[r]);
	return sum;
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
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(kn->stats, cpu)->why[w]);
	return sum;
}
