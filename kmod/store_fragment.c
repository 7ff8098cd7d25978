// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fragments: bytes that a worker keeps in the cache by a name, and makes pieces of
 * answers of.
 *
 * A commit that names one refers to it from the slot until the piece has been taken
 * whole, in one call or in many: so a piece is of one fragment, though that may be
 * replaced, purged or evicted meanwhile. It is touched under the slot's lock only,
 * and ends with the worker like an answer that is being stored.
 *
 * To keep or to read one takes the worker's memory, which may never come. No lock is
 * held over that, and worker->held has what such a call refers to: the worker's death
 * takes it away, and the cache may end after that.
 */

#include "alloc.h"
#include "cache.h"
#include "fragment_name.h"
#include "net.h"
#include "share.h"
#include "worker_i.h"

/* Bytes of a fragment copied out of it at once */
#define READ_STEP 16384

#define TTL_MAX 31536000

/* What a call refers to while it waits for its worker's memory */
struct khttp_held {
	struct list_head link;		/* worker->held, under worker->calls; guards: */
	struct khttp_entry *entry;	/* NULL: it is gone, and so is the worker */
};

/* A name, and memory for what it is parsed to, to kfree() */
struct name {
	struct khttp_fragment_name name;
	u32 len;
	char bytes[];
};

static struct name *name_alloc(u32 len)
{
	struct name *n = khttp_kmalloc(sizeof(*n) + 2 * len + 2, GFP_KERNEL_ACCOUNT);

	if (n)
		n->len = len;
	return n ?: ERR_PTR(-ENOMEM);
}

/* Its bytes are in place; it is freed where they are no name */
static struct name *name_parse(const struct khttp_worker *w, struct name *n)
{
	if (!khttp_fragment_name_parse(w->net, n->bytes, n->len, n->bytes + n->len,
				       &n->name))
		return n;
	kfree(n);
	return ERR_PTR(-EINVAL);
}

static struct name *name_of_user(const struct khttp_worker *w, u64 from, u32 len)
{
	struct name *n;

	if (!len || len >= KHTTP_PREFIX_MAX)
		return ERR_PTR(-EINVAL);
	n = name_alloc(len);
	if (IS_ERR(n))
		return n;
	if (!copy_from_user(n->bytes, u64_to_user_ptr(from), len))
		return name_parse(w, n);
	kfree(n);
	return ERR_PTR(-EFAULT);
}

/* ---- what calls hold ---- */

/* Calls locked. @e: a reference, taken over */
static void hold(struct khttp_worker *w, struct khttp_held *held, struct khttp_entry *e)
{
	lockdep_assert_held(&w->calls);
	held->entry = e;
	list_add(&held->link, &w->held);
}

static void let_go(struct khttp_worker *w, struct khttp_held *held)
{
	lockdep_assert_held(&w->calls);
	if (held->entry)
		khttp_entry_put(held->entry);
	held->entry = NULL;
	list_del_init(&held->link);
}

/**
 * khttp_store_let_go - the worker is gone: its calls end without what they held
 * @w: the worker, GONE
 *
 * Context: worker->calls held.
 */
void khttp_store_let_go(struct khttp_worker *w)
{
	struct khttp_held *held, *next;

	list_for_each_entry_safe(held, next, &w->held, link)
		let_go(w, held);
}

static bool is_gone(const struct khttp_worker *w)
{
	return READ_ONCE(w->state) == KHTTP_WORKER_GONE;
}

/* ---- to keep one ---- */

static int begin_add(struct khttp_worker *w, struct khttp_held *held,
		     struct khttp_fragment_plan *plan, const struct name *n, u64 *purges)
{
	struct khttp_entry *e;
	u64 group_id;
	int err;

	lockdep_assert_held(&w->calls);
	if (is_gone(w))
		return -ESHUTDOWN;
	/* Before its prefix is looked for, whose end is a purge, too */
	*purges = khttp_cache_purges(w->net->cache);
	err = khttp_fragment_name_route(w->net, &n->name, w->queue, &plan->url_id,
					&group_id);
	if (err)
		return err;
	plan->share = khttp_share_find(w->net, group_id);
	if (!plan->share)
		return -EACCES;
	e = khttp_entry_fragment(w->net->cache, plan);
	khttp_share_put(plan->share);
	if (IS_ERR(e))
		return PTR_ERR(e);
	hold(w, held, e);
	return 0;
}

static int take_fragment_in(struct khttp_worker *w, struct khttp_held *held, struct iov_iter *from)
{
	int err = -ESHUTDOWN;

	mutex_lock(&w->calls);
	if (held->entry)
		err = khttp_entry_fill(held->entry, from);
	mutex_unlock(&w->calls);
	return err;
}

/* The worker's memory, piece by piece */
static int fill_fragment(struct khttp_worker *w, struct khttp_held *held,
			 const struct khttp_fragment_add *f)
{
	const struct khttp_reply from = {
		.body_kind = KHTTP_BODY_USER, .body_addr = f->addr, .body_len = f->len,
	};
	struct khttp_source s = {};
	int err = khttp_source_open(&s, &from, NULL);

	while (!err && s.left) {
		err = khttp_source_fill(&s, KHTTP_SOURCE_BYTES);
		if (!err)
			err = take_fragment_in(w, held, &s.iter);
	}
	khttp_source_close(&s);
	return err;
}

static int end_add(struct khttp_worker *w, struct khttp_held *held, u64 purges)
{
	if (!held->entry)
		return -ESHUTDOWN;
	switch (khttp_cache_insert(w->net->cache, held->entry, purges)) {
	case KHTTP_CACHE_YES:
		return 0;
	case KHTTP_CACHE_WHY_PURGED:
		return -ECANCELED;
	case KHTTP_CACHE_WHY_SHARE:
		return -EDQUOT;
	case KHTTP_CACHE_WHY_MEMORY:
		return -ENOMEM;
	default:
		return -ENOSPC;
	}
}

static int add(struct khttp_worker *w, const struct khttp_fragment_add *f,
	       const struct name *n, struct khttp_span tags)
{
	struct khttp_fragment_plan plan = {
		.key = n->name.key, .len = f->len, .ttl = f->ttl, .tags = tags,
		.queue_id = w->queue->id,
	};
	struct khttp_held held;
	u64 purges;
	int err;

	mutex_lock(&w->calls);
	err = begin_add(w, &held, &plan, n, &purges);
	mutex_unlock(&w->calls);
	if (err)
		return err;
	err = fill_fragment(w, &held, f);
	mutex_lock(&w->calls);
	if (!err)
		err = end_add(w, &held, purges);
	let_go(w, &held);
	mutex_unlock(&w->calls);
	return err;
}

/**
 * khttp_store_fragment_add - KHTTP_IOC_FRAGMENT_ADD
 * @w: checked
 * @f: from user space
 *
 * Context: sleeps, as long as the worker's memory takes. Returns 0 or -errno as in
 * struct khttp_fragment_add.
 */
long khttp_store_fragment_add(struct khttp_worker *w,
			      const struct khttp_fragment_add *f)
{
	char *tags = NULL;
	struct name *n;
	long err;

	if (f->flags || !f->len || f->tags_len > KHTTP_FRAGMENT_TAGS_MAX || !f->ttl ||
	    (f->ttl > TTL_MAX && f->ttl != KHTTP_TTL_UNTIL_PURGED))
		return -EINVAL;
	n = name_of_user(w, f->name, f->name_len);
	if (IS_ERR(n))
		return PTR_ERR(n);
	if (f->tags_len)
		tags = khttp_memdup_user(u64_to_user_ptr(f->tags), f->tags_len);
	err = PTR_ERR_OR_ZERO(tags);
	if (!err) {
		err = add(w, f, n, khttp_span_of(tags, f->tags_len));
		kfree(tags);
	}
	kfree(n);
	return err;
}

/* ---- to have it back ---- */

static int begin_read(struct khttp_worker *w, struct khttp_held *held,
		      const struct name *n, u64 *length)
{
	struct khttp_entry *e = NULL;
	int err = -ESHUTDOWN;

	mutex_lock(&w->calls);
	if (!is_gone(w)) {
		e = khttp_cache_fragment(w->net->cache, &n->name.key, w->queue->id);
		err = e ? 0 : -ENODATA;
	}
	if (e) {
		*length = e->body_len;
		hold(w, held, e);
	}
	mutex_unlock(&w->calls);
	return err;
}

static int copy_out(struct khttp_worker *w, struct khttp_held *held, u64 pos, char *to,
		    size_t n)
{
	struct khttp_entry_view view;
	int err = -ESHUTDOWN;

	mutex_lock(&w->calls);
	if (held->entry) {
		khttp_entry_view(held->entry, pos, n, &view);
		err = copy_from_iter(to, n, &view.iter) == n ? 0 : -EFAULT;
	}
	mutex_unlock(&w->calls);
	return err;
}

static long read(struct khttp_worker *w, struct khttp_held *held,
		 const struct khttp_fragment_read *f, size_t count)
{
	char *piece = khttp_kmalloc(READ_STEP, GFP_KERNEL_ACCOUNT);
	size_t done, n;
	long err = 0;

	if (!piece)
		return -ENOMEM;
	for (done = 0; done < count && !err; done += n) {
		n = min_t(size_t, count - done, READ_STEP);
		err = copy_out(w, held, f->offset + done, piece, n);
		if (!err && copy_to_user(u64_to_user_ptr(f->addr + done), piece, n))
			err = -EFAULT;
	}
	kfree(piece);
	return err ?: count;
}

/**
 * khttp_store_fragment_read - KHTTP_IOC_FRAGMENT_READ
 * @w: checked
 * @f: from user space; its length is set
 *
 * Context and results: as khttp_store_fragment_add(); bytes read.
 */
long khttp_store_fragment_read(struct khttp_worker *w, struct khttp_fragment_read *f)
{
	struct khttp_held held;
	struct name *n;
	long ret;

	if (f->flags || f->len > INT_MAX)
		return -EINVAL;
	n = name_of_user(w, f->name, f->name_len);
	if (IS_ERR(n))
		return PTR_ERR(n);
	ret = begin_read(w, &held, n, &f->length);
	kfree(n);
	if (ret)
		return ret;
	if (f->offset < f->length)
		ret = read(w, &held, f, min(f->len, f->length - f->offset));
	mutex_lock(&w->calls);
	let_go(w, &held);
	mutex_unlock(&w->calls);
	return ret;
}

/* ---- to send it ---- */

/* The one that a piece began with goes on; else what has that name now */
static int find(struct khttp_hand *hand, const struct khttp_reply *r,
		const struct name *n)
{
	struct khttp_worker *w = hand->worker;

	if (!(r->flags & KHTTP_REPLY_HEAD) && hand->fragment &&
	    khttp_cache_key_eq(&n->name.key, &hand->fragment->key))
		return 0;
	khttp_store_unsplice(hand);
	hand->fragment = khttp_cache_fragment(w->net->cache, &n->name.key,
					      w->queue->id);
	return hand->fragment ? 0 : -ENODATA;
}

/**
 * khttp_store_splice - a commit names a fragment as its piece
 * @hand: the locked slot
 * @r: the commit's copy of the reply; its body_len is set
 * @reply: the worker's own, which is told of that
 * @source: of the commit; gets memory to be freed with it
 *
 * Context: sleeps. Returns 0 or -errno as for COMMIT.
 */
int khttp_store_splice(struct khttp_hand *hand, struct khttp_reply *r,
		       struct khttp_reply *reply, struct khttp_source *source)
{
	const struct khttp_worker *w = hand->worker;
	struct name *n = name_alloc(r->fragment.len);
	u64 left;
	int err;

	lockdep_assert_held(&hand->lock);
	if (IS_ERR(n))
		return PTR_ERR(n);
	memcpy(n->bytes, (char *)reply - w->request_area + r->fragment.off, n->len);
	n = name_parse(w, n);
	if (IS_ERR(n))
		return PTR_ERR(n);
	err = find(hand, r, n);
	kfree(n);
	if (err)
		return err;
	if (r->body_addr > hand->fragment->body_len)
		return -ENODATA;
	left = hand->fragment->body_len - r->body_addr;
	if (r->body_len == KHTTP_LENGTH_UNKNOWN) {
		r->body_len = left;
		WRITE_ONCE(reply->body_len, left);
	}
	if (r->body_len > left)
		return -ENODATA;
	source->buffer = khttp_kmalloc(sizeof(struct khttp_entry_view), GFP_KERNEL);
	return source->buffer ? 0 : -ENOMEM;
}

/**
 * khttp_store_splice_next - the next bytes of a piece of a fragment
 * @hand: the locked slot
 * @s: opened after khttp_store_splice()
 *
 * Does nothing while bytes of the last call are left. They are there as long as the
 * slot refers to the fragment.
 */
void khttp_store_splice_next(struct khttp_hand *hand, struct khttp_source *s)
{
	struct khttp_entry_view *view = s->buffer;
	size_t n = min_t(u64, s->left, KHTTP_ENTRY_VIEW_BYTES);

	lockdep_assert_held(&hand->lock);
	if (iov_iter_count(&s->iter) || !n)
		return;
	khttp_entry_view(hand->fragment, s->addr, n, view);
	s->iter = view->iter;
	n = iov_iter_count(&s->iter);
	s->addr += n;
	s->left -= n;
}

/**
 * khttp_store_unsplice - the piece is over
 * @hand: the locked slot
 */
void khttp_store_unsplice(struct khttp_hand *hand)
{
	lockdep_assert_held(&hand->lock);
	if (hand->fragment)
		khttp_entry_put(hand->fragment);
	hand->fragment = NULL;
}
