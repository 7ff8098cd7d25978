// SPDX-License-Identifier: GPL-2.0-only
/* What one group has of the cache: its memory, and its sums. */

#include "share.h"

#include <linux/slab.h>
#include <linux/xarray.h>

#include "alloc.h"
#include "net.h"

void khttp_pool_init(struct khttp_pool *p)
{
	INIT_LIST_HEAD(&p->fifo[KHTTP_FIFO_SMALL]);
	INIT_LIST_HEAD(&p->fifo[KHTTP_FIFO_MAIN]);
	p->ghost_clock = KHTTP_GHOST_EPOCH;
}

/**
 * khttp_share_create - the share of a new group, without a limit
 * @kn: the namespace's root
 * @id: the group's
 *
 * Context: sleeps. Returns it with one reference, the group's, or ERR_PTR(-ENOMEM).
 */
struct khttp_share *khttp_share_create(struct khttp_net *kn, u64 id)
{
	struct khttp_share *s = khttp_kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);

	if (!s)
		return ERR_PTR(-ENOMEM);
	s->stats = khttp_alloc_percpu(struct khttp_share_stats, GFP_KERNEL_ACCOUNT);
	if (!s->stats)
		goto err_share;
	s->id = id;
	s->net = kn;
	refcount_set(&s->ref, 1);
	khttp_pool_init(&s->pool);
	if (khttp_may_fail(xa_insert_bh(&kn->shares, id, s, GFP_KERNEL_ACCOUNT)))
		goto err_stats;
	return s;
err_stats:
	free_percpu(s->stats);
err_share:
	kfree(s);
	return ERR_PTR(-ENOMEM);
}

void khttp_share_unlist(struct khttp_share *s)
{
	xa_erase_bh(&s->net->shares, s->id);
}

struct khttp_share *khttp_share_find(struct khttp_net *kn, u64 id)
{
	struct khttp_share *s;

	rcu_read_lock();
	s = xa_load(&kn->shares, id);
	if (s && !refcount_inc_not_zero(&s->ref))
		s = NULL;
	rcu_read_unlock();
	return s;
}

static void free_share(struct rcu_head *rcu)
{
	struct khttp_share *s = container_of(rcu, struct khttp_share, rcu);

	free_percpu(s->stats);
	kfree(s);
}

void khttp_share_put_many(struct khttp_share *s, u32 n)
{
	if (!refcount_sub_and_test(n, &s->ref))
		return;
	WARN_ON_ONCE(atomic64_read(&s->bytes) || khttp_pool_entries(&s->pool));
	call_rcu(&s->rcu, free_share);
}

void khttp_share_why(struct khttp_net *kn, u64 id, enum khttp_cache_why why)
{
	struct khttp_share *s;

	khttp_stat_why(kn, why);
	rcu_read_lock();
	s = xa_load(&kn->shares, id);
	if (s)
		this_cpu_inc(s->stats->why[why]);
	rcu_read_unlock();
}

/**
 * khttp_share_sum - a counter of the group
 * @s: its share
 * @which: the counter
 *
 * Context: any.
 */
u64 khttp_share_sum(const struct khttp_share *s, enum khttp_share_stat which)
{
	return khttp_percpu_sum(&s->stats->v[which]);
}

/**
 * khttp_share_sum_why - how often a response was not stored for this reason
 * @s: the group's share
 * @why: the reason
 *
 * Context: any.
 */
u64 khttp_share_sum_why(const struct khttp_share *s, enum khttp_cache_why why)
{
	return khttp_percpu_sum(&s->stats->why[why]);
}
