// SPDX-License-Identifier: GPL-2.0-only
/* Where the tracepoints are made, and what they tell is put together. */

#include <linux/build_bug.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/string.h>

#include "body.h"
#include "canned.h"
#include "compat.h"
#include "conn.h"
#include "dispatch.h"
#include "door.h"
#include "errors.h"
#include "event.h"
#include "group.h"
#include "http/reason.h"
#include "net.h"
#include "purge.h"
#include "queue.h"
#include "request.h"
#include "router.h"

/* One form for both, so that a field has one size */
static void put_address(u8 to[16], const struct khttp_endpoint *from)
{
	if (from->family == AF_INET6) {
		memcpy(to, from->addr, 16);
		return;
	}
	memset(to, 0, 10);
	memset(to + 10, 0xff, 2);
	memcpy(to + 12, from->addr, 4);
}

#define CREATE_TRACE_POINTS
#include "trace.h"

/* ---- text ---- */

/* What of it is printable ASCII, the rest as %XX: it goes to a terminal. @at: where
 * in @to it begins; returns where it ends
 */
static u32 put(char to[KHTTP_TRACE_TEXT], u32 at, struct khttp_span from)
{
	u32 i;

	for (i = 0; i < from.len; i++) {
		u8 c = from.ptr[i];
		bool plain = c > ' ' && c < 0x7f;

		if (at + (plain ? 1 : 3) >= KHTTP_TRACE_TEXT)
			break;
		if (plain)
			to[at++] = c;
		else
			at += sprintf(to + at, "%%%02X", c);
	}
	to[at] = '\0';
	return at;
}

/* @query: ptr is NULL where there is none */
static void put_url(char to[KHTTP_TRACE_TEXT], u16 port, struct khttp_span host,
		    struct khttp_span path, struct khttp_span query)
{
	char number[8];
	u32 at;

	at = put(to, 0, khttp_span_str("http://"));
	at = put(to, at, host);
	sprintf(number, ":%u", port);
	at = put(to, at, khttp_span_str(number));
	at = put(to, at, path);
	if (!query.ptr)
		return;
	at = put(to, at, khttp_span_str("?"));
	put(to, at, query);
}

/* ---- whose ---- */

static void of_queue(struct khttp_trace_rq *r, const struct khttp_queue *q)
{
	r->queue_id = q ? q->id : 0;
	r->queue = q ? q->name : "";
}

/* Its spans are good only where there is a prefix; else it may have been refused
 * before they were set
 */
static void of_sketch(struct khttp_trace_rq *r, const struct khttp_conn *c,
		      const struct khttp_sketch *s)
{
	struct khttp_span query = {};

	r->netns = c->net->inum;
	r->connection = c->id;
	r->stream = c->n_requests;
	r->id = 0;
	of_queue(r, s->url ? s->url->group->queue : NULL);
	if (!s->url) {
		put(r->url, 0, khttp_head_target_seen(s->head, s->buf));
		return;
	}
	if (s->target.has_query)
		query = khttp_span_of(s->buf + s->target.query,
				      s->target.query_len);
	put_url(r->url, c->local.port, s->host, s->path, query);
}

static void of_request(struct khttp_trace_rq *r, const struct khttp_request *rq)
{
	const struct khttp_slot *told = rq->told;
	struct khttp_span query = {};

	r->netns = rq->conn->net->inum;
	r->connection = rq->conn->id;
	r->stream = rq->stream;
	r->id = told ? told->id : 0;
	r->url[0] = '\0';
	of_queue(r, rq->queue);
	if (!told)
		return;
	if (rq->has_query)
		query = khttp_told_span(rq, told->query);
	put_url(r->url, rq->conn->local.port, khttp_told_span(rq, rq->host),
		khttp_told_span(rq, told->path), query);
}

/* ---- the stages ---- */

void khttp_trace_parsed(const struct khttp_conn *c, const struct khttp_sketch *s)
{
	const struct khttp_head *head = s->head;
	char method[KHTTP_TRACE_TEXT], target[KHTTP_TRACE_TEXT];

	put(method, 0, khttp_head_method(head, s->buf));
	put(target, 0, khttp_head_target(head, s->buf));
	trace_khttp_parsed(c, ktime_get_ns() - s->seen_ns, head->head_len, method,
			   target);
}

void khttp_trace_reason(const struct khttp_net *kn, const struct khttp_error_info *e)
{
	char method[KHTTP_TRACE_TEXT], target[KHTTP_TRACE_TEXT];

	put(method, 0, e->method);
	put(target, 0, e->target);
	trace_khttp_reason(kn, e, method, target);
}

void khttp_trace_routed(const struct khttp_conn *c, const struct khttp_sketch *s)
{
	struct khttp_trace_rq r;

	of_sketch(&r, c, s);
	trace_khttp_routed(&r, s->url->id, s->url->prefix);
}

void khttp_trace_hit(const struct khttp_conn *c, const struct khttp_sketch *s,
		     const struct khttp_canned *a, bool stale)
{
	struct khttp_trace_rq r;

	of_sketch(&r, c, s);
	trace_khttp_hit(&r, a->status, khttp_canned_body(a), stale);
}

void khttp_trace_hit_late(const struct khttp_request *rq,
			  const struct khttp_canned *a, bool stale)
{
	struct khttp_trace_rq r;

	of_request(&r, rq);
	trace_khttp_hit(&r, a->status, khttp_canned_body(a), stale);
}

void khttp_trace_miss(const struct khttp_conn *c, const struct khttp_sketch *s)
{
	struct khttp_trace_rq r;

	of_sketch(&r, c, s);
	trace_khttp_miss(&r);
}

void khttp_trace_queued(const struct khttp_request *rq)
{
	struct khttp_trace_rq r;

	of_request(&r, rq);
	trace_khttp_queued(&r, rq->attempt);
}

void khttp_trace_fetched(const struct khttp_request *rq, u64 wait_ns, u32 worker)
{
	struct khttp_trace_rq r;

	of_request(&r, rq);
	trace_khttp_fetched(&r, wait_ns, worker, rq->attempt);
}

void khttp_trace_responded(const struct khttp_request *rq, u64 worker_ns)
{
	struct khttp_trace_rq r;

	of_request(&r, rq);
	trace_khttp_responded(&r, rq->status, rq->accepted, worker_ns);
}

void khttp_trace_sent(const struct khttp_request *rq)
{
	u64 total_ns = rq->seen_ns ? ktime_get_ns() - rq->seen_ns : 0;
	struct khttp_trace_rq r;

	of_request(&r, rq);
	trace_khttp_sent(&r, rq->status, rq->accepted, total_ns);
}

void khttp_trace_sent_now(const struct khttp_conn *c, const struct khttp_sketch *s,
			  const struct khttp_canned *a)
{
	u64 total_ns = s->seen_ns ? ktime_get_ns() - s->seen_ns : 0;
	struct khttp_trace_rq r;

	of_sketch(&r, c, s);
	trace_khttp_sent(&r, a->status, khttp_canned_body(a), total_ns);
}

/* ---- beside requests ---- */

void khttp_trace_purged(const struct khttp_net *kn,
			const struct khttp_purge_order *o, u64 count)
{
	char what[KHTTP_TRACE_TEXT];

	put(what, 0, khttp_span_of(o->text, o->text ? o->len : 0));
	trace_khttp_purged(kn, o, count, what);
}

/* The words of "khttpctl events" */
static const char *const changes[] = {
	[KHTTP_EVENT_QUEUE_ADDED] = "queue-added",
	[KHTTP_EVENT_QUEUE_CHANGED] = "queue-changed",
	[KHTTP_EVENT_QUEUE_DELETED] = "queue-deleted",
	[KHTTP_EVENT_URL_ADDED] = "url-added",
	[KHTTP_EVENT_URL_DELETED] = "url-deleted",
	[KHTTP_EVENT_LIMITS_CHANGED] = "limits-changed",
	[KHTTP_EVENT_LISTENER_CHANGED] = "listener-changed",
	[KHTTP_EVENT_GROUP_ADDED] = "group-added",
	[KHTTP_EVENT_GROUP_CHANGED] = "group-changed",
	[KHTTP_EVENT_GROUP_DELETED] = "group-deleted",
	[KHTTP_EVENT_FILTER_CHANGED] = "filter-changed",
	[KHTTP_EVENT_RESERVATION_ADDED] = "reservation-added",
	[KHTTP_EVENT_RESERVATION_DELETED] = "reservation-deleted",
};

static void khttp_trace_config_changed(const struct khttp_net *kn,
				       const struct khttp_event_info *e)
{
	char url[KHTTP_TRACE_TEXT];

	BUILD_BUG_ON(ARRAY_SIZE(changes) != __KHTTP_EVENT_LAST);
	if (!changes[e->type])
		return;
	put(url, 0, khttp_span_of(e->url, e->url_len));
	trace_khttp_config_changed(kn, e, changes[e->type], url);
}

void khttp_trace_event(const struct khttp_net *kn, const struct khttp_event_info *e)
{
	switch (e->type) {
	case KHTTP_EVENT_WORKER_ATTACHED:
		trace_khttp_worker_attached(kn, e);
		break;
	case KHTTP_EVENT_WORKER_DRAINING:
		trace_khttp_worker_draining(kn, e);
		break;
	case KHTTP_EVENT_WORKER_DETACHED:
		trace_khttp_worker_detached(kn, e);
		break;
	case KHTTP_EVENT_WORKER_LOST:
		trace_khttp_worker_lost(kn, e);
		break;
	default:
		khttp_trace(config_changed, kn, e);
	}
}
