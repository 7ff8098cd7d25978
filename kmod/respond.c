// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel answers by itself, where the request arrived. */

#include "respond.h"

#include <linux/ktime.h>

#include "body.h"
#include "cache.h"
#include "canned.h"
#include "conn.h"
#include "dispatch.h"
#include "door.h"
#include "filter.h"
#include "group.h"
#include "http/redirect.h"
#include "http/reply.h"
#include "latency.h"
#include "net.h"
#include "queue.h"
#include "request.h"
#include "router.h"
#include "throttle.h"
#include "trace.h"

/* Seconds, with a 503 for which no queue has an opinion */
#define RETRY_AFTER 1

enum khttp_reason khttp_respond_no_room(const struct khttp_request *rq)
{
	return rq == ERR_PTR(-EDQUOT) ? KHTTP_REASON_MEMORY_LIMIT :
					KHTTP_REASON_NO_MEMORY;
}

static void record_hit(struct khttp_sketch *s, const struct khttp_queue *q)
{
	s->now_ns = ktime_get_ns();
	khttp_latency_add(q->latency, KHTTP_STAGE_HIT, s->now_ns - s->seen_ns);
}

/* It will be recorded when the rest is out, unless the queue is gone by now */
static void record_later(struct khttp_request *rq, const struct khttp_sketch *s,
			 struct khttp_queue *q)
{
	if (!khttp_queue_tryget(q))
		return;
	rq->queue = q;
	rq->seen_ns = s->seen_ns;
	rq->timed = KHTTP_STAGE_HIT;
}

/* What came between the request and this answer: the connection ends */
static enum khttp_reason broken(struct khttp_conn *c, const struct khttp_sketch *s,
				const struct khttp_canned *a, u64 sent,
				enum khttp_reason reason)
{
	if (khttp_log_on(&c->net->log))
		khttp_log_canned(c, s, a, sent, reason);
	return reason;
}

/* Whose bandwidth it takes: 0, no group's */
static u64 group_of(const struct khttp_sketch *s)
{
	return s->url ? s->url->group->id : 0;
}

/* Nothing stands before it, and it has its bandwidth for all of it */
static bool goes_now(const struct khttp_conn *c, const struct khttp_sketch *s,
		     const struct khttp_canned *a)
{
	if (!list_empty(&c->order) ||
	    (unlikely(a->parts) && khttp_canned_waits(a)))
		return false;
	if (a->entry && unlikely(a->entry->paced) && khttp_canned_paced(a))
		return false;
	return likely(!READ_ONCE(c->net->throttled)) ||
	       khttp_throttle_pass(c->net, group_of(s), khttp_canned_bytes(a));
}

static int send_now(struct khttp_conn *c, const struct khttp_sketch *s,
		    struct khttp_canned *a, size_t *sent, u64 *pos)
{
	int err = khttp_canned_send(c, a, sent, pos);

	/* What waits now is asked for again */
	if (err == -EAGAIN && unlikely(READ_ONCE(c->net->throttled)))
		khttp_throttle_unused(c->net, group_of(s),
				      khttp_canned_bytes(a) - *sent - *pos);
	return err;
}

/* KHTTP_REASON_NONE, or what came between: the connection ends then */
static enum khttp_reason answer(struct khttp_conn *c, struct khttp_sketch *s,
				struct khttp_canned *a)
{
	bool body = s->framing.kind != KHTTP_FRAMING_NONE && !a->close;
	bool now = goes_now(c, s, a), begun;
	struct khttp_request *rq;
	size_t sent = 0;
	u64 pos = 0;
	int err = -EAGAIN;

	if (now)
		err = send_now(c, s, a, &sent, &pos);
	if (err && err != -EAGAIN) {
		khttp_conn_kick(c, KHTTP_TODO_RESET);
		return broken(c, s, a, sent + pos, KHTTP_REASON_DROPPED);
	}
	if (!err && a->hit)
		record_hit(s, a->hit);
	if (!err && !body) {
		if (trace_khttp_sent_enabled())
			khttp_trace_sent_now(c, s, a);
		c->since = jiffies;
		c->last |= a->close;
		if (khttp_log_on(&c->net->log))
			khttp_log_canned(c, s, a, sent + pos,
					 KHTTP_REASON_NONE);
		return KHTTP_REASON_NONE;
	}
	/* What has begun, and the one that ends a connection, always fit */
	begun = err && now;
	rq = khttp_request_create(c, body ? s : NULL, begun || a->close ?
				  KHTTP_CHARGE_ANSWER : KHTTP_CHARGE_REQUEST,
				  GFP_ATOMIC);
	if (IS_ERR(rq)) {
		/* It may end in good order where none of this answer is out */
		c->last = true;
		if (begun)
			khttp_conn_kick(c, KHTTP_TODO_RESET);
		return broken(c, s, a, sent + pos, khttp_respond_no_room(rq));
	}
	rq->logged = a->reason;
	rq->sent = sent + pos;
	if (khttp_log_on(&c->net->log))
		khttp_log_keep(rq, s, a);
	rq->group_id = group_of(s);
	/* Where it is the only one, nobody else gives it to TCP */
	if (err && !now && c->n_order == 1)
		khttp_conn_kick(c, KHTTP_TODO_WRITE);
	if (err && khttp_canned_keep(rq, a, sent, pos)) {
		/* An answer that lacks its end: nothing else may follow it */
		khttp_request_reason(rq, KHTTP_REASON_NO_MEMORY, 0);
		khttp_conn_kick(c, KHTTP_TODO_RESET);
		c->last = true;
	}
	if (err && a->hit)
		record_later(rq, s, a->hit);
	rq->begun = true;
	rq->ended = true;
	rq->close = a->close;
	rq->status = a->status;
	rq->accepted = khttp_canned_body(a);
	if (body) {
		c->rx = rq;
		khttp_body_discard(rq);
	}
	c->last |= a->close;
	khttp_request_answered(rq);
	return KHTTP_REASON_NONE;
}

void khttp_respond(struct khttp_conn *c, struct khttp_sketch *s,
		   struct khttp_canned *a)
{
	enum khttp_reason reason = answer(c, s, a);

	if (reason)
		khttp_sketch_reason(c, s, reason, 0);
}

/* May the connection go on behind a refusal that leaves the body unread? Only
 * if its end will be found (RFC 9112 9.3)
 */
static bool body_skips(const struct khttp_sketch *s)
{
	if (s->framing.kind == KHTTP_FRAMING_NONE)
		return true;
	/* A client that waits for 100 may or may not send it then */
	if (khttp_head_has(s->head, KHTTP_FIELD_EXPECT))
		return false;
	return s->framing.kind == KHTTP_FRAMING_CHUNKED ||
	       s->framing.length <= KHTTP_BODY_DISCARD;
}

/* Whose words a 503 is in, as those of refuse.c are: NULL, no queue's. Context: under
 * RCU where it was routed
 */
static const struct khttp_queue_policy *policy_for(const struct khttp_sketch *s, u16 status)
{
	return status == 503 && s->url ? &s->url->group->queue->policy : NULL;
}

void khttp_respond_refusal(struct khttp_conn *c, struct khttp_scratch *s,
			   const struct khttp_verdict *v)
{
	const struct khttp_head *head = &s->head;
	u16 status = v->status ?: khttp_reason_status(v->reason);
	const struct khttp_queue_policy *p = policy_for(&s->sketch, status);
	u8 verbosity = p ? READ_ONCE(p->verbosity) : KHTTP_VERBOSITY_FULL;
	struct khttp_page *page = khttp_door_page(s->sketch.door, status);
	struct khttp_reply_error e = {
		.now = ktime_get_real_seconds(),
		.server = khttp_door_server(s->sketch.door),
		.type = page ? page->type : NULL,
		.length = page ? page->len : 0,
		.status = status,
		.reason = v->reason,
		.retry_after = v->retry_after,
		.terse = verbosity == KHTTP_VERBOSITY_LIMITED,
		.method = head->method,
		.version = head->version,
		.closes = !head->head_len || !body_skips(&s->sketch) ||
			  !(head->flags & KHTTP_HEAD_KEEP_ALIVE),
	};
	struct khttp_canned a = { .n = 1, .reason = v->reason };
	struct khttp_out out;

	khttp_out_init(&out, s->wire, sizeof(s->wire));
	a.close = khttp_reply_error(&out, &e);
	a.status = status;
	if (page && head->method != KHTTP_METHOD_HEAD)
		a.page = page;
	if (!a.status || v->close || verbosity == KHTTP_VERBOSITY_BASIC ||
	    !khttp_out_ok(&out)) {
		khttp_sketch_reason(c, &s->sketch,
				    broken(c, &s->sketch, &a, 0, v->reason), 0);
		khttp_conn_kick(c, KHTTP_TODO_RESET);
		c->last = true;
		return;
	}
	a.iov[0].iov_base = s->wire;
	a.iov[0].iov_len = out.len;
	khttp_stat_inc(c->net, answers_kernel);
	if (answer(c, &s->sketch, &a))
		a.status = 0;
	khttp_sketch_reason(c, &s->sketch, v->reason, a.status);
}

void khttp_respond_reason(struct khttp_conn *c, struct khttp_scratch *s,
			  enum khttp_reason reason)
{
	u16 status = khttp_reason_status(reason);
	const struct khttp_queue_policy *p = policy_for(&s->sketch, status);
	const struct khttp_verdict v = {
		.reason = reason,
		.retry_after = p ? READ_ONCE(p->retry_after) : RETRY_AFTER,
	};

	khttp_respond_refusal(c, s, &v);
}

/* What this server can do, whatever the resource (RFC 9110 9.3.7) */
void khttp_respond_options(struct khttp_conn *c, struct khttp_scratch *s)
{
	bool keep = (s->head.flags & KHTTP_HEAD_KEEP_ALIVE) &&
		    body_skips(&s->sketch);
	struct khttp_reply_tail tail = {
		.closes = !keep,
		.version = s->head.version,
	};
	struct khttp_canned a = { .n = 1, .status = 204, .close = !keep };
	struct khttp_out out;

	khttp_out_init(&out, s->wire, sizeof(s->wire));
	khttp_reply_begin(&out, a.status, khttp_span_of(NULL, 0));
	khttp_reply_date(&out, ktime_get_real_seconds());
	khttp_reply_field(&out, khttp_span_str("Server"),
			  khttp_span_str(KHTTP_SERVER));
	khttp_reply_field(&out, khttp_span_str("Allow"),
			  khttp_span_str(KHTTP_REPLY_ALLOW));
	khttp_reply_tail(&out, &tail);
	a.iov[0].iov_base = s->wire;
	a.iov[0].iov_len = out.len;
	khttp_stat_inc(c->net, answers_kernel);
	khttp_respond(c, &s->sketch, &a);
}

/*
 * To where the prefix says, and there to what the target has behind the prefix.
 * The target's own bytes stand in the field, without a copy: a head without
 * control characters was all that the parser let through.
 */
void khttp_respond_redirect(struct khttp_conn *c, struct khttp_scratch *s)
{
	const struct khttp_sketch *k = &s->sketch;
	const struct khttp_url *url = k->url;
	bool keep = (s->head.flags & KHTTP_HEAD_KEEP_ALIVE) && body_skips(k);
	struct khttp_reply_tail tail = {
		.closes = !keep,
		.version = s->head.version,
	};
	struct khttp_canned a = { .n = 3, .status = url->status, .close = !keep };
	const char *server = khttp_door_server(k->door);
	struct khttp_span rest;
	struct khttp_out out;

	if (!khttp_redirect_rest(&k->target, k->buf, url->prefix_len - url->path_off,
				 s->path, sizeof(s->path), &rest)) {
		khttp_respond_reason(c, s, KHTTP_REASON_URL_LENGTH);
		return;
	}
	this_cpu_inc(*url->requests);
	khttp_out_init(&out, s->wire, sizeof(s->wire));
	khttp_reply_begin(&out, a.status, khttp_span_of(NULL, 0));
	khttp_reply_date(&out, ktime_get_real_seconds());
	if (server)
		khttp_reply_field(&out, khttp_span_str("Server"),
				  khttp_span_str(server));
	khttp_reply_length(&out, 0);
	khttp_out_text(&out, "Location: ");
	khttp_out_bytes(&out, url->redirect, url->redirect_len);
	a.iov[0].iov_base = s->wire;
	a.iov[0].iov_len = out.len;
	a.iov[1].iov_base = (void *)rest.ptr;
	a.iov[1].iov_len = rest.len;
	khttp_out_text(&out, "\r\n");
	khttp_reply_tail(&out, &tail);
	a.iov[2].iov_base = s->wire + a.iov[0].iov_len;
	a.iov[2].iov_len = out.len - a.iov[0].iov_len;
	khttp_stat_inc(c->net, answers_kernel);
	khttp_respond(c, &s->sketch, &a);
}
