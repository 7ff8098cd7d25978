/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The response cache: entries by cooked URL, a byte budget, purge.
 *
 * It knows neither sockets nor workers. An entry is immutable once it is in
 * the table; whoever sends it holds a reference, or stays in the RCU section in
 * which it found one with an inline body: so a purge during a send is safe, and
 * a small hit writes nothing that other CPUs read. Freshness and conditions are
 * decided by http/cache_policy.
 *
 *   phase    moved by                       meaning
 *   filling  khttp_entry_create             charged, the maker's alone: nobody who
 *                                           sends what is in place has a reference
 *   stored   khttp_cache_insert             in the table, found by lookups
 *   dropped  replace, purge, evict, expiry  in no table; lives on, charged,
 *                                           until the last send puts it
 */
#ifndef _KHTTP_CACHE_H
#define _KHTTP_CACHE_H

#include <linux/bvec.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/rbtree.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <linux/khttp.h>

#include "http/cache_tag.h"
#include "http/freshness.h"
#include "http/span.h"
#include "http/vary.h"

struct khttp_answer;
struct khttp_cache;
struct khttp_net;
struct khttp_share;

/* Bodies below this stand in the entry, others in pages of their own */
#define KHTTP_ENTRY_INLINE 16384
/* Key and both heads together; a response with more is not stored */
#define KHTTP_ENTRY_META_MAX 16384
/* A longer entity tag is not asked by: each such request carries it */
#define KHTTP_ENTRY_ASK_TAG_MAX 256
/* Variants of one URL; the oldest one makes room */
#define KHTTP_VARIANTS_MAX 32

struct khttp_cache_key {
	struct khttp_span host;		/* normalised */
	struct khttp_span path;		/* cooked */
	struct khttp_span query;	/* ptr NULL: no "?" at all */
	u16 port;			/* that it came in by */
	u8 scheme;
	u8 family;			/* 0 unless routed by an IP-bound prefix */
	u8 local_addr[16];		/* likewise; the rest is zero */
	u16 named;			/* the client's, where that is not port; or 0 */
	struct khttp_span variant;	/* khttp_vary_key(); ptr NULL: not varied */
};

/*
 * Of the authority that a client named the port is part of the URL (RFC 9111 section
 * 4), though it routes nothing: a worker may write it into his answer. What came in
 * by another one was forwarded, or is a lie that nobody else is to be told.
 */
static inline u16 khttp_cache_named(u16 named, u16 port)
{
	named = named ?: 80;
	return named == port ? 0 : named;
}

/* In khttp_cache_key.scheme, of a fragment's name: no request has such a key, so that
 * none is answered with a fragment
 */
#define KHTTP_KEY_FRAGMENT 0x80

/* One tag of one entry, behind it in its memory: see cache_tags.c */
struct khttp_tag {
	u64 hash;			/* of its text */
	struct khttp_entry *entry;
	/* under cache->lock, while the entry is in the table: */
	union {				/* of the entries of one queue that have it: */
		struct hlist_head ring;	/* of the leader: those of the others */
		struct hlist_node place; /* of any other */
	};
	struct rb_node node;		/* the leader's: cache->tags; else empty */
};

struct khttp_entry {
	refcount_t ref;			/* table, maker, each send that waits */
	u8 freq;			/* hits since it last moved: written up to 3 */
	atomic64_t hits;		/* see khttp_entry_hits() */

	/* what a lookup compares */
	struct rhash_head node;
	u64 hash;
	u64 url_id;			/* the prefix it came through */
	u64 stored;			/* ktime_get_seconds() */
	u32 ttl;			/* seconds from then on */
	u32 age;			/* seconds, when it was stored */
	u32 asked;			/* second since it was stored, from 1 on: READ_ONCE */
	u32 stale_while;		/* khttp_freshness_term; READ_ONCE, */
	u32 stale_error;		/* and so is ttl: a lookup may meet a change */
	u32 keep;			/* likewise; 0: it cannot be validated */
	bool is_marker;			/* no response: see cache_vary.c */
	bool shared;			/* also for requests with credentials */
	bool paced;			/* it has a bandwidth of its own: flow */
	u32 queue_id;			/* the queue that stored it */
	struct khttp_cache_key key;	/* spans into the entry's own memory */

	/* what is sent; set once, before it is in the table */
	u64 body_len;
	u64 last_modified;		/* seconds since 1970, 0 = none */
	/* ready-made wire heads; khttp_reply_tail() makes the rest at each send */
	struct khttp_span head;		/* status line and fields of the answer */
	struct khttp_span head_304;	/* the same for 304 (Not Modified) */
	struct khttp_span etag;		/* value, or ptr NULL */
	struct khttp_span vary;		/* khttp_vary_list, or ptr NULL */
	char *body;			/* inline body, or NULL */
	struct page **pages;		/* else: its pages, in chunks (entry.c) */
	u32 n_pages;
	u16 status;
	u16 n_tags;
	struct khttp_span tag_text;	/* with blanks between; n_tags 0: nothing */

	/* cache.c and entry.c only */
	u8 fifo;			/* under cache->lock: which one it is in */
	bool linked;			/* under cache->lock: in table, tree, fifo */
	u8 named_at;			/* likewise: place of key.named in cache->named */
	u32 size;			/* of this allocation */
	u32 charged;			/* bytes of the budget, everything counted */
	struct khttp_flow flow;		/* of each answer; set once. With paced */
	u64 filled;			/* body bytes in place; the maker's */
	u64 order;			/* place in the tree: by end of life */
	union {
		struct rb_node by_end;	/* cache->by_end */
		struct {		/* of one that streams, while it is filled */
			u64 limit;	/* bytes that its body may have */
			u32 room;	/* pages that there are places for */
			bool open;	/* how many it will have nobody has said */
		} fill;
	};
	struct list_head lru;		/* cache->pool */
	struct list_head own;		/* share->pool */
	struct khttp_share *share;	/* of its group; a reference */
	u64 url_hash;			/* without the variant, and key.named */
	struct khttp_entry *marker;	/* of a variant in the table, or NULL */
	union {				/* under cache->lock */
		struct list_head variants;	/* of a marker, newest first */
		struct list_head variant_link;	/* of a variant */
	};
	u32 n_variants;
	struct khttp_cache *cache;	/* outlives every reference to us */
	union {
		struct llist_node reap;	/* the last reference is gone */
		struct rcu_head rcu;	/* and so are the pages */
	};
	struct khttp_entry *behind;	/* was dropped, and is freed, together with it */
};

struct khttp_cache *khttp_cache_create(struct khttp_net *kn);
/* Nobody looks any more and every reference to an entry is gone.
 * Context: sleeps
 */
void khttp_cache_destroy(struct khttp_cache *c);

/* A request: what tells variants of one URL apart, KHTTP_VARY_KEY_MAX bytes to note
 * it, and the ktime_get_seconds() that decides what is fresh for it
 */
struct khttp_cache_asker {
	const struct khttp_head *head;
	const char *buf;
	char *room;
	u64 now;
};

/*
 * A fresh entry of that prefix, or NULL (counts hit or miss nowhere: the caller
 * knows). An entry that is of no use any more, or of another prefix, is dropped.
 * It stays as long as the caller's RCU section; where the body has pages it
 * comes with a reference, for RCU does not wait with those. In either case
 * khttp_entry_leave() ends it. Context: any, inside rcu_read_lock().
 */
struct khttp_entry *__must_check khttp_cache_lookup(struct khttp_cache *c,
						const struct khttp_cache_key *key,
						u64 url_id,
						const struct khttp_cache_asker *asker);

/*
 * The same of one that is past its time, and kept for a while: see
 * khttp_freshness_term. Does not drop anything
 */
struct khttp_entry *__must_check khttp_cache_lookup_stale(struct khttp_cache *c,
						const struct khttp_cache_key *key,
						u64 url_id,
						const struct khttp_cache_asker *asker);

/* Of a key, with a secret: without a variant, what its URL is known by */
u64 khttp_cache_hash(const struct khttp_cache *c,
		     const struct khttp_cache_key *key);

/* cache_vary.c: is there one for other requests to this URL? Context: likewise */
bool khttp_cache_varies(struct khttp_cache *c, const struct khttp_cache_key *key);

static inline void khttp_entry_get(struct khttp_entry *e)
{
	refcount_inc(&e->ref);
}

/* From an RCU reader: false, it is going */
static inline bool __must_check khttp_entry_tryget(struct khttp_entry *e)
{
	return refcount_inc_not_zero(&e->ref);
}

void khttp_entry_put(struct khttp_entry *e);	/* any context */

/* Named bytes for answers, and not an answer */
static inline bool khttp_entry_is_fragment(const struct khttp_entry *e)
{
	return e->key.scheme & KHTTP_KEY_FRAGMENT;
}

/* Who looked it up is done with it */
static inline void khttp_entry_leave(struct khttp_entry *e)
{
	if (e->n_pages)
		khttp_entry_put(e);
}

/* Lookups that found it: exactly up to 2048, within a few per cent above. Context: any,
 * with a reference
 */
#define KHTTP_HITS_EXACT_BITS 11
static inline u64 khttp_entry_hits(const struct khttp_entry *e)
{
	return atomic64_read(&e->hits);
}

/* By what a worker may be asked whether it is good still: its tag, and its date */
static inline bool khttp_entry_asks_tag(const struct khttp_entry *e)
{
	return e->etag.ptr && e->etag.len <= KHTTP_ENTRY_ASK_TAG_MAX;
}

/* What an entry is made of; all of it is copied */
struct khttp_entry_plan {
	const struct khttp_cache_key *key;	/* with the variant, if it varies */
	const struct khttp_answer *answer;	/* a checked reply */
	const char *server;		/* the Server field, where that has none;
					 * NULL: no field
					 */
	u64 url_id;			/* the prefix that its request came through */
	u64 body_len;			/* bytes of body that will be filled in, or
					 * KHTTP_LENGTH_UNKNOWN, if it streams
					 */
	u32 queue_id;			/* the queue whose worker stores it */
	struct khttp_share *share;	/* of its request's group */
	bool streams;			/* pages come with their bytes, and not at once */
	const struct khttp_entry *body_of; /* the body is that one's, which is full; or
					 * NULL
					 */
	/* khttp_cache_judge(): */
	struct khttp_freshness_term term;
	struct khttp_vary_list vary;
	struct khttp_tag_count tags;
};

/* What its request says to an answer that may be stored */
struct khttp_cache_request {
	u32 caching;			/* khttp_policy.caching */
	u32 delay;			/* seconds that the worker had it */
	u32 stale_while;		/* its group's, as khttp_freshness_ask */
	u32 stale_error;
	u32 keep;
	enum khttp_cache_why why;	/* why it is not for the cache */
	u8 spelling;			/* enum khttp_spelling of its path */
};

/* cache_judge.c: KHTTP_CACHE_YES, or why it is not stored */
enum khttp_cache_why khttp_cache_judge(const struct khttp_cache *c,
				       struct khttp_entry_plan *plan,
				       const struct khttp_cache_request *rq);

/* And what an error of the functions below is for who wants it stored */
enum khttp_cache_why khttp_cache_why_error(long err);

/*
 * Make an entry with room for its body, or for the start of one that streams, its
 * heads ready made from the answer:
 * ERR_PTR -EFBIG over KHTTP_ENTRY_META_MAX, -ENOSPC budget is 0 or too small,
 * -EDQUOT likewise its group's share, -ENOMEM, -EINTR (killed), -EINVAL. None of
 * these is the answer's failure: it is sent all the same. That it may be stored was
 * judged. The caller fills the body, then inserts or puts it.
 *
 * Evicts to make room: the memory is charged here, before it is taken. It is
 * charged to the cgroup of the calling task, the worker that stores: a worker
 * acts for its queue's owner, its cgroup exists now (that of who once made the
 * queue may be gone), and so no worker can spend anybody else's memory.
 * Context: sleeps.
 */
struct khttp_entry *khttp_entry_create(struct khttp_cache *c,
				       const struct khttp_entry_plan *plan);

/* What a fragment is made of; all of it is copied */
struct khttp_fragment_plan {
	struct khttp_cache_key key;	/* with KHTTP_KEY_FRAGMENT */
	u64 url_id;			/* the prefix that its name routes to */
	u64 len;			/* bytes that will be filled in, 1 at least */
	u32 queue_id;			/* the queue whose worker keeps it */
	u32 ttl;
	struct khttp_share *share;	/* of its prefix' group */
	struct khttp_span tags;		/* a line as in Cache-Tag; empty: none */
};

/*
 * An entry for it, as khttp_entry_create() makes one for an answer; errors likewise,
 * and -EINVAL: tags that are none, or too many. Context: sleeps.
 */
struct khttp_entry *khttp_entry_fragment(struct khttp_cache *c,
					 const struct khttp_fragment_plan *plan);

bool khttp_cache_key_eq(const struct khttp_cache_key *a,
			const struct khttp_cache_key *b);

/* A fresh one of that queue, with a reference, or NULL. Context: any */
struct khttp_entry *__must_check khttp_cache_fragment(struct khttp_cache *c,
						const struct khttp_cache_key *key,
						u32 queue_id);

/*
 * Append all of @from to the body; may be called as often as it takes. 0, or
 * -EFAULT when @from cannot be read, -EMSGSIZE when it holds more than there
 * is room for. Context: sleeps (@from may be user memory).
 */
int khttp_entry_fill(struct khttp_entry *e, struct iov_iter *from);

/*
 * Of one that streams, before that: memory for @n bytes more, charged as with
 * khttp_entry_create(). 0; -EMSGSIZE more than was announced; -EFBIG more than an
 * entry may have; -ENOSPC, -EDQUOT, -ENOMEM, -EINTR. Context: sleeps.
 */
int khttp_entry_grow(struct khttp_entry *e, u64 n);

/*
 * Of one that streams, when the last byte is in place: what is to be inserted, a
 * reference of its own to put. A smaller copy, where it is inline then; the old one
 * is as it was. ERR_PTR -ENOSPC, -EDQUOT, -ENOMEM, -EMSGSIZE: less than was announced.
 * Context: sleeps.
 */
struct khttp_entry *__must_check khttp_entry_finish(struct khttp_entry *e);

/*
 * Memory of a body that is not inline, from @pos on, as far as it is in one
 * piece: the page, maybe compound, and *@len bytes that begin *@off into it.
 * Context: any.
 */
struct page *khttp_entry_chunk(const struct khttp_entry *e, u64 pos, u32 *off,
			       u32 *len);

/* Bytes of a view, at most: even of single pages */
#define KHTTP_ENTRY_VIEW_PAGES 32
#define KHTTP_ENTRY_VIEW_BYTES (KHTTP_ENTRY_VIEW_PAGES * PAGE_SIZE)

/* Bytes in place, where they are; who keeps pages of it has a reference on each */
struct khttp_entry_view {
	struct iov_iter iter;
	union {
		struct kvec vec;
		struct bio_vec pages[KHTTP_ENTRY_VIEW_PAGES + 1];
	};
};

/* @n bytes from @pos on, up to KHTTP_ENTRY_VIEW_BYTES. Context: any */
void khttp_entry_view(const struct khttp_entry *e, u64 pos, size_t n,
		      struct khttp_entry_view *view);

/* Only a full entry may be inserted, or sent like a hit */
static inline bool khttp_entry_full(const struct khttp_entry *e)
{
	return e->filled == e->body_len;
}

/*
 * Purges so far. A request remembers it: what was made while a purge that
 * names it came may be made of old data. Context: any
 */
u64 khttp_cache_purges(const struct khttp_cache *c);

/*
 * Into the table, in place of one with the same key; evicts to the budget.
 * Not if it was purged since @purges: it is as old as what the purge dropped.
 * The caller keeps its own reference. Returns KHTTP_CACHE_YES, or why not.
 * Context: sleeps
 */
enum khttp_cache_why khttp_cache_insert(struct khttp_cache *c,
					struct khttp_entry *e, u64 purges);

/*
 * The same of one that a worker said is as good as @old still, of which it has the
 * body. KHTTP_CACHE_WHY_PURGED also where @old is not in the table any more.
 */
enum khttp_cache_why khttp_cache_renew(struct khttp_cache *c, struct khttp_entry *e,
				       struct khttp_entry *old, u64 purges);

/* In the table, at this moment. Context: any, with a reference */
bool khttp_entry_linked(struct khttp_entry *e);

/*
 * Drop what @url names: http://host[:port]/path[?query] exactly, or (@how:
 * KHTTP_PURGE_RECURSIVE, no query then) everything at or below its path, on whole
 * segments and without regard to case, as prefixes are routed. The host may be
 * "*" or "+": all hosts of that port; or "*.name": all below that name. What
 * came through IP-bound prefixes goes with its Host text. The port is that which
 * requests came in by, whichever their clients named. NULL: everything.
 * @how: KHTTP_PURGE_SOFT: what may serve past its time stays, and that is over.
 * @queue_id: only what that queue stored, 0 = any.
 *
 * Returns entries dropped or past their time now, -EINVAL: not such a URL, or -ENOMEM.
 * Context: sleeps; takes its locks in steps.
 */
long khttp_cache_purge(struct khttp_cache *c, const char *url, size_t len,
		       u32 how, u32 queue_id);
/*
 * The same for all that has this tag. @tag: any bytes. -EINVAL: no tag.
 */
long khttp_cache_purge_tag(struct khttp_cache *c, const char *tag, size_t len,
			   bool soft, u32 queue_id);
/* An unsafe method changed what @key names: all variants, as far as they came through
 * that prefix and that queue stored them; 0: any. Context: any, BH enabled
 */
void khttp_cache_invalidate(struct khttp_cache *c, const struct khttp_cache_key *key,
			    u64 url_id, u32 queue_id);
/* The prefix is gone: so is what came through it. Context: sleeps */
void khttp_cache_purge_prefix(struct khttp_cache *c, u64 url_id);
/* Of all prefixes that are gone, in one walk. @gone may not sleep. What is under way
 * meanwhile is not stored, whatever prefix it came by
 */
void khttp_cache_purge_prefixes(struct khttp_cache *c,
				bool (*gone)(const void *arg, u64 url_id),
				const void *arg);
/* The budget changed: evict down to it. Context: sleeps */
void khttp_cache_shrink(struct khttp_cache *c);
/* The same of what a group may have */
void khttp_cache_shrink_share(struct khttp_cache *c, struct khttp_share *share);

struct khttp_cache_usage {
	u64 entries;	/* responses */
	u64 bytes;	/* with those being filled, and dropped ones being sent */
};
void khttp_cache_usage(const struct khttp_cache *c, struct khttp_cache_usage *u);

/*
 * Resumable walk for dumps, in the order in which entries will expire: the
 * first fresh entry at or after *@cursor (start at 0) with a reference,
 * *@cursor moved past it; NULL at the end. Entries that come or go meanwhile
 * may be missed or seen, none twice; markers are among them. Context: any.
 */
struct khttp_entry *__must_check khttp_cache_walk(struct khttp_cache *c,
						  u64 *cursor);
/*
 * The entry's URL into @buf as text that khttp_cache_purge() understands, with
 * a NUL, cut to @size; returns its length without the NUL.
 */
size_t khttp_entry_url(const struct khttp_entry *e, char *buf, size_t size);

/* cache_shrink.c: gives memory back when the machine is short of it */
int khttp_cache_shrink_init(void);
void khttp_cache_shrink_exit(void);

int khttp_cache_init(void); /* with KHTTP_DEBUG: runs its self-test */
void khttp_cache_exit(void);	/* waits for what is still being freed */

#endif
