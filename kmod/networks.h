/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Named sets of networks, which rules of filters name.
 *
 * A set is loaded as a whole, by one message or several of one netlink socket:
 * they are staged, checked as they come, and published with the last of them,
 * in one step for all who look. A load that is broken off, by an error, by the
 * end of its socket or by ABORT, changes nothing. A socket loads one set at a
 * time. What is staged counts against filter_bytes, like the sets in force;
 * while a set is replaced, both count.
 */
#ifndef _KHTTP_NETWORKS_H
#define _KHTTP_NETWORKS_H

#include <linux/types.h>
#include <linux/khttp.h>

#include "http/netset.h"

struct khttp_net;
struct khttp_networks;
struct khttp_networks_load;

/* Sets of one namespace, and networks in all of them and in stages */
#define KHTTP_NETWORKS_SETS_MAX	1024
#define KHTTP_NETWORKS_MAX	1000000

/* Is it in the set? Context: rcu_read_lock held */
bool khttp_networks_have(const struct khttp_networks *set,
			 const struct khttp_address *address);

/*
 * Control path. Context of all below: net->config held, sleep.
 */

/* Packed networks, see http/netset.h: index 0 is IPv4, 1 is IPv6 */
struct khttp_networks_chunk {
	const u8 *packed[2];
	u32 bytes[2];
	bool more;			/* others follow: only staged */
	bool has_generation;		/* the set in force has to be this one, */
	u64 generation;			/* 0: none */
};

/* Stage. *@out: NULL while more follow, then all of it. -EINVAL, -EBUSY (another set
 * is being loaded), -ESTALE, -ENOSPC, -EDQUOT, -ENOMEM
 */
int khttp_networks_load(struct khttp_net *kn, u32 portid, const char *name,
			const struct khttp_networks_chunk *chunk,
			struct khttp_networks_load **out, const char **why);
/* The set for it, made if there is none: ERR_PTR -ENOSPC, -ENOMEM, and the load is
 * dropped. Then it is published or undone
 */
struct khttp_networks *khttp_networks_hold(struct khttp_net *kn, const char *name,
					   struct khttp_networks_load *load,
					   bool *made, const char **why);
/* The set has @load from now on: what was loaded for it or, to take that back, what it
 * had. Returns what it had, for khttp_networks_settle(), which is for good. Context:
 * net->config held
 */
struct khttp_networks_load *khttp_networks_publish(struct khttp_net *kn,
						   struct khttp_networks *set,
						   struct khttp_networks_load *load);
void khttp_networks_settle(struct khttp_net *kn, struct khttp_networks_load *load,
			   struct khttp_networks_load *before);
void khttp_networks_undo(struct khttp_net *kn, struct khttp_networks *set,
			 struct khttp_networks_load *load, bool made);
/* Has it sent the beginning of one? */
bool khttp_networks_loading(struct khttp_net *kn, u32 portid);
/* What that socket has staged is dropped */
void khttp_networks_abort(struct khttp_net *kn, u32 portid);
/* It ends: no rule names it. It is about to, see step.h, or stays */
void khttp_networks_end(struct khttp_net *kn, struct khttp_networks *set);
void khttp_networks_mark(struct khttp_networks *set, bool leaving);
/* By name, or NULL */
struct khttp_networks *khttp_networks_find(struct khttp_net *kn,
					   struct khttp_span name);
/* The one with the smallest id from @id on, or NULL */
struct khttp_networks *khttp_networks_next(struct khttp_net *kn, u64 id);
/* The same, and a rule names it now; until unuse */
struct khttp_networks *khttp_networks_use(struct khttp_net *kn,
					  struct khttp_span name);
void khttp_networks_unuse(struct khttp_networks *set);

struct khttp_networks_info {
	u64 id;
	const char *name;
	u64 generation;			/* of the configuration that it came with */
	u32 users;			/* rules */
	u64 bytes;
	const u8 *packed[2];		/* as they were loaded; until the next */
	u32 n[2];
};

void khttp_networks_show(struct khttp_net *kn, const struct khttp_networks *set,
			 struct khttp_networks_info *info);
/* All of a namespace that goes, and what is staged: no rule is left */
void khttp_networks_destroy(struct khttp_net *kn);

#endif
