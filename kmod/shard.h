/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue's part of each CPU: what queue.c and shard.c share with each other
 * alone.
 *
 * A request goes to the shard of the CPU that it came in on, and a fetcher lies
 * down at the shard of the CPU that it runs on, so that where clients and
 * workers are spread over the CPUs alike they meet without a shared line. Else
 * pushes find fetchers, and fetchers find requests, of other shards.
 *
 *   what                              bound
 *   a worker looks at others first    each KHTTP_SHARD_TURNS pops of its CPU
 *   a fetcher elsewhere is woken,     each KHTTP_SHARD_BACKLOG requests that
 *   though one was here               wait in one shard
 *
 * The others are looked at in turn. So what stands first in a shard where nobody
 * fetches is taken before any other CPU has popped KHTTP_SHARD_TURNS times as
 * often as there are CPUs; by so much may order differ from that of arrival.
 *
 * Shards are of all possible CPUs: one whose CPU went offline is searched like
 * any other, and empties.
 *
 * Places
 *
 * A request that waits stands in a place, of which the queue has as many as its
 * length. A free place is in a shard's credit, where a push takes it without
 * asking and where it comes back to, or in queue->places. A push that finds
 * neither collects all credits, under all locks: only that, or that there is
 * none, which is then exact, refuses a request. While none is free anywhere
 * (queue->tight) a place that becomes free goes to queue->places, and what is
 * pushed meanwhile is refused without any of those locks.
 */
#ifndef _KHTTP_SHARD_H
#define _KHTTP_SHARD_H

#include <linux/cache.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "queue.h"

#define KHTTP_SHARD_TURNS	16
#define KHTTP_SHARD_BACKLOG	16

/* 192 bytes for each possible CPU, beside latency.h's 20 KiB */
struct khttp_shard {
	/* set once */
	struct khttp_shard *next;	/* all of a queue's, in a ring */
	u16 cpu;

	/* this CPU's, without the lock */
	u16 turn;			/* its pops while something waited here */
	struct khttp_shard *from;	/* where it looks first of the others */

	spinlock_t lock;		/* guards: */
	u32 n_waiting;			/* READ_ONCE readers */
	u32 credit;			/* places that are free and its own */
	struct list_head waiting;	/* khttp_request.link, oldest first */
	struct list_head idle;		/* khttp_fetcher.link, last come first */
	struct list_head parked;	/* khttp_request.link, oldest first: park.c */
	u32 n_parked;			/* READ_ONCE readers; in places, too */
	u64 received;			/* pushed here */
	u64 delivered;			/* popped from here */

	/* this CPU's, without the lock */
	u64 left;			/* in hand no longer */
	u64 redelivered;
	u64 answered;			/* of what left, by a worker */
	u64 refused;			/* full, inactive */
	u64 died;			/* 502 after a worker's death */
	u64 timeout;			/* waited too long */
	u64 upgraded;			/* answered 101 */
	u64 upgrades_over;		/* of these, connections that ended */
	u64 delegated_out;		/* handed on to another queue */
	u64 delegated_in;		/* by another queue's workers */
} ____cacheline_aligned_in_smp;

/* A task may be on another CPU in the next moment: that harms nothing */
static inline struct khttp_shard *khttp_shard_here(const struct khttp_queue *q)
{
	return raw_cpu_ptr(q->shards);
}

/* queue.c: events. Context: any but hard interrupt, no lock of the queue held */
void khttp_queue_tell_full(struct khttp_queue *q);
/* Something waits: tell once that no worker is there */
void khttp_queue_want_worker(struct khttp_queue *q);

/* places.c */
int khttp_shards_create(struct khttp_queue *q);	/* 0 or -ENOMEM; sleeps */
void khttp_shards_lock(struct khttp_queue *q) __acquires(&q->lock);
void khttp_shards_unlock(struct khttp_queue *q) __releases(&q->lock);
void khttp_shards_add(struct khttp_queue *q, int more);
void khttp_shards_resize(struct khttp_queue *q, u32 length);
bool khttp_shard_draw(struct khttp_queue *q, struct khttp_shard *s);

/* A place for one request, unless only other shards have some. Context:
 * shard->lock held
 */
static inline bool khttp_shard_place(struct khttp_queue *q,
				     struct khttp_shard *s)
{
	if (unlikely(!s->credit) && !khttp_shard_draw(q, s))
		return false;
	s->credit--;
	return true;
}

/* The place of one that leaves. Context: shard->lock held */
static inline void khttp_shard_free(struct khttp_queue *q,
				    struct khttp_shard *s)
{
	if (likely(!READ_ONCE(q->tight))) {
		s->credit++;
	} else if (atomic_inc_return(&q->places) > 0) {
		WRITE_ONCE(q->full, false);
		WRITE_ONCE(q->tight, false);
	}
}

/* shard.c. Context: any but hard interrupt, no lock of the queue held */

/* The oldest of this shard, IN_HAND, not counted as delivered; or NULL */
struct khttp_request *khttp_shard_take(struct khttp_queue *q,
				       struct khttp_shard *s);
/* Whoever lies at the queue is woken: it ends */
void khttp_shards_wake_all(struct khttp_queue *q);
/* Under a shard's lock: 0, or why nothing comes in now, below 0 */
int khttp_shard_refuses(const struct khttp_queue *q);
/* Into what waits, under the lock. 1: who was woken is enough; 0: look after it,
 * without the lock, while the queue stays
 */
int khttp_shard_insert(struct khttp_shard *s, struct khttp_request *rq,
		       bool first);
void khttp_shard_look_after(struct khttp_queue *q, const struct khttp_shard *s);

/* park.c: it is parked, and does not lie here any more. Context: shard->lock held */
void khttp_shard_unpark(struct khttp_shard *s, struct khttp_request *rq);

#endif
