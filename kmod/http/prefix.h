/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_PREFIX_H
#define KHTTP_HTTP_PREFIX_H

#include "http/uri.h"

/*
 * UrlPrefix strings: scheme "://" host ":" port "/" [path "/"]. Host is "+"
 * (strong wildcard), "*" (weak wildcard), a name, "*." and a name (any number
 * of labels in front of it), or an IP literal, which means the local address
 * of the connection and not the Host text. The path is a whole-segment subtree
 * in cooked form, compared without regard to ASCII case.
 */

/* In routing order; the first bucket with a match decides. Part of the ABI. */
enum khttp_bucket {
	KHTTP_BUCKET_STRONG,
	KHTTP_BUCKET_NAME,
	KHTTP_BUCKET_SUBDOMAIN,	/* the longest matching name first */
	KHTTP_BUCKET_ADDRESS,
	KHTTP_BUCKET_WEAK,
	KHTTP_BUCKET__COUNT
};

#define KHTTP_PREFIX_TEXT_MAX	2040	/* bytes of a prefix as written */
#define KHTTP_PREFIX_PRINT_MAX	2047	/* and of its normal form */

struct khttp_prefix {
	u8 scheme;		/* enum khttp_scheme */
	u8 bucket;		/* enum khttp_bucket */
	u8 host_kind;		/* enum khttp_host_kind; NONE: a wildcard */
	u16 port;
	u8 addr[16];		/* ADDRESS: IPV6, or IPV4 in the first four */
	/* into the parsed text, which has to outlive this struct */
	struct khttp_span host;	/* without "*." and brackets; empty: wildcard */
	struct khttp_span path;	/* "/" or "/a/b/" */
};

/*
 * Strict: nothing is added or repaired. Returns NULL, or one sentence without a
 * full stop that says what to change (fit for extack).
 */
const char *khttp_prefix_parse(const char *text, u32 len,
			       struct khttp_prefix *prefix);

/*
 * Normal form: lower-case scheme and host, RFC 5952 addresses; the path keeps
 * its case. Returns the length, or 0 when @size is too small
 * (KHTTP_PREFIX_PRINT_MAX always fits). No NUL.
 */
u32 khttp_prefix_print(const struct khttp_prefix *prefix, char *out, u32 size);

/* Do both mean the same set of URLs? */
bool khttp_prefix_eq(const struct khttp_prefix *a, const struct khttp_prefix *b);

/* Does the subtree of @outer hold that of @inner (same scheme, host, port)? */
bool khttp_prefix_covers(const struct khttp_prefix *outer,
			 const struct khttp_prefix *inner);

/* "strong wildcard", "host name", ... */
const char *khttp_bucket_name(enum khttp_bucket bucket);

/*
 * Hash of bytes without regard to ASCII case, for host names and paths. Seed it
 * with a random number: it resists guessing, not an attacker who sees hashes.
 */
u32 khttp_hash_fold(struct khttp_span bytes, u32 seed);

/*
 * What a path table is keyed with: the path of a prefix without its last
 * slash, so "" for "/". khttp_path_key() of a prefix path and the iterator
 * below give equal bytes and hashes for equal subtrees.
 */
struct khttp_span khttp_path_key(struct khttp_span prefix_path);

/*
 * Walks the whole-segment boundaries of a cooked path from short to long:
 * "/a/bc/d" gives "", "/a", "/a/bc", "/a/bc/d"; "/a/" gives "", "/a". Empty
 * segments at the front are skipped ("///a" gives "", "/a"), those inside
 * count ("/a//b" gives "", "/a", "/a/", "/a//b").
 *
 *	khttp_path_walk_init(&walk, path, seed);
 *	while (khttp_path_walk_next(&walk))
 *		probe(table, walk.hash, walk.key);
 *
 * walk.hash == khttp_hash_fold(walk.key, seed).
 */
struct khttp_path_walk {
	struct khttp_span key;	/* the bytes so far */
	u32 hash;
	u32 depth;		/* segments in key */
	u32 skipped;		/* bytes of leading empty segments */
	/* private */
	struct khttp_span path;
	u32 state;
	bool begun;
};

void khttp_path_walk_init(struct khttp_path_walk *walk, struct khttp_span path,
			  u32 seed);
bool khttp_path_walk_next(struct khttp_path_walk *walk);

/*
 * "a.b.c" becomes "b.c", then "c", then false: the names that a sub-domain
 * prefix may have to match this host.
 */
bool khttp_host_parent(struct khttp_span *name);

/* A request as the router sees it. */
struct khttp_route_query {
	u8 scheme;
	u8 host_kind;		/* enum khttp_host_kind */
	u8 local_kind;		/* IPV4, IPV6, or NONE when unknown */
	u16 port;		/* local port of the connection */
	u8 local[16];
	struct khttp_span host;	/* name of the Host, for KHTTP_HOST_NAME */
	struct khttp_span path;	/* cooked */
};

/* The same rules as the kernel's router, over a list; an index, or -1. */
int khttp_prefix_match(const struct khttp_prefix *list, u32 n,
		       const struct khttp_route_query *query);

/* Does this one prefix match, other prefixes left aside? */
bool khttp_prefix_matches(const struct khttp_prefix *prefix,
			  const struct khttp_route_query *query);

#endif
