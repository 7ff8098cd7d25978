/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * At what bandwidth does one answer go out? Pure.
 *
 * Two meters: the rate, as deep as the burst, and the peak, above which nothing goes,
 * whatever of the burst is left. What one answer may send is nobody else's, so nobody
 * stands before it, and it has no need of the rings in valve.h.
 */
#ifndef _KHTTP_TAP_H
#define _KHTTP_TAP_H

#include <linux/khttp.h>
#include <linux/types.h>

#include "meter.h"

struct khttp_tap {
	struct khttp_meter rate;
	struct khttp_meter peak;	/* of no limit, unless there is one */
};

/* What a worker asks for may be */
bool khttp_tap_ok(const struct khttp_flow *f);
/* An answer of no more than so many bytes goes at once: it needs no tap. @f is ok */
bool khttp_tap_passes(const struct khttp_flow *f, u64 bytes);
/* @rate_cost, @peak_cost: as in khttp_meter_set(). Full @now. Zeroed memory */
void khttp_tap_open(struct khttp_tap *t, const struct khttp_flow *f, u64 rate_cost,
		    u64 peak_cost, u64 now);
/* Of @want bytes, at least 1, those that may go now; 0: none for *@wait ns */
u32 khttp_tap_room(const struct khttp_tap *t, u32 want, u64 now, u64 *wait);
/* So many of them went */
void khttp_tap_spend(struct khttp_tap *t, u32 bytes, u64 now);

#endif
