// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue between the network and an application.
 *
 *   phase     moved by             meaning
 *   alive     khttp_queue_create   takes requests and workers
 *   dead      khttp_queue_kill     takes nothing; what waited was answered;
 *                                  memory stays until the last reference
 */

#include "queue.h"

#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/stat.h>

#include "alloc.h"
#include "event.h"
#include "group.h"
#include "latency.h"
#include "net.h"
#include "request.h"
#include "worker.h"

static void tell(struct khttp_queue *q, enum khttp_event_type type)
{
	const struct khttp_event_info e = { .type = type, .queue = q->name };

	khttp_event_send(q->net, &e);
}

/**
 * khttp_queue_next - walk the queues in the order of their ids
 * @kn: the namespace's root
 * @id: where to go on, 0 for the first
 *
 * Context: net->config held; the queue is valid while it is.
 */
struct khttp_queue *khttp_queue_next(struct khttp_net *kn, u64 id)
{
	struct khttp_queue *q;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(q, &kn->queues, link)
		if (q->id >= id)
			return q;
	return NULL;
}

static struct khttp_queue *by_name(struct khttp_net *kn, const char *name)
{
	struct khttp_queue *q;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(q, &kn->queues, link)
		if (!strcmp(q->name, name))
			return q;
	return NULL;
}

/**
 * khttp_queue_find - look a queue up by name
 * @kn: the namespace's root
 * @name: NUL-terminated
 *
 * Context: net->config held. Returns a reference, or NULL.
 */
struct khttp_queue *khttp_queue_find(struct khttp_net *kn, const char *name)
{
	struct khttp_queue *q = by_name(kn, name);

	return q ? khttp_queue_get(q) : NULL;
}

/* The list stays sorted by id, also after the numbers wrapped */
static int link_queue(struct khttp_net *kn, struct khttp_queue *q)
{
	struct list_head *after;
	struct khttp_queue *other;
	u32 id = kn->next_queue_id;
	u32 n = 0;

	list_for_each_entry(other, &kn->queues, link)
		n++;
	if (n >= KHTTP_QUEUES_MAX)
		return -ENOSPC;
again:
	after = &kn->queues;
	id = id ?: 1;
	list_for_each_entry(other, &kn->queues, link) {
		if (other->id > id)
			break;
		after = &other->link;
		if (other->id == id) {
			id++;
			if (!id)
				goto again;
		}
	}
	q->id = id;
	kn->next_queue_id = id + 1;
	list_add(&q->link, after);
	return 0;
}

/**
 * khttp_queue_create - a new, active queue
 * @kn: the namespace's root
 * @name: checked by the caller, shorter than KHTTP_QUEUE_NAME_MAX
 * @policy: checked by the caller
 *
 * Context: net->config held, sleeps. Returns the queue, whose one reference
 * khttp_queue_kill() gives up, or ERR_PTR: -EEXIST, -ENOSPC, -ENOMEM.
 */
struct khttp_queue *khttp_queue_create(struct khttp_net *kn, const char *name,
				       const struct khttp_queue_policy *policy)
{
	struct khttp_queue *q;
	int err = -ENOMEM;

	if (by_name(kn, name))
		return ERR_PTR(-EEXIST);
	/* Charged to who configures it: he decides how long it lives */
	q = khttp_kzalloc(sizeof(*q), GFP_KERNEL_ACCOUNT);
	if (!q)
		return ERR_PTR(-ENOMEM);
	q->net = kn;
	strscpy(q->name, name, sizeof(q->name));
	refcount_set(&q->ref, 1);
	q->policy = *policy;
	q->state = KHTTP_QUEUE_ACTIVE;
	spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->waiting);
	INIT_LIST_HEAD(&q->idle);
	INIT_LIST_HEAD(&q->workers);
	q->latency = khttp_latency_create();
	if (!q->latency)
		goto err_queue;
	q->group = khttp_group_create(kn, q, name, true);
	if (IS_ERR(q->group))
		goto err_latency;
	err = link_queue(kn, q);
	if (err)
		goto err_group;
	khttp_net_get(kn);
	return q;
err_group:
	khttp_group_destroy(q->group);
err_latency:
	khttp_latency_free(q->latency);
err_queue:
	kfree(q);
	return ERR_PTR(err);
}

/**
 * khttp_queue_set - change policy and state
 * @q: the queue
 * @policy: checked by the caller
 * @state: enum khttp_queue_state
 *
 * What waits already stays, also when the new length is smaller.
 * Context: net->config held.
 */
void khttp_queue_set(struct khttp_queue *q,
		     const struct khttp_queue_policy *policy, u8 state)
{
	lockdep_assert_held(&q->net->config);
	spin_lock_bh(&q->lock);
	WRITE_ONCE(q->policy.length, policy->length);
	WRITE_ONCE(q->policy.redeliver, policy->redeliver);
	WRITE_ONCE(q->policy.redeliver_body, policy->redeliver_body);
	WRITE_ONCE(q->policy.verbosity, policy->verbosity);
	WRITE_ONCE(q->policy.retry_after, policy->retry_after);
	WRITE_ONCE(q->policy.mode, policy->mode);
	WRITE_ONCE(q->policy.uid, policy->uid);
	WRITE_ONCE(q->policy.gid, policy->gid);
	WRITE_ONCE(q->state, state);
	if (q->n_waiting < policy->length)
		q->full = false;
	spin_unlock_bh(&q->lock);
}

static void unlink_request(struct khttp_queue *q, struct khttp_request *rq)
{
	lockdep_assert_held(&q->lock);
	list_del_init(&rq->link);
	q->n_waiting--;
	if (q->n_waiting < q->policy.length)
		q->full = false;
}

static struct khttp_request *take_oldest(struct khttp_queue *q)
{
	struct khttp_request *rq;

	rq = list_first_entry_or_null(&q->waiting, struct khttp_request, link);
	if (!rq)
		return NULL;
	unlink_request(q, rq);
	return rq;
}

/**
 * khttp_queue_kill - the queue ends
 * @q: a queue that stands in net->queues
 *
 * Afterwards nothing can come in: push, requeue and attach see that it is dead
 * under the lock that set it. So what is taken out here is all there will be.
 * Meanwhile we are its owner as a worker would be: RECEIVED would mean that it
 * belongs to who holds the socket lock.
 *
 * Context: net->config held, sleeps. Gives up the reference of net->queues.
 */
void khttp_queue_kill(struct khttp_queue *q)
{
	struct khttp_request *rq;

	lockdep_assert_held(&q->net->config);
	list_del_init(&q->link);
	khttp_group_unlist(q->group);
	spin_lock_bh(&q->lock);
	WRITE_ONCE(q->dead, true);
	while ((rq = take_oldest(q))) {
		rq->state = KHTTP_RQ_IN_HAND;
		spin_unlock_bh(&q->lock);
		khttp_request_refuse(rq, KHTTP_REASON_APP_SHUTDOWN);
		spin_lock_bh(&q->lock);
	}
	spin_unlock_bh(&q->lock);
	khttp_workers_kill(q);
	khttp_queue_put(q);
}

static void free_queue(struct rcu_head *rcu)
{
	struct khttp_queue *q = container_of(rcu, struct khttp_queue, rcu);

	khttp_latency_free(q->latency);
	kfree(q);
}

/**
 * khttp_queue_put - give up a reference
 * @q: the queue
 *
 * Context: any. An RCU reader that came through a url may still look at it.
 */
void khttp_queue_put(struct khttp_queue *q)
{
	struct khttp_net *kn = q->net;

	if (!refcount_dec_and_test(&q->ref))
		return;
	WARN_ON_ONCE(q->n_waiting || q->n_workers || !list_empty(&q->idle));
	khttp_group_put(q->group);
	call_rcu(&q->rcu, free_queue);
	khttp_net_put(kn);
}

/*
 * One fetcher for one request. Should another get the request first, the woken
 * one finds nothing and lies down again. Pollers on the way are told, but do
 * not use the wake-up up: a controller never fetches, and a process that polls
 * may be busy with something else for long.
 */
static void wake_one(struct khttp_queue *q)
{
	struct khttp_fetcher *f, *next;

	lockdep_assert_held(&q->lock);
	list_for_each_entry_safe(f, next, &q->idle, link) {
		list_del_init(&f->link);
		f->wake(f);
		if (!f->poller)
			break;
	}
}

static enum khttp_reason may_push(struct khttp_queue *q)
{
	if (q->dead)
		return KHTTP_REASON_APP_SHUTDOWN;
	if (q->state != KHTTP_QUEUE_ACTIVE)
		return KHTTP_REASON_DISABLED;
	if (q->n_waiting >= q->policy.length)
		return KHTTP_REASON_QUEUE_FULL;
	return KHTTP_REASON_NONE;
}

/**
 * khttp_queue_push - a request comes in
 * @q: the queue
 * @rq: the request, whose owner the caller is; its stage_ns is now
 *
 * Context: any but hard interrupt. Returns KHTTP_REASON_NONE, and the queue
 * owns the request; or why not, and the caller still does.
 */
enum khttp_reason khttp_queue_push(struct khttp_queue *q,
				   struct khttp_request *rq)
{
	bool now_full = false, needs_worker = false;
	enum khttp_reason why;

	spin_lock_bh(&q->lock);
	why = may_push(q);
	if (why) {
		q->refused++;
		now_full = why == KHTTP_REASON_QUEUE_FULL && !q->full;
		q->full |= now_full;
	} else {
		rq->state = KHTTP_RQ_WAITING;
		rq->queued = jiffies;
		list_add_tail(&rq->link, &q->waiting);
		q->n_waiting++;
		q->received++;
		needs_worker = !q->n_workers && !q->needs_worker;
		q->needs_worker |= needs_worker;
		wake_one(q);
	}
	spin_unlock_bh(&q->lock);
	if (now_full)
		tell(q, KHTTP_EVENT_QUEUE_FULL);
	/* A controller that starts workers on demand waits for this */
	if (needs_worker)
		tell(q, KHTTP_EVENT_QUEUE_NEEDS_WORKER);
	return why;
}

/**
 * khttp_queue_requeue - a request whose worker died goes to the head
 * @q: the queue it was popped from
 * @rq: the request, IN_HAND and owned by the caller
 *
 * It is no longer in hand then: khttp_queue_done() is not called for it. Its
 * place was paid for when it first came, so the length does not count.
 *
 * Context: any but hard interrupt. False: the queue is dead, nothing changed.
 */
bool khttp_queue_requeue(struct khttp_queue *q, struct khttp_request *rq)
{
	bool ok;

	spin_lock_bh(&q->lock);
	ok = !q->dead;
	if (ok) {
		rq->state = KHTTP_RQ_WAITING;
		rq->queued = jiffies;
		rq->stage_ns = ktime_get_ns();
		list_add(&rq->link, &q->waiting);
		q->n_waiting++;
		q->n_in_hand--;
		q->redelivered++;
		wake_one(q);
	}
	spin_unlock_bh(&q->lock);
	return ok;
}

/**
 * khttp_queue_pop - the oldest waiting request
 * @q: the queue
 *
 * Context: any but hard interrupt. Returns the request with the queue's
 * reference, in hand, or NULL.
 */
struct khttp_request *khttp_queue_pop(struct khttp_queue *q)
{
	struct khttp_request *rq;

	/* An empty queue is what a worker finds most often: no lock for that */
	if (!READ_ONCE(q->n_waiting))
		return NULL;
	spin_lock_bh(&q->lock);
	rq = take_oldest(q);
	if (rq) {
		rq->state = KHTTP_RQ_IN_HAND;
		rq->attempt++;
		q->n_in_hand++;
		q->delivered++;
	}
	spin_unlock_bh(&q->lock);
	return rq;
}

static bool take_out(struct khttp_queue *q, struct khttp_request *rq, bool late)
{
	bool waited;

	spin_lock_bh(&q->lock);
	waited = rq->state == KHTTP_RQ_WAITING;
	if (waited) {
		rq->state = KHTTP_RQ_RECEIVED;
		unlink_request(q, rq);
		q->timeout += late;
	}
	spin_unlock_bh(&q->lock);
	return waited;
}

/**
 * khttp_queue_remove - take a request out from between
 * @q: the queue it was pushed to
 * @rq: the request
 *
 * Context: any but hard interrupt, under the socket lock. True: it waited, and
 * the caller owns it now.
 */
bool khttp_queue_remove(struct khttp_queue *q, struct khttp_request *rq)
{
	return take_out(q, rq, false);
}

/**
 * khttp_queue_expire - khttp_queue_remove() because it waited too long
 * @q: the queue it was pushed to
 * @rq: the request
 */
bool khttp_queue_expire(struct khttp_queue *q, struct khttp_request *rq)
{
	return take_out(q, rq, true);
}

/**
 * khttp_queue_done - a request that was popped has left its slot for good
 * @q: the queue
 * @answered: by the worker
 *
 * Context: any but hard interrupt.
 */
void khttp_queue_done(struct khttp_queue *q, bool answered)
{
	spin_lock_bh(&q->lock);
	WARN_ON_ONCE(!q->n_in_hand);
	q->n_in_hand--;
	q->answered += answered;
	spin_unlock_bh(&q->lock);
}

/**
 * khttp_queue_died - a request was answered 502 because its worker died
 * @q: the queue
 *
 * Context: any but hard interrupt.
 */
void khttp_queue_died(struct khttp_queue *q)
{
	spin_lock_bh(&q->lock);
	q->died++;
	spin_unlock_bh(&q->lock);
}

/**
 * khttp_queue_usage - what the queue holds and did
 * @q: the queue
 * @u: filled
 *
 * Context: any but hard interrupt.
 */
void khttp_queue_usage(struct khttp_queue *q, struct khttp_queue_usage *u)
{
	const struct khttp_request *rq;

	spin_lock_bh(&q->lock);
	rq = list_first_entry_or_null(&q->waiting, struct khttp_request, link);
	*u = (struct khttp_queue_usage){
		.waiting = q->n_waiting,
		.in_hand = q->n_in_hand,
		.workers = q->n_workers,
		.oldest_ms = rq ? jiffies_to_msecs(jiffies - rq->queued) : 0,
		.received = q->received,
		.delivered = q->delivered,
		.answered = q->answered,
		.refused = q->refused,
		.redelivered = q->redelivered,
		.died = q->died,
		.timeout = q->timeout,
	};
	spin_unlock_bh(&q->lock);
}

/**
 * khttp_queue_idle - wait for a request
 * @q: the queue
 * @f: the fetcher; its link is initialised
 *
 * Who lay down last is woken first: its caches are warm, and the others may
 * go on sleeping while one can keep up.
 *
 * Context: any but hard interrupt. False: requests wait, pop.
 */
bool khttp_queue_idle(struct khttp_queue *q, struct khttp_fetcher *f)
{
	bool idle;

	spin_lock_bh(&q->lock);
	idle = !q->n_waiting;
	/* One that polls edge-triggered is not asked again before the next */
	if ((idle || f->poller) && list_empty(&f->link))
		list_add(&f->link, &q->idle);
	spin_unlock_bh(&q->lock);
	return idle;
}

/**
 * khttp_queue_unidle - wait no longer
 * @q: the queue
 * @f: the fetcher
 *
 * A fetcher that was woken and leaves without fetching passes the wake-up on;
 * else its request would wait although others sleep.
 *
 * Context: any but hard interrupt. Afterwards wake() neither runs nor comes.
 */
void khttp_queue_unidle(struct khttp_queue *q, struct khttp_fetcher *f)
{
	spin_lock_bh(&q->lock);
	if (!list_empty(&f->link))
		list_del_init(&f->link);
	else if (q->n_waiting)
		wake_one(q);
	spin_unlock_bh(&q->lock);
}

static bool in_group(const struct cred *cred, kgid_t gid)
{
	const struct group_info *groups = cred->group_info;
	int i;

	if (gid_eq(cred->fsgid, gid))
		return true;
	for (i = 0; i < groups->ngroups; i++)
		if (gid_eq(groups->gid[i], gid))
			return true;
	return false;
}

/**
 * khttp_queue_may_attach - owner and mode, as for writing a file
 * @q: the queue
 * @cred: whose right is asked
 *
 * Context: any. Returns 0 or -EACCES.
 */
int khttp_queue_may_attach(const struct khttp_queue *q, const struct cred *cred)
{
	u32 mode = READ_ONCE(q->policy.mode);
	u32 bit = S_IWOTH;

	if (uid_eq(cred->fsuid, READ_ONCE(q->policy.uid)))
		bit = S_IWUSR;
	else if (in_group(cred, READ_ONCE(q->policy.gid)))
		bit = S_IWGRP;
	return mode & bit ? 0 : -EACCES;
}

/**
 * khttp_queue_attach - one more worker
 * @q: the queue; the caller holds a reference for the worker
 * @w: the worker
 *
 * Context: any but hard interrupt. Returns 0, or -ESHUTDOWN: the queue ends.
 */
int khttp_queue_attach(struct khttp_queue *q, struct khttp_worker *w)
{
	int err = -ESHUTDOWN;

	spin_lock_bh(&q->lock);
	if (!q->dead) {
		list_add_tail(khttp_worker_link(w), &q->workers);
		q->n_workers++;
		q->needs_worker = false;
		err = 0;
	}
	spin_unlock_bh(&q->lock);
	return err;
}

/**
 * khttp_queue_detach - a worker has gone and holds nothing any more
 * @q: the queue
 * @w: a worker that was attached
 *
 * Context: any but hard interrupt.
 */
void khttp_queue_detach(struct khttp_queue *q, struct khttp_worker *w)
{
	bool needs_worker;

	spin_lock_bh(&q->lock);
	list_del_init(khttp_worker_link(w));
	q->n_workers--;
	needs_worker = q->n_waiting && !q->n_workers && !q->dead;
	q->needs_worker = needs_worker;
	spin_unlock_bh(&q->lock);
	if (needs_worker)
		tell(q, KHTTP_EVENT_QUEUE_NEEDS_WORKER);
}
