// SPDX-License-Identifier: GPL-2.0-only
/* An answer before it is its connection's: head and body of one call. */

#include "draft.h"

#include <linux/bvec.h>
#include <linux/ktime.h>
#include <linux/percpu.h>
#include <linux/uio.h>

#include "alloc.h"
#include "compat.h"
#include "door.h"
#include "http/cache_status.h"
#include "http/date.h"
#include "limits.h"
#include "request.h"
#include "response.h"
#include "send.h"

#define PAGES_ORDER 3

/* What nobody took */
void khttp_draft_drop(struct khttp_draft *d)
{
	struct khttp_piece *p, *next;

	if (d->piece)
		khttp_piece_free(d->piece);
	list_for_each_entry_safe(p, next, &d->body, link)
		khttp_piece_free(p);
}

static void draft_add(struct khttp_draft *d, struct khttp_piece *p)
{
	list_add_tail(&p->link, &d->body);
	d->body_len += p->len;
}

/* ---- the head ---- */

#define DATE_NAME "Date: "

/* RFC 9110 6.6.1 wants it. The line is the same for a second, and making it is
 * dear
 */
struct clock_face {
	u64 valid;		/* for this second, + 1: 0 is for none */
	char line[sizeof(DATE_NAME) - 1 + KHTTP_DATE_LEN + 2];
};

static DEFINE_PER_CPU(struct clock_face, clock_faces);

static void put_date(struct khttp_out *out)
{
	u64 now = ktime_get_real_seconds();
	struct clock_face *face;

	/* Other drafts of this processor, in another task */
	face = get_cpu_ptr(&clock_faces);
	if (face->valid != now + 1) {
		memcpy(face->line, DATE_NAME, sizeof(DATE_NAME) - 1);
		khttp_date_print(now, face->line + sizeof(DATE_NAME) - 1);
		memcpy(face->line + sizeof(face->line) - 2, "\r\n", 2);
		face->valid = now + 1;
	}
	khttp_out_bytes(out, face->line, sizeof(face->line));
	put_cpu_ptr(&clock_faces);
}

static void put_server(struct khttp_out *out, const struct khttp_door *d)
{
	const char *server = khttp_door_server(d);

	if (likely(!d))
		khttp_out_text(out, "Server: " KHTTP_SERVER "\r\n");
	else if (server)
		khttp_reply_field(out, khttp_span_str("Server"),
				  khttp_span_str(server));
}

/* What is left in the checked block goes out as it is */
static void put_fields(struct khttp_out *out, const struct khttp_request *rq,
		       const struct khttp_answer *a)
{
	const char *pos = a->fields, *end = a->fields + a->fields_len;
	struct khttp_block_field f;

	while (khttp_block_next(&pos, end, &f)) {
		if (unlikely(a->hides_tags) &&
		    khttp_answer_hides(a, khttp_field_lookup(f.name, f.name_len)))
			continue;
		khttp_reply_field(out, khttp_span_of(f.name, f.name_len),
				  khttp_span_of(f.value, f.value_len));
	}
	if (!(a->seen & KHTTP_FIELD_BIT(KHTTP_FIELD_DATE)))
		put_date(out);
	if (!(a->seen & KHTTP_FIELD_BIT(KHTTP_FIELD_SERVER)))
		put_server(out, rq->door);
	if (unlikely(rq->caching & KHTTP_CACHING_STATUS))
		khttp_cache_status_forwarded(out, rq->fwd, a->why);
	/* RFC 9110 7.8: who sends the one has to send the other */
	if (a->seen & KHTTP_FIELD_BIT(KHTTP_FIELD_UPGRADE))
		khttp_out_text(out, "Connection: upgrade\r\n");
}

/**
 * khttp_draft_frame - how the end of the body will be told
 * @d: initialised
 * @rq: what is answered
 * @a: the answer
 * @count: bytes of its body that are here
 */
void khttp_draft_frame(struct khttp_draft *d, const struct khttp_request *rq,
		       const struct khttp_answer *a, size_t count)
{
	bool has_length = a->has_length || d->end;

	d->answer = a;
	d->announced = a->has_length ? a->content_length : count;
	if (!has_length)
		d->announced = KHTTP_LENGTH_UNKNOWN;
	if (a->status == 205)
		d->announced = 0;
	d->framing = khttp_reply_framing(rq->method, khttp_draft_version(rq),
					 a->status, has_length);
}

/* 204 must not state one, 205 must state 0 (RFC 9110 8.6 and 15.3.6) */
static bool states_length(const struct khttp_draft *d,
			  const struct khttp_request *rq, size_t count)
{
	const struct khttp_answer *a = d->answer;

	if (d->framing != KHTTP_FRAMING_NONE)
		return d->framing == KHTTP_FRAMING_LENGTH;
	if (a->status == 204)
		return false;
	return a->status == 205 || a->has_length ||
	       (count && rq->method == KHTTP_METHOD_HEAD);
}

static int head_memory(struct khttp_draft *d, size_t room)
{
	d->head = d->few;
	if (d->direct && room <= sizeof(d->few))
		return 0;
	d->piece = khttp_piece_bytes(room, GFP_KERNEL);
	d->head = d->piece ? d->piece->bytes : NULL;
	return d->piece ? 0 : -ENOMEM;
}

/**
 * khttp_draft_head - everything but the tail, for which there is room left
 * @d: framed, and direct is set
 * @rq: what is answered
 * @count: bytes of the body that are here
 *
 * Context: sleeps. Returns 0 or -ENOMEM.
 */
int khttp_draft_head(struct khttp_draft *d, const struct khttp_request *rq,
		     size_t count)
{
	const struct khttp_answer *a = d->answer;
	size_t room = 256 + a->fields_len + 4 * a->n_fields +
		      KHTTP_REPLY_TAIL_MAX;
	struct khttp_out out;
	int err;

	if (unlikely(rq->door))
		room += KHTTP_SERVER_MAX;
	if (unlikely(rq->caching & KHTTP_CACHING_STATUS))
		room += KHTTP_CACHE_STATUS_MAX;
	err = head_memory(d, room);
	if (err)
		return err;
	khttp_out_init(&out, d->head, room - KHTTP_REPLY_TAIL_MAX);
	khttp_reply_begin(&out, a->status, khttp_span_of(NULL, 0));
	put_fields(&out, rq, a);
	if (states_length(d, rq, count))
		khttp_reply_length(&out, d->announced);
	else if (d->framing == KHTTP_FRAMING_CHUNKED)
		khttp_reply_chunked(&out);
	if (WARN_ON_ONCE(!khttp_out_ok(&out)))
		return -EINVAL;
	d->head_len = out.len;
	return 0;
}

/**
 * khttp_draft_tail - Age, Connection and blank line
 * @d: with a head
 * @rq: what is answered; only now is it known whether its connection closes
 */
void khttp_draft_tail(struct khttp_draft *d, const struct khttp_request *rq)
{
	struct khttp_reply_tail tail = {
		.age = d->answer->age,
		.has_age = d->answer->has_age,
		.closes = rq->close && !rq->opaque,
		.version = khttp_draft_version(rq),
	};
	struct khttp_out out;

	khttp_out_init(&out, d->head + d->head_len, KHTTP_REPLY_TAIL_MAX);
	khttp_reply_tail(&out, &tail);
	d->head_len += out.len;
}

/**
 * khttp_draft_take_head - what of the head was not sent, to be queued
 * @d: with a head, and without one afterwards
 *
 * Context: sleeps. NULL: no memory, nothing changed.
 */
struct khttp_piece *khttp_draft_take_head(struct khttp_draft *d)
{
	struct khttp_piece *p = d->piece;

	if (p) {
		p->pos = d->head - p->bytes;
		p->len = p->pos + d->head_len;
	} else {
		p = khttp_piece_bytes(d->head_len, GFP_KERNEL);
		if (!p)
			return NULL;
		memcpy(p->bytes, d->head, d->head_len);
	}
	d->piece = NULL;
	d->head = NULL;
	return p;
}

/* ---- the body ---- */

static struct khttp_piece *copy_small(struct iov_iter *from, size_t n)
{
	struct khttp_piece *p = khttp_piece_bytes(n, GFP_KERNEL);
	size_t got;

	if (!p)
		return ERR_PTR(-ENOMEM);
	got = copy_from_iter(p->bytes, n, from);
	if (got)
		p->len = got;
	else
		khttp_piece_free(p);
	return got ? p : ERR_PTR(-EFAULT);
}

static struct khttp_piece *copy_pages(struct iov_iter *from, size_t n)
{
	unsigned int order = min(get_order(n), PAGES_ORDER);
	struct khttp_piece *p;
	struct bio_vec bv;
	struct page *page;
	size_t got;

	page = khttp_alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_COMP |
				 __GFP_NORETRY | __GFP_NOWARN, order);
	if (!page && order) {
		order = 0;
		page = khttp_alloc_page(GFP_KERNEL_ACCOUNT);
	}
	if (!page)
		return ERR_PTR(-ENOMEM);
	n = min_t(size_t, n, PAGE_SIZE << order);
	got = copy_from_iter(page_address(page), n, from);
	bvec_set_page(&bv, page, got, 0);
	p = got ? khttp_piece_pages(&bv, 1, 0, got, GFP_KERNEL) : NULL;
	/* The piece has a reference of its own */
	put_page(page);
	return p ?: ERR_PTR(got ? -ENOMEM : -EFAULT);
}

/* A page vector, by reference */
static struct khttp_piece *take_pages(struct iov_iter *from, size_t n)
{
	const struct bio_vec *bv = from->bvec;
	size_t there = 0, skip = from->iov_offset;
	struct khttp_piece *p;
	u16 count = 0;

	n = min(n, iov_iter_count(from));
	while (there < skip + n)
		there += bv[count++].bv_len;
	p = khttp_piece_pages(bv, count, skip, n, GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	iov_iter_advance(from, n);
	return p;
}

/**
 * khttp_draft_body - bytes of the body as pieces
 * @d: where they are added
 * @from: moves on by what was taken
 * @n: at most so many
 *
 * Context: sleeps. Returns 0, or the error when there were none: half of it is
 * no error, for the next call meets it first.
 */
int khttp_draft_body(struct khttp_draft *d, struct iov_iter *from, size_t n)
{
	while (n) {
		struct khttp_piece *p;

		if (iov_iter_is_bvec(from))
			p = take_pages(from, n);
		else if (n < KHTTP_DRAFT_PAGES_FROM)
			p = copy_small(from, n);
		else
			p = copy_pages(from, n);
		if (IS_ERR(p))
			return d->body_len ? 0 : PTR_ERR(p);
		n -= min_t(size_t, n, p->len);
		draft_add(d, p);
	}
	return 0;
}
