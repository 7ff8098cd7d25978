/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The response cache: entries by cooked URL, a byte budget, purge.
 *
 * It knows neither sockets nor workers. An entry is immutable once it is in
 * the table; whoever sends it holds a reference, so a purge during a send is
 * safe. Freshness and conditions are decided by http/cache_policy.
 */
#ifndef _KHTTP_CACHE_H
#define _KHTTP_CACHE_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uio.h>

#include "http/span.h"

struct khttp_answer;
struct khttp_cache;
struct khttp_net;

/* Bodies up to this stand in the entry, larger ones in pages of their own */
#define KHTTP_ENTRY_INLINE 16384

struct khttp_cache_key {
	struct khttp_span host;		/* normalised */
	struct khttp_span path;		/* cooked */
	struct khttp_span query;	/* ptr NULL: no "?" at all */
	u16 port;
	u8 scheme;
	u8 family;			/* 0 unless routed by an IP-bound prefix */
	u8 local_addr[16];		/* likewise */
};

struct khttp_entry {
	/* set once, before it is in the table */
	u64 url_id;			/* the prefix it came through */
	u32 queue_id;			/* the queue that stored it */
	u16 status;
	u32 ttl;			/* seconds */
	u64 stored;			/* ktime_get_seconds() */
	u64 stored_wall;		/* ktime_get_real_seconds(): the Date */
	u64 body_len;
	u32 charged;			/* bytes of the budget, everything counted */
	/* ready-made wire heads, without Date, Age and Connection */
	struct khttp_span head;		/* status line and fields of the answer */
	struct khttp_span head_304;	/* the same for 304 (Not Modified) */
	struct khttp_span etag;		/* value, or ptr NULL */
	u64 last_modified;		/* seconds, 0 = none */
	const char *body;		/* inline body, or NULL */
	struct page **pages;		/* else, each full but the last */
	u32 n_pages;

	refcount_t ref;			/* table, each send */
	/* owned by cache.c */
	u64 hits;			/* approximate, no lock */
	struct hlist_node node;
	struct rcu_head rcu;
	/* ... key, list, state: see cache.c */
	struct khttp_cache_key key;	/* spans into the entry's own memory */
	struct list_head lru;
	u8 visited;
	bool dead;
};

struct khttp_cache *khttp_cache_create(struct khttp_net *kn);
void khttp_cache_destroy(struct khttp_cache *c);	/* nobody looks any more */

/*
 * A fresh entry of that prefix with a reference, or NULL (counts hit or miss
 * nowhere: the caller knows). An entry past its time or of another prefix is
 * dropped on the way. Context: any, BH disabled or not; takes RCU itself.
 */
struct khttp_entry *__must_check khttp_cache_lookup(struct khttp_cache *c,
						const struct khttp_cache_key *key,
						u64 url_id);

static inline void khttp_entry_get(struct khttp_entry *e)
{
	refcount_inc(&e->ref);
}

void khttp_entry_put(struct khttp_entry *e);	/* any context */

/*
 * Make an entry with room for @body_len bytes of body, its heads ready made
 * from @answer: ERR_PTR -EFBIG over cache_object, -ENOSPC budget is 0 or too
 * small, -ENOMEM, -EINVAL not storable. The caller fills the body, then
 * inserts or puts it. Context: sleeps.
 */
struct khttp_entry *khttp_entry_create(struct khttp_cache *c,
				       const struct khttp_cache_key *key,
				       const struct khttp_answer *answer,
				       u64 url_id, u32 queue_id, u64 body_len);
/* Fill it; 0 or -EFAULT when @from ends early. Context: sleeps */
int khttp_entry_fill(struct khttp_entry *e, struct iov_iter *from);
/* Into the table, in place of one with the same key; evicts to the budget.
 * The caller keeps its own reference
 */
void khttp_cache_insert(struct khttp_cache *c, struct khttp_entry *e);

/*
 * Drop what @url names: http://host:port/path?query exactly, or (@recursive)
 * everything at or below its path. NULL: everything. @queue_id: only what
 * that queue stored, 0 = any. Returns entries dropped, or -EINVAL: not a URL.
 * Context: sleeps
 */
long khttp_cache_purge(struct khttp_cache *c, const char *url, size_t len,
		       bool recursive, u32 queue_id);
/* The prefix is gone: so is what came through it */
void khttp_cache_purge_prefix(struct khttp_cache *c, u64 url_id);
/* The budget got smaller: evict. Context: sleeps */
void khttp_cache_shrink(struct khttp_cache *c);

struct khttp_cache_usage {
	u64 entries;
	u64 bytes;
};
void khttp_cache_usage(const struct khttp_cache *c, struct khttp_cache_usage *u);

/*
 * Resumable walk for dumps: the first entry at or after *@cursor (start at 0)
 * with a reference, *@cursor moved past it; NULL at the end. Entries that come
 * or go meanwhile may be missed or seen, none twice at the same place.
 */
struct khttp_entry *khttp_cache_walk(struct khttp_cache *c, u64 *cursor);
/* The entry's URL into @buf as text; length, cut at @size */
size_t khttp_entry_url(const struct khttp_entry *e, char *buf, size_t size);

int khttp_cache_init(void);	/* slab cache */
void khttp_cache_exit(void);

#endif
