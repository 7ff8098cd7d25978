// SPDX-License-Identifier: GPL-2.0-only
/*
 * One stored response: how it goes.
 *
 *   its last reference   put by             its memory
 *   of a few pages       khttp_entry_put    the pages at once, the struct, on which
 *                                           lookups may stand still, after RCU
 *   of many pages        the same           likewise, but by a work
 *   among many           khttp_cache_part   is chained, and freed after RCU by a work
 */
#include <linux/gfp.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "alloc.h"
#include "cache.h"
#include "cache_i.h"

/* So many pages are freed by whoever drops the last reference, more by a work */
#define FREE_AT_ONCE 64

static LLIST_HEAD(reap_list);

static void free_now(struct khttp_entry *e, bool may_sleep);

static void reap(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&reap_list);
	struct khttp_entry *e, *next;

	llist_for_each_entry_safe(e, next, list, reap)
		free_now(e, true);
}

static DECLARE_WORK(reap_work, reap);

static void free_memory(struct khttp_entry *e)
{
	if (e->size > KMALLOC_MAX_CACHE_SIZE)
		free_pages_exact(e, e->size);
	else
		kfree(e);
}

static LLIST_HEAD(chains);

/* What went together: see khttp_cache_part() */
static void free_chains(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&chains);
	struct khttp_entry *chain, *more, *e, *next;

	llist_for_each_entry_safe(chain, more, list, reap) {
		for (e = chain; e; e = next) {
			next = e->behind;
			free_memory(e);
		}
		cond_resched();
	}
}

static DECLARE_WORK(chains_work, free_chains);

/* Nobody looks at it any more. Many of them would hold up in this softirq the packets
 * that others wait for
 */
static void free_rcu(struct rcu_head *rcu)
{
	struct khttp_entry *e = container_of(rcu, struct khttp_entry, rcu);

	if (!e->behind)
		free_memory(e);
	else if (llist_add(&e->reap, &chains))
		queue_work(system_unbound_wq, &chains_work);
}

static void free_body(struct khttp_entry *e, bool may_sleep)
{
	u32 at, n;

	for (at = 0; at < e->n_pages && e->pages[at]; at += n) {
		n = compound_nr(e->pages[at]);
		/* What was sent may still wait in a socket for its ACK */
		put_page(e->pages[at]);
		if (may_sleep && at / 1024 != (at + n) / 1024)
			cond_resched();
	}
	kvfree(e->pages);
}

/**
 * khttp_entry_reaper_flush - wait for what is being freed by works
 *
 * Context: sleeps. Of what RCU waits with, too, after rcu_barrier().
 */
void khttp_entry_reaper_flush(void)
{
	flush_work(&reap_work);
	flush_work(&chains_work);
}

/* Lookups may still stand on the struct and what is inline, not on pages */
static void free_now(struct khttp_entry *e, bool may_sleep)
{
	if (e->pages)
		free_body(e, may_sleep);
	khttp_cache_release(e->cache, e->share, e->charged);
	khttp_share_put(e->share);
	e->behind = NULL;
	call_rcu(&e->rcu, free_rcu);
}

void khttp_entry_put(struct khttp_entry *e)
{
	if (!refcount_dec_and_test(&e->ref))
		return;
	if (e->n_pages <= FREE_AT_ONCE)
		free_now(e, false);
	else if (llist_add(&e->reap, &reap_list))
		queue_work(system_unbound_wq, &reap_work);
}

/* What goes together, of one group after the other */
struct parting {
	struct khttp_cache *cache;
	struct khttp_share *share;
	u64 charged;
	u32 n;
};

static void part(struct parting *p)
{
	if (!p->n)
		return;
	khttp_cache_release(p->cache, p->share, p->charged);
	khttp_share_put_many(p->share, p->n);
}

static void part_with(struct parting *p, const struct khttp_entry *e)
{
	if (p->share != e->share) {
		part(p);
		*p = (struct parting){ .cache = e->cache, .share = e->share };
	}
	p->charged += e->charged;
	p->n++;
}

/**
 * khttp_cache_part - the table's references to what left it
 * @dropped: by ->behind
 * @parted: gets those that nobody has any more, but for who looks them up at this
 *	moment; the memory of others is given back by who puts the last reference
 *
 * Small ones go together: what a purge drops costs by how many these are.
 * Context: any, without cache->lock.
 */
void khttp_cache_part(struct khttp_entry *dropped, struct khttp_parted *parted)
{
	struct khttp_entry *e, *next, *chain = NULL;
	struct parting p = {};

	for (e = dropped; e; e = next) {
		next = e->behind;
		if (e->n_pages) {
			khttp_entry_put(e);
		} else if (refcount_dec_and_test(&e->ref)) {
			part_with(&p, e);
			parted->bytes += e->charged;
			e->behind = chain;
			chain = e;
		}
	}
	if (!chain)
		return;
	part(&p);
	list_add(&chain->lru, &parted->chains);
	if (parted->bytes > KHTTP_PARTED_MAX)
		khttp_cache_free(parted);
}

/**
 * khttp_cache_free - the memory of what khttp_cache_part() found
 * @parted: is empty then
 *
 * Context: any.
 */
void khttp_cache_free(struct khttp_parted *parted)
{
	struct khttp_entry *chain, *next;

	list_for_each_entry_safe(chain, next, &parted->chains, lru)
		call_rcu(&chain->rcu, free_rcu);
	INIT_LIST_HEAD(&parted->chains);
	parted->bytes = 0;
}

void khttp_cache_put_all(struct khttp_entry *dropped)
{
	KHTTP_PARTED(parted);

	khttp_cache_part(dropped, &parted);
	khttp_cache_free(&parted);
}
