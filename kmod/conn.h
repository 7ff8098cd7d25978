/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's connection.
 *
 * The socket lock is the connection's lock. Two callers run the same code
 * under it: the socket's callbacks in softirq (only when no task owns the
 * socket) and the connection's work. A worker's task takes it to answer.
 *
 *   phase     moved by                  meaning
 *   OPEN      khttp_conn_create         requests are read and answered
 *   LINGER    khttp_conn_linger         last answer sent, or the client left: writing
 *                                       shut down, what still comes is discarded
 *   CLOSED    khttp_conn_close          callbacks unhooked, requests abandoned;
 *                                       memory stays until the last reference
 */
#ifndef _KHTTP_CONN_H
#define _KHTTP_CONN_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/timer.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/khttp.h>
#include <net/sock.h>

#include "http/reason.h"
#include "pace.h"
#include "valve.h"

struct khttp_client;
struct khttp_conn;
struct khttp_error_info;
struct khttp_group;
struct khttp_head;
struct khttp_listener;
struct khttp_net;
struct khttp_origin;
struct khttp_policy;
struct khttp_request;
struct sk_buff;

enum khttp_conn_phase {
	KHTTP_CONN_OPEN,
	KHTTP_CONN_LINGER,
	KHTTP_CONN_CLOSED,
};

/* What the work shall look at; bits of conn->todo */
enum khttp_conn_todo {
	KHTTP_TODO_READ,	/* bytes, a FIN or a reset may be there */
	KHTTP_TODO_WRITE,	/* an answer may go on being sent */
	KHTTP_TODO_TIMER,	/* the timer fired */
	KHTTP_TODO_LAND,	/* what a request waits for is in the cache */
	KHTTP_TODO_RESET,	/* it cannot go on in good order */
	KHTTP_TODO_KILL,	/* namespace or module ends: the same */
};

/*
 * Pipelined requests parsed ahead. Only safe methods run beside each other
 * (RFC 9112 9.3.2): another one is held until it is the first in order, and nothing
 * is parsed behind it.
 */
#define KHTTP_ORDER_MAX		16

/* After the last answer: what is discarded before the close, and how long */
#define KHTTP_LINGER_BYTES	(256U << 10)
#define KHTTP_LINGER_MS		2000

/*
 * What a connection does where it does not speak HTTP/1. That has no table: its
 * steps are called directly, for they are what a hit costs.
 */
struct khttp_protocol {
	/* What stands next in the stream: bytes used, 0: not now */
	int (*feed)(struct khttp_conn *c, struct sk_buff *skb, u32 off, u32 len);
	/* The client shut down its writing side, and all before that was fed */
	void (*ended)(struct khttp_conn *c);
	/* TCP has been given all that waited */
	void (*sent)(struct khttp_conn *c);
	/* When the timer has to fire; it fired: close it if it is time */
	unsigned long (*deadline)(const struct khttp_conn *c);
	void (*expired)(struct khttp_conn *c);
};

struct khttp_conn {
	/* set once */
	struct khttp_net *net;		/* holds a reference */
	struct khttp_listener *listener; /* holds a reference */
	struct sock *sk;		/* holds a reference: the lock */
	u64 id;
	struct khttp_origin *origin;	/* NULL: the peer speaks for itself */
	/* Whom the peer speaks for, once a header said so: see origin.h */
	struct khttp_endpoint client;
	struct khttp_endpoint local;
	struct khttp_client *client_count; /* khttp_client_enter(), or NULL */
	void (*old_data_ready)(struct sock *sk);
	void (*old_state_change)(struct sock *sk);
	void (*old_write_space)(struct sock *sk);

	/* The socket until it is released; each request; queued work */
	refcount_t ref;
	unsigned long todo;		/* enum khttp_conn_todo; atomic bits */
	struct work_struct work;
	struct timer_list timer;
	struct list_head link;		/* net->conns; net->conns_lock */
	struct llist_node retired;	/* net->retired */
	struct rcu_head rcu;

	/* under the socket lock */
	struct socket *sock;		/* NULL once the work released it */
	u8 phase;			/* enum khttp_conn_phase */
	bool busy;			/* a turn runs: callbacks only mark */
	bool atomic;			/* the turn must not sleep */
	bool in_work;			/* the work has the lock */
	bool last;			/* nothing is read after those in order */
	bool eof;			/* the client shut down its writing side */
	bool reset;			/* CLOSED by a reset, not in good order */
	bool tx_blocked;		/* bytes of answers wait for the client */
	bool tx_starved;		/* TCP had no memory, nobody will wake us */
	u8 n_order;
	bool surplus;			/* see khttp_admit_surplus() */
	bool barrier;			/* the last in order is not safe, or asked for
					 * another protocol: what follows may depend on
					 * it, or not be HTTP
					 */
	u32 discarded;			/* LINGER: bytes thrown away */
	u64 n_requests;
	const struct khttp_protocol *protocol; /* NULL: HTTP/1 */
	/* In force here: the namespace's or, with a reference, the group's that
	 * got the last request. See admit.h
	 */
	const struct khttp_policy *policy;
	struct khttp_group *group;	/* or NULL */
	struct list_head order;		/* khttp_request.order, replies' order */
	struct khttp_request *rx;	/* whose body is being received, or NULL */
	struct khttp_partial *partial;	/* head not complete yet, or NULL */
	u64 head_seen;			/* CLOCK_MONOTONIC: its first byte, or 0 */
	unsigned long since;		/* jiffies: idle, head or linger began */
	unsigned long rx_since;		/* jiffies: last body byte, or first awaited */
	u64 rx_bytes;			/* of bodies, with their framing */
	unsigned long rx_began;		/* jiffies: when the rate began to count */
	struct khttp_pace rx_rate;
	bool rx_awaited;		/* bytes of a body, when last looked at */
	bool rx_watch;			/* its rate counts */
	bool tx_watch;			/* so it does here */
	bool tx_behind;			/* tx_blocked when it was last looked at */
	u32 tx_mark;			/* what TCP had been given when it began */
	unsigned long tx_since;		/* jiffies: when it began */
	u64 tx_acked;			/* bytes the client had at that time */
	struct khttp_pace tx_rate;

	struct khttp_leaf leaf;		/* net->throttle.lock; see throttle.h */
};

/* A head that came in pieces: the bytes so far and the parser's state */
struct khttp_partial {
	u32 len;
	u32 cap;
	char *buf;			/* kvmalloc, grows up to max_head */
	struct khttp_head *head;
};

/*
 * One for a client that @l's socket accepted, of which nothing is read until it starts.
 * ERR_PTR: -EDQUOT, -EUSERS, -ENOMEM, -ESHUTDOWN. Context: sk's lock held, sleeps if
 * @gfp may
 */
struct khttp_conn *khttp_conn_create(struct khttp_listener *l, struct sock *sk,
				     gfp_t gfp);
/* With the socket, which is its own from here on; under the same hold of the lock */
void khttp_conn_start(struct khttp_conn *c, struct socket *sock);

static inline void khttp_conn_get(struct khttp_conn *c)
{
	refcount_inc(&c->ref);
}

void khttp_conn_put(struct khttp_conn *c);	/* any context */

/* The work is there for what is not to be had at once: no reserves are touched */
static inline gfp_t khttp_conn_gfp(const struct khttp_conn *c)
{
	return c->atomic ? GFP_NOWAIT | __GFP_NOWARN : GFP_KERNEL;
}

/* Have the work look at it. Context: any */
void khttp_conn_kick(struct khttp_conn *c, enum khttp_conn_todo what);

/* Reset every connection of the namespace and wait until none is left.
 * Context: sleeps
 */
void khttp_conns_kill(struct khttp_net *kn);

/*
 * A timer's limit changed: every connection sets its timer anew.
 * Context: net->config held, sleeps
 */
void khttp_conns_rearm(struct khttp_net *kn);

/*
 * Under the socket lock. The end: requests that stand in order are lost to
 * @why, and where none is, the connection itself was cut for it and the error
 * log is told so. KHTTP_REASON_NONE: in good order, or the client went: then
 * each request says what that was for it.
 */
void khttp_conn_cut(struct khttp_conn *c, enum khttp_reason why, bool reset);
static inline void khttp_conn_close(struct khttp_conn *c, bool reset)
{
	khttp_conn_cut(c, KHTTP_REASON_NONE, reset);
}

/* The same without having the socket released: see retire.h. Context: any */
void khttp_conn_end(struct khttp_conn *c, enum khttp_reason why, bool reset);

/* An answer broke off, which was told: reset, those behind it are lost */
void khttp_conn_break(struct khttp_conn *c);
/* The requests that stand in order will not be answered here, because of @why
 * as above. True: the error log was told of one
 */
bool khttp_conn_abandon(struct khttp_conn *c, enum khttp_reason why);
/*
 * A whole request came, whose answer will acknowledge it: no packet for that alone,
 * unless the answer takes longer than TCP delays one (40 ms and more). TCP finds
 * out by itself, but not before the second request.
 */
void khttp_conn_ack_by_answer(struct khttp_conn *c);
/* No more requests; close once the answers in order are out */
void khttp_conn_finish(struct khttp_conn *c);
/*
 * All that will be answered has been given to TCP: the FIN goes behind it, at
 * best in the same packet (khttp_send_now()), and input is thrown away.
 * Context: also softirq
 */
void khttp_conn_linger(struct khttp_conn *c);
/* The FIN alone: the connection goes on. Context: as above */
void khttp_conn_shut(struct khttp_conn *c);
/* What a turn ends with: close what is done with, set the timer, let go of
 * busy
 */
void khttp_conn_settle(struct khttp_conn *c);

/* timer.c: the timer follows the connection's state / it fired: act on it */
void khttp_conn_rearm(struct khttp_conn *c);
void khttp_conn_expired(struct khttp_conn *c);

/*
 * What the work would do about bytes that may be there, by a task that waits for
 * them: it is not woken for each window of a body. Context: sleeps, takes the socket
 * lock; a slot's may be held, and the caller's request holds the connection
 */
void khttp_conn_go_on(struct khttp_conn *c);

/* receive.c: take in what is there. True: something was. The second is for
 * the softirq: only what needs no sleeping, false: let the work go. The third: there
 * is nothing to take in until something comes, from the client or a body's reader
 */
bool khttp_receive(struct khttp_conn *c);
bool khttp_receive_now(struct khttp_conn *c);
bool khttp_receive_rests(const struct khttp_conn *c);
/* The same as khttp_protocol.feed, for the body that is being received */
int khttp_receive_body(struct khttp_conn *c, struct sk_buff *skb, u32 off, u32 len);
/* Bytes of @skb from @off on that lie in one piece of memory, at most *@len,
 * which is cut to what does; NULL: copy them
 */
const char *khttp_skb_run(const struct sk_buff *skb, u32 off, u32 *len);
void khttp_partial_free(struct khttp_conn *c);
/* A part of a head is there, and more than the line end that may precede it */
bool khttp_partial_begun(const struct khttp_conn *c);
/* The head that is arriving is refused, and with it the connection ends */
void khttp_refuse_partial(struct khttp_conn *c, enum khttp_reason reason);
int khttp_receive_init(void);
void khttp_receive_exit(void);

/* One of the connection's two ends. Context: any */
void khttp_conn_endpoint(struct khttp_endpoint *e, const struct sock *sk,
			 bool peer);

/* errors.c: khttp_error() with whose it is filled in. Context: any */
void khttp_conn_error(const struct khttp_conn *c, struct khttp_error_info *e);
/* The same of the connection and no request. Context: socket lock held */
void khttp_conn_reason(const struct khttp_conn *c, enum khttp_reason reason);

int khttp_conn_init(void);	/* slab caches, work queue */
void khttp_conn_exit(void);

#endif
