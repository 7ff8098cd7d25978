/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How connections that TCP has established become ours.
 *
 * Nearly all do where their handshake ends, in softirq: nobody is woken for it, and
 * the first request finds its connection there. That takes a struct socket, which only
 * a task can make, so each listener keeps some, of connections that are over. A work
 * makes new ones where these do not suffice, for many connections at a time, and takes
 * what softirq leaves to it: what stands behind others in TCP's queue, what there is no
 * memory for now, what is to be refused.
 */
#ifndef _KHTTP_ACCEPT_H
#define _KHTTP_ACCEPT_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct khttp_listener;
struct socket;

/* Sockets made for connections to come; with half of them left the work is woken */
#define KHTTP_SPARES_MADE	16
/* Kept at most, with those of connections that are over: many end at a time */
#define KHTTP_SPARES		128

struct khttp_spares {
	spinlock_t lock;		/* guards: */
	unsigned int n;			/* of free[] */
	bool closed;			/* n stays 0, and free[] is not written any more */
	struct socket *free[KHTTP_SPARES]; /* of the listener's family, without a sock */

	atomic_t lent;			/* taken from free[], may come back */
};

/* Nothing is kept yet, the work is there. Context: any */
void khttp_accept_init(struct khttp_listener *l);
/* From here on what @sock accepts is @l's. Context: sleeps not */
void khttp_accept_begin(struct khttp_listener *l, struct socket *sock);
/*
 * From here on it is nobody's, and no work runs. That may have stopped what had begun for
 * another socket of @l: then khttp_accept_soon(). Context: sleeps
 */
void khttp_accept_end(struct khttp_listener *l, struct socket *sock);
/* The work looks at what waits. Context: any */
void khttp_accept_soon(struct khttp_listener *l);
/* Takes over all that waits at a socket after khttp_accept_end(). Context: sleeps */
void khttp_accept_rest(struct khttp_listener *l, struct socket *sock);
/*
 * Closes and releases the socket of a connection that @l accepted, as sock_release() does;
 * it may serve another one. Context: sleeps; nobody else has it
 */
void khttp_accept_reuse(struct khttp_listener *l, struct socket *sock);
/* No socket of @l is left: nor are those that were kept. Context: sleeps */
void khttp_accept_exit(struct khttp_listener *l);

#endif
