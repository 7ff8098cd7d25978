/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How many connections a client's address has.
 *
 * Nothing is kept while the limit max_client_connections is 0: a connection that
 * was accepted then is never counted. An address is an IPv4 address or the first
 * 64 bits of an IPv6 one, which is what one subscriber has at least; of a
 * link-local one, all of it. There is an entry as long as it has connections, so
 * there are not more than those; it is charged like them. The table has a fixed
 * size and its hash a random key, so nobody can choose to share a bucket.
 *
 * A host that a listener trusts is not counted: it speaks for many. Those whom
 * it introduces with the PROXY protocol are, from then on.
 */
#ifndef _KHTTP_CLIENT_H
#define _KHTTP_CLIENT_H

#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/khttp.h>

#define KHTTP_CLIENT_BITS	12

struct khttp_conn;
struct khttp_net;

struct khttp_client {
	struct hlist_node node;
	u8 addr[16];			/* what is not looked at is 0 */
	u16 family;
	u32 n;				/* connections */
};

struct khttp_clients {
	spinlock_t lock;		/* guards: */
	struct hlist_head *buckets;	/* made when first needed; kvcalloc */
	siphash_key_t key;		/* set with it */
};

void khttp_clients_init(struct khttp_clients *all);
void khttp_clients_exit(struct khttp_clients *all);

/* There is a table if one is needed. 0 or -ENOMEM. Context: sleeps */
int khttp_clients_ready(struct khttp_net *kn);
/* One is needed and not there. Context: any */
bool khttp_clients_missing(const struct khttp_net *kn);
/*
 * One more connection from there. 0, -EUSERS at the limit, -EDQUOT no room for
 * more, -ENOMEM. Context: sleeps if @gfp may
 */
int khttp_client_enter(struct khttp_conn *c, gfp_t gfp);
/* One less, if it was counted. Context: any */
void khttp_client_leave(struct khttp_conn *c);

#endif
