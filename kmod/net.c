// SPDX-License-Identifier: GPL-2.0-only
/*
 * The per-namespace root.
 *
 *   phase    moved by              meaning
 *   alive    khttp_net_start       configured through netlink, serves
 *   dead     khttp_net_mark_dead   takes no connection, sends no event
 *   empty    khttp_net_kill        nothing of the namespace is in use any more;
 *                                  the root stays for open device files
 */

#include "net.h"

#include <linux/user_namespace.h>
#include <net/netns/generic.h>

#include "alloc.h"
#include "cache.h"
#include "conn.h"
#include "filter.h"
#include "flight.h"
#include "group.h"
#include "networks.h"
#include "queue.h"
#include "rates.h"
#include "reservation.h"
#include "retire.h"
#include "router.h"
#include "setting.h"
#include "subscriber.h"
#include "transaction.h"

static unsigned int khttp_net_id __ro_after_init;

/**
 * khttp_net_of - khttp's part of a network namespace
 * @net: a live namespace
 *
 * Context: any. No reference is taken.
 */
struct khttp_net *khttp_net_of(const struct net *net)
{
	return *(struct khttp_net **)net_generic(net, khttp_net_id);
}

/**
 * khttp_net_allowed - may khttp be used in this namespace?
 * @net: a live namespace
 *
 * Context: any.
 */
bool khttp_net_allowed(const struct net *net)
{
	return net->user_ns == &init_user_ns || READ_ONCE(khttp_userns);
}

static void free_net(struct khttp_net *kn)
{
	mutex_destroy(&kn->config);
	xa_destroy(&kn->shares);
	khttp_errors_exit(kn);
	khttp_clients_exit(&kn->clients);
	khttp_account_exit(&kn->account);
	free_percpu(kn->stats);
	kfree(kn);
}

/**
 * khttp_net_put - give up a reference
 * @kn: the namespace's root
 *
 * Context: any.
 */
void khttp_net_put(struct khttp_net *kn)
{
	if (refcount_dec_and_test(&kn->ref))
		free_net(kn);
}

static struct khttp_net *alloc_net(struct net *net)
{
	struct khttp_net *kn = khttp_kzalloc(sizeof(*kn), GFP_KERNEL_ACCOUNT);

	if (!kn)
		return NULL;
	kn->stats = khttp_alloc_percpu(struct khttp_stats, GFP_KERNEL_ACCOUNT);
	if (!kn->stats)
		goto err_net;
	if (khttp_account_init(&kn->account, net))
		goto err_stats;
	refcount_set(&kn->ref, 1);
	kn->net = net;
	kn->inum = net->ns.inum;
	mutex_init(&kn->config);
	INIT_LIST_HEAD(&kn->queues);
	INIT_LIST_HEAD(&kn->groups);
	INIT_LIST_HEAD(&kn->listeners);
	INIT_LIST_HEAD(&kn->ports);
	INIT_LIST_HEAD(&kn->settings);
	INIT_LIST_HEAD(&kn->filters);
	INIT_LIST_HEAD(&kn->networks);
	INIT_LIST_HEAD(&kn->stages);
	INIT_LIST_HEAD(&kn->limiters);
	INIT_LIST_HEAD(&kn->transactions);
	INIT_LIST_HEAD(&kn->subscribers);
	INIT_LIST_HEAD(&kn->users);
	xa_init_flags(&kn->shares, XA_FLAGS_LOCK_BH | XA_FLAGS_ACCOUNT);
	khttp_log_init(&kn->log);
	kn->next_queue_id = 1;
	khttp_limits_init(&kn->limits);
	khttp_clients_init(&kn->clients);
	khttp_throttle_init(kn);
	spin_lock_init(&kn->conns_lock);
	khttp_purge_events_init(&kn->purge_events);
	INIT_LIST_HEAD(&kn->conns);
	init_llist_head(&kn->retired);
	INIT_DELAYED_WORK(&kn->retire_work, khttp_retire_work);
	init_waitqueue_head(&kn->drained);
	return kn;
err_stats:
	free_percpu(kn->stats);
err_net:
	kfree(kn);
	return NULL;
}

static int __net_init khttp_net_start(struct net *net)
{
	struct khttp_net *kn = alloc_net(net);
	int err;

	if (!kn)
		return -ENOMEM;
	kn->router = khttp_router_create();
	if (IS_ERR(kn->router)) {
		err = PTR_ERR(kn->router);
		goto err_net;
	}
	kn->reserved = khttp_router_create();
	if (IS_ERR(kn->reserved)) {
		err = PTR_ERR(kn->reserved);
		goto err_router;
	}
	kn->cache = khttp_cache_create(kn);
	if (IS_ERR(kn->cache)) {
		err = PTR_ERR(kn->cache);
		goto err_reserved;
	}
	kn->flights = khttp_flights_create(kn);
	if (IS_ERR(kn->flights)) {
		err = PTR_ERR(kn->flights);
		goto err_cache;
	}
	*(struct khttp_net **)net_generic(net, khttp_net_id) = kn;
	return 0;
err_cache:
	khttp_cache_destroy(kn->cache);
err_reserved:
	khttp_router_destroy(kn->reserved);
err_router:
	khttp_router_destroy(kn->router);
err_net:
	khttp_net_put(kn);
	return err;
}

/* A grace period passes between this and khttp_net_kill(), see net/core */
static void __net_exit khttp_net_mark_dead(struct net *net)
{
	WRITE_ONCE(khttp_net_of(net)->dead, true);
}

/*
 * Queues first: their workers give back what they hold, which needs the
 * connections; the prefixes next, and with the last of them the listeners;
 * then the connections, of which no new ones can come. After them nobody looks
 * at cache or router. Device files keep the root, and find it empty.
 */
static void __net_exit khttp_net_kill(struct net *net)
{
	struct khttp_net *kn = khttp_net_of(net);
	struct khttp_queue *q;

	mutex_lock(&kn->config);
	while ((q = khttp_queue_next(kn, 0)))
		khttp_queue_kill(q);
	khttp_url_del_all(kn);
	khttp_reservations_destroy(kn);
	khttp_subscribers_destroy(kn);
	khttp_settings_free(kn);
	khttp_filters_destroy(kn);
	khttp_groups_destroy(kn);
	khttp_networks_destroy(kn);
	khttp_limiters_destroy(kn);
	khttp_transactions_destroy(kn);
	WARN_ON_ONCE(kn->filter_used || kn->n_networks ||
		     kn->transaction_used);
	mutex_unlock(&kn->config);
	khttp_conns_kill(kn);
	khttp_log_exit(kn);
	khttp_throttle_exit(kn);
	khttp_flights_destroy(kn->flights);
	khttp_cache_destroy(kn->cache);
	khttp_router_destroy(kn->reserved);
	khttp_router_destroy(kn->router);
	khttp_net_put(kn);
}

static struct pernet_operations khttp_net_ops = {
	.init = khttp_net_start,
	.pre_exit = khttp_net_mark_dead,
	.exit = khttp_net_kill,
	.id = &khttp_net_id,
	.size = sizeof(struct khttp_net *),
};

/**
 * khttp_net_init - begin to be in every network namespace
 *
 * Context: sleeps. What a namespace needs must be ready.
 */
int khttp_net_init(void)
{
	return khttp_may_fail(register_pernet_subsys(&khttp_net_ops));
}

/**
 * khttp_net_exit - leave every network namespace
 *
 * Context: sleeps until no connection is left.
 */
void khttp_net_exit(void)
{
	unregister_pernet_subsys(&khttp_net_ops);
}
