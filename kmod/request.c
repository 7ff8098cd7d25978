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
#include "http/cache_policy.h"
#include "http/reply.h"
#include "latency.h"
#include "net.h"
#include "queue.h"
#include "router.h"
#include "send.h"

static struct kmem_cache *request_cache;

static struct khttp_span keep(char **at, struct khttp_span from)
{
	struct khttp_span to = khttp_span_of(*at, from.len);

	memcpy(*at, from.ptr, from.len);
	*at += from.len;
	return to;
}

static struct khttp_span within(struct khttp_span raw, u32 off, u32 len)
{
	return khttp_span_of(raw.ptr + off, len);
}

static u32 store_len(const struct khttp_sketch *s)
{
	return s->head->n_fields * sizeof(struct khttp_field) +
	       s->head->head_len + s->host.len + s->url->prefix_len +
	       (s->target.is_raw ? 0 : s->path.len);
}

/* All that a worker will see, in one block: fields, head, and what is cooked */
static int fill_store(struct khttp_request *rq, const struct khttp_sketch *s,
		      gfp_t gfp)
{
	const struct khttp_head *head = s->head;
	const struct khttp_target *t = &s->target;
	size_t table = head->n_fields * sizeof(struct khttp_field);
	struct khttp_span prefix = khttp_span_of(s->url->prefix,
						 s->url->prefix_len);
	char *at;

	rq->store = khttp_kmalloc(store_len(s), gfp);
	if (!rq->store)
		return -ENOMEM;
	rq->fields = rq->store;
	memcpy(rq->store, head->fields, table);
	at = rq->store + table;
	rq->raw = keep(&at, khttp_span_of(s->buf, head->head_len));
	rq->host = keep(&at, s->host);
	rq->prefix = keep(&at, prefix);
	rq->path = t->is_raw ? within(rq->raw, t->path, t->path_len) :
			       keep(&at, s->path);
	rq->n_fields = head->n_fields;
	rq->target = within(rq->raw, head->target_off, head->target_len);
	rq->method_name = within(rq->raw, head->method_off, head->method_len);
	rq->authority = within(rq->raw, t->authority, t->authority_len);
	rq->query = t->has_query ?
		    within(rq->raw, t->query, t->query_len) :
		    khttp_span_of(NULL, 0);
	return 0;
}

static int fill(struct khttp_request *rq, const struct khttp_sketch *s,
		gfp_t gfp)
{
	const struct khttp_head *head = s->head;

	rq->version = head->version == KHTTP_HTTP_10 ? 0x0100 : 0x0101;
	rq->method = head->method;
	rq->keep_alive = head->flags & KHTTP_HEAD_KEEP_ALIVE;
	rq->expect = head->flags & KHTTP_HEAD_EXPECT_100;
	rq->cacheable = s->cacheable;
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
	/* Cheaper than to read the clock once more */
	rq->received_ns = ktime_to_ns(ktime_mono_to_real(ns_to_ktime(s->now_ns)));
	rq->context = s->url->context;
	rq->url_id = s->url->id;
	return fill_store(rq, s, gfp);
}

/* What it takes, or with a body may come to take. Slabs give powers of two */
static u32 weight(const struct khttp_conn *c, const struct khttp_sketch *s)
{
	u32 bytes = ALIGN(sizeof(struct khttp_request), SMP_CACHE_BYTES);

	if (!s)
		return bytes;
	if (s->framing.kind != KHTTP_FRAMING_NONE)
		bytes += khttp_body_weight(&s->framing, &c->policy->http,
					   !s->queue);
	if (s->queue)
		bytes += roundup_pow_of_two(store_len(s));
	return bytes;
}

static struct khttp_request *alloc(struct khttp_account *account, u32 bytes,
				   enum khttp_charge what, gfp_t gfp)
{
	struct khttp_request *rq;

	if (!khttp_try_charge(account, bytes, what))
		return ERR_PTR(-EDQUOT);
	rq = khttp_slab_zalloc(request_cache, gfp);
	if (!rq) {
		khttp_uncharge(account, bytes);
		return ERR_PTR(-ENOMEM);
	}
	rq->charged = bytes;
	return rq;
}

static void dealloc(struct khttp_account *account, struct khttp_request *rq)
{
	u32 bytes = rq->charged;

	khttp_body_free(rq->body);
	kfree(rq->store);
	kmem_cache_free(request_cache, rq);
	khttp_uncharge(account, bytes);
}

struct khttp_request *khttp_request_create(struct khttp_conn *c,
					   const struct khttp_sketch *sketch,
					   enum khttp_charge what, gfp_t gfp)
{
	struct khttp_account *account = &c->net->account;
	struct khttp_request *rq = alloc(account, weight(c, sketch), what, gfp);

	if (IS_ERR(rq))
		return rq;
	spin_lock_init(&rq->lock);
	INIT_LIST_HEAD(&rq->link);
	INIT_LIST_HEAD(&rq->out);
	rq->stream = c->n_requests;
	rq->purges = khttp_cache_purges(c->net->cache);
	rq->announced = KHTTP_LENGTH_UNKNOWN;
	rq->state = KHTTP_RQ_RECEIVED;
	if (sketch && fill(rq, sketch, gfp)) {
		dealloc(account, rq);
		return ERR_PTR(-ENOMEM);
	}
	if (sketch)
		rq->queue = sketch->queue;
	refcount_set(&rq->ref, 2);
	khttp_conn_get(c);
	rq->conn = c;
	list_add_tail(&rq->order, &c->order);
	c->n_order++;
	return rq;
}

void khttp_request_put(struct khttp_request *rq)
{
	struct khttp_conn *c = rq->conn;
	struct khttp_piece *p, *next;

	if (!refcount_dec_and_test(&rq->ref))
		return;
	WARN_ON_ONCE(!list_empty(&rq->order) || !list_empty(&rq->link));
	list_for_each_entry_safe(p, next, &rq->out, link)
		khttp_send_dequeue(rq, p);
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
	key->host = rq->host;
	key->path = rq->path;
	key->query = rq->query;
	key->port = local->port;
	key->scheme = rq->scheme;
	if (rq->by_ip) {
		key->family = local->family;
		memcpy(key->local_addr, local->addr, sizeof(local->addr));
	}
}

void khttp_request_peer(const struct khttp_request *rq,
			struct khttp_slot *slot)
{
	slot->connection = rq->conn->id;
	slot->client = rq->conn->client;
	slot->local = rq->conn->local;
}

/* ---- waiters ---- */

/* Under rq->lock: would this waiter have to wait? */
static bool must_wait(const struct khttp_request *rq, enum khttp_wait kind)
{
	const struct khttp_body *b = rq->body;

	if (rq->gone)
		return false;
	switch (kind) {
	case KHTTP_WAIT_READ:
		return b && !b->complete && !b->reason &&
		       b->received == b->read;
	case KHTTP_WAIT_SEND:
		return READ_ONCE(rq->out_bytes) >
		       khttp_account_window(&rq->conn->net->account) / 2;
	default:
		return true;
	}
}

bool khttp_request_arm(struct khttp_request *rq, enum khttp_wait kind,
		       struct khttp_waiter *w)
{
	bool armed;

	spin_lock_bh(&rq->lock);
	armed = must_wait(rq, kind);
	if (armed) {
		WARN_ON_ONCE(rq->waiter[kind]);
		rq->waiter[kind] = w;
	}
	spin_unlock_bh(&rq->lock);
	return armed;
}

bool khttp_request_disarm(struct khttp_request *rq, enum khttp_wait kind,
			  struct khttp_waiter *w)
{
	bool was;

	spin_lock_bh(&rq->lock);
	was = rq->waiter[kind] == w;
	if (was)
		rq->waiter[kind] = NULL;
	spin_unlock_bh(&rq->lock);
	return was;
}

static void wake_locked(struct khttp_request *rq, enum khttp_wait kind)
{
	struct khttp_waiter *w = rq->waiter[kind];

	lockdep_assert_held(&rq->lock);
	rq->waiter[kind] = NULL;
	if (w)
		w->wake(w);
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
	khttp_request_put(rq);
}

/* ---- how long it took ---- */

void khttp_request_delivered(struct khttp_request *rq)
{
	struct khttp_latency __percpu *l = rq->queue->latency;
	u64 now = ktime_get_ns();

	if (rq->understood_ns)
		khttp_latency_add(l, KHTTP_STAGE_RECEIVE,
				  rq->understood_ns - rq->seen_ns);
	rq->understood_ns = 0;
	khttp_latency_add(l, KHTTP_STAGE_QUEUE, now - rq->stage_ns);
	rq->stage_ns = now;
}

void khttp_request_taken(struct khttp_request *rq)
{
	u64 now = ktime_get_ns();

	sock_owned_by_me(rq->conn->sk);
	khttp_latency_add(rq->queue->latency, KHTTP_STAGE_WORKER,
			  now - rq->stage_ns);
	rq->stage_ns = now;
	rq->timed = KHTTP_STAGE_TOTAL;
	if (list_empty(&rq->out))
		khttp_request_sent(rq, now);
}

void khttp_request_sent(struct khttp_request *rq, u64 now)
{
	struct khttp_latency __percpu *l = rq->queue->latency;

	if (rq->timed == KHTTP_STAGE_TOTAL)
		khttp_latency_add(l, KHTTP_STAGE_SEND, now - rq->stage_ns);
	khttp_latency_add(l, rq->timed, now - rq->seen_ns);
	rq->timed = 0;
}

static void set_gone(struct khttp_request *rq)
{
	unsigned int kind;

	spin_lock_bh(&rq->lock);
	rq->gone = true;
	for (kind = 0; kind < KHTTP_WAIT_COUNT; kind++)
		wake_locked(rq, kind);
	spin_unlock_bh(&rq->lock);
}

void khttp_request_lost(struct khttp_request *rq)
{
	enum khttp_reason reason = KHTTP_REASON_CLIENT_RESET;

	sock_owned_by_me(rq->conn->sk);
	set_gone(rq);
	/*
	 * RECEIVED is ours, WAITING becomes ours if we win it from the workers;
	 * one that is IN_HAND stays its worker's, who finds it gone.
	 */
	if (rq->state == KHTTP_RQ_RECEIVED ||
	    (rq->queue && rq->state != KHTTP_RQ_ANSWERED &&
	     khttp_queue_remove(rq->queue, rq)))
		khttp_request_answered(rq);
	else if (rq->state != KHTTP_RQ_ANSWERED)
		reason = KHTTP_REASON_DROPPED;
	if (!rq->ended)
		khttp_conn_reason(rq->conn, rq->stream, reason);
	khttp_request_unlink(rq);
}

int khttp_request_init(void)
{
	request_cache = khttp_slab_create("khttp_request", sizeof(struct khttp_request),
					  SLAB_HWCACHE_ALIGN);
	return request_cache ? 0 : -ENOMEM;
}

void khttp_request_exit(void)
{
	kmem_cache_destroy(request_cache);
}
