// SPDX-License-Identifier: GPL-2.0-only
/*
 * What lies in the slots: requests come in from the queue and leave answered,
 * cancelled or given back.
 *
 *   slot       moved by                          next
 *   free       khttp_slot_free, khttp_slot_left  reserved
 *   reserved   khttp_slot_reserve                filled, free
 *   filled     khttp_hand_fill                   left
 *   left       khttp_hand_empty and the like     free
 *
 * One that is handed on to another queue is out of its slot a moment before that
 * queue has it, under the slot's lock; refused there, it is back in it.
 *
 * A slot is left under its own lock, and free a moment later, so that who
 * reserves it then need not wait for that lock.
 */

#include <linux/nospec.h>
#include <linux/poll.h>

#include "net.h"
#include "worker_i.h"

/* True: the operation has a slot */
static inline bool take_slot(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;

	lockdep_assert_held(&w->lock);
	if (!list_empty(&op->starved))
		list_del_init(&op->starved);
	/* RUN woke for another reason while it was being fed */
	if (op->slot >= 0)
		return true;
	if (!w->n_free)
		return false;
	op->slot = w->first_free;
	w->first_free = w->hands[op->slot].next_free;
	WRITE_ONCE(w->n_free, w->n_free - 1);
	return true;
}

/* A slot for a request that waits: 0, -EAGAIN there is none, -ESHUTDOWN */
static int reserve(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;
	int ret = 0;

	spin_lock_bh(&w->lock);
	if (w->state != KHTTP_WORKER_SERVING) {
		ret = -ESHUTDOWN;
	} else if (!take_slot(op)) {
		/* Who polls edge-triggered wants to hear of it */
		w->slot_wanted = true;
		ret = -EAGAIN;
	}
	spin_unlock_bh(&w->lock);
	return ret;
}

/**
 * khttp_slot_park - from here on a fetch may be woken
 * @op: the fetch, not parked; its slot is set
 *
 * A fetch lies down at the queue only with a slot of its own: were it woken
 * without one, the wake-up that another worker could use would be lost.
 *
 * Context: any. Returns 0: it may lie down at the queue; KHTTP_STEP_PARKED:
 * there is no slot, and the next one that is free is its own;
 * KHTTP_STEP_MARK; or -ESHUTDOWN.
 */
int khttp_slot_park(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;
	int ret = 0;

	spin_lock_bh(&w->lock);
	if (w->state != KHTTP_WORKER_SERVING) {
		ret = -ESHUTDOWN;
	} else if (!op->markable) {
		ret = KHTTP_STEP_MARK;
	} else {
		if (!take_slot(op)) {
			list_add_tail(&op->starved, &w->starved);
			op->starving = true;
			ret = KHTTP_STEP_PARKED;
		}
		khttp_op_set_parked(op);
	}
	spin_unlock_bh(&w->lock);
	return ret;
}

/* True: a fetch that was starving has it now */
static bool feed_starved(struct khttp_worker *w, u32 slot)
{
	struct khttp_op *op, *next;

	lockdep_assert_held(&w->lock);
	list_for_each_entry_safe(op, next, &w->starved, starved) {
		list_del_init(&op->starved);
		if (!khttp_op_claim(op))
			continue;
		op->slot = slot;
		khttp_op_resume(op);
		return true;
	}
	return false;
}

/*
 * The last one used is the first to be used again: its pages are warm. True:
 * a poller has to be told.
 */
static inline bool free_locked(struct khttp_worker *w, u32 slot)
{
	bool wanted = w->slot_wanted;

	lockdep_assert_held(&w->lock);
	if (!list_empty(&w->starved) && feed_starved(w, slot))
		return false;
	w->hands[slot].next_free = w->first_free;
	w->first_free = slot;
	WRITE_ONCE(w->n_free, w->n_free + 1);
	w->slot_wanted = false;
	return wanted;
}

/**
 * khttp_slot_free - a reserved slot is free again
 * @w: the worker
 * @slot: nothing came into it
 *
 * Context: any but hard interrupt.
 */
void khttp_slot_free(struct khttp_worker *w, u32 slot)
{
	bool wanted;

	spin_lock_bh(&w->lock);
	wanted = free_locked(w, slot);
	spin_unlock_bh(&w->lock);
	if (wanted)
		khttp_worker_tell(w, EPOLLIN);
}

/**
 * khttp_slot_left - its request has left: one less in hand, and it is free
 * @w: the worker
 * @slot: nothing is in it any more, and it is not locked
 * @answered: by this worker
 *
 * Context: any but hard interrupt.
 */
void khttp_slot_left(struct khttp_worker *w, u32 slot, bool answered)
{
	bool tell, last;

	spin_lock_bh(&w->lock);
	last = atomic_dec_and_test(&w->in_hand);
	w->answered += answered;
	tell = free_locked(w, slot);
	/* For a RUN that waits there is nothing left to wait for */
	tell |= last && w->state == KHTTP_WORKER_DRAINING;
	spin_unlock_bh(&w->lock);
	if (tell)
		khttp_worker_tell(w, EPOLLIN);
}

/* One request into the locked slot; false: it was not for this worker */
static bool take_in(struct khttp_hand *hand, u32 slot, struct khttp_request *rq)
{
	struct khttp_worker *w = hand->worker;
	u64 id = hand->id + (1ULL << KHTTP_SLOT_BITS);
	int err = khttp_deliver(w, slot, id, rq);

	if (!err) {
		WRITE_ONCE(hand->id, id);
		hand->rq = rq;
		khttp_request_delivered(rq, w->id);
		return true;
	}
	if (err == -EMSGSIZE)
		khttp_request_refuse(rq, KHTTP_REASON_REQUEST_LENGTH);
	else
		khttp_request_cancel(rq);
	khttp_queue_done(w->queue, false);
	return false;
}

/*
 * The state is looked at under the slot's lock: the worker's death goes through
 * all of them after it changed the state, so nothing comes in behind it.
 */
static int fill_locked(struct khttp_hand *hand, u32 slot)
{
	struct khttp_worker *w = hand->worker;
	struct khttp_request *rq;

	lockdep_assert_held(&hand->lock);
	for (;;) {
		if (READ_ONCE(w->state) != KHTTP_WORKER_SERVING)
			return -ESHUTDOWN;
		rq = khttp_queue_pop(w->queue);
		if (!rq)
			return 0;
		if (take_in(hand, slot, rq))
			return 1;
	}
}

/**
 * khttp_hand_fill - the oldest waiting request into a slot
 * @op: the fetch; its slot is reserved for it where there is none yet
 * @run: through KHTTP_IOC_RUN: tell without being asked when its client goes
 * @id: set, with 1
 *
 * Context: sleeps. Returns 1, and the slot is no longer the fetch's; 0 when
 * none waits or there is no slot; -ESHUTDOWN.
 */
int khttp_hand_fill(struct khttp_op *op, bool run, u64 *id)
{
	struct khttp_worker *w = op->worker;
	struct khttp_hand *hand;
	int ret;

	/* What a worker finds most often: no lock for that */
	if (!khttp_hand_waits(w))
		return READ_ONCE(w->state) == KHTTP_WORKER_SERVING ?
		       0 : -ESHUTDOWN;
	ret = op->slot < 0 ? reserve(op) : 0;
	if (ret)
		return ret == -EAGAIN ? 0 : ret;
	hand = &w->hands[op->slot];
	mutex_lock(&hand->lock);
	ret = fill_locked(hand, op->slot);
	if (ret > 0) {
		*id = hand->id;
		op->slot = -1;
		atomic_inc(&w->in_hand);
		atomic64_inc(&w->fetched);
		if (run && !khttp_bell_arm(hand, KHTTP_WAIT_GONE))
			khttp_bell_ring(hand, KHTTP_WAIT_GONE);
	}
	mutex_unlock(&hand->lock);
	return ret;
}

/**
 * khttp_hand_lock - the request behind an id
 * @w: the worker
 * @id: from user space
 *
 * Context: sleeps, for a bounded time. Returns the slot, locked, or
 * ERR_PTR(-ESTALE): finished or never there, ERR_PTR(-ESHUTDOWN).
 */
struct khttp_hand *khttp_hand_lock(struct khttp_worker *w, u64 id)
{
	u32 slot = khttp_slot_of(id);
	struct khttp_hand *hand;
	int err = -ESTALE;

	if (slot >= w->n_hands)
		return ERR_PTR(-ESTALE);
	hand = &w->hands[array_index_nospec(slot, w->n_hands)];
	mutex_lock(&hand->lock);
	if (READ_ONCE(w->state) == KHTTP_WORKER_GONE)
		err = -ESHUTDOWN;
	else if (hand->rq && hand->id == id)
		return hand;
	mutex_unlock(&hand->lock);
	return ERR_PTR(err);
}

/* Who waits for it looks again, and finds it stale */
static void dismiss(struct khttp_hand *hand)
{
	unsigned int kind;

	for (kind = 0; kind < KHTTP_WAIT_COUNT; kind++) {
		struct khttp_op *op = hand->op[kind];

		if (!op)
			continue;
		khttp_request_disarm(hand->rq, kind, &op->waiter);
		hand->op[kind] = NULL;
		if (khttp_op_claim(op))
			khttp_op_resume(op);
	}
}

/* khttp_slot_left() has to follow */
static struct khttp_request *take_out(struct khttp_hand *hand)
{
	struct khttp_request *rq = hand->rq;

	lockdep_assert_held(&hand->lock);
	dismiss(hand);
	khttp_bells_quiet(hand);
	khttp_store_drop(hand);
	if (unlikely(hand->fragment))
		khttp_store_unsplice(hand);
	hand->opaque = false;
	hand->rq = NULL;
	return rq;
}

/**
 * khttp_hand_empty - the request is finished
 * @hand: the locked slot; the caller holds a reference to the request, whose
 *	owner's reference is gone
 * @answered: by this worker
 */
void khttp_hand_empty(struct khttp_hand *hand, bool answered)
{
	take_out(hand);
	khttp_queue_done(hand->worker->queue, answered);
}

/**
 * khttp_hand_ask_again - its answer was about what is not stored any more
 * @hand: the locked slot; the caller holds a reference to the request
 */
void khttp_hand_ask_again(struct khttp_hand *hand)
{
	khttp_request_ask_again(take_out(hand));
}

/**
 * khttp_hand_cancel - the worker gives a request up
 * @w: the worker
 * @id: from user space
 *
 * Context: sleeps. Returns 0, -ESTALE, -ESHUTDOWN.
 */
int khttp_hand_cancel(struct khttp_worker *w, u64 id)
{
	struct khttp_hand *hand = khttp_hand_lock(w, id);

	if (IS_ERR(hand))
		return PTR_ERR(hand);
	khttp_request_cancel(take_out(hand));
	khttp_queue_done(w->queue, false);
	khttp_hand_unlock(hand);
	khttp_slot_left(w, khttp_slot_of(id), false);
	return 0;
}

/* What the worker was to be told of it stays, for it keeps the request */
static void tell_again(struct khttp_hand *hand, u8 armed)
{
	unsigned int kind;

	for (kind = 0; kind < KHTTP_WAIT_COUNT; kind++)
		if (armed & BIT(kind) && !khttp_bell_arm(hand, kind))
			khttp_bell_ring(hand, kind);
}

/* True: it is not this worker's any more, also for -ECONNRESET */
static bool delegate_locked(struct khttp_hand *hand, struct khttp_queue *to,
			    int *err)
{
	u8 armed = hand->armed;
	struct khttp_request *rq;

	*err = -EBUSY;
	if (hand->op[KHTTP_WAIT_READ] || hand->op[KHTTP_WAIT_SEND] || hand->fragment)
		return false;
	/* Before it can be another worker's, who may arm what is ours. Who waits
	 * for its client looks again, and finds it here or not
	 */
	rq = take_out(hand);
	*err = khttp_request_delegate(rq, to);
	if (*err == -ECONNRESET)
		khttp_request_cancel(rq);
	if (!*err || *err == -ECONNRESET)
		return true;
	hand->rq = rq;
	tell_again(hand, armed);
	return false;
}

/**
 * khttp_hand_delegate - a request is for another queue
 * @w: the worker
 * @id: from user space
 * @to: the queue
 *
 * Context: sleeps. Returns 0 or -errno as in struct khttp_delegate.
 */
int khttp_hand_delegate(struct khttp_worker *w, u64 id, struct khttp_queue *to)
{
	struct khttp_hand *hand = khttp_hand_lock(w, id);
	bool left;
	int err;

	if (IS_ERR(hand))
		return PTR_ERR(hand);
	left = delegate_locked(hand, to, &err);
	if (left)
		khttp_queue_done(w->queue, false);
	if (!err)
		khttp_queue_delegated(w->queue, to);
	khttp_hand_unlock(hand);
	if (left)
		khttp_slot_left(w, khttp_slot_of(id), false);
	return err;
}

/**
 * khttp_hand_return - give a request back that nobody was told of
 * @w: the worker
 * @id: of the request; may be stale
 *
 * Context: sleeps.
 */
void khttp_hand_return(struct khttp_worker *w, u64 id)
{
	struct khttp_hand *hand = khttp_hand_lock(w, id);

	if (IS_ERR(hand))
		return;
	khttp_request_abandon(take_out(hand), false);
	khttp_hand_unlock(hand);
	khttp_slot_left(w, khttp_slot_of(id), false);
}

/**
 * khttp_hands_abandon - the worker is gone: everything goes back
 * @w: the worker, GONE
 *
 * Context: sleeps. Having had each lock once, no operation holds a request of
 * this worker any more, and none can get one.
 */
void khttp_hands_abandon(struct khttp_worker *w)
{
	u32 i;

	for (i = 0; i < w->n_hands; i++) {
		const struct khttp_reply *reply = khttp_slot_memory(w, i) +
						  w->request_area;
		struct khttp_hand *hand = &w->hands[i];
		bool held, taken;

		mutex_lock(&hand->lock);
		taken = READ_ONCE(reply->taken) == hand->id;
		held = hand->rq;
		if (held)
			khttp_request_abandon(take_out(hand), taken);
		mutex_unlock(&hand->lock);
		if (held)
			khttp_slot_left(w, i, false);
	}
}
