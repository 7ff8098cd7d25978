// SPDX-License-Identifier: GPL-2.0-only
/* At what bandwidth does one answer go out? */

#include "tap.h"

#include <linux/minmax.h>

static u32 burst_of(const struct khttp_flow *f)
{
	return f->burst ? f->burst : KHTTP_FLOW_BURST_LEAST(f->rate);
}

bool khttp_tap_ok(const struct khttp_flow *f)
{
	return f->rate >= KHTTP_FLOW_RATE_MIN &&
	       (!f->peak || f->peak >= f->rate) &&
	       burst_of(f) >= KHTTP_FLOW_BURST_LEAST(f->rate);
}

bool khttp_tap_passes(const struct khttp_flow *f, u64 bytes)
{
	return bytes <= burst_of(f) &&
	       (!f->peak || bytes <= KHTTP_FLOW_BURST_LEAST(f->peak));
}

void khttp_tap_open(struct khttp_tap *t, const struct khttp_flow *f, u64 rate_cost,
		    u64 peak_cost, u64 now)
{
	khttp_meter_set(&t->rate, f->rate, rate_cost, now);
	khttp_meter_deepen(&t->rate, burst_of(f));
	khttp_meter_set(&t->peak, f->peak, peak_cost, now);
	khttp_meter_deepen(&t->peak, KHTTP_FLOW_BURST_LEAST(f->peak));
}

static u64 lacks(const struct khttp_tap *t, u32 bytes, u64 now)
{
	return max_t(u64, khttp_meter_lacks(&t->rate, bytes, now),
		     khttp_meter_lacks(&t->peak, bytes, now));
}

/*
 * A quantum of the rate is what it waits for, and the peak has room for that before
 * long: it is not less. Where there is room for more, at least half of that goes.
 */
u32 khttp_tap_room(const struct khttp_tap *t, u32 want, u64 now, u64 *wait)
{
	u32 n = min_t(u32, want, KHTTP_QUANTUM_MAX);
	u32 least = min_t(u32, n, t->rate.quantum);

	*wait = lacks(t, least, now);
	if (*wait)
		return 0;
	while (n > least && lacks(t, n, now))
		n = max_t(u32, n / 2, least);
	return n;
}

void khttp_tap_spend(struct khttp_tap *t, u32 bytes, u64 now)
{
	khttp_meter_spend(&t->rate, bytes, now);
	khttp_meter_spend(&t->peak, bytes, now);
}
