/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rates by client address, which rules of filters name.
 *
 * A table of fixed size, made with the rate: groups of seven entries, each
 * with a lock of its own, found by a keyed hash of the address (as much of it
 * as counts as one client). An entry is two words: whose it is, and when its
 * bucket will be full again. One whose bucket is full says nothing, so it is
 * free.
 *
 * Where all seven are in use, an address that comes new goes on with the entry
 * that owes least, debt and all, and takes it over when it gets a token. So a
 * flood of addresses cannot make anybody's debt forgotten: however many come,
 * the entries of a group together pass seven times the rate, the whole table
 * as many times the rate as it has entries. The price is that a client who is
 * new in a full group may be told 429 for what others did. No search is longer
 * than seven, nothing is allocated, and nothing is shared but by addresses of
 * one group.
 */
#ifndef _KHTTP_RATES_H
#define _KHTTP_RATES_H

#include <linux/types.h>
#include <linux/khttp.h>

#include "http/network.h"
#include "http/span.h"

struct khttp_limiter;
struct khttp_net;

/* Rates of one namespace: what a walk of the list may cost */
#define KHTTP_LIMITERS_MAX	1024

struct khttp_limiter_config {
	u32 count;			/* tokens in */
	u32 period;			/* so many seconds */
	u32 burst;
	u32 bits4;			/* of an address that count as one client */
	u32 bits6;
	u32 addresses;			/* room in the table; set once */
};

/* 0: a token was taken; else ns until there will be one.
 * Context: rcu_read_lock held, BH disabled
 */
u64 khttp_limiter_take(struct khttp_limiter *l,
		       const struct khttp_address *client, u64 now);

/*
 * Control path. Context of all below: net->config held, sleep.
 */

/* ERR_PTR -EINVAL, -ENOSPC, -EDQUOT, -ENOMEM */
struct khttp_limiter *khttp_limiter_create(struct khttp_net *kn, const char *name,
					   const struct khttp_limiter_config *cfg,
					   const char **why);
/* A change in place: may it be (0, -EINVAL); it is planned, see step.h; it is */
int khttp_limiter_check(const struct khttp_limiter *l,
			const struct khttp_limiter_config *cfg, const char **why);
const struct khttp_limiter_config *
khttp_limiter_plan(struct khttp_limiter *l, const struct khttp_limiter_config *next);
void khttp_limiter_set(struct khttp_limiter *l,
		       const struct khttp_limiter_config *cfg);
/* It ends: no rule names it. It is about to, or stays */
void khttp_limiter_end(struct khttp_net *kn, struct khttp_limiter *l);
void khttp_limiter_mark(struct khttp_limiter *l, bool leaving);
/* By name, or NULL */
struct khttp_limiter *khttp_limiter_find(struct khttp_net *kn,
					 struct khttp_span name);
/* The one with the smallest id from @id on, or NULL */
struct khttp_limiter *khttp_limiter_next(struct khttp_net *kn, u64 id);
/* The same, and a rule names it now; until unuse */
struct khttp_limiter *khttp_limiter_use(struct khttp_net *kn,
					struct khttp_span name);
void khttp_limiter_unuse(struct khttp_limiter *l);

struct khttp_limiter_info {
	u64 id;
	const char *name;
	u32 users;			/* rules */
	u32 active;			/* clients whose bucket is not full */
	u64 bytes;
	struct khttp_limiter_config config;
};

/* Looks at all of the table; what was set is there without that */
void khttp_limiter_show(const struct khttp_limiter *l,
			struct khttp_limiter_info *info);
void khttp_limiter_read(const struct khttp_limiter *l,
			struct khttp_limiter_config *cfg);
/* All of a namespace that goes: no rule is left */
void khttp_limiters_destroy(struct khttp_net *kn);

#endif
