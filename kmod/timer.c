// SPDX-License-Identifier: GPL-2.0-only
/*
 * The timers of HTTP.sys, and one for the rate at which a body comes, on one
 * timer per connection. Which of them run follows from the connection's state:
 * each gives a deadline, the earliest is armed, and what the expiry finds is
 * decided anew. A timer that fires too early, because its deadline moved on,
 * costs one turn and nothing else.
 *
 * The values are those of the group that got the connection's last request. So
 * the idle and the header timer have a group's from the second request on, and
 * one that waits in a queue has those of who got the request behind it.
 */

#include "admit.h"
#include "body.h"
#include "conn.h"
#include "flight.h"
#include "http/reason.h"
#include "net.h"
#include "origin.h"
#include "queue.h"
#include "request.h"
#include "send.h"

#include <net/tcp.h>

/* TCP had no memory: try again after */
#define STARVED_MS 20

static unsigned long plus_ms(unsigned long since, u64 ms)
{
	return since + msecs_to_jiffies(ms);
}

/* Of a body that goes on for months */
static unsigned long plus_long(unsigned long since, u64 ms)
{
	u32 rest;
	u64 seconds = div_u64_rem(ms, MSEC_PER_SEC, &rest);

	return since + seconds * HZ + msecs_to_jiffies(rest);
}

static u64 since_ms(unsigned long since)
{
	return jiffies64_to_msecs(jiffies - since);
}

static void earliest(unsigned long *next, unsigned long deadline)
{
	if (time_before(deadline, *next))
		*next = deadline;
}

/* A body that the client may send now: not before 100 (Continue) was sent */
static bool body_awaited(const struct khttp_conn *c)
{
	const struct khttp_request *rq = c->rx;

	return rq && !c->protocol && khttp_body_wants(rq->body) &&
	       (!rq->expect || rq->continued || rq->body->received ||
		rq->body->discard);
}

static unsigned long body_deadline(const struct khttp_conn *c)
{
	const struct khttp_policy *l = c->policy;

	return plus_ms(c->rx_since, c->rx->body->discard ?
		     READ_ONCE(l->drain_timeout) : READ_ONCE(l->body_timeout));
}

/* Bytes that the client has not acknowledged, ours or TCP's */
static bool sending(const struct khttp_conn *c)
{
	const struct tcp_sock *tp = tcp_sk(c->sk);

	return c->tx_blocked || tp->snd_una != tp->write_seq;
}

/* How long what waits may do so: for another one's answer, or for a worker */
static u64 patience(const struct khttp_conn *c, const struct khttp_request *rq)
{
	const struct khttp_policy *l = c->policy;

	if (unlikely(READ_ONCE(rq->parked)))
		return READ_ONCE(l->cache_coalesce);
	return READ_ONCE(l->queue_timeout);
}

static unsigned long next_deadline(const struct khttp_conn *c)
{
	const struct khttp_policy *l = c->policy;
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
	if (c->rx_awaited)
		earliest(&next, body_deadline(c));
	if (c->protocol)
		earliest(&next, c->protocol->deadline(c));
	list_for_each_entry(rq, &c->order, order)
		if (READ_ONCE(rq->state) == KHTTP_RQ_WAITING)
			earliest(&next, plus_ms(rq->queued, patience(c, rq)));
	if (c->tx_watch)
		earliest(&next, plus_long(c->tx_since, khttp_pace_next(&c->tx_rate)));
	if (c->rx_watch)
		earliest(&next, plus_long(c->rx_began, khttp_pace_next(&c->rx_rate)));
	return next;
}

/*
 * The rate is judged from a mark: what had been written when it began to count,
 * and then at each step of the window. Once the client has all of that, it begins
 * anew; so a connection that rested in between is not judged by its rest, nor one
 * that is given a little at a time and keeps up. But it did not rest if answers
 * waited for TCP when we last looked: the turn that gave TCP what was left of them
 * ends with this look.
 */
static inline void watch_send(struct khttp_conn *c)
{
	const struct tcp_sock *tp = tcp_sk(c->sk);
	bool behind = c->tx_behind;

	c->tx_behind = c->tx_blocked;
	if (!sending(c) || !READ_ONCE(c->policy->min_send_rate)) {
		c->tx_watch = false;
		return;
	}
	if (c->tx_watch && before(tp->snd_una, c->tx_mark))
		return;
	c->tx_mark = tp->write_seq;
	if (c->tx_watch && behind)
		return;
	c->tx_watch = true;
	c->tx_acked = tp->bytes_acked;
	c->tx_since = jiffies;
	khttp_pace_begin(&c->tx_rate, c->tx_acked);
}

/*
 * Gap and rate count from when bytes began to be awaited: a client that was
 * silent while there was no room for more is not late when there is.
 */
static noinline void watch_receive(struct khttp_conn *c)
{
	bool awaited = body_awaited(c);

	if (awaited && !c->rx_awaited)
		c->rx_since = jiffies;
	c->rx_awaited = awaited;
	if (!awaited || !READ_ONCE(c->policy->min_receive_rate)) {
		c->rx_watch = false;
		return;
	}
	if (c->rx_watch)
		return;
	c->rx_watch = true;
	c->rx_began = jiffies;
	khttp_pace_begin(&c->rx_rate, c->rx_bytes);
}

/*
 * The timer is set to fire before anything that begins now may end: so it is
 * for nearly every request, and when it fires all is decided anew. What began
 * under another group's values is found then, too: a request that it left
 * waiting may be later than those of this one by no more than soonest.
 */
static bool is_early(const struct khttp_conn *c)
{
	unsigned long soonest = READ_ONCE(c->policy->soonest);

	return c->phase == KHTTP_CONN_OPEN && !c->rx && !c->partial &&
	       !c->tx_starved && timer_pending(&c->timer) &&
	       time_before_eq(c->timer.expires, jiffies + soonest);
}

/* Only ever earlier: a deadline that moved on is looked at when it fires */
static noinline void move_timer(struct khttp_conn *c)
{
	unsigned long next = next_deadline(c);

	if (!timer_pending(&c->timer) || time_before(next, c->timer.expires))
		timer_reduce(&c->timer, next);
}

/* Once or twice for each request, which mostly has nothing to do here: no frame for that */
void khttp_conn_rearm(struct khttp_conn *c)
{
	sock_owned_by_me(c->sk);
	watch_send(c);
	if (unlikely(c->rx || c->rx_awaited))
		watch_receive(c);
	if (!is_early(c) && c->phase != KHTTP_CONN_CLOSED)
		move_timer(c);
}

static void idle_or_header(struct khttp_conn *c)
{
	const struct khttp_policy *l = c->policy;

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
	if (!list_empty(&c->order) ||
	    time_before(jiffies, plus_ms(c->since, READ_ONCE(l->idle_timeout))))
		return;
	watch_send(c);
	if (c->tx_watch) {
		/* It does not wait yet: it takes an answer, as fast as it must */
		c->since = jiffies;
		return;
	}
	khttp_conn_cut(c, KHTTP_REASON_TIMER_IDLE, false);
}

static bool receives_slowly(struct khttp_conn *c)
{
	return c->rx_watch &&
	       !khttp_pace_look(&c->rx_rate, since_ms(c->rx_began), c->rx_bytes,
				READ_ONCE(c->policy->min_receive_rate));
}

/*
 * The client stopped in the middle of a body, or dribbles. Who has not been
 * looked at is answered 408; a worker that reads is told. Either way it is the
 * last request here: where the next one would begin is not known.
 */
static void body_late(struct khttp_conn *c)
{
	enum khttp_reason reason = KHTTP_REASON_TIMER_BODY;
	struct khttp_request *rq = c->rx;

	watch_receive(c);
	if (!c->rx_awaited)
		return;
	if (time_before(jiffies, body_deadline(c))) {
		if (!receives_slowly(c))
			return;
		reason = KHTTP_REASON_TIMER_RECEIVE;
	}
	c->rx = NULL;
	if (rq->body->discard) {
		khttp_conn_cut(c, KHTTP_REASON_TIMER_DRAIN, false);
		return;
	}
	rq->close = true;
	khttp_conn_finish(c);
	khttp_body_ended(rq, reason);
	khttp_request_broken(rq, reason);
}

static void queue_late(struct khttp_conn *c)
{
	struct khttp_request *rq;

	list_for_each_entry(rq, &c->order, order) {
		if (READ_ONCE(rq->state) != KHTTP_RQ_WAITING ||
		    time_before(jiffies, plus_ms(rq->queued, patience(c, rq))))
			continue;
		if (unlikely(READ_ONCE(rq->parked)))
			khttp_flight_expire(rq);
		else if (khttp_queue_expire(rq->queue, rq))
			khttp_request_refuse_locked(rq, KHTTP_REASON_TIMER_QUEUE);
	}
}

/* What the client waits for since then: what it has, TCP has, and we have */
static u64 asked_for(const struct khttp_conn *c)
{
	const struct tcp_sock *tp = tcp_sk(c->sk);
	u64 sum = tp->bytes_acked - c->tx_acked + (tp->write_seq - tp->snd_una);
	const struct khttp_request *rq;

	list_for_each_entry(rq, &c->order, order) {
		sum += rq->out_bytes;
		if (rq->begun && !rq->bodyless &&
		    rq->announced != KHTTP_LENGTH_UNKNOWN)
			sum += rq->announced - min(rq->announced, rq->accepted);
	}
	return sum;
}

/* Too slow over the window, or later than the whole may be: cut it off */
static void send_late(struct khttp_conn *c)
{
	u64 rate = READ_ONCE(c->policy->min_send_rate);
	u64 ms;

	watch_send(c);
	if (!c->tx_watch)
		return;
	ms = since_ms(c->tx_since);
	if (ms < khttp_pace_next(&c->tx_rate))
		return;
	if (khttp_pace_look(&c->tx_rate, ms, tcp_sk(c->sk)->bytes_acked, rate) &&
	    !khttp_pace_overdue(ms, asked_for(c), rate)) {
		c->tx_mark = tcp_sk(c->sk)->write_seq;
		return;
	}
	khttp_conn_cut(c, KHTTP_REASON_TIMER_SEND, true);
}

void khttp_conn_expired(struct khttp_conn *c)
{
	sock_owned_by_me(c->sk);
	/* What it is set to is of no account any more: see is_early() */
	timer_delete(&c->timer);
	khttp_admit_review(c);
	if (c->phase == KHTTP_CONN_LINGER) {
		if (time_after_eq(jiffies, plus_ms(c->since, KHTTP_LINGER_MS)))
			khttp_conn_close(c, false);
		return;
	}
	if (c->protocol)
		c->protocol->expired(c);
	else
		idle_or_header(c);
	if (c->phase == KHTTP_CONN_OPEN)
		body_late(c);
	if (c->phase == KHTTP_CONN_OPEN)
		queue_late(c);
	if (c->phase == KHTTP_CONN_OPEN)
		send_late(c);
}
