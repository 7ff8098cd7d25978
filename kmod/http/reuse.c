// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/reuse.h"

/* Who says how old it may be wants an answer of his own. */
static bool wants_own(const struct khttp_cache_control *wish)
{
	return khttp_cc_says(wish, KHTTP_CC_NO_CACHE) ||
	       khttp_cc_says(wish, KHTTP_CC_NO_STORE) ||
	       khttp_cc_says(wish, KHTTP_CC_MAX_AGE) ||
	       khttp_cc_says(wish, KHTTP_CC_MIN_FRESH);
}

u8 khttp_reuse_part(const struct khttp_head *head, enum khttp_cache_why why,
		    const struct khttp_cache_control *wish)
{
	bool get = head->method == KHTTP_METHOD_GET;
	u8 part = 0;

	if (why && (why != KHTTP_CACHE_WHY_METHOD ||
		    head->method != KHTTP_METHOD_HEAD))
		return 0;
	if (!wish || !wants_own(wish))
		part |= KHTTP_REUSE_WAITS;
	if (get && !(head->seen & KHTTP_REUSE_CONDITIONS))
		part |= KHTTP_REUSE_LEADS;
	return part;
}

/* RFC 9111 section 5.2.1: it takes one that is so much over its time. */
static bool takes_stale(const struct khttp_cache_control *wish,
			const struct khttp_reuse_stored *e)
{
	if (khttp_cc_says(wish, KHTTP_CC_NO_CACHE) ||
	    khttp_cc_says(wish, KHTTP_CC_MIN_FRESH))
		return false;
	if (khttp_cc_says(wish, KHTTP_CC_MAX_AGE) && e->age > wish->max_age)
		return false;
	if (khttp_cc_says(wish, KHTTP_CC_MAX_STALE))
		return e->over <= wish->max_stale;
	/* Section 5.2.1.1: who sets an age wants nothing stale, unless he says so */
	return !khttp_cc_says(wish, KHTTP_CC_MAX_AGE);
}

enum khttp_reuse_stale khttp_reuse_stale(const struct khttp_reuse_stored *e,
					 const struct khttp_cache_control *wish)
{
	/* What is only kept to be validated answers nobody before it is */
	if ((e->over >= e->stale_while && e->over >= e->stale_error) ||
	    (wish && !takes_stale(wish, e)))
		return KHTTP_REUSE_NOT;
	if (e->over < e->stale_while ||
	    (wish && khttp_cc_says(wish, KHTTP_CC_MAX_STALE)))
		return KHTTP_REUSE_NOW;
	return e->over < e->stale_error ? KHTTP_REUSE_ON_ERROR : KHTTP_REUSE_NOT;
}

bool khttp_reuse_error(u16 status)
{
	return status == 500 || (status >= 502 && status <= 504);
}
