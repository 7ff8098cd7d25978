/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening sockets: one v6-only and one v4 socket per port, or one per
 * address that was chosen or that prefixes name. A listener exists exactly
 * while a prefix needs it: see port.h.
 */
#ifndef _KHTTP_LISTENER_H
#define _KHTTP_LISTENER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

#include "accept.h"
#include "setting.h"

struct khttp_net;
struct khttp_trust;
struct sock;
struct socket;

struct khttp_listener {
	/* set once */
	struct khttp_net *net;		/* outlives us: net exit closes listeners */
	struct delayed_work accept_work;	/* delayed only after an error */
	kuid_t uid;			/* who opened it, as ss shows it */
	u64 id;				/* unique in the namespace for ever */
	struct khttp_place place;	/* its family is AF_INET or AF_INET6 */
	bool granted;			/* its port, by a reservation */
	refcount_t ref;			/* net->listeners, each connection */
	/* what its sockets get back, and their connections */
	void (*old_data_ready)(struct sock *sk);
	void (*old_state_change)(struct sock *sk);

	/* written under net->config */
	struct socket *sock;		/* the accept work reads it at any time */
	struct khttp_trust __rcu *trust; /* holds a reference; NULL: nobody */

	struct khttp_spares spares;	/* see accept.h */

	/* under net->config */
	struct list_head link;		/* net->listeners */
	struct socket *next;		/* listens, and will replace sock; or NULL */
	u32 users;			/* prefixes with its address */
	bool wild;			/* serves the port's other prefixes, too */
	bool wanted;			/* by port.c, in the middle of a change */

	atomic_long_t connections;	/* open ones accepted here */
	atomic_long_t accepted;
};

/*
 * All but the last: net->config held, sleep.
 *
 * May who asks have sockets opened at this port?
 */
bool khttp_listener_allowed(const struct khttp_net *kn, u16 port);
/* Text for an errno of what opens sockets */
const char *khttp_listener_why(int err);

struct khttp_listener *khttp_listener_find(struct khttp_net *kn,
					   const struct khttp_place *at);
/* Listens and accepts; nobody needs it yet. ERR_PTR with *@why: -EADDRINUSE,
 * -EADDRNOTAVAIL, -EACCES, -ENODEV, -ENOSPC, ...
 */
struct khttp_listener *khttp_listener_open(struct khttp_net *kn,
					   const struct khttp_place *at,
					   const struct khttp_setting *s,
					   bool granted, const char **why);
/* Closes the socket; its open connections go on */
void khttp_listener_close(struct khttp_listener *l);

/* What can fail of new settings: another socket, where one is necessary */
int khttp_listener_prepare(struct khttp_listener *l,
			   const struct khttp_setting *s, const char **why);
/* Then either: it is the socket from now on, and the rest is set / drop it */
void khttp_listener_adopt(struct khttp_listener *l,
			  const struct khttp_setting *s);
void khttp_listener_discard(struct khttp_listener *l);
/* Whom connections that come from now on believe; @t may be NULL */
void khttp_listener_trust(struct khttp_listener *l, struct khttp_trust *t);

/* The first with an id of @id or more, no reference, or NULL */
struct khttp_listener *khttp_listener_next(struct khttp_net *kn, u64 id);

/* A connection's reference. Context: any */
void khttp_listener_put(struct khttp_listener *l);

#endif
