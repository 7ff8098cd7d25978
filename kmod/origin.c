// SPDX-License-Identifier: GPL-2.0-only
/* For whom a trusted host speaks: the PROXY protocol on a connection. */

#include "origin.h"

#include <linux/log2.h>
#include <linux/skbuff.h>

#include "alloc.h"
#include "client.h"
#include "http/proxy.h"
#include "listener.h"
#include "net.h"

/* Slabs give powers of two */
#define ORIGIN_BYTES roundup_pow_of_two(sizeof(struct khttp_origin))
#define PROXY_BYTES roundup_pow_of_two(sizeof(struct khttp_proxy))

static u8 accepted_versions(const struct khttp_trust *t)
{
	switch (t->proxy) {
	case KHTTP_PROXY_V1:
		return KHTTP_PROXY_ACCEPT_V1;
	case KHTTP_PROXY_V2:
		return KHTTP_PROXY_ACCEPT_V2;
	default:
		return KHTTP_PROXY_ACCEPT_V1 | KHTTP_PROXY_ACCEPT_V2;
	}
}

static void drop_proxy(struct khttp_conn *c)
{
	if (!c->origin->proxy)
		return;
	kfree(c->origin->proxy);
	c->origin->proxy = NULL;
	khttp_uncharge(&c->net->account, PROXY_BYTES);
}

static int await_proxy(struct khttp_conn *c, gfp_t gfp)
{
	struct khttp_proxy *p;

	if (!khttp_try_charge(&c->net->account, PROXY_BYTES, KHTTP_CHARGE_CONN))
		return -EDQUOT;
	p = khttp_kmalloc(sizeof(*p), gfp);
	if (!p) {
		khttp_uncharge(&c->net->account, PROXY_BYTES);
		return -ENOMEM;
	}
	khttp_proxy_init(p, accepted_versions(c->origin->trust));
	c->origin->proxy = p;
	return 0;
}

static int create_origin(struct khttp_conn *c, struct khttp_trust *t, gfp_t gfp)
{
	if (!khttp_try_charge(&c->net->account, ORIGIN_BYTES,
			      KHTTP_CHARGE_CONN))
		return -EDQUOT;
	c->origin = khttp_kzalloc(sizeof(*c->origin), gfp);
	if (!c->origin) {
		khttp_uncharge(&c->net->account, ORIGIN_BYTES);
		return -ENOMEM;
	}
	c->origin->trust = khttp_trust_get(t);
	c->origin->peer = c->client;
	return t->proxy == KHTTP_PROXY_OFF ? 0 : await_proxy(c, gfp);
}

int khttp_origin_create(struct khttp_conn *c, gfp_t gfp)
{
	struct khttp_trust *t = khttp_trust_take(&c->listener->trust);
	int err = 0;

	if (t && khttp_trust_has(t, &c->client))
		err = create_origin(c, t, gfp);
	if (err)
		khttp_origin_free(c);
	khttp_trust_put(t);
	return err;
}

void khttp_origin_free(struct khttp_conn *c)
{
	if (!c->origin)
		return;
	drop_proxy(c);
	khttp_trust_put(c->origin->trust);
	kfree(c->origin);
	c->origin = NULL;
	khttp_uncharge(&c->net->account, ORIGIN_BYTES);
}

void khttp_origin_refuse(struct khttp_conn *c, enum khttp_reason reason)
{
	sock_owned_by_me(c->sk);
	drop_proxy(c);
	khttp_refuse_partial(c, reason);
}

static void introduced(struct khttp_conn *c)
{
	const struct khttp_node *source = &c->origin->proxy->source;
	int err = 0;

	/* Else it speaks for itself: a health check, or not TCP */
	if (source->address.len) {
		khttp_endpoint_of_node(&c->client, source);
		err = khttp_client_enter(c, GFP_ATOMIC);
	}
	drop_proxy(c);
	/* From here on it is a connection like others: idle until a request */
	c->since = jiffies;
	if (err)
		khttp_conn_cut(c, KHTTP_REASON_REFUSED, true);
}

int khttp_origin_feed(struct khttp_conn *c, const struct sk_buff *skb, u32 off,
		      u32 len)
{
	char copy[64];
	const char *buf;
	u32 used = 0;

	buf = khttp_skb_run(skb, off, &len);
	if (!buf) {
		len = min_t(u32, len, sizeof(copy));
		if (skb_copy_bits(skb, off, copy, len))
			goto refuse;
		buf = copy;
	}
	switch (khttp_proxy_parse(c->origin->proxy, buf, len, &used)) {
	case KHTTP_PROXY_MORE:
		return len;
	case KHTTP_PROXY_DONE:
		introduced(c);
		return used;
	default:
		break;
	}
refuse:
	khttp_origin_refuse(c, KHTTP_REASON_PROXY_HEADER);
	return len;
}
