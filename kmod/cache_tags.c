// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which entries have a tag, and the purge of all that have it.
 *
 * The index is part of what it indexes. Each tag of an entry is a struct
 * khttp_tag in the entry's own memory. Of those of one name and queue one, the
 * leader, stands in the tree cache->tags and has the others in its ring. So the
 * index is charged with the entries, to the byte, takes no memory that could be
 * short when an entry is inserted, and knows of no tag that no entry has.
 *
 * Names are told apart by their keyed hash alone: should two of them ever have one,
 * a purge drops more than it had to.
 */
#include <linux/sched.h>

#include "cache.h"
#include "cache_i.h"
#include "http/cache_tag.h"
#include "net.h"
#include "response.h"

static u64 hash_of(const struct khttp_cache *c, struct khttp_span tag)
{
	/* 0 is no tag, in struct khttp_purged */
	return siphash(tag.ptr, tag.len, &c->secret) ?: 1;
}

/* What they take in an entry: the index, and their text with blanks between */
u32 khttp_tags_bytes(const struct khttp_tag_count *count)
{
	return count->n * (sizeof(struct khttp_tag) + 1) + count->bytes;
}

static void note_line(struct khttp_entry *e, struct khttp_span line, char **at)
{
	struct khttp_span tag;
	u32 pos = 0;

	while (khttp_tag_next(line, &pos, &tag)) {
		struct khttp_tag *t = khttp_entry_tag(e, e->n_tags++);

		t->hash = hash_of(e->cache, tag);
		t->entry = e;
		RB_CLEAR_NODE(&t->node);
		memcpy(*at, tag.ptr, tag.len);
		*at += tag.len;
		*(*at)++ = ' ';
	}
}

/**
 * khttp_tags_note - an answer's tags into an entry that is being made
 * @e: has memory for them behind it, nobody else's yet
 * @a: its answer, whose tags were counted
 * @count: so many they are
 *
 * Context: any. Returns where the rest of the entry's memory begins.
 */
char *khttp_tags_note(struct khttp_entry *e, const struct khttp_answer *a,
		      const struct khttp_tag_count *count)
{
	char *text = (char *)khttp_entry_tag(e, count->n), *at = text;
	const char *pos = a->fields;
	struct khttp_block_field f;

	if (!count->n)
		return at;
	while (khttp_block_next(&pos, a->fields + a->fields_len, &f))
		if (KHTTP_FIELD_BIT(khttp_field_lookup(f.name, f.name_len)) &
		    KHTTP_TAG_FIELDS)
			note_line(e, khttp_span_of(f.value, f.value_len), &at);
	e->tag_text = khttp_span_of(text, at - text - 1);
	return at;
}

/* The same of tags that stand in one line */
char *khttp_tags_note_line(struct khttp_entry *e, struct khttp_span line,
			   const struct khttp_tag_count *count)
{
	char *text = (char *)khttp_entry_tag(e, count->n), *at = text;

	if (!count->n)
		return at;
	note_line(e, line, &at);
	e->tag_text = khttp_span_of(text, at - text - 1);
	return at;
}

/* The entry is a copy of one that is in no table. Context: any */
void khttp_tags_moved(struct khttp_entry *e)
{
	u32 i;

	for (i = 0; i < e->n_tags; i++) {
		struct khttp_tag *t = khttp_entry_tag(e, i);

		t->entry = e;
		RB_CLEAR_NODE(&t->node);
	}
}

/* Less, equal or more than 0: the order of the tree */
static int compare(const struct khttp_tag *t, u64 hash, u32 queue_id)
{
	if (t->hash != hash)
		return t->hash < hash ? -1 : 1;
	if (t->entry->queue_id != queue_id)
		return t->entry->queue_id < queue_id ? -1 : 1;
	return 0;
}

static void link_one(struct khttp_cache *c, struct khttp_tag *new)
{
	struct rb_node **link = &c->tags.rb_node, *parent = NULL;

	while (*link) {
		struct khttp_tag *t = rb_entry(*link, struct khttp_tag, node);
		int diff = compare(t, new->hash, new->entry->queue_id);

		if (!diff) {
			hlist_add_head(&new->place, &t->ring);
			return;
		}
		parent = *link;
		link = diff > 0 ? &parent->rb_left : &parent->rb_right;
	}
	INIT_HLIST_HEAD(&new->ring);
	rb_link_node(&new->node, parent, link);
	rb_insert_color(&new->node, &c->tags);
}

/**
 * khttp_tags_link - the tags of an entry that comes into the table
 * @c: the cache
 * @e: the entry
 *
 * Context: cache->lock held.
 */
void khttp_tags_link(struct khttp_cache *c, struct khttp_entry *e)
{
	u32 i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < e->n_tags; i++)
		link_one(c, khttp_entry_tag(e, i));
}

/* The first of its ring in place of the leader */
static void lead(struct khttp_cache *c, struct khttp_tag *leader)
{
	struct khttp_tag *next = hlist_entry(leader->ring.first, struct khttp_tag, place);

	hlist_del(&next->place);
	hlist_move_list(&leader->ring, &next->ring);
	rb_replace_node(&leader->node, &next->node, &c->tags);
}

static void unlink_one(struct khttp_cache *c, struct khttp_tag *t)
{
	if (RB_EMPTY_NODE(&t->node)) {
		hlist_del(&t->place);
		return;
	}
	if (hlist_empty(&t->ring))
		rb_erase(&t->node, &c->tags);
	else
		lead(c, t);
	RB_CLEAR_NODE(&t->node);
}

/**
 * khttp_tags_unlink - the tags of an entry that leaves the table
 * @c: the cache
 * @e: the entry
 *
 * Context: cache->lock held.
 */
void khttp_tags_unlink(struct khttp_cache *c, struct khttp_entry *e)
{
	u32 i;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < e->n_tags; i++)
		unlink_one(c, khttp_entry_tag(e, i));
}

/* The leader of a queue, or of the next one behind it that has such */
static struct khttp_tag *find_tag(struct khttp_cache *c, u64 hash, u32 queue_id)
{
	struct rb_node *node = c->tags.rb_node;
	struct khttp_tag *best = NULL;

	while (node) {
		struct khttp_tag *t = rb_entry(node, struct khttp_tag, node);

		if (compare(t, hash, queue_id) < 0) {
			node = node->rb_right;
		} else {
			best = t;
			node = node->rb_left;
		}
	}
	return best && best->hash == hash ? best : NULL;
}

/*
 * All that stand in the ring of that queue, or (@any) of the next one that has such,
 * and its leader, into @ring and out of the tree: what comes later makes a ring of its
 * own, so that the purge ends. What leaves the table meanwhile leaves this one as any other.
 * Returns the queue, 0: none.
 */
static u32 detach(struct khttp_cache *c, u64 hash, u32 queue_id, bool any,
		  struct hlist_head *ring)
{
	struct khttp_tag *leader;
	u32 found = 0;

	spin_lock_bh(&c->lock);
	leader = find_tag(c, hash, queue_id);
	if (leader && (any || leader->entry->queue_id == queue_id)) {
		found = leader->entry->queue_id;
		hlist_move_list(&leader->ring, ring);
		hlist_add_head(&leader->place, ring);
		rb_erase(&leader->node, &c->tags);
		RB_CLEAR_NODE(&leader->node);
	}
	spin_unlock_bh(&c->lock);
	return found;
}

/* One hold of the lock; false when nothing is left */
static bool purge_tag_step(struct khttp_cache *c, struct hlist_head *ring, bool soft, long *purged,
			   struct khttp_parted *parted)
{
	unsigned int n;
	struct khttp_entry *dropped = NULL;
	bool more;

	spin_lock_bh(&c->lock);
	for (n = 0; n < KHTTP_CACHE_STEP && !hlist_empty(ring); n++) {
		struct khttp_tag *t = hlist_entry(ring->first, struct khttp_tag, place);

		if (soft && khttp_entry_expire(t->entry)) {
			/* Back into the tree: it may be purged again */
			hlist_del(&t->place);
			link_one(c, t);
			*purged += 1;
		} else {
			*purged += khttp_cache_unlink(c, t->entry, &dropped);
		}
	}
	more = !hlist_empty(ring);
	spin_unlock_bh(&c->lock);
	khttp_cache_part(dropped, parted);
	return more;
}

long khttp_cache_purge_tag(struct khttp_cache *c, const char *tag, size_t len,
			   bool soft, u32 queue_id)
{
	const struct khttp_span name = khttp_span_of(tag, min_t(size_t, len, U32_MAX));
	struct khttp_purged what = { .queue_id = queue_id };
	u32 at = queue_id;
	long purged = 0;
	HLIST_HEAD(ring);
	KHTTP_PARTED(parted);

	if (!khttp_tag_ok(name))
		return -EINVAL;
	what.tag = hash_of(c, name);
	khttp_cache_note_purge(c, &what);
	do {
		at = detach(c, what.tag, at, !queue_id, &ring);
		while (at && purge_tag_step(c, &ring, soft, &purged, &parted))
			cond_resched();
	} while (at++ && !queue_id);
	khttp_cache_free(&parted);
	khttp_stat_add(c->net, cache_purged, purged);
	return purged;
}
