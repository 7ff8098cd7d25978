// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cache's budget and the groups' shares of it, and who has to go: what that is
 * decided by stands in s3fifo.h. Here what has expired goes first.
 *
 * Each entry stands in a queue of the cache and in the same one of its group, and
 * whatever moves it there moves it here. So a group's queues are the cache's in the
 * same order, without what is others': a group at its share finds its own oldest
 * entry at once, however many there are of others, and touches none of these.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>

#include "alloc.h"
#include "cache.h"
#include "cache_i.h"
#include "net.h"

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

static void charge(struct khttp_cache *c, struct khttp_share *share, s64 bytes)
{
	atomic64_add(bytes, &share->bytes);
	atomic64_add(bytes, &c->bytes);
	atomic64_add(bytes, &total_bytes);
}

void khttp_cache_release(struct khttp_cache *c, struct khttp_share *share, u64 bytes)
{
	charge(c, share, -(s64)bytes);
}

/* The group first: what it makes room by is room for all */
static int make_room_for(struct khttp_cache *c, struct khttp_share *share, u64 budget)
{
	if (!khttp_cache_make_room_of(c, share))
		return -EDQUOT;
	return khttp_cache_make_room(c, budget) ? 0 : -ENOSPC;
}

/**
 * khttp_cache_reserve - charge memory before it is taken
 * @c: the cache, from which others are evicted for it
 * @share: of the group whose it is
 * @bytes: how much; given back by khttp_cache_release()
 *
 * Context: sleeps. Returns 0; -EDQUOT where the group's share has no room, or
 * -ENOSPC where neither the namespace's budget nor the machine's has.
 */
int khttp_cache_reserve(struct khttp_cache *c, struct khttp_share *share, u32 bytes)
{
	u64 budget = khttp_cache_budget(c);
	s64 excess;
	int err;

	if (bytes > budget)
		return -ENOSPC;
	if (bytes > khttp_share_limit(share))
		return -EDQUOT;
	charge(c, share, bytes);
	excess = atomic64_read(&total_bytes) - total_max();
	if (excess > 0)
		/* Others' entries are not ours to drop */
		budget = min_t(u64, budget,
			       max_t(s64, atomic64_read(&c->bytes) - excess, 0));
	err = make_room_for(c, share, budget);
	if (err)
		khttp_cache_release(c, share, bytes);
	return err;
}

/*
 * Without the ghosts the cache works, only less well: so they may fail. They are
 * outside the budget.
 */
void khttp_cache_ghost_prepare(struct khttp_cache *c)
{
	u32 n = khttp_ghost_places(khttp_cache_budget(c));
	struct khttp_ghost *ghost;

	if (READ_ONCE(c->ghosts.at))
		return;
	ghost = khttp_kvcalloc(n, sizeof(*ghost), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!ghost)
		return;
	spin_lock_bh(&c->lock);
	if (!c->ghosts.at) {
		c->ghosts.mask = n - 1;
		WRITE_ONCE(c->ghosts.at, ghost);
		ghost = NULL;
	}
	spin_unlock_bh(&c->lock);
	kvfree(ghost);
}

void khttp_cache_ghost_drop(struct khttp_cache *c)
{
	struct khttp_ghost *ghost;

	spin_lock_bh(&c->lock);
	ghost = c->ghosts.at;
	WRITE_ONCE(c->ghosts.at, NULL);
	spin_unlock_bh(&c->lock);
	kvfree(ghost);
}

/* By the clock of its group: a scan in another one does not make it old */
void khttp_cache_ghost_add(struct khttp_cache *c, struct khttp_entry *e)
{
	lockdep_assert_held(&c->lock);
	khttp_ghost_add(&c->ghosts, &e->share->pool.ghost_clock, e->hash);
}

static bool ghost_take(struct khttp_cache *c, const struct khttp_entry *e)
{
	const struct khttp_pool *p = &e->share->pool;

	return khttp_ghost_take(&c->ghosts, p->ghost_clock, p->len[KHTTP_FIFO_MAIN],
				e->hash);
}

static void count(struct khttp_pool *p, enum khttp_fifo which, s64 bytes, int n)
{
	p->bytes[which] += bytes;
	WRITE_ONCE(p->len[which], p->len[which] + n);
}

/* Among all and among its group's: in, or @n is -1: out */
static __always_inline void count_entry(struct khttp_cache *c, const struct khttp_entry *e,
					int n)
{
	struct khttp_pool *all = &c->pool, *own = &e->share->pool;

	count(all, e->fifo, n * (s64)e->charged, n);
	count(own, e->fifo, n * (s64)e->charged, n);
	if (unlikely(e->is_marker)) {
		WRITE_ONCE(all->n_markers, all->n_markers + n);
		WRITE_ONCE(own->n_markers, own->n_markers + n);
	}
}

static void fifo_add(struct khttp_cache *c, struct khttp_entry *e, u8 which)
{
	e->fifo = which;
	list_add(&e->lru, &c->pool.fifo[which]);
	list_add(&e->own, &e->share->pool.fifo[which]);
	count_entry(c, e, 1);
}

/* ->linked says whether it is in them: nobody has to see it by poison */
void khttp_fifo_remove(struct khttp_cache *c, struct khttp_entry *e)
{
	lockdep_assert_held(&c->lock);
	__list_del_entry(&e->lru);
	__list_del_entry(&e->own);
	count_entry(c, e, -1);
}

/* @old: the entry whose place it took, already removed, or NULL */
void khttp_fifo_insert(struct khttp_cache *c, struct khttp_entry *e,
		       const struct khttp_entry *old)
{
	bool main;

	lockdep_assert_held(&c->lock);
	main = old ? old->fifo == KHTTP_FIFO_MAIN : ghost_take(c, e);
	if (old)
		e->freq = READ_ONCE(old->freq);
	fifo_add(c, e, main ? KHTTP_FIFO_MAIN : KHTTP_FIFO_SMALL);
}

static bool being_sent(const struct khttp_entry *e)
{
	return refcount_read(&e->ref) > 1;
}

/* Oldest of its queue: true, it has to go; else it was moved */
static bool judge(struct khttp_cache *c, struct khttp_entry *e)
{
	u8 before = READ_ONCE(e->freq), freq = before;
	enum khttp_fifo which = e->fifo;
	enum khttp_fate fate = khttp_s3fifo_judge(which, &freq, being_sent(e));

	if (freq != before)
		WRITE_ONCE(e->freq, freq);
	if (fate == KHTTP_FATE_GOES) {
		if (which == KHTTP_FIFO_SMALL)
			khttp_cache_ghost_add(c, e);
		return true;
	}
	khttp_fifo_remove(c, e);
	fifo_add(c, e, fate == KHTTP_FATE_RISES ? KHTTP_FIFO_MAIN : which);
	return false;
}

/* The oldest of the queue that is next, of all entries or of @share's; or NULL */
static struct khttp_entry *oldest(struct khttp_cache *c, struct khttp_share *share,
				  u64 budget)
{
	struct khttp_pool *p = share ? &share->pool : &c->pool;
	enum khttp_fifo which;

	if (!khttp_pool_entries(p))
		return NULL;
	which = khttp_s3fifo_next(p->len, p->bytes[KHTTP_FIFO_SMALL], budget);
	return share ? list_last_entry(&p->fifo[which], struct khttp_entry, own) :
		       list_last_entry(&p->fifo[which], struct khttp_entry, lru);
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

static u64 charged_of(const struct khttp_cache *c, const struct khttp_share *share)
{
	return atomic64_read(share ? &share->bytes : &c->bytes);
}

/* One look: who has to go, or NULL. Whether its time is over, in *@dead */
static struct khttp_entry *next_victim(struct khttp_cache *c, struct khttp_share *share,
				       u64 budget, u64 now, bool *dead)
{
	struct khttp_entry *e = share ? NULL : expired(c, now);

	*dead = e;
	if (e)
		return e;
	e = oldest(c, share, budget);
	if (!e)
		return NULL;
	/* Those of a group have no tree of their own */
	*dead = share && !khttp_entry_fresh(e, now);
	return *dead || judge(c, e) ? e : NULL;
}

/* Up to KHTTP_CACHE_STEP looks towards @budget, of all entries or of @share's */
static void evict_step(struct khttp_cache *c, struct khttp_share *share, u64 budget)
{
	u64 now = ktime_get_seconds();
	unsigned int looks;
	struct khttp_entry *dropped = NULL;
	u64 freed = 0;

	spin_lock_bh(&c->lock);
	for (looks = 0; looks < KHTTP_CACHE_STEP; looks++) {
		struct khttp_entry *e;
		struct khttp_share *of;
		bool dead;
		u32 n;

		if (charged_of(c, share) <= budget + freed)
			break;
		e = next_victim(c, share, budget, now, &dead);
		if (!e)
			continue;
		freed += e->charged;
		of = e->share;
		n = khttp_cache_unlink(c, e, &dropped);
		if (dead)
			khttp_stat_add(c->net, cache_expired, n);
		else
			khttp_cache_count_evicted(c, of, n);
	}
	spin_unlock_bh(&c->lock);
	khttp_cache_put_all(dropped);
}

static bool make_room(struct khttp_cache *c, struct khttp_share *share, u64 budget)
{
	const struct khttp_pool *p = share ? &share->pool : &c->pool;
	u64 steps = 5 * khttp_pool_entries(p) / KHTTP_CACHE_STEP + 2;

	while (charged_of(c, share) > budget) {
		if (!steps-- || !khttp_pool_entries(p))
			return charged_of(c, share) <= budget;
		evict_step(c, share, budget);
		cond_resched();
	}
	return true;
}

/*
 * Evict until everything charged is within @budget. False when that cannot be:
 * the rest is being filled or sent. An entry may be passed over as often as it
 * has hits, so after five rounds what is left will not go.
 */
bool khttp_cache_make_room(struct khttp_cache *c, u64 budget)
{
	return make_room(c, NULL, budget);
}

/* The same of one group, within what it may have, out of what is its own */
bool khttp_cache_make_room_of(struct khttp_cache *c, struct khttp_share *share)
{
	return make_room(c, share, khttp_share_limit(share));
}

/* As evict_step(), for memory and not for the budget */
static u32 reclaim_step(struct khttp_cache *c, u64 looks)
{
	struct khttp_entry *dropped = NULL;
	u32 n = 0;

	spin_lock_bh(&c->lock);
	for (; looks; looks--) {
		struct khttp_entry *e = oldest(c, NULL, atomic64_read(&c->bytes));

		if (e && judge(c, e))
			n += khttp_cache_unlink(c, e, &dropped);
	}
	spin_unlock_bh(&c->lock);
	khttp_cache_put_all(dropped);
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

void khttp_cache_shrink_share(struct khttp_cache *c, struct khttp_share *share)
{
	khttp_cache_make_room_of(c, share);
}
