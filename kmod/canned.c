// SPDX-License-Identifier: GPL-2.0-only
/* An answer that is there already: to TCP as far as it goes, the rest kept. */

#include "canned.h"

#include "cache.h"
#include "conn.h"
#include "door.h"
#include "request.h"
#include "send.h"

static size_t canned_len(const struct khttp_canned *a)
{
	return a->iov[0].iov_len + a->iov[1].iov_len + a->iov[2].iov_len;
}

u64 khttp_canned_body(const struct khttp_canned *a)
{
	return a->entry ? a->entry->body_len : 0;
}

u64 khttp_canned_bytes(const struct khttp_canned *a)
{
	return canned_len(a) + (a->entry ? a->entry->body_len : 0) +
	       (a->page ? a->page->len : 0);
}

/*
 * Of an entry's body what is behind @pos. One with an inline body may have been
 * dropped since it was found, and stay until the end of our RCU section only.
 */
static struct khttp_piece *rest_of_body(struct khttp_entry *e, u64 pos)
{
	struct khttp_piece *p;

	if (!khttp_entry_tryget(e)) {
		p = khttp_piece_bytes(e->body_len - pos, GFP_ATOMIC);
		if (p)
			memcpy(p->bytes, e->body + pos, e->body_len - pos);
		return p;
	}
	p = khttp_piece_entry(e, GFP_ATOMIC);
	if (p)
		p->pos = pos;
	else
		khttp_entry_put(e);
	return p;
}

/* Of the head what is behind the first @sent bytes */
static struct khttp_piece *rest_of_head(const struct khttp_canned *a, size_t sent)
{
	struct khttp_piece *p;
	unsigned int i;
	char *at;

	p = khttp_piece_bytes(canned_len(a) - sent, GFP_ATOMIC);
	if (!p)
		return NULL;
	at = p->bytes;
	for (i = 0; i < a->n; i++) {
		size_t skip = min(sent, a->iov[i].iov_len);

		memcpy(at, a->iov[i].iov_base + skip, a->iov[i].iov_len - skip);
		at += a->iov[i].iov_len - skip;
		sent -= skip;
	}
	return p;
}

static struct khttp_piece *rest_of_page(struct khttp_page *page, u64 pos)
{
	struct khttp_piece *p = khttp_piece_page(page, GFP_ATOMIC);

	if (p)
		p->pos = pos;
	return p;
}

int khttp_canned_keep(struct khttp_request *rq, const struct khttp_canned *a,
		      size_t sent, u64 pos)
{
	struct khttp_piece *p;

	if (sent < canned_len(a)) {
		p = rest_of_head(a, sent);
		if (!p)
			return -ENOMEM;
		khttp_send_queue(rq, p);
	}
	if (a->entry && pos < a->entry->body_len)
		p = rest_of_body(a->entry, pos);
	else if (a->page && pos < a->page->len)
		p = rest_of_page(a->page, pos);
	else
		return 0;
	if (!p)
		return -ENOMEM;
	khttp_send_queue(rq, p);
	return 0;
}

int khttp_canned_send(struct khttp_conn *c, struct khttp_canned *a, size_t *sent,
		      u64 *pos)
{
	bool body = a->entry && a->entry->body_len;
	struct kvec iov[4];
	size_t len = canned_len(a);
	unsigned int n = a->n;
	ssize_t ret;

	memcpy(iov, a->iov, sizeof(a->iov));
	if (body && a->entry->body) {
		iov[n].iov_base = (void *)a->entry->body;
		iov[n++].iov_len = a->entry->body_len;
		len += a->entry->body_len;
	} else if (unlikely(a->page)) {
		iov[n].iov_base = a->page->body;
		iov[n++].iov_len = a->page->len;
		len += a->page->len;
	}
	ret = khttp_send_now(c, iov, n, len,
			     (body && !a->entry->body) || a->close);
	if (ret < 0)
		return ret;
	*sent = min_t(size_t, ret, canned_len(a));
	*pos = ret - *sent;
	if (ret < len)
		return -EAGAIN;
	return body && !a->entry->body ? khttp_send_entry(c, a->entry, pos,
							a->close) : 0;
}
