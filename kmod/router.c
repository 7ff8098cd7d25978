// SPDX-License-Identifier: GPL-2.0-only
/* Which prefix is meant? Readers, beside whom the tables change. */

#include "router_i.h"

#include <linux/random.h>

#include "alloc.h"
#include "http/host.h"

/**
 * khttp_router_create - an empty router
 *
 * Context: sleeps. Returns ERR_PTR(-ENOMEM) without memory.
 */
struct khttp_router *khttp_router_create(void)
{
	struct khttp_router *r = khttp_kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);
	int err;

	if (!r)
		return ERR_PTR(-ENOMEM);
	r->seed = get_random_u32();
	r->next_id = 1;
	xa_init_flags(&r->urls, XA_FLAGS_ACCOUNT);
	err = khttp_may_fail(rhashtable_init(&r->sites, &site_params));
	if (err)
		goto err_router;
	err = khttp_may_fail(rhashtable_init(&r->paths, &path_params));
	if (err)
		goto err_sites;
	return r;
err_sites:
	rhashtable_destroy(&r->sites);
err_router:
	kfree(r);
	return ERR_PTR(err);
}

/**
 * khttp_router_destroy - end of an empty router
 * @r: the router; nobody looks any more
 *
 * Context: sleeps.
 */
void khttp_router_destroy(struct khttp_router *r)
{
	WARN_ON_ONCE(r->n_urls);
	rhashtable_destroy(&r->paths);
	rhashtable_destroy(&r->sites);
	xa_destroy(&r->urls);
	kfree(r);
}

/* Below the root of that site the longest prefix that holds @path; @best: there is none */
static noinline const struct khttp_url *match_below(const struct khttp_router *r,
						    const struct khttp_site *site,
						    struct khttp_span path, u32 max_depth,
						    const struct khttp_url *best)
{
	const struct khttp_url *url;
	struct khttp_path_walk walk;
	struct path_key key;

	key.site = site;
	khttp_path_walk_init(&walk, path, r->seed);
	/* The first one is the root */
	khttp_path_walk_next(&walk);
	while (walk.depth < max_depth && khttp_path_walk_next(&walk)) {
		key.hash = walk.hash;
		key.path = walk.key;
		url = rhashtable_lookup((struct rhashtable *)&r->paths, &key,
					path_params);
		if (url)
			best = url;
	}
	return best;
}

/* The longest prefix of that site that holds @path. Many sites have one, for all */
static const struct khttp_url *match_path(const struct khttp_router *r,
					  const struct site_key *site_key,
					  struct khttp_span path)
{
	const struct khttp_site *site;
	const struct khttp_url *root;
	u32 max_depth;

	site = rhashtable_lookup((struct rhashtable *)&r->sites, site_key,
				 site_params);
	if (!site)
		return NULL;
	root = rcu_dereference(site->root);
	max_depth = READ_ONCE(site->max_depth);
	return max_depth ? match_below(r, site, path, max_depth, root) : root;
}

/*
 * The longest name first. A client may send a host of 127 labels: those that
 * are longer than any registered name are not looked up.
 */
static const struct khttp_url *match_parents(const struct khttp_router *r,
					     struct site_key *key,
					     const struct khttp_route_query *q)
{
	u32 max = READ_ONCE(r->max_labels);
	struct khttp_span name = q->host;
	const struct khttp_url *url;
	u32 base = key->hash;
	u32 labels = labels_in(name);

	while (khttp_host_parent(&name)) {
		if (--labels > max)
			continue;
		key_host(key, name, base);
		url = match_path(r, key, q->path);
		if (url)
			return url;
	}
	return NULL;
}

static const struct khttp_url *match_bucket(const struct khttp_router *r,
					    enum khttp_bucket bucket,
					    const struct khttp_route_query *q)
{
	struct site_key key;

	key_of(r, &key, q->scheme, bucket, q->port);
	switch (bucket) {
	case KHTTP_BUCKET_NAME:
		if (q->host_kind != KHTTP_HOST_NAME)
			return NULL;
		key_host(&key, q->host, key.hash);
		break;
	case KHTTP_BUCKET_SUBDOMAIN:
		if (q->host_kind != KHTTP_HOST_NAME)
			return NULL;
		return match_parents(r, &key, q);
	case KHTTP_BUCKET_ADDRESS:
		if (q->local_kind == KHTTP_HOST_NONE)
			return NULL;
		key_addr(&key, q->local_kind, q->local);
		break;
	default:
		break;
	}
	return match_path(r, &key, q->path);
}

/**
 * khttp_route - which prefix answers?
 * @r: the router
 * @query: what is asked; addresses are zero after their length
 * @by_ip: set to whether an IP-bound prefix answers
 *
 * Context: rcu_read_lock held; the result is valid inside it.
 */
const struct khttp_url *khttp_route(const struct khttp_router *r,
				    const struct khttp_route_query *query,
				    bool *by_ip)
{
	const struct khttp_url *url;
	unsigned int bucket;

	for (bucket = 0; bucket < KHTTP_BUCKET__COUNT; bucket++) {
		if (!READ_ONCE(r->n_sites[bucket]))
			continue;
		url = match_bucket(r, bucket, query);
		if (!url)
			continue;
		*by_ip = bucket == KHTTP_BUCKET_ADDRESS;
		return url;
	}
	*by_ip = false;
	return NULL;
}

/**
 * khttp_route_reserved - does a reservation take a request from its prefix?
 * @r: the router of the reservations
 * @query: what was asked of the other router
 * @found: what that found, or NULL
 *
 * Both stand in one order, as if they were in one router: the bucket, the longer
 * name of a sub-domain, the longer path. Of two that are equal the prefix wins.
 *
 * Context: rcu_read_lock held.
 */
bool khttp_route_reserved(const struct khttp_router *r,
			  const struct khttp_route_query *query,
			  const struct khttp_url *found)
{
	const struct khttp_site *mine, *its;
	const struct khttp_url *url;
	bool by_ip;

	url = khttp_route(r, query, &by_ip);
	if (!url || !found)
		return url;
	mine = url->site;
	its = found->site;
	if (mine->bucket != its->bucket)
		return mine->bucket < its->bucket;
	if (mine->host_len != its->host_len)
		return mine->host_len > its->host_len;
	return url_path(url).len > url_path(found).len;
}

/**
 * khttp_router_cover - the longest prefix at or above another one
 * @r: the router
 * @prefix: parsed
 *
 * Context: net->config held; the result is valid while it is. NULL: none.
 */
struct khttp_url *khttp_router_cover(struct khttp_router *r,
				     const struct khttp_prefix *prefix)
{
	const struct khttp_url *url;
	struct site_key key;

	key_of_prefix(r, &key, prefix);
	rcu_read_lock();
	url = match_path(r, &key, prefix->path);
	rcu_read_unlock();
	/* Who holds the lock may change it */
	return (struct khttp_url *)url;
}
