// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers to the socket. Whole ones go straight to TCP; what TCP does not take
 * waits as pieces at its request, and the requests wait in their order.
 */

#include "send.h"

#include <linux/bvec.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <net/tcp.h>

#include "alloc.h"
#include "cache.h"
#include "conn.h"
#include "dispatch.h"
#include "door.h"
#include "fragments.h"
#include "http/reply.h"
#include "net.h"
#include "paced.h"
#include "request.h"
#include "throttle.h"
#include "trace.h"

/*
 * What one call hands to TCP at most: tcp_sendmsg_locked() goes through the
 * socket's backlog after 16 new buffers, which must not happen in softirq.
 */
#define SEND_MAX (256U << 10)

/* Chunks of an entry in one call: all of SEND_MAX, unless memory is in pieces */
#define CHUNKS_AT_ONCE 16

/* @size bytes altogether, at least those before the union */
static struct khttp_piece *piece_new(u8 kind, u64 len, size_t size, gfp_t gfp)
{
	struct khttp_piece *p = khttp_kmalloc(size, gfp);

	if (!p)
		return NULL;
	p->kind = kind;
	p->order = order_base_2(size);
	p->n_pages = 0;
	p->page = 0;
	p->skip = 0;
	p->pos = 0;
	p->len = len;
	return p;
}

struct khttp_piece *khttp_piece_bytes(u32 len, gfp_t gfp)
{
	struct khttp_piece *p;

	return piece_new(KHTTP_PIECE_BYTES, len, struct_size(p, bytes, len),
			 gfp);
}

struct khttp_piece *khttp_piece_pages(const struct bio_vec *pages, u16 n,
				      u32 skip, u32 len, gfp_t gfp)
{
	struct khttp_piece *p;
	u16 i;

	p = piece_new(KHTTP_PIECE_PAGES, len, struct_size(p, pages, n), gfp);
	if (!p)
		return NULL;
	p->skip = skip;
	p->n_pages = n;
	memcpy(p->pages, pages, n * sizeof(*pages));
	for (i = 0; i < n; i++)
		get_page(p->pages[i].bv_page);
	return p;
}

struct khttp_piece *khttp_piece_entry(struct khttp_entry *e, u64 from, u64 to,
				      gfp_t gfp)
{
	struct khttp_piece *p = piece_new(KHTTP_PIECE_ENTRY, to, sizeof(*p), gfp);

	if (!p)
		return NULL;
	p->entry = e;
	p->pos = from;
	return p;
}

struct khttp_piece *khttp_piece_page(struct khttp_page *page, gfp_t gfp)
{
	struct khttp_piece *p = piece_new(KHTTP_PIECE_PAGE, page->len,
					  sizeof(*p), gfp);

	if (!p)
		return NULL;
	khttp_page_get(page);
	p->page_of = page;
	return p;
}

void khttp_piece_free(struct khttp_piece *p)
{
	u16 i;

	for (i = 0; i < p->n_pages; i++)
		put_page(p->pages[i].bv_page);
	if (p->kind == KHTTP_PIECE_ENTRY)
		khttp_entry_put(p->entry);
	else if (p->kind == KHTTP_PIECE_PAGE)
		khttp_page_put(p->page_of);
	kfree(p);
}

/* An entry's memory is the cache's, and a group's page the configuration's */
static u32 weight(const struct khttp_piece *p)
{
	u32 bytes = 1U << p->order;

	return p->kind == KHTTP_PIECE_PAGES ? bytes + p->len : bytes;
}

void khttp_send_queue(struct khttp_request *rq, struct khttp_piece *p)
{
	u32 bytes = weight(p);

	khttp_charge_answer(&rq->conn->net->account, bytes);
	WRITE_ONCE(rq->out_weight, rq->out_weight + bytes);
	list_add_tail(&p->link, &rq->out);
	WRITE_ONCE(rq->out_bytes, rq->out_bytes + p->len - p->pos);
}

void khttp_send_dequeue(struct khttp_request *rq, struct khttp_piece *p)
{
	u32 bytes = weight(p);

	list_del(&p->link);
	WRITE_ONCE(rq->out_weight, rq->out_weight - bytes);
	khttp_piece_free(p);
	khttp_uncharge(&rq->conn->net->account, bytes);
}

/*
 * Nothing in flight means that no acknowledgement will ever wake us: memory
 * was short, and the timer tries again.
 */
static void blocked(struct khttp_conn *c)
{
	struct sock *sk = c->sk;

	c->tx_blocked = true;
	c->tx_starved = tcp_sk(sk)->snd_una == tcp_sk(sk)->write_seq;
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
}

static ssize_t sent(struct khttp_conn *c, ssize_t n)
{
	if (n > 0)
		khttp_stat_add(c->net, bytes_sent, n);
	else if (n == -EAGAIN || n == -ENOMEM || n == -ENOBUFS) {
		blocked(c);
		return -EAGAIN;
	}
	return n;
}

/*
 * Where bytes are copied to in softirq. TCP would take a page of the socket's,
 * 32 KiB for each connection, or since 6.2 the one of the task that is
 * interrupted, which may be copying into it just then.
 */
static DEFINE_PER_CPU(struct page_frag, softirq_frag);

/* The socket's allocations follow what the turn may do */
static gfp_t begin(struct khttp_conn *c)
{
	struct sock *sk = c->sk;
	gfp_t old = sk->sk_allocation;

	sock_owned_by_me(sk);
	if (c->atomic) {
		sk->sk_allocation = GFP_ATOMIC;
		sk->sk_use_task_frag = false;
		swap(sk->sk_frag, *this_cpu_ptr(&softirq_frag));
	}
	return old;
}

static void end(struct khttp_conn *c, gfp_t old)
{
	struct sock *sk = c->sk;

	if (c->atomic) {
		swap(sk->sk_frag, *this_cpu_ptr(&softirq_frag));
		sk->sk_use_task_frag = true;
		sk->sk_allocation = old;
	}
}

void khttp_send_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct page_frag *frag = per_cpu_ptr(&softirq_frag, cpu);

		if (frag->page)
			put_page(frag->page);
	}
}

ssize_t khttp_send_now(struct khttp_conn *c, struct kvec *iov, unsigned int n,
		       size_t len, bool more)
{
	struct msghdr msg = {
		.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL |
			     (more ? MSG_MORE : 0),
	};
	gfp_t old = begin(c);
	ssize_t ret;

	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, iov, n, len);
	ret = khttp_may_fail(tcp_sendmsg_locked(c->sk, &msg, len));
	end(c, old);
	return sent(c, ret);
}

static ssize_t send_pages(struct khttp_conn *c, const struct bio_vec *pages,
			  unsigned int n, u32 skip, size_t len, bool more)
{
	int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
	gfp_t old = begin(c);
	ssize_t ret;

	ret = khttp_send_fragments(c->sk, pages, n, skip, len, flags);
	end(c, old);
	return sent(c, ret);
}

/* Of @bytes of its body; @more: something follows these */
static ssize_t entry_step(struct khttp_conn *c, const struct khttp_entry *e,
			  u64 pos, u64 bytes, bool more)
{
	struct bio_vec bv[CHUNKS_AT_ONCE];
	u64 at = pos, stop = pos + min_t(u64, bytes, SEND_MAX);
	unsigned int n = 0;

	if (e->body) {
		struct kvec iov = {
			.iov_base = (void *)(e->body + pos),
			.iov_len = bytes,
		};

		return khttp_send_now(c, &iov, 1, iov.iov_len, more);
	}
	while (at < stop && n < CHUNKS_AT_ONCE) {
		u32 off, len;
		struct page *page = khttp_entry_chunk(e, at, &off, &len);

		len = min_t(u64, len, stop - at);
		bvec_set_page(&bv[n++], page, len, off);
		at += len;
	}
	return send_pages(c, bv, n, 0, at - pos,
			  more || at < pos + bytes);
}

int khttp_send_entry(struct khttp_conn *c, const struct khttp_entry *e,
		     u64 *pos, u64 to, bool more)
{
	u64 stop = *pos + SEND_MAX;

	while (*pos < to) {
		ssize_t n;

		if (*pos >= stop) {
			blocked(c);
			khttp_conn_kick(c, KHTTP_TODO_WRITE);
			return -EAGAIN;
		}
		n = entry_step(c, e, *pos, to - *pos, more);
		if (n < 0)
			return n;
		*pos += n;
	}
	return 0;
}

static ssize_t piece_step(struct khttp_conn *c, struct khttp_piece *p,
			  u64 len, bool more)
{
	struct kvec iov;

	switch (p->kind) {
	case KHTTP_PIECE_BYTES:
	case KHTTP_PIECE_PAGE:
		iov.iov_base = (p->kind == KHTTP_PIECE_BYTES ? p->bytes :
				p->page_of->body) + p->pos;
		iov.iov_len = len;
		return khttp_send_now(c, &iov, 1, iov.iov_len, more);
	case KHTTP_PIECE_PAGES:
		return send_pages(c, p->pages + p->page, p->n_pages - p->page,
				  p->skip, len, more);
	default:
		return entry_step(c, p->entry, p->pos, len, more);
	}
}

/* @n bytes more of it went */
static void piece_sent(struct khttp_piece *p, size_t n)
{
	p->pos += n;
	if (p->kind != KHTTP_PIECE_PAGES)
		return;
	n += p->skip;
	while (p->page < p->n_pages && n >= p->pages[p->page].bv_len)
		n -= p->pages[p->page++].bv_len;
	p->skip = n;
}

size_t khttp_request_room(const struct khttp_request *rq)
{
	u64 window = khttp_account_window(&rq->conn->net->account);
	u64 out = khttp_request_out(rq);

	return out < window ? window - out : 0;
}

/* Room for the answer's maker once half of the window is free */
static void tell_room(struct khttp_request *rq)
{
	if (khttp_request_out(rq) <= khttp_account_window(&rq->conn->net->account) / 2)
		khttp_request_wake(rq, KHTTP_WAIT_SEND);
}

/*
 * What waits at the first one in order, as far as @budget goes. 1: all of it went; 0:
 * it did not, and the connection is woken; else that is at its end.
 */
static __always_inline int send_pieces(struct khttp_conn *c,
				       struct khttp_request *rq, u64 *budget,
				       bool limited, bool *moved)
{
	while (!list_empty(&rq->out)) {
		struct khttp_piece *p = list_first_entry(&rq->out,
							 struct khttp_piece,
							 link);
		bool more = !list_is_last(&p->link, &rq->out) ||
			    (rq->ended && rq->close);
		u64 len = p->len - p->pos;
		ssize_t n;

		if (unlikely(limited) && len >= *budget) {
			/* The next bytes are not to come before their time, if at
			 * all: nothing is gained by waiting for them
			 */
			more &= len == *budget && *budget == rq->out_bytes;
			len = *budget;
		}
		n = piece_step(c, p, len, more);
		if (n < 0)
			return n == -EAGAIN ? 0 : n;
		*moved = true;
		rq->sent += n;
		piece_sent(p, n);
		WRITE_ONCE(rq->out_bytes, rq->out_bytes - n);
		if (p->pos == p->len)
			khttp_send_dequeue(rq, p);
		tell_room(rq);
		if (n >= *budget) {
			*budget = 0;
			khttp_conn_kick(c, KHTTP_TODO_WRITE);
			return list_empty(&rq->out);
		}
		*budget -= n;
	}
	return 1;
}

/* The same of one whose bandwidth is limited, or, @throttled, another's in the namespace */
static noinline int send_limited(struct khttp_conn *c, struct khttp_request *rq,
				 bool throttled, bool *moved)
{
	u32 want = clamp_t(u64, rq->out_bytes, 1, SEND_MAX);
	u64 budget;
	int ret;

	if (list_empty(&rq->out))
		return 1;
	/* Its own first: nobody waits for what it does not take of that */
	if (rq->paced)
		want = khttp_paced_room(rq, want);
	if (want && throttled)
		want = khttp_throttle_grant(c, rq, want);
	if (!want)
		return 0;
	budget = want;
	ret = send_pieces(c, rq, &budget, true, moved);
	if (rq->paced)
		khttp_paced_sent(rq, want - budget);
	if (budget && throttled)
		khttp_throttle_unused(c->net, rq->group_id, budget);
	return ret;
}

static int send_request(struct khttp_conn *c, struct khttp_request *rq,
			bool *moved)
{
	bool throttled = READ_ONCE(c->net->throttled);
	u64 budget = SEND_MAX;

	if (unlikely(throttled || rq->paced))
		return send_limited(c, rq, throttled, moved);
	return send_pieces(c, rq, &budget, false, moved);
}

/*
 * The answer is out: the request leaves the order. True: it was the last one
 * on this connection, what was pipelined behind it does not count.
 */
static bool finish_request(struct khttp_conn *c, struct khttp_request *rq)
{
	bool close = rq->close;

	if (close)
		c->last = true;
	khttp_trace(sent, rq);
	khttp_request_unlink(rq);
	return close;
}

bool khttp_send(struct khttp_conn *c)
{
	bool moved = false;
	int ret;

	if (c->phase != KHTTP_CONN_OPEN)
		return false;
	c->tx_blocked = false;
	c->tx_starved = false;
	while (!list_empty(&c->order)) {
		struct khttp_request *rq = list_first_entry(&c->order,
							    struct khttp_request,
							    order);
		if (rq->held || rq->continue_wanted)
			khttp_dispatch_turn(c, rq);
		/* What stands behind it would be taken for its answer, or for more of it */
		if (unlikely(rq->resets))
			break;
		ret = send_request(c, rq, &moved);
		if (ret < 0) {
			khttp_conn_close(c, false);
			return true;
		}
		if (ret && !rq->ended && unlikely(c->protocol))
			c->protocol->sent(c);
		if (!ret || !rq->ended)
			break;
		if (rq->timed)
			khttp_request_sent(rq, ktime_get_ns());
		if (c->rx == rq) {
			/* The rest of its body has to be thrown away first */
			if (!rq->close)
				break;
			c->rx = NULL;
		}
		moved = true;
		if (finish_request(c, rq))
			khttp_conn_abandon(c, KHTTP_REASON_CLOSED);
	}
	return moved;
}
