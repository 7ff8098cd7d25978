/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue: requests for one application, up to its length.
 *
 * It survives its workers: requests wait here while nobody is attached. Those
 * that came in on one CPU leave in their order; between CPUs the order is
 * approximate, and nothing is overtaken for ever (shard.h has the bound).
 */
#ifndef _KHTTP_QUEUE_H
#define _KHTTP_QUEUE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/percpu-refcount.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/khttp.h>

#include "http/reason.h"
#include "http/span.h"

struct cred;
struct khttp_group;
struct khttp_latency;
struct khttp_net;
struct khttp_queue_config;
struct khttp_request;
struct khttp_shard;
struct khttp_worker;

/*
 * Somebody who wants to know of a next request: a FETCH, a RUN that waits, a
 * poller. wake() is called once, after the fetcher left shard->idle, under
 * shard->lock with BH disabled: it may only mark and wake, and must not touch
 * the queue. False: it was awake, or ends, for another reason, and does not
 * count as told.
 */
struct khttp_fetcher {
	struct list_head link;		/* shard->idle, or empty; shard->lock */
	struct khttp_shard *shard;	/* where it lies or lay last, or NULL */
	bool (*wake)(struct khttp_fetcher *f);
	bool poller;			/* may not come: told, and the next, too */
};

struct khttp_queue_policy {
	u32 length;
	u32 redeliver;
	u32 redeliver_body;
	u32 verbosity;
	u32 retry_after;
	u32 mode;
	kuid_t uid;
	kgid_t gid;
};

/*
 * Its references are counted by CPU until khttp_queue_kill() gives up that of
 * net->queues; a grace period later they are one number, whose end frees.
 */
struct khttp_queue {
	/* set once */
	struct khttp_net *net;		/* holds a reference */
	char name[KHTTP_QUEUE_NAME_MAX];
	u8 name_len;
	u32 id;
	struct khttp_group *group;	/* default group; ends with the queue */
	struct rcu_head rcu;
	struct percpu_ref ref;		/* net->queues, groups' urls, requests, workers,
					 * grants
					 */
	struct khttp_latency __percpu *latency;	/* ends with the queue */
	struct khttp_shard __percpu *shards;	/* likewise */

	/* READ_ONCE, WRITE_ONCE: its workers stored an answer. Never false again */
	bool stores;
	bool stale;			/* likewise: one that is kept past its time */

	/* under net->config */
	struct list_head link;		/* net->queues */
	bool leaving;			/* see step.h: no lookup finds it */
	bool of_file;			/* see registration.c: it ends with one */
	const struct khttp_queue_config *next; /* likewise: it is about to be set */
	char *delegates;		/* names with commas between them, or NULL */

	/* written under net->config and lock, READ_ONCE readers */
	struct khttp_queue_policy policy;
	u32 batch;			/* places that a shard draws at once */
	u8 state;			/* enum khttp_queue_state */
	bool dead;			/* deleted: takes nothing, workers leave */

	/* Set under the locks of all shards, cleared under that of one; READ_ONCE
	 * readers
	 */
	bool tight;			/* no place is free, in no shard's credit */
	bool full;			/* and QUEUE_FULL was told of it */

	/* under lock, READ_ONCE readers */
	bool needs_worker;		/* QUEUE_NEEDS_WORKER was told */
	u32 n_workers;

	/* Free places in no shard's credit; below 0: so many must be made up for */
	atomic_t places ____cacheline_aligned_in_smp;

	spinlock_t lock;		/* guards, besides what is said above: */
	struct list_head workers;	/* khttp_worker.queue_link */
	struct list_head grants;	/* khttp_grant.link */
	u32 n_grants;

	/* A bit for each CPU at whose shard a fetcher may lie. Set and cleared
	 * under that shard's lock, and only where it changes: by who lies down,
	 * and by who came from another shard to wake one and found none
	 */
	unsigned long idle_cpus[] ____cacheline_aligned_in_smp;
};

/* Context of all: any but hard interrupt, unless said. The lookups may sleep */

/* Queues of one namespace: what a walk of net->queues may cost */
#define KHTTP_QUEUES_MAX	16384

/*
 * queue.c -- life. Create links it into net->queues with one reference that
 * khttp_queue_kill() gives up. ERR_PTR -EEXIST, -ENOSPC (too many), -ENOMEM.
 * Context: net->config held, sleeps
 */
struct khttp_queue *khttp_queue_create(struct khttp_net *kn, const char *name,
				       const struct khttp_queue_policy *policy);
static inline struct khttp_span khttp_queue_name(const struct khttp_queue *q)
{
	return khttp_span_of(q->name, q->name_len);
}

/* By name, with a reference, or NULL. Context: net->config held */
struct khttp_queue *__must_check khttp_queue_find(struct khttp_net *kn,
						  const char *name);
/* With net->config held where it finds one, and not where it does not */
struct khttp_queue *__must_check khttp_queue_find_lock(struct khttp_net *kn,
						       const char *name);
/* The queue with the smallest id from @id on, no reference, or NULL.
 * Context: net->config held
 */
struct khttp_queue *khttp_queue_next(struct khttp_net *kn, u64 id);
/* New policy and state, in force for the next request; OFFLINE also answers
 * those that wait. Context: net->config held, sleeps
 */
void khttp_queue_set(struct khttp_queue *q,
		     const struct khttp_queue_policy *policy, u8 state);
/* Names of queues to which workers may hand requests on, checked; "" for none.
 * -ENOMEM: nothing changed. Context: net->config held, sleeps
 */
char *khttp_queue_copy_delegates(const char *names);
void khttp_queue_set_delegates(struct khttp_queue *q, char *names);
/* Is this one of them? Context: net->config held */
bool khttp_queue_delegates(const struct khttp_queue *q, const char *name);
/* First phase of the end: dead, out of net->queues, waiting requests answered
 * 503 AppShutdown, workers told to leave. Context: net->config held, sleeps
 */
void khttp_queue_kill(struct khttp_queue *q);

static inline struct khttp_queue *khttp_queue_get(struct khttp_queue *q)
{
	percpu_ref_get(&q->ref);
	return q;
}

/* From an RCU reader that has not got a reference yet. False: the queue ends */
static inline bool __must_check khttp_queue_tryget(struct khttp_queue *q)
{
	return percpu_ref_tryget_live_rcu(&q->ref);
}

/* An RCU reader that came through a url may still look at it afterwards */
static inline void khttp_queue_put(struct khttp_queue *q)
{
	percpu_ref_put(&q->ref);
}

/* The bits of each class in its mode */
enum khttp_queue_right {
	KHTTP_QUEUE_CONTROL = 1,	/* x: set, drain, bind to it, controller */
	KHTTP_QUEUE_ATTACH = 2,		/* w: as a worker */
	KHTTP_QUEUE_SEE = 4,		/* r */
};

/* Do owner and mode let these credentials do that? */
bool khttp_queue_lets(const struct khttp_queue *q, const struct cred *cred,
		      enum khttp_queue_right right);

/* What it holds and did. Exact when nothing moves */
struct khttp_queue_usage {
	u32 waiting;
	u32 in_hand;
	u32 workers;
	u32 oldest_ms;
	u64 received;
	u64 delivered;
	u64 answered;
	u64 refused;
	u64 redelivered;
	u64 died;
	u64 timeout;
	u64 upgraded;
	u32 upgrades;			/* of these, not over */
	u64 delegated_out;
	u64 delegated_in;
};

void khttp_queue_usage(struct khttp_queue *q, struct khttp_queue_usage *u);

/* Workers: under q->lock inside. Attach fails with -ESHUTDOWN on a dead queue, and
 * as khttp_grant_enter()
 */
int khttp_queue_attach(struct khttp_queue *q, struct khttp_worker *w);
void khttp_queue_detach(struct khttp_queue *q, struct khttp_worker *w);

int khttp_queue_init(void);	/* with KHTTP_DEBUG: runs its self-test */

/*
 * ---- shard.c: the requests' way through. Context of push, requeue, remove and
 * expire: socket lock of the request's connection held ----
 */

/*
 * The request's way in. On 0 the queue owns the request (the caller's
 * reference passes) and one idle fetcher has been woken; else the caller still
 * owns it and refuses it with that reason (QueueFull, Disabled, AppOffline,
 * AppShutdown).
 */
enum khttp_reason __must_check khttp_queue_push(struct khttp_queue *q,
						struct khttp_request *rq);

/*
 * park.c: the same for one that waits for another one's answer: no worker gets it
 * before khttp_queue_unpark(). False: not now, push it; or, it was taken out
 */
bool __must_check khttp_queue_park(struct khttp_queue *q,
				   struct khttp_request *rq);
bool khttp_queue_unpark(struct khttp_request *rq);

/* Back to the head of a shard after a worker's death; never refused for length.
 * 0: it is no longer in hand, as after khttp_queue_done(). Else nothing changed,
 * and the caller still owns the request (AppOffline, AppShutdown)
 */
enum khttp_reason __must_check khttp_queue_requeue(struct khttp_queue *q,
						   struct khttp_request *rq);

/* Oldest waiting request of this CPU, or else of another, its state IN_HAND; the
 * reference passes to the caller. NULL when none waits
 */
struct khttp_request *__must_check khttp_queue_pop(struct khttp_queue *q);

/* Take this request out if it still waits: true, and the reference passes to
 * the caller (client gone, waited too long). False: somebody else owns it
 */
bool __must_check khttp_queue_remove(struct khttp_queue *q,
				     struct khttp_request *rq);

/* The same because it waited too long; counted */
bool __must_check khttp_queue_expire(struct khttp_queue *q,
				     struct khttp_request *rq);

/* A request that was popped has left its slot for good */
void khttp_queue_done(struct khttp_queue *q, bool answered);

/* Put the fetcher on the idle list unless requests wait (then false: pop; a
 * poller lies down all the same) or it stands there already.
 * khttp_queue_unidle() is safe at any time; after it wake() is neither running
 * nor coming
 */
bool __must_check khttp_queue_idle(struct khttp_queue *q,
				   struct khttp_fetcher *f);
void khttp_queue_unidle(struct khttp_queue *q, struct khttp_fetcher *f);

/* Nothing waits; true while something comes. A hint, unless its coming is
 * ordered with the look
 */
bool khttp_queue_empty(const struct khttp_queue *q);

/* Count one that went from the one to the other by a worker's wish */
void khttp_queue_delegated(struct khttp_queue *from, struct khttp_queue *to);

/* Count one that was answered 502 because its worker died */
void khttp_queue_died(struct khttp_queue *q);

/* Count one that was answered 101, and when it is @over */
void khttp_queue_upgraded(struct khttp_queue *q, bool over);

/* Where this poller, whom several tasks may put to bed at once, always lies */
void khttp_queue_poller(struct khttp_queue *q, struct khttp_fetcher *f);

#endif
