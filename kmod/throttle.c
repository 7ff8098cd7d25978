// SPDX-License-Identifier: GPL-2.0-only
/* Bandwidth limits: connections at the valves of their groups, and who wakes them. */

#include "throttle.h"

#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/rcupdate.h>

#include "alloc.h"
#include "conn.h"
#include "group.h"
#include "net.h"
#include "request.h"

/* The timer fires no sooner after the last time, */
#define LOOK_NS		1000000ULL
/* and that much later for each group that waits: what a look at it costs, four times */
#define LOOK_GROUP_NS	250ULL
/* Connections woken in one run of it */
#define WAKE_AT_ONCE	1024

/* A moment ago, without the lock */
static bool is_limited(struct khttp_throttle *t, u64 group_id)
{
	const struct khttp_group *g;
	bool limited;

	if (READ_ONCE(t->main_rate))
		return true;
	rcu_read_lock();
	g = xa_load(&t->groups, group_id);
	limited = g && READ_ONCE(g->rate);
	rcu_read_unlock();
	return limited;
}

/* Under the lock: where the answers of a group have to wait, or NULL: nowhere */
static struct khttp_valve *valve_of(struct khttp_throttle *t, u64 group_id)
{
	struct khttp_group *g = xa_load(&t->groups, group_id);

	if (g && (g->rate || t->main_rate))
		return &g->valve;
	return t->main_rate ? &t->rest : NULL;
}

/* ---- the timer ---- */

/* @wait: ns from @now on, or U64_MAX */
static void arm(struct khttp_throttle *t, u64 now, u64 wait)
{
	u64 least = LOOK_NS + t->main.n * LOOK_GROUP_NS;
	u64 due = now + max(wait, least);

	lockdep_assert_held(&t->lock);
	if (wait == U64_MAX || (t->armed && (s64)(t->due - due) <= 0))
		return;
	t->armed = true;
	t->due = due;
	hrtimer_start(&t->timer, ns_to_ktime(due), HRTIMER_MODE_ABS_SOFT);
}

/* Who waits stands at a connection that is open: its end comes here first */
static void wake_all(struct khttp_throttle *t, u64 now)
{
	struct khttp_leaf *l;
	unsigned int n;

	lockdep_assert_held(&t->lock);
	for (n = 0; n < WAKE_AT_ONCE; n++) {
		l = khttp_valve_serve(&t->main, now);
		if (!l)
			break;
		l->era = t->era;
		khttp_conn_kick(container_of(l, struct khttp_conn, leaf),
				KHTTP_TODO_WRITE);
	}
	arm(t, now, khttp_valve_next(&t->main, now));
}

static enum hrtimer_restart fired(struct hrtimer *timer)
{
	struct khttp_throttle *t = container_of(timer, struct khttp_throttle,
						timer);

	spin_lock_bh(&t->lock);
	t->armed = false;
	wake_all(t, ktime_get_ns());
	spin_unlock_bh(&t->lock);
	return HRTIMER_NORESTART;
}

/* ---- answers ---- */

/* What was granted while it waited; more than it wants now is given back */
static u32 take_grant(struct khttp_throttle *t, struct khttp_valve *v,
		      struct khttp_leaf *l, u32 want)
{
	u32 n = min(l->granted, want);

	if (n < l->granted)
		khttp_valve_return(&t->main, v, l->granted - n);
	l->granted = 0;
	return n;
}

/**
 * khttp_throttle_grant - how much of what waits may be sent
 * @c: the connection
 * @rq: the first one in order
 * @want: bytes of it, at least 1
 *
 * Context: socket lock held. Returns bytes, at most @want; 0: the connection waits, and
 * its work is queued when there is something for it.
 */
u32 khttp_throttle_grant(struct khttp_conn *c, const struct khttp_request *rq,
			 u32 want)
{
	struct khttp_throttle *t = &c->net->throttle;
	struct khttp_leaf *l = &c->leaf;
	struct khttp_valve *v;
	u64 now, wait;
	u32 n = 0;

	sock_owned_by_me(c->sk);
	/* One that has never waited does not wait, nor hold anything */
	if (!l->valve && !is_limited(t, rq->group_id))
		return want;
	now = ktime_get_ns();
	rcu_read_lock();
	spin_lock_bh(&t->lock);
	v = valve_of(t, rq->group_id);
	if (khttp_leaf_waits(l)) {
		l->want = want;
	} else if (l->granted && l->era == t->era) {
		n = take_grant(t, v, l, want);
	} else if (!v) {
		n = want;
	} else {
		n = khttp_valve_take(&t->main, v, l, want, now, &wait);
		if (!n)
			arm(t, now, wait);
	}
	spin_unlock_bh(&t->lock);
	rcu_read_unlock();
	return n;
}

bool khttp_throttle_pass(struct khttp_net *kn, u64 group_id, size_t bytes)
{
	struct khttp_throttle *t = &kn->throttle;
	struct khttp_valve *v;
	bool ok;

	if (!is_limited(t, group_id))
		return true;
	if (bytes > KHTTP_QUANTUM_MAX)
		return false;
	rcu_read_lock();
	spin_lock_bh(&t->lock);
	v = valve_of(t, group_id);
	ok = !v || khttp_valve_try(&t->main, v, bytes, ktime_get_ns());
	spin_unlock_bh(&t->lock);
	rcu_read_unlock();
	return ok;
}

void khttp_throttle_unused(struct khttp_net *kn, u64 group_id, size_t bytes)
{
	struct khttp_throttle *t = &kn->throttle;
	struct khttp_valve *v;

	if (!is_limited(t, group_id))
		return;
	rcu_read_lock();
	spin_lock_bh(&t->lock);
	v = valve_of(t, group_id);
	if (v)
		khttp_valve_return(&t->main, v, bytes);
	spin_unlock_bh(&t->lock);
	rcu_read_unlock();
}

/**
 * khttp_throttle_leave - a connection ends
 * @c: the connection
 *
 * What it was granted and did not send is lost to the others, too: one quantum.
 *
 * Context: socket lock held, for the last time that it may ask.
 */
void khttp_throttle_leave(struct khttp_conn *c)
{
	struct khttp_throttle *t = &c->net->throttle;

	sock_owned_by_me(c->sk);
	/* Only under the socket lock does it begin to; who has just woken it may not be
	 * done with it
	 */
	if (likely(!c->leaf.valve))
		return;
	spin_lock_bh(&t->lock);
	khttp_valve_leave(&t->main, &c->leaf);
	spin_unlock_bh(&t->lock);
}

/* ---- limits ---- */

static u64 cost_of(u64 rate)
{
	return rate ? div64_u64((u64)NSEC_PER_SEC << 20, rate) : 0;
}

static void note(struct khttp_net *kn)
{
	const struct khttp_throttle *t = &kn->throttle;

	WRITE_ONCE(kn->throttled, t->main_rate || t->limited);
}

/**
 * khttp_throttle_set - a group's rate, from now on
 * @kn: the namespace's root
 * @g: the group
 * @rate: bytes/s; 0: no limit
 *
 * Context: net->config held.
 */
void khttp_throttle_set(struct khttp_net *kn, struct khttp_group *g, u64 rate)
{
	struct khttp_throttle *t = &kn->throttle;
	u64 now = ktime_get_ns();

	lockdep_assert_held(&kn->config);
	if (rate == g->rate)
		return;
	spin_lock_bh(&t->lock);
	t->era++;
	t->limited += !g->rate - !rate;
	WRITE_ONCE(g->rate, rate);
	khttp_meter_set(&g->valve.bucket, rate, cost_of(rate), now);
	note(kn);
	wake_all(t, now);
	spin_unlock_bh(&t->lock);
}

/**
 * khttp_throttle_set_main - the rate of all of a namespace, from now on
 * @kn: the namespace's root
 * @rate: bytes/s; 0: no limit
 *
 * Context: net->config held.
 */
void khttp_throttle_set_main(struct khttp_net *kn, u64 rate)
{
	struct khttp_throttle *t = &kn->throttle;
	u64 now = ktime_get_ns();

	lockdep_assert_held(&kn->config);
	if (rate == t->main_rate)
		return;
	spin_lock_bh(&t->lock);
	t->era++;
	WRITE_ONCE(t->main_rate, rate);
	khttp_meter_set(&t->main.bucket, rate, cost_of(rate), now);
	note(kn);
	wake_all(t, now);
	spin_unlock_bh(&t->lock);
}

int khttp_throttle_add(struct khttp_net *kn, struct khttp_group *g)
{
	khttp_meter_set(&g->valve.bucket, 0, 0, 0);
	return khttp_may_fail(xa_insert(&kn->throttle.groups, g->id, g,
					GFP_KERNEL_ACCOUNT));
}

/**
 * khttp_throttle_del - a group goes
 * @kn: the namespace's root
 * @g: the group, whose memory stays for RCU readers
 *
 * Whoever goes to its valve does so under the lock, so nobody comes to wait there any
 * more. Those that do are woken, and will ask for what of the namespace's they may have.
 *
 * Context: net->config held.
 */
void khttp_throttle_del(struct khttp_net *kn, struct khttp_group *g)
{
	struct khttp_throttle *t = &kn->throttle;
	struct khttp_leaf *l;

	khttp_throttle_set(kn, g, 0);
	xa_erase(&t->groups, g->id);
	spin_lock_bh(&t->lock);
	while ((l = g->valve.first)) {
		khttp_valve_leave(&t->main, l);
		khttp_conn_kick(container_of(l, struct khttp_conn, leaf),
				KHTTP_TODO_WRITE);
	}
	spin_unlock_bh(&t->lock);
}

void khttp_throttle_init(struct khttp_net *kn)
{
	struct khttp_throttle *t = &kn->throttle;

	xa_init_flags(&t->groups, XA_FLAGS_ACCOUNT);
	spin_lock_init(&t->lock);
	khttp_meter_set(&t->main.bucket, 0, 0, 0);
	khttp_meter_set(&t->rest.bucket, 0, 0, 0);
	hrtimer_init(&t->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	t->timer.function = fired;
}

void khttp_throttle_exit(struct khttp_net *kn)
{
	hrtimer_cancel(&kn->throttle.timer);
	WARN_ON_ONCE(kn->throttle.main.first || kn->throttle.limited);
	xa_destroy(&kn->throttle.groups);
}
