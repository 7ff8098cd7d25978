// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the machine is short of memory the caches give some back: those that would
 * have to make room next go, of each namespace as many as it has of the whole.
 *
 * One shrinker serves all namespaces. It finds them under RCU, as the kernel
 * lists them: a grace period passes between their leaving that list and the end of
 * their caches.
 */
#include <linux/math64.h>

#include "alloc.h"
#include "cache.h"
#include "cache_i.h"
#include "compat.h"
#include "net.h"

static struct shrinker *shrinker;

static u64 all_entries(void)
{
	struct net *net;
	u64 sum = 0;

	for_each_net_rcu(net)
		sum += khttp_cache_entries(khttp_net_of(net)->cache);
	return sum;
}

static unsigned long count_freeable(struct shrinker *s, struct shrink_control *sc)
{
	u64 sum;

	rcu_read_lock();
	sum = all_entries();
	rcu_read_unlock();
	return min_t(u64, sum, LONG_MAX) ?: SHRINK_EMPTY;
}

static unsigned long scan(struct shrinker *s, struct shrink_control *sc)
{
	unsigned long freed = 0;
	struct net *net;
	u64 all, share;

	rcu_read_lock();
	all = all_entries();
	for_each_net_rcu(net) {
		struct khttp_cache *c = khttp_net_of(net)->cache;
		u64 own = khttp_cache_entries(c);

		if (!own)
			continue;
		share = mul_u64_u64_div_u64(sc->nr_to_scan, own, max(all, own));
		freed += khttp_cache_reclaim(c, share + 1);
	}
	rcu_read_unlock();
	return freed ?: SHRINK_STOP;
}

/**
 * khttp_cache_shrink_init - give memory back from now on
 *
 * Context: sleeps. The namespaces have their caches.
 */
int khttp_cache_shrink_init(void)
{
	static struct shrinker own;
	int err;

	shrinker = khttp_alloc_fails() ? NULL : khttp_shrinker_alloc(&own, "khttp-cache");
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_freeable;
	shrinker->scan_objects = scan;
	shrinker->seeks = DEFAULT_SEEKS;
	err = khttp_may_fail(khttp_shrinker_register(shrinker, "khttp-cache"));
	if (err)
		khttp_shrinker_free(shrinker);
	return err;
}

/**
 * khttp_cache_shrink_exit - nobody looks at the caches any more
 *
 * Context: sleeps. The namespaces still have theirs.
 */
void khttp_cache_shrink_exit(void)
{
	khttp_shrinker_free(shrinker);
}
