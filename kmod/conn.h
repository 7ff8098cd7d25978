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
 *   LINGER    khttp_conn_finish         last answer sent, writing shut down;
 *                                       what still comes is discarded
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

struct khttp_head;
struct khttp_listener;
struct khttp_net;
struct khttp_request;

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
	KHTTP_TODO_KILL,	/* namespace or module ends: reset now */
};

struct khttp_conn {
	/* set once */
	struct khttp_net *net;		/* live_conns keeps it alive */
	struct khttp_listener *listener; /* holds a reference */
	struct socket *sock;		/* released at the last put */
	u64 id;
	struct khttp_endpoint client;
	struct khttp_endpoint local;

	/* The socket's callbacks while OPEN or LINGER; net->conns with them;
	 * each request; work that is queued
	 */
	refcount_t ref;
	unsigned long todo;		/* enum khttp_conn_todo; atomic bits */
	struct work_struct work;
	struct timer_list timer;
	struct list_head link;		/* net->conns; net->conns_lock */
	struct rcu_head rcu;

	/* under the socket lock */
	u8 phase;			/* enum khttp_conn_phase */
	bool busy;			/* inside receive or send: callbacks only queue */
	bool last;			/* no request is read after those in order */
	bool eof;			/* the client shut down its writing side */
	bool fresh;			/* no byte of a next request has come */
	u8 n_order;
	u64 n_requests;
	struct list_head order;		/* khttp_request.order, replies' order */
	struct khttp_request *rx;	/* whose body is being received, or NULL */
	struct khttp_partial *partial;	/* head not complete yet, or NULL */
	u32 discarded;			/* LINGER: bytes thrown away */
	unsigned long since;		/* jiffies: idle, head or linger began */
	unsigned long rx_since;		/* jiffies: last body byte or room made */
	unsigned long tx_since;		/* jiffies: start of the send window */
	u64 tx_bytes;			/* sent in that window */
	void (*old_data_ready)(struct sock *sk);
	void (*old_state_change)(struct sock *sk);
	void (*old_write_space)(struct sock *sk);
};

/* A head that came in pieces: the bytes so far and the parser's state */
struct khttp_partial {
	u32 len;
	u32 cap;
	char *buf;			/* kvmalloc, up to limits.http.max_head */
	struct khttp_head *head;
};

extern const unsigned int khttp_order_max;	/* pipelined requests parsed ahead */

/* Take over an accepted socket; on failure the caller still owns it.
 * Context: sleeps
 */
int khttp_conn_create(struct khttp_listener *l, struct socket *sock);

static inline void khttp_conn_get(struct khttp_conn *c)
{
	refcount_inc(&c->ref);
}

void khttp_conn_put(struct khttp_conn *c);	/* any context */

/* Have the work look at it. Context: any */
void khttp_conn_kick(struct khttp_conn *c, enum khttp_conn_todo what);

/* Reset every connection of the namespace and wait until none is left.
 * Context: sleeps
 */
void khttp_conns_kill(struct khttp_net *kn);

/* Under the socket lock: */
void khttp_conn_close(struct khttp_conn *c, bool reset);
/* No more requests; close once the answers in order are out */
void khttp_conn_finish(struct khttp_conn *c);
/* Timers follow the connection's state; call at the end of every turn */
void khttp_conn_rearm(struct khttp_conn *c);

int khttp_conn_init(void);	/* slab caches, work queue */
void khttp_conn_exit(void);

#endif
