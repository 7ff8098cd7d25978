/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the router: two hash tables that grow and shrink beside their readers,
 * sites by (scheme, port, bucket, host), prefixes by (site, path). Changes are
 * serialised by net->config.
 *
 *   router.c         what is found for a request
 *   router_change.c  who has which place, and is found there
 */
#ifndef _KHTTP_ROUTER_I_H
#define _KHTTP_ROUTER_I_H

#include "router.h"

#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>

#include "http/uri.h"

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
	struct khttp_url __rcu *root;	/* the prefix of all its paths, or NULL; as long as
					 * that is shown
					 */
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

static inline u32 site_key_hash(const void *data, u32 len, u32 seed)
{
	const struct site_key *key = data;

	return jhash_1word(key->hash, seed);
}

static inline u32 site_hash(const void *data, u32 len, u32 seed)
{
	const struct khttp_site *site = data;

	return jhash_1word(site->hash, seed);
}

/* 0: the same */
static inline int site_cmp(struct rhashtable_compare_arg *arg, const void *obj)
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

static inline u32 mix_path(u32 hash, const struct khttp_site *site, u32 seed)
{
	return jhash_2words(hash, site->hash, seed);
}

static inline u32 path_key_hash(const void *data, u32 len, u32 seed)
{
	const struct path_key *key = data;

	return mix_path(key->hash, key->site, seed);
}

static inline u32 path_hash(const void *data, u32 len, u32 seed)
{
	const struct khttp_url *url = data;

	return mix_path(url->hash, url->site, seed);
}

static inline struct khttp_span url_path(const struct khttp_url *url)
{
	return khttp_span_of(url->prefix + url->path_off,
			     url->prefix_len - url->path_off);
}

static inline bool is_root(const struct khttp_url *url)
{
	return !khttp_path_key(url_path(url)).len;
}

static inline int path_cmp(struct rhashtable_compare_arg *arg, const void *obj)
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

/* Everything but the host or the address, and their hash */
static inline u32 site_seed(const struct khttp_router *r, u8 scheme, u8 bucket,
			    u16 port)
{
	/* The table's hash mixes it, or the host's */
	return r->seed ^ ((u32)port << 16 | scheme << 8 | bucket);
}

static inline void key_of(const struct khttp_router *r, struct site_key *key,
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

static inline void key_host(struct site_key *key, struct khttp_span host, u32 base)
{
	key->host = host;
	key->hash = khttp_hash_fold(host, base);
}

static inline void key_addr(struct site_key *key, u8 kind, const u8 *addr)
{
	key->kind = kind;
	key->addr = addr;
	key->hash = jhash(addr, sizeof_field(struct khttp_site, addr), key->hash);
}

static inline void key_of_prefix(const struct khttp_router *r, struct site_key *key,
				 const struct khttp_prefix *p)
{
	key_of(r, key, p->scheme, p->bucket, p->port);
	if (p->bucket == KHTTP_BUCKET_ADDRESS)
		key_addr(key, p->host_kind, p->addr);
	else if (p->host.len)
		key_host(key, p->host, key->hash);
}

static inline u32 labels_in(struct khttp_span name)
{
	u32 n = 1;
	u32 i;

	for (i = 0; i < name.len; i++)
		n += name.ptr[i] == '.';
	return n;
}

#endif
