// SPDX-License-Identifier: GPL-2.0-only
/* The body of a request on its way to a worker. */

#include "body.h"

#include <linux/log2.h>
#include <linux/skbuff.h>

#include "alloc.h"
#include "conn.h"
#include "http/parse.h"
#include "net.h"
#include "packets.h"
#include "queue.h"
#include "request.h"
#include "trace.h"

/* Fields of a trailer section */
#define TRAILERS_MAX 32

u32 khttp_body_weight(const struct khttp_framing *f,
		      const struct khttp_limits *limits, bool discard)
{
	u32 bytes = roundup_pow_of_two(sizeof(struct khttp_body));

	if (f->kind == KHTTP_FRAMING_CHUNKED)
		bytes += READ_ONCE(limits->max_trailers) +
			 TRAILERS_MAX * sizeof(struct khttp_field);
	/* The first page; others are charged as they are taken, see page_at() */
	return discard ? bytes : bytes + PAGE_SIZE;
}

struct khttp_body *khttp_body_create(const struct khttp_framing *f, gfp_t gfp)
{
	struct khttp_body *b = khttp_kzalloc(sizeof(*b), gfp);

	if (!b)
		return NULL;
	b->framing = *f;
	b->left = f->length;
	khttp_chunked_init(&b->chunked);
	__skb_queue_head_init(&b->packets);
	return b;
}

void khttp_body_free(struct khttp_body *b)
{
	unsigned int i;

	if (!b)
		return;
	for (i = 0; i < KHTTP_BODY_PAGES; i++)
		if (b->pages[i])
			put_page(b->pages[i]);
	kfree(b->trailers);
	kfree(b->fields);
	kfree(b);
}

static u32 room(const struct khttp_body *b)
{
	u64 unread = b->received - READ_ONCE(b->read);

	return unread < KHTTP_BODY_WINDOW ? KHTTP_BODY_WINDOW - (u32)unread : 0;
}

bool khttp_body_wants(const struct khttp_body *b)
{
	return !b->complete && !b->reason &&
	       (b->discard || (room(b) && !READ_ONCE(b->stalled)));
}

void khttp_body_ended(struct khttp_request *rq, enum khttp_reason reason)
{
	struct khttp_body *b = rq->body;

	spin_lock_bh(&rq->lock);
	if (!b->complete && !b->reason) {
		b->reason = reason;
		b->complete = !reason;
	}
	spin_unlock_bh(&rq->lock);
	khttp_request_wake(rq, KHTTP_WAIT_READ);
}

void khttp_body_stream(struct khttp_body *b)
{
	b->framing.kind = KHTTP_FRAMING_CLOSE;
	b->left = U64_MAX;
	b->n_trailers = 0;
	b->stream = true;
	b->complete = false;
}

/* A page of the ring that the reader is through with, given @read, or -1 */
static int page_to_spare(const struct khttp_body *b, u64 read, u64 end)
{
	u32 first = (u32)read % KHTTP_BODY_WINDOW >> PAGE_SHIFT;
	u32 used = DIV_ROUND_UP(offset_in_page((u32)read) + (u32)(end - read),
				PAGE_SIZE);
	u32 i;

	for (i = used; i < KHTTP_BODY_PAGES; i++) {
		u32 at = (first + i) % KHTTP_BODY_PAGES;

		if (b->pages[at])
			return at;
	}
	return -1;
}

/*
 * There is no memory for another page: one that was read moves to @index, and
 * the body is no longer there for a second delivery. Where all of them have
 * bytes that are not read and it @must, the body stalls until some are: whoever
 * reads them looks at that under the same lock, so he is not missed.
 */
static bool move_page(struct khttp_request *rq, u32 index, u64 end, bool must)
{
	struct khttp_body *b = rq->body;
	int spare;

	spin_lock_bh(&rq->lock);
	spare = page_to_spare(b, b->read, end);
	if (spare < 0) {
		WRITE_ONCE(b->stalled, must);
	} else {
		swap(b->pages[index], b->pages[spare]);
		b->moved = true;
	}
	spin_unlock_bh(&rq->lock);
	return spare >= 0;
}

/*
 * The page for what begins @end bytes into the body. One is the request's right;
 * beyond that bodies may have a part of what all may have, so that those who
 * send theirs slowly leave room for others. A stream that is read as it comes
 * gets by with one. @must: as move_page(). 0, -EAGAIN: not now, or -ENOMEM
 */
static int page_at(struct khttp_request *rq, u64 end, bool must)
{
	u32 index = (u32)end % KHTTP_BODY_WINDOW >> PAGE_SHIFT;
	struct khttp_account *account = &rq->conn->net->account;
	struct khttp_body *b = rq->body;

	if (b->pages[index])
		return 0;
	if (b->stream && move_page(rq, index, end, false))
		return 0;
	if (b->n_pages && !khttp_try_charge_body(account, PAGE_SIZE))
		return move_page(rq, index, end, must) ? 0 : -EAGAIN;
	b->pages[index] = khttp_alloc_page(khttp_conn_gfp(rq->conn));
	if (!b->pages[index]) {
		if (b->n_pages)
			khttp_uncharge(account, PAGE_SIZE);
		return -ENOMEM;
	}
	if (b->n_pages++)
		rq->charged += PAGE_SIZE;
	return 0;
}

/*
 * Of @len payload bytes those that there is a place for, 0: none now, or -ENOMEM. It
 * stalls for none only: of some, all may be framing, of which a reader would never
 * take anything.
 */
static int make_room(struct khttp_request *rq, u32 len)
{
	struct khttp_body *b = rq->body;
	u32 done = 0;
	int err = 0;

	len = min(len, room(b));
	while (done < len) {
		err = page_at(rq, b->received + done, !done);
		if (err)
			break;
		done += min_t(u32, len - done, PAGE_SIZE -
			      offset_in_page((u32)(b->received + done)));
	}
	return done || err != -ENOMEM ? done : -ENOMEM;
}

/* Payload into the ring, where there is a place for it: 0 or -EFAULT */
static int store(struct khttp_body *b, struct sk_buff *skb, u32 off, u32 len)
{
	u32 done = 0;

	while (done < len) {
		u32 at = (u32)(b->received + done) % KHTTP_BODY_WINDOW;
		u32 in_page = offset_in_page(at);
		u32 n = min_t(u32, PAGE_SIZE - in_page, len - done);

		if (skb_copy_bits(skb, off + done,
				  page_address(b->pages[at >> PAGE_SHIFT]) +
				  in_page, n))
			return -EFAULT;
		done += n;
	}
	return 0;
}

static void advance(struct khttp_request *rq, u32 n)
{
	spin_lock_bh(&rq->lock);
	rq->body->received += n;
	spin_unlock_bh(&rq->lock);
	khttp_request_wake(rq, KHTTP_WAIT_READ);
}

static u32 payload(struct khttp_request *rq, struct sk_buff *skb, u32 off,
		   u32 len)
{
	struct khttp_body *b = rq->body;
	int placed;

	if (b->discard) {
		if (len > KHTTP_BODY_DISCARD - b->discarded) {
			khttp_body_ended(rq, KHTTP_REASON_TIMER_DRAIN);
			return len;
		}
		b->discarded += len;
		return len;
	}
	if (!len || !room(b))
		return 0;
	/* Whole, if it fits or not: its other part would have to be copied */
	if (khttp_packets_keep(rq, skb, off, len)) {
		advance(rq, len);
		return len;
	}
	placed = make_room(rq, len);
	/* The work, which may wait for memory, has the last word about it */
	if (placed == -ENOMEM && rq->conn->atomic)
		return 0;
	if (placed > 0 && !store(b, skb, off, placed))
		advance(rq, placed);
	else if (placed)
		khttp_body_ended(rq, KHTTP_REASON_NO_MEMORY);
	return max(placed, 0);
}

static size_t feed_length(struct khttp_request *rq, struct sk_buff *skb,
			  u32 off, size_t len)
{
	struct khttp_body *b = rq->body;
	u32 n = payload(rq, skb, off, min_t(u64, len, b->left));

	b->left -= n;
	if (!b->left)
		khttp_body_ended(rq, KHTTP_REASON_NONE);
	return n;
}

static enum khttp_reason keep_trailer(struct khttp_body *b, const char *in,
				      u32 len)
{
	char *grown = khttp_krealloc(b->trailers, b->trailers_len + len, GFP_KERNEL);

	if (!grown)
		return KHTTP_REASON_NO_MEMORY;
	b->trailers = grown;
	memcpy(grown + b->trailers_len, in, len);
	b->trailers_len += len;
	return KHTTP_REASON_NONE;
}

static enum khttp_reason parse_trailers(struct khttp_body *b)
{
	u32 dropped;

	if (!b->trailers_len)
		return KHTTP_REASON_NONE;
	b->fields = khttp_kcalloc(TRAILERS_MAX, sizeof(*b->fields), GFP_KERNEL);
	if (!b->fields)
		return KHTTP_REASON_NO_MEMORY;
	return khttp_trailers_parse(b->trailers, b->trailers_len, b->fields,
				    TRAILERS_MAX, &b->n_trailers, &dropped);
}

static bool too_large(struct khttp_request *rq)
{
	u64 max = READ_ONCE(rq->conn->policy->http.max_body);

	return max && rq->body->received > max;
}

/* One step of the decoder; bytes used, 0 when there is no room */
static u32 chunked_step(struct khttp_request *rq, struct sk_buff *skb, u32 off,
			u32 len)
{
	const struct khttp_limits *limits = &rq->conn->policy->http;
	struct khttp_body *b = rq->body;
	struct khttp_chunk_step step;
	enum khttp_reason reason = KHTTP_REASON_NONE;
	char buf[256];
	const char *in;
	int placed;

	if (!b->discard) {
		/* What the decoder has seen it does not give back */
		placed = make_room(rq, len);
		if (placed < 0)
			khttp_body_ended(rq, KHTTP_REASON_NO_MEMORY);
		if (placed <= 0)
			return 0;
		len = placed;
	}
	in = khttp_skb_run(skb, off, &len);
	if (!in) {
		len = min_t(u32, len, sizeof(buf));
		if (skb_copy_bits(skb, off, buf, len))
			return 0;
		in = buf;
	}
	switch (khttp_chunked_next(&b->chunked, in, len, limits, &step)) {
	case KHTTP_CHUNK_DATA:
		/* It fits: len was cut to the room */
		if (payload(rq, skb, off + step.off, step.len) != step.len)
			reason = KHTTP_REASON_NO_MEMORY;
		else if (too_large(rq))
			reason = KHTTP_REASON_ENTITY_TOO_LARGE;
		break;
	case KHTTP_CHUNK_TRAILER:
		reason = keep_trailer(b, in + step.off, step.len);
		break;
	case KHTTP_CHUNK_REFUSED:
		reason = b->chunked.reason;
		break;
	case KHTTP_CHUNK_END:
		khttp_body_ended(rq, parse_trailers(b));
		break;
	case KHTTP_CHUNK_MORE:
		break;
	}
	if (reason)
		khttp_body_ended(rq, reason);
	return step.consumed;
}

static size_t feed_chunked(struct khttp_request *rq, struct sk_buff *skb,
			   u32 off, size_t len)
{
	struct khttp_body *b = rq->body;
	size_t done = 0;

	while (done < len && !b->complete && !b->reason) {
		u32 n = chunked_step(rq, skb, off + done, len - done);

		if (!n)
			break;
		done += n;
	}
	return done;
}

size_t khttp_body_feed(struct khttp_request *rq, struct sk_buff *skb, u32 off,
		       size_t len)
{
	if (rq->body->framing.kind == KHTTP_FRAMING_CHUNKED)
		return feed_chunked(rq, skb, off, len);
	return feed_length(rq, skb, off, len);
}

bool khttp_body_discard(struct khttp_request *rq)
{
	struct khttp_body *b = rq->body;

	b->discard = true;
	rq->conn->rx_since = jiffies;
	return b->framing.kind == KHTTP_FRAMING_CHUNKED ||
	       b->left <= KHTTP_BODY_DISCARD;
}

/* ---- the reader's side: the owner of a request IN_HAND, one at a time ---- */

/* Up to *@n bytes that lie together; fewer than *@n then is: it cannot be taken */
static size_t copy_part(struct khttp_request *rq, u64 from, size_t *n,
			struct iov_iter *to)
{
	u32 at = (u32)from % KHTTP_BODY_WINDOW;
	struct sk_buff *skb = khttp_packet_at(rq, from, n);

	if (skb)
		return khttp_packet_read(skb, from, *n, to);
	*n = min_t(size_t, *n, PAGE_SIZE - offset_in_page(at));
	return copy_page_to_iter(rq->body->pages[at >> PAGE_SHIFT],
				 offset_in_page(at), *n, to);
}

static ssize_t copy_out(struct khttp_request *rq, u64 from, size_t n,
			struct iov_iter *to)
{
	size_t done = 0;

	while (done < n) {
		size_t part = n - done;
		size_t copied = copy_part(rq, from + done, &part, to);

		done += copied;
		if (copied < part)
			return done ? done : -EFAULT;
	}
	return done;
}

static int error_of(enum khttp_reason reason)
{
	switch (reason) {
	case KHTTP_REASON_TIMER_BODY:
	case KHTTP_REASON_TIMER_RECEIVE:
		return -ETIMEDOUT;
	case KHTTP_REASON_ENTITY_TOO_LARGE:
	case KHTTP_REASON_CHUNK_LENGTH:
	case KHTTP_REASON_TRAILER_LENGTH:
		return -EFBIG;
	case KHTTP_REASON_NO_MEMORY:
		return -ENOMEM;
	case KHTTP_REASON_CLIENT_RESET:
		return -ECONNRESET;
	default:
		return -EBADMSG;
	}
}

/* Send 100 (Continue), now or when the answers before it are out */
static void want_continue(struct khttp_request *rq)
{
	struct khttp_conn *c = rq->conn;

	lock_sock(c->sk);
	if (!rq->gone && !rq->continued) {
		rq->continue_wanted = true;
		khttp_conn_kick(c, KHTTP_TODO_WRITE);
	}
	release_sock(c->sk);
}

/*
 * Everything before @pos was read. True: it made room for a connection that had
 * none, which may take in more. There may be none still, behind a long packet.
 */
static bool read_up_to(struct khttp_body *b, u64 pos)
{
	bool waits = b->stalled || !room(b);

	b->read = pos;
	WRITE_ONCE(b->stalled, false);
	return waits && room(b);
}

/* Packets that were read go when there can be no second delivery of the body */
static void drop_read(struct khttp_request *rq)
{
	struct khttp_body *b = rq->body;

	if (b->stream || READ_ONCE(b->received) > KHTTP_BODY_WINDOW)
		khttp_packets_drop(rq, b->read);
}

ssize_t khttp_request_read(struct khttp_request *rq, struct iov_iter *to)
{
	struct khttp_body *b = rq->body;
	size_t avail, n;
	ssize_t ret;
	u64 from;
	u8 reason;
	bool end, kick;

	if (!b)
		return 0;
	spin_lock_bh(&rq->lock);
	from = b->read;
	avail = b->received - from;
	reason = b->reason;
	end = b->complete;
	spin_unlock_bh(&rq->lock);

	if (!avail && reason)
		return error_of(reason);
	if (!avail && end)
		return 0;
	if (!avail && READ_ONCE(rq->gone))
		return -ECONNRESET;
	if (!avail) {
		if (rq->expect && !READ_ONCE(rq->continued))
			want_continue(rq);
		return -EAGAIN;
	}
	n = min(avail, iov_iter_count(to));
	ret = copy_out(rq, from, n, to);
	if (ret <= 0)
		return ret;
	spin_lock_bh(&rq->lock);
	kick = read_up_to(b, from + ret);
	spin_unlock_bh(&rq->lock);
	trace_khttp_body_read(rq, ret);
	drop_read(rq);
	if (kick)
		khttp_conn_go_on(rq->conn);
	return ret;
}

/* Drop what was not read; 0 once the end is there */
static int skip_to_end(struct khttp_request *rq)
{
	struct khttp_body *b = rq->body;
	bool kick, end;
	u8 reason;

	spin_lock_bh(&rq->lock);
	kick = read_up_to(b, b->received);
	end = b->complete;
	reason = b->reason;
	spin_unlock_bh(&rq->lock);
	drop_read(rq);
	/* Not by us: as long as the client sends we would never lie down */
	if (kick)
		khttp_conn_kick(rq->conn, KHTTP_TODO_READ);
	if (reason)
		return error_of(reason);
	if (end)
		return 0;
	if (READ_ONCE(rq->gone))
		return -ECONNRESET;
	if (rq->expect && !READ_ONCE(rq->continued))
		want_continue(rq);
	return -EAGAIN;
}

static ssize_t put_field(const struct khttp_body *b,
			 const struct khttp_field *f, struct iov_iter *to)
{
	u16 lens[2] = { f->name_len, f->value_len };
	size_t n = sizeof(lens) + f->name_len + f->value_len;

	if (iov_iter_count(to) < n)
		return -EMSGSIZE;
	if (copy_to_iter(lens, sizeof(lens), to) != sizeof(lens) ||
	    copy_to_iter(b->trailers + f->name, f->name_len, to) !=
	    f->name_len ||
	    copy_to_iter(b->trailers + f->value, f->value_len, to) !=
	    f->value_len)
		return -EFAULT;
	return n;
}

ssize_t khttp_request_trailers(struct khttp_request *rq, struct iov_iter *to)
{
	struct khttp_body *b = rq->body;
	ssize_t total = 0, n;
	u32 i;
	int err;

	if (!b)
		return 0;
	err = skip_to_end(rq);
	if (err)
		return err;
	/* complete was read under the lock: fields is written before it */
	for (i = 0; i < b->n_trailers; i++) {
		n = put_field(b, &b->fields[i], to);
		if (n < 0)
			return n;
		total += n;
	}
	return total;
}

bool khttp_request_body_complete(struct khttp_request *rq)
{
	struct khttp_body *b = rq->body;
	bool yes;

	if (!b)
		return true;
	spin_lock_bh(&rq->lock);
	yes = b->complete && b->read == b->received;
	spin_unlock_bh(&rq->lock);
	return yes;
}

bool khttp_request_has_trailers(struct khttp_request *rq)
{
	struct khttp_body *b = rq->body;
	bool yes;

	if (!b)
		return false;
	spin_lock_bh(&rq->lock);
	yes = b->complete && b->n_trailers;
	spin_unlock_bh(&rq->lock);
	return yes;
}
