/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening sockets: one v6-only and one v4 socket per port, or one per
 * address while a port has only IP-literal prefixes. A listener exists exactly
 * while a prefix needs it.
 */
#ifndef _KHTTP_LISTENER_H
#define _KHTTP_LISTENER_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

struct khttp_net;
struct sock;
struct socket;

struct khttp_listener {
	/* set once */
	struct khttp_net *net;		/* outlives us: net exit closes listeners */
	struct socket *sock;
	struct delayed_work accept_work;	/* delayed only after an error */
	kuid_t uid;			/* who opened it, as ss shows it */
	u64 id;				/* unique in the namespace for ever */
	u8 family;			/* AF_INET or AF_INET6 */
	u16 port;			/* host byte order */
	struct in6_addr addr;		/* IPv4 in the first 4 bytes */
	refcount_t ref;			/* net->listeners, each connection */
	void (*old_data_ready)(struct sock *sk); /* what its sockets get back */

	/* under net->config */
	struct list_head link;		/* net->listeners */
	u32 users;			/* prefixes that need this one */

	atomic_long_t connections;	/* open ones accepted here */
	atomic_long_t accepted;
};

/*
 * One more prefix needs @port on @addr (NULL: all addresses of both families,
 * then both pointers are filled, IPv4 first; IPv6 may be missing: NULL).
 * 0 or -errno with *@why: -EADDRINUSE, -EADDRNOTAVAIL, -EACCES, -ENOSPC, ...
 * Context: net->config held, sleeps.
 */
int khttp_listener_get(struct khttp_net *kn, u8 family,
		       const struct in6_addr *addr, u16 port,
		       struct khttp_listener *out[2], const char **why);
/* The first with an id of @id or more, no reference, or NULL. Context:
 * net->config held
 */
struct khttp_listener *khttp_listener_next(struct khttp_net *kn, u64 id);
/* The last prefix's release closes the socket; its open connections go on.
 * Context: net->config held, sleeps
 */
void khttp_listener_release(struct khttp_listener *l);
/* A connection's reference. Context: any */
void khttp_listener_put(struct khttp_listener *l);

#endif
