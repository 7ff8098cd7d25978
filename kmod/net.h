/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The per-namespace root: everything khttp has in one network namespace.
 *
 * Objects, who holds references, how they end:
 *
 *   khttp_net       the namespace, each open device file, queue, connection,
 *                   khttp_page and khttp_log_reader;
 *                   ends when the namespace exited and the last of them is gone
 *   khttp_listener  net->listeners; ends with the last prefix that needs it
 *   khttp_port      net->ports; each wildcard prefix of the port
 *   khttp_setting_row  net->settings; until it is replaced or reset
 *   khttp_trust     the row it was made of, each listener, each khttp_origin
 *   khttp_origin    its connection
 *   khttp_queue     net->queues, its group, each request, each worker
 *   khttp_group     net->groups, or its queue a default one; each connection
 *                   whose last request it got
 *   khttp_share     its group, each khttp_entry of it, who stores one; RCU readers
 *   khttp_filter    its group; with what it names, see filter.h
 *   khttp_door      its group, each request that came through; see door.h
 *   khttp_page      each door that has it, each answer that sends it
 *   khttp_url       the router; readers under RCU
 *   khttp_reservation  net->reserved; readers under RCU
 *   khttp_user      net->users, while it holds something
 *   khttp_subscriber   net->subscribers, until its socket is closed; RCU readers
 *   khttp_registration  its device file; see registration.c
 *   khttp_transaction  net->transactions; until its socket ends it
 *   khttp_conn      net->conns while open, each request, pending work
 *   khttp_request   the connection's order list, and one owner: queue or slot
 *   khttp_worker    its file (and the file's mapping)
 *   khttp_grant     its descriptor, each worker's file that was opened by it
 *   khttp_entry     the cache's table, each send in progress
 *   khttp_flight    the table of flights, each request that came to know it
 *   khttp_log_reader  its descriptor; net->log under RCU
 *
 * Lock order, outermost first:
 *
 *   net->config (mutex)  >  socket lock of a connection  >  lock of the flights
 *   >  queue->lock  >  worker->lock  >  request->lock  >  cache bucket locks,
 *   net->conns_lock, net->clients.lock, net->throttle.lock, locks of a rate's table
 *   >  a place of the error log
 *
 * A queue's shards have locks of their own, after queue->lock and beside the
 * rest. queue->lock and everything after it are spinlocks taken with BH disabled.
 * mmap_lock is taken under none of them but the worker's own task may take
 * it (copy_from_user) before the socket lock, never under it. khttp_log_reader.lock
 * stands apart: only mmap_lock is taken under it (copy_to_user).
 */
#ifndef _KHTTP_NET_H
#define _KHTTP_NET_H

#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <linux/khttp.h>
#include <net/net_namespace.h>

#include "account.h"
#include "client.h"
#include "errors.h"
#include "limits.h"
#include "log.h"
#include "purge.h"
#include "stats.h"
#include "throttle.h"
#include "user.h"

struct khttp_batch;
struct khttp_cache;
struct khttp_flights;
struct khttp_router;

#define KHTTP_VERSION	"0.1.0"
/* What this build can do: told by ATTACH and FEATURES_GET alike */
#define KHTTP_FEATURES	(KHTTP_FEATURE_IOCTL | KHTTP_FEATURE_URING |	\
			 KHTTP_FEATURE_FILE_BODY | KHTTP_FEATURE_CACHE | \
			 KHTTP_FEATURE_FILTER | KHTTP_FEATURE_DOOR |	\
			 KHTTP_FEATURE_TRANSACTION | KHTTP_FEATURE_UPGRADE | \
			 KHTTP_FEATURE_GRANT | KHTTP_FEATURE_DELEGATE |	\
			 KHTTP_FEATURE_CACHE_AUTO | KHTTP_FEATURE_RESERVE | \
			 KHTTP_FEATURE_CACHE_STREAM | KHTTP_FEATURE_CACHE_TAGS | \
			 KHTTP_FEATURE_CACHE_VALIDATE | KHTTP_FEATURE_FRAGMENT | \
			 KHTTP_FEATURE_LOG | KHTTP_FEATURE_FLOW | \
			 KHTTP_FEATURE_LOG_FIELDS | KHTTP_FEATURE_TRACE)

struct khttp_net {
	/* set once */
	struct net *net;		/* valid until khttp_net_kill() returned */
	u32 inum;			/* its number in /proc/PID/ns/net, for good */
	struct khttp_router *router;
	struct khttp_router *reserved;	/* khttp_reservation.at */
	struct khttp_cache *cache;
	struct khttp_flights *flights;
	struct khttp_stats __percpu *stats;
	struct xarray shares;		/* khttp_share, by the id of its group */
	bool throttled;			/* a bandwidth is limited; READ_ONCE readers */

	struct mutex config;		/* serialises all configuration; guards: */
	struct list_head queues;	/* khttp_queue.link; readers hold it too */
	struct list_head groups;	/* khttp_group.link, by id */
	struct list_head listeners;	/* khttp_listener.link */
	struct list_head ports;		/* khttp_port.link */
	struct list_head settings;	/* khttp_setting_row.link */
	u32 next_queue_id;
	u64 last_group_id;
	u64 next_listener_id;
	u64 next_setting_id;
	struct list_head filters;	/* khttp_filter.link; see filter.h */
	struct list_head networks;	/* khttp_networks.link, by id */
	struct list_head stages;	/* of sets that are being loaded */
	struct list_head limiters;	/* khttp_limiter.link, by id */
	u64 last_rule_id;
	u64 last_networks_id;
	u64 last_limiter_id;
	u64 filter_used;		/* bytes, against limits.filter_bytes */
	atomic64_t page_used;		/* likewise page_bytes; added to under it */
	u32 n_networks;			/* in sets and stages */
	struct list_head transactions;	/* khttp_transaction.link */
	u64 transaction_used;		/* bytes, against limits.transaction_bytes */
	struct khttp_batch *batch;	/* whose changes are being made, or NULL */
	u32 n_reservations;		/* READ_ONCE readers */
	struct list_head subscribers;	/* khttp_subscriber.link; RCU readers */
	struct list_head users;		/* khttp_user.link; see user.h */
	u32 users_hold[KHTTP_USER__COUNT]; /* all of them */
	u64 last_made_queue;		/* number in the name of one */
	u64 generation;			/* of the configuration; READ_ONCE readers */
	bool dead;			/* namespace exits: nothing new; READ_ONCE readers */

	struct khttp_log log;		/* see log.h */
	struct khttp_net_limits limits;	/* written under config, READ_ONCE readers */
	struct khttp_account account;	/* against limits.request_bytes */
	struct khttp_errors errors;
	struct khttp_purge_events purge_events;
	struct khttp_clients clients;	/* against limits.max_client_connections */

	/* Written for each connection: not beside what each request reads */
	refcount_t ref;
	spinlock_t conns_lock;		/* guards: */
	struct list_head conns;		/* khttp_conn.link of every open connection */
	u32 n_conns;			/* open ones */

	struct llist_head retired;	/* khttp_conn.retired: over, not released */
	struct delayed_work retire_work;
	atomic_t live_conns;		/* khttp_conn objects not yet freed */
	wait_queue_head_t drained;	/* live_conns reached 0 */
	atomic_t next_worker_id;
	atomic_t next_grant_id;
	atomic64_t next_conn_id;

	/* Written for each quantum of what is limited */
	struct khttp_throttle throttle ____cacheline_aligned_in_smp;
};

/* The namespace's root; no reference taken. Context: net is alive */
struct khttp_net *khttp_net_of(const struct net *net);

static inline void khttp_net_get(struct khttp_net *kn)
{
	refcount_inc(&kn->ref);
}

void khttp_net_put(struct khttp_net *kn);	/* any context */

int khttp_net_init(void);	/* register the pernet operations; last in main.c */
void khttp_net_exit(void);

/*
 * Module parameter: namespaces that belong to another user namespace than the
 * initial one may use khttp. The code behind it faces hostile configuration, so
 * it stays off until the administrator says so.
 */
extern bool khttp_userns;
bool khttp_net_allowed(const struct net *net);

/* where everything that may sleep runs: per CPU, high priority */
extern struct workqueue_struct *khttp_wq;

#endif
