// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that their owner gives up: refused by the kernel, cancelled by
 * their worker, handed on to another queue, or left behind by one that died.
 */

#include <linux/ktime.h>

#include "body.h"
#include "cache.h"
#include "conn.h"
#include "dispatch.h"
#include "door.h"
#include "flight.h"
#include "hit.h"
#include "http/cache_policy.h"
#include "http/method.h"
#include "http/reply.h"
#include "net.h"
#include "queue.h"
#include "request.h"
#include "send.h"

static bool is_503(enum khttp_reason reason)
{
	return khttp_reason_status(reason) == 503;
}

/* The queue's own words for its 503s (HTTP.sys' verbosity) */
static void apply_policy(const struct khttp_request *rq,
			 struct khttp_reply_error *e)
{
	const struct khttp_queue_policy *p = &rq->queue->policy;

	if (!is_503(e->reason))
		return;
	e->terse = READ_ONCE(p->verbosity) == KHTTP_VERBOSITY_LIMITED;
	e->retry_after = READ_ONCE(p->retry_after);
}

static bool wants_reset(const struct khttp_request *rq,
			enum khttp_reason reason)
{
	return !khttp_reason_status(reason) ||
	       (rq->queue && is_503(reason) &&
		READ_ONCE(rq->queue->policy.verbosity) ==
		KHTTP_VERBOSITY_BASIC);
}

/*
 * The unread body: thrown away, or the connection ends. True: it ends, and what
 * comes of the body is not taken for a request
 */
static bool drop_request_body(struct khttp_request *rq)
{
	const struct khttp_body *b = rq->body;

	if (rq->conn->rx != rq)
		return false;
	if ((rq->expect && !rq->continued && !b->received) ||
	    !khttp_body_discard(rq)) {
		rq->conn->rx = NULL;
		khttp_conn_finish(rq->conn);
		return true;
	}
	return false;
}

/* The head, and ours behind it unless the group has a page of its own */
static struct khttp_piece *make_refusal(struct khttp_request *rq,
					enum khttp_reason reason,
					const struct khttp_page *page)
{
	struct khttp_reply_error e = {
		.now = ktime_get_real_seconds(),
		.server = khttp_door_server(rq->door),
		.type = page ? page->type : NULL,
		.length = page ? page->len : 0,
		.reason = reason,
		.method = rq->method,
		.version = rq->version == 0x0100 ? KHTTP_HTTP_10 : KHTTP_HTTP_11,
		.closes = rq->close || !rq->keep_alive || drop_request_body(rq),
	};
	struct khttp_piece *p;
	struct khttp_out out;

	p = khttp_piece_bytes(KHTTP_REPLY_ERROR_MAX, GFP_ATOMIC);
	if (!p)
		return NULL;
	if (rq->queue)
		apply_policy(rq, &e);
	khttp_out_init(&out, p->bytes, KHTTP_REPLY_ERROR_MAX);
	rq->close = khttp_reply_error(&out, &e);
	p->len = out.len;
	return p;
}

static int queue_refusal(struct khttp_request *rq, enum khttp_reason reason)
{
	struct khttp_page *page = khttp_door_page(rq->door,
						  khttp_reason_status(reason));
	struct khttp_piece *body = NULL, *head;

	if (page && page->len && rq->method != KHTTP_METHOD_HEAD) {
		body = khttp_piece_page(page, GFP_ATOMIC);
		if (!body)
			return -ENOMEM;
	}
	head = make_refusal(rq, reason, page);
	if (!head) {
		if (body)
			khttp_piece_free(body);
		return -ENOMEM;
	}
	khttp_send_queue(rq, head);
	if (body)
		khttp_send_queue(rq, body);
	return 0;
}

/*
 * An answer that has begun cannot be taken back, and one that cannot be made
 * leaves only the reset. The work closes: who calls may be walking the order.
 */
static void answer(struct khttp_request *rq, enum khttp_reason reason)
{
	struct khttp_conn *c = rq->conn;

	if (rq->begun || wants_reset(rq, reason) ||
	    queue_refusal(rq, reason)) {
		khttp_request_reason(rq, reason, 0);
		khttp_conn_finish(c);
		rq->resets = true;
		khttp_conn_kick(c, KHTTP_TODO_RESET);
	} else {
		khttp_stat_inc(c->net, answers_kernel);
		rq->status = khttp_reason_status(reason);
		khttp_request_reason(rq, reason, rq->status);
		khttp_conn_kick(c, KHTTP_TODO_WRITE);
	}
	rq->ended = true;
}

void khttp_request_refuse_locked(struct khttp_request *rq,
				 enum khttp_reason reason)
{
	sock_owned_by_me(rq->conn->sk);
	if (unlikely(rq->may_stale) &&
	    khttp_hit_instead_locked(rq, khttp_reason_status(reason)))
		return;
	/* Who is gone stands in the error log as lost */
	if (!rq->gone && likely(!rq->detached)) {
		answer(rq, reason);
		rq->begun = true;
	}
	khttp_request_answered(rq);
}

void khttp_request_refuse(struct khttp_request *rq, enum khttp_reason reason)
{
	struct khttp_conn *c = rq->conn;

	khttp_conn_get(c);
	lock_sock(c->sk);
	khttp_request_refuse_locked(rq, reason);
	release_sock(c->sk);
	khttp_conn_put(c);
}

/*
 * A worker that holds it finds it gone, as it has not begun to answer. It is not
 * asked: it may not even read the body, and the client's fault is what the
 * client is told, however its bytes came.
 */
void khttp_request_broken(struct khttp_request *rq, enum khttp_reason reason)
{
	if (rq->state == KHTTP_RQ_RECEIVED ||
	    khttp_queue_remove(rq->queue, rq)) {
		khttp_request_refuse_locked(rq, reason);
		return;
	}
	if (rq->state == KHTTP_RQ_IN_HAND && !rq->begun && !rq->gone) {
		khttp_request_set_gone(rq);
		rq->continue_wanted = false;
		answer(rq, reason);
	} else {
		khttp_request_reason(rq, reason, 0);
	}
}

void khttp_request_cancel(struct khttp_request *rq)
{
	struct khttp_conn *c = rq->conn;

	khttp_conn_get(c);
	lock_sock(c->sk);
	rq->close = true;
	khttp_request_refuse_locked(rq, KHTTP_REASON_WORKER_CANCEL);
	release_sock(c->sk);
	khttp_conn_put(c);
}

/* May another worker have it (DESIGN.md section 3)? */
static bool may_redeliver(struct khttp_request *rq, bool taken)
{
	if (rq->begun || !khttp_request_body_whole(rq))
		return false;
	if (!taken)
		return true;
	return khttp_method_is_idempotent(rq->method) &&
	       rq->attempt <= READ_ONCE(rq->queue->policy.redeliver);
}

/* True: it is in the queue again */
static bool abandon_locked(struct khttp_request *rq, bool taken, bool died)
{
	struct khttp_conn *c = rq->conn;
	struct khttp_net *kn = c->net;
	enum khttp_reason why;

	if (rq->gone) {
		khttp_request_answered(rq);
		return false;
	}
	if (!may_redeliver(rq, taken)) {
		khttp_queue_died(rq->queue);
		khttp_request_refuse_locked(rq, rq->begun ?
					    KHTTP_REASON_ABANDONED :
					    KHTTP_REASON_WORKER_DIED);
		return false;
	}
	/* A delivery that nobody looked at does not count as an attempt */
	if (!taken)
		rq->attempt--;
	khttp_request_body_rewind(rq);
	why = khttp_queue_requeue(rq->queue, rq);
	if (why == KHTTP_REASON_NONE) {
		if (died)
			khttp_stat_inc(kn, redelivered);
		/* While it was in hand the timer may have fired for nothing */
		khttp_conn_rearm(c);
		return true;
	}
	khttp_request_refuse_locked(rq, why);
	return false;
}

static void leave_worker(struct khttp_request *rq, bool taken, bool died)
{
	struct khttp_queue *q = khttp_queue_get(rq->queue);
	struct khttp_conn *c = rq->conn;
	bool back;

	/* The lock keeps the connection's end from missing the request while
	 * it is between its worker and the queue
	 */
	khttp_conn_get(c);
	lock_sock(c->sk);
	back = abandon_locked(rq, taken, died);
	release_sock(c->sk);
	khttp_conn_put(c);
	/* Who calls cannot know: the request may be another worker's by now */
	if (!back)
		khttp_queue_done(q, false);
	khttp_queue_put(q);
}

void khttp_request_abandon(struct khttp_request *rq, bool taken)
{
	leave_worker(rq, taken, true);
}

void khttp_request_ask_again(struct khttp_request *rq)
{
	khttp_request_forget_stored(rq);
	/* What it brings now is newer than the purge that there was */
	rq->purges = khttp_cache_purges(rq->conn->net->cache);
	leave_worker(rq, false, false);
}

static int delegate_error(enum khttp_reason why)
{
	switch (why) {
	case KHTTP_REASON_NONE:
		return 0;
	case KHTTP_REASON_APP_SHUTDOWN:
		return -ENOENT;
	case KHTTP_REASON_QUEUE_FULL:
		return -ENOSPC;
	default:
		return -EHOSTDOWN;
	}
}

/* It is the other queue's before that can give it out */
static enum khttp_reason move(struct khttp_request *rq, struct khttp_queue *to)
{
	struct khttp_queue *from = rq->queue;
	u64 read = rq->body ? rq->body->read : 0;
	u64 stage_ns = rq->stage_ns;
	u8 before = rq->why;
	enum khttp_reason why;

	rq->queue = khttp_queue_get(to);
	rq->stage_ns = ktime_get_ns();
	rq->why = KHTTP_CACHE_WHY_DELEGATED;
	rq->attempt--;
	rq->hops++;
	khttp_request_body_rewind(rq);
	why = khttp_queue_push(to, rq);
	if (why == KHTTP_REASON_NONE) {
		khttp_queue_put(from);
		khttp_flight_end(rq, KHTTP_FLIGHT_FAILED);
		return why;
	}
	rq->queue = from;
	khttp_queue_put(to);
	rq->stage_ns = stage_ns;
	rq->why = before;
	rq->attempt++;
	rq->hops--;
	if (!rq->body)
		return why;
	spin_lock_bh(&rq->lock);
	rq->body->read = read;
	spin_unlock_bh(&rq->lock);
	return why;
}

int khttp_request_delegate(struct khttp_request *rq, struct khttp_queue *to)
{
	struct khttp_conn *c = rq->conn;
	int err = 0;

	/* As in khttp_request_abandon(); and who looks at rq->queue without being
	 * the owner has this lock
	 */
	khttp_conn_get(c);
	lock_sock(c->sk);
	if (rq->gone)
		err = -ECONNRESET;
	else if (rq->begun || !khttp_request_body_whole(rq))
		err = -EALREADY;
	else if (rq->hops >= KHTTP_DELEGATE_HOPS)
		err = -ELOOP;
	/* What it was to say of this one, the other queue's reader must not see */
	if (!err && unlikely(rcu_access_pointer(rq->said)))
		khttp_log_forget(rq);
	if (!err)
		err = delegate_error(move(rq, to));
	if (!err)
		khttp_conn_rearm(c);
	release_sock(c->sk);
	khttp_conn_put(c);
	return err;
}
