// SPDX-License-Identifier: GPL-2.0-only
/* What the control side sees of a worker. */

#include "grant.h"
#include "worker_i.h"

/* Nothing stands in the worker's way. Without the slot's lock: a glance */
static bool is_owed(const struct khttp_hand *hand)
{
	return data_race(hand->rq) && !data_race(hand->opaque) &&
	       !data_race(hand->op[KHTTP_WAIT_READ]) &&
	       !data_race(hand->op[KHTTP_WAIT_SEND]) &&
	       !(data_race(hand->armed) &
		 (BIT(KHTTP_WAIT_READ) | BIT(KHTTP_WAIT_SEND)));
}

/*
 * Who supervises a worker looks for one that goes on with nothing of what it
 * owes. That is counted in the slots and summed up here, so that a request pays
 * nothing for it.
 */
static void look_into_hands(const struct khttp_worker *w,
			    struct khttp_worker_info *i)
{
	u32 n;

	for (n = 0; n < w->n_hands; n++) {
		i->owed += is_owed(&w->hands[n]);
		i->pieces += data_race(w->hands[n].pieces);
	}
}

/**
 * khttp_worker_id - what a worker is called
 * @w: attached
 *
 * Context: the queue's lock held.
 */
u32 khttp_worker_id(const struct khttp_worker *w)
{
	return w->id;
}

/**
 * khttp_worker_info - a worker as it is now
 * @w: attached
 * @i: filled; the pid is the worker's
 *
 * Context: the queue's lock held.
 */
void khttp_worker_info(const struct khttp_worker *w,
		       struct khttp_worker_info *i)
{
	*i = (struct khttp_worker_info){
		.id = w->id,
		.state = READ_ONCE(w->state),
		.pid = w->pid,
		.uid = w->uid,
		.slots = w->n_hands,
		.in_hand = atomic_read(&w->in_hand),
		.fetched = atomic64_read(&w->fetched),
		.answered = READ_ONCE(w->answered),
		.since = w->since,
		.grant = w->grant ? w->grant->id : 0,
	};
	memcpy(i->comm, w->comm, sizeof(i->comm));
	look_into_hands(w, i);
}

struct khttp_worker *khttp_worker_of_link(struct list_head *queue_link)
{
	return container_of(queue_link, struct khttp_worker, queue_link);
}

struct list_head *khttp_worker_link(struct khttp_worker *w)
{
	return &w->queue_link;
}

struct khttp_grant *khttp_worker_grant(const struct khttp_worker *w)
{
	return w->grant;
}
