/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_NODE_H
#define KHTTP_HTTP_NODE_H

#include "http/network.h"

/* A peer, as proxies write it or sockets have it. */
struct khttp_node {
	struct khttp_address address;	/* no bytes: nobody */
	u16 port;			/* 0: not known */
};

/* @len is 4 or 16. */
void khttp_node_set(struct khttp_node *node, const u8 *bytes, u32 len, u16 port);

/*
 * "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" and
 * "[2001:db8::1]:80". False for anything else.
 */
bool khttp_node_parse(struct khttp_span text, struct khttp_node *node);

bool khttp_node_eq(const struct khttp_node *a, const struct khttp_node *b);

#endif
