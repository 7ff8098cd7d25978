/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_CACHE_STATUS_H
#define KHTTP_HTTP_CACHE_STATUS_H

#include "http/cache_policy.h"
#include "http/out.h"

/*
 * Cache-Status: what the cache did with a request (RFC 9211).
 *
 * Why it went to a worker, section 2.2. X(NAME, "word")
 */
#define KHTTP_CACHE_FWD_LIST(X)						\
	X(BYPASS, "bypass")	/* never a matter for the cache */	\
	X(METHOD, "method")	/* by its method */			\
	X(URI_MISS, "uri-miss")	/* nothing stored, or not fresh any more */ \
	X(VARY_MISS, "vary-miss") /* for this URL, but not for this request */ \
	X(REQUEST, "request")	/* by its directives */			\
	X(STALE, "stale")	/* what is stored is not fresh any more */

enum khttp_cache_fwd {
#define KHTTP_CACHE_FWD_ENUM(name, word) KHTTP_CACHE_FWD_##name,
	KHTTP_CACHE_FWD_LIST(KHTTP_CACHE_FWD_ENUM)
#undef KHTTP_CACHE_FWD_ENUM
	KHTTP_CACHE_FWD__COUNT
};

/* Longest line of those below. */
#define KHTTP_CACHE_STATUS_MAX 96

/* @ttl: seconds that it stays fresh; below 0: since when it is not. */
void khttp_cache_status_hit(struct khttp_out *out, s64 ttl);

/* It got what another request was forwarded for (section 2.6). */
void khttp_cache_status_collapsed(struct khttp_out *out,
				  enum khttp_cache_fwd fwd);

/* @why: KHTTP_CACHE_YES: stored; else why not, as its detail. */
void khttp_cache_status_forwarded(struct khttp_out *out,
				  enum khttp_cache_fwd fwd,
				  enum khttp_cache_why why);

/* The same, where the worker's answer was a 304 that renewed what is stored. */
void khttp_cache_status_renewed(struct khttp_out *out, enum khttp_cache_fwd fwd,
				enum khttp_cache_why why);

#endif
