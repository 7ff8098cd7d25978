// SPDX-License-Identifier: GPL-2.0-only
/* Answers with a bandwidth of their own: when they go on. */

#include "paced.h"

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "alloc.h"
#include "conn.h"
#include "net.h"
#include "request.h"
#include "tap.h"

/* The timer fires no sooner: a burst makes good what is late by more */
#define LOOK_NS		1000000ULL

struct khttp_paced {
	struct khttp_tap tap;		/* socket lock */
	struct khttp_conn *conn;	/* the request's, which has a reference */
	struct hrtimer timer;
};

/* It keeps no reference: the end of the request waits for it */
static enum hrtimer_restart fired(struct hrtimer *timer)
{
	struct khttp_paced *p = container_of(timer, struct khttp_paced, timer);

	khttp_conn_kick(p->conn, KHTTP_TODO_WRITE);
	return HRTIMER_NORESTART;
}

static u64 cost_of(u32 rate)
{
	return rate ? div_u64((u64)NSEC_PER_SEC << 20, rate) : 0;
}

/**
 * khttp_paced_begin - an answer begins that may have a bandwidth of its own
 * @rq: what it answers
 * @f: at what, checked; a rate of 0: none
 * @bytes: all of it, or KHTTP_LENGTH_UNKNOWN
 * @gfp: how to allocate
 *
 * Context: socket lock held. Returns 0 or -ENOMEM.
 */
int khttp_paced_begin(struct khttp_request *rq, const struct khttp_flow *f, u64 bytes,
		      gfp_t gfp)
{
	struct khttp_paced *p;

	/* Of an answer that got no memory for the rest, and is given once more */
	if (unlikely(rq->paced))
		khttp_paced_end(rq);
	if (!f->rate || khttp_tap_passes(f, bytes))
		return 0;
	p = khttp_kzalloc(sizeof(*p), gfp);
	if (!p)
		return -ENOMEM;
	khttp_charge_answer(&rq->conn->net->account, sizeof(*p));
	khttp_tap_open(&p->tap, f, cost_of(f->rate), cost_of(f->peak), ktime_get_ns());
	p->conn = rq->conn;
	hrtimer_init(&p->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	p->timer.function = fired;
	rq->paced = p;
	return 0;
}

/**
 * khttp_paced_room - how much of what waits may be sent
 * @rq: the first one in order, with rq->paced
 * @want: bytes of it, at least 1
 *
 * Context: socket lock held. Returns bytes, at most @want; 0: the connection's work is
 * queued when there is room.
 */
u32 khttp_paced_room(struct khttp_request *rq, u32 want)
{
	struct khttp_paced *p = rq->paced;
	u64 now = ktime_get_ns(), wait;
	u32 n;

	sock_owned_by_me(rq->conn->sk);
	n = khttp_tap_room(&p->tap, want, now, &wait);
	/* One that is queued fires in time, or too early, and comes here again */
	if (!n && !hrtimer_is_queued(&p->timer))
		hrtimer_start(&p->timer, ns_to_ktime(now + max(wait, LOOK_NS)),
			      HRTIMER_MODE_ABS_SOFT);
	return n;
}

void khttp_paced_sent(struct khttp_request *rq, u32 bytes)
{
	khttp_tap_spend(&rq->paced->tap, bytes, ktime_get_ns());
}

void khttp_paced_end(struct khttp_request *rq)
{
	struct khttp_paced *p = rq->paced;

	hrtimer_cancel(&p->timer);
	rq->paced = NULL;
	kfree(p);
	khttp_uncharge(&rq->conn->net->account, sizeof(*p));
}
