/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The router: URL prefixes of a namespace, looked up under RCU.
 *
 * (scheme, port, bucket, host) -> a site; (site, path) -> a prefix, probed at
 * every segment boundary of the request's path down to the deepest prefix of
 * the site. So the cost depends on the request's path and not on how many
 * prefixes there are, and a change touches one site and one prefix.
 */
#ifndef _KHTTP_ROUTER_H
#define _KHTTP_ROUTER_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable-types.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include "http/prefix.h"
#include "http/span.h"
#include "port.h"

struct khttp_group;
struct khttp_net;
struct khttp_queue;
struct khttp_router;
struct khttp_site;
struct khttp_who;

/* Prefixes of one namespace */
#define KHTTP_URLS_MAX	1000000

/* A registered prefix. Read under RCU; freed by RCU after it left the router */
struct khttp_url {
	/* set once */
	u64 id;				/* unique in the namespace for ever */
	u64 context;
	struct khttp_group *group;	/* with a reference to its queue */
	const char *redirect;		/* whereto, behind prefix; NULL: the queue */
	u16 redirect_len;
	u16 status;			/* of the redirect */
	/* under net->config, see step.h */
	bool leaving;			/* no lookup finds it */
	bool replaced;			/* another has come in its place */
	bool of_file;			/* see registration.c: it ends with one */
	struct rcu_head rcu;
	u64 __percpu *requests;
	struct khttp_need need;		/* the sockets */
	/* owned by the router, set before it can be found */
	struct rhash_head node;		/* the router's path table */
	struct khttp_site *site;
	u32 hash;			/* of its path */
	/* under net->config */
	struct list_head link;		/* khttp_group.urls */
	kuid_t user;			/* who bound it without CAP_NET_ADMIN, or
					 * INVALID_UID
					 */
	/* set once: normal form, NUL-terminated: scheme://host:port/path/ */
	u16 prefix_len;
	u16 path_off;
	char prefix[];
};

/* A prefix that answers with a redirect, and feeds no queue */
struct khttp_redirect {
	const char *to;			/* NULL: it is none */
	u16 to_len;
	u16 status;
};

/* What is said of a prefix that is to be */
struct khttp_url_order {
	const struct khttp_who *who;	/* who asks */
	const char *prefix;		/* text as he gave it */
	size_t len;
	u64 context;			/* handed to workers with each request */
	struct khttp_redirect redirect;	/* what it answers instead */
	bool replace;			/* of one that means the same URLs */
	bool of_file;			/* it ends with the caller's file */
};

/* ERR_PTR -ENOMEM. Context: sleeps */
struct khttp_router *khttp_router_create(void);
/* Context: sleeps. It must be empty and nobody looks any more */
void khttp_router_destroy(struct khttp_router *r);

/*
 * The prefix that answers, or NULL. @by_ip: an IP-bound prefix matched, so the
 * local address is part of the identity of what is stored.
 * Context: rcu_read_lock held by the caller; the url is valid inside it.
 */
const struct khttp_url *khttp_route(const struct khttp_router *r,
				    const struct khttp_route_query *query,
				    bool *by_ip);

/* Is there something in @r, the router of the reservations, that stands before
 * @found, what the other router says, or NULL? Context: rcu_read_lock held
 */
bool khttp_route_reserved(const struct khttp_router *r,
			  const struct khttp_route_query *query,
			  const struct khttp_url *found);

/*
 * Control path. Context: net->config held, sleep.
 */

/* The one that means the same set of URLs, or NULL */
struct khttp_url *khttp_router_find(struct khttp_router *r,
				    const struct khttp_prefix *prefix);
/* The longest with the same scheme, host and port that holds it, or NULL */
struct khttp_url *khttp_router_cover(struct khttp_router *r,
				     const struct khttp_prefix *prefix);
/* The first with an id of @id or more, or NULL: dumps go on after any change */
struct khttp_url *khttp_router_next(struct khttp_router *r, u64 id);
u64 khttp_router_count(const struct khttp_router *r);
/* Give it an id and a place, and take that away; 0, -ENOSPC, -ENOMEM. @prefix is
 * parsed from its own text
 */
int khttp_router_enter(struct khttp_router *r, struct khttp_url *url,
		       const struct khttp_prefix *prefix);
void khttp_router_leave(struct khttp_router *r, struct khttp_url *url);
/* Readers find it: 0, -EEXIST, -ENOMEM. They do not. They find @new instead */
int khttp_router_show(struct khttp_router *r, struct khttp_url *url);
void khttp_router_hide(struct khttp_router *r, struct khttp_url *url);
void khttp_router_exchange(struct khttp_router *r, struct khttp_url *old,
			   struct khttp_url *new);

/*
 * url.c: a prefix with everything it needs. Made, with listeners and a place,
 * unknown to readers: it, or ERR_PTR with *@why set to a text for the administrator
 * (static), and in @old the one that means the same URLs, or NULL. Published
 * instead of that one, and dropped.
 */
struct khttp_url *khttp_url_make(struct khttp_net *kn,
				 const struct khttp_url_order *o,
				 struct khttp_group *group,
				 struct khttp_url **old, const char **why);
/* Its normal form, to kfree(), without a NUL; or NULL */
char *khttp_url_text(const struct khttp_prefix *p, u32 *len);
/* Would it be let in? 0 or -errno likewise, but nothing is opened or made */
int khttp_url_check(struct khttp_net *kn, const struct khttp_url_order *o,
		    const char **why);
int khttp_url_publish(struct khttp_net *kn, struct khttp_url *url,
		      struct khttp_url *old, const char **why);
/* The others stay with what it had */
void khttp_url_unpublish(struct khttp_net *kn, struct khttp_url *url,
			 struct khttp_url *old);
/* Of one that no reader finds any more, or that none has found. @q: its queue */
void khttp_url_drop(struct khttp_net *kn, struct khttp_url *url,
		    struct khttp_queue *q);
/* Does it end with the changes under way? */
bool khttp_url_leaves(const struct khttp_url *url);
void khttp_url_mark(struct khttp_url *url, bool leaving);
/* May he delete it, or put another one in its place? */
bool khttp_url_may_end(const struct khttp_url *url, const struct khttp_who *who);
/* The one with this prefix, or ERR_PTR -EINVAL (no prefix), -ENOENT */
struct khttp_url *khttp_url_find(struct khttp_net *kn, const char *prefix,
				 size_t len, const char **why);
/* No new reader finds it; gone for the caller. Its id, for the cache */
u64 khttp_url_del(struct khttp_net *kn, struct khttp_url *url);
/* All urls of one group, which is going; what they stored is the caller's to purge */
void khttp_url_del_group(struct khttp_net *kn, struct khttp_group *group);
/* All urls: the namespace is going, and its cache with it */
void khttp_url_del_all(struct khttp_net *kn);
/* Requests it got */
u64 khttp_url_requests(const struct khttp_url *url);

#endif
