// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bells: what KHTTP_IOC_RUN tells of requests in hand, and poll looks for.
 *
 * A bell is armed at a request where an ioctl could not go on or, for one that
 * RUN gave out, to tell that its client is gone. It rings once.
 */

#include <linux/poll.h>

#include "worker_i.h"

static const u32 event_of[KHTTP_WAIT_COUNT] = {
	[KHTTP_WAIT_READ] = KHTTP_EV_READABLE,
	[KHTTP_WAIT_SEND] = KHTTP_EV_WRITABLE,
	[KHTTP_WAIT_GONE] = KHTTP_EV_GONE,
};

/**
 * khttp_bell_ring - there is something to tell
 * @hand: a slot with a request
 * @kind: what
 *
 * Context: any but hard interrupt.
 */
void khttp_bell_ring(struct khttp_hand *hand, enum khttp_wait kind)
{
	struct khttp_worker *w = hand->worker;

	spin_lock_bh(&w->bells_lock);
	hand->rung |= event_of[kind];
	if (list_empty(&hand->rung_link))
		list_add_tail(&hand->rung_link, &w->rung);
	spin_unlock_bh(&w->bells_lock);
	khttp_worker_tell(w, EPOLLIN);
}

/* Under the request's lock, BH disabled */
static void khttp_bell_wake(struct khttp_waiter *waiter)
{
	struct khttp_bell *bell = container_of(waiter, struct khttp_bell,
					       waiter);

	khttp_bell_ring(bell->hand, bell - bell->hand->bell);
}

/**
 * khttp_bells_init - a new slot's bells
 * @hand: the slot
 */
void khttp_bells_init(struct khttp_hand *hand)
{
	unsigned int i;

	INIT_LIST_HEAD(&hand->rung_link);
	for (i = 0; i < KHTTP_WAIT_COUNT; i++) {
		hand->bell[i].hand = hand;
		hand->bell[i].waiter.wake = khttp_bell_wake;
	}
}

/**
 * khttp_bell_arm - have it ring
 * @hand: a locked slot with a request
 * @kind: when
 *
 * False: it is time already; nothing was armed.
 */
bool khttp_bell_arm(struct khttp_hand *hand, enum khttp_wait kind)
{
	lockdep_assert_held(&hand->lock);
	if (hand->armed & BIT(kind))
		khttp_bell_disarm(hand, kind);
	if (!khttp_request_arm(hand->rq, kind, &hand->bell[kind].waiter))
		return false;
	hand->armed |= BIT(kind);
	return true;
}

/**
 * khttp_bell_disarm - an operation of that kind takes its place
 * @hand: a locked slot with a request
 * @kind: which one
 */
void khttp_bell_disarm(struct khttp_hand *hand, enum khttp_wait kind)
{
	lockdep_assert_held(&hand->lock);
	if (!(hand->armed & BIT(kind)))
		return;
	khttp_request_disarm(hand->rq, kind, &hand->bell[kind].waiter);
	hand->armed &= ~BIT(kind);
}

/**
 * khttp_bells_quiet - the request leaves the slot
 * @hand: the locked slot, still with the request
 */
void khttp_bells_quiet(struct khttp_hand *hand)
{
	struct khttp_worker *w = hand->worker;

	while (hand->armed)
		khttp_bell_disarm(hand, __ffs(hand->armed));
	/* None can ring now; what has rung is of no interest any more */
	if (list_empty_careful(&hand->rung_link))
		return;
	spin_lock_bh(&w->bells_lock);
	hand->rung = 0;
	list_del_init(&hand->rung_link);
	spin_unlock_bh(&w->bells_lock);
}

/**
 * khttp_bells_next - what has rung
 * @w: the worker
 * @e: filled
 *
 * The id is the slot's while it is in the list: khttp_bells_quiet() takes it
 * out before another request can come in. False: no bell has rung.
 */
bool khttp_bells_next(struct khttp_worker *w, struct khttp_event *e)
{
	struct khttp_hand *hand;

	spin_lock_bh(&w->bells_lock);
	hand = list_first_entry_or_null(&w->rung, struct khttp_hand, rung_link);
	if (hand) {
		*e = (struct khttp_event){
			.id = READ_ONCE(hand->id),
			.events = hand->rung,
		};
		hand->rung = 0;
		list_del_init(&hand->rung_link);
	}
	spin_unlock_bh(&w->bells_lock);
	return hand;
}
