// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that wait for another one's answer (flight.h): in a place of their
 * queue like what waits for a worker, and out of the workers' sight.
 *
 * They are WAITING, and lie in shard->parked instead of shard->waiting. So whoever
 * takes out what waits finds them: a client that leaves, a timer, the queue's
 * end. rq->parked is set once, before anybody else knows the request, and cleared
 * once, under the lock of its shard; until then neither rq->shard nor rq->queue
 * changes.
 */

#include <linux/jiffies.h>
#include <linux/lockdep.h>

#include "queue.h"
#include "request.h"
#include "shard.h"

/**
 * khttp_queue_park - a request comes in and is not given out
 * @q: the queue
 * @rq: the request, whose owner the caller is; its stage_ns is now
 *
 * Context: any but hard interrupt, under the socket lock. Returns true, and the
 * queue owns the request; or false: it would not be taken in now, and
 * khttp_queue_push() tells why.
 */
bool khttp_queue_park(struct khttp_queue *q, struct khttp_request *rq)
{
	struct khttp_shard *s = khttp_shard_here(q);
	bool parked;

	spin_lock_bh(&s->lock);
	parked = !khttp_shard_refuses(q) && khttp_shard_place(q, s);
	if (parked) {
		rq->parked = true;
		rq->state = KHTTP_RQ_WAITING;
		rq->shard = s->cpu;
		rq->queued = jiffies;
		list_add_tail(&rq->link, &s->parked);
		WRITE_ONCE(s->n_parked, s->n_parked + 1);
		s->received++;
	}
	spin_unlock_bh(&s->lock);
	return parked;
}

void khttp_shard_unpark(struct khttp_shard *s, struct khttp_request *rq)
{
	lockdep_assert_held(&s->lock);
	list_del_init(&rq->link);
	WRITE_ONCE(rq->parked, false);
	WRITE_ONCE(s->n_parked, s->n_parked - 1);
}

/**
 * khttp_queue_unpark - a request that was parked waits for a worker
 * @rq: the request; the caller has a reference, and nobody else calls this for it
 *
 * It keeps its place, behind all that waits in that shard.
 *
 * Context: any but hard interrupt. Returns false where it was taken out before.
 */
bool khttp_queue_unpark(struct khttp_request *rq)
{
	struct khttp_queue *q = rq->queue;
	struct khttp_shard *s = per_cpu_ptr(q->shards, rq->shard);
	bool parked, woken = false;

	spin_lock_bh(&s->lock);
	parked = rq->parked;
	if (parked) {
		khttp_shard_unpark(s, rq);
		woken = khttp_shard_insert(s, rq, false);
	}
	spin_unlock_bh(&s->lock);
	if (parked && !woken)
		khttp_shard_look_after(q, s);
	return parked;
}
