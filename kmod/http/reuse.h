/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_REUSE_H
#define KHTTP_HTTP_REUSE_H

#include "http/cache_control.h"
#include "http/cache_policy.h"

/*
 * What one answer may do for others beyond being a fresh hit: for those who asked
 * for the same while it was being made (RFC 9111 section 4), and for those who ask
 * after its time (section 4.2.4, RFC 5861).
 */

/* Its part among misses of one URL that come together. */
#define KHTTP_REUSE_WAITS	1	/* may have the answer to another */
#define KHTTP_REUSE_LEADS	2	/* others may have the answer to it */

/* Conditions that ask whether what a client has is still good. */
#define KHTTP_REUSE_CONDITIONS (KHTTP_FIELD_BIT(KHTTP_FIELD_IF_NONE_MATCH) | \
				KHTTP_FIELD_BIT(KHTTP_FIELD_IF_MODIFIED_SINCE))

/*
 * @why: what the request says against being stored, KHTTP_CACHE_YES: nothing.
 * @wish: what its client says in Cache-Control, or NULL: that does not count.
 *
 * A conditional request does not lead: 304 is for nobody else. Nor does HEAD, whose
 * answer has no body.
 */
u8 khttp_reuse_part(const struct khttp_head *head, enum khttp_cache_why why,
		    const struct khttp_cache_control *wish);

enum khttp_reuse_stale {
	KHTTP_REUSE_NOT,		/* as if it were not there */
	KHTTP_REUSE_NOW,		/* the answer; it may be asked for anew */
	KHTTP_REUSE_ON_ERROR,		/* the answer if there is no other */
};

/* What a stored response still does @over seconds after it was fresh. */
struct khttp_reuse_stored {
	u32 age;
	u32 over;
	u32 stale_while;	/* khttp_freshness_term */
	u32 stale_error;
};

/* @wish: what the client says in Cache-Control, or NULL: that does not count. */
enum khttp_reuse_stale khttp_reuse_stale(const struct khttp_reuse_stored *e,
					 const struct khttp_cache_control *wish);

/* An answer with this status is an error in the sense of RFC 5861 section 4. */
bool khttp_reuse_error(u16 status);

#endif
