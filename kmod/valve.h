/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bandwidth that is shared: who of those that wait may send how much, and when. Pure.
 *
 *   main    a namespace   its rate, or none; whose turn it is among the valves
 *   valve   a group       its rate, or none; those of its leaves that wait, in a ring
 *   leaf    a connection  waits at one valve, or holds what it was granted, or neither
 *
 * Rates are token buckets kept as one time, like those of http/rate.h: when the bucket
 * will be full again. What is sent costs time, and it may be sent where the bucket then
 * is no more than its depth away from full. So nothing has to be filled, and it does not
 * matter how late or how often somebody looks, up to the depth.
 *
 * Bytes are granted a quantum at a time, from the valve's bucket and main's together or
 * from none. A quantum is worth 4 ms of the rate: at most 256 KiB, which is what one
 * call gives to TCP, and a packet (1448 bytes), or an eighth of a second of what is even
 * slower, at least. A bucket is 20 ms deep, or two quanta: that is the burst, no
 * more than so much is sent at once after a rest. Where a valve's bucket has room for
 * more of its quanta, a grant is as many, up to one of main's: so a slow group is not
 * slower than its rate because its turn comes but now and then.
 *
 * Fairness. The leaves of a valve stand in a ring: who was granted goes, and stands
 * behind the others when he asks again. The valves that have some stand in one,
 * too, where they take turns of one quantum of main's; what one has above its
 * turn it lacks in the next, so that small answers and large ones count by their
 * bytes. A valve whose own bucket is empty is passed over: what it does not use is the
 * others', and what nobody waits for is nobody's.
 *
 * Who comes when somebody waits before him waits, too, so nothing is taken out of turn.
 * The ends: a leaf leaves, a valve is cleared of its leaves; who calls does that before
 * their memory goes. A new rate counts from the next grant on, with a full bucket.
 *
 * Times are ns of one clock and are compared by their difference.
 */
#ifndef _KHTTP_VALVE_H
#define _KHTTP_VALVE_H

#include <linux/types.h>

#define KHTTP_QUANTUM_MAX	(256U << 10)
#define KHTTP_QUANTUM_PACKET	1448U

struct khttp_meter {
	u64 cost;		/* ns for a MiB; 0: no limit */
	u64 depth;		/* ns */
	u64 full_at;
	u32 quantum;		/* bytes; those of no limit are the largest */
};

struct khttp_leaf {
	struct khttp_leaf *next;	/* in the ring; NULL: does not wait */
	struct khttp_leaf *prev;
	struct khttp_valve *valve;	/* where it waits, or waited last */
	u32 want;			/* bytes, while it waits */
	u32 granted;			/* bytes, for who calls to take out, */
	u32 era;			/* and his, too */
};

struct khttp_valve {
	struct khttp_meter bucket;
	struct khttp_leaf *first;	/* who is next; NULL: nobody waits */
	struct khttp_valve *next;	/* in the ring, while somebody does */
	struct khttp_valve *prev;
	s64 turn;			/* bytes of its turn that are left */
};

struct khttp_main {
	struct khttp_meter bucket;
	struct khttp_valve *first;	/* whose turn it is; NULL: nobody waits */
	u32 n;				/* valves in the ring */
	bool dry;			/* somebody waits for main's bucket */
};

/* Of zeroed memory. A rate of 0 is none; @cost: 10^9 * 2^20 / @rate, at least 1 */
void khttp_meter_set(struct khttp_meter *b, u64 rate, u64 cost, u64 now);

/*
 * Up to @want bytes, at least 1, for one that does not wait and holds no grant. 0: it
 * waits now, and it is time to serve in *@wait ns; U64_MAX: no sooner than for those
 * that wait already.
 */
u32 khttp_valve_take(struct khttp_main *m, struct khttp_valve *v,
		     struct khttp_leaf *l, u32 want, u64 now, u64 *wait);
/* Exactly @n, if nobody waits for it: true, or nothing was taken */
bool khttp_valve_try(struct khttp_main *m, struct khttp_valve *v, u32 n, u64 now);
/* @n of what was taken or granted were not used. @v: NULL, it is gone */
void khttp_valve_return(struct khttp_main *m, struct khttp_valve *v, u32 n);
/* Whoever is next, with its grant, and does not wait any more; NULL: nobody yet */
struct khttp_leaf *khttp_valve_serve(struct khttp_main *m, u64 now);
/* When serving is worth it again, in ns; U64_MAX: nobody waits */
u64 khttp_valve_next(const struct khttp_main *m, u64 now);

/* It waits no more. It may not have */
void khttp_valve_leave(struct khttp_main *m, struct khttp_leaf *l);

static inline bool khttp_leaf_waits(const struct khttp_leaf *l)
{
	return l->next;
}

#endif
