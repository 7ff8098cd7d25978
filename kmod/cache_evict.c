// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cache's budget, and who has to go: S3-FIFO (Yang, Zhang, Qiu, Yue,
 * Rashmi: "FIFO Queues are All You Need for Cache Eviction", SOSP 2023).
 *
 * New entries start in a small queue, a tenth of the budget. Those that were
 * hit there twice go on to the main queue, the others leave, and only their
 * hash is remembered for a while: if the key comes again, it starts in the main
 * queue. So a scan passes through the small queue and takes nothing with it.
 * The main queue gives an entry another round for each hit, up to three.
 *
 * A hit moves nothing, it only counts (khttp_entry.freq). Differences to the
 * paper: sizes are bytes; an entry that is being sent is passed over, because
 * dropping it would free nothing now; what has expired goes first.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "alloc.h"
#include "cache.h"
#include "cache_i.h"
#include "net.h"

/* One ghost per so many bytes of budget: about one per entry in the main queue
 * where entries are of that size. 8 bytes each, outside the budget: 1/512 of it
 */
#define GHOST_PER_BYTES 4096
#define GHOST_MIN 256
#define GHOST_MAX (1 << 18)

/* Hits in the small queue that lead to the main one */
#define PROMOTE_FREQ 2

static unsigned long cache_max;
module_param(cache_max, ulong, 0644);
MODULE_PARM_DESC(cache_max,
		 "bytes that all namespaces together may cache (0: a quarter of memory)");

static unsigned long cache_netns_max = 64UL << 20;
module_param(cache_netns_max, ulong, 0444);
MODULE_PARM_DESC(cache_netns_max,
		 "bytes that a namespace other than the initial one may cache");

/* What all caches hold against cache_max */
static atomic64_t total_bytes = ATOMIC64_INIT(0);

u64 khttp_cache_total_bytes(void)
{
	return atomic64_read(&total_bytes);
}

u64 khttp_cache_cap(const struct net *net)
{
	return net_eq(net, &init_net) ? U64_MAX : cache_netns_max;
}

u64 khttp_cache_budget(const struct khttp_cache *c)
{
	return min(READ_ONCE(c->net->limits.cache_bytes), c->cap);
}

static u64 total_max(void)
{
	unsigned long max = READ_ONCE(cache_max);

	return max ?: (u64)totalram_pages() << (PAGE_SHIFT - 2);
}

static void charge(struct khttp_cache *c, s64 bytes)
{
	atomic64_add(bytes, &c->bytes);
	atomic64_add(bytes, &total_bytes);
}

void khttp_cache_release(struct khttp_cache *c, u64 bytes)
{
	charge(c, -(s64)bytes);
}

/**
 * khttp_cache_reserve - charge memory before it is taken
 * @c: the cache, from which others are evicted for it
 * @bytes: how much; given back by khttp_cache_release()
 *
 * Context: sleeps. Returns 0, or -ENOSPC where neither the namespace's budget
 * nor the machine's has room.
 */
int khttp_cache_reserve(struct khttp_cache *c, u32 bytes)
{
	u64 budget = khttp_cache_budget(c);
	s64 excess;

	if (bytes > budget)
		return -ENOSPC;
	charge(c, bytes);
	excess = atomic64_read(&total_bytes) - total_max();
	if (excess > 0)
		/* Others' entries are not ours to drop */
		budget = min_t(u64, budget,
			       max_t(s64, atomic64_read(&c->bytes) - excess, 0));
	if (khttp_cache_make_room(c, budget))
		return 0;
	khttp_cache_release(c, bytes);
	return -ENOSPC;
}

/*
 * Without the ghosts the cache works, only less well: so they may fail, and
 * two keys may push each other out.
 */
void khttp_cache_ghost_prepare(struct khttp_cache *c)
{
	u64 want = khttp_cache_budget(c) / GHOST_PER_BYTES;
	struct khttp_ghost *ghost;
	u32 n;

	if (READ_ONCE(c->ghost))
		return;
	n = roundup_pow_of_two(clamp_t(u64, want, GHOST_MIN, GHOST_MAX));
	ghost = khttp_kvcalloc(n, sizeof(*ghost), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!ghost)
		return;
	spin_lock_bh(&c->lock);
	if (!c->ghost) {
		c->ghost_mask = n - 1;
		/* No stamp of 0 is young */
		c->ghost_clock = GHOST_MAX * 2;
		WRITE_ONCE(c->ghost, ghost);
		ghost = NULL;
	}
	spin_unlock_bh(&c->lock);
	kvfree(ghost);
}

void khttp_cache_ghost_drop(struct khttp_cache *c)
{
	struct khttp_ghost *ghost;

	spin_lock_bh(&c->lock);
	ghost = c->ghost;
	WRITE_ONCE(c->ghost, NULL);
	spin_unlock_bh(&c->lock);
	kvfree(ghost);
}

void khttp_cache_ghost_add(struct khttp_cache *c, u64 hash)
{
	struct khttp_ghost *g;

	lockdep_assert_held(&c->lock);
	if (!c->ghost)
		return;
	g = &c->ghost[hash & c->ghost_mask];
	g->print = hash >> 32;
	g->stamp = c->ghost_clock++;
}

/* As many ghosts count as there are entries in the main queue */
static bool ghost_take(struct khttp_cache *c, u64 hash)
{
	u32 young = clamp_t(u32, c->fifo_len[KHTTP_FIFO_MAIN], GHOST_MIN,
			    GHOST_MAX);
	struct khttp_ghost *g;

	if (!c->ghost)
		return false;
	g = &c->ghost[hash & c->ghost_mask];
	if (g->print != hash >> 32 || c->ghost_clock - g->stamp > young)
		return false;
	g->stamp = c->ghost_clock - 2 * GHOST_MAX;
	return true;
}

static void fifo_add(struct khttp_cache *c, struct khttp_entry *e, u8 which)
{
	e->fifo = which;
	list_add(&e->lru, &c->fifo[which]);
	c->fifo_bytes[which] += e->charged;
	WRITE_ONCE(c->fifo_len[which], c->fifo_len[which] + 1);
}

void khttp_fifo_remove(struct khttp_cache *c, struct khttp_entry *e)
{
	lockdep_assert_held(&c->lock);
	list_del(&e->lru);
	c->fifo_bytes[e->fifo] -= e->charged;
	WRITE_ONCE(c->fifo_len[e->fifo], c->fifo_len[e->fifo] - 1);
}

/* @old: the entry whose place it took, already removed, or NULL */
void khttp_fifo_insert(struct khttp_cache *c, struct khttp_entry *e,
		       const struct khttp_entry *old)
{
	bool main;

	lockdep_assert_held(&c->lock);
	main = old ? old->fifo == KHTTP_FIFO_MAIN : ghost_take(c, e->hash);
	if (old)
		e->freq = READ_ONCE(old->freq);
	fifo_add(c, e, main ? KHTTP_FIFO_MAIN : KHTTP_FIFO_SMALL);
}

static bool being_sent(const struct khttp_entry *e)
{
	return refcount_read(&e->ref) > 1;
}

/* Oldest of the small queue: true, it has to go; else it was moved */
static bool judge_small(struct khttp_cache *c, struct khttp_entry *e)
{
	if (being_sent(e)) {
		list_move(&e->lru, &c->fifo[KHTTP_FIFO_SMALL]);
		return false;
	}
	if (READ_ONCE(e->freq) >= PROMOTE_FREQ) {
		khttp_fifo_remove(c, e);
		WRITE_ONCE(e->freq, 0);
		fifo_add(c, e, KHTTP_FIFO_MAIN);
		return false;
	}
	khttp_cache_ghost_add(c, e->hash);
	return true;
}

static bool judge_main(struct khttp_cache *c, struct khttp_entry *e)
{
	u8 freq = READ_ONCE(e->freq);

	if (!freq && !being_sent(e))
		return true;
	if (freq)
		WRITE_ONCE(e->freq, freq - 1);
	list_move(&e->lru, &c->fifo[KHTTP_FIFO_MAIN]);
	return false;
}

/* One look at one entry: the one that has to go, or NULL */
static struct khttp_entry *next_victim(struct khttp_cache *c, u64 budget)
{
	struct list_head *small = &c->fifo[KHTTP_FIFO_SMALL];
	struct list_head *main = &c->fifo[KHTTP_FIFO_MAIN];
	struct khttp_entry *e;

	if (!list_empty(small) &&
	    (list_empty(main) ||
	     c->fifo_bytes[KHTTP_FIFO_SMALL] >= budget / 10)) {
		e = list_last_entry(small, struct khttp_entry, lru);
		return judge_small(c, e) ? e : NULL;
	}
	if (list_empty(main))
		return NULL;
	e = list_last_entry(main, struct khttp_entry, lru);
	return judge_main(c, e) ? e : NULL;
}

/* The entry whose life ended first, if it did */
static struct khttp_entry *expired(struct khttp_cache *c, u64 now)
{
	struct rb_node *node = rb_first_cached(&c->by_end);
	struct khttp_entry *e;

	if (!node)
		return NULL;
	e = rb_entry(node, struct khttp_entry, by_end);
	return khttp_entry_fresh(e, now) ? NULL : e;
}

/* Up to KHTTP_CACHE_STEP looks towards @budget */
static void evict_step(struct khttp_cache *c, u64 budget)
{
	u64 now = ktime_get_seconds();
	unsigned int looks;
	LIST_HEAD(dropped);
	u64 freed = 0;
	bool dead;
	u32 n;

	spin_lock_bh(&c->lock);
	for (looks = 0; looks < KHTTP_CACHE_STEP; looks++) {
		struct khttp_entry *e;

		if (atomic64_read(&c->bytes) <= budget + freed)
			break;
		e = expired(c, now);
		dead = e;
		if (!e)
			e = next_victim(c, budget);
		if (!e)
			continue;
		freed += e->charged;
		n = khttp_cache_unlink(c, e, &dropped);
		if (dead)
			khttp_stat_add(c->net, cache_expired, n);
		else
			khttp_stat_add(c->net, cache_evicted, n);
	}
	spin_unlock_bh(&c->lock);
	khttp_cache_put_all(&dropped);
}

/*
 * Evict until everything charged is within @budget. False when that cannot be:
 * the rest is being filled or sent. An entry may be passed over as often as it
 * has hits, so after five rounds what is left will not go.
 */
bool khttp_cache_make_room(struct khttp_cache *c, u64 budget)
{
	u64 steps = 5 * khttp_cache_entries(c) / KHTTP_CACHE_STEP + 2;

	while (atomic64_read(&c->bytes) > budget) {
		if (!steps-- || !khttp_cache_entries(c))
			return atomic64_read(&c->bytes) <= budget;
		evict_step(c, budget);
		cond_resched();
	}
	return true;
}

/* As evict_step(), for memory and not for the budget */
static u32 reclaim_step(struct khttp_cache *c, u64 looks)
{
	LIST_HEAD(dropped);
	u32 n = 0;

	spin_lock_bh(&c->lock);
	for (; looks; looks--) {
		struct khttp_entry *e;

		e = next_victim(c, atomic64_read(&c->bytes));
		if (e)
			n += khttp_cache_unlink(c, e, &dropped);
	}
	spin_unlock_bh(&c->lock);
	khttp_cache_put_all(&dropped);
	return n;
}

u32 khttp_cache_reclaim(struct khttp_cache *c, u64 looks)
{
	u32 n = 0;

	for (; looks > KHTTP_CACHE_STEP; looks -= KHTTP_CACHE_STEP)
		n += reclaim_step(c, KHTTP_CACHE_STEP);
	n += reclaim_step(c, looks);
	khttp_stat_add(c->net, cache_reclaimed, n);
	return n;
}

void khttp_cache_shrink(struct khttp_cache *c)
{
	u64 budget = khttp_cache_budget(c);

	/* Made anew, fit for the new budget, by the next insert */
	khttp_cache_ghost_drop(c);
	if (budget)
		khttp_cache_make_room(c, budget);
	else
		khttp_cache_purge(c, NULL, 0, false, 0);
}
