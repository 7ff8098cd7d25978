// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cache's table: lookup, insert, expiry, walk.
 *
 * A lookup takes no lock and, where the body is inline, writes nothing that other
 * CPUs read, but freq until it is 3. Everything that changes the table does so under
 * cache->lock, which is held for a bounded number of entries at a time.
 *
 * Entries stand in a tree by the end of their life: its left edge is what has
 * expired, and a place in it is a cursor that survives any change.
 */
#include "cache.h"

#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "alloc.h"
#include "cache_i.h"
#include "net.h"

/* Dead entries hold memory for at most so long */
#define SWEEP_PERIOD (30 * HZ)

/* Low bits of a place in the tree that tell entries of one second apart; the
 * rest holds seconds for longer than any machine runs
 */
#define ORDER_SEQ_BITS 30

struct lookup {
	u64 hash;
	const struct khttp_cache_key *key;
};

static u64 url_hash(const struct khttp_cache *c, const struct khttp_cache_key *key)
{
	u64 path = siphash(key->path.ptr, key->path.len, &c->secret);
	u64 host = siphash(key->host.ptr, key->host.len, &c->secret);
	u64 query = 0;
	u64 rest = key->port | key->scheme << 16 | (u64)key->family << 24 |
		   (u64)key->named << 32;

	if (key->query.ptr)
		query = siphash(key->query.ptr, key->query.len, &c->secret);
	if (key->family)
		rest ^= siphash(key->local_addr, sizeof(key->local_addr),
				&c->secret);
	return siphash_4u64(path, host, query, rest, &c->secret);
}

u64 khttp_cache_hash(const struct khttp_cache *c,
		     const struct khttp_cache_key *key)
{
	u64 hash = url_hash(c, key);

	if (key->variant.ptr)
		hash ^= siphash(key->variant.ptr, key->variant.len, &c->secret);
	return hash;
}

bool khttp_cache_key_eq(const struct khttp_cache_key *a,
			const struct khttp_cache_key *b)
{
	return khttp_span_eq(a->path, b->path) &&
	       khttp_span_eq(a->host, b->host) &&
	       !a->query.ptr == !b->query.ptr &&
	       khttp_span_eq(a->query, b->query) &&
	       a->port == b->port && a->scheme == b->scheme &&
	       a->family == b->family && a->named == b->named &&
	       !memcmp(a->local_addr, b->local_addr, sizeof(a->local_addr)) &&
	       !a->variant.ptr == !b->variant.ptr &&
	       khttp_span_eq(a->variant, b->variant);
}

/*
 * The secret is in the hash already, so a new seed would separate nothing that
 * stands together: @seed is left alone.
 */
static u32 table_hash(const void *data, u32 len, u32 seed)
{
	return (u32)((const struct lookup *)data)->hash;
}

static u32 table_obj_hash(const void *data, u32 len, u32 seed)
{
	return (u32)((const struct khttp_entry *)data)->hash;
}

static int table_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct lookup *l = arg->key;
	const struct khttp_entry *e = obj;

	return e->hash != l->hash || !khttp_cache_key_eq(&e->key, l->key);
}

static const struct rhashtable_params table_params = {
	.key_len = sizeof(struct lookup),
	.head_offset = offsetof(struct khttp_entry, node),
	.hashfn = table_hash,
	.obj_hashfn = table_obj_hash,
	.obj_cmpfn = table_cmp,
	.automatic_shrinking = true,
};

static __always_inline void forget_one(struct khttp_cache *c, struct khttp_entry *e,
		       struct khttp_entry **dropped)
{
	khttp_fifo_remove(c, e);
	rb_erase_cached(&e->by_end, &c->by_end);
	khttp_tags_unlink(c, e);
	c->n_local -= !!e->key.family;
	if (unlikely(e->key.named))
		khttp_cache_unname(c, e);
	e->linked = false;
	e->behind = *dropped;
	*dropped = e;
}

/* Of a marker that went; apart, for most entries have none */
static noinline u32 forget_variants(struct khttp_cache *c, struct khttp_entry *marker,
				    struct khttp_entry **dropped)
{
	struct khttp_entry *v, *next;
	u32 n = 0;

	list_for_each_entry_safe(v, next, &marker->variants, variant_link) {
		rhashtable_remove_fast(&c->table, &v->node, table_params);
		v->marker = NULL;
		forget_one(c, v, dropped);
		n++;
	}
	INIT_LIST_HEAD(&marker->variants);
	marker->n_variants = 0;
	return n;
}

/* It is out of the table; so it has to be everywhere. Returns the responses */
static u32 forget(struct khttp_cache *c, struct khttp_entry *e,
		  struct khttp_entry **dropped)
{
	forget_one(c, e, dropped);
	if (e->is_marker)
		return forget_variants(c, e, dropped);
	if (e->marker) {
		list_del(&e->variant_link);
		e->marker->n_variants--;
		e->marker = NULL;
	}
	return 1;
}

u32 khttp_cache_unlink(struct khttp_cache *c, struct khttp_entry *e,
		       struct khttp_entry **dropped)
{
	lockdep_assert_held(&c->lock);
	rhashtable_remove_fast(&c->table, &e->node, table_params);
	return forget(c, e, dropped);
}

/* The time of an entry that a lookup met is over, or its prefix is gone */
static void drop_one(struct khttp_cache *c, struct khttp_entry *e,
		     bool expired)
{
	struct khttp_entry *dropped = NULL;

	spin_lock_bh(&c->lock);
	/* Not linked: somebody else was faster, and its memory may be going,
	 * but not before the RCU section that our caller is in
	 */
	if (e->linked) {
		/* Will soon be made again: it has proved its worth */
		if (e->fifo == KHTTP_FIFO_MAIN)
			khttp_cache_ghost_add(c, e);
		khttp_cache_unlink(c, e, &dropped);
		if (expired)
			khttp_stat_inc(c->net, cache_expired);
		else
			khttp_stat_inc(c->net, cache_purged);
	}
	spin_unlock_bh(&c->lock);
	khttp_cache_put_all(dropped);
}

static DEFINE_PER_CPU(u32, hit_turn);

/*
 * One by one as long as they are few, then in steps of a thousandth at random: all
 * CPUs write what is popular, and none of them often. Turns times the golden ratio
 * are spread evenly, also where a URL is asked for in every second or third of them.
 */
static void count_one(struct khttp_entry *e)
{
	u64 hits = atomic64_read(&e->hits);
	u32 step = 0;

	if (hits >> KHTTP_HITS_EXACT_BITS) {
		step = min(ilog2(hits >> KHTTP_HITS_EXACT_BITS) + 1, 31);
		if ((u32)(this_cpu_inc_return(hit_turn) * 0x9e3779b1U) >> (32 - step))
			return;
	}
	atomic64_add(1ULL << step, &e->hits);
}

static void count_hit(struct khttp_entry *e)
{
	u8 freq = READ_ONCE(e->freq);

	count_one(e);
	/* Losing one of two at a time does no harm */
	if (freq < 3)
		WRITE_ONCE(e->freq, freq + 1);
}

struct khttp_entry *khttp_cache_peek(struct khttp_cache *c,
				     const struct khttp_cache_key *key)
{
	struct lookup l = { khttp_cache_hash(c, key), key };

	return rhashtable_lookup(&c->table, &l, table_params);
}

/* For this request, fresh or not, of whatever prefix */
static __always_inline struct khttp_entry *find(struct khttp_cache *c,
				const struct khttp_cache_key *key,
				const struct khttp_cache_asker *asker)
{
	struct lookup l = { url_hash(c, key), key };
	struct khttp_entry *e;

	e = rhashtable_lookup(&c->table, &l, table_params);
	if (e && unlikely(e->is_marker))
		e = khttp_cache_variant(c, e, key, asker);
	return e;
}

struct khttp_entry *khttp_cache_lookup(struct khttp_cache *c,
				       const struct khttp_cache_key *key,
				       u64 url_id,
				       const struct khttp_cache_asker *asker)
{
	struct khttp_entry *e = find(c, key, asker);
	u64 now = asker->now;

	if (!e)
		return NULL;
	if (!khttp_entry_fresh(e, now) || e->url_id != url_id) {
		if (e->url_id != url_id || now >= khttp_entry_end(e))
			drop_one(c, e, e->url_id == url_id);
		return NULL;
	}
	if (e->n_pages && !khttp_entry_tryget(e))
		return NULL;
	count_hit(e);
	return e;
}

struct khttp_entry *khttp_cache_lookup_stale(struct khttp_cache *c,
					     const struct khttp_cache_key *key,
					     u64 url_id,
					     const struct khttp_cache_asker *asker)
{
	struct khttp_entry *e = find(c, key, asker);
	u64 now = asker->now;

	if (!e || e->url_id != url_id || khttp_entry_fresh(e, now) ||
	    now >= khttp_entry_end(e) ||
	    (e->n_pages && !khttp_entry_tryget(e)))
		return NULL;
	count_hit(e);
	return e;
}

struct khttp_entry *khttp_cache_fragment(struct khttp_cache *c,
					 const struct khttp_cache_key *key,
					 u32 queue_id)
{
	struct khttp_entry *e;

	rcu_read_lock();
	e = khttp_cache_peek(c, key);
	if (e && (e->queue_id != queue_id ||
		  !khttp_entry_fresh(e, ktime_get_seconds()) ||
		  !khttp_entry_tryget(e)))
		e = NULL;
	if (e)
		count_hit(e);
	rcu_read_unlock();
	return e;
}

/* Into the tree, at a place that no other entry has */
static void order_insert(struct khttp_cache *c, struct khttp_entry *e)
{
	struct rb_node **link = &c->by_end.rb_root.rb_node;
	struct rb_node *parent = NULL;
	bool leftmost = true;

	e->order = khttp_entry_end(e) << ORDER_SEQ_BITS |
		   (c->seq++ & (BIT_ULL(ORDER_SEQ_BITS) - 1));
	while (*link) {
		struct khttp_entry *at = rb_entry(*link, struct khttp_entry,
						  by_end);

		/* seq went all the way round within one second's entries */
		if (unlikely(e->order == at->order)) {
			e->order++;
			link = &c->by_end.rb_root.rb_node;
			leftmost = true;
			continue;
		}
		parent = *link;
		if (e->order < at->order) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&e->by_end, parent, link);
	rb_insert_color_cached(&e->by_end, &c->by_end, leftmost);
}

/*
 * In place of @old, if there is one: at no moment is there none. The table may
 * be short of memory while it grows; then nothing changes.
 */
static int table_insert(struct khttp_cache *c, struct khttp_entry *e,
			struct khttp_entry *old, struct khttp_entry **dropped)
{
	int err;

	if (!old)
		return khttp_may_fail(rhashtable_insert_fast(&c->table, &e->node, table_params));
	err = rhashtable_replace_fast(&c->table, &old->node, &e->node,
				      table_params);
	if (err)
		return err;
	forget(c, old, dropped);
	return 0;
}

bool khttp_cache_link(struct khttp_cache *c, struct khttp_entry *e,
		      struct khttp_entry *old, struct khttp_entry **dropped)
{
	lockdep_assert_held(&c->lock);
	if (table_insert(c, e, old, dropped))
		return false;
	khttp_entry_get(e);
	e->linked = true;
	c->n_local += !!e->key.family;
	if (unlikely(e->key.named))
		khttp_cache_name(c, e);
	order_insert(c, e);
	khttp_tags_link(c, e);
	khttp_fifo_insert(c, e, old);
	return true;
}

struct khttp_entry *khttp_cache_find(struct khttp_cache *c,
				     const struct khttp_cache_key *key)
{
	struct khttp_entry *e;

	lockdep_assert_held(&c->lock);
	rcu_read_lock();
	e = khttp_cache_peek(c, key);
	rcu_read_unlock();
	/* Nobody takes it out while we have the lock */
	return e;
}

/* Under the lock, and with room for it */
static enum khttp_cache_why insert(struct khttp_cache *c, struct khttp_entry *e,
				   struct khttp_entry **marker,
				   const struct khttp_entry *renewed, u64 purges,
				   struct khttp_entry **dropped)
{
	/* What a purge or khttp_cache_shrink() to 0 begins with comes before
	 * these looks, or its walk after the insert
	 */
	if (!khttp_cache_budget(c))
		return KHTTP_CACHE_WHY_BUDGET;
	if (khttp_cache_purged_since(c, e, purges) || (renewed && !renewed->linked))
		return KHTTP_CACHE_WHY_PURGED;
	if (*marker && !khttp_cache_mark(c, e, marker, dropped))
		return KHTTP_CACHE_WHY_MEMORY;
	if (!khttp_cache_link(c, e, khttp_cache_find(c, &e->key), dropped)) {
		e->marker = NULL;
		return KHTTP_CACHE_WHY_MEMORY;
	}
	if (e->marker)
		khttp_cache_mark_done(c, e, dropped);
	return KHTTP_CACHE_YES;
}

enum khttp_cache_why khttp_cache_insert(struct khttp_cache *c,
					struct khttp_entry *e, u64 purges)
{
	return khttp_cache_renew(c, e, NULL, purges);
}

enum khttp_cache_why khttp_cache_renew(struct khttp_cache *c, struct khttp_entry *e,
				       struct khttp_entry *old, u64 purges)
{
	struct khttp_entry *marker = NULL, *made = NULL;
	enum khttp_cache_why why;
	struct khttp_entry *dropped = NULL;

	if (WARN_ON_ONCE(e->linked || !khttp_entry_full(e)))
		return KHTTP_CACHE_WHY_ABORTED;
	khttp_cache_ghost_prepare(c);
	/* What there may be may have changed since the entry was made */
	if (!khttp_cache_make_room_of(c, e->share))
		return KHTTP_CACHE_WHY_SHARE;
	if (!khttp_cache_make_room(c, khttp_cache_budget(c)))
		return KHTTP_CACHE_WHY_BUDGET;
	if (e->vary.ptr) {
		marker = khttp_entry_marker(e);
		if (IS_ERR(marker))
			return khttp_cache_why_error(PTR_ERR(marker));
		made = marker;
	}
	spin_lock_bh(&c->lock);
	why = insert(c, e, &marker, old, purges, &dropped);
	spin_unlock_bh(&c->lock);

	if (!why) {
		khttp_stat_inc(c->net, cache_stored);
		khttp_share_inc(e->share, stored);
	}
	/* A marker may be in without what it was made for */
	if (khttp_cache_entries(c))
		queue_delayed_work(system_unbound_wq, &c->sweep, SWEEP_PERIOD);
	khttp_cache_put_all(dropped);
	/* In the table or not, our own reference */
	if (made)
		khttp_entry_put(made);
	return why;
}

bool khttp_entry_linked(struct khttp_entry *e)
{
	bool linked;

	spin_lock_bh(&e->cache->lock);
	linked = e->linked;
	spin_unlock_bh(&e->cache->lock);
	return linked;
}

struct khttp_entry *khttp_cache_first(struct khttp_cache *c, u64 from)
{
	struct rb_node *node = c->by_end.rb_root.rb_node;
	struct khttp_entry *best = NULL;

	lockdep_assert_held(&c->lock);
	while (node) {
		struct khttp_entry *e = rb_entry(node, struct khttp_entry,
						 by_end);

		if (e->order >= from) {
			best = e;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return best;
}

struct khttp_entry *khttp_cache_walk(struct khttp_cache *c, u64 *cursor)
{
	/* What lives at least one second more */
	u64 fresh = (ktime_get_seconds() + 1) << ORDER_SEQ_BITS;
	struct khttp_entry *e;

	spin_lock_bh(&c->lock);
	e = khttp_cache_first(c, max(*cursor, fresh));
	if (e) {
		/* In the tree, so the table's reference is there */
		khttp_entry_get(e);
		*cursor = e->order + 1;
	}
	spin_unlock_bh(&c->lock);
	return e;
}

/* One step of the sweep; false when nothing more has expired */
static bool sweep_step(struct khttp_cache *c)
{
	u64 now = ktime_get_seconds();
	struct rb_node *node;
	struct khttp_entry *dropped = NULL;
	unsigned int n;
	u32 expired = 0;

	spin_lock_bh(&c->lock);
	for (n = 0; n < KHTTP_CACHE_STEP; n++) {
		struct khttp_entry *e;

		node = rb_first_cached(&c->by_end);
		if (!node)
			break;
		e = rb_entry(node, struct khttp_entry, by_end);
		if (now < khttp_entry_end(e))
			break;
		expired += khttp_cache_unlink(c, e, &dropped);
	}
	spin_unlock_bh(&c->lock);
	khttp_stat_add(c->net, cache_expired, expired);
	khttp_cache_put_all(dropped);
	return n == KHTTP_CACHE_STEP;
}

static void sweep_worker(struct work_struct *work)
{
	struct khttp_cache *c = container_of(to_delayed_work(work),
					     struct khttp_cache, sweep);

	while (sweep_step(c))
		cond_resched();
	/* An insert that comes after this look queues the work itself */
	if (khttp_cache_entries(c))
		queue_delayed_work(system_unbound_wq, &c->sweep, SWEEP_PERIOD);
}

void khttp_cache_usage(const struct khttp_cache *c, struct khttp_cache_usage *u)
{
	u->entries = khttp_pool_responses(&c->pool);
	u->bytes = atomic64_read(&c->bytes);
}

/**
 * khttp_cache_create - a namespace's cache, empty
 * @kn: the namespace's root; its limits and counters must be ready
 *
 * Context: sleeps. Returns the cache or ERR_PTR(-ENOMEM).
 */
struct khttp_cache *khttp_cache_create(struct khttp_net *kn)
{
	struct khttp_cache *c = khttp_kvcalloc(1, sizeof(*c), GFP_KERNEL_ACCOUNT);
	int err;

	if (!c)
		return ERR_PTR(-ENOMEM);
	c->net = kn;
	c->cap = khttp_cache_cap(kn->net);
	get_random_bytes(&c->secret, sizeof(c->secret));
	spin_lock_init(&c->lock);
	c->by_end = RB_ROOT_CACHED;
	c->tags = RB_ROOT;
	khttp_pool_init(&c->pool);
	INIT_DELAYED_WORK(&c->sweep, sweep_worker);
	err = khttp_may_fail(rhashtable_init(&c->table, &table_params));
	if (err) {
		kvfree(c);
		return ERR_PTR(err);
	}
	return c;
}

void khttp_cache_destroy(struct khttp_cache *c)
{
	khttp_cache_purge(c, NULL, 0, false, 0);
	/* The table is empty, so the work does not queue itself again */
	cancel_delayed_work_sync(&c->sweep);
	/* Large entries whose last send ended just now give their bytes back there */
	khttp_entry_reaper_flush();
	WARN_ON_ONCE(atomic64_read(&c->bytes));
	rhashtable_destroy(&c->table);
	khttp_cache_ghost_drop(c);
	kvfree(c);
}

#ifdef KHTTP_DEBUG
#include "selftest/cache.c"
#else
static int khttp_cache_selftest(void)
{
	return 0;
}
#endif

int khttp_cache_init(void)
{
	return khttp_cache_selftest();
}

void khttp_cache_exit(void)
{
	khttp_entry_reaper_flush();
	/* The callbacks that free entries are code of this module */
	rcu_barrier();
	/* And so is the work that they leave the rest to */
	khttp_entry_reaper_flush();
	WARN_ON_ONCE(khttp_cache_total_bytes());
}
