/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the cache share with each other alone. */
#ifndef _KHTTP_CACHE_I_H
#define _KHTTP_CACHE_I_H

#include <linux/cache.h>
#include <linux/rhashtable.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "cache.h"
#include "http/cache_policy.h"
#include "share.h"

struct net;

/* Entries looked at in one hold of cache->lock by whoever walks them */
#define KHTTP_CACHE_STEP 64

/* Sets of places for the purges that requests under way have to know of */
#define KHTTP_PURGED_BITS 9
#define KHTTP_PURGED_WAYS 4

struct khttp_purged_place {
	u64 key;
	u64 number;			/* of the last purge, from 1; 0: the place is free */
};

/* See cache_purged.c */
struct khttp_purged_set {
	struct khttp_purged_place places[KHTTP_PURGED_WAYS];
	u64 displaced;			/* the highest number that lost its place */
};

/* What a purge named, the first of them that is not 0, and of which queue; 0: of any */
struct khttp_purged {
	u64 tag;			/* of the tag's text */
	u64 hash;			/* of the one key */
	u64 url_id;
	u32 queue_id;
};

/* Ports that clients name and did not come in by: so many a purge of one URL looks for,
 * each. With more of them it walks the table
 */
#define KHTTP_NAMED_PORTS 8

struct khttp_named {
	u32 n;				/* entries with it; 0: the place is free */
	u16 port;
};

struct khttp_cache {
	/* set once */
	struct khttp_net *net;
	siphash_key_t secret;		/* clients choose the keys */
	u64 cap;			/* bytes, whatever the limits say */
	u64 n_purges;			/* under lock; READ_ONCE: each request */
	struct rhashtable table;	/* lookups under RCU, changes under lock */
	struct delayed_work sweep;	/* pending while there are entries */

	/* What stores write; nothing that a lookup reads */
	atomic64_t bytes ____cacheline_aligned_in_smp; /* charged, in the table or not */

	spinlock_t lock;		/* guards, besides the table: */
	struct rb_root_cached by_end;	/* khttp_entry.by_end, soonest first */
	struct khttp_pool pool;		/* khttp_entry.lru */
	struct rb_root tags;		/* khttp_tag.node, by hash and queue */
	u32 n_local;			/* entries that came through IP-bound prefixes, or
					 * whose port has no place among: */
	struct khttp_named named[KHTTP_NAMED_PORTS];
	struct khttp_purged_set purged[1 << KHTTP_PURGED_BITS];
	u64 seq;			/* of inserts; makes places in by_end unique */
	struct khttp_ghosts ghosts;
};

static inline u64 khttp_cache_entries(const struct khttp_cache *c)
{
	return khttp_pool_entries(&c->pool);
}

/* Bytes that the group may have */
static inline u64 khttp_share_limit(const struct khttp_share *share)
{
	return READ_ONCE(share->limit) ?: U64_MAX;
}

/* @n responses went to make room */
#define khttp_cache_count_evicted(c, share, n) do {			\
	khttp_stat_add((c)->net, cache_evicted, n);			\
	khttp_share_add(share, evicted, n);				\
} while (0)

static inline struct khttp_tag *khttp_entry_tag(const struct khttp_entry *e, u32 i)
{
	return (struct khttp_tag *)(e + 1) + i;
}

static inline bool khttp_entry_fresh(const struct khttp_entry *e, u64 now)
{
	return khttp_cache_fresh(e->stored, READ_ONCE(e->ttl), now);
}

/* When it is of no use any more, in ktime_get_seconds() */
static inline u64 khttp_entry_end(const struct khttp_entry *e)
{
	return e->stored + READ_ONCE(e->ttl) +
	       max3(READ_ONCE(e->stale_while), READ_ONCE(e->stale_error),
		    READ_ONCE(e->keep));
}

/* cache.c */
/* Under c->lock: */
/* First in the tree at or after the place @from, or NULL */
struct khttp_entry *khttp_cache_first(struct khttp_cache *c, u64 from);
struct khttp_entry *khttp_cache_find(struct khttp_cache *c,
				     const struct khttp_cache_key *key);
/* Out of table, tree and fifo, onto @dropped by ->behind, and a marker's variants
 * with it; returns how many responses went. Caller holds the lock and puts what is
 * on @dropped after it: khttp_cache_put_all()
 */
u32 khttp_cache_unlink(struct khttp_cache *c, struct khttp_entry *e,
		       struct khttp_entry **dropped);
/* Into table, tree and fifo, with a reference of its own, in place of @old if there
 * is one. False: no memory, nothing changed
 */
bool khttp_cache_link(struct khttp_cache *c, struct khttp_entry *e,
		      struct khttp_entry *old, struct khttp_entry **dropped);
/* Found by its whole key, fresh or not. Context: inside rcu_read_lock() */
struct khttp_entry *khttp_cache_peek(struct khttp_cache *c,
				     const struct khttp_cache_key *key);

/* cache_vary.c: under c->lock */
bool khttp_cache_mark(struct khttp_cache *c, struct khttp_entry *e,
		      struct khttp_entry **new, struct khttp_entry **dropped);
void khttp_cache_mark_done(struct khttp_cache *c, struct khttp_entry *e,
			   struct khttp_entry **dropped);
/* Inside rcu_read_lock() */
struct khttp_entry *khttp_cache_variant(struct khttp_cache *c,
					struct khttp_entry *marker,
					const struct khttp_cache_key *key,
					const struct khttp_cache_asker *asker);

/* cache_named.c: under c->lock */
void khttp_cache_name(struct khttp_cache *c, struct khttp_entry *e);
void khttp_cache_unname(struct khttp_cache *c, const struct khttp_entry *e);

/* cache_tags.c */
u32 khttp_tags_bytes(const struct khttp_tag_count *count);
char *khttp_tags_note(struct khttp_entry *e, const struct khttp_answer *a,
		      const struct khttp_tag_count *count);
char *khttp_tags_note_line(struct khttp_entry *e, struct khttp_span line,
			   const struct khttp_tag_count *count);
void khttp_tags_moved(struct khttp_entry *e);
/* Under c->lock */
void khttp_tags_link(struct khttp_cache *c, struct khttp_entry *e);
void khttp_tags_unlink(struct khttp_cache *c, struct khttp_entry *e);

/* cache_purge.c */
/* Its time is over, if it may serve past that; else false. Under c->lock */
bool khttp_entry_expire(struct khttp_entry *e);

/* cache_purged.c */
/* Before its walk: what was under way is not stored behind its back */
void khttp_cache_note_purge(struct khttp_cache *c, const struct khttp_purged *what);
/* Under c->lock */
bool khttp_cache_purged_since(struct khttp_cache *c, const struct khttp_entry *e, u64 purges);

/* cache_evict.c */
u64 khttp_cache_budget(const struct khttp_cache *c);
int khttp_cache_reserve(struct khttp_cache *c, struct khttp_share *share, u32 bytes);
void khttp_cache_release(struct khttp_cache *c, struct khttp_share *share, u64 bytes);
bool khttp_cache_make_room(struct khttp_cache *c, u64 budget);
bool khttp_cache_make_room_of(struct khttp_cache *c, struct khttp_share *share);
/* At most so many looks; returns how many responses went. Context: any, BH enabled */
u32 khttp_cache_reclaim(struct khttp_cache *c, u64 looks);
void khttp_cache_ghost_prepare(struct khttp_cache *c);
void khttp_cache_ghost_add(struct khttp_cache *c, struct khttp_entry *e);
void khttp_cache_ghost_drop(struct khttp_cache *c);
void khttp_fifo_insert(struct khttp_cache *c, struct khttp_entry *e,
		       const struct khttp_entry *old);
void khttp_fifo_remove(struct khttp_cache *c, struct khttp_entry *e);
u64 khttp_cache_cap(const struct net *net);
u64 khttp_cache_total_bytes(void);

/* Missing memory means "not stored", never an OOM kill or a warning */
#define KHTTP_ENTRY_GFP (GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

/* entry_body.c: all of its pages at once. 0, -ENOMEM or -EINTR. Sleeps */
int khttp_entry_pages(struct khttp_entry *e);
/* The same: @from's, which both have then. 0 or -ENOMEM. Sleeps */
int khttp_entry_share(struct khttp_entry *e, const struct khttp_entry *from);

/* entry.c */
/* The marker of a variant's URL, for that long; ERR_PTR -ENOSPC, -ENOMEM. Sleeps */
struct khttp_entry *khttp_entry_marker(const struct khttp_entry *e);
/* What nobody has any more, and its memory. A purge frees it when it has ended: who asked
 * for it waits for the purge alone
 */
struct khttp_parted {
	struct list_head chains;	/* khttp_entry.lru of the first of each */
	u64 bytes;
};

#define KHTTP_PARTED(name) \
	struct khttp_parted name = { .chains = LIST_HEAD_INIT((name).chains) }

/* More than that is not held back */
#define KHTTP_PARTED_MAX (256ULL << 20)

void khttp_cache_part(struct khttp_entry *dropped, struct khttp_parted *parted);
void khttp_cache_free(struct khttp_parted *parted);
/* Both, for who drops a few */
void khttp_cache_put_all(struct khttp_entry *dropped);
void khttp_entry_reaper_flush(void);

#endif
