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

/* On 0 there is a table, for as long as the namespace */
static int make_table(struct khttp_clients *all)
{
	struct hlist_head *made;

	if (READ_ONCE(all->buckets))
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
					const struct khttp_endpoint *from)
{
	struct khttp_client *client;

	if (!khttp_try_charge(&kn->account, CLIENT_BYTES, KHTTP_CHARGE_CONN))
		return ERR_PTR(-EDQUOT);
	client = khttp_kzalloc(sizeof(*client), GFP_KERNEL);
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
 * @kn: the namespace's root
 * @from: the client
 *
 * Context: sleeps. Returns what khttp_client_leave() takes, or ERR_PTR.
 */
struct khttp_client *khttp_client_enter(struct khttp_net *kn,
					const struct khttp_endpoint *from)
{
	u64 max = READ_ONCE(kn->limits.max_client_connections);
	struct khttp_clients *all = &kn->clients;
	struct khttp_client *fresh, *client;
	bool full;

	if (likely(!max))
		return NULL;
	if (make_table(all))
		return ERR_PTR(-ENOMEM);
	fresh = make_client(kn, from);
	if (IS_ERR(fresh))
		return fresh;
	spin_lock_bh(&all->lock);
	client = find(all, fresh);
	/* One that is new has none, and the limit is no less than one */
	full = client->n >= max;
	if (!full)
		client->n++;
	spin_unlock_bh(&all->lock);
	if (client != fresh)
		release(kn, fresh);
	return full ? ERR_PTR(-EUSERS) : client;
}

/**
 * khttp_client_leave - one connection less
 * @kn: the namespace's root
 * @client: from khttp_client_enter(), or NULL
 *
 * Context: any.
 */
void khttp_client_leave(struct khttp_net *kn, struct khttp_client *client)
{
	bool last;

	if (likely(!client))
		return;
	spin_lock_bh(&kn->clients.lock);
	last = !--client->n;
	if (last)
		hlist_del(&client->node);
	spin_unlock_bh(&kn->clients.lock);
	if (last)
		release(kn, client);
}
