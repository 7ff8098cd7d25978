/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The router: URL prefixes of a namespace, looked up under RCU.
 *
 * (scheme, port, bucket, host) -> a site; each site holds a hash of paths that
 * is probed segment by segment from the longest registered depth, so the cost
 * depends on the request's path and not on how many prefixes there are. A
 * change touches one site and never copies the set.
 */
#ifndef _KHTTP_ROUTER_H
#define _KHTTP_ROUTER_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "http/prefix.h"
#include "http/span.h"

struct khttp_group;
struct khttp_listener;
struct khttp_net;
struct khttp_router;

/* A registered prefix. Read under RCU; freed by RCU after it left the router */
struct khttp_url {
	/* set once */
	u64 id;				/* unique in the namespace for ever */
	u64 context;
	struct khttp_group *group;	/* holds a reference to its queue */
	struct rcu_head rcu;
	u64 __percpu *requests;
	/* owned by router.c, under net->config */
	struct list_head link;		/* of all urls, for dumps, in adding order */
	struct hlist_node path_node;	/* the site's path table */
	struct khttp_site *site;
	struct khttp_listener *listeners[2];
	/* normal form, NUL-terminated: scheme://host:port/path/ */
	u16 prefix_len;
	u16 path_off;
	char prefix[];
};

struct khttp_router *khttp_router_create(void);
void khttp_router_destroy(struct khttp_router *r);	/* must be empty */

/*
 * The prefix that answers, or NULL. @by_ip: an IP-bound prefix matched, so the
 * local address is part of the identity of what is stored.
 * Context: rcu_read_lock held by the caller; the url is valid inside it.
 */
const struct khttp_url *khttp_route(const struct khttp_router *r,
				    const struct khttp_route_query *query,
				    bool *by_ip);

/*
 * Control path. Context: net->config held, sleep.
 * khttp_url_add: opens listeners first; 0 or -errno with *@why set to a text
 * for the administrator (static). khttp_url_del: -ENOENT.
 */
int khttp_url_add(struct khttp_net *kn, const char *prefix, size_t len,
		  struct khttp_group *group, u64 context, const char **why);
int khttp_url_del(struct khttp_net *kn, const char *prefix, size_t len,
		  const char **why);
/* All urls of one group (its queue is going), or of everything (NULL) */
void khttp_url_del_group(struct khttp_net *kn, struct khttp_group *group);

#endif
