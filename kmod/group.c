// SPDX-License-Identifier: GPL-2.0-only
/* A group: prefixes that share a queue and a policy. */

#include "group.h"

#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "alloc.h"
#include "door.h"
#include "net.h"
#include "share.h"
#include "throttle.h"

static u32 count_named(struct khttp_net *kn)
{
	struct khttp_group *g;
	u32 n = 0;

	list_for_each_entry(g, &kn->groups, link)
		n += !g->is_default;
	return n;
}

/* Tags stand in stored heads, or do not; and a cookie that was for all is not any more */
static bool outdates(u32 was, u32 is)
{
	return (was ^ is) & KHTTP_CACHING_TAGS || was & ~is & KHTTP_CACHING_COOKIE;
}

/* What is in force, out of what it sets and what the namespace says. True: by that what
 * is stored would be another, or would not be
 */
static bool update(struct khttp_net *kn, struct khttp_group *g)
{
	const struct khttp_policy *base = &kn->limits.policy;
	u32 caching = g->policy.caching;
	unsigned int i;

	for (i = 0; i < KHTTP_POLICY_ROWS; i++) {
		u64 value = khttp_policy_get(base, i);

		if (g->set & BIT_ULL(i))
			value = khttp_policy_effective(i,
						       khttp_policy_get(&g->own, i),
						       value);
		khttp_policy_set(&g->policy, i, value);
	}
	WRITE_ONCE(g->watched, g->set || base->max_group_connections);
	WRITE_ONCE(g->share->limit, g->policy.cache_share);
	khttp_throttle_set(kn, g, g->policy.max_group_bandwidth);
	return outdates(caching, g->policy.caching);
}

/**
 * khttp_group_create - a new group, which sets nothing
 * @kn: the namespace's root
 * @q: the queue it feeds
 * @name: checked by the caller, shorter than KHTTP_QUEUE_NAME_MAX, free
 * @is_default: it is @q's own, which keeps the reference
 *
 * Context: net->config held, sleeps. Returns the group with one reference, or
 * ERR_PTR: -ENOSPC, -ENOMEM.
 */
struct khttp_group *khttp_group_create(struct khttp_net *kn,
				       struct khttp_queue *q, const char *name,
				       bool is_default)
{
	struct khttp_group *g;

	lockdep_assert_held(&kn->config);
	if (!is_default && count_named(kn) >= KHTTP_GROUPS_MAX)
		return ERR_PTR(-ENOSPC);
	g = khttp_kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);
	if (!g)
		return ERR_PTR(-ENOMEM);
	g->id = ++kn->last_group_id;
	g->share = khttp_share_create(kn, g->id);
	if (IS_ERR(g->share))
		goto err_group;
	if (khttp_throttle_add(kn, g))
		goto err_share;
	g->queue = q;
	refcount_set(&g->ref, 1);
	strscpy(g->name, name, sizeof(g->name));
	g->is_default = is_default;
	INIT_LIST_HEAD(&g->urls);
	update(kn, g);
	list_add_tail(&g->link, &kn->groups);
	return g;
err_share:
	khttp_share_unlist(g->share);
	khttp_share_put(g->share);
err_group:
	kfree(g);
	return ERR_PTR(-ENOMEM);
}

/**
 * khttp_group_find - look a group up by name
 * @kn: the namespace's root
 * @name: NUL-terminated
 *
 * Context: net->config held; the group is valid while it is. NULL: none.
 */
struct khttp_group *khttp_group_find(struct khttp_net *kn, const char *name)
{
	struct khttp_group *g;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(g, &kn->groups, link)
		if (!g->leaving && !strcmp(g->name, name))
			return g;
	return NULL;
}

/**
 * khttp_group_next - walk the groups in the order of their ids
 * @kn: the namespace's root
 * @id: where to go on, 0 for the first
 *
 * Context: net->config held; the group is valid while it is.
 */
struct khttp_group *khttp_group_next(struct khttp_net *kn, u64 id)
{
	struct khttp_group *g;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(g, &kn->groups, link)
		if (g->id >= id)
			return g;
	return NULL;
}

/**
 * khttp_group_set - change a group's policy
 * @kn: the namespace's root
 * @g: the group
 * @list: rows below KHTTP_POLICY_ROWS and values, checked by the caller
 * @n: entries in it
 *
 * Context: net->config held. Returns true where what is stored of it has to go.
 */
bool khttp_group_set(struct khttp_net *kn, struct khttp_group *g,
		     const struct khttp_limit_change *list, unsigned int n)
{
	u64 set = g->set;
	unsigned int i;

	lockdep_assert_held(&kn->config);
	for (i = 0; i < n; i++) {
		if (list[i].inherit) {
			set &= ~BIT_ULL(list[i].row);
			continue;
		}
		set |= BIT_ULL(list[i].row);
		khttp_policy_set(&g->own, list[i].row, list[i].value);
	}
	WRITE_ONCE(g->set, set);
	return update(kn, g);
}

/**
 * khttp_groups_update - the namespace's limits changed
 * @kn: the namespace's root
 *
 * Context: net->config held, sleeps. Returns true where what is stored of any has to go.
 */
bool khttp_groups_update(struct khttp_net *kn)
{
	struct khttp_group *g;
	bool outdated = false;

	lockdep_assert_held(&kn->config);
	khttp_throttle_set_main(kn, kn->limits.max_bandwidth);
	list_for_each_entry(g, &kn->groups, link) {
		outdated |= update(kn, g);
		cond_resched();
	}
	return outdated;
}

/**
 * khttp_group_unlist - no lookup finds it any more
 * @g: a group that stands in net->groups and has no urls, unless its queue is
 *	killed with the namespace: then its urls are about to end
 *
 * Connections that are in it leave when they are next looked at: no change of a
 * limit would reach it any more.
 *
 * Context: net->config held. The reference that came with it is the caller's.
 */
void khttp_group_unlist(struct khttp_group *g)
{
	list_del_init(&g->link);
	khttp_throttle_del(g->share->net, g);
	khttp_share_unlist(g->share);
	WRITE_ONCE(g->watched, false);
	khttp_door_end(g);
}

/**
 * khttp_group_destroy - end of a group whose reference is net->groups' own
 * @g: a listed group without urls
 *
 * Context: net->config held.
 */
void khttp_group_destroy(struct khttp_group *g)
{
	khttp_group_unlist(g);
	khttp_group_put(g);
}

/**
 * khttp_groups_destroy - the groups of a namespace that ends
 * @kn: the namespace's root, without urls
 *
 * Context: net->config held.
 */
void khttp_groups_destroy(struct khttp_net *kn)
{
	struct khttp_group *g;

	while ((g = khttp_group_next(kn, 0)))
		khttp_group_destroy(g);
}

/**
 * khttp_group_put - give up a reference
 * @g: the group
 *
 * A reader may still stand at a url of it, so the memory waits for RCU.
 * Context: any.
 */
void khttp_group_put(struct khttp_group *g)
{
	if (!refcount_dec_and_test(&g->ref))
		return;
	WARN_ON_ONCE(g->n_urls || !list_empty(&g->link));
	khttp_share_put(g->share);
	kfree_rcu(g, rcu);
}
