// SPDX-License-Identifier: GPL-2.0-only
/* What a group says to a request that was routed to it. */

#include "admit.h"

#include "conn.h"
#include "dispatch.h"
#include "group.h"
#include "net.h"

void khttp_admit_leave(struct khttp_conn *c)
{
	struct khttp_group *g = c->group;

	if (!g)
		return;
	c->group = NULL;
	c->policy = &c->net->limits.policy;
	atomic_dec(&g->n_conns);
	khttp_group_put(g);
}

void khttp_admit_review(struct khttp_conn *c)
{
	if (c->group && !READ_ONCE(c->group->watched))
		khttp_admit_leave(c);
}

/* Counted before it is looked at: two that come at once are not both the last */
static enum khttp_reason enter(struct khttp_conn *c, struct khttp_group *g)
{
	u64 max = READ_ONCE(g->policy.max_group_connections);

	/* It was deleted, and its prefix is on its way out */
	if (!refcount_inc_not_zero(&g->ref))
		return KHTTP_REASON_NO_PREFIX;
	if (atomic_inc_return(&g->n_conns) > max && max) {
		atomic_dec(&g->n_conns);
		khttp_group_put(g);
		return KHTTP_REASON_CONN_LIMIT;
	}
	c->group = g;
	c->policy = &g->policy;
	return KHTTP_REASON_NONE;
}

/* Those of the head's limits that are stricter than the namespace's */
static enum khttp_reason judge(const struct khttp_sketch *s,
			       const struct khttp_group *g)
{
	const struct khttp_limits *limits = &g->policy.http;
	enum khttp_reason reason;

	if (!(READ_ONCE(g->set) & KHTTP_HEAD_ROWS_MASK))
		return KHTTP_REASON_NONE;
	reason = khttp_head_within(s->head, limits);
	return reason ?: khttp_path_within(s->path, limits);
}

bool khttp_admit_beyond(const struct khttp_net *kn)
{
	u64 max = READ_ONCE(kn->limits.max_served_connections);

	return max && READ_ONCE(kn->n_conns) > max;
}

enum khttp_reason khttp_admit_surplus(struct khttp_conn *c)
{
	c->surplus = khttp_admit_beyond(c->net);
	return c->surplus ? KHTTP_REASON_CONN_LIMIT : KHTTP_REASON_NONE;
}

enum khttp_reason khttp_admit(struct khttp_conn *c,
			      const struct khttp_sketch *s,
			      struct khttp_group *g)
{
	enum khttp_reason reason;

	if (c->group != g || !READ_ONCE(g->watched)) {
		khttp_admit_leave(c);
		if (!READ_ONCE(g->watched))
			return KHTTP_REASON_NONE;
		reason = enter(c, g);
		if (reason)
			return reason;
	}
	return judge(s, g);
}
