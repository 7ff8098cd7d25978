/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whom a listener believes: networks, and what their hosts may say about the
 * client. Never changed once it is made: a listener gets another one, and each
 * connection keeps the one it was accepted with.
 */
#ifndef _KHTTP_TRUST_H
#define _KHTTP_TRUST_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/khttp.h>

#include "http/node.h"

struct khttp_field;
struct khttp_setting;

struct khttp_trust {
	refcount_t ref;
	u8 proxy;			/* enum khttp_proxy_mode */
	u8 client_from;			/* enum khttp_client_from */
	u16 n;
	struct rcu_head rcu;
	struct khttp_network nets[];
};

/*
 * What @s says. NULL: nobody is asked; ERR_PTR(-ENOMEM). Context: sleeps
 */
struct khttp_trust *khttp_trust_create(const struct khttp_setting *s);

static inline struct khttp_trust *khttp_trust_get(struct khttp_trust *t)
{
	if (t)
		refcount_inc(&t->ref);
	return t;
}

/* What is there now, with a reference, or NULL. Context: any */
struct khttp_trust *khttp_trust_take(struct khttp_trust __rcu **at);
void khttp_trust_put(struct khttp_trust *t);	/* NULL is fine; any context */

bool khttp_trust_has(const struct khttp_trust *t,
		     const struct khttp_endpoint *e);

/*
 * Who asked, by the fields of a head, in @client, where whoever sent them here
 * stands. The fields point into the head at @base. Context: any
 */
void khttp_trust_client(const struct khttp_trust *t,
			const struct khttp_field *fields, u32 n,
			const char *base, struct khttp_endpoint *client);

/* The two forms of an address */
void khttp_node_of_endpoint(struct khttp_node *node,
			    const struct khttp_endpoint *e);
void khttp_endpoint_of_node(struct khttp_endpoint *e,
			    const struct khttp_node *node);

#endif
