// SPDX-License-Identifier: GPL-2.0-only
/*
 * The six timers of HTTP.sys on one timer per connection. Which of them run
 * follows from the connection's state: each gives a deadline, the earliest is
 * armed, and what the expiry finds is decided anew. A timer that fires too
 * early, because its deadline moved on, costs one turn and nothing else.
 */

#include "body.h"
#include "conn.h"
#include "http/reason.h"
#include "net.h"
#include "origin.h"
#include "queue.h"
#include "request.h"
#include "send.h"

#include <net/tcp.h>

/* The window over which the send rate is judged */
#define RATE_WINDOW_S 30
/* TCP had no memory: try again after */
#define STARVED_MS 20

static unsigned long plus_ms(unsigned long since, u64 ms)
{
	return since + msecs_to_jiffies(ms);
}

static void earliest(unsigned long *next, unsigned long deadline)
{
	if (time_before(deadline, *next))
		*next = deadline;
}

static bool body_awaited(const struct khttp_conn *c)
{
	return c->rx && khttp_body_wants(c->rx->body);
}

static unsigned long body_deadline(const struct khttp_conn *c)
{
	const struct khttp_policy *l = &c->net->limits.policy;

	return plus_ms(c->rx_since, c->rx->body->discard ?
		     READ_ONCE(l->drain_timeout) : READ_ONCE(l->body_timeout));
}

/* Bytes that the client has not acknowledged, ours or TCP's */
static bool sending(const struct khttp_conn *c)
{
	const struct tcp_sock *tp = tcp_sk(c->sk);

	return c->tx_blocked || tp->snd_una != tp->write_seq;
}

static unsigned long next_deadline(const struct khttp_conn *c)
{
	const struct khttp_policy *l = &c->net->limits.policy;
	unsigned long next = jiffies + MAX_JIFFY_OFFSET / 2;
	struct khttp_request *rq;

	if (c->tx_starved)
		earliest(&next, plus_ms(jiffies, STARVED_MS));
	if (c->phase == KHTTP_CONN_LINGER) {
		earliest(&next, plus_ms(c->since, KHTTP_LINGER_MS));
		return next;
	}
	if (c->partial || khttp_origin_awaited(c))
		earliest(&next, plus_ms(c->since, READ_ONCE(l->header_timeout)));
	else if (list_empty(&c->order))
		earliest(&next, plus_ms(c->since, READ_ONCE(l->idle_timeout)));
	if (body_awaited(c))
		earliest(&next, body_deadline(c));
	list_for_each_entry(rq, &c->order, order)
		if (READ_ONCE(rq->state) == KHTTP_RQ_WAITING)
			earliest(&next, plus_ms(rq->queued,
					      READ_ONCE(l->queue_timeout)));
	if (c->tx_watch && READ_ONCE(l->min_send_rate))
		earliest(&next, c->tx_since + RATE_WINDOW_S * HZ);
	return next;
}

/*
 * The rate is judged from a mark: what had been written when the window began.
 * Once the client has all of that, a new window begins; so a connection that
 * rested in between is not judged by its rest.
 */
static inline void watch_rate(struct khttp_conn *c)
{
	const struct tcp_sock *tp = tcp_sk(c->sk);

	if (!sending(c)) {
		c->tx_watch = false;
		return;
	}
	if (c->tx_watch && before(tp->snd_una, c->tx_mark))
		return;
	c->tx_watch = true;
	c->tx_mark = tp->write_seq;
	c->tx_acked = tp->bytes_acked;
	c->tx_since = jiffies;
}

/*
 * The timer is set to fire before anything that begins now may end: so it is
 * for nearly every request, and when it fires all is decided anew.
 */
static bool is_early(const struct khttp_conn *c)
{
	unsigned long soonest = READ_ONCE(c->net->limits.policy.soonest);

	return c->phase == KHTTP_CONN_OPEN && !c->rx && !c->partial &&
	       !c->tx_starved && timer_pending(&c->timer) &&
	       time_before_eq(c->timer.expires, jiffies + soonest);
}

void khttp_conn_rearm(struct khttp_conn *c)
{
	unsigned long next;

	sock_owned_by_me(c->sk);
	watch_rate(c);
	if (is_early(c))
		return;
	next = next_deadline(c);
	/* Only ever earlier: a deadline that moved on is looked at when it fires */
	if (!timer_pending(&c->timer) || time_before(next, c->timer.expires))
		timer_reduce(&c->timer, next);
}

static void idle_or_header(struct khttp_conn *c)
{
	const struct khttp_policy *l = &c->net->limits.policy;

	if (c->partial || khttp_origin_awaited(c)) {
		if (time_before(jiffies, plus_ms(c->since,
					       READ_ONCE(l->header_timeout))))
			return;
		if (c->partial)
			khttp_refuse_partial(c, KHTTP_REASON_TIMER_HEADER);
		else
			khttp_origin_refuse(c, KHTTP_REASON_TIMER_HEADER);
		return;
	}
	if (list_empty(&c->order) &&
	    time_after_eq(jiffies, plus_ms(c->since, READ_ONCE(l->idle_timeout))))
		khttp_conn_cut(c, KHTTP_REASON_TIMER_IDLE, false);
}

/*
 * The client stopped in the middle of a body. Who has not been looked at is
 * answered 408; a worker that reads is told. Either way it is the last
 * request here: where the next one would begin is not known.
 */
static void body_late(struct khttp_conn *c)
{
	struct khttp_request *rq = c->rx;

	if (!body_awaited(c) || time_before(jiffies, body_deadline(c)))
		return;
	c->rx = NULL;
	if (rq->body->discard) {
		khttp_conn_cut(c, KHTTP_REASON_TIMER_DRAIN, false);
		return;
	}
	rq->close = true;
	khttp_conn_finish(c);
	khttp_body_fail(rq, KHTTP_REASON_TIMER_BODY);
	khttp_request_broken(rq, KHTTP_REASON_TIMER_BODY);
}

static void queue_late(struct khttp_conn *c)
{
	u64 limit = READ_ONCE(c->net->limits.policy.queue_timeout);
	struct khttp_request *rq;

	list_for_each_entry(rq, &c->order, order) {
		if (READ_ONCE(rq->state) != KHTTP_RQ_WAITING ||
		    time_before(jiffies, plus_ms(rq->queued, limit)) ||
		    !khttp_queue_expire(rq->queue, rq))
			continue;
		khttp_request_refuse_locked(rq, KHTTP_REASON_TIMER_QUEUE);
	}
}

/* Less than the rate over the whole window: cut it off */
static void send_late(struct khttp_conn *c)
{
	u64 rate = READ_ONCE(c->net->limits.policy.min_send_rate);

	watch_rate(c);
	if (!c->tx_watch || !rate ||
	    time_before(jiffies, c->tx_since + RATE_WINDOW_S * HZ))
		return;
	if (tcp_sk(c->sk)->bytes_acked - c->tx_acked < rate * RATE_WINDOW_S) {
		khttp_conn_cut(c, KHTTP_REASON_TIMER_SEND, true);
		return;
	}
	c->tx_watch = false;
	watch_rate(c);
}

void khttp_conn_expired(struct khttp_conn *c)
{
	sock_owned_by_me(c->sk);
	/* What it is set to is of no account any more: see is_early() */
	timer_delete(&c->timer);
	if (c->phase == KHTTP_CONN_LINGER) {
		if (time_after_eq(jiffies, plus_ms(c->since, KHTTP_LINGER_MS)))
			khttp_conn_close(c, false);
		return;
	}
	idle_or_header(c);
	if (c->phase == KHTTP_CONN_OPEN)
		body_late(c);
	if (c->phase == KHTTP_CONN_OPEN)
		queue_late(c);
	if (c->phase == KHTTP_CONN_OPEN)
		send_late(c);
}
