// SPDX-License-Identifier: GPL-2.0-only
/* Who of those that wait for bandwidth may send how much? */

#include "valve.h"

#include <linux/limits.h>
#include <linux/minmax.h>

static u64 lack_both(const struct khttp_main *m, const struct khttp_valve *v,
		     u32 bytes, u64 now)
{
	return max_t(u64, khttp_meter_lacks(&m->bucket, bytes, now),
		     khttp_meter_lacks(&v->bucket, bytes, now));
}

static void spend_both(struct khttp_main *m, struct khttp_valve *v, u32 bytes,
		       u64 now)
{
	khttp_meter_spend(&m->bucket, bytes, now);
	khttp_meter_spend(&v->bucket, bytes, now);
}

/* A quantum of main's, as far as its own bucket has room; but one of its own to wait for */
static u32 grant_of(const struct khttp_main *m, const struct khttp_valve *v,
		    u32 want, u64 now)
{
	u32 most = min_t(u32, want, m->bucket.quantum), next;
	u32 n = min_t(u32, most, v->bucket.quantum);

	while (n < most) {
		next = min_t(u32, n + v->bucket.quantum, most);
		if (khttp_meter_lacks(&v->bucket, next, now))
			break;
		n = next;
	}
	return n;
}

/* ---- the two rings ---- */

static void enter(struct khttp_main *m, struct khttp_valve *v)
{
	struct khttp_valve *first = m->first ? m->first : v;

	v->next = first;
	v->prev = m->first ? first->prev : v;
	v->prev->next = v;
	first->prev = v;
	m->first = first;
	m->n++;
}

static void leave(struct khttp_main *m, struct khttp_valve *v)
{
	v->prev->next = v->next;
	v->next->prev = v->prev;
	if (m->first == v)
		m->first = v->next == v ? NULL : v->next;
	/* What it had above its turn is not forgotten, what it left is */
	v->turn = min_t(s64, v->turn, 0);
	m->n--;
	if (!m->first)
		m->dry = false;
}

static void wait_at(struct khttp_main *m, struct khttp_valve *v,
		    struct khttp_leaf *l, u32 want)
{
	struct khttp_leaf *first = v->first ? v->first : l;

	if (!v->first)
		enter(m, v);
	l->valve = v;
	l->want = want;
	l->next = first;
	l->prev = v->first ? first->prev : l;
	l->prev->next = l;
	first->prev = l;
	v->first = first;
}

void khttp_valve_leave(struct khttp_main *m, struct khttp_leaf *l)
{
	struct khttp_valve *v = l->valve;

	if (!khttp_leaf_waits(l))
		return;
	l->prev->next = l->next;
	l->next->prev = l->prev;
	if (v->first == l)
		v->first = l->next == l ? NULL : l->next;
	l->next = NULL;
	l->prev = NULL;
	if (!v->first)
		leave(m, v);
}

/* ---- who gets what ---- */

u32 khttp_valve_take(struct khttp_main *m, struct khttp_valve *v,
		     struct khttp_leaf *l, u32 want, u64 now, u64 *wait)
{
	u32 n = grant_of(m, v, want, now);

	*wait = lack_both(m, v, n, now);
	if (!v->first && !m->dry && !*wait) {
		spend_both(m, v, n, now);
		return n;
	}
	/* Who is before it is waited for already; and when main has room, all look */
	if (v->first || m->dry)
		*wait = U64_MAX;
	if (khttp_meter_lacks(&m->bucket, n, now) && !khttp_meter_lacks(&v->bucket, n, now))
		m->dry = true;
	wait_at(m, v, l, want);
	return 0;
}

bool khttp_valve_try(struct khttp_main *m, struct khttp_valve *v, u32 n, u64 now)
{
	if (v->first || m->dry || grant_of(m, v, n, now) < n ||
	    lack_both(m, v, n, now))
		return false;
	spend_both(m, v, n, now);
	return true;
}

void khttp_valve_return(struct khttp_main *m, struct khttp_valve *v, u32 n)
{
	khttp_meter_put_back(&m->bucket, n);
	if (v)
		khttp_meter_put_back(&v->bucket, n);
}

static struct khttp_leaf *grant(struct khttp_main *m, struct khttp_valve *v,
				u32 n, u64 now)
{
	struct khttp_leaf *l = v->first;

	spend_both(m, v, n, now);
	if (v->turn <= 0)
		v->turn += m->bucket.quantum;
	v->turn -= n;
	l->granted = n;
	if (v->turn <= 0 && m->first == v)
		m->first = v->next;
	khttp_valve_leave(m, l);
	return l;
}

struct khttp_leaf *khttp_valve_serve(struct khttp_main *m, u64 now)
{
	u32 left;

	for (left = m->n; left; left--) {
		struct khttp_valve *v = m->first;
		u32 n = grant_of(m, v, v->first->want, now);

		if (khttp_meter_lacks(&v->bucket, n, now)) {
			m->first = v->next;
			continue;
		}
		/* It keeps its turn */
		m->dry = khttp_meter_lacks(&m->bucket, n, now);
		return m->dry ? NULL : grant(m, v, n, now);
	}
	m->dry = false;
	return NULL;
}

u64 khttp_valve_next(const struct khttp_main *m, u64 now)
{
	const struct khttp_valve *v = m->first;
	u64 soonest = U64_MAX;
	u32 left;

	for (left = m->n; left; left--, v = v->next) {
		u32 n = grant_of(m, v, v->first->want, now);

		soonest = min_t(u64, soonest, lack_both(m, v, n, now));
	}
	return soonest;
}
