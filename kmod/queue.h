/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue: bounded FIFO of requests for one application.
 *
 * It survives its workers: requests wait here while nobody is attached.
 */
#ifndef _KHTTP_QUEUE_H
#define _KHTTP_QUEUE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/khttp.h>

#include "http/reason.h"

struct cred;
struct khttp_group;
struct khttp_latency;
struct khttp_net;
struct khttp_request;
struct khttp_worker;

/*
 * Somebody who wants to know of a next request: a FETCH, a RUN that waits, a
 * poller. wake() is called once, after the fetcher left queue->idle, under
 * queue->lock with BH disabled: it may only mark and wake, and must not touch
 * the queue.
 */
struct khttp_fetcher {
	struct list_head link;		/* queue->idle, or empty; queue->lock */
	void (*wake)(struct khttp_fetcher *f);
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

struct khttp_queue {
	/* set once */
	struct khttp_net *net;		/* holds a reference */
	char name[KHTTP_QUEUE_NAME_MAX];
	u32 id;
	struct khttp_group *group;	/* default group; ends with the queue */
	struct rcu_head rcu;
	refcount_t ref;			/* net->queues, groups' urls, requests, workers */
	struct khttp_latency __percpu *latency;	/* ends with the queue */

	/* READ_ONCE, WRITE_ONCE: its workers stored an answer. Never false again */
	bool stores;

	/* under net->config */
	struct list_head link;		/* net->queues */

	/* written under net->config and lock, READ_ONCE readers */
	struct khttp_queue_policy policy;
	u8 state;			/* enum khttp_queue_state */
	bool dead;			/* deleted: takes nothing, workers leave */

	spinlock_t lock;		/* guards: */
	struct list_head waiting;	/* khttp_request.link, oldest first */
	struct list_head idle;		/* khttp_fetcher.link, last come first */
	struct list_head workers;	/* khttp_worker.queue_link */
	u32 n_waiting;
	u32 n_in_hand;
	u32 n_workers;
	bool full;			/* QUEUE_FULL was told since it had room */
	bool needs_worker;		/* QUEUE_NEEDS_WORKER was told likewise */
	u64 received;			/* pushed */
	u64 delivered;			/* put into a slot */
	u64 answered;			/* answered by a worker */
	u64 refused;			/* full, inactive */
	u64 redelivered;
	u64 died;			/* 502 after a worker's death */
	u64 timeout;			/* waited too long */
};

/* Context of all: any, unless said. The lookups may sleep */

/* Queues of one namespace: what a walk of net->queues may cost */
#define KHTTP_QUEUES_MAX	16384

/*
 * queue.c -- life. Create links it into net->queues with one reference that
 * khttp_queue_kill() gives up. ERR_PTR -EEXIST, -ENOSPC (too many), -ENOMEM.
 * Context: net->config held, sleeps
 */
struct khttp_queue *khttp_queue_create(struct khttp_net *kn, const char *name,
				       const struct khttp_queue_policy *policy);
/* By name, with a reference, or NULL. Context: net->config held */
struct khttp_queue *__must_check khttp_queue_find(struct khttp_net *kn,
						  const char *name);
/* The queue with the smallest id from @id on, no reference, or NULL.
 * Context: net->config held
 */
struct khttp_queue *khttp_queue_next(struct khttp_net *kn, u64 id);
/* New policy and state, in force for the next request. Context: net->config
 * held
 */
void khttp_queue_set(struct khttp_queue *q,
		     const struct khttp_queue_policy *policy, u8 state);
/* First phase of the end: dead, out of net->queues, waiting requests answered
 * 503 AppShutdown, workers told to leave. Context: net->config held, sleeps
 */
void khttp_queue_kill(struct khttp_queue *q);

static inline struct khttp_queue *khttp_queue_get(struct khttp_queue *q)
{
	refcount_inc(&q->ref);
	return q;
}

/* From an RCU reader that has not got a reference yet */
static inline bool __must_check khttp_queue_tryget(struct khttp_queue *q)
{
	return refcount_inc_not_zero(&q->ref);
}

void khttp_queue_put(struct khttp_queue *q);

/*
 * The request's way in. On 0 the queue owns the request (the caller's
 * reference passes) and one idle fetcher has been woken; else the caller still
 * owns it and refuses it with that reason (QueueFull, Disabled, AppShutdown).
 */
enum khttp_reason __must_check khttp_queue_push(struct khttp_queue *q,
						struct khttp_request *rq);

/* Back to the head after a worker's death; never refused for length. True: it
 * is no longer in hand, as after khttp_queue_done(). False: the queue is dead,
 * nothing changed, the caller still owns the request
 */
bool __must_check khttp_queue_requeue(struct khttp_queue *q,
				      struct khttp_request *rq);

/* Oldest waiting request, its state IN_HAND, n_in_hand counted; the reference
 * passes to the caller. NULL when none waits
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

/* May these credentials attach to it? 0 or -EACCES */
int khttp_queue_may_attach(const struct khttp_queue *q, const struct cred *cred);

/* Count one that was answered 502 because its worker died */
void khttp_queue_died(struct khttp_queue *q);

/* What it holds and did, at one moment */
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
};

void khttp_queue_usage(struct khttp_queue *q, struct khttp_queue_usage *u);

/* Workers: under q->lock inside. Attach fails with -ESHUTDOWN on a dead queue */
int khttp_queue_attach(struct khttp_queue *q, struct khttp_worker *w);
void khttp_queue_detach(struct khttp_queue *q, struct khttp_worker *w);

#endif
