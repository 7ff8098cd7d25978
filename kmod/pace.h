/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is a count of bytes growing fast enough while it ought to grow? Pure.
 *
 * Two judgements, of which either one is enough:
 *
 *   the window   less than the rate over the last 30 s, in steps of 10 s: who
 *                was fast before buys no right to stall
 *   the whole    it takes longer than all the bytes would have at the rate,
 *                elapsed > total / rate: who keeps just ahead of the window by
 *                bursts is late in the end all the same
 *
 * The second one does not cut before a window has passed, either: a small answer
 * whose last segment is lost takes as long as TCP waits.
 */
#ifndef _KHTTP_PACE_H
#define _KHTTP_PACE_H

#include <linux/types.h>

#define KHTTP_PACE_WINDOW_MS	30000
#define KHTTP_PACE_STEPS	3
#define KHTTP_PACE_STEP_MS	(KHTTP_PACE_WINDOW_MS / KHTTP_PACE_STEPS)

/* Times are in ms since the bytes began to be waited for */
struct khttp_pace {
	u64 bytes[KHTTP_PACE_STEPS];	/* ring of samples: the count */
	u64 ms[KHTTP_PACE_STEPS];	/* and when */
	u8 n;				/* samples there are */
	u8 newest;
};

static inline void khttp_pace_begin(struct khttp_pace *r, u64 bytes)
{
	r->bytes[0] = bytes;
	r->ms[0] = 0;
	r->n = 1;
	r->newest = 0;
}

/* When it is worth a look again */
static inline u64 khttp_pace_next(const struct khttp_pace *r)
{
	return r->ms[r->newest] + KHTTP_PACE_STEP_MS;
}

/* The window. @bytes: the count at @ms; @rate: per s. False: too slow */
bool khttp_pace_look(struct khttp_pace *r, u64 ms, u64 bytes, u64 rate);
/* The whole. @total: all the bytes that are waited for. True: it is late */
bool khttp_pace_overdue(u64 ms, u64 total, u64 rate);

#endif
