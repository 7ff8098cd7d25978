// SPDX-License-Identifier: GPL-2.0-only
/*
 * The error log of a namespace.
 *
 * Sequence numbers are drawn before the record is written, so a reader may come
 * to one that is not there yet: it stops, and the writer rings the bell. The
 * number in a place only grows: a writer that is overtaken by a whole round
 * drops its record, and a reader that finds a larger number counts one as lost.
 *
 * Lock order: a place's lock is the last of all.
 */

#include "errors.h"

#include <linux/bottom_half.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

#include "alloc.h"
#include "conn.h"
#include "dispatch.h"
#include "event.h"
#include "group.h"
#include "http/parse.h"
#include "net.h"
#include "queue.h"
#include "request.h"
#include "router.h"
#include "trace.h"

struct place {
	spinlock_t lock;		/* guards: */
	struct khttp_error_record r;
};

struct khttp_error_ring {
	u64 first;			/* none before it was ever here */
	u32 n;
	struct place places[];
};

static struct place *place_of(struct khttp_error_ring *ring, u64 seq)
{
	u64 at;

	div64_u64_rem(seq, ring->n, &at);
	return &ring->places[at];
}

static u64 oldest(const struct khttp_error_ring *ring, u64 last)
{
	return max(ring->first, last >= ring->n ? last - ring->n + 1 : 1);
}

/* ---- writing ---- */

static void fill_queue(struct khttp_error_record *r,
		       const struct khttp_queue *q)
{
	r->owner = q ? READ_ONCE(q->policy.uid) : INVALID_UID;
	r->queue_id = q ? q->id : 0;
	if (q)
		strscpy(r->queue, q->name, sizeof(r->queue));
	else
		r->queue[0] = '\0';
}

static void fill_record(struct khttp_error_record *r, const struct khttp_error_info *e)
{
	r->time_ns = ktime_get_real_ns();
	r->connection = e->connection;
	r->stream = e->stream;
	r->url_id = e->url_id;
	r->client = *e->client;
	r->local = *e->local;
	r->status = e->status;
	r->version = e->version;
	r->reason = e->reason;
	r->method_len = min_t(u32, e->method.len, sizeof(r->method));
	r->target_len = min_t(u32, e->target.len, U16_MAX);
	memcpy(r->method, e->method.ptr, r->method_len);
	memcpy(r->target, e->target.ptr,
	       min_t(u32, r->target_len, sizeof(r->target)));
	fill_queue(r, e->queue);
}

/* BH are disabled between the drawing and the writing: readers wait for it */
static void record(struct khttp_net *kn, struct khttp_error_ring *ring,
		   const struct khttp_error_info *e)
{
	struct place *p;
	u64 seq;

	local_bh_disable();
	seq = atomic64_inc_return(&kn->errors.last);
	p = place_of(ring, seq);
	spin_lock(&p->lock);
	if (p->r.seq < seq) {
		p->r.seq = seq;
		fill_record(&p->r, e);
	}
	spin_unlock(&p->lock);
	local_bh_enable();
}

/*
 * The record is there before we look whether somebody waits for it, who said
 * so before he looked for it: one of the two sees the other.
 */
static void ring_bell(struct khttp_net *kn)
{
	smp_mb();
	if (!READ_ONCE(kn->errors.awaited) || !xchg(&kn->errors.awaited, false))
		return;
	if (!khttp_event_errors(kn))
		WRITE_ONCE(kn->errors.awaited, true);
}

/**
 * khttp_error - the kernel refused, cut or gave up something
 * @kn: the namespace's root
 * @e: what is known; copied
 *
 * Context: any but hard interrupt.
 */
void khttp_error(struct khttp_net *kn, const struct khttp_error_info *e)
{
	struct khttp_error_ring *ring;

	khttp_stat_reason(kn, e->reason);
	khttp_trace(reason, kn, e);
	rcu_read_lock();
	ring = rcu_dereference(kn->errors.ring);
	if (ring) {
		record(kn, ring, e);
		ring_bell(kn);
	}
	rcu_read_unlock();
}

/* ---- what is told ---- */

/* What a head, whole or not, says of the request */
static void fill_head(struct khttp_error_info *e, const struct khttp_head *head,
		      const char *buf)
{
	e->version = khttp_head_version(head);
	e->method = khttp_head_method(head, buf);
	e->target = khttp_head_target_seen(head, buf);
}

void khttp_conn_error(const struct khttp_conn *c, struct khttp_error_info *e)
{
	e->connection = c->id;
	e->client = &c->client;
	e->local = &c->local;
	khttp_error(c->net, e);
}

void khttp_conn_reason(const struct khttp_conn *c, enum khttp_reason reason)
{
	struct khttp_error_info e = { .reason = reason };

	if (c->partial)
		fill_head(&e, c->partial->head, c->partial->buf);
	khttp_conn_error(c, &e);
}

void khttp_sketch_reason(const struct khttp_conn *c,
			 const struct khttp_sketch *s, enum khttp_reason reason,
			 u16 status)
{
	struct khttp_error_info e = {
		.reason = reason,
		.status = status,
		.stream = c->n_requests,
	};

	fill_head(&e, s->head, s->buf);
	if (s->url) {
		e.queue = s->url->group->queue;
		e.url_id = s->url->id;
	}
	khttp_conn_error(c, &e);
}

bool khttp_request_reason(struct khttp_request *rq, enum khttp_reason reason,
			  u16 status)
{
	struct khttp_error_info e = {
		.reason = reason,
		.status = status,
		.version = rq->version,
		.stream = rq->stream,
		.queue = rq->queue,
	};

	sock_owned_by_me(rq->conn->sk);
	if (rq->logged)
		return false;
	rq->logged = true;
	rq->reason = reason;
	rq->refused = status;
	if (rq->told) {
		e.method = khttp_told_span(rq, rq->told->method);
		e.target = khttp_told_span(rq, rq->told->target);
		e.url_id = rq->url_id;
	}
	khttp_conn_error(rq->conn, &e);
	return true;
}

/* ---- the ring ---- */

static struct khttp_error_ring *ring_create(u32 n)
{
	struct khttp_error_ring *ring;
	u32 i;

	/* For the administrator who asked for it, and charged to him */
	ring = khttp_kvcalloc(1, struct_size(ring, places, n),
			      GFP_KERNEL_ACCOUNT);
	if (!ring)
		return NULL;
	ring->n = n;
	for (i = 0; i < n; i++)
		spin_lock_init(&ring->places[i].lock);
	return ring;
}

/*
 * What the old ring still has, where the new one has nothing later. Both
 * together have no hole behind the oldest that the old one kept.
 */
static void move(struct khttp_error_ring *to, struct khttp_error_ring *from)
{
	u64 newest = 0;
	u32 i;

	for (i = 0; i < from->n; i++) {
		const struct khttp_error_record *r = &from->places[i].r;
		struct place *p = place_of(to, r->seq);

		newest = max(newest, r->seq);
		spin_lock_bh(&p->lock);
		if (p->r.seq < r->seq)
			p->r = *r;
		spin_unlock_bh(&p->lock);
		cond_resched();
	}
	to->first = oldest(from, newest);
}

/* @new, or NULL, is what is written to from now on */
static void exchange(struct khttp_net *kn, struct khttp_error_ring *new)
{
	struct khttp_error_ring *old;

	old = rcu_dereference_protected(kn->errors.ring,
					lockdep_is_held(&kn->config));
	if (new)
		new->first = khttp_errors_last(kn) + 1;
	rcu_assign_pointer(kn->errors.ring, new);
	if (!old)
		return;
	synchronize_rcu();
	if (new)
		move(new, old);
	kvfree(old);
}

/**
 * khttp_errors_begin - there is something to log from now on
 * @kn: the namespace's root
 *
 * Context: net->config held, sleeps. Returns 0 or -ENOMEM.
 */
int khttp_errors_begin(struct khttp_net *kn)
{
	struct khttp_error_ring *ring;
	int err;

	lockdep_assert_held(&kn->config);
	if (kn->errors.begun)
		return 0;
	err = khttp_errors_prepare(kn->limits.error_log, &ring);
	if (err)
		return err;
	exchange(kn, ring);
	kn->errors.begun = true;
	return 0;
}

/**
 * khttp_errors_prepare - what a log of another size needs
 * @records: a value of the limit error_log
 * @ring: set to what khttp_errors_resize() or khttp_errors_drop() gets; NULL
 *	where no record is to be kept
 *
 * Context: sleeps. Returns 0 or -ENOMEM.
 */
int khttp_errors_prepare(u64 records, struct khttp_error_ring **ring)
{
	*ring = records ? ring_create(records) : NULL;
	return records && !*ring ? -ENOMEM : 0;
}

/**
 * khttp_errors_drop - it was not needed after all
 * @ring: of khttp_errors_prepare()
 */
void khttp_errors_drop(struct khttp_error_ring *ring)
{
	kvfree(ring);
}

/**
 * khttp_errors_resize - keep more or less records, the newest of them
 * @kn: the namespace's root
 * @ring: of khttp_errors_prepare(); not the caller's any more
 *
 * A log that has not begun begins with the size that the limit has then.
 *
 * Context: net->config held, sleeps.
 */
void khttp_errors_resize(struct khttp_net *kn, struct khttp_error_ring *ring)
{
	lockdep_assert_held(&kn->config);
	if (kn->errors.begun)
		exchange(kn, ring);
	else
		khttp_errors_drop(ring);
}

void khttp_errors_exit(struct khttp_net *kn)
{
	kvfree(rcu_dereference_protected(kn->errors.ring, true));
}

/* ---- reading ---- */

void khttp_errors_await(struct khttp_net *kn)
{
	WRITE_ONCE(kn->errors.awaited, true);
	smp_mb();		/* see ring_bell() */
}

u64 khttp_errors_last(const struct khttp_net *kn)
{
	return atomic64_read(&kn->errors.last);
}

/* The number of what stands in the place of @seq, and a copy if it is that */
static u64 look(struct khttp_error_ring *ring, u64 seq,
		struct khttp_error_record *r)
{
	struct place *p = place_of(ring, seq);
	u64 there;

	spin_lock_bh(&p->lock);
	there = p->r.seq;
	if (there == seq)
		*r = p->r;
	spin_unlock_bh(&p->lock);
	return there;
}

bool khttp_errors_read(struct khttp_net *kn, u64 *seq, u64 *lost,
		       struct khttp_error_record *r)
{
	u64 last = khttp_errors_last(kn), first, there;
	struct khttp_error_ring *ring;

	ring = rcu_dereference_protected(kn->errors.ring,
					 lockdep_is_held(&kn->config));
	first = ring ? oldest(ring, last) : last + 1;
	if (*seq < first) {
		*lost += first - *seq;
		*seq = first;
	}
	while (*seq <= last) {
		there = look(ring, *seq, r);
		if (there < *seq)
			return false;
		(*seq)++;
		if (there == *seq - 1)
			return true;
		(*lost)++;
	}
	return false;
}
