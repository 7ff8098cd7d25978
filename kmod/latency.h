/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long requests take, per queue and stage: per CPU, plain increments.
 *
 *   stage    from                              to
 *   receive  first byte of the head seen       head complete and understood
 *   queue    pushed to the queue               in a worker's slot
 *   worker   in the worker's slot              last byte of the answer taken
 *   send     last byte of the answer taken     last byte handed to TCP
 *   total    first byte of the head seen       last byte handed to TCP
 *   hit      first byte of the head seen       answer from the cache handed to TCP
 *
 * Seen means: looked at by us. In softirq that is when TCP took in the segment,
 * for which it has read the clock. What stands in the socket because a request
 * before it is being read, or too many wait to be answered, is not seen yet; so
 * of requests in one segment each begins where the one before it was dealt
 * with. A connection at rest has seen nothing, so its idle time is in no stage.
 * An empty line in front of a request belongs to its head.
 *
 * Between receive and queue lies what came of the body before the push, and how
 * long a method that is not safe waited for those before it: only total has
 * that. Bytes that go from the slot to TCP without a stop are taken and handed
 * over in one, and send is next to nothing then.
 *
 * A stage is recorded when it ends as it should. A request is in none before a
 * worker has it: what is refused when it comes or while it waits leaves no
 * trace here. receive is recorded with the first delivery, queue with each: a
 * worker that dies gives the request back, and its next wait counts from then.
 * worker, send and total are recorded for answers that were taken (and then
 * sent) to their end. A hit, 304 and HEAD included, is in hit only.
 *
 * All times are CLOCK_MONOTONIC.
 *
 * Besides, of the answers that workers gave, which one was the slowest of late, and its
 * request's id: to look for it in the logs.
 */
#ifndef _KHTTP_LATENCY_H
#define _KHTTP_LATENCY_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "histogram.h"
#include "slowest.h"

enum khttp_stage {
	KHTTP_STAGE_RECEIVE,
	KHTTP_STAGE_QUEUE,
	KHTTP_STAGE_WORKER,
	KHTTP_STAGE_SEND,
	KHTTP_STAGE_TOTAL,
	KHTTP_STAGE_HIT,
	KHTTP_STAGE_COUNT
};

struct khttp_latency {
	u64 counts[KHTTP_STAGE_COUNT][KHTTP_HISTOGRAM_BUCKETS];
	struct khttp_slowest slowest[KHTTP_SLOWEST_PLACES];	/* of total */
};

/* Context: any */
static inline void khttp_latency_add(struct khttp_latency __percpu *l,
				     enum khttp_stage stage, u64 ns)
{
	this_cpu_inc(l->counts[stage][khttp_histogram_bucket(ns)]);
}

/* Which of them it was, with @s->key set, is noted. Context: BH or tasks, not IRQs */
void khttp_latency_keep(struct khttp_latency __percpu *l, const struct khttp_slowest *s);

/* It ended @now, after @ns. Context: likewise */
static inline void khttp_latency_slow(struct khttp_latency __percpu *l, u64 now, u64 ns,
				      u64 connection, u64 stream)
{
	u64 key = khttp_slowest_key(now, ns);

	if (unlikely(key > this_cpu_read(l->slowest[khttp_slowest_place(key)].key)))
		khttp_latency_keep(l, &(struct khttp_slowest){ key, connection, stream });
}

/* All zero, charged to the caller. NULL: no memory. Context: sleeps */
struct khttp_latency __percpu *khttp_latency_create(void);
void khttp_latency_free(struct khttp_latency __percpu *l);	/* any context */

/* One stage over all CPUs; times in ns */
struct khttp_latency_figures {
	u64 count;
	u64 p50;
	u64 p90;
	u64 p99;
	u64 p999;
	u64 max;
};

const char *khttp_stage_name(enum khttp_stage stage);
/* All buckets of a stage; counting goes on meanwhile. Context: any */
void khttp_latency_sum(const struct khttp_latency __percpu *l,
		       enum khttp_stage stage, u64 *sum);
/* The slowest of late: how long it took in ns, 0: there was none. Context: any */
u64 khttp_latency_slowest(const struct khttp_latency __percpu *l, u64 now,
			  struct khttp_slowest *found);
void khttp_latency_figures(const u64 *sum, struct khttp_latency_figures *f);

#endif
