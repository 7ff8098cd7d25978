// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of a file, by reference, for an answer's body.
 *
 * They come through the file's own splice operations: a file system may keep
 * its pages elsewhere than in its inode (overlayfs), or make them up. Read
 * with the rights of who opened the file, in the worker's own task.
 */

#include <linux/bvec.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/pipe_fs_i.h>
#include <linux/splice.h>

#include "alloc.h"
#include "worker_i.h"

struct catch {
	struct bio_vec *pages;
	u32 n;
};

/* One page out of the pipe's first buffer: bytes, or -errno */
static int catch_page(struct catch *c, struct pipe_inode_info *pipe,
		      struct pipe_buffer *buf)
{
	struct page *page = buf->page + buf->offset / PAGE_SIZE;
	u32 off = offset_in_page(buf->offset);
	u32 len = min_t(u32, buf->len, PAGE_SIZE - off);
	int err = pipe_buf_confirm(pipe, buf);

	if (err)
		return err;
	/* TCP must be able to hold it, too */
	if (!sendpage_ok(page))
		return -EIO;
	/* The pipe's reference goes when we return; ours keeps the page */
	get_page(page);
	bvec_set_page(&c->pages[c->n++], page, len, off);
	buf->offset += len;
	buf->len -= len;
	return len;
}

/*
 * The task's own pipe, which nobody else sees. __splice_from_pipe() would not do:
 * it gives up on any pending signal, and a ring's task has one whenever another of
 * its commands has completed.
 */
static int khttp_file_actor(struct pipe_inode_info *pipe,
			    struct splice_desc *sd)
{
	struct catch *c = sd->u.data;
	int done = 0;

	while (done < sd->total_len && c->n < KHTTP_SOURCE_PAGES &&
	       !pipe_empty(pipe->head, pipe->tail)) {
		struct pipe_buffer *buf;
		int n;

		buf = &pipe->bufs[pipe->tail & (pipe->ring_size - 1)];
		n = catch_page(c, pipe, buf);
		if (n < 0)
			return done ? done : n;
		done += n;
		if (!buf->len) {
			pipe_buf_release(pipe, buf);
			pipe->tail++;
		}
	}
	return done;
}

static ssize_t splice_pages(struct file *file, loff_t pos, struct catch *c,
			    size_t len)
{
	struct splice_desc sd = {
		.total_len = len,
		.pos = pos,
		.u.data = c,
	};
	ssize_t ret = rw_verify_area(READ, file, &pos, len);

	if (ret < 0)
		return ret;
	return khttp_may_fail(splice_direct_to_actor(file, &sd, khttp_file_actor));
}

/**
 * khttp_file_pages - the next pages of a file
 * @file: regular and open for reading
 * @pos: where they begin
 * @pages: room for KHTTP_SOURCE_PAGES
 * @n_pages: set; a reference on each, also after an error
 * @len: bytes wanted, more than 0
 *
 * Context: sleeps, as long as the file system takes. Returns bytes, more than
 * 0; -EMSGSIZE at the end of the file; -EINTR, -ENOMEM or -EIO.
 */
ssize_t khttp_file_pages(struct file *file, loff_t pos, struct bio_vec *pages,
			 u32 *n_pages, size_t len)
{
	struct catch c = { .pages = pages };
	const struct cred *old;
	ssize_t ret;

	old = override_creds(file->f_cred);
	ret = splice_pages(file, pos, &c, len);
	revert_creds(old);
	*n_pages = c.n;
	if (!ret)
		return -EMSGSIZE;
	/* To the worker other errors would tell of the request, not of the file */
	return ret > 0 || ret == -EINTR || ret == -ENOMEM ? ret : -EIO;
}
