// SPDX-License-Identifier: GPL-2.0-only
/* Who of those that wait for bandwidth may send how much? */

#include "valve.h"

#include <linux/limits.h>
#include <linux/minmax.h>

/* A burst: what may be late by so much makes it good again */
#define DEPTH_NS	20000000ULL
#define QUANTA_PER_S	256
/* A bucket is no deeper than so many of its quanta, if it is asked for more than one */
#define QUANTA_DEEP	8

static u32 quantum_of(u64 rate)
{
	u64 least = min_t(u64, max_t(u64, rate / 8, 1), KHTTP_QUANTUM_PACKET);

	return min_t(u64, max_t(u64, rate / QUANTA_PER_S, least),
		     KHTTP_QUANTUM_MAX);
}

/* ns. No bucket is asked for more than a few of its quanta: no product is too large */
static u64 cost_of(const struct khttp_meter *b, u32 bytes)
{
	return (bytes * b->cost) >> 20;
}

/**
 * khttp_meter_set - begin to limit, or go on otherwise
 * @b: the bucket
 * @rate: bytes/s, 0: no limit
 * @cost: ns for a MiB at this rate; of a rate of 0, too
 * @now: it is full now
 */
void khttp_meter_set(struct khttp_meter *b, u64 rate, u64 cost, u64 now)
{
	b->cost = rate ? cost : 0;
	b->quantum = rate ? quantum_of(rate) : KHTTP_QUANTUM_MAX;
	b->depth = max_t(u64, cost_of(b, 2 * b->quantum), DEPTH_NS);
	b->full_at = now;
}

/* ns until it has room for @bytes, 0: now */
static u64 lacks(const struct khttp_meter *b, u32 bytes, u64 now)
{
	s64 until_full = b->full_at - now;
	u64 needs = max_t(s64, until_full, 0) + cost_of(b, bytes);

	return b->cost && needs > b->depth ? needs - b->depth : 0;
}

static void spend(struct khttp_meter *b, u32 bytes, u64 now)
{
	if ((s64)(b->full_at - now) < 0)
		b->full_at = now;
	b->full_at += cost_of(b, bytes);
}

static u64 lack_both(const struct khttp_main *m, const struct khttp_valve *v,
		     u32 bytes, u64 now)
{
	return max_t(u64, lacks(&m->bucket, bytes, now),
		     lacks(&v->bucket, bytes, now));
}

static void spend_both(struct khttp_main *m, struct khttp_valve *v, u32 bytes,
		       u64 now)
{
	spend(&m->bucket, bytes, now);
	spend(&v->bucket, bytes, now);
}

/* A quantum of main's, as far as its own bucket has room; but one of its own to wait for */
static u32 grant_of(const struct khttp_main *m, const struct khttp_valve *v,
		    u32 want, u64 now)
{
	u32 most = min_t(u32, want, m->bucket.quantum), next;
	u32 n = min_t(u32, most, v->bucket.quantum);

	while (n < most) {
		next = min_t(u32, n + v->bucket.quantum, most);
		if (lacks(&v->bucket, next, now))
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
	if (lacks(&m->bucket, n, now) && !lacks(&v->bucket, n, now))
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

/* A new rate may have come between: whatever it is then, a bucket is only full */
static void put_back(struct khttp_meter *b, u32 bytes)
{
	b->full_at -= cost_of(b, min_t(u32, bytes, QUANTA_DEEP * b->quantum));
}

void khttp_valve_return(struct khttp_main *m, struct khttp_valve *v, u32 n)
{
	put_back(&m->bucket, n);
	if (v)
		put_back(&v->bucket, n);
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

		if (lacks(&v->bucket, n, now)) {
			m->first = v->next;
			continue;
		}
		/* It keeps its turn */
		m->dry = lacks(&m->bucket, n, now);
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
