// SPDX-License-Identifier: GPL-2.0-only
/* Rates by client address: see rates.h for what happens in a full table. */

#include "rates.h"

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

#include "alloc.h"
#include "filter.h"
#include "http/rate.h"
#include "net.h"

#define ENTRIES		7

struct entry {
	u64 client;			/* hash of the address, or 0 */
	u64 full_at;			/* CLOCK_MONOTONIC, ns */
};

/* Two cache lines */
struct bucket_group {
	spinlock_t lock;		/* guards: */
	struct entry entries[ENTRIES];
} ____cacheline_aligned_in_smp;

struct khttp_limiter {
	/* set once */
	u64 id;				/* unique in the namespace for ever */
	char name[KHTTP_QUEUE_NAME_MAX];
	siphash_key_t secret;		/* clients choose their addresses */
	u32 mask;			/* of groups */
	u32 groups_n;
	struct bucket_group *groups;
	u64 bytes;			/* charged */
	struct rcu_head rcu;

	/* written under net->config; READ_ONCE readers. Who reads may see half
	 * of a change: one request is judged by it
	 */
	struct khttp_rate rate;
	u8 bits4;
	u8 bits6;

	/* under net->config */
	struct list_head link;		/* net->limiters */
	struct khttp_limiter_config config;
	u32 users;			/* rules that name it */
	bool leaving;			/* see step.h: no lookup finds it */
	const struct khttp_limiter_config *next; /* likewise: it is about to have */
};

/* ---- a request ---- */

static u64 hash_client(const struct khttp_limiter *l,
		       const struct khttp_address *client)
{
	struct khttp_address a = *client;

	khttp_address_mask(&a, a.len == KHTTP_ADDRESS4_LEN ?
			       READ_ONCE(l->bits4) : READ_ONCE(l->bits6));
	return siphash(&a, sizeof(a), &l->secret) ?: 1;
}

/* The client's own, or the one that owes least */
static struct entry *find_entry(struct bucket_group *g, u64 client, u64 now)
{
	struct entry *e, *least = g->entries;

	for (e = g->entries; e < g->entries + ENTRIES; e++) {
		if (e->client == client)
			return e;
		if ((s64)(e->full_at - now) < (s64)(least->full_at - now))
			least = e;
	}
	return least;
}

/**
 * khttp_limiter_take - one more request of a client
 * @l: the rate
 * @client: its address
 * @now: CLOCK_MONOTONIC, ns
 *
 * Returns 0, or the ns until there will be a token for it.
 *
 * Context: rcu_read_lock held, BH disabled.
 */
u64 khttp_limiter_take(struct khttp_limiter *l,
		       const struct khttp_address *client, u64 now)
{
	const struct khttp_rate rate = {
		.interval = READ_ONCE(l->rate.interval),
		.tolerance = READ_ONCE(l->rate.tolerance),
	};
	u64 hash = hash_client(l, client);
	struct bucket_group *g = &l->groups[hash & l->mask];
	struct entry *e;
	u64 wait;

	spin_lock(&g->lock);
	e = find_entry(g, hash, now);
	wait = khttp_rate_take(&rate, &e->full_at, now);
	if (!wait)
		e->client = hash;
	spin_unlock(&g->lock);
	return wait;
}

/* ---- control ---- */

static const char *check_limiter(const struct khttp_limiter_config *cfg, struct khttp_rate *rate)
{
	u64 interval;

	if (!cfg->count || !cfg->period || cfg->period > KHTTP_RATE_PERIOD_MAX)
		return "say how many requests in how many seconds, up to 86400 of them";
	interval = div_u64(cfg->period * (u64)NSEC_PER_SEC, cfg->count);
	if (!khttp_rate_set(rate, interval, cfg->burst))
		return "a rate is one request an hour to one a ns, its burst 1 to 1000000";
	if (cfg->bits4 > 32 || cfg->bits6 > 128)
		return "of an address 0 to 32 bits count, or 0 to 128 for IPv6";
	return NULL;
}

static void apply(struct khttp_limiter *l, const struct khttp_limiter_config *cfg,
		  const struct khttp_rate *rate)
{
	WRITE_ONCE(l->rate.interval, rate->interval);
	WRITE_ONCE(l->rate.tolerance, rate->tolerance);
	WRITE_ONCE(l->bits4, cfg->bits4);
	WRITE_ONCE(l->bits6, cfg->bits6);
	l->config = *cfg;
}

static u32 count(struct khttp_net *kn)
{
	struct list_head *at;
	u32 n = 0;

	list_for_each(at, &kn->limiters)
		n++;
	return n;
}

static int alloc_table(struct khttp_limiter *l, u32 groups)
{
	u32 i;

	l->groups = khttp_kvcalloc(groups, sizeof(*l->groups), GFP_KERNEL_ACCOUNT);
	if (!l->groups)
		return -ENOMEM;
	l->groups_n = groups;
	l->mask = groups - 1;
	for (i = 0; i < groups; i++) {
		spin_lock_init(&l->groups[i].lock);
		if (i % 4096 == 4095)
			cond_resched();
	}
	return 0;
}

static struct khttp_limiter *create_limiter(struct khttp_net *kn, const char *name,
					    const struct khttp_limiter_config *cfg,
					    const struct khttp_rate *rate, const char **why)
{
	u32 groups = roundup_pow_of_two(DIV_ROUND_UP(cfg->addresses, ENTRIES));
	u64 bytes = sizeof(struct khttp_limiter) +
		    (u64)groups * sizeof(struct bucket_group);
	struct khttp_limiter *l;
	int err;

	err = khttp_filter_charge(kn, bytes, why);
	if (err)
		return ERR_PTR(err);
	l = khttp_kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	err = l ? alloc_table(l, groups) : -ENOMEM;
	if (err) {
		kfree(l);
		khttp_filter_uncharge(kn, bytes);
		return ERR_PTR(err);
	}
	l->id = ++kn->last_limiter_id;
	strscpy(l->name, name, sizeof(l->name));
	get_random_bytes(&l->secret, sizeof(l->secret));
	l->bytes = bytes;
	apply(l, cfg, rate);
	list_add_tail(&l->link, &kn->limiters);
	return l;
}

/**
 * khttp_limiter_check - may a rate be changed to that?
 * @l: the rate
 * @cfg: what it is to be
 * @why: text for the administrator when not
 *
 * Context: net->config held. Returns 0 or -EINVAL.
 */
int khttp_limiter_check(const struct khttp_limiter *l,
			const struct khttp_limiter_config *cfg, const char **why)
{
	struct khttp_rate rate;

	*why = check_limiter(cfg, &rate);
	if (!*why && cfg->addresses != l->config.addresses)
		*why = "how many addresses a rate knows is said when it is made";
	return *why ? -EINVAL : 0;
}

/**
 * khttp_limiter_create - a new rate
 * @kn: the namespace's root
 * @name: checked by the caller, free
 * @cfg: what it is to be
 * @why: text for the administrator when it fails
 *
 * Context: net->config held, sleeps. Returns ERR_PTR: -EINVAL, -ENOSPC, -EDQUOT,
 * -ENOMEM.
 */
struct khttp_limiter *khttp_limiter_create(struct khttp_net *kn, const char *name,
					   const struct khttp_limiter_config *cfg,
					   const char **why)
{
	struct khttp_rate rate;

	*why = check_limiter(cfg, &rate);
	if (*why)
		return ERR_PTR(-EINVAL);
	if (cfg->addresses < KHTTP_RATE_ADDRESSES_MIN ||
	    cfg->addresses > KHTTP_RATE_ADDRESSES_MAX) {
		*why = "a rate knows 64 to 16777216 addresses";
		return ERR_PTR(-EINVAL);
	}
	if (count(kn) >= KHTTP_LIMITERS_MAX) {
		*why = "no more than 1024 rates in a network namespace";
		return ERR_PTR(-ENOSPC);
	}
	*why = "out of memory; try again later";
	return create_limiter(kn, name, cfg, &rate, why);
}

/**
 * khttp_limiter_plan - what a rate is about to be
 * @l: the rate
 * @next: checked; or NULL: what it is. Stays the caller's
 *
 * Context: net->config held. Returns what it was about to be before.
 */
const struct khttp_limiter_config *
khttp_limiter_plan(struct khttp_limiter *l, const struct khttp_limiter_config *next)
{
	const struct khttp_limiter_config *before = l->next;

	l->next = next;
	return before;
}

/**
 * khttp_limiter_set - change a rate in place
 * @l: the rate
 * @cfg: checked; no longer planned
 *
 * What clients owe stays, in time: at twice the rate it is worth twice as many
 * requests.
 *
 * Context: net->config held.
 */
void khttp_limiter_set(struct khttp_limiter *l,
		       const struct khttp_limiter_config *cfg)
{
	struct khttp_rate rate;

	if (l->next == cfg)
		l->next = NULL;
	if (!WARN_ON_ONCE(check_limiter(cfg, &rate)))
		apply(l, cfg, &rate);
}

static void free_limiter_rcu(struct rcu_head *rcu)
{
	struct khttp_limiter *l = container_of(rcu, struct khttp_limiter, rcu);

	kvfree(l->groups);
	kfree(l);
}

/**
 * khttp_limiter_end - end of a rate that no rule names
 * @kn: the namespace's root
 * @l: the rate
 *
 * Context: net->config held.
 */
void khttp_limiter_end(struct khttp_net *kn, struct khttp_limiter *l)
{
	WARN_ON_ONCE(l->users);
	list_del(&l->link);
	khttp_filter_uncharge(kn, l->bytes);
	call_rcu(&l->rcu, free_limiter_rcu);
}

/**
 * khttp_limiter_mark - a rate is about to end, or is not after all
 * @l: the rate
 * @leaving: which of the two
 *
 * Context: net->config held.
 */
void khttp_limiter_mark(struct khttp_limiter *l, bool leaving)
{
	l->leaving = leaving;
}

/**
 * khttp_limiter_find - a rate by its name
 * @kn: the namespace's root
 * @name: its name
 *
 * Context: net->config held. Returns NULL when there is none.
 */
struct khttp_limiter *khttp_limiter_find(struct khttp_net *kn,
					 struct khttp_span name)
{
	struct khttp_limiter *l;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(l, &kn->limiters, link)
		if (!l->leaving && khttp_span_is(name, l->name))
			return l;
	return NULL;
}

/**
 * khttp_limiter_next - walk the rates in the order of their ids
 * @kn: the namespace's root
 * @id: where to go on, 0 for the first
 *
 * Context: net->config held. Returns NULL at the end.
 */
struct khttp_limiter *khttp_limiter_next(struct khttp_net *kn, u64 id)
{
	struct khttp_limiter *l;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(l, &kn->limiters, link)
		if (l->id >= id)
			return l;
	return NULL;
}

/**
 * khttp_limiter_use - a rule names a rate
 * @kn: the namespace's root
 * @name: its name
 *
 * Context: net->config held. Returns NULL when there is none.
 */
struct khttp_limiter *khttp_limiter_use(struct khttp_net *kn,
					struct khttp_span name)
{
	struct khttp_limiter *l = khttp_limiter_find(kn, name);

	if (l)
		l->users++;
	return l;
}

/**
 * khttp_limiter_unuse - a rule that named it goes
 * @l: the rate
 *
 * Context: net->config held.
 */
void khttp_limiter_unuse(struct khttp_limiter *l)
{
	l->users--;
}

static u32 count_active(const struct khttp_limiter *l)
{
	u64 now = ktime_get_ns();
	u32 n = 0, i, e;

	for (i = 0; i < l->groups_n; i++) {
		for (e = 0; e < ENTRIES; e++)
			n += !khttp_rate_idle(READ_ONCE(l->groups[i].entries[e].full_at),
					      now);
		if (i % 4096 == 4095)
			cond_resched();
	}
	return n;
}

/**
 * khttp_limiter_show - what a rate is and holds
 * @l: the rate
 * @info: filled; its name is the rate's own
 *
 * Context: net->config held, sleeps.
 */
void khttp_limiter_show(const struct khttp_limiter *l,
			struct khttp_limiter_info *info)
{
	*info = (struct khttp_limiter_info){
		.id = l->id,
		.name = l->name,
		.users = l->users,
		.active = count_active(l),
		.bytes = l->bytes,
		.config = l->config,
	};
}

/**
 * khttp_limiter_read - what a rate was set to, or is about to be
 * @l: the rate
 * @cfg: filled
 *
 * Context: net->config held.
 */
void khttp_limiter_read(const struct khttp_limiter *l,
			struct khttp_limiter_config *cfg)
{
	*cfg = l->next ? *l->next : l->config;
}

/**
 * khttp_limiters_destroy - the rates of a namespace that ends
 * @kn: the namespace's root, without filters
 *
 * Context: net->config held.
 */
void khttp_limiters_destroy(struct khttp_net *kn)
{
	struct khttp_limiter *l;

	while ((l = khttp_limiter_next(kn, 0)))
		khttp_limiter_end(kn, l);
}
