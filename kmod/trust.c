// SPDX-License-Identifier: GPL-2.0-only
/* Whom a listener believes. */

#include "trust.h"

#include <linux/socket.h>
#include <linux/string.h>

#include "alloc.h"
#include "http/forwarded.h"
#include "setting.h"

/**
 * khttp_trust_create - make what a listener's settings say into one object
 * @s: the settings
 *
 * Context: sleeps. Returns NULL where nobody is believed anything, or
 * ERR_PTR(-ENOMEM).
 */
struct khttp_trust *khttp_trust_create(const struct khttp_setting *s)
{
	struct khttp_trust *t;

	if (!s->n_trusted || (s->proxy == KHTTP_PROXY_OFF &&
			      s->client_from == KHTTP_CLIENT_FROM_NONE))
		return NULL;
	t = khttp_kzalloc(struct_size(t, nets, s->n_trusted), GFP_KERNEL_ACCOUNT);
	if (!t)
		return ERR_PTR(-ENOMEM);
	refcount_set(&t->ref, 1);
	t->proxy = s->proxy;
	t->client_from = s->client_from;
	t->n = s->n_trusted;
	memcpy(t->nets, s->trusted, t->n * sizeof(t->nets[0]));
	return t;
}

struct khttp_trust *khttp_trust_take(struct khttp_trust __rcu **at)
{
	struct khttp_trust *t;

	rcu_read_lock();
	/* One whose last reference is gone has been replaced: look again */
	do {
		t = rcu_dereference(*at);
	} while (t && !refcount_inc_not_zero(&t->ref));
	rcu_read_unlock();
	return t;
}

void khttp_trust_put(struct khttp_trust *t)
{
	if (t && refcount_dec_and_test(&t->ref))
		kfree_rcu(t, rcu);
}

void khttp_node_of_endpoint(struct khttp_node *node,
			    const struct khttp_endpoint *e)
{
	khttp_node_set(node, e->addr, e->family == AF_INET6 ?
		       KHTTP_ADDRESS6_LEN : KHTTP_ADDRESS4_LEN, e->port);
}

void khttp_endpoint_of_node(struct khttp_endpoint *e,
			    const struct khttp_node *node)
{
	memset(e, 0, sizeof(*e));
	e->family = node->address.len == KHTTP_ADDRESS4_LEN ? AF_INET : AF_INET6;
	memcpy(e->addr, node->address.bytes, sizeof(e->addr));
	e->port = node->port;
}

/**
 * khttp_trust_has - is this host believed?
 * @t: whom to believe
 * @e: the host
 *
 * Context: any.
 */
bool khttp_trust_has(const struct khttp_trust *t,
		     const struct khttp_endpoint *e)
{
	struct khttp_node node;

	khttp_node_of_endpoint(&node, e);
	return khttp_network_any(t->nets, t->n, &node.address);
}

void khttp_trust_client(const struct khttp_trust *t,
			const struct khttp_field *fields, u32 n,
			const char *base, struct khttp_endpoint *client)
{
	const struct khttp_forwarded by = {
		.field = t->client_from == KHTTP_CLIENT_FROM_FORWARDED ?
			 KHTTP_FIELD_FORWARDED : KHTTP_FIELD_X_FORWARDED_FOR,
		.trusted = t->nets,
		.n_trusted = t->n,
	};
	struct khttp_node sender, node;

	if (t->client_from == KHTTP_CLIENT_FROM_NONE)
		return;
	khttp_node_of_endpoint(&sender, client);
	node = sender;
	khttp_forwarded_walk(&by, fields, n, base, &node);
	/* Nobody else was named: the scope of its address stays */
	if (!khttp_node_eq(&node, &sender))
		khttp_endpoint_of_node(client, &node);
}
