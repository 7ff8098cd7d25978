// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two hash tables that grow and shrink beside their readers: sites by (scheme,
 * port, bucket, host), prefixes by (site, path). Changes are serialised by
 * net->config.
 */

#include "router.h"

#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>

#include "alloc.h"
#include "http/host.h"
#include "http/uri.h"
#include "net.h"

/* A host name has at most 127 labels (RFC 1035 2.3.4) */
#define LABELS_MAX	128

struct khttp_site {
	/* set once */
	struct rhash_head node;
	struct rcu_head rcu;
	u32 hash;
	u16 port;
	u8 scheme;
	u8 bucket;
	u8 kind;			/* of addr: enum khttp_host_kind */
	u8 addr[16];
	/* under net->config, READ_ONCE readers */
	u32 max_depth;			/* of its paths; never falls again */
	u32 n_urls;
	/* set once */
	u16 host_len;
	char host[];
};

struct khttp_router {
	struct rhashtable sites;
	struct rhashtable paths;
	u32 seed;
	/* under net->config, READ_ONCE readers: what need not be looked for */
	u32 n_sites[KHTTP_BUCKET__COUNT];
	u32 max_labels;			/* of sub-domain names */
	/* under net->config */
	struct xarray urls;		/* by id */
	u64 next_id;
	u64 n_urls;
	u32 n_labels[LABELS_MAX];	/* sub-domain names with so many labels */
};

struct site_key {
	u32 hash;
	u16 port;
	u8 scheme;
	u8 bucket;
	u8 kind;
	const u8 *addr;			/* ADDRESS */
	struct khttp_span host;		/* NAME, SUBDOMAIN */
};

struct path_key {
	u32 hash;
	const struct khttp_site *site;
	struct khttp_span path;
};

static u32 site_key_hash(const void *data, u32 len, u32 seed)
{
	const struct site_key *key = data;

	return jhash_1word(key->hash, seed);
}

static u32 site_hash(const void *data, u32 len, u32 seed)
{
	const struct khttp_site *site = data;

	return jhash_1word(site->hash, seed);
}

/* 0: the same */
static int site_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct site_key *key = arg->key;
	const struct khttp_site *site = obj;

	if (key->hash != site->hash || key->port != site->port ||
	    key->scheme != site->scheme || key->bucket != site->bucket ||
	    key->kind != site->kind)
		return 1;
	if (key->bucket == KHTTP_BUCKET_ADDRESS)
		return memcmp(key->addr, site->addr, sizeof(site->addr));
	return !khttp_span_eq_fold(key->host,
				   khttp_span_of(site->host, site->host_len));
}

/* Tables shrink by themselves when prefixes go */
static const struct rhashtable_params site_params = {
	.head_offset = offsetof(struct khttp_site, node),
	.key_len = sizeof(struct site_key),
	.hashfn = site_key_hash,
	.obj_hashfn = site_hash,
	.obj_cmpfn = site_cmp,
	.automatic_shrinking = true,
};

static u32 mix_path(u32 hash, const struct khttp_site *site, u32 seed)
{
	return jhash_2words(hash, site->hash, seed);
}

static u32 path_key_hash(const void *data, u32 len, u32 seed)
{
	const struct path_key *key = data;

	return mix_path(key->hash, key->site, seed);
}

static u32 path_hash(const void *data, u32 len, u32 seed)
{
	const struct khttp_url *url = data;

	return mix_path(url->hash, url->site, seed);
}

static struct khttp_span url_path(const struct khttp_url *url)
{
	return khttp_span_of(url->prefix + url->path_off,
			     url->prefix_len - url->path_off);
}

static int path_cmp(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct path_key *key = arg->key;
	const struct khttp_url *url = obj;

	if (key->hash != url->hash || key->site != url->site)
		return 1;
	return !khttp_span_eq_fold(key->path, khttp_path_key(url_path(url)));
}

static const struct rhashtable_params path_params = {
	.head_offset = offsetof(struct khttp_url, node),
	.key_len = sizeof(struct path_key),
	.hashfn = path_key_hash,
	.obj_hashfn = path_hash,
	.obj_cmpfn = path_cmp,
	.automatic_shrinking = true,
};

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
	xa_init(&r->urls);
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

/* Everything but the host or the address, and their hash */
static u32 site_seed(const struct khttp_router *r, u8 scheme, u8 bucket,
		     u16 port)
{
	return jhash_2words(scheme << 8 | bucket, port, r->seed);
}

static void key_of(const struct khttp_router *r, struct site_key *key,
		   u8 scheme, u8 bucket, u16 port)
{
	*key = (struct site_key){
		.scheme = scheme,
		.bucket = bucket,
		.port = port,
		.host = khttp_span_of("", 0),
	};
	key->hash = site_seed(r, scheme, bucket, port);
}

static void key_host(struct site_key *key, struct khttp_span host, u32 base)
{
	key->host = host;
	key->hash = khttp_hash_fold(host, base);
}

static void key_addr(struct site_key *key, u8 kind, const u8 *addr)
{
	key->kind = kind;
	key->addr = addr;
	key->hash = jhash(addr, sizeof_field(struct khttp_site, addr), key->hash);
}

static void key_of_prefix(const struct khttp_router *r, struct site_key *key,
			  const struct khttp_prefix *p)
{
	key_of(r, key, p->scheme, p->bucket, p->port);
	if (p->bucket == KHTTP_BUCKET_ADDRESS)
		key_addr(key, p->host_kind, p->addr);
	else if (p->host.len)
		key_host(key, p->host, key->hash);
}

/* The longest prefix of that site that holds @path */
static const struct khttp_url *match_path(const struct khttp_router *r,
					  const struct site_key *site_key,
					  struct khttp_span path)
{
	const struct khttp_url *best = NULL, *url;
	const struct khttp_site *site;
	struct khttp_path_walk walk;
	struct path_key key;
	u32 max_depth;

	site = rhashtable_lookup((struct rhashtable *)&r->sites, site_key,
				 site_params);
	if (!site)
		return NULL;
	max_depth = READ_ONCE(site->max_depth);
	key.site = site;
	khttp_path_walk_init(&walk, path, r->seed);
	do {
		if (!khttp_path_walk_next(&walk))
			break;
		key.hash = walk.hash;
		key.path = walk.key;
		url = rhashtable_lookup((struct rhashtable *)&r->paths, &key,
					path_params);
		if (url)
			best = url;
	} while (walk.depth < max_depth);
	return best;
}

static u32 labels_in(struct khttp_span name)
{
	u32 n = 1;
	u32 i;

	for (i = 0; i < name.len; i++)
		n += name.ptr[i] == '.';
	return n;
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
 * khttp_router_add - make a prefix known
 * @r: the router
 * @url: its text is set; gets its id here
 * @prefix: parsed from that text
 *
 * Context: net->config held, sleeps. Returns 0 or -EEXIST, -ENOSPC, -ENOMEM.
 */
int khttp_router_add(struct khttp_router *r, struct khttp_url *url,
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
	err = -EEXIST;
	if (find_path(r, site, prefix))
		goto err_site;
	url->id = r->next_id;
	url->site = site;
	url->hash = hash_path(r, prefix->path, &depth);
	err = khttp_may_fail(xa_insert(&r->urls, url->id, url, GFP_KERNEL_ACCOUNT));
	if (err)
		goto err_site;
	/* Before it can be found: who walks less deep would miss it */
	if (depth > site->max_depth)
		WRITE_ONCE(site->max_depth, depth);
	err = khttp_may_fail(rhashtable_insert_fast(&r->paths, &url->node, path_params));
	if (err)
		goto err_id;
	r->next_id++;
	r->n_urls++;
	site->n_urls++;
	return 0;
err_id:
	xa_erase(&r->urls, url->id);
err_site:
	put_site(r, site);
	return err;
}

/**
 * khttp_router_del - no new reader finds it
 * @r: the router
 * @url: a prefix in it; readers may look at it for a grace period more
 *
 * Context: net->config held.
 */
void khttp_router_del(struct khttp_router *r, struct khttp_url *url)
{
	rhashtable_remove_fast(&r->paths, &url->node, path_params);
	xa_erase(&r->urls, url->id);
	r->n_urls--;
	url->site->n_urls--;
	put_site(r, url->site);
}
