/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters of a namespace: per CPU, plain increments with BH disabled or not. */
#ifndef _KHTTP_STATS_H
#define _KHTTP_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "http/cache_policy.h"
#include "http/reason.h"

/* X(name, help) */
#define KHTTP_STATS(X)							\
	X(connections_accepted, "connections accepted")			\
	X(connections_closed, "connections closed")			\
	X(connections_refused, "connections refused at a limit")	\
	X(requests, "requests whose head was complete")		\
	X(bytes_received, "bytes read from clients")			\
	X(bytes_sent, "bytes handed to TCP for clients")		\
	X(answers_worker, "answers made by workers")			\
	X(answers_kernel, "answers made by the kernel itself")		\
	X(cache_hits, "answers from the cache, 304 included")		\
	X(cache_not_modified, "304 answers from the cache")		\
	X(cache_misses, "requests that might have been hits, and were not") \
	X(cache_coalesced, "of these, answered by the answer to another")	\
	X(cache_stale, "answers from the cache that were past their time")	\
	X(cache_refreshes, "requests made to replace such a response")	\
	X(cache_revalidated, "stored responses renewed by a worker's 304")	\
	X(cache_stored, "responses stored")				\
	X(cache_evicted, "stored responses dropped to make room")	\
	X(cache_reclaimed, "stored responses dropped for the machine was short of memory") \
	X(cache_expired, "stored responses dropped at the end of their time") \
	X(cache_purged, "stored responses dropped on demand")		\
	X(body_dropped, "bytes of body dropped from answers that have none") \
	X(redelivered, "requests given out again after a worker died")	\
	X(workers_lost, "workers that ended with requests in hand")	\
	X(upgrades, "connections that left HTTP by a worker's 101")

enum khttp_stat {
#define KHTTP_STAT_ENUM(name, help) KHTTP_STAT_##name,
	KHTTP_STATS(KHTTP_STAT_ENUM)
#undef KHTTP_STAT_ENUM
	KHTTP_STAT_COUNT
};

struct khttp_stats {
	u64 v[KHTTP_STAT_COUNT];
	u64 reason[KHTTP_REASON__COUNT];
	u64 why[KHTTP_CACHE_WHY__COUNT];	/* asked for and not stored */
};

/* Context: any */
#define khttp_stat_add(kn, name, n) \
	this_cpu_add((kn)->stats->v[KHTTP_STAT_##name], (n))
#define khttp_stat_inc(kn, name) khttp_stat_add(kn, name, 1)
#define khttp_stat_reason(kn, r) this_cpu_inc((kn)->stats->reason[r])

#define khttp_stat_why(kn, w) this_cpu_inc((kn)->stats->why[w])

struct khttp_net;
/* Sums over all CPUs; counting goes on meanwhile */
u64 khttp_percpu_sum(const u64 __percpu *counter);
u64 khttp_stat_sum(const struct khttp_net *kn, enum khttp_stat which);
u64 khttp_stat_sum_reason(const struct khttp_net *kn, enum khttp_reason r);
u64 khttp_stat_sum_why(const struct khttp_net *kn, enum khttp_cache_why w);

#endif
