/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bandwidth limits of a namespace and of its groups, kept where answers are given to
 * TCP. What is shared how, and how exact that is: valve.h. What one answer has of its
 * own is beside them: paced.h.
 *
 *   an answer                 what it is limited by
 *   of a group's prefix       its group's rate and the namespace's; an answer belongs to
 *                             the group that its request was routed to, whatever comes
 *                             behind it on its connection
 *   of a group that is gone   the namespace's
 *   to what was not routed    the namespace's
 *   100 (Continue)            nothing
 *
 * What is counted are the bytes that TCP takes: heads, framing and body, and what
 * passes after an upgrade; not what it sends again.
 *
 *   a connection   moved by                        meaning
 *   idle           khttp_throttle_grant            its first answer in order goes on,
 *                                                  or it has none
 *   waits          khttp_throttle_grant            stands in its group's ring
 *   granted        the timer, a change of limits   its work is queued and will find
 *                                                  what it may send
 *
 * Only the first answer in order asks, so a connection waits once at most, and takes
 * no memory for it. Worker's answers, hits and file ranges that wait are pieces at
 * their request like those for which TCP has no room, with the same send window; so
 * a worker that streams is held back likewise. It is not TCP that keeps them: nothing
 * of them is in a socket before its time, and min_send_rate does not see a client
 * that takes what it is given.
 *
 * One timer for each namespace wakes who may go on: a millisecond after the last time
 * at the soonest, and the rarer the more groups wait, because each is looked at.
 *
 * Where nothing is limited, that costs an answer the look at net->throttled. Where
 * something is, an answer that is limited by it takes one lock of its namespace for a
 * quantum, which is 4 ms of the rate or the whole answer if that is less; others look
 * their group up, without a lock.
 *
 * Why not TCP's pacing (SO_MAX_PACING_RATE): its rates are of one socket, and nobody
 * shares them; the first ten segments pass it unpaced, and then two at a time at
 * least, which are seconds of a slow rate where segments are large; and what it
 * holds back lies in the socket already, whoever may have the rate now. Below
 * a quantum it is what spreads the packets where the administrator wants that: with
 * the fq queueing discipline, or BBR.
 *
 * Lock: throttle->lock, a spinlock taken with BH disabled, after the socket lock and
 * beside the other leaves of the order in net.h.
 */
#ifndef _KHTTP_THROTTLE_H
#define _KHTTP_THROTTLE_H

#include <linux/hrtimer.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "valve.h"

struct khttp_conn;
struct khttp_group;
struct khttp_net;
struct khttp_request;

struct khttp_throttle {
	struct xarray groups;		/* khttp_group, by id; RCU readers */
	spinlock_t lock;		/* guards all of the valves, and: */
	struct khttp_main main;
	struct khttp_valve rest;	/* for answers of no group */
	u64 main_rate;			/* bytes/s, 0: no limit; READ_ONCE readers */
	u32 limited;			/* groups with a rate */
	u32 era;			/* of the limits: what was granted in another one
					 * is void
					 */
	u64 due;			/* when the timer fires; with armed */
	bool armed;
	struct hrtimer timer;
};

/*
 * ---- Where answers are sent. Context: socket lock held ----
 * All of them are called where net->throttled is set; what it was set a moment ago does
 * no harm.
 */

/* Of @want bytes, which wait in front of all others: how many may be sent now. 0: the
 * connection will be told (KHTTP_TODO_WRITE)
 */
u32 khttp_throttle_grant(struct khttp_conn *c, const struct khttp_request *rq,
			 u32 want);
/* All of an answer or of a part of it, before anything of it waits. False: let it wait */
bool khttp_throttle_pass(struct khttp_net *kn, u64 group_id, size_t bytes);
/* TCP did not take so many of them */
void khttp_throttle_unused(struct khttp_net *kn, u64 group_id, size_t bytes);
/* The connection ends */
void khttp_throttle_leave(struct khttp_conn *c);

/*
 * ---- Control path. Context: net->config held ----
 */

/* A new group may have a rate: 0 or -ENOMEM. Sleeps */
int khttp_throttle_add(struct khttp_net *kn, struct khttp_group *g);
/* It may not any more; who waits goes on. Before RCU frees it */
void khttp_throttle_del(struct khttp_net *kn, struct khttp_group *g);
/* bytes/s, 0: no limit */
void khttp_throttle_set(struct khttp_net *kn, struct khttp_group *g, u64 rate);
void khttp_throttle_set_main(struct khttp_net *kn, u64 rate);

void khttp_throttle_init(struct khttp_net *kn);
/* No connection is left */
void khttp_throttle_exit(struct khttp_net *kn);

#endif
