/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_CACHE_POLICY_H
#define KHTTP_HTTP_CACHE_POLICY_H

#include "http/parse.h"

/*
 * Why a request is not answered from the cache or a response is not stored.
 * X(NAME, "word", "text")
 */
#define KHTTP_CACHE_WHY_LIST(X)						\
	/* the request */						\
	X(METHOD, "method", "only GET and HEAD use the cache, GET fills it") \
	X(BODY, "request-body", "the request has a body")		\
	X(AUTHORIZATION, "authorization", "the request has credentials") \
	X(RANGE, "range", "the request asks for a range")		\
	X(CONDITION, "condition",					\
	  "If-Match and If-Unmodified-Since are the worker's to judge")	\
	X(EXPECT, "expect", "the request has an expectation")		\
	X(UPGRADE, "upgrade", "the request asks for another protocol")	\
	X(TARGET, "target", "the target is not a path")			\
	X(DELEGATED, "delegated", "a worker of another queue handed it on") \
	X(SPELLING, "spelling", "others spell its path in another way")	\
	/* the response */						\
	X(NOT_ASKED, "not-asked", "the worker did not ask for caching")	\
	X(TTL, "ttl", "the time to live is zero")			\
	X(STATUS, "status", "a response with this status is never stored") \
	X(VARY, "vary", "the response varies by anything, or by too much") \
	X(TAGS, "tags", "its tags are too many, too long or malformed")	\
	X(NEVER, "never", "the worker forbade it")			\
	X(NO_STORE, "no-store", "the response's directive, or the request's") \
	X(PRIVATE, "private", "the response is for one user")		\
	X(NO_CACHE, "no-cache", "the response has to be validated each time") \
	X(UNDERSTAND, "must-understand", "a status that is unknown here") \
	X(NO_LIFETIME, "no-lifetime", "no field says how long it is fresh") \
	X(STALE, "stale", "the response is older than it may become")	\
	X(SET_COOKIE, "set-cookie", "the response sets a cookie")	\
	X(PARTIAL, "partial", "the response is a part (206)")	\
	X(SIZE, "size", "the response is larger than an entry may be")	\
	X(BUDGET, "budget", "the cache has no room")			\
	X(ABORTED, "aborted", "the response ended early, or its client went") \
	X(PURGED, "purged", "it was purged while it was on its way")	\
	X(SHARE, "share", "its group's share of the cache has no room")	\
	X(MEMORY, "memory", "the machine had no memory for it")

enum khttp_cache_why {
	KHTTP_CACHE_YES,
#define KHTTP_CACHE_ENUM(name, word, text) KHTTP_CACHE_WHY_##name,
	KHTTP_CACHE_WHY_LIST(KHTTP_CACHE_ENUM)
#undef KHTTP_CACHE_ENUM
	KHTTP_CACHE_WHY__COUNT
};

/* "yes" and "" for KHTTP_CACHE_YES. */
const char *khttp_cache_why_word(enum khttp_cache_why why);
const char *khttp_cache_why_text(enum khttp_cache_why why);

/*
 * May this request be answered from the cache? What the client says in
 * Cache-Control and Pragma does not count here: the origin decides, and a client
 * must not be able to make every request a miss, unless its group lets it
 * (freshness.h). The exception is only-if-cached, which the next function tells.
 * RANGE and AUTHORIZATION come last: nothing else is in the way of a hit, and its
 * entry decides (khttp_cache_looks()).
 */
enum khttp_cache_why khttp_cache_request(const struct khttp_head *head);

/* May such a request have what is stored already, though its answer is not for all? */
static inline bool khttp_cache_looks(enum khttp_cache_why why)
{
	return why == KHTTP_CACHE_YES || why == KHTTP_CACHE_WHY_RANGE ||
	       why == KHTTP_CACHE_WHY_AUTHORIZATION || why == KHTTP_CACHE_WHY_SPELLING;
}

/* On a miss the answer is ONLY_IF_CACHED 504 (RFC 9111 section 5.2.1.7). */
bool khttp_cache_only(const struct khttp_head *head, const char *buf);

/* What a worker asks to have stored. */
struct khttp_cache_offer {
	u64 size;		/* head and body, 0 when not known yet */
	u64 max_size;
	u32 ttl;		/* seconds */
	u16 status;
	u8 asked;
	u8 varies_by_all;	/* its Vary is "*", or more than is kept */
	u8 may_set_cookie;
	u8 bad_tags;		/* khttp_tag_line() refused them */
	u8 spelling;		/* enum khttp_spelling of its request's path */
	u64 fields;		/* KHTTP_FIELD_BIT(id) of the response's fields */
};

/* Looks at the request too: what may not be served is not stored either. */
enum khttp_cache_why khttp_cache_store(const struct khttp_head *head,
				       const struct khttp_cache_offer *offer);

/* Validators of a stored response. */
struct khttp_cache_validators {
	struct khttp_span etag;	/* as sent, with quotes and W/; empty: none */
	u64 last_modified;	/* with has_last_modified */
	bool has_last_modified;
	u16 status;
};

/*
 * Is the answer to this request 304 (RFC 9110 section 13.2.2)? If-None-Match
 * by weak comparison over all its lines, "*" included; If-Modified-Since only
 * without it. Only stored 200s are revalidated.
 */
bool khttp_cache_not_modified(const struct khttp_head *head, const char *buf,
			      const struct khttp_cache_validators *stored,
			      u64 now);

/* An entity tag: [W/] and a quoted string (RFC 9110 section 8.8.3). */
bool khttp_etag_ok(struct khttp_span etag);

/* Seconds; a clock that went backwards counts as 0. RFC 9111 section 4.2.3. */
u32 khttp_cache_age(u64 stored, u64 now);
bool khttp_cache_fresh(u64 stored, u32 ttl, u64 now);

#endif
