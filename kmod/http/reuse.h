/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_REUSE_H
#define KHTTP_HTTP_REUSE_H

#include "http/cache_control.h"
#include "http/cache_policy.h"

/*
 * What one answer may do for others beyond being a fresh hit: for those who asked
 * for the same while it was being made (RFC 9111 section 4).
 */

/* Its part among misses of one URL that come together. */
#define KHTTP_REUSE_WAITS	1	/* may have the answer to another */
#define KHTTP_REUSE_LEADS	2	/* others may have the answer to it */

/*
 * @why: what the request says against being stored, KHTTP_CACHE_YES: nothing.
 * @wish: what its client says in Cache-Control, or NULL: that does not count.
 *
 * A conditional request does not lead: 304 is for nobody else. Nor does HEAD, whose
 * answer has no body.
 */
u8 khttp_reuse_part(const struct khttp_head *head, enum khttp_cache_why why,
		    const struct khttp_cache_control *wish);

#endif
