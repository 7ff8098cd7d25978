// SPDX-License-Identifier: GPL-2.0-only
/* How many connections a client's address has. */

#include "client.h"

#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "alloc.h"
#include "conn.h"
#include "net.h"

/* What an entry takes. Slabs give powers of two */
#define CLIENT_BYTES	roundup_pow_of_two(sizeof(struct khttp_client))

/**
 * khttp_clients_init - nothing is counted yet
 * @all: the namespace's, zeroed
 */
void khttp_clients_init(struct khttp_clients *all)
{
	spin_lock_init(&all->lock);
}

/**
 * khttp_clients_exit - no connection is left
 * @all: the namespace's
 */
void khttp_clients_exit(struct khttp_clients *all)
{
	kvfree(all->buckets);
}

static void address_of(const struct khttp_endpoint *from, u8 addr[16])
{
	struct in6_addr six;
	size_t len = 4;

	if (from->family == AF_INET6) {
		memcpy(&six, from->addr, sizeof(six));
		len = ipv6_addr_type(&six) & IPV6_ADDR_LINKLOCAL ? 16 : 8;
	}
	memset(addr, 0, 16);
	memcpy(addr, from->addr, len);
}

bool khttp_clients_missing(const struct khttp_net *kn)
{
	return READ_ONCE(kn->limits.max_client_connections) &&
	       !READ_ONCE(kn->clients.buckets);
}

/**
 * khttp_clients_ready - there is a table from now on, for as long as the namespace
 * @kn: the namespace's root
 *
 * Context: sleeps. Returns 0, also when nothing is counted, or -ENOMEM.
 */
int khttp_clients_ready(struct khttp_net *kn)
{
	struct khttp_clients *all = &kn->clients;
	struct hlist_head *made;

	if (likely(!khttp_clients_missing(kn)))
		return 0;
	made = khttp_kvcalloc(1U << KHTTP_CLIENT_BITS, sizeof(*made),
			      GFP_KERNEL_ACCOUNT);
	if (!made)
		return -ENOMEM;
	spin_lock_bh(&all->lock);
	if (!all->buckets) {
		get_random_bytes(&all->key, sizeof(all->key));
		WRITE_ONCE(all->buckets, made);
		made = NULL;
	}
	spin_unlock_bh(&all->lock);
	kvfree(made);
	return 0;
}

/* Finds it, or puts @fresh in its place. Holds all->lock */
static struct khttp_client *find(struct khttp_clients *all,
				 struct khttp_client *fresh)
{
	u64 hash = siphash(fresh->addr, sizeof(fresh->addr), &all->key);
	struct hlist_head *bucket;
	struct khttp_client *client;

	lockdep_assert_held(&all->lock);
	bucket = &all->buckets[hash >> (64 - KHTTP_CLIENT_BITS)];
	hlist_for_each_entry(client, bucket, node)
		if (client->family == fresh->family &&
		    !memcmp(client->addr, fresh->addr, sizeof(fresh->addr)))
			return client;
	hlist_add_head(&fresh->node, bucket);
	return fresh;
}

static void release(struct khttp_net *kn, struct khttp_client *client)
{
	kfree(client);
	khttp_uncharge(&kn->account, CLIENT_BYTES);
}

static struct khttp_client *make_client(struct khttp_net *kn,
					const struct khttp_endpoint *from,
					gfp_t gfp)
{
	struct khttp_client *client;

	if (!khttp_try_charge(&kn->account, CLIENT_BYTES, KHTTP_CHARGE_CONN))
		return ERR_PTR(-EDQUOT);
	client = khttp_kzalloc(sizeof(*client), gfp);
	if (!client) {
		khttp_uncharge(&kn->account, CLIENT_BYTES);
		return ERR_PTR(-ENOMEM);
	}
	client->family = from->family;
	address_of(from, client->addr);
	return client;
}

/**
 * khttp_client_enter - one more connection from an address
 * @c: the connection; nobody counted it yet
 * @gfp: for an address that has none yet
 *
 * Context: sleeps if @gfp may. It counts until khttp_client_leave(). Returns 0,
 * -EUSERS at the limit, -EDQUOT without room for more, -ENOMEM.
 */
int khttp_client_enter(struct khttp_conn *c, gfp_t gfp)
{
	struct khttp_net *kn = c->net;
	struct khttp_clients *all = &kn->clients;
	u64 max = READ_ONCE(kn->limits.max_client_connections);
	struct khttp_client *fresh, *client;
	bool full;

	if (likely(!max))
		return 0;
	if (gfpflags_allow_blocking(gfp) && khttp_clients_ready(kn))
		return -ENOMEM;
	/* Without: the limit is new, and the connection older */
	if (!READ_ONCE(all->buckets))
		return 0;
	fresh = make_client(kn, &c->client, gfp);
	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	spin_lock_bh(&all->lock);
	client = find(all, fresh);
	/* One that is new has none, and the limit is no less than one */
	full = client->n >= max;
	if (!full)
		client->n++;
	spin_unlock_bh(&all->lock);
	if (client != fresh)
		release(kn, fresh);
	if (full)
		return -EUSERS;
	c->client_count = client;
	return 0;
}

/**
 * khttp_client_leave - one connection less, if it was counted
 * @c: the connection
 *
 * Context: any.
 */
void khttp_client_leave(struct khttp_conn *c)
{
	struct khttp_net *kn = c->net;
	struct khttp_client *client = c->client_count;
	bool last;

	if (likely(!client))
		return;
	c->client_count = NULL;
	spin_lock_bh(&kn->clients.lock);
	last = !--client->n;
	if (last)
		hlist_del(&client->node);
	spin_unlock_bh(&kn->clients.lock);
	if (last)
		release(kn, client);
}
