/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_MATCH_H
#define KHTTP_HTTP_MATCH_H

#include "http/span.h"

struct khttp_prefix;

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

/* Do both mean the same set of URLs? */
bool khttp_prefix_eq(const struct khttp_prefix *a, const struct khttp_prefix *b);

#endif
