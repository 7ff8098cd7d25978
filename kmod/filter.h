/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Request filters: what happens to a request before cache and queue.
 *
 *   object                 found by    ends
 *   khttp_filter           its group   replaced by a next list, or with the group
 *   khttp_filter_rule      its lists   with the last of them
 *   khttp_networks         its name    deleted while no rule names it
 *   khttp_limiter          its name    deleted while no rule names it
 *
 * All of them are made, changed and counted under net->config and read under
 * RCU. A list of rules never changes: a change makes a next one, which shares
 * the rules that stay, and publishes it. So a request meets the old rules or
 * the new ones, and a rule that stays goes on counting. The same goes for the
 * networks of a set.
 *
 * The memory is charged to the cgroup of who configures (GFP_KERNEL_ACCOUNT)
 * and held to the limit filter_bytes, in other namespaces than the initial one
 * also to the module parameter filter_netns_max. What was replaced is not
 * counted any more while the last readers leave it.
 */
#ifndef _KHTTP_FILTER_H
#define _KHTTP_FILTER_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/khttp.h>

#include "http/rule_text.h"

struct khttp_filter;
struct khttp_group;
struct khttp_limiter;
struct khttp_net;
struct khttp_networks;
struct khttp_sketch;

/* A rule's figures, on each CPU */
struct khttp_filter_count {
	u64 matched;
	u64 limited;			/* RATE: and answered 429 */
};

struct khttp_filter_rule {
	/* set once */
	u64 id;				/* unique in the namespace for ever */
	struct khttp_filter_count __percpu *count;
	struct khttp_limiter *limiter;	/* RATE; counted in its users */
	struct khttp_networks *sets[KHTTP_RULE_NETS_MAX]; /* or NULL; likewise */
	struct khttp_rule rule;
	u32 bytes;			/* charged */
	u32 lists;			/* that it stands in; net->config */
	struct rcu_head rcu;
	u32 len;
	char text[];			/* normal form, which rule points into; NUL */
};

/* The rules of a group. Read under RCU */
struct khttp_filter {
	u64 generation;			/* of the configuration that it came with */
	u32 n;
	struct list_head link;		/* net->filters; net->config */
	bool leaving;			/* see step.h; net->config */
	struct rcu_head rcu;
	struct khttp_filter_rule *rules[];
};

/* Why a request does not go on */
struct khttp_verdict {
	u8 reason;			/* enum khttp_reason */
	u16 status;			/* 0: that of the reason */
	u32 retry_after;		/* seconds, or 0 */
	bool close;			/* without a word */
};

/*
 * True: the request goes on. Else *@v says what becomes of it. Counts.
 * Context: rcu_read_lock held, BH disabled
 */
bool khttp_filter_pass(const struct khttp_filter *f,
		       const struct khttp_endpoint *client,
		       const struct khttp_sketch *k, struct khttp_verdict *v);

/*
 * Control path. Context of all below: net->config held, sleep.
 */

/* One rule of a list that is to be: a new one, or one that is there */
struct khttp_filter_entry {
	u64 id;				/* one that is there, or 0 */
	const char *text;		/* a new one, NUL-terminated */
};

/*
 * These and no others, in this order; 0 of them, which is NULL, ends the filter.
 * @generation: that of the list in force (0: none), or NULL when it does not matter.
 * Or ERR_PTR with a static text in *@why and the entry at fault in *@at (@n: none):
 * -EINVAL, -ENOENT, -EBUSY, -ESTALE, -E2BIG, -EDQUOT, -ENOMEM. Then either it is
 * published or dropped.
 */
struct khttp_filter *khttp_filter_make(struct khttp_net *kn,
				       struct khttp_group *g,
				       const struct khttp_filter_entry *list,
				       u32 n, const u64 *generation,
				       const char **why, u32 *at);
/* In force, beside what was before, until it is for good or taken back */
struct khttp_filter *khttp_filter_publish(struct khttp_net *kn, struct khttp_group *g,
					  struct khttp_filter *f);
void khttp_filter_settle(struct khttp_net *kn, struct khttp_group *g,
			 struct khttp_filter *before);
void khttp_filter_drop(struct khttp_net *kn, struct khttp_group *g,
		       struct khttp_filter *f);
/* The group's rules leave, see step.h, or stay */
void khttp_filter_mark(struct khttp_net *kn, struct khttp_group *g, bool leaving);
/* Is a set or a rate named by a rule that does not leave? */
bool khttp_filters_name(struct khttp_net *kn, const void *object);
/* The group goes */
void khttp_filter_end(struct khttp_net *kn, struct khttp_group *g);
/* The namespace goes; no url is left */
void khttp_filters_destroy(struct khttp_net *kn);
/* The sum over all CPUs */
void khttp_filter_read(const struct khttp_filter_rule *r,
		       struct khttp_filter_count *sum);

/* Against filter_bytes: 0, or -EDQUOT with the text */
int khttp_filter_charge(struct khttp_net *kn, u64 bytes, const char **why);
void khttp_filter_uncharge(struct khttp_net *kn, u64 bytes);

#endif
