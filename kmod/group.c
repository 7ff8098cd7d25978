// SPDX-License-Identifier: GPL-2.0-only
/* A group: prefixes that share a queue (and, later, a policy). */

#include "group.h"

#include "alloc.h"

/**
 * khttp_group_create - the default group of a queue
 * @q: the queue, which owns the group
 *
 * Context: sleeps. Returns NULL without memory.
 */
struct khttp_group *khttp_group_create(struct khttp_queue *q)
{
	struct khttp_group *g = khttp_kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);

	if (!g)
		return NULL;
	g->queue = q;
	INIT_LIST_HEAD(&g->urls);
	return g;
}

/**
 * khttp_group_destroy - end of a group
 * @g: a group without urls
 *
 * A reader may still stand at a url of it, so the memory waits for RCU.
 * Context: any.
 */
void khttp_group_destroy(struct khttp_group *g)
{
	WARN_ON_ONCE(g->n_urls);
	kfree_rcu(g, rcu);
}
