/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_CACHE_CONTROL_H
#define KHTTP_HTTP_CACHE_CONTROL_H

#include "http/span.h"

/*
 * Directives of Cache-Control that mean something to us (RFC 9111 section 5.2),
 * of requests and of responses, and of RFC 5861. Who asks looks at those of his own kind; all
 * others are unknown extensions and say nothing (section 5.2.3).
 *
 * X(NAME, "name", member that its number goes to)
 */
#define KHTTP_CC_FLAGS(X)						\
	X(NO_STORE, "no-store")						\
	X(NO_CACHE, "no-cache")						\
	X(PRIVATE, "private")						\
	X(PUBLIC, "public")						\
	X(MUST_REVALIDATE, "must-revalidate")				\
	X(PROXY_REVALIDATE, "proxy-revalidate")				\
	X(MUST_UNDERSTAND, "must-understand")				\
	X(ONLY_IF_CACHED, "only-if-cached")

#define KHTTP_CC_NUMBERS(X)						\
	X(MAX_AGE, "max-age", max_age)					\
	X(S_MAXAGE, "s-maxage", s_maxage)				\
	X(MIN_FRESH, "min-fresh", min_fresh)				\
	X(MAX_STALE, "max-stale", max_stale)				\
	X(STALE_WHILE, "stale-while-revalidate", stale_while)		\
	X(STALE_ERROR, "stale-if-error", stale_error)

enum khttp_cc_directive {
#define KHTTP_CC_ENUM(name, ...) KHTTP_CC_##name,
	KHTTP_CC_FLAGS(KHTTP_CC_ENUM)
	KHTTP_CC_NUMBERS(KHTTP_CC_ENUM)
#undef KHTTP_CC_ENUM
	KHTTP_CC__COUNT
};

/* Zeroed before the first line. */
struct khttp_cache_control {
	u32 said;		/* 1 << enum khttp_cc_directive */
#define KHTTP_CC_MEMBER(name, text, member) u32 member;	/* seconds */
	KHTTP_CC_NUMBERS(KHTTP_CC_MEMBER)
#undef KHTTP_CC_MEMBER
};

static inline bool khttp_cc_says(const struct khttp_cache_control *cc,
				 enum khttp_cc_directive which)
{
	return cc->said & (1u << which);
}

/* What a number of seconds is at most here, and how long "for ever" is. */
#define KHTTP_DELTA_SECONDS_MAX 0x80000000u

/*
 * Digits and nothing else, false otherwise. What is more than 2^31 is 2^31
 * (RFC 9111 section 1.2.2).
 */
bool khttp_delta_seconds(struct khttp_span text, u32 *out);

/*
 * One line of Cache-Control, behind those that were before it. Of a directive
 * that comes twice the first one counts (RFC 9111 section 4.2.1); a number may
 * be quoted (section 5.2), and where it is none it is 0, so that what it should
 * have kept fresh is stale. max-stale needs no number.
 *
 * no-cache and private with names of fields count as without: more is kept back
 * than has to be (sections 5.2.2.4 and 5.2.2.7).
 */
void khttp_cache_control_line(struct khttp_cache_control *cc,
			      struct khttp_span line);

/*
 * One line of CDN-Cache-Control: a Dictionary by RFC 8941, strictly (RFC 9213
 * section 2.1). There the last of two counts, and a number is an Integer. False:
 * it is none, and then all of the field has to be ignored; what it did to @cc
 * up to there means nothing.
 */
bool khttp_cache_control_targeted(struct khttp_cache_control *cc,
				  struct khttp_span line);

#endif
