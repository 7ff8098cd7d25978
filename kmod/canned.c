// SPDX-License-Identifier: GPL-2.0-only
/* An answer that is there already: to TCP as far as it goes, the rest kept. */

#include "canned.h"

#include "cache.h"
#include "conn.h"
#include "door.h"
#include "http/range.h"
#include "paced.h"
#include "request.h"
#include "send.h"
#include "tap.h"

static size_t canned_len(const struct khttp_canned *a)
{
	return a->iov[0].iov_len + a->iov[1].iov_len + a->iov[2].iov_len;
}

/* Where in its entry's body it begins and ends, unless in several parts */
static void bounds(const struct khttp_canned *a, u64 *from, u64 *to)
{
	*from = 0;
	*to = a->entry->body_len;
	if (unlikely(a->parts)) {
		*from = a->parts->ranges.part[0].first;
		*to = *from + a->parts->ranges.part[0].len;
	}
}

bool khttp_canned_waits(const struct khttp_canned *a)
{
	return unlikely(a->parts) && a->parts->ranges.n > 1;
}

u64 khttp_canned_body(const struct khttp_canned *a)
{
	u64 from, to;

	if (!a->entry)
		return 0;
	if (khttp_canned_waits(a))
		return a->parts->length;
	bounds(a, &from, &to);
	return to - from;
}

u64 khttp_canned_bytes(const struct khttp_canned *a)
{
	return canned_len(a) + khttp_canned_body(a) + (a->page ? a->page->len : 0);
}

bool khttp_canned_paced(const struct khttp_canned *a)
{
	return !khttp_tap_passes(&a->entry->flow, khttp_canned_bytes(a));
}

/*
 * Of an entry's body the bytes from @pos to @to. One with an inline body may have
 * been dropped since it was found, and stay until the end of our RCU section only.
 */
static struct khttp_piece *some_of_body(struct khttp_entry *e, u64 pos, u64 to)
{
	struct khttp_piece *p;

	if (!khttp_entry_tryget(e)) {
		p = khttp_piece_bytes(to - pos, GFP_ATOMIC);
		if (p)
			memcpy(p->bytes, e->body + pos, to - pos);
		return p;
	}
	p = khttp_piece_entry(e, pos, to, GFP_ATOMIC);
	if (!p)
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

static struct khttp_piece *part_text(const struct khttp_multipart *m, u32 i)
{
	char text[KHTTP_MULTIPART_TEXT_MAX];
	u32 len = khttp_multipart_text(m, i, text);
	struct khttp_piece *p = khttp_piece_bytes(len, GFP_ATOMIC);

	if (p)
		memcpy(p->bytes, text, len);
	return p;
}

/* The head without the line that goes into the parts */
static struct khttp_piece *head_of_parts(const struct khttp_canned *a)
{
	const struct khttp_span *type = &a->parts->type;
	struct khttp_piece *p = rest_of_head(a, 0);
	size_t at;

	if (!p || !type->len)
		return p;
	at = a->iov[0].iov_len + (type->ptr - (const char *)a->iov[1].iov_base);
	p->len -= type->len;
	memmove(p->bytes + at, p->bytes + at + type->len, p->len - at);
	return p;
}

/* Head, text, bytes, text, ..., bytes, text: twice KHTTP_RANGES_MAX pieces, and two */
static int keep_parts(struct khttp_request *rq, const struct khttp_canned *a)
{
	const struct khttp_multipart *m = a->parts;
	struct khttp_piece *p = head_of_parts(a);
	u32 i;

	if (!p)
		return -ENOMEM;
	khttp_send_queue(rq, p);
	for (i = 0; i < m->ranges.n; i++) {
		const struct khttp_range *part = &m->ranges.part[i];

		p = part_text(m, i);
		if (!p)
			return -ENOMEM;
		khttp_send_queue(rq, p);
		p = some_of_body(a->entry, part->first, part->first + part->len);
		if (!p)
			return -ENOMEM;
		khttp_send_queue(rq, p);
	}
	p = part_text(m, i);
	if (!p)
		return -ENOMEM;
	khttp_send_queue(rq, p);
	return 0;
}

int khttp_canned_keep(struct khttp_request *rq, const struct khttp_canned *a,
		      size_t sent, u64 pos)
{
	struct khttp_piece *p;
	u64 from, to;

	if (a->entry && unlikely(a->entry->paced) &&
	    khttp_paced_begin(rq, &a->entry->flow, khttp_canned_bytes(a), GFP_ATOMIC))
		return -ENOMEM;
	if (khttp_canned_waits(a))
		return keep_parts(rq, a);
	if (sent < canned_len(a)) {
		p = rest_of_head(a, sent);
		if (!p)
			return -ENOMEM;
		khttp_send_queue(rq, p);
	}
	if (a->entry) {
		bounds(a, &from, &to);
		if (from + pos >= to)
			return 0;
		p = some_of_body(a->entry, from + pos, to);
	} else if (a->page && pos < a->page->len) {
		p = rest_of_page(a->page, pos);
	} else {
		return 0;
	}
	if (!p)
		return -ENOMEM;
	khttp_send_queue(rq, p);
	return 0;
}

int khttp_canned_send(struct khttp_conn *c, struct khttp_canned *a, size_t *sent,
		      u64 *pos)
{
	struct khttp_entry *e = a->entry;
	bool paged = e && !e->body;
	u64 from = 0, to = 0, at;
	struct kvec iov[4];
	size_t len = canned_len(a);
	unsigned int n = a->n;
	ssize_t ret;

	memcpy(iov, a->iov, sizeof(a->iov));
	if (e)
		bounds(a, &from, &to);
	if (e && !paged) {
		iov[n].iov_base = (void *)(e->body + from);
		iov[n++].iov_len = to - from;
		len += to - from;
	} else if (unlikely(a->page)) {
		iov[n].iov_base = a->page->body;
		iov[n++].iov_len = a->page->len;
		len += a->page->len;
	}
	ret = khttp_send_now(c, iov, n, len, paged || a->close);
	if (ret < 0)
		return ret;
	*sent = min_t(size_t, ret, canned_len(a));
	*pos = ret - *sent;
	if (ret < len)
		return -EAGAIN;
	if (!paged)
		return 0;
	at = from + *pos;
	ret = khttp_send_entry(c, e, &at, to, a->close);
	*pos = at - from;
	return ret;
}
