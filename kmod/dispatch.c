// SPDX-License-Identifier: GPL-2.0-only
/*
 * One parsed request: which answer, or which queue. The file to read first.
 *
 *   refused by its head?     -> the kernel answers
 *   OPTIONS *, TRACE         -> the kernel answers
 *   no prefix, or reserved   -> 404
 *   a rule of its group      -> 403, 429, or the end of the connection
 *   over its group's limits  -> the kernel answers
 *   its group is closed      -> 503 for maintenance
 *   a prefix that redirects  -> to where it says
 *   stored response          -> sent where the request arrived
 *   asked for by another     -> it may wait for that answer (flight.h)
 *   else                     -> a request is made and queued for a worker
 */

#include "dispatch.h"

#include <linux/ktime.h>
#include <linux/rcupdate.h>

#include "admit.h"
#include "body.h"
#include "conn.h"
#include "door.h"
#include "filter.h"
#include "group.h"
#include "hit.h"
#include "http/cache_policy.h"
#include "http/prefix.h"
#include "http/reply.h"
#include "net.h"
#include "origin.h"
#include "queue.h"
#include "request.h"
#include "respond.h"
#include "router.h"
#include "send.h"
#include "trace.h"

/* ---- the group's policy ---- */

/* The last request that may come here: answered like one that says so */
static void count_request(struct khttp_conn *c, struct khttp_scratch *s)
{
	/* No limit is 0: one less is more than any number */
	if (likely(c->n_requests <= READ_ONCE(c->policy->max_requests) - 1))
		return;
	s->head.flags &= ~KHTTP_HEAD_KEEP_ALIVE;
	c->last = true;
}

/*
 * Before the cache: what is stored is not for everybody either. And before the
 * group counts the connection: who is denied takes nobody's place in it.
 */
static bool passes_filter(struct khttp_conn *c, struct khttp_scratch *s)
{
	struct khttp_endpoint client;
	const struct khttp_filter *f;
	struct khttp_verdict v;

	f = rcu_dereference(s->sketch.url->group->filter);
	if (likely(!f))
		return true;
	khttp_origin_client(c, s->head.fields, s->head.n_fields, s->sketch.buf,
			    &client);
	if (khttp_filter_pass(f, &client, &s->sketch, &v))
		return true;
	count_request(c, s);
	khttp_respond_refusal(c, s, &v);
	return false;
}

/* What waits or is in hand already is finished; nobody else comes in */
static bool is_open(struct khttp_conn *c, struct khttp_scratch *s)
{
	struct khttp_verdict v = { .reason = KHTTP_REASON_MAINTENANCE };
	const struct khttp_door *d = s->sketch.door;

	if (likely(!d || !d->maintenance))
		return true;
	v.retry_after = d->retry_after;
	khttp_respond_refusal(c, s, &v);
	return false;
}

/* What the namespace and the group say to it, as far as the parser could not */
static enum khttp_reason admit(struct khttp_conn *c, struct khttp_scratch *s)
{
	const struct khttp_sketch *k = &s->sketch;
	struct khttp_group *g = k->url->group;
	enum khttp_reason reason = KHTTP_REASON_NONE;

	if (unlikely(c->surplus))
		reason = khttp_admit_surplus(c);
	if (unlikely(READ_ONCE(g->watched) || c->group) && !reason)
		reason = khttp_admit(c, k, g);
	count_request(c, s);
	if (!reason && khttp_body_too_large(&k->framing, &c->policy->http))
		reason = KHTTP_REASON_ENTITY_TOO_LARGE;
	return reason;
}

/* ---- the queue ---- */

/*
 * Methods that are not safe do not run beside others of their connection
 * (RFC 9112 9.3.2), nor is one behind them answered from what they may change. So it
 * is with who may take the connection over.
 */
static bool goes_alone(const struct khttp_request *rq)
{
	return !khttp_method_is_safe(rq->method) || rq->upgrade;
}

static bool must_hold(const struct khttp_conn *c,
		      const struct khttp_request *rq)
{
	return c->barrier &&
	       list_first_entry(&c->order, struct khttp_request, order) != rq;
}

static void push(struct khttp_request *rq, u64 now)
{
	enum khttp_reason reason;

	rq->held = false;
	rq->queued = jiffies;
	rq->stage_ns = now;
	reason = khttp_queue_push(rq->queue, rq);
	if (reason)
		khttp_request_refuse_locked(rq, reason);
}

void khttp_dispatch_body(struct khttp_conn *c, struct khttp_request *rq)
{
	if (rq->state == KHTTP_RQ_RECEIVED && !rq->held)
		push(rq, ktime_get_ns());
}

static void go_on(struct khttp_conn *c, struct khttp_request *rq)
{
	struct kvec iov = {
		.iov_base = KHTTP_REPLY_CONTINUE,
		.iov_len = sizeof(KHTTP_REPLY_CONTINUE) - 1,
	};
	struct khttp_piece *p;
	ssize_t n;

	/* Content that came unasked makes it pointless (RFC 9110 10.1.1) */
	if (rq->begun || rq->body->received)
		return;
	WRITE_ONCE(rq->continued, true);
	n = khttp_send_now(c, &iov, 1, iov.iov_len, false);
	n = max_t(ssize_t, n, 0);
	rq->sent += n;
	if (n == iov.iov_len)
		return;
	p = khttp_piece_bytes(iov.iov_len - n, GFP_ATOMIC);
	if (!p) {
		khttp_request_reason(rq, KHTTP_REASON_NO_MEMORY, 0);
		khttp_conn_kick(c, KHTTP_TODO_RESET);
		return;
	}
	memcpy(p->bytes, iov.iov_base + n, iov.iov_len - n);
	khttp_send_queue(rq, p);
}

void khttp_dispatch_turn(struct khttp_conn *c, struct khttp_request *rq)
{
	if (rq->held)
		push(rq, ktime_get_ns());
	if (rq->continue_wanted && !rq->continued)
		go_on(c, rq);
}

static void enqueue(struct khttp_conn *c, struct khttp_scratch *s)
{
	struct khttp_request *rq;

	this_cpu_inc(*s->sketch.url->requests);
	if (!s->sketch.now_ns)
		s->sketch.now_ns = ktime_get_ns();
	khttp_told_judge(&s->sketch);
	rq = khttp_request_create(c, &s->sketch, KHTTP_CHARGE_REQUEST,
				  GFP_ATOMIC);
	if (IS_ERR(rq)) {
		khttp_queue_put(s->sketch.queue);
		s->sketch.queue = NULL;
		khttp_respond_reason(c, s, khttp_respond_no_room(rq));
		return;
	}
	/* RFC 9112 9.6: what stands behind it is not processed */
	if (!rq->keep_alive)
		khttp_conn_finish(c);
	c->barrier = goes_alone(rq);
	rq->held = must_hold(c, rq);
	if (rq->body) {
		c->rx = rq;
		c->rx_since = jiffies;
		return;
	}
	if (c->n_requests == 1)
		khttp_conn_ack_by_answer(c);
	if (unlikely(s->sketch.part) &&
	    khttp_hit_join(rq, s->sketch.part, s->sketch.now_ns))
		return;
	if (!rq->held)
		push(rq, s->sketch.now_ns);
}

/* Where it came in, for prefixes that are bound to an address */
static void came_in(const struct khttp_endpoint *local,
		    struct khttp_route_query *query)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	query->local_kind = KHTTP_HOST_IPV4;
	if (local->family == AF_INET) {
		memcpy(query->local, local->addr, 4);
	} else if (!memcmp(local->addr, mapped, sizeof(mapped))) {
		memcpy(query->local, local->addr + sizeof(mapped), 4);
	} else {
		query->local_kind = KHTTP_HOST_IPV6;
		memcpy(query->local, local->addr, sizeof(local->addr));
	}
}

static void route(struct khttp_conn *c, struct khttp_scratch *s)
{
	struct khttp_sketch *k = &s->sketch;
	const struct khttp_host *host = &k->target.host;
	struct khttp_route_query query = {
		.scheme = KHTTP_SCHEME_HTTP,
		.host_kind = host->kind,
		.port = c->local.port,
		.host = khttp_span_of(k->buf + host->off, host->len),
		.path = k->path,
	};
	enum khttp_reason reason = KHTTP_REASON_NO_PREFIX;
	struct khttp_queue *q;

	came_in(&c->local, &query);
	k->url = khttp_route(c->net->router, &query, &k->by_ip);
	if (unlikely(READ_ONCE(c->net->n_reservations)) &&
	    khttp_route_reserved(c->net->reserved, &query, k->url)) {
		k->url = NULL;
		reason = KHTTP_REASON_RESERVED;
	}
	if (k->url) {
		khttp_trace(routed, c, k);
		k->door = rcu_dereference(k->url->group->door);
		if (!passes_filter(c, s))
			return;
		reason = admit(c, s);
	} else {
		count_request(c, s);
	}
	if (reason) {
		khttp_respond_reason(c, s, reason);
		return;
	}
	if (!is_open(c, s))
		return;
	if (unlikely(k->url->redirect)) {
		khttp_respond_redirect(c, s);
		return;
	}
	if (khttp_hit_try(c, s))
		return;
	q = k->url->group->queue;
	if (!khttp_queue_tryget(q)) {
		khttp_respond_reason(c, s, KHTTP_REASON_NO_QUEUE);
		return;
	}
	k->queue = q;
	enqueue(c, s);
}

/* An IPv4 address is accepted in its normal form only: it is there already */
static struct khttp_span normal_host(struct khttp_sketch *k)
{
	const struct khttp_host *host = &k->target.host;

	if (host->kind == KHTTP_HOST_IPV4)
		return khttp_span_of(k->buf + host->off, host->len);
	return khttp_span_of(k->host_text,
			     khttp_host_print(host, k->buf, k->host_text,
					      sizeof(k->host_text)));
}

static enum khttp_reason understand(struct khttp_conn *c,
				    struct khttp_scratch *s)
{
	const struct khttp_limits *limits = &c->net->limits.policy.http;
	struct khttp_sketch *k = &s->sketch;
	enum khttp_reason reason;

	reason = khttp_body_framing(&s->head, &k->framing);
	if (s->head.reason)
		return s->head.reason;
	if (reason)
		return reason;
	reason = khttp_target_cook(&s->head, k->buf, limits, KHTTP_SCHEME_HTTP,
				   &s->host, s->path, sizeof(s->path),
				   &k->target);
	if (reason)
		return reason;
	/* TRACE shows a client what a proxy added: off (RFC 9110 9.3.8) */
	if (s->head.method == KHTTP_METHOD_TRACE ||
	    s->head.method == KHTTP_METHOD_TRACK)
		return KHTTP_REASON_METHOD;
	k->path = khttp_target_path(&k->target, k->buf, s->path);
	k->host = normal_host(k);
	khttp_trace(parsed, c, k);
	return KHTTP_REASON_NONE;
}

void khttp_dispatch(struct khttp_conn *c, struct khttp_scratch *s,
		    const char *buf)
{
	struct khttp_sketch *k = &s->sketch;
	enum khttp_reason reason;

	sock_owned_by_me(c->sk);
	lockdep_assert_preemption_disabled();
	c->n_requests++;
	khttp_stat_inc(c->net, requests);
	k->head = &s->head;
	k->buf = buf;
	k->url = NULL;
	k->door = NULL;
	k->queue = NULL;
	k->by_ip = false;
	k->caching = 0;
	k->part = 0;
	k->may_stale = false;
	k->refresh = false;
	k->stored = NULL;
	k->why = KHTTP_CACHE_WHY_TARGET;
	k->framing.kind = KHTTP_FRAMING_NONE;
	k->framing.length = 0;

	if (!s->head.head_len) {
		khttp_respond_reason(c, s, s->head.reason);
		return;
	}
	reason = understand(c, s);
	if (!reason && k->target.form != KHTTP_TARGET_ASTERISK) {
		rcu_read_lock();
		route(c, s);
		rcu_read_unlock();
		return;
	}
	count_request(c, s);
	if (reason)
		khttp_respond_reason(c, s, reason);
	else
		khttp_respond_options(c, s);
}
