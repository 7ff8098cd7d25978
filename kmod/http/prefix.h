/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_PREFIX_H
#define KHTTP_HTTP_PREFIX_H

#include "http/match.h"
#include "http/uri.h"

/*
 * UrlPrefix strings: scheme "://" host ":" port "/" [path "/"]. Host is "+"
 * (strong wildcard), "*" (weak wildcard), a name, "*." and a name (any number
 * of labels in front of it), or an IP literal, which means the local address
 * of the connection and not the Host text. The path is a whole-segment subtree
 * in cooked form, compared without regard to ASCII case.
 */

/* In routing order; the first bucket with a match decides. */
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

/*
 * A cooked path, or some segments of one, as an administrator writes it: NULL,
 * or one sentence as above.
 */
const char *khttp_prefix_path_check(struct khttp_span path);

/* "strong wildcard", "host name", ... */
const char *khttp_bucket_name(enum khttp_bucket bucket);

#endif
