// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker's answer, whole or in pieces: the mirror of dispatch.
 *
 * Whatever may fault (the worker's memory) is copied before the socket lock is
 * taken: a page that never comes may hang that worker, not the connection's
 * work. Then the pieces are put behind each other and sent as far as TCP
 * takes them. A small answer goes from the slot to TCP without a copy between.
 */

#include <linux/ktime.h>
#include <linux/uio.h>
#include <net/tcp.h>

#include "body.h"
#include "cache.h"
#include "compat.h"
#include "conn.h"
#include "dispatch.h"
#include "draft.h"
#include "http/cache_status.h"
#include "http/reply.h"
#include "limits.h"
#include "net.h"
#include "opaque.h"
#include "paced.h"
#include "request.h"
#include "response.h"
#include "send.h"
#include "throttle.h"
#include "unset.h"

static int queue_text(struct khttp_request *rq, const char *text, u32 len)
{
	struct khttp_piece *p = khttp_piece_bytes(len, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	memcpy(p->bytes, text, len);
	khttp_send_queue(rq, p);
	return 0;
}

/* What the draft has, behind what waits already; framed as announced */
static int queue_draft(struct khttp_request *rq, struct khttp_draft *d)
{
	bool chunk = rq->chunked && d->body_len;
	char line[KHTTP_CHUNK_LINE_MAX];
	struct khttp_piece *p, *next;
	int err = 0;

	if (d->head) {
		p = khttp_draft_take_head(d);
		if (!p)
			return -ENOMEM;
		khttp_send_queue(rq, p);
	}
	if (chunk)
		err = queue_text(rq, line, khttp_chunk_line(line, d->body_len));
	list_for_each_entry_safe(p, next, &d->body, link) {
		list_del(&p->link);
		khttp_send_queue(rq, p);
	}
	if (chunk && !err)
		err = queue_text(rq, KHTTP_CHUNK_CRLF,
				 sizeof(KHTTP_CHUNK_CRLF) - 1);
	rq->accepted += d->body_len;
	d->body_len = 0;
	return err;
}

/* ---- under the socket lock ---- */

/* Bytes or the FIN, at once; but after 101 it may be the client's turn */
static bool more_follows(const struct khttp_request *rq,
			 const struct khttp_draft *d)
{
	return d->end ? rq->close : !rq->opaque;
}

/*
 * Head and body straight to TCP, when nothing stands before them. What TCP
 * did not take is queued. 0 or -ENOMEM
 */
static int send_direct(struct khttp_request *rq, struct khttp_draft *d,
		       struct iov_iter *body)
{
	size_t count = iov_iter_count(body), done;
	const struct tcp_sock *tp = tcp_sk(rq->conn->sk);
	u64 clock = tp->tcp_clock_cache;
	struct kvec iov[2];
	ssize_t n;

	iov[0].iov_base = d->head;
	iov[0].iov_len = d->head_len;
	iov[1].iov_base = count ? body->kvec->iov_base + body->iov_offset : NULL;
	iov[1].iov_len = count;
	n = khttp_send_now(rq->conn, iov, count ? 2 : 1,
			   d->head_len + count, more_follows(rq, d));
	/* It has read the clock, unless it will send this later */
	if (READ_ONCE(tp->tcp_clock_cache) != clock)
		d->sent_ns = tp->tcp_clock_cache;
	n = max_t(ssize_t, n, 0);
	rq->sent += n;
	done = min_t(size_t, n, d->head_len);
	rq->accepted += n - done;
	if (n == d->head_len + count) {
		iov_iter_truncate(body, 0);
		return 0;
	}
	if (unlikely(READ_ONCE(rq->conn->net->throttled)))
		khttp_throttle_unused(rq->conn->net, rq->group_id,
				      d->head_len + count - n);
	iov_iter_advance(body, n - done);
	d->head_len -= done;
	d->head = d->head_len ? d->head + done : NULL;
	if (khttp_draft_body(d, body, iov_iter_count(body)))
		return -ENOMEM;
	return queue_draft(rq, d);
}

/* Small, in kernel memory, and not to be framed: TCP can take it as it is */
static bool may_go_direct(const struct khttp_draft *d, const struct iov_iter *body)
{
	return d->framing != KHTTP_FRAMING_CHUNKED &&
	       iov_iter_is_kvec(body) && body->nr_segs == 1 &&
	       iov_iter_count(body) < KHTTP_DRAFT_PAGES_FROM;
}

/* Nothing waits to be sent before it */
static bool is_next(const struct khttp_request *rq)
{
	return list_empty(&rq->out) &&
	       list_first_entry(&rq->conn->order, struct khttp_request,
				order) == rq;
}

/* The request's own body: what of it nobody read yet */
static bool body_unread(const struct khttp_request *rq)
{
	return rq->conn->rx == rq;
}

static bool body_skips(const struct khttp_request *rq)
{
	const struct khttp_body *b = rq->body;

	if (rq->expect && !rq->continued && !b->received)
		return false;
	return b->framing.kind == KHTTP_FRAMING_CHUNKED ||
	       b->left <= KHTTP_BODY_DISCARD;
}

/* It has a bandwidth of its own. 0 or -ENOMEM: nothing has begun */
static int begin_paced(struct khttp_request *rq, const struct khttp_draft *d)
{
	/* What is written behind it at the end counts, too */
	u64 bytes = d->head_len + KHTTP_REPLY_TAIL_MAX;

	if (d->framing == KHTTP_FRAMING_LENGTH)
		bytes += d->announced;
	else if (d->framing != KHTTP_FRAMING_NONE)
		bytes = KHTTP_LENGTH_UNKNOWN;
	return khttp_paced_begin(rq, &d->answer->flow, bytes, GFP_KERNEL);
}

static void begin_answer(struct khttp_request *rq, struct khttp_draft *d)
{
	const struct khttp_answer *a = d->answer;

	rq->begun = true;
	rq->status = a->status;
	rq->announced = d->announced;
	rq->chunked = d->framing == KHTTP_FRAMING_CHUNKED;
	rq->bodyless = !khttp_reply_has_body(rq->method, a->status);
	rq->close |= a->close || !rq->keep_alive ||
		     d->framing == KHTTP_FRAMING_CLOSE ||
		     (rq->conn->last &&
		      list_is_last(&rq->order, &rq->conn->order));
	if (d->end && body_unread(rq) && !body_skips(rq))
		rq->close = true;
	khttp_draft_tail(d, rq);
}

/* The last chunk and the trailer section (RFC 9112 section 7.1.2) */
static int queue_end(struct khttp_request *rq, const struct khttp_answer *t)
{
	const char *pos, *end;
	struct khttp_block_field f;
	struct khttp_piece *p;
	struct khttp_out out;

	if (!t || !t->n_fields)
		return queue_text(rq, KHTTP_CHUNK_LAST,
				  sizeof(KHTTP_CHUNK_LAST) - 1);
	/* A record's two lengths take as much as ": " and CRLF */
	p = khttp_piece_bytes(t->fields_len + sizeof(KHTTP_CHUNK_LAST),
			      GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	khttp_out_init(&out, p->bytes, p->len);
	khttp_out_text(&out, "0\r\n");
	pos = t->fields;
	end = pos + t->fields_len;
	while (khttp_block_next(&pos, end, &f))
		khttp_reply_field(&out, khttp_span_of(f.name, f.name_len),
				  khttp_span_of(f.value, f.value_len));
	khttp_out_text(&out, "\r\n");
	p->len = out.len;
	khttp_send_queue(rq, p);
	return 0;
}

/* @now: CLOCK_MONOTONIC, or 0: read it */
static int end_answer(struct khttp_request *rq, const struct khttp_answer *t,
		      u64 now)
{
	int err;

	if (rq->chunked && !rq->bodyless) {
		err = queue_end(rq, t);
		if (err)
			return err;
	}
	rq->ended = true;
	if (body_unread(rq)) {
		if (!body_skips(rq))
			rq->close = true;
		else
			khttp_body_discard(rq);
	}
	/* What a worker did after 101 is not its answer: that was counted then */
	if (likely(!rq->opaque)) {
		khttp_stat_inc(rq->conn->net, answers_worker);
		khttp_request_taken(rq, now ?: ktime_get_ns());
	}
	khttp_request_answered(rq);
	return 0;
}

/* Out it goes, and whatever may follow on the connection */
static void flush(struct khttp_conn *c)
{
	c->busy = true;
	khttp_send(c);
	khttp_conn_settle(c);
	if (c->phase == KHTTP_CONN_OPEN &&
	    !skb_queue_empty(&c->sk->sk_receive_queue))
		khttp_conn_kick(c, KHTTP_TODO_READ);
}

/* It cannot be mended any more: the client must not take it for whole */
static void break_off(struct khttp_request *rq, enum khttp_reason reason)
{
	khttp_request_reason(rq, reason, 0);
	rq->ended = true;
	khttp_request_answered(rq);
	khttp_conn_break(rq->conn);
}

/* More, or at the end less, than was announced (RFC 9112 6.3)? */
static bool wrong_length(const struct khttp_request *rq, u64 len, bool end)
{
	if (rq->bodyless || rq->announced == KHTTP_LENGTH_UNKNOWN)
		return false;
	if (len > rq->announced - rq->accepted)
		return true;
	return end && rq->accepted + len != rq->announced;
}

/* It has its bandwidth for all of it */
static bool has_bandwidth(const struct khttp_request *rq, size_t bytes)
{
	struct khttp_net *kn = rq->conn->net;

	return likely(!rq->paced) &&
	       (likely(!READ_ONCE(kn->throttled)) ||
		khttp_throttle_pass(kn, rq->group_id, bytes));
}

static int take_answer_in(struct khttp_request *rq, struct khttp_draft *d, struct iov_iter *body)
{
	int err;

	if (d->direct && is_next(rq) &&
	    has_bandwidth(rq, d->head_len + iov_iter_count(body)))
		return send_direct(rq, d, body);
	if (d->direct) {
		err = khttp_draft_body(d, body, iov_iter_count(body));
		if (err)
			return err;
	}
	return queue_draft(rq, d);
}

/* Of one that is nobody's: nothing of it is sent */
static ssize_t swallow(struct khttp_request *rq, const struct khttp_draft *d,
		       struct iov_iter *body, size_t dropped)
{
	size_t left = iov_iter_count(body);

	rq->begun = true;
	iov_iter_advance(body, left);
	if (d->end)
		khttp_request_answered(rq);
	return dropped + d->body_len + left;
}

static ssize_t answer_locked(struct khttp_request *rq, struct khttp_draft *d,
			     struct iov_iter *body, size_t dropped)
{
	u64 before = rq->accepted;
	int err = 0;

	if (rq->gone) {
		khttp_request_answered(rq);
		return -ECONNRESET;
	}
	if (unlikely(rq->detached))
		return swallow(rq, d, body, dropped);
	if (d->head && d->answer->status == 101)
		err = khttp_opaque_begin(rq);
	else if (d->head && unlikely(d->answer->flow.rate))
		err = begin_paced(rq, d);
	if (err)
		return err;
	if (d->head)
		begin_answer(rq, d);
	if (wrong_length(rq, d->body_len + iov_iter_count(body), d->end)) {
		break_off(rq, KHTTP_REASON_RESPONSE_LENGTH);
		return -EMSGSIZE;
	}
	khttp_stat_add(rq->conn->net, body_dropped, dropped);
	rq->accepted += dropped;
	err = take_answer_in(rq, d, body);
	if (!err && d->end && !iov_iter_count(body))
		err = end_answer(rq, d->trailers, d->sent_ns);
	if (err) {
		/* Something of it may be out: it cannot be put right */
		break_off(rq, KHTTP_REASON_NO_MEMORY);
		return -ECONNRESET;
	}
	return rq->accepted - before;
}

/* Head and body as far as that goes without the lock; bytes not worth a copy,
 * as there is no body to the client, or -errno
 */
static ssize_t draft(struct khttp_draft *d, const struct khttp_request *rq,
		     const struct khttp_answer *head, struct iov_iter *body)
{
	bool bodyless = head ? !khttp_reply_has_body(rq->method, head->status) :
			       rq->bodyless;
	size_t count = iov_iter_count(body);
	int err = 0;

	if (head) {
		khttp_draft_frame(d, rq, head, count);
		d->direct = !bodyless && may_go_direct(d, body);
		err = khttp_draft_head(d, rq, count);
	}
	if (err)
		return err;
	if (bodyless) {
		iov_iter_advance(body, count);
		return count;
	}
	if (d->direct)
		return 0;
	return khttp_draft_body(d, body, min(count, khttp_request_room(rq)));
}

ssize_t khttp_request_answer(struct khttp_request *rq,
			     const struct khttp_answer *head,
			     struct iov_iter *body, bool end)
{
	struct khttp_draft d khttp_unset;
	struct khttp_conn *c = rq->conn;
	ssize_t ret;

	khttp_draft_init(&d, end);
	if (head && head->trailers) {
		d.trailers = head;
		head = NULL;
	}
	if (!head && iov_iter_count(body) && !khttp_request_room(rq) &&
	    !READ_ONCE(rq->gone))
		return -EAGAIN;
	ret = draft(&d, rq, head, body);
	if (ret < 0)
		goto out;
	lock_sock(c->sk);
	ret = answer_locked(rq, &d, body, ret);
	flush(c);
	release_sock(c->sk);
out:
	khttp_draft_free(&d);
	return ret;
}

int khttp_request_shut(struct khttp_request *rq)
{
	struct khttp_conn *c = rq->conn;
	int ret = 0;

	lock_sock(c->sk);
	if (rq->gone) {
		khttp_request_answered(rq);
		ret = -ECONNRESET;
	} else {
		rq->shut = true;
		flush(c);
	}
	release_sock(c->sk);
	return ret;
}

/* ---- from a new entry of the cache: like a hit ---- */

/* What the cache did with it */
static void tell_status(const struct khttp_request *rq, const struct khttp_answer *a,
			struct khttp_out *out)
{
	if (a->renewed)
		khttp_cache_status_renewed(out, rq->fwd, a->why);
	else
		khttp_cache_status_forwarded(out, rq->fwd, KHTTP_CACHE_YES);
}

static int queue_entry(struct khttp_request *rq, const struct khttp_answer *a,
		       struct khttp_entry *e)
{
	bool body = khttp_reply_has_body(rq->method, e->status) && e->body_len;
	struct khttp_piece *head, *p = NULL;
	struct khttp_reply_tail tail = {
		/* What is not of this cache is as old as its worker says (RFC 9111
		 * section 5.1)
		 */
		.age = a->age,
		.has_age = a->has_age,
		.closes = rq->close,
		.version = khttp_draft_version(rq),
	};
	u32 room = KHTTP_REPLY_TAIL_MAX + KHTTP_CACHE_STATUS_MAX;
	struct khttp_out out;

	if (unlikely(e->paced) && body &&
	    khttp_paced_begin(rq, &e->flow, e->head.len + room + e->body_len, GFP_KERNEL))
		return -ENOMEM;
	head = khttp_piece_bytes(e->head.len + room, GFP_KERNEL);
	if (!head)
		return -ENOMEM;
	if (body) {
		p = khttp_piece_entry(e, 0, e->body_len, GFP_KERNEL);
		if (!p) {
			khttp_piece_free(head);
			return -ENOMEM;
		}
		khttp_entry_get(e);
	}
	khttp_out_init(&out, head->bytes, e->head.len + room);
	khttp_out_bytes(&out, e->head.ptr, e->head.len);
	if (unlikely(rq->caching & KHTTP_CACHING_STATUS))
		tell_status(rq, a, &out);
	khttp_reply_tail(&out, &tail);
	head->len = out.len;
	khttp_send_queue(rq, head);
	if (p)
		khttp_send_queue(rq, p);
	rq->begun = true;
	rq->accepted = e->body_len;
	return 0;
}

static ssize_t answer_entry_locked(struct khttp_request *rq,
				   const struct khttp_answer *a,
				   struct khttp_entry *e)
{
	int err;

	if (rq->gone) {
		khttp_request_answered(rq);
		return -ECONNRESET;
	}
	if (unlikely(rq->detached)) {
		khttp_request_answered(rq);
		return e->body_len;
	}
	rq->status = a->status;
	rq->bodyless = true;	/* no chunks: the entry has its length */
	rq->close |= a->close || !rq->keep_alive;
	if (body_unread(rq) && !body_skips(rq))
		rq->close = true;
	err = queue_entry(rq, a, e);
	if (!err)
		err = end_answer(rq, NULL, 0);
	if (err) {
		break_off(rq, KHTTP_REASON_NO_MEMORY);
		return -ECONNRESET;
	}
	return rq->accepted;
}

ssize_t khttp_request_answer_entry(struct khttp_request *rq,
				   const struct khttp_answer *head,
				   struct khttp_entry *entry)
{
	struct khttp_conn *c = rq->conn;
	ssize_t ret;

	lock_sock(c->sk);
	ret = answer_entry_locked(rq, head, entry);
	flush(c);
	release_sock(c->sk);
	khttp_entry_put(entry);
	return ret;
}
