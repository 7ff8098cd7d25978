// SPDX-License-Identifier: GPL-2.0-only
/* Changes in steps: alone, or as one of a batch. */

#include "step.h"

#include "alloc.h"
#include "cache.h"
#include "conn.h"
#include "group.h"
#include "net.h"
#include "router.h"

/**
 * khttp_step_begin - a change is about to be prepared
 * @kn: the namespace's root
 * @own: for a change that is made alone
 *
 * Context: net->config held.
 */
struct khttp_step *khttp_step_begin(struct khttp_net *kn, struct khttp_step *own)
{
	struct khttp_step *s = kn->batch ? kn->batch->step : own;

	lockdep_assert_held(&kn->config);
	s->ops = NULL;
	s->published = false;
	return s;
}

/**
 * khttp_step_end - a change is prepared
 * @kn: the namespace's root
 * @s: of khttp_step_begin(); its ops are set
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, or why it could not be published:
 * then nothing was changed.
 */
int khttp_step_end(struct khttp_net *kn, struct khttp_step *s, const char **why)
{
	int err = 0;

	if (kn->batch)
		return 0;
	if (s->ops->publish)
		err = s->ops->publish(kn, s, why);
	if (err)
		s->ops->undo(kn, s);
	else
		s->ops->commit(kn, s);
	return err;
}

/**
 * khttp_step_changes - changes of limits that a step keeps
 * @list: the caller's
 * @n: how many, at least one
 *
 * Context: sleeps. Returns a copy for kfree(), or NULL: out of memory.
 */
struct khttp_limit_change *khttp_step_changes(const struct khttp_limit_change *list,
					      unsigned int n)
{
	struct khttp_limit_change *copy;

	copy = khttp_kmalloc_array(n, sizeof(*copy), GFP_KERNEL_ACCOUNT);
	if (copy)
		memcpy(copy, list, n * sizeof(*copy));
	return copy;
}

/**
 * khttp_step_purge - a prefix is gone, and with it what it stored
 * @kn: the namespace's root
 * @url_id: it had
 *
 * Context: net->config held, sleeps.
 */
void khttp_step_purge(struct khttp_net *kn, u64 url_id)
{
	if (kn->batch)
		kn->batch->gone = true;
	else
		khttp_cache_purge_prefix(kn->cache, url_id);
}

/**
 * khttp_step_purge_group - all prefixes of a group are gone
 * @kn: the namespace's root
 * @g: the group, which had some
 *
 * Of its queue as a whole: one walk, however many they were.
 *
 * Context: net->config held, sleeps.
 */
void khttp_step_purge_group(struct khttp_net *kn, const struct khttp_group *g)
{
	if (kn->batch)
		kn->batch->gone = true;
	else
		khttp_cache_purge(kn->cache, NULL, 0, 0, g->queue->id);
}

/**
 * khttp_step_outdate - by its policy, what a queue has stored would not be so now
 * @kn: the namespace's root
 * @queue_id: the queue's, 0: any
 *
 * Who came with the old policy, which is read before the purges are counted, has to
 * be in his queue: then it is not stored behind the purge.
 *
 * Context: net->config held, sleeps.
 */
void khttp_step_outdate(struct khttp_net *kn, u32 queue_id)
{
	if (kn->batch) {
		kn->batch->outdated = true;
		return;
	}
	synchronize_rcu();
	khttp_cache_purge(kn->cache, NULL, 0, 0, queue_id);
}

/**
 * khttp_step_rearm - what timers of connections follow has changed
 * @kn: the namespace's root
 *
 * Context: net->config held, sleeps.
 */
void khttp_step_rearm(struct khttp_net *kn)
{
	if (kn->batch)
		kn->batch->rearm = true;
	else
		khttp_conns_rearm(kn);
}

/**
 * khttp_step_claim_log - memory for another error log is about to be taken
 * @kn: the namespace's root
 *
 * Context: net->config held. Returns false where a change of the batch holds some.
 */
bool khttp_step_claim_log(struct khttp_net *kn)
{
	if (!kn->batch)
		return true;
	if (kn->batch->log)
		return false;
	kn->batch->log = true;
	return true;
}

/* ---- batches ---- */

/* The router has it no more. Context: net->config held by who waits for us */
static bool is_gone(const void *arg, u64 url_id)
{
	const struct khttp_url *url;

	url = khttp_router_next((struct khttp_router *)arg, url_id);
	return !url || url->id != url_id;
}

/**
 * khttp_batch_publish - what was prepared is published, one after another
 * @kn: the namespace's root
 * @s: one of its steps
 * @shows: only what requests find, or only the rest
 * @why: text when it fails
 *
 * Context: net->config held, sleeps.
 */
int khttp_batch_publish(struct khttp_net *kn, struct khttp_step *s, bool shows,
			const char **why)
{
	int err;

	if (!s->ops || !s->ops->publish || s->ops->shows != shows)
		return 0;
	err = s->ops->publish(kn, s, why);
	s->published = !err;
	return err;
}

/**
 * khttp_batch_withdraw - what was published is so no more
 * @kn: the namespace's root
 * @s: a step that will be undone
 * @shows: as above
 *
 * Context: net->config held, sleeps.
 */
void khttp_batch_withdraw(struct khttp_net *kn, struct khttp_step *s, bool shows)
{
	if (s->ops && s->published && s->ops->withdraw && s->ops->shows == shows)
		s->ops->withdraw(kn, s);
}

/**
 * khttp_batch_finish - what is done once for all changes of a batch
 * @kn: the namespace's root
 *
 * Context: net->config held, sleeps.
 */
void khttp_batch_finish(struct khttp_net *kn)
{
	const struct khttp_batch *b = kn->batch;

	kn->batch = NULL;
	if (b->gone)
		khttp_cache_purge_prefixes(kn->cache, is_gone, kn->router);
	if (b->outdated)
		khttp_step_outdate(kn, 0);
	if (b->rearm)
		khttp_conns_rearm(kn);
}
