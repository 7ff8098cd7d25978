/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connections from trusted hosts, which may say for whom they speak: in front
 * of the first request by the PROXY protocol, in each request by a field.
 *
 * Where the connection's peer is not trusted, and on listeners that trust
 * nobody, c->origin is NULL.
 */
#ifndef _KHTTP_ORIGIN_H
#define _KHTTP_ORIGIN_H

#include "conn.h"
#include "http/field.h"
#include "trust.h"

struct khttp_proxy;
struct sk_buff;

struct khttp_origin {
	struct khttp_trust *trust;	/* set once; holds a reference */
	struct khttp_endpoint peer;	/* set once: who is connected */
	/* under the socket lock; NULL: no header is awaited (any more) */
	struct khttp_proxy *proxy;
};

/* c->client is the peer. 0, -EDQUOT, -ENOMEM. Context: sleeps if @gfp may */
int khttp_origin_create(struct khttp_conn *c, gfp_t gfp);
/* NULL is fine. Context: any, nobody uses it any more */
void khttp_origin_free(struct khttp_conn *c);

/* A PROXY protocol header has to come first. Context: socket lock held */
static inline bool khttp_origin_awaited(const struct khttp_conn *c)
{
	return unlikely(c->origin) && c->origin->proxy;
}

/*
 * The next bytes of a header that is awaited; returns how many were used.
 * Context: socket lock held, no sleep
 */
int khttp_origin_feed(struct khttp_conn *c, const struct sk_buff *skb, u32 off,
		      u32 len);
/* It is not the right one, or came too late. Context: socket lock held */
void khttp_origin_refuse(struct khttp_conn *c, enum khttp_reason reason);

/*
 * Who asks: the one that limits, logs and workers mean. Of a connection that is
 * c->client, the peer or whom a PROXY protocol header names; of a request it
 * may be somebody else for whom that one speaks. Context: any, after the header
 */
static inline void khttp_origin_client(const struct khttp_conn *c,
				       const struct khttp_field *fields, u32 n,
				       const char *base,
				       struct khttp_endpoint *client)
{
	*client = c->client;
	if (unlikely(c->origin))
		khttp_trust_client(c->origin->trust, fields, n, base, client);
}

#endif
