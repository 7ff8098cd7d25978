// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests' way through a queue: in, out, and who is woken. See shard.h.
 *
 * No wake-up is lost, because of two that write first and look then:
 *
 *   a push            counts the request in n_waiting, a barrier, reads idle_cpus
 *   who lies down     sets its bit in idle_cpus, a barrier, reads all n_waiting
 *
 * One of them sees the other: shard_push() and khttp_queue_idle() have the barriers.
 * Who lies down looks while it holds the lock under which it can be woken, so
 * it may still stand up by itself. A bit is cleared under that lock, too, when
 * nobody lies there. Who was woken and leaves without fetching looks after all
 * shards and wakes another (khttp_queue_unidle).
 *
 * The locks of two shards are held together only by khttp_shards_lock().
 */

#include "shard.h"
#include "trace.h"

#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>

#include "queue.h"
#include "request.h"

/* ---- who is woken ---- */

/*
 * One fetcher for one request. Should another get the request first, the woken
 * one finds nothing and lies down again. Pollers on the way are told, but do
 * not use the wake-up up: a controller never fetches, and a process that polls
 * may be busy with something else for long.
 */
static bool wake_one(struct khttp_shard *s)
{
	struct khttp_fetcher *f, *next;

	lockdep_assert_held(&s->lock);
	list_for_each_entry_safe(f, next, &s->idle, link) {
		/* Who wakes and finds a request elsewhere may be gone at once */
		bool poller = f->poller;

		list_del_init(&f->link);
		if (f->wake(f) && !poller)
			return true;
	}
	return false;
}

static bool wake_there(struct khttp_queue *q, unsigned int cpu)
{
	struct khttp_shard *s = per_cpu_ptr(q->shards, cpu);
	bool woken;

	spin_lock_bh(&s->lock);
	woken = wake_one(s);
	if (list_empty(&s->idle))
		clear_bit(cpu, q->idle_cpus);
	spin_unlock_bh(&s->lock);
	return woken;
}

/* From this CPU's shard on, with it or without */
static void wake_somewhere(struct khttp_queue *q, unsigned int from, bool with)
{
	unsigned int cpu;

	for_each_set_bit_wrap(cpu, q->idle_cpus, nr_cpu_ids, from)
		if ((with || cpu != from) && wake_there(q, cpu))
			break;
}

/**
 * khttp_shards_wake_all - the queue ends
 * @q: dead
 *
 * Context: any but hard interrupt.
 */
void khttp_shards_wake_all(struct khttp_queue *q)
{
	struct khttp_shard *s;
	int cpu;

	for_each_possible_cpu(cpu) {
		s = per_cpu_ptr(q->shards, cpu);
		spin_lock_bh(&s->lock);
		while (!list_empty(&s->idle))
			wake_one(s);
		spin_unlock_bh(&s->lock);
	}
}

/* ---- in ---- */

int khttp_shard_insert(struct khttp_shard *s, struct khttp_request *rq,
		       bool first)
{
	u32 n = s->n_waiting + 1;

	lockdep_assert_held(&s->lock);
	rq->state = KHTTP_RQ_WAITING;
	rq->shard = s->cpu;
	khttp_trace(queued, rq);
	rq->queued = jiffies;
	list_add(&rq->link, first ? &s->waiting : s->waiting.prev);
	WRITE_ONCE(s->n_waiting, n);
	return wake_one(s) && n % KHTTP_SHARD_BACKLOG;
}

/*
 * The request may be with a worker by now, and answered. The queue stays: its
 * connection, whose lock the caller holds, has the request in its order; or the
 * caller has a reference to the request.
 */
void khttp_shard_look_after(struct khttp_queue *q, const struct khttp_shard *s)
{
	/* Pairs with those of khttp_queue_idle() and khttp_queue_detach() */
	smp_mb();
	if (s->next != s)
		wake_somewhere(q, s->cpu, false);
	/* A controller that starts workers on demand waits for this */
	if (!READ_ONCE(q->n_workers) && !READ_ONCE(q->needs_worker))
		khttp_queue_want_worker(q);
}

int khttp_shard_refuses(const struct khttp_queue *q)
{
	u8 state;

	/* khttp_queue_kill() takes the shard's lock after it wrote that */
	if (READ_ONCE(q->dead))
		return -KHTTP_REASON_APP_SHUTDOWN;
	/* khttp_queue_set() likewise, before it refuses what waits */
	state = READ_ONCE(q->state);
	if (likely(state == KHTTP_QUEUE_ACTIVE))
		return 0;
	return state == KHTTP_QUEUE_OFFLINE ? -KHTTP_REASON_APP_OFFLINE :
					      -KHTTP_REASON_DISABLED;
}

/* As khttp_shard_insert(), or why not, below 0 */
static int shard_push(struct khttp_queue *q, struct khttp_shard *s, struct khttp_request *rq)
{
	int ret = khttp_shard_refuses(q);

	lockdep_assert_held(&s->lock);
	if (unlikely(ret))
		return ret;
	if (!khttp_shard_place(q, s))
		return -KHTTP_REASON_QUEUE_FULL;
	s->received++;
	return khttp_shard_insert(s, rq, false);
}

/* This shard and queue->places have no place left: do the others? */
static int push_exactly(struct khttp_queue *q, struct khttp_shard *s,
			struct khttp_request *rq)
{
	bool now_full = false;
	int ret;

	if (READ_ONCE(q->full))
		return -KHTTP_REASON_QUEUE_FULL;
	khttp_shards_lock(q);
	ret = shard_push(q, s, rq);
	if (ret == -KHTTP_REASON_QUEUE_FULL) {
		WRITE_ONCE(q->tight, true);
		now_full = !q->full;
		WRITE_ONCE(q->full, true);
	}
	khttp_shards_unlock(q);
	if (now_full)
		khttp_queue_tell_full(q);
	return ret;
}

/**
 * khttp_queue_push - a request comes in
 * @q: the queue
 * @rq: the request, whose owner the caller is; its stage_ns is now
 *
 * Context: any but hard interrupt, under the socket lock. Returns
 * KHTTP_REASON_NONE, and the queue owns the request; or why not, and the caller
 * still does.
 */
enum khttp_reason khttp_queue_push(struct khttp_queue *q,
				   struct khttp_request *rq)
{
	struct khttp_shard *s = khttp_shard_here(q);
	int ret;

	spin_lock_bh(&s->lock);
	ret = shard_push(q, s, rq);
	spin_unlock_bh(&s->lock);
	if (unlikely(ret == -KHTTP_REASON_QUEUE_FULL))
		ret = push_exactly(q, s, rq);
	if (unlikely(ret < 0)) {
		this_cpu_inc(q->shards->refused);
		return -ret;
	}
	if (!ret)
		khttp_shard_look_after(q, s);
	return KHTTP_REASON_NONE;
}

/* Nobody will come for what waits. Shard locked, as in shard_push() */
static int refuses_back(const struct khttp_queue *q)
{
	if (READ_ONCE(q->dead))
		return -KHTTP_REASON_APP_SHUTDOWN;
	return READ_ONCE(q->state) == KHTTP_QUEUE_OFFLINE ?
	       -KHTTP_REASON_APP_OFFLINE : 0;
}

/* With or without a free place; as khttp_shard_insert(), or why not, below 0 */
static int requeue_exactly(struct khttp_queue *q, struct khttp_shard *s,
			   struct khttp_request *rq)
{
	int ret;

	khttp_shards_lock(q);
	ret = refuses_back(q);
	if (!ret) {
		khttp_shards_add(q, -1);
		ret = khttp_shard_insert(s, rq, true);
	}
	khttp_shards_unlock(q);
	return ret;
}

/**
 * khttp_queue_requeue - a request whose worker died goes to the head
 * @q: the queue it was popped from
 * @rq: the request, IN_HAND and owned by the caller
 *
 * It is no longer in hand then: khttp_queue_done() is not called for it. Its
 * place was paid for when it first came, so the length does not count.
 *
 * Context: any but hard interrupt, under the socket lock. Returns
 * KHTTP_REASON_NONE; or why not, and nothing changed.
 */
enum khttp_reason khttp_queue_requeue(struct khttp_queue *q,
				      struct khttp_request *rq)
{
	struct khttp_shard *s = khttp_shard_here(q);
	u64 stage_ns = rq->stage_ns;
	bool place;
	int ret;

	rq->stage_ns = ktime_get_ns();
	spin_lock_bh(&s->lock);
	ret = refuses_back(q);
	place = !ret && khttp_shard_place(q, s);
	if (place)
		ret = khttp_shard_insert(s, rq, true);
	spin_unlock_bh(&s->lock);
	if (!place && !ret)
		ret = requeue_exactly(q, s, rq);
	if (ret < 0) {
		rq->stage_ns = stage_ns;
		return -ret;
	}
	this_cpu_inc(q->shards->redelivered);
	this_cpu_inc(q->shards->left);
	if (!ret)
		khttp_shard_look_after(q, s);
	return KHTTP_REASON_NONE;
}

/* ---- out ---- */

static void unlink_request(struct khttp_queue *q, struct khttp_shard *s,
			   struct khttp_request *rq)
{
	lockdep_assert_held(&s->lock);
	list_del_init(&rq->link);
	WRITE_ONCE(s->n_waiting, s->n_waiting - 1);
	khttp_shard_free(q, s);
}

static struct khttp_request *take(struct khttp_queue *q, struct khttp_shard *s)
{
	struct khttp_request *rq;

	lockdep_assert_held(&s->lock);
	rq = list_first_entry_or_null(&s->waiting, struct khttp_request, link);
	if (!rq)
		return NULL;
	unlink_request(q, s, rq);
	rq->state = KHTTP_RQ_IN_HAND;
	return rq;
}

static struct khttp_request *take_parked(struct khttp_queue *q,
					 struct khttp_shard *s)
{
	struct khttp_request *rq;

	rq = list_first_entry_or_null(&s->parked, struct khttp_request, link);
	if (!rq)
		return NULL;
	khttp_shard_unpark(s, rq);
	khttp_shard_free(q, s);
	rq->state = KHTTP_RQ_IN_HAND;
	return rq;
}

struct khttp_request *khttp_shard_take(struct khttp_queue *q,
				       struct khttp_shard *s)
{
	struct khttp_request *rq;

	spin_lock_bh(&s->lock);
	rq = take(q, s);
	if (!rq)
		rq = take_parked(q, s);
	spin_unlock_bh(&s->lock);
	return rq;
}

static struct khttp_request *pop(struct khttp_queue *q, struct khttp_shard *s)
{
	struct khttp_request *rq;

	spin_lock_bh(&s->lock);
	rq = take(q, s);
	if (rq) {
		rq->attempt++;
		s->delivered++;
	}
	spin_unlock_bh(&s->lock);
	return rq;
}

/* From the others in turn */
static struct khttp_request *steal(struct khttp_queue *q,
				   struct khttp_shard *own)
{
	struct khttp_shard *first = READ_ONCE(own->from), *s = first;
	struct khttp_request *rq;

	do {
		rq = s != own && READ_ONCE(s->n_waiting) ? pop(q, s) : NULL;
		s = s->next;
		if (rq) {
			WRITE_ONCE(own->from, s);
			return rq;
		}
	} while (s != first);
	return NULL;
}

/**
 * khttp_queue_pop - the oldest request that waits on this CPU, or another's
 * @q: the queue
 *
 * The others come first each KHTTP_SHARD_TURNS times, so that nobody starves
 * beside a CPU that always has some. Empty shards, which is what a worker finds
 * most often, cost no lock.
 *
 * Context: any but hard interrupt. Returns the request with the queue's
 * reference, in hand, or NULL.
 */
struct khttp_request *khttp_queue_pop(struct khttp_queue *q)
{
	struct khttp_shard *own = khttp_shard_here(q);
	struct khttp_request *rq = NULL;
	bool waits = READ_ONCE(own->n_waiting);

	if (waits && this_cpu_inc_return(q->shards->turn) % KHTTP_SHARD_TURNS) {
		rq = pop(q, own);
		waits = false;
	}
	if (!rq)
		rq = steal(q, own);
	return !rq && waits ? pop(q, own) : rq;
}

/* @rq->shard changes under the socket lock only, which the caller holds */
static bool take_out(struct khttp_queue *q, struct khttp_request *rq)
{
	struct khttp_shard *s = per_cpu_ptr(q->shards, rq->shard);
	bool waited;

	spin_lock_bh(&s->lock);
	waited = rq->state == KHTTP_RQ_WAITING;
	if (waited) {
		rq->state = KHTTP_RQ_RECEIVED;
		if (unlikely(rq->parked)) {
			khttp_shard_unpark(s, rq);
			khttp_shard_free(q, s);
		} else {
			unlink_request(q, s, rq);
		}
	}
	spin_unlock_bh(&s->lock);
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
	return take_out(q, rq);
}

/**
 * khttp_queue_expire - khttp_queue_remove() because it waited too long
 * @q: the queue it was pushed to
 * @rq: the request
 */
bool khttp_queue_expire(struct khttp_queue *q, struct khttp_request *rq)
{
	bool waited = take_out(q, rq);

	if (waited)
		this_cpu_inc(q->shards->timeout);
	return waited;
}

/**
 * khttp_queue_done - a request that was popped has left its slot for good
 * @q: the queue
 * @answered: by the worker
 *
 * Context: any.
 */
void khttp_queue_done(struct khttp_queue *q, bool answered)
{
	this_cpu_inc(q->shards->left);
	if (answered)
		this_cpu_inc(q->shards->answered);
}

/**
 * khttp_queue_delegated - a request went from one queue to another
 * @from: the queue it was popped from
 * @to: the queue it was pushed to
 *
 * Context: any.
 */
void khttp_queue_delegated(struct khttp_queue *from, struct khttp_queue *to)
{
	this_cpu_inc(from->shards->delegated_out);
	this_cpu_inc(to->shards->delegated_in);
}

/**
 * khttp_queue_died - a request was answered 502 because its worker died
 * @q: the queue
 *
 * Context: any.
 */
void khttp_queue_died(struct khttp_queue *q)
{
	this_cpu_inc(q->shards->died);
}

/**
 * khttp_queue_upgraded - a worker answered 101; or its connection is over
 * @q: the queue
 * @over: the latter
 *
 * Context: any.
 */
void khttp_queue_upgraded(struct khttp_queue *q, bool over)
{
	if (over)
		this_cpu_inc(q->shards->upgrades_over);
	else
		this_cpu_inc(q->shards->upgraded);
}

/* ---- who waits for one ---- */

/**
 * khttp_queue_empty - does nothing wait?
 * @q: the queue
 *
 * Reads a word of each possible CPU's shard, this one's first. Context: any.
 */
bool khttp_queue_empty(const struct khttp_queue *q)
{
	const struct khttp_shard *first = khttp_shard_here(q), *s = first;

	do {
		if (READ_ONCE(s->n_waiting))
			return false;
		s = s->next;
	} while (s != first);
	return true;
}

/* Off the list where it lay. True: nobody had woken it */
static bool stand_up(struct khttp_fetcher *f)
{
	struct khttp_shard *s = f->shard;
	bool lay;

	spin_lock_bh(&s->lock);
	lay = !list_empty(&f->link);
	list_del_init(&f->link);
	spin_unlock_bh(&s->lock);
	return lay;
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
	struct khttp_shard *s = f->poller ? f->shard : khttp_shard_here(q);
	bool empty;

	/* Its wake() may be running there, and has to be over */
	if (f->shard && f->shard != s)
		stand_up(f);
	spin_lock_bh(&s->lock);
	if (!f->poller)
		f->shard = s;
	if (list_empty(&f->link))
		list_add(&f->link, &s->idle);
	if (!test_bit(s->cpu, q->idle_cpus))
		set_bit(s->cpu, q->idle_cpus);
	/* Pairs with the one of look_after() */
	smp_mb();
	empty = khttp_queue_empty(q);
	/* One that polls edge-triggered is not asked again before the next */
	if (!empty && !f->poller)
		list_del_init(&f->link);
	spin_unlock_bh(&s->lock);
	return empty;
}

/**
 * khttp_queue_unidle - wait no longer
 * @q: the queue
 * @f: the fetcher
 *
 * A fetcher that was woken and leaves without fetching passes the wake-up on;
 * else its request would wait although others sleep. Who woke it saw those
 * asleep that we see here, and what lies down later looks for itself.
 *
 * Context: any but hard interrupt. Afterwards wake() neither runs nor comes.
 */
void khttp_queue_unidle(struct khttp_queue *q, struct khttp_fetcher *f)
{
	bool lay = f->shard && stand_up(f);

	if (!lay && !khttp_queue_empty(q))
		wake_somewhere(q, khttp_shard_here(q)->cpu, true);
}

void khttp_queue_poller(struct khttp_queue *q, struct khttp_fetcher *f)
{
	f->poller = true;
	f->shard = khttp_shard_here(q);
}
