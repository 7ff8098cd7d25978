// SPDX-License-Identifier: GPL-2.0-only
/* One exchange: its memory, its waiters, its moves to ANSWERED. */

#include "request.h"

#include <linux/ktime.h>
#include <linux/log2.h>
#include <net/sock.h>

#include "alloc.h"
#include "body.h"
#include "cache.h"
#include "conn.h"
#include "dispatch.h"
#include "door.h"
#include "flight.h"
#include "group.h"
#include "http/cache_policy.h"
#include "http/reply.h"
#include "http/vary.h"
#include "latency.h"
#include "net.h"
#include "paced.h"
#include "opaque.h"
#include "packets.h"
#include "origin.h"
#include "queue.h"
#include "router.h"
#include "send.h"
#include "trace.h"

static struct kmem_cache *request_cache;

/* Of what its worker is told, so much is in the request itself */
static u32 own_room(void)
{
	return KHTTP_REQUEST_BYTES - offsetof(struct khttp_request, own);
}

/* @told: bytes that its worker will be told */
static int fill(struct khttp_request *rq, const struct khttp_sketch *s,
		u32 told, gfp_t gfp)
{
	const struct khttp_head *head = s->head;

	rq->head_len = head->head_len;
	rq->version = khttp_head_version(head);
	rq->method = head->method;
	rq->keep_alive = head->flags & KHTTP_HEAD_KEEP_ALIVE;
	rq->expect = head->flags & KHTTP_HEAD_EXPECT_100;
	rq->upgrade = head->flags & KHTTP_HEAD_UPGRADE;
	rq->caching = s->caching;
	rq->why = s->why;
	rq->spelling = s->target.spelling;
	rq->fwd = s->fwd;
	rq->may_stale = s->may_stale;
	if (unlikely(s->caching & KHTTP_CACHING_STALE)) {
		rq->stale_while = READ_ONCE(s->url->group->policy.cache_stale);
		rq->stale_error = READ_ONCE(s->url->group->policy.cache_stale_error);
		rq->keep = READ_ONCE(s->url->group->policy.cache_revalidate);
	}
	rq->by_ip = s->by_ip;
	rq->scheme = KHTTP_SCHEME_HTTP;
	if (s->framing.kind == KHTTP_FRAMING_CHUNKED)
		rq->content_length = KHTTP_LENGTH_UNKNOWN;
	else
		rq->content_length = s->framing.length;
	if (s->framing.kind != KHTTP_FRAMING_NONE) {
		rq->body = khttp_body_create(&s->framing, gfp);
		if (!rq->body)
			return -ENOMEM;
	}
	if (!s->queue)
		return 0;
	rq->seen_ns = s->seen_ns;
	rq->understood_ns = s->now_ns;
	rq->told = (struct khttp_slot *)rq->own;
	if (told > own_room()) {
		rq->told = khttp_kmalloc(told, gfp);
		if (!rq->told)
			return -ENOMEM;
	}
	/* Last: nothing fails any more. One that is going is not worth a question */
	if (unlikely(s->stored) && khttp_entry_tryget(s->stored))
		rq->stored = s->stored;
	khttp_told_make(rq, s);
	return 0;
}

/* What it takes, or with a body may come to take. Slabs give powers of two */
static u32 weight(const struct khttp_conn *c, const struct khttp_sketch *s,
		  u32 told)
{
	u32 bytes = ALIGN(KHTTP_REQUEST_BYTES, SMP_CACHE_BYTES);

	if (!s)
		return bytes;
	if (s->framing.kind != KHTTP_FRAMING_NONE)
		bytes += khttp_body_weight(&s->framing, &c->policy->http,
					   !s->queue);
	if (told > own_room())
		bytes += roundup_pow_of_two(told);
	return bytes;
}

static struct khttp_request *alloc(struct khttp_account *account, u32 bytes,
				   enum khttp_charge what, gfp_t gfp)
{
	struct khttp_request *rq;

	if (!khttp_try_charge(account, bytes, what))
		return ERR_PTR(-EDQUOT);
	rq = khttp_slab_alloc(request_cache, gfp);
	if (!rq) {
		khttp_uncharge(account, bytes);
		return ERR_PTR(-ENOMEM);
	}
	memset(rq, 0, offsetof(struct khttp_request, order));
	rq->charged = bytes;
	return rq;
}

static void dealloc(struct khttp_account *account, struct khttp_request *rq)
{
	u32 bytes = rq->charged;

	if (rq->body)
		khttp_packets_drop(rq, U64_MAX);
	khttp_body_free(rq->body);
	if (rq->told != (struct khttp_slot *)rq->own)
		kfree(rq->told);
	kmem_cache_free(request_cache, rq);
	khttp_uncharge(account, bytes);
}

struct khttp_request *khttp_request_create(struct khttp_conn *c,
					   const struct khttp_sketch *sketch,
					   enum khttp_charge what, gfp_t gfp)
{
	u32 told = sketch && sketch->queue ? khttp_told_bytes(c, sketch) : 0;
	struct khttp_account *account = &c->net->account;
	struct khttp_request *rq;

	rq = alloc(account, weight(c, sketch, told), what, gfp);
	if (IS_ERR(rq))
		return rq;
	rq->conn = c;
	rq->stream = c->n_requests;
	rq->purges = khttp_cache_purges(c->net->cache);
	rq->announced = KHTTP_LENGTH_UNKNOWN;
	rq->state = KHTTP_RQ_RECEIVED;
	if (sketch && fill(rq, sketch, told, gfp)) {
		dealloc(account, rq);
		return ERR_PTR(-ENOMEM);
	}
	if (sketch)
		rq->queue = sketch->queue;
	if (sketch && unlikely(sketch->door) && rq->queue)
		rq->door = khttp_door_get(&sketch->url->group->door);
	refcount_set(&rq->ref, 2);
	khttp_conn_get(c);
	list_add_tail(&rq->order, &c->order);
	c->n_order++;
	return rq;
}

/* The last reference is gone. Context: any */
void khttp_request_free(struct khttp_request *rq)
{
	struct khttp_conn *c = rq->conn;
	struct khttp_piece *p, *next;

	WARN_ON_ONCE(!list_empty(&rq->order) || !list_empty(&rq->link) || rq->stored);
	list_for_each_entry_safe(p, next, &rq->out, link)
		khttp_send_dequeue(rq, p);
	if (unlikely(rq->door))
		khttp_door_put(rq->door);
	if (unlikely(rq->said_charged))
		khttp_log_said_end(rq);
	if (unlikely(rq->flight))
		khttp_flight_put(rq);
	if (unlikely(rq->paced))
		khttp_paced_end(rq);
	if (rq->queue)
		khttp_queue_put(rq->queue);
	dealloc(&c->net->account, rq);
	/* The connection holds the namespace, and so the account */
	khttp_conn_put(c);
}

void khttp_request_cache_key(const struct khttp_request *rq,
			     struct khttp_cache_key *key)
{
	const struct khttp_endpoint *local = &rq->conn->local;

	memset(key, 0, sizeof(*key));
	key->host = khttp_told_span(rq, rq->host);
	key->path = khttp_told_span(rq, rq->told->path);
	if (rq->has_query)
		key->query = khttp_told_span(rq, rq->told->query);
	key->port = local->port;
	key->scheme = rq->scheme;
	key->named = khttp_cache_named(rq->named, local->port);
	if (rq->by_ip) {
		key->family = local->family;
		memcpy(key->local_addr, local->addr, sizeof(local->addr));
	}
}

struct khttp_span khttp_request_head(const struct khttp_request *rq)
{
	u32 off = rq->told->fields.off + rq->told->fields.len;

	return khttp_told_span(rq, (struct khttp_ref){
		.off = off, .len = rq->told_len - off,
	});
}

static void field_of_told(const void *of, u32 i, struct khttp_span *name,
			  struct khttp_span *value)
{
	const struct khttp_request *rq = of;
	const struct khttp_slot_field *f = (void *)rq->told +
					   rq->told->fields.off;

	*name = khttp_told_span(rq, f[i].name);
	*value = khttp_told_span(rq, f[i].value);
}

void khttp_request_vary_key(const struct khttp_request *rq,
			    struct khttp_span list, struct khttp_out *out)
{
	const struct khttp_vary_request fields = {
		rq, rq->told->nfields, field_of_told
	};

	khttp_vary_key(list, &fields, out);
}

/* ---- may it be delivered again? ---- */

bool khttp_request_body_whole(struct khttp_request *rq)
{
	u32 keep = READ_ONCE(rq->queue->policy.redeliver_body);
	struct khttp_body *b = rq->body;
	bool yes;

	if (!b)
		return true;
	spin_lock_bh(&rq->lock);
	/* Nothing read yet, or nothing overwritten since */
	yes = !b->reason && !b->moved &&
	      (!b->read || b->received <= min(keep, KHTTP_BODY_WINDOW));
	spin_unlock_bh(&rq->lock);
	return yes;
}

void khttp_request_body_rewind(struct khttp_request *rq)
{
	struct khttp_body *b = rq->body;

	if (!b)
		return;
	spin_lock_bh(&rq->lock);
	b->read = 0;
	spin_unlock_bh(&rq->lock);
}

/* ---- waiters ---- */

/* Under rq->lock: would one that reads or sends have to wait? */
static bool must_wait(const struct khttp_request *rq, enum khttp_wait kind)
{
	const struct khttp_body *b = rq->body;

	if (rq->gone)
		return false;
	if (kind == KHTTP_WAIT_READ)
		return b && !b->complete && !b->reason &&
		       b->received == b->read;
	return khttp_request_out(rq) >
	       khttp_account_window(&rq->conn->net->account) / 2;
}

/* Under rq->lock, which who disarms waits for when he comes too late */
static void wake_locked(struct khttp_request *rq, enum khttp_wait kind)
{
	struct khttp_waiter *w = xchg(&rq->waiter[kind], NULL);

	lockdep_assert_held(&rq->lock);
	if (w)
		w->wake(w);
}

/*
 * Nearly each request that RUN gives out is armed for this, and nearly none
 * rings: no lock for it. Either we see here that it is gone, or set_gone() sees
 * the waiter.
 */
static bool arm_gone(struct khttp_request *rq, struct khttp_waiter *w)
{
	WARN_ON_ONCE(xchg(&rq->waiter[KHTTP_WAIT_GONE], w));
	return !READ_ONCE(rq->gone) ||
	       !khttp_request_disarm(rq, KHTTP_WAIT_GONE, w);
}

bool khttp_request_arm(struct khttp_request *rq, enum khttp_wait kind,
		       struct khttp_waiter *w)
{
	bool armed;

	if (kind == KHTTP_WAIT_GONE)
		return arm_gone(rq, w);
	spin_lock_bh(&rq->lock);
	armed = must_wait(rq, kind);
	if (armed) {
		WARN_ON_ONCE(rq->waiter[kind]);
		WRITE_ONCE(rq->waiter[kind], w);
	}
	spin_unlock_bh(&rq->lock);
	return armed;
}

bool khttp_request_disarm(struct khttp_request *rq, enum khttp_wait kind,
			  struct khttp_waiter *w)
{
	if (cmpxchg(&rq->waiter[kind], w, NULL) == w)
		return true;
	/* It was called, and may be running still */
	spin_lock_bh(&rq->lock);
	spin_unlock_bh(&rq->lock);
	return false;
}

void khttp_request_wake(struct khttp_request *rq, enum khttp_wait kind)
{
	/* Who arms looks at the condition under the lock: see must_wait() */
	spin_lock_bh(&rq->lock);
	wake_locked(rq, kind);
	spin_unlock_bh(&rq->lock);
}

/* ---- the moves ---- */

void khttp_request_unlink(struct khttp_request *rq)
{
	struct khttp_conn *c = rq->conn;

	sock_owned_by_me(c->sk);
	if (unlikely(rq->upgrade))
		khttp_opaque_over(rq);
	if (khttp_log_on(&c->net->log))
		khttp_log_request(rq);
	if (unlikely(c->barrier) && list_is_last(&rq->order, &c->order))
		c->barrier = false;
	list_del_init(&rq->order);
	c->n_order--;
	if (list_empty(&c->order))
		c->since = jiffies;
	khttp_request_put(rq);
}

void khttp_request_answered(struct khttp_request *rq)
{
	sock_owned_by_me(rq->conn->sk);
	WARN_ON_ONCE(rq->state == KHTTP_RQ_ANSWERED);
	WRITE_ONCE(rq->state, KHTTP_RQ_ANSWERED);
	/* Refused before its turn came: then there is nothing to queue */
	rq->held = false;
	if (unlikely(rq->flight))
		khttp_flight_end(rq, rq->gone ? KHTTP_FLIGHT_GONE :
						KHTTP_FLIGHT_FAILED);
	khttp_request_forget_stored(rq);
	khttp_request_put(rq);
}

void khttp_request_forget_stored(struct khttp_request *rq)
{
	if (likely(!rq->stored))
		return;
	khttp_entry_put(rq->stored);
	rq->stored = NULL;
	rq->validates = false;
}

/* ---- how long it took ---- */

void khttp_request_delivered(struct khttp_request *rq, u32 worker)
{
	struct khttp_latency __percpu *l = rq->queue->latency;
	u64 now = ktime_get_ns();

	if (rq->understood_ns)
		khttp_latency_add(l, KHTTP_STAGE_RECEIVE,
				  rq->understood_ns - rq->seen_ns);
	rq->understood_ns = 0;
	khttp_latency_add(l, KHTTP_STAGE_QUEUE, now - rq->stage_ns);
	khttp_trace(fetched, rq, now - rq->stage_ns, worker);
	rq->stage_ns = now;
}

void khttp_request_taken(struct khttp_request *rq, u64 now)
{
	sock_owned_by_me(rq->conn->sk);
	khttp_latency_add(rq->queue->latency, KHTTP_STAGE_WORKER,
			  now - rq->stage_ns);
	khttp_trace(responded, rq, now - rq->stage_ns);
	rq->stage_ns = now;
	rq->timed = KHTTP_STAGE_TOTAL;
	if (list_empty(&rq->out))
		khttp_request_sent(rq, now);
}

void khttp_request_sent(struct khttp_request *rq, u64 now)
{
	struct khttp_latency __percpu *l = rq->queue->latency;

	if (rq->timed == KHTTP_STAGE_TOTAL) {
		khttp_latency_add(l, KHTTP_STAGE_SEND, now - rq->stage_ns);
		khttp_latency_slow(l, now, now - rq->seen_ns, rq->conn->id, rq->stream);
	}
	khttp_latency_add(l, rq->timed, now - rq->seen_ns);
	rq->timed = 0;
	rq->sent_ns = now;
}

void khttp_request_set_gone(struct khttp_request *rq)
{
	unsigned int kind;

	spin_lock_bh(&rq->lock);
	WRITE_ONCE(rq->gone, true);
	for (kind = 0; kind < KHTTP_WAIT_COUNT; kind++)
		wake_locked(rq, kind);
	spin_unlock_bh(&rq->lock);
}

/* What it means for it that the client is gone, if anything */
static enum khttp_reason gone_for(const struct khttp_request *rq, bool seen)
{
	if (rq->ended && list_empty(&rq->out))
		return KHTTP_REASON_NONE;
	return seen ? KHTTP_REASON_DROPPED : KHTTP_REASON_CLIENT_RESET;
}

bool khttp_request_lost(struct khttp_request *rq, enum khttp_reason why)
{
	bool seen = true, told = false;

	sock_owned_by_me(rq->conn->sk);
	khttp_request_set_gone(rq);
	/*
	 * RECEIVED is ours, WAITING becomes ours if we win it from the workers;
	 * one that is IN_HAND stays its worker's, who finds it gone.
	 */
	if (rq->state == KHTTP_RQ_RECEIVED ||
	    (rq->queue && rq->state != KHTTP_RQ_ANSWERED &&
	     khttp_queue_remove(rq->queue, rq))) {
		khttp_request_answered(rq);
		seen = false;
	}
	if (!why)
		why = gone_for(rq, seen);
	if (why)
		told = khttp_request_reason(rq, why, 0);
	khttp_request_unlink(rq);
	return told;
}

static void make(void *object)
{
	struct khttp_request *rq = object;

	INIT_LIST_HEAD(&rq->order);
	INIT_LIST_HEAD(&rq->link);
	INIT_LIST_HEAD(&rq->out);
	spin_lock_init(&rq->lock);
}

int khttp_request_init(void)
{
	/* Memory that is made is not cleared each time it is allocated */
	request_cache = khttp_slab_create_made("khttp_request", KHTTP_REQUEST_BYTES,
					       SLAB_HWCACHE_ALIGN, make);
	return request_cache ? 0 : -ENOMEM;
}

void khttp_request_exit(void)
{
	kmem_cache_destroy(request_cache);
}
