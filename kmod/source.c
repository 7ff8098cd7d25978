// SPDX-License-Identifier: GPL-2.0-only
/*
 * The body of a reply on its way: from the slot, from the worker's memory or
 * from a file, a bounded piece at a time. Of a fragment: store_fragment.c.
 *
 * Whatever may take long or for ever (a page that is not there, a disk) is
 * done here, before the slot is locked.
 */

#include <linux/bvec.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "alloc.h"
#include "worker_i.h"

/* Below this one linear copy is cheaper than pages of their own */
#define LINEAR_BELOW 16384U
#define CHUNK_ORDER 3

static void drop_pages(struct khttp_source *s)
{
	while (s->n_pages)
		put_page(s->pages[--s->n_pages].bv_page);
}

static int open_file(struct khttp_source *s, int fd)
{
	s->file = fget(fd);
	if (!s->file)
		return -EBADF;
	if (!(s->file->f_mode & FMODE_READ))
		return -EBADF;
	if (!S_ISREG(file_inode(s->file)->i_mode))
		return -EINVAL;
	return 0;
}

/**
 * khttp_source_open - where the body comes from
 * @s: holds nothing
 * @r: the reply, checked
 * @reply_area: where the kernel sees it
 *
 * Context: the worker's task. Returns 0 or -errno; khttp_source_close() has to
 * follow in both cases.
 */
int khttp_source_open(struct khttp_source *s, const struct khttp_reply *r,
		      void *reply_area)
{
	s->kind = r->body_kind;
	s->addr = r->body_addr;
	s->left = r->body_len;
	if (s->kind == KHTTP_BODY_SLOT) {
		/* All of it: no copy, TCP or the cache reads it where it is */
		s->vec.iov_base = reply_area + r->body_addr;
		s->vec.iov_len = r->body_len;
		s->left = 0;
		iov_iter_kvec(&s->iter, ITER_SOURCE, &s->vec, 1, r->body_len);
		return 0;
	}
	iov_iter_kvec(&s->iter, ITER_SOURCE, &s->vec, 1, 0);
	return s->kind == KHTTP_BODY_FILE ? open_file(s, r->fd) : 0;
}

static int fill_linear(struct khttp_source *s, size_t len)
{
	kfree(s->buffer);
	s->buffer = khttp_kmalloc(len, GFP_KERNEL);
	if (!s->buffer)
		return -ENOMEM;
	if (copy_from_user(s->buffer, u64_to_user_ptr(s->addr), len))
		return -EFAULT;
	s->vec.iov_base = s->buffer;
	s->vec.iov_len = len;
	iov_iter_kvec(&s->iter, ITER_SOURCE, &s->vec, 1, len);
	return 0;
}

static struct page *chunk_page(size_t left, size_t *size)
{
	gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_COMP | __GFP_NORETRY | __GFP_NOWARN;
	struct page *page;

	*size = PAGE_SIZE << CHUNK_ORDER;
	page = left < *size ? NULL : khttp_alloc_pages(gfp, CHUNK_ORDER);
	if (page)
		return page;
	*size = PAGE_SIZE;
	return khttp_alloc_page(GFP_KERNEL_ACCOUNT);
}

static ssize_t fill_user_pages(struct khttp_source *s, size_t len)
{
	size_t done = 0, size, n;

	while (done < len && s->n_pages < KHTTP_SOURCE_PAGES) {
		struct page *page = chunk_page(len - done, &size);
		struct bio_vec *bv = &s->pages[s->n_pages];

		if (!page)
			return done ? done : -ENOMEM;
		n = min(size, len - done);
		bvec_set_page(bv, page, n, 0);
		s->n_pages++;
		if (copy_from_user(page_address(page),
				   u64_to_user_ptr(s->addr + done), n))
			return -EFAULT;
		done += n;
	}
	return done;
}

static int fill_pages(struct khttp_source *s, size_t len)
{
	ssize_t n;

	if (!s->pages)
		s->pages = khttp_kmalloc_array(KHTTP_SOURCE_PAGES, sizeof(*s->pages), GFP_KERNEL);
	if (!s->pages)
		return -ENOMEM;
	if (s->kind == KHTTP_BODY_FILE)
		n = khttp_file_pages(s->file, s->addr, s->pages, &s->n_pages,
				     len);
	else
		n = fill_user_pages(s, len);
	if (n < 0)
		return n;
	s->addr += n;
	s->left -= n;
	iov_iter_bvec(&s->iter, ITER_SOURCE, s->pages, s->n_pages, n);
	return 0;
}

/**
 * khttp_source_fill - the next bytes
 * @s: opened
 * @max: not more than this at once
 *
 * Does nothing while bytes of the last call are left.
 *
 * Context: sleeps, in the worker's task; killable between pieces. Returns 0,
 * -EFAULT, -ENOMEM, -EINTR, -EMSGSIZE when the file ends early, or -EIO when
 * it cannot be read.
 */
int khttp_source_fill(struct khttp_source *s, size_t max)
{
	size_t len = min_t(u64, s->left, min_t(size_t, max, KHTTP_SOURCE_BYTES));
	int err;

	if (iov_iter_count(&s->iter) || !s->left)
		return 0;
	if (fatal_signal_pending(current))
		return -EINTR;
	/* What is in the cache already needs no help */
	if (s->kind == KHTTP_BODY_FRAGMENT)
		return 0;
	drop_pages(s);
	if (s->kind == KHTTP_BODY_FILE || s->left >= LINEAR_BELOW)
		return fill_pages(s, len);
	err = fill_linear(s, s->left);
	if (!err)
		s->left = 0;
	return err;
}

/**
 * khttp_source_close - give back what it holds
 * @s: opened, or holds nothing
 */
void khttp_source_close(struct khttp_source *s)
{
	if (s->pages) {
		drop_pages(s);
		kfree(s->pages);
		s->pages = NULL;
	}
	if (s->buffer) {
		kfree(s->buffer);
		s->buffer = NULL;
	}
	if (s->file) {
		fput(s->file);
		s->file = NULL;
	}
}
