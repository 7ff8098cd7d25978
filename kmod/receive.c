// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes from the socket: heads to the parser, bodies to their requests.
 *
 * A head is parsed where it lies in the socket buffer when it is all there in
 * one piece, which is the rule; else it is collected. Bytes that nobody wants
 * yet stay in the socket and hold the client back.
 */

#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/tcp.h>

#include "admit.h"
#include "alloc.h"
#include "body.h"
#include "client.h"
#include "conn.h"
#include "dispatch.h"
#include "http/parse.h"
#include "net.h"
#include "origin.h"
#include "request.h"

/* Requests of one run in softirq; then the work goes on */
#define SOFTIRQ_BUDGET 16
/* And of one run of the work, before other connections get their turn */
#define WORK_BUDGET 64
#define PARTIAL_FIRST 1024
/* What a head that comes in pieces takes beside its bytes; slabs give powers of two */
#define PARTIAL_BYTES (roundup_pow_of_two(sizeof(struct khttp_partial)) +	\
		       roundup_pow_of_two(sizeof(struct khttp_head)))

static struct khttp_scratch *__percpu *scratch;

struct rx {
	struct khttp_conn *c;
	unsigned int budget;	/* requests */
	u32 taken;		/* bytes of bodies */
	u64 now;		/* CLOCK_MONOTONIC as last read, or 0: read anew */
	bool softirq;		/* only what needs no sleep */
};

const char *khttp_skb_run(const struct sk_buff *skb, u32 off, u32 *len)
{
	u32 at = skb_headlen(skb);
	int i;

	if (off < at) {
		*len = min(*len, at - off);
		return skb->data + off;
	}
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		u32 size = skb_frag_size(frag);

		if (off < at + size) {
			*len = min(*len, at + size - off);
			/* NULL for memory the kernel has not mapped */
			return skb_frag_address_safe(frag) ?
			       skb_frag_address_safe(frag) + (off - at) : NULL;
		}
		at += size;
	}
	return NULL;
}

void khttp_partial_free(struct khttp_conn *c)
{
	if (!c->partial)
		return;
	kvfree(c->partial->buf);
	kfree(c->partial->head);
	khttp_uncharge(&c->net->account, PARTIAL_BYTES + c->partial->cap);
	kfree(c->partial);
	c->partial = NULL;
}

bool khttp_partial_begun(const struct khttp_conn *c)
{
	const struct khttp_partial *p = c->partial;

	return p && (p->head->method_len || p->len > p->head->mark);
}

static enum khttp_reason partial_start(struct khttp_conn *c)
{
	struct khttp_account *account = &c->net->account;
	struct khttp_partial *p;

	if (!khttp_try_charge(account, PARTIAL_BYTES + PARTIAL_FIRST,
			      KHTTP_CHARGE_REQUEST))
		return KHTTP_REASON_MEMORY_LIMIT;
	p = khttp_kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p) {
		khttp_uncharge(account, PARTIAL_BYTES + PARTIAL_FIRST);
		return KHTTP_REASON_NO_MEMORY;
	}
	p->cap = PARTIAL_FIRST;
	p->head = khttp_kmalloc(sizeof(*p->head), GFP_KERNEL);
	p->buf = khttp_kvmalloc(PARTIAL_FIRST, GFP_KERNEL);
	c->partial = p;
	if (!p->head || !p->buf) {
		khttp_partial_free(c);
		return KHTTP_REASON_NO_MEMORY;
	}
	khttp_head_init(p->head);
	c->since = jiffies;
	return KHTTP_REASON_NONE;
}

/* Room for @want more bytes, by doubling up to what a head may be */
static enum khttp_reason partial_grow(struct khttp_conn *c, u32 want)
{
	struct khttp_account *account = &c->net->account;
	struct khttp_partial *p = c->partial;
	u32 cap = p->cap;
	char *buf;

	while (cap < p->len + want && cap <= KHTTP_HEAD_MAX)
		cap *= 2;
	if (cap == p->cap)
		return KHTTP_REASON_NONE;
	if (!khttp_try_charge(account, cap, KHTTP_CHARGE_REQUEST))
		return KHTTP_REASON_MEMORY_LIMIT;
	buf = khttp_kvmalloc(cap, GFP_KERNEL);
	if (!buf) {
		khttp_uncharge(account, cap);
		return KHTTP_REASON_NO_MEMORY;
	}
	memcpy(buf, p->buf, p->len);
	kvfree(p->buf);
	khttp_uncharge(account, p->cap);
	p->buf = buf;
	p->cap = cap;
	return KHTTP_REASON_NONE;
}

static void dispatch(struct khttp_conn *c, struct khttp_scratch *s,
		     const char *buf, u64 seen)
{
	bool was = c->atomic;

	s->sketch.seen_ns = seen;
	/* To parse takes little more than to read the clock */
	s->sketch.now_ns = c->head_seen ? 0 : seen;
	c->head_seen = 0;
	c->atomic = true;
	khttp_dispatch(c, s, buf);
	c->atomic = was;
}

/*
 * When the head at hand was first looked at. What follows one that was dealt
 * with begins with the clock as that left it: one reading serves both.
 */
static u64 seen(struct rx *rx)
{
	if (rx->c->head_seen)
		return rx->c->head_seen;
	if (!rx->now)
		rx->now = ktime_get_ns();
	return rx->now;
}

void khttp_refuse_partial(struct khttp_conn *c, enum khttp_reason reason)
{
	struct khttp_scratch *s;

	local_bh_disable();
	s = *this_cpu_ptr(scratch);
	/* What it told so far is for the error log */
	if (c->partial)
		s->head = *c->partial->head;
	else
		khttp_head_init(&s->head);
	s->head.reason = reason;
	s->head.head_len = 0;
	dispatch(c, s, c->partial ? c->partial->buf : "", c->head_seen);
	local_bh_enable();
	khttp_partial_free(c);
}

/* The next piece of a head that comes in pieces; bytes used */
static int head_piece(struct rx *rx, struct sk_buff *skb, u32 off, u32 len)
{
	struct khttp_conn *c = rx->c;
	struct khttp_partial *p;
	struct khttp_scratch *s;
	enum khttp_reason reason = KHTTP_REASON_NONE;
	enum khttp_parse_result r;
	u32 before;

	c->head_seen = seen(rx);
	if (!c->partial)
		reason = partial_start(c);
	if (reason)
		goto refuse;
	p = c->partial;
	before = p->len;
	len = min_t(u32, len, KHTTP_HEAD_MAX + 1 - before);
	reason = partial_grow(c, len);
	if (!reason && skb_copy_bits(skb, off, p->buf + before, len))
		reason = KHTTP_REASON_INTERNAL;
	if (reason)
		goto refuse;
	p->len += len;
	r = khttp_parse_head(p->head, p->buf, p->len, &c->net->limits.policy.http);
	if (r == KHTTP_PARSE_MORE)
		return len;

	local_bh_disable();
	s = *this_cpu_ptr(scratch);
	s->head = *p->head;
	dispatch(c, s, p->buf, c->head_seen);
	rx->now = s->sketch.now_ns;
	len = s->head.head_len ? s->head.head_len - before : len;
	local_bh_enable();
	khttp_partial_free(c);
	rx->budget--;
	return len;

refuse:
	khttp_refuse_partial(c, reason);
	return len;
}

/* A whole head where it lies; 0 when it is not whole or not in one piece */
static int head_whole(struct rx *rx, struct sk_buff *skb, u32 off, u32 len)
{
	struct khttp_conn *c = rx->c;
	struct khttp_scratch *s;
	enum khttp_parse_result r;
	const char *buf;
	u32 run = len;
	int used = 0;
	u64 since;

	buf = khttp_skb_run(skb, off, &run);
	if (!buf)
		return 0;
	since = seen(rx);
	if (!rx->softirq)
		local_bh_disable();
	s = *this_cpu_ptr(scratch);
	khttp_head_init(&s->head);
	r = khttp_parse_head(&s->head, buf, run, &c->net->limits.policy.http);
	if (r != KHTTP_PARSE_MORE) {
		dispatch(c, s, buf, since);
		rx->now = s->sketch.now_ns;
		used = s->head.head_len ? s->head.head_len : len;
		rx->budget--;
	} else {
		c->head_seen = since;
	}
	if (!rx->softirq)
		local_bh_enable();
	return used;
}

static bool may_parse(const struct khttp_conn *c)
{
	return !c->last && !c->rx && !c->barrier && c->n_order < KHTTP_ORDER_MAX;
}

int khttp_receive_body(struct khttp_conn *c, struct sk_buff *skb, u32 off, u32 len)
{
	int used = khttp_body_feed(c->rx, skb, off, len);

	if (used)
		c->rx_since = jiffies;
	c->rx_bytes += used;
	return used;
}

/*
 * A body with a length is taken in where it comes, without a work that is woken in
 * between. In one run that is a window at most: part of it may have to be copied.
 */
static bool body_now(const struct khttp_conn *c)
{
	return !c->protocol && khttp_body_feeds_now(c->rx->body);
}

/*
 * A request that is not queued yet goes along with as much of its body as is here. In softirq
 * only where its worker has to read on anyway: of a short one the rest is behind it, nearly
 * always, and the work runs when that has come.
 */
static bool goes_along(const struct rx *rx)
{
	const struct khttp_conn *c = rx->c;

	if (!c->rx)
		return false;
	return !rx->softirq || (body_now(c) && khttp_receive_rests(c) &&
				c->rx->body->framing.length > KHTTP_BODY_WINDOW);
}

static int body_piece(struct rx *rx, struct sk_buff *skb, u32 off, u32 len)
{
	struct khttp_conn *c = rx->c;
	int used;

	if (rx->softirq && (!body_now(c) || rx->taken >= KHTTP_BODY_WINDOW))
		return 0;
	rx->now = 0;
	used = khttp_receive_body(c, skb, off, len);
	rx->taken += used;
	return used;
}

/* What stands next in the stream; bytes used, 0: not now */
static int step(struct rx *rx, struct sk_buff *skb, u32 off, u32 len)
{
	struct khttp_conn *c = rx->c;
	int used;

	if (c->phase == KHTTP_CONN_LINGER) {
		c->discarded += len;
		return len;
	}
	if (c->phase == KHTTP_CONN_CLOSED)
		return 0;
	if (khttp_origin_awaited(c))
		return khttp_origin_feed(c, skb, off, len);
	if (unlikely(c->protocol))
		return c->protocol->feed(c, skb, off, len);
	if (c->rx)
		return body_piece(rx, skb, off, len);
	if (!may_parse(c) || !rx->budget)
		return 0;
	used = c->partial ? 0 : head_whole(rx, skb, off, len);
	if (!used && !rx->softirq)
		used = head_piece(rx, skb, off, len);
	return used;
}

/* Bodies that ended, one way or another, let the next head come */
static void body_turn(struct khttp_conn *c)
{
	struct khttp_request *rq = c->rx;
	const struct khttp_body *b;

	if (!rq)
		return;
	b = rq->body;
	if (!b->complete && !b->reason)
		return;
	c->rx = NULL;
	if (!b->reason) {
		if (!b->discard)
			khttp_dispatch_body(c, rq);
		return;
	}
	/* Where the next request would begin is not known: none is looked for,
	 * nor is it in what came along with the fault (RFC 9112 11.2)
	 */
	rq->close = true;
	khttp_conn_finish(c);
	if (!b->discard)
		khttp_request_broken(rq, b->reason);
	/* Who only left after its answer was refused nothing */
	else if (b->reason != KHTTP_REASON_INCOMPLETE)
		khttp_request_reason(rq, b->reason, 0);
}

/*
 * The FIN goes in the packet of the last answer, and says that the request came,
 * too. TCP would say that by itself as soon as we are through with reading.
 */
static void end_now(struct khttp_conn *c)
{
	if (c->phase == KHTTP_CONN_OPEN && c->last && !c->eof &&
	    list_empty(&c->order) && !READ_ONCE(c->todo))
		khttp_conn_linger(c);
}

static int khttp_rx_actor(read_descriptor_t *desc, struct sk_buff *skb,
			  unsigned int offset, size_t len)
{
	struct rx *rx = desc->arg.data;
	size_t used = 0;

	while (used < len) {
		int n = step(rx, skb, offset + used, len - used);

		/* A body may end with nothing taken: no memory for more of it */
		body_turn(rx->c);
		if (n <= 0) {
			desc->count = 0;
			break;
		}
		used += n;
	}
	khttp_stat_add(rx->c->net, bytes_received, used);
	if (rx->softirq)
		end_now(rx->c);
	/* The last that is here: spare TCP the look for another one */
	if (skb_queue_is_last(&rx->c->sk->sk_receive_queue, skb))
		desc->count = 0;
	return used;
}

/*
 * The client's FIN, or the end by an error. What was asked completely is still
 * answered (a half-close is no disconnect); a head or a body that misses its
 * rest is broken (RFC 9112 8).
 */
static void look_for_end(struct khttp_conn *c)
{
	struct sock *sk = c->sk;

	if (c->eof || !(sk->sk_shutdown & RCV_SHUTDOWN) ||
	    !skb_queue_empty(&sk->sk_receive_queue))
		return;
	c->eof = true;
	if (unlikely(c->protocol)) {
		c->protocol->ended(c);
		return;
	}
	/* With an error the connection is closed, and that tells of the head */
	if (!sk->sk_err && khttp_partial_begun(c))
		khttp_refuse_partial(c, KHTTP_REASON_INCOMPLETE);
	else if (!sk->sk_err)
		khttp_partial_free(c);
	if (c->rx) {
		khttp_body_ended(c->rx, KHTTP_REASON_INCOMPLETE);
		body_turn(c);
	}
}

static bool receive(struct rx *rx)
{
	struct khttp_conn *c = rx->c;
	read_descriptor_t desc = {
		.arg.data = rx,
		.count = 1,
	};
	int n;

	n = tcp_read_sock(c->sk, &desc, khttp_rx_actor);
	if (goes_along(rx))
		khttp_dispatch_body(c, c->rx);
	look_for_end(c);
	return n > 0;
}

bool khttp_receive(struct khttp_conn *c)
{
	struct rx rx = { .c = c, .budget = WORK_BUDGET };

	sock_owned_by_me(c->sk);
	if (c->phase == KHTTP_CONN_CLOSED)
		return false;
	return receive(&rx);
}

/* What is left of a body for which there is no room waits for its reader, who goes on
 * when he has made some: see read_up_to()
 */
bool khttp_receive_rests(const struct khttp_conn *c)
{
	sock_owned_by_me(c->sk);
	return skb_queue_empty(&c->sk->sk_receive_queue) ||
	       (c->rx && !khttp_body_wants(c->rx->body));
}

/* The client closed, and nothing is under way: our FIN says that we saw it, too */
static bool has_left(const struct khttp_conn *c)
{
	return c->eof && c->phase == KHTTP_CONN_OPEN && list_empty(&c->order) &&
	       !c->protocol && !c->sk->sk_err && !READ_ONCE(c->todo);
}

/*
 * Complete heads on a connection at rest, and what comes of a body; anything else
 * is the work's. TCP has just read the clock for the segment that it calls us for.
 */
bool khttp_receive_now(struct khttp_conn *c)
{
	struct rx rx = {
		.c = c,
		.budget = SOFTIRQ_BUDGET,
		.now = tcp_sk(c->sk)->tcp_clock_cache,
		.softirq = true,
	};

	if (c->phase != KHTTP_CONN_OPEN || (c->rx && !body_now(c)) ||
	    c->partial || (c->last && !c->rx) || !in_softirq() || READ_ONCE(c->todo))
		return false;
	/* It stays in TCP's queue until some of what is here was read */
	if (c->rx && !khttp_body_wants(c->rx->body))
		return true;
	c->busy = true;
	c->atomic = true;
	receive(&rx);
	c->atomic = false;
	c->busy = false;
	if (has_left(c)) {
		/* Its next connection may come before the ACK of this one's FIN */
		khttp_client_leave(c);
		khttp_admit_leave(c);
		khttp_conn_linger(c);
		khttp_conn_rearm(c);
		return true;
	}
	/* What is left, and the client's end, is for the work */
	if (c->eof || c->tx_blocked || !khttp_receive_rests(c) ||
	    (c->rx && (!body_now(c) || READ_ONCE(c->rx->state) == KHTTP_RQ_RECEIVED)))
		return false;
	khttp_conn_rearm(c);
	return true;
}

struct khttp_scratch *khttp_scratch_here(void)
{
	lockdep_assert_preemption_disabled();
	return *this_cpu_ptr(scratch);
}

void khttp_receive_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kvfree(*per_cpu_ptr(scratch, cpu));
	free_percpu(scratch);
}

int khttp_receive_init(void)
{
	int cpu;

	scratch = khttp_alloc_percpu(struct khttp_scratch *, GFP_KERNEL);
	if (!scratch)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct khttp_scratch *s;

		s = khttp_kvzalloc_node(sizeof(*s), GFP_KERNEL, cpu_to_node(cpu));
		if (!s) {
			khttp_receive_exit();
			return -ENOMEM;
		}
		*per_cpu_ptr(scratch, cpu) = s;
	}
	return 0;
}
