/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one group has of the cache: how much it may have, what it has, and what came
 * of its requests there.
 *
 *   phase   moved by             meaning
 *   listed  khttp_share_create   found by its group's id
 *   left    khttp_share_unlist   the group goes; lives on while there are entries of
 *                                it, and for RCU readers
 *
 * Beside the counters, which are per CPU, a hit reads the first cache line of it,
 * and nobody writes that but who sets the limit.
 */
#ifndef _KHTTP_SHARE_H
#define _KHTTP_SHARE_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "http/cache_policy.h"
#include "s3fifo.h"

struct khttp_net;

/* X(name): figures of the namespace that have the same meaning, see stats.h */
#define KHTTP_SHARE_STATS(X)						\
	X(hits) X(misses) X(stale) X(coalesced) X(stored) X(evicted)

enum khttp_share_stat {
#define KHTTP_SHARE_ENUM(name) KHTTP_SHARE_##name,
	KHTTP_SHARE_STATS(KHTTP_SHARE_ENUM)
#undef KHTTP_SHARE_ENUM
	KHTTP_SHARE_STAT_COUNT
};

struct khttp_share_stats {
	u64 v[KHTTP_SHARE_STAT_COUNT];
	u64 why[KHTTP_CACHE_WHY__COUNT];	/* asked for and not stored */
};

/* Entries among which room is made; under cache->lock, but for READ_ONCE of len */
struct khttp_pool {
	struct list_head fifo[KHTTP_FIFO_COUNT];	/* newest first */
	u64 bytes[KHTTP_FIFO_COUNT];
	u32 len[KHTTP_FIFO_COUNT];
	u32 n_markers;			/* that are no responses */
	u32 ghost_clock;
};

struct khttp_share {
	struct khttp_share_stats __percpu *stats;
	u64 limit;			/* bytes, 0 = any; READ_ONCE */
	u64 id;				/* of its group */
	struct khttp_net *net;		/* while it is listed */

	/* What stores write */
	atomic64_t bytes ____cacheline_aligned_in_smp; /* charged, in the table or not */
	refcount_t ref;			/* its group; each entry; who stores one */
	struct khttp_pool pool;		/* khttp_entry.own: of the cache's the same
					 * order, without what is others'
					 */
	struct rcu_head rcu;
};

void khttp_pool_init(struct khttp_pool *p);

static inline u64 khttp_pool_entries(const struct khttp_pool *p)
{
	return (u64)READ_ONCE(p->len[KHTTP_FIFO_SMALL]) +
	       READ_ONCE(p->len[KHTTP_FIFO_MAIN]);
}

/* Responses. Read one after the other: never less than none */
static inline u64 khttp_pool_responses(const struct khttp_pool *p)
{
	return max_t(s64, khttp_pool_entries(p) - READ_ONCE(p->n_markers), 0);
}

/* Of a group with that id, which none had; ERR_PTR(-ENOMEM). Context: sleeps */
struct khttp_share *khttp_share_create(struct khttp_net *kn, u64 id);
/* The group goes: nothing more is stored of it. Context: any */
void khttp_share_unlist(struct khttp_share *s);
/* A reference, or NULL: its group is gone. Context: any */
struct khttp_share *khttp_share_find(struct khttp_net *kn, u64 id);

static inline void khttp_share_get(struct khttp_share *s)
{
	refcount_inc(&s->ref);
}

/* @n of them. Context: any */
void khttp_share_put_many(struct khttp_share *s, u32 n);
static inline void khttp_share_put(struct khttp_share *s)
{
	khttp_share_put_many(s, 1);
}

/* Context: any, with a reference or inside the RCU section in which it was found */
#define khttp_share_add(s, name, n) \
	this_cpu_add((s)->stats->v[KHTTP_SHARE_##name], (n))
#define khttp_share_inc(s, name) khttp_share_add(s, name, 1)

/* A response was asked to be stored, and that is why it was not: of the namespace and
 * of that group. Context: any
 */
void khttp_share_why(struct khttp_net *kn, u64 id, enum khttp_cache_why why);

/* Sums over all CPUs; counting goes on meanwhile */
u64 khttp_share_sum(const struct khttp_share *s, enum khttp_share_stat which);
u64 khttp_share_sum_why(const struct khttp_share *s, enum khttp_cache_why why);

#endif
