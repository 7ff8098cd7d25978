// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which purges came while an answer was under way, so that it is not stored behind
 * their back.
 *
 * Each thing that a purge named is kept with the last purge's number, in a set of
 * few places. One that finds its set full displaces the oldest, and the set keeps the
 * number of that: whatever it was, it may have been any answer's. So purges of others
 * keep an answer out only where KHTTP_PURGED_WAYS + 1 of them met in a set of its own
 * while it was under way. Which sets those are is keyed: strangers can aim at none. An
 * answer without tags looks at six of 512: while 250 other URLs are purged that is one
 * answer in a thousand, while 1,000 are one in four. Each tag is two sets more, an
 * address in the key four.
 */

#include <linux/hash.h>

#include "cache.h"
#include "cache_i.h"

enum kind {
	OF_QUEUE,			/* all of it; of queue 0: everything */
	OF_PREFIX,
	OF_URL,
	OF_ANY_URL,			/* of a prefix, 0: of any. For entries that have an
					 * address in their key
					 */
	OF_TAG,
};

/* What is kept of it; another has the same in one of 2^64 */
static u64 purged_key(enum kind kind, u64 value, u32 queue_id)
{
	return value ^ ((u64)queue_id << 3 | kind) * GOLDEN_RATIO_64;
}

static struct khttp_purged_set *set_of(struct khttp_cache *c, u64 key)
{
	return &c->purged[siphash_1u64(key, &c->secret) >> (64 - KHTTP_PURGED_BITS)];
}

static void note(struct khttp_cache *c, u64 key, u64 number)
{
	struct khttp_purged_set *set = set_of(c, key);
	struct khttp_purged_place *at = &set->places[0];
	u32 i;

	for (i = 0; i < KHTTP_PURGED_WAYS; i++) {
		if (set->places[i].key == key && set->places[i].number) {
			at = &set->places[i];
			break;
		}
		if (set->places[i].number < at->number)
			at = &set->places[i];
	}
	if (at->key != key)
		set->displaced = max(set->displaced, at->number);
	*at = (struct khttp_purged_place){ .key = key, .number = number };
}

static u64 last_of(struct khttp_cache *c, u64 key)
{
	const struct khttp_purged_set *set = set_of(c, key);
	u32 i;

	for (i = 0; i < KHTTP_PURGED_WAYS; i++)
		if (set->places[i].key == key)
			return max(set->places[i].number, set->displaced);
	return set->displaced;
}

u64 khttp_cache_purges(const struct khttp_cache *c)
{
	return READ_ONCE(c->n_purges);
}

void khttp_cache_note_purge(struct khttp_cache *c, const struct khttp_purged *what)
{
	u64 number;

	spin_lock_bh(&c->lock);
	number = c->n_purges + 1;
	if (what->tag) {
		note(c, purged_key(OF_TAG, what->tag, what->queue_id), number);
	} else if (what->hash) {
		note(c, purged_key(OF_URL, what->hash, what->queue_id), number);
		note(c, purged_key(OF_ANY_URL, what->url_id, what->queue_id), number);
	} else if (what->url_id) {
		note(c, purged_key(OF_PREFIX, what->url_id, what->queue_id), number);
	} else {
		note(c, purged_key(OF_QUEUE, 0, what->queue_id), number);
	}
	WRITE_ONCE(c->n_purges, number);
	spin_unlock_bh(&c->lock);
}

/* By its own queue's workers, or by somebody who may purge everything */
static bool is_newer(struct khttp_cache *c, const struct khttp_entry *e, u64 purges,
		     enum kind kind, u64 value)
{
	return last_of(c, purged_key(kind, value, e->queue_id)) > purges ||
	       last_of(c, purged_key(kind, value, 0)) > purges;
}

bool khttp_cache_purged_since(struct khttp_cache *c, const struct khttp_entry *e, u64 purges)
{
	u32 i;

	lockdep_assert_held(&c->lock);
	if (purges == c->n_purges)
		return false;
	if (is_newer(c, e, purges, OF_QUEUE, 0) ||
	    is_newer(c, e, purges, OF_PREFIX, e->url_id) ||
	    is_newer(c, e, purges, OF_URL, e->url_hash) ||
	    (e->key.family && (is_newer(c, e, purges, OF_ANY_URL, 0) ||
			       is_newer(c, e, purges, OF_ANY_URL, e->url_id))))
		return true;
	for (i = 0; i < e->n_tags; i++)
		if (is_newer(c, e, purges, OF_TAG, khttp_entry_tag(e, i)->hash))
			return true;
	return false;
}
