// SPDX-License-Identifier: GPL-2.0-only
/*
 * Several responses to one URL (RFC 9111 section 4.1).
 *
 * In the place of a URL whose response varies stands a marker: an entry without
 * response that says by which fields, and has a list of the variants. Each of
 * these is an entry of its own, whose key has what the request says in those
 * fields. So a hit without variants looks at one bit more, and one with them is
 * two lookups.
 *
 * Variants end with their marker: when it is purged, replaced by a response that
 * varies by something else or not at all, or makes room. It stays as long as the
 * longest of them may, and each hit of a variant keeps it from making room.
 */
#include "cache.h"
#include "cache_i.h"
#include "http/vary.h"
#include "net.h"

/* It takes its variants along */
static void adopt(struct khttp_entry *marker, struct khttp_entry *old)
{
	struct khttp_entry *v;

	list_for_each_entry(v, &old->variants, variant_link)
		v->marker = marker;
	list_splice_init(&old->variants, &marker->variants);
	marker->n_variants = old->n_variants;
	old->n_variants = 0;
}

static bool serves(const struct khttp_entry *marker, const struct khttp_entry *e)
{
	return marker->is_marker && marker->url_id == e->url_id &&
	       khttp_span_eq(marker->vary, e->vary);
}

/**
 * khttp_cache_mark - see to it that the URL of a variant has its marker
 * @c: the cache
 * @e: a variant that is about to be inserted
 * @new: a marker made for it; NULL when it was put to use
 * @dropped: what went
 *
 * Context: cache->lock held. False: no memory for the table, nothing changed.
 */
bool khttp_cache_mark(struct khttp_cache *c, struct khttp_entry *e,
		      struct khttp_entry **new, struct khttp_entry **dropped)
{
	struct khttp_entry *old, *marker = *new;

	lockdep_assert_held(&c->lock);
	old = khttp_cache_find(c, &marker->key);
	if (old && serves(old, e) && khttp_entry_end(old) >= khttp_entry_end(marker)) {
		e->marker = old;
		return true;
	}
	if (old && serves(old, e)) {
		marker->ttl = min_t(u64, max(khttp_entry_end(old), khttp_entry_end(marker)) -
				    marker->stored, U32_MAX);
		marker->stale_while = marker->stale_error = marker->keep = 0;
		adopt(marker, old);
	}
	if (!khttp_cache_link(c, marker, old, dropped)) {
		if (old && marker->n_variants)
			adopt(old, marker);
		return false;
	}
	e->marker = marker;
	*new = NULL;
	return true;
}

/**
 * khttp_cache_mark_done - a variant is in the table: one more for its marker
 * @c: the cache
 * @e: the variant; khttp_cache_mark() found its marker in the same hold
 * @dropped: the oldest one, where there are too many
 *
 * Context: cache->lock held.
 */
void khttp_cache_mark_done(struct khttp_cache *c, struct khttp_entry *e,
			   struct khttp_entry **dropped)
{
	struct khttp_entry *marker = e->marker;

	lockdep_assert_held(&c->lock);
	list_add(&e->variant_link, &marker->variants);
	if (++marker->n_variants <= KHTTP_VARIANTS_MAX)
		return;
	khttp_cache_unlink(c, list_last_entry(&marker->variants,
					      struct khttp_entry, variant_link),
			   dropped);
	khttp_cache_count_evicted(c, marker->share, 1);
}

/**
 * khttp_cache_variant - which of the variants of a URL this request gets
 * @c: the cache
 * @marker: found under its key
 * @key: that key
 * @asker: the request
 *
 * Context: any, inside rcu_read_lock(). Returns NULL, or an entry that stays as
 * long as that section.
 */
struct khttp_entry *khttp_cache_variant(struct khttp_cache *c,
					struct khttp_entry *marker,
					const struct khttp_cache_key *key,
					const struct khttp_cache_asker *asker)
{
	struct khttp_cache_key own = *key;
	struct khttp_entry *e;
	struct khttp_out out;

	khttp_out_init(&out, asker->room, KHTTP_VARY_KEY_MAX);
	khttp_vary_key_of_head(marker->vary, asker->head, asker->buf, &out);
	if (!khttp_out_ok(&out))
		return NULL;
	own.variant = khttp_span_of(out.buf, out.len);
	e = khttp_cache_peek(c, &own);
	if (e && READ_ONCE(marker->freq) < 3)
		WRITE_ONCE(marker->freq, marker->freq + 1);
	return e;
}

/**
 * khttp_cache_varies - are there variants for this URL?
 * @c: the cache
 * @key: without a variant
 *
 * Context: any, inside rcu_read_lock().
 */
bool khttp_cache_varies(struct khttp_cache *c, const struct khttp_cache_key *key)
{
	const struct khttp_entry *e = khttp_cache_peek(c, key);

	return e && e->is_marker;
}
