// SPDX-License-Identifier: GPL-2.0-only
/*
 * The body of an entry: its memory, and how that is filled.
 *
 * What is not inline has pages of its own, so that a send can refer to them:
 * chunks of them as large as can be had, for a send costs by their number. They
 * are taken at once for a body that is there, and as it comes for one that
 * streams: a worker, or its client, that is slow holds no more of the budget
 * than what has come. A byte that is in place does not change any more.
 */
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "alloc.h"
#include "cache.h"
#include "cache_i.h"

/* 64 KiB: TCP puts no more into one buffer */
#define CHUNK_ORDER_MAX 4

/* A large chunk is taken when it is there. Nobody waits for one to be made. */
#define CHUNK_GFP ((GFP_KERNEL_ACCOUNT & ~__GFP_DIRECT_RECLAIM) | __GFP_COMP | \
		   __GFP_NORETRY | __GFP_NOWARN)

/* Where the end is not known, a chunk that may be left empty but for its first
 * byte is no more than this part of what is there
 */
#define SPARE_PART 8

/* Places for pages of a body that streams, at first */
#define ROOM_MIN 64

/*
 * Whole chunks first, then powers of two downwards: not one page is taken that
 * the body does not need. Killable: a worker that dies while it stores much
 * must not linger.
 */
int khttp_entry_pages(struct khttp_entry *e)
{
	unsigned int order = CHUNK_ORDER_MAX;
	struct page *page;
	u32 at = 0, end;

	e->pages = khttp_kvcalloc(e->n_pages, sizeof(*e->pages), KHTTP_ENTRY_GFP);
	if (!e->pages)
		return -ENOMEM;
	while (at < e->n_pages) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		order = min_t(unsigned int, order, ilog2(e->n_pages - at));
		page = khttp_alloc_pages(order ? CHUNK_GFP : KHTTP_ENTRY_GFP, order);
		if (page) {
			for (end = at + (1U << order); at < end; at++)
				e->pages[at] = page++;
		} else if (order) {
			/* What is free may be in smaller pieces */
			order--;
		} else {
			return -ENOMEM;
		}
	}
	return 0;
}

int khttp_entry_share(struct khttp_entry *e, const struct khttp_entry *from)
{
	struct page **pages = khttp_kvcalloc(from->n_pages, sizeof(*pages), KHTTP_ENTRY_GFP);
	u32 at;

	if (!pages)
		return -ENOMEM;
	for (at = 0; at < from->n_pages; at += compound_nr(from->pages[at]))
		get_page(from->pages[at]);
	memcpy(pages, from->pages, from->n_pages * sizeof(*pages));
	e->pages = pages;
	return 0;
}

struct page *khttp_entry_chunk(const struct khttp_entry *e, u64 pos, u32 *off,
			       u32 *len)
{
	struct page *page = e->pages[pos >> PAGE_SHIFT];
	struct page *head = compound_head(page);

	*off = ((page - head) << PAGE_SHIFT) + offset_in_page(pos);
	*len = min_t(u64, page_size(head) - *off, e->body_len - pos);
	return head;
}

/* Places for so many pages */
static int make_places(struct khttp_entry *e, u64 n)
{
	u64 most = DIV_ROUND_UP_ULL(e->fill.limit, PAGE_SIZE);
	u32 room = min_t(u64, max3(n, 2ULL * e->fill.room, (u64)ROOM_MIN),
			 max(n, most));
	size_t old = e->pages ? kmalloc_size_roundup(e->fill.room * sizeof(*e->pages)) : 0;
	size_t bytes = kmalloc_size_roundup(room * sizeof(*e->pages));
	struct page **pages;
	int err = khttp_cache_reserve(e->cache, e->share, bytes);

	if (err)
		return err;
	pages = khttp_kvcalloc(room, sizeof(*pages), KHTTP_ENTRY_GFP);
	if (!pages) {
		khttp_cache_release(e->cache, e->share, bytes);
		return -ENOMEM;
	}
	if (e->pages)
		memcpy(pages, e->pages, e->n_pages * sizeof(*pages));
	kvfree(e->pages);
	khttp_cache_release(e->cache, e->share, old);
	e->pages = pages;
	e->fill.room = room;
	e->charged += bytes - old;
	return 0;
}

/* How large the next chunk should be, where @end bytes are needed now */
static unsigned int chunk_order(const struct khttp_entry *e, u64 end)
{
	u64 most = DIV_ROUND_UP_ULL(e->fill.limit, PAGE_SIZE) - e->n_pages;
	u64 want = DIV_ROUND_UP_ULL(end, PAGE_SIZE) - e->n_pages;

	if (e->fill.open)
		most = min(most, max_t(u64, want, e->n_pages / SPARE_PART));
	return min_t(unsigned int, CHUNK_ORDER_MAX, ilog2(most));
}

/* One chunk more, charged before it is taken */
static int add_chunk(struct khttp_entry *e, unsigned int order)
{
	struct page *page;
	u32 end;
	int err;

	for (;; order--) {
		err = khttp_cache_reserve(e->cache, e->share, PAGE_SIZE << order);
		if (err)
			return err;
		page = khttp_alloc_pages(order ? CHUNK_GFP : KHTTP_ENTRY_GFP, order);
		if (page)
			break;
		khttp_cache_release(e->cache, e->share, PAGE_SIZE << order);
		if (!order)
			return -ENOMEM;
	}
	e->charged += PAGE_SIZE << order;
	for (end = e->n_pages + (1U << order); e->n_pages < end; e->n_pages++)
		e->pages[e->n_pages] = page++;
	return 0;
}

int khttp_entry_grow(struct khttp_entry *e, u64 n)
{
	u64 end = e->filled + n;
	unsigned int order;
	int err = 0;

	if (n > e->fill.limit - e->filled)
		return e->fill.open ? -EFBIG : -EMSGSIZE;
	if (e->body)
		return 0;
	while (!err && (u64)e->n_pages * PAGE_SIZE < end) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		order = chunk_order(e, end);
		if (e->n_pages + (1U << order) > e->fill.room)
			err = make_places(e, e->n_pages + (1U << order));
		if (!err)
			err = add_chunk(e, order);
	}
	return err;
}

int khttp_entry_fill(struct khttp_entry *e, struct iov_iter *from)
{
	if (iov_iter_count(from) > e->body_len - e->filled)
		return -EMSGSIZE;
	while (iov_iter_count(from)) {
		u32 off = offset_in_page(e->filled);
		size_t n, want;

		if (e->body) {
			want = iov_iter_count(from);
			n = copy_from_iter(e->body + e->filled, want, from);
		} else {
			want = min_t(u64, iov_iter_count(from),
				     PAGE_SIZE - off);
			n = copy_page_from_iter(e->pages[e->filled >> PAGE_SHIFT],
						off, want, from);
		}
		e->filled += n;
		if (n != want)
			return -EFAULT;
		cond_resched();
	}
	return 0;
}

void khttp_entry_view(const struct khttp_entry *e, u64 pos, size_t n,
		      struct khttp_entry_view *view)
{
	u64 at = pos, end = pos + n;
	unsigned int count = 0;

	if (!n || e->body) {
		view->vec.iov_base = n ? e->body + pos : NULL;
		view->vec.iov_len = n;
		iov_iter_kvec(&view->iter, ITER_SOURCE, &view->vec, 1, n);
		return;
	}
	while (at < end && count < ARRAY_SIZE(view->pages)) {
		u32 off, len;
		struct page *page = khttp_entry_chunk(e, at, &off, &len);

		len = min_t(u64, len, end - at);
		bvec_set_page(&view->pages[count++], page, len, off);
		at += len;
	}
	iov_iter_bvec(&view->iter, ITER_SOURCE, view->pages, count, at - pos);
}
