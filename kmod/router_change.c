// SPDX-License-Identifier: GPL-2.0-only
/* Prefixes get a place and are found there, or are no more. */

#include "router_i.h"

#include "alloc.h"

/* Hash and depth of a prefix' path, as the walk of a request's path has them */
static u32 hash_path(const struct khttp_router *r, struct khttp_span path,
		     u32 *depth)
{
	struct khttp_path_walk walk;

	khttp_path_walk_init(&walk, path, r->seed);
	while (khttp_path_walk_next(&walk))
		*depth = walk.depth;
	return walk.hash;
}

static struct khttp_url *find_path(struct khttp_router *r,
				   const struct khttp_site *site,
				   const struct khttp_prefix *prefix)
{
	struct path_key key = {
		.site = site,
		.path = khttp_path_key(prefix->path),
	};

	key.hash = khttp_hash_fold(key.path, r->seed);
	return rhashtable_lookup_fast(&r->paths, &key, path_params);
}

/**
 * khttp_router_find - the prefix that means the same set of URLs
 * @r: the router
 * @prefix: parsed
 *
 * Context: net->config held. Returns NULL when there is none.
 */
struct khttp_url *khttp_router_find(struct khttp_router *r,
				    const struct khttp_prefix *prefix)
{
	const struct khttp_site *site;
	struct site_key key;

	key_of_prefix(r, &key, prefix);
	site = rhashtable_lookup_fast(&r->sites, &key, site_params);
	return site ? find_path(r, site, prefix) : NULL;
}

/**
 * khttp_router_next - walk the prefixes in the order they were added
 * @r: the router
 * @id: where to go on, 0 for the first
 *
 * Context: net->config held. Returns NULL at the end.
 */
struct khttp_url *khttp_router_next(struct khttp_router *r, u64 id)
{
	unsigned long index = id;

	return xa_find(&r->urls, &index, ULONG_MAX, XA_PRESENT);
}

/**
 * khttp_router_count - prefixes in the router
 * @r: the router
 *
 * Context: net->config held.
 */
u64 khttp_router_count(const struct khttp_router *r)
{
	return r->n_urls;
}

static void count_site(struct khttp_router *r, const struct khttp_site *site,
		       int by)
{
	struct khttp_span name = khttp_span_of(site->host, site->host_len);
	u32 labels;

	WRITE_ONCE(r->n_sites[site->bucket], r->n_sites[site->bucket] + by);
	if (site->bucket != KHTTP_BUCKET_SUBDOMAIN)
		return;
	labels = min_t(u32, labels_in(name), LABELS_MAX - 1);
	r->n_labels[labels] += by;
	labels = LABELS_MAX - 1;
	while (labels && !r->n_labels[labels])
		labels--;
	WRITE_ONCE(r->max_labels, labels);
}

static struct khttp_site *get_site(struct khttp_router *r,
				   const struct khttp_prefix *prefix)
{
	struct khttp_site *site;
	struct site_key key;
	int err;

	key_of_prefix(r, &key, prefix);
	site = rhashtable_lookup_fast(&r->sites, &key, site_params);
	if (site)
		return site;
	site = khttp_kzalloc(struct_size(site, host, key.host.len), GFP_KERNEL_ACCOUNT);
	if (!site)
		return ERR_PTR(-ENOMEM);
	site->hash = key.hash;
	site->port = prefix->port;
	site->scheme = prefix->scheme;
	site->bucket = prefix->bucket;
	site->kind = key.kind;
	memcpy(site->addr, prefix->addr, sizeof(site->addr));
	site->host_len = key.host.len;
	memcpy(site->host, key.host.ptr, key.host.len);
	err = khttp_may_fail(rhashtable_insert_fast(&r->sites, &site->node, site_params));
	if (err) {
		kfree(site);
		return ERR_PTR(err);
	}
	count_site(r, site, 1);
	return site;
}

static void put_site(struct khttp_router *r, struct khttp_site *site)
{
	if (site->n_urls)
		return;
	count_site(r, site, -1);
	rhashtable_remove_fast(&r->sites, &site->node, site_params);
	kfree_rcu(site, rcu);
}

/**
 * khttp_router_enter - a place for a prefix, which no reader finds yet
 * @r: the router
 * @url: its text is set; gets its id here
 * @prefix: parsed from that text
 *
 * Context: net->config held, sleeps. Returns 0 or -ENOSPC, -ENOMEM.
 */
int khttp_router_enter(struct khttp_router *r, struct khttp_url *url,
		       const struct khttp_prefix *prefix)
{
	struct khttp_site *site;
	u32 depth = 0;
	int err;

	if (r->n_urls >= KHTTP_URLS_MAX)
		return -ENOSPC;
	site = get_site(r, prefix);
	if (IS_ERR(site))
		return PTR_ERR(site);
	url->id = r->next_id;
	url->site = site;
	url->hash = hash_path(r, prefix->path, &depth);
	err = khttp_may_fail(xa_insert(&r->urls, url->id, url, GFP_KERNEL_ACCOUNT));
	if (err) {
		put_site(r, site);
		return err;
	}
	/* Before it can be found: who walks less deep would miss it */
	if (depth > site->max_depth)
		WRITE_ONCE(site->max_depth, depth);
	r->next_id++;
	r->n_urls++;
	site->n_urls++;
	return 0;
}

/**
 * khttp_router_leave - it has no place any more
 * @r: the router
 * @url: a prefix that no new reader finds
 *
 * Context: net->config held.
 */
void khttp_router_leave(struct khttp_router *r, struct khttp_url *url)
{
	xa_erase(&r->urls, url->id);
	r->n_urls--;
	url->site->n_urls--;
	put_site(r, url->site);
}

/**
 * khttp_router_show - readers find it
 * @r: the router
 * @url: a prefix that has its place
 *
 * Context: net->config held, sleeps. Returns 0 or -EEXIST, -ENOMEM.
 */
int khttp_router_show(struct khttp_router *r, struct khttp_url *url)
{
	const struct path_key key = {
		.hash = url->hash,
		.site = url->site,
		.path = khttp_path_key(url_path(url)),
	};

	int err;

	if (rhashtable_lookup_fast(&r->paths, &key, path_params))
		return -EEXIST;
	err = khttp_may_fail(rhashtable_insert_fast(&r->paths, &url->node,
						    path_params));
	if (!err && is_root(url))
		rcu_assign_pointer(url->site->root, url);
	return err;
}

/**
 * khttp_router_hide - no new reader finds it
 * @r: the router
 * @url: a prefix that is shown; readers may look at it for a grace period more
 *
 * Context: net->config held.
 */
void khttp_router_hide(struct khttp_router *r, struct khttp_url *url)
{
	if (is_root(url))
		RCU_INIT_POINTER(url->site->root, NULL);
	rhashtable_remove_fast(&r->paths, &url->node, path_params);
}

/**
 * khttp_router_exchange - readers find another in its place
 * @r: the router
 * @old: a prefix that is shown
 * @new: one for the same URLs that has its place
 *
 * There is no moment at which neither is found.
 *
 * Context: net->config held.
 */
void khttp_router_exchange(struct khttp_router *r, struct khttp_url *old,
			   struct khttp_url *new)
{
	int err = rhashtable_replace_fast(&r->paths, &old->node, &new->node,
					  path_params);

	/* Same site, same path: the same bucket */
	if (!WARN_ON_ONCE(err) && is_root(new))
		rcu_assign_pointer(new->site->root, new);
}
