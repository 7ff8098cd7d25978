// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which purges came while an answer was under way, so that it is not stored behind
 * their back.
 *
 * Of what a purge named the place has its number. Others may share the place, and an
 * answer of theirs that was under way is then not stored: while n others are purged,
 * n answers of 170 at first, and nearly all when n is a thousand. Nobody can aim at a
 * place of another's URL or tag, for their hashes are keyed.
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

static u64 *place_of(struct khttp_cache *c, enum kind kind, u64 value, u32 queue_id)
{
	u64 whose = ((u64)queue_id << 3 | kind) * GOLDEN_RATIO_64;

	return &c->purged[hash_64(value ^ whose, KHTTP_PURGED_BITS)];
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
		*place_of(c, OF_TAG, what->tag, what->queue_id) = number;
	} else if (what->hash) {
		*place_of(c, OF_URL, what->hash, what->queue_id) = number;
		*place_of(c, OF_ANY_URL, what->url_id, what->queue_id) = number;
	} else if (what->url_id) {
		*place_of(c, OF_PREFIX, what->url_id, what->queue_id) = number;
	} else {
		*place_of(c, OF_QUEUE, 0, what->queue_id) = number;
	}
	WRITE_ONCE(c->n_purges, number);
	spin_unlock_bh(&c->lock);
}

/* By its own queue's workers, or by somebody who may purge everything */
static bool is_newer(struct khttp_cache *c, const struct khttp_entry *e, u64 purges,
		     enum kind kind, u64 value)
{
	return *place_of(c, kind, value, e->queue_id) > purges ||
	       *place_of(c, kind, value, 0) > purges;
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
