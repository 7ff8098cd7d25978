// SPDX-License-Identifier: GPL-2.0-only
/* A connection after 101: bytes both ways. */

#include "opaque.h"

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <net/tcp.h>

#include "body.h"
#include "conn.h"
#include "http/field.h"
#include "net.h"
#include "packets.h"
#include "queue.h"
#include "request.h"
#include "response.h"

/* ---- may it be? ---- */

static bool is_upgrade(const char *name, u32 len)
{
	return khttp_field_lookup(name, len) == KHTTP_FIELD_UPGRADE;
}

/* What the client named, in as many fields as it liked */
static bool is_offered(const struct khttp_request *rq, struct khttp_span protocol)
{
	const struct khttp_slot *told = rq->told;
	const struct khttp_slot_field *f = (const void *)told + told->fields.off;
	u16 i;

	for (i = 0; i < told->nfields; i++) {
		struct khttp_span name = khttp_told_span(rq, f[i].name);

		if (is_upgrade(name.ptr, name.len) &&
		    khttp_list_names(khttp_told_span(rq, f[i].value), protocol))
			return true;
	}
	return false;
}

/* Each protocol, in layers, has to be one of those, and there has to be one */
static bool all_offered(const struct khttp_request *rq,
			const struct khttp_answer *a)
{
	const char *pos = a->fields, *end = a->fields + a->fields_len;
	struct khttp_block_field f;
	struct khttp_span item;
	unsigned int n = 0;

	while (khttp_block_next(&pos, end, &f)) {
		u32 at = 0;

		if (!is_upgrade(f.name, f.name_len))
			continue;
		while (khttp_list_next(khttp_span_of(f.value, f.value_len), &at,
				       &item)) {
			if (!is_offered(rq, item))
				return false;
			n++;
		}
	}
	return n;
}

/**
 * khttp_opaque_ok - may this answer hand the connection over?
 * @rq: in hand
 * @a: its answer, with status 101
 *
 * RFC 9110 7.8: only to what the client offered, and not before its request was
 * received whole. Nor before the worker has read it, for what it would read then
 * is the other protocol.
 *
 * Context: the request's slot is locked. Returns 0 or -EPROTO.
 */
int khttp_opaque_ok(struct khttp_request *rq, const struct khttp_answer *a)
{
	if (!rq->upgrade || !khttp_request_body_complete(rq) || !all_offered(rq, a))
		return -EPROTO;
	return 0;
}

/* ---- what it does then ---- */

/* Whose the connection is; it leaves the order only with the end */
static struct khttp_request *holder(struct khttp_conn *c)
{
	return list_first_entry_or_null(&c->order, struct khttp_request, order);
}

static int opaque_feed(struct khttp_conn *c, struct sk_buff *skb, u32 off, u32 len)
{
	return c->rx ? khttp_receive_body(c, skb, off, len) : 0;
}

static void opaque_ended(struct khttp_conn *c)
{
	struct khttp_request *rq = c->rx;

	if (!rq)
		return;
	c->rx = NULL;
	khttp_body_ended(rq, KHTTP_REASON_NONE);
}

static void opaque_sent(struct khttp_conn *c)
{
	const struct khttp_request *rq = holder(c);

	if (rq && rq->shut && !(c->sk->sk_shutdown & SEND_SHUTDOWN))
		khttp_conn_shut(c);
}

/* When the last byte passed: taken in here, or sent by TCP */
static unsigned long last_byte(const struct khttp_conn *c)
{
	unsigned long sent = jiffies -
			     (u32)(tcp_jiffies32 - tcp_sk(c->sk)->lsndtime);

	return time_after(sent, c->rx_since) ? sent : c->rx_since;
}

static unsigned long opaque_deadline(const struct khttp_conn *c)
{
	u64 ms = READ_ONCE(c->policy->upgrade_timeout);

	return ms ? last_byte(c) + msecs_to_jiffies(ms) :
		    jiffies + MAX_JIFFY_OFFSET / 2;
}

static void opaque_expired(struct khttp_conn *c)
{
	if (time_after_eq(jiffies, opaque_deadline(c)))
		khttp_conn_cut(c, KHTTP_REASON_TIMER_UPGRADE, false);
}

static const struct khttp_protocol opaque = {
	.feed = opaque_feed,
	.ended = opaque_ended,
	.sent = opaque_sent,
	.deadline = opaque_deadline,
	.expired = opaque_expired,
};

/* ---- from and to HTTP ---- */

static const struct khttp_framing endless = { .kind = KHTTP_FRAMING_CLOSE };

/* Where what the client sends will stand for its worker */
static int open_stream(struct khttp_request *rq)
{
	struct khttp_net *kn = rq->conn->net;
	struct khttp_body *b = rq->body;
	u32 weight;

	if (b) {
		/* It was read to its end, and its page is the stream's from here on */
		khttp_packets_drop(rq, U64_MAX);
		goto out;
	}
	weight = khttp_body_weight(&endless, &kn->limits.policy.http, false);
	if (!khttp_try_charge(&kn->account, weight, KHTTP_CHARGE_REQUEST))
		return -ENOMEM;
	b = khttp_body_create(&endless, GFP_KERNEL);
	if (!b) {
		khttp_uncharge(&kn->account, weight);
		return -ENOMEM;
	}
	rq->charged += weight;
out:
	spin_lock_bh(&rq->lock);
	khttp_body_stream(b);
	rq->body = b;
	spin_unlock_bh(&rq->lock);
	return 0;
}

/* For the statistics this is an answer, and what follows is none */
static void count(struct khttp_request *rq)
{
	struct khttp_net *kn = rq->conn->net;

	khttp_stat_inc(kn, answers_worker);
	khttp_stat_inc(kn, upgrades);
	khttp_queue_upgraded(rq->queue, false);
	khttp_request_taken(rq, ktime_get_ns());
	if (rq->timed)
		khttp_request_sent(rq, rq->stage_ns);
	/* In its record what follows is part of it */
	rq->sent_ns = 0;
}

/**
 * khttp_opaque_begin - the connection is its worker's
 * @rq: the only one in order; khttp_opaque_ok() said yes
 *
 * What came behind it is in the socket yet, and the work takes it from there.
 *
 * Context: the worker's task, with the request's slot and the socket locked: so
 * nobody reads the body. Returns 0; or -ENOMEM, and nothing changed.
 */
int khttp_opaque_begin(struct khttp_request *rq)
{
	struct khttp_conn *c = rq->conn;
	int err;

	sock_owned_by_me(c->sk);
	if (WARN_ON_ONCE(holder(c) != rq || c->n_order != 1 || c->rx))
		return -EPROTO;
	err = open_stream(rq);
	if (err)
		return err;
	rq->opaque = true;
	/* There was no body to wait for, or it came */
	rq->continued = true;
	c->barrier = false;
	c->protocol = &opaque;
	c->rx_since = jiffies;
	khttp_conn_finish(c);
	if (c->eof)
		khttp_body_ended(rq, KHTTP_REASON_NONE);
	else
		c->rx = rq;
	count(rq);
	return 0;
}

/**
 * khttp_opaque_over - one that asked for another protocol leaves the order
 * @rq: answered, or lost
 *
 * Context: socket lock held.
 */
void khttp_opaque_over(struct khttp_request *rq)
{
	sock_owned_by_me(rq->conn->sk);
	if (rq->opaque)
		khttp_queue_upgraded(rq->queue, true);
}
