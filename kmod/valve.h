/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bandwidth that is shared: who of those that wait may send how much, and when. Pure.
 *
 *   main    a namespace   its rate, or none; whose turn it is among the valves
 *   valve   a group       its rate, or none; those of its leaves that wait, in a ring
 *   leaf    a connection  waits at one valve, or holds what it was granted, or neither
 *
 * Bytes are granted a quantum at a time, from the valve's bucket (meter.h) and main's
 * together or from none. Where a valve's bucket has room for more of its quanta, a grant
 * is as many, up to one of main's: so a slow group is not slower than its rate because
 * its turn comes but now and then.
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
 */
#ifndef _KHTTP_VALVE_H
#define _KHTTP_VALVE_H

#include <linux/types.h>

#include "meter.h"

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
