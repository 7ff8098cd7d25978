/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Answers with a bandwidth of their own: see struct khttp_flow, and for how it is
 * counted tap.h.
 *
 * Beside the limits of namespace and group (throttle.h): the first answer in order asks
 * its tap how much may go, and then those, for no more than that, so the tightest is
 * kept. What does not go waits as pieces at its request like that for which TCP has no
 * room, within the same send window. A timer of its own queues the connection's work
 * when there is room: one for all would have to find who is next among as many as
 * there are clients, which share nothing.
 *
 * An answer that its burst covers, and its peak, goes straight to TCP as any other.
 * That needs no memory; what does is made where the answer begins, charged to the
 * namespace, and ends with its request.
 *
 * Why not TCP's pacing (sk_max_pacing_rate): it is of the socket, and not of the
 * answer. The next one on the connection would be held back by it, or this one's end,
 * which lies in the socket, let go with it; it has no burst to speak of, and at slow
 * rates, where segments are large, it is off by seconds: see throttle.h. What it would
 * do better is the peak after a stall: what TCP has taken from us goes out as fast as
 * the client's window lets it once that opens again. That is no more than a window.
 */
#ifndef _KHTTP_PACED_H
#define _KHTTP_PACED_H

#include <linux/types.h>

struct khttp_flow;
struct khttp_request;

/*
 * An answer of so many bytes, or KHTTP_LENGTH_UNKNOWN, begins: 0 or -ENOMEM. Context:
 * socket lock held
 */
int khttp_paced_begin(struct khttp_request *rq, const struct khttp_flow *f, u64 bytes,
		      gfp_t gfp);

/*
 * ---- While rq->paced is set. Context: socket lock held ----
 */

/* Of @want bytes that wait: how many may go. 0: the connection will be told
 * (KHTTP_TODO_WRITE)
 */
u32 khttp_paced_room(struct khttp_request *rq, u32 want);
/* TCP took so many */
void khttp_paced_sent(struct khttp_request *rq, u32 bytes);

/* The request ends. Context: any, nobody else looks */
void khttp_paced_end(struct khttp_request *rq);

#endif
