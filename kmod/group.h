/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group: a site. Prefixes belong to a group, a group feeds one queue. Every
 * queue has a default group of its own name, so simple set-ups never name one;
 * so groups and queues share one space of names.
 *
 *   phase     moved by             meaning
 *   listed    khttp_group_create   in net->groups; prefixes come and go
 *   unlisted  khttp_group_unlist   no prefix, and none comes; memory stays for
 *                                  RCU readers and connections that hold it,
 *                                  which leave it soon
 *
 * The policy in force is made of whole words that are written one by one
 * (WRITE_ONCE) under net->config: who reads may see half of a change, as with
 * the namespace's limits. So it needs no RCU, only the group.
 */
#ifndef _KHTTP_GROUP_H
#define _KHTTP_GROUP_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/khttp.h>

#include "limits.h"
#include "valve.h"

struct khttp_door;
struct khttp_filter;
struct khttp_net;
struct khttp_queue;
struct khttp_share;
struct khttp_step;

/* Groups of one namespace that are no default groups */
#define KHTTP_GROUPS_MAX	16384

/* Read under RCU through a url, or by who holds a reference */
struct khttp_group {
	struct khttp_queue *queue;	/* set once; valid while a url or the queue's
					 * own reference is: not for connections
					 */
	struct khttp_filter __rcu *filter; /* or NULL; written under net->config */
	struct khttp_door __rcu *door;	/* likewise */
	struct khttp_share *share;	/* of the cache; set once, a reference */
	u64 set;			/* rows that it sets, a bit each; READ_ONCE */
	bool watched;			/* connections have to be in it: see admit.h;
					 * READ_ONCE
					 */
	atomic_t n_conns;		/* those that are */
	refcount_t ref;			/* its queue or net->groups; connections */
	struct khttp_policy policy;	/* in force; READ_ONCE readers */

	struct khttp_valve valve;	/* net->throttle.lock; see throttle.h */

	/* set once */
	u64 id;				/* unique in the namespace for ever */
	char name[KHTTP_QUEUE_NAME_MAX];
	bool is_default;		/* ends with its queue */

	/* under net->config */
	struct list_head link;		/* net->groups */
	const struct khttp_step *leaving; /* see step.h: with this no lookup finds it */
	struct khttp_door *next_door;	/* likewise: it is about to have it, */
	bool door_staged;		/* if so */
	bool filter_staged;		/* its next filter is made already */
	struct khttp_policy own;	/* values of the rows in set */
	u64 rate;			/* the valve's, bytes/s, 0: no limit; READ_ONCE
					 * readers
					 */
	struct list_head urls;		/* khttp_url.link */
	u32 n_urls;

	struct rcu_head rcu;
};

static_assert(KHTTP_POLICY_ROWS <= 64);

/* One change of a policy or of the namespace's limits */
struct khttp_limit_change {
	unsigned int row;
	bool inherit;			/* a group's only: no value of its own */
	u64 value;
};

/*
 * Context: net->config held. Create sleeps; the reference is the caller's.
 * ERR_PTR -ENOSPC (too many, not for default groups), -ENOMEM
 */
struct khttp_group *khttp_group_create(struct khttp_net *kn,
				       struct khttp_queue *q, const char *name,
				       bool is_default);
/* By name, no reference, or NULL */
struct khttp_group *khttp_group_find(struct khttp_net *kn, const char *name);
/* The one with the smallest id from @id on, no reference, or NULL */
struct khttp_group *khttp_group_next(struct khttp_net *kn, u64 id);
/* True: what is stored of it has to go */
bool khttp_group_set(struct khttp_net *kn, struct khttp_group *g,
		     const struct khttp_limit_change *list, unsigned int n);
/* The namespace's limits changed. True: what is stored of any group has to go */
bool khttp_groups_update(struct khttp_net *kn);
/* No lookup finds it any more; no url is left in it */
void khttp_group_unlist(struct khttp_group *g);
/* Both ends of one that nobody keeps: unlisted and put */
void khttp_group_destroy(struct khttp_group *g);
/* All that are still listed, without urls: the namespace is going */
void khttp_groups_destroy(struct khttp_net *kn);

void khttp_group_put(struct khttp_group *g);	/* any context */

#endif
