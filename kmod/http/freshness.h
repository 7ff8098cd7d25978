/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_FRESHNESS_H
#define KHTTP_HTTP_FRESHNESS_H

#include "http/cache_control.h"
#include "http/cache_policy.h"

/*
 * How long a response is fresh by its own fields, to a shared cache in front of
 * its origin: RFC 9111 sections 3 and 4.2, RFC 9213.
 */

/* What its fields say; zeroed before the first one. Times in seconds since 1970. */
struct khttp_freshness {
	struct khttp_cache_control control;	/* Cache-Control */
	struct khttp_cache_control targeted;	/* CDN-Cache-Control */
	u32 targeted_lines;
	bool targeted_broken;
	bool has_date;
	bool has_expires;
	bool has_modified;
	bool has_etag;
	u64 date;
	u64 expires;		/* 0, the past, where it is no date */
	u64 modified;
	u32 age;		/* khttp_age_value() of the first line, or 0 */
};

/* Takes in one field line; of those that it does not know nothing. */
void khttp_freshness_field(struct khttp_freshness *f, enum khttp_field_id id,
			   struct khttp_span value, u64 now);

/* A line of Age: the first of several values (RFC 9111 section 5.1). False, and
 * 0: that is no number.
 */
bool khttp_age_value(struct khttp_span value, u32 *age);

struct khttp_freshness_ask {
	u64 now;		/* when it came, seconds since 1970 */
	u32 delay;		/* seconds since it was asked for */
	u32 heuristic;		/* per cent of the time since Last-Modified */
	u16 status;
	bool authorized;	/* the request had credentials */
	u32 stale_while;	/* as below, where the response says nothing */
	u32 stale_error;
	u32 keep;		/* as below, of what has a validator */
};

struct khttp_freshness_term {
	u32 age;		/* seconds, when it came (RFC 9111 4.2.3) */
	u32 ttl;		/* seconds that it stays fresh from then on */
	bool shared;		/* also for requests with credentials (3.5) */
	/* Seconds after that in which it may be used: while it is asked for anew; and
	 * when that fails (RFC 5861 sections 3 and 4)
	 */
	u32 stale_while;
	u32 stale_error;
	/* Seconds after that in which it may be validated (RFC 9111 section 4.3), 0:
	 * it cannot. Where it can, ttl may be 0: each use asks
	 */
	u32 keep;
};

/* Longest time that a heuristic gives: a day, as RFC 9111 4.2.2 knows it. */
#define KHTTP_HEURISTIC_MAX 86400

/* KHTTP_CACHE_YES, and *@term; or why it is not to be stored. */
enum khttp_cache_why khttp_freshness_judge(const struct khttp_freshness *f,
				const struct khttp_freshness_ask *ask,
				struct khttp_freshness_term *term);

/* Seconds for which a response with these fields may be validated after its time. */
u32 khttp_freshness_keep(const struct khttp_freshness *f,
			 const struct khttp_freshness_ask *ask);

/*
 * What a client wants (RFC 9111 section 5.2.1); Pragma counts where there is no
 * Cache-Control (section 5.4).
 */
void khttp_cache_wish(const struct khttp_head *head, const char *buf,
		      struct khttp_cache_control *cc);

/*
 * Does a response of that age, fresh for @ttl seconds more, do for it? For one that
 * is not fresh see reuse.h.
 */
bool khttp_cache_wish_met(const struct khttp_cache_control *cc, u32 age,
			  u32 ttl);

#endif
