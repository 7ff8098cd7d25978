// SPDX-License-Identifier: GPL-2.0-only
/*
 * READ: body bytes into the worker's memory.
 *
 * Nothing may fault while the slot is locked: a page that its owner never
 * delivers would hold up others. Mostly the worker's pages are there, and a copy
 * that may not fault finds them. When it does not, they are pinned first.
 */

#include <linux/bvec.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "worker_i.h"

/* Of one call: as much as a body's window, though its last packet may reach beyond */
#define READ_BYTES 65536U
#define READ_PAGES (READ_BYTES / PAGE_SIZE + 1)

/**
 * khttp_read_ok - may it be tried?
 * @r: from user space
 */
bool khttp_read_ok(const struct khttp_read *r)
{
	return r->len && r->len <= INT_MAX &&
	       !(r->flags & ~(KHTTP_OP_NONBLOCK | KHTTP_READ_TRAILERS));
}

struct target {
	struct page *pages[READ_PAGES];
	struct bio_vec vec[READ_PAGES];
	int n_pages;
	struct iov_iter iter;
};

static int pin(struct target *t, const struct khttp_read *r)
{
	size_t len = min_t(size_t, r->len, READ_BYTES), left;
	u32 off = offset_in_page(r->addr);
	int i;

	t->n_pages = pin_user_pages_fast(r->addr - off,
					 DIV_ROUND_UP(off + len, PAGE_SIZE),
					 FOLL_WRITE, t->pages);
	if (t->n_pages <= 0)
		return t->n_pages == -EINTR ? -EINTR : -EFAULT;
	/* Fewer than asked for: a shorter read, and the next one will tell */
	len = min_t(size_t, len, t->n_pages * PAGE_SIZE - off);
	for (i = 0, left = len; i < t->n_pages; i++, off = 0) {
		t->vec[i].bv_page = t->pages[i];
		t->vec[i].bv_offset = off;
		t->vec[i].bv_len = min_t(size_t, left, PAGE_SIZE - off);
		left -= t->vec[i].bv_len;
	}
	iov_iter_bvec(&t->iter, ITER_DEST, t->vec, t->n_pages, len);
	return 0;
}

static ssize_t read_locked(struct khttp_op *op, struct khttp_hand *hand,
			   struct iov_iter *to)
{
	struct khttp_request *rq = hand->rq;
	ssize_t ret;

	if (op->read.flags & KHTTP_READ_TRAILERS)
		ret = khttp_request_trailers(rq, to);
	else
		ret = khttp_request_read(rq, to);
	if (ret == -EAGAIN)
		return khttp_op_await(op, hand, KHTTP_WAIT_READ);
	hand->pieces++;
	return ret;
}

/* -ECONNRESET finishes the id: the request goes, and its slot is free */
static void client_gone(struct khttp_hand *hand)
{
	struct khttp_request *rq = hand->rq;

	khttp_request_get(rq);
	khttp_request_cancel(rq);
	khttp_hand_empty(hand, false);
	khttp_request_put(rq);
}

static long read_once(struct khttp_op *op, struct iov_iter *to)
{
	struct khttp_worker *w = op->worker;
	struct khttp_hand *hand = khttp_op_begin(op);
	ssize_t ret;

	if (IS_ERR(hand)) {
		ret = PTR_ERR(hand);
		/* The answer was completed while we waited */
		return ret == -ESTALE && op->waited ? -EALREADY : ret;
	}
	ret = read_locked(op, hand, to);
	if (ret == -ECONNRESET)
		client_gone(hand);
	khttp_hand_unlock(hand);
	if (ret == -ECONNRESET)
		khttp_slot_left(w, khttp_slot_of(op->id), false);
	return ret;
}

static long read_step(struct khttp_op *op, struct iov_iter *to)
{
	long ret;

	do {
		ret = read_once(op, to);
	} while (ret == KHTTP_STEP_AGAIN);
	return ret;
}

/* -EFAULT: not without a fault, and nothing was taken */
static long read_present(struct khttp_op *op)
{
	void __user *to = u64_to_user_ptr(op->read.addr);
	size_t len = min_t(size_t, op->read.len, READ_BYTES);
	struct iov_iter iter;
	long ret;

	if (!access_ok(to, len))
		return -EFAULT;
	iov_iter_ubuf(&iter, ITER_DEST, to, len);
	pagefault_disable();
	ret = read_step(op, &iter);
	pagefault_enable();
	return ret;
}

static long read_pinned(struct khttp_op *op)
{
	struct target *t = khttp_kmalloc(sizeof(*t), GFP_KERNEL);
	long ret;

	if (!t)
		return -ENOMEM;
	ret = pin(t, &op->read);
	if (ret)
		goto out;
	ret = read_step(op, &t->iter);
	unpin_user_pages_dirty_lock(t->pages, t->n_pages, ret > 0);
out:
	kfree(t);
	return ret;
}

/**
 * khttp_read_step - body bytes, the end, or wait for them
 * @op: with read set
 *
 * Context: sleeps, in the address space of the worker.
 */
long khttp_read_step(struct khttp_op *op)
{
	long ret = read_present(op);

	return ret == -EFAULT ? read_pinned(op) : ret;
}
