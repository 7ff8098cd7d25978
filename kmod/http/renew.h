/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_RENEW_H
#define KHTTP_HTTP_RENEW_H

#include "http/cache_policy.h"
#include "http/out.h"

/*
 * What a 304 makes of the stored response that was asked about: RFC 9111 sections
 * 3.2, 4.3.3 and 4.3.4.
 */

/* Fields that such a 304 may have: each is compared with all that are stored. */
#define KHTTP_RENEW_FIELDS_MAX 128

/* A stored response, and the fields of the 304, a block that was checked. */
struct khttp_renewal {
	struct khttp_span head;		/* as it is sent, without the empty line */
	struct khttp_span tags;		/* its tags, with blanks between, or empty */
	struct khttp_span fields;
};

/*
 * Is that 304 about this response? Not, where it names another one by its own
 * validator (section 4.3.4), or is too long. @now: seconds since 1970.
 */
bool khttp_renew_matches(const struct khttp_cache_validators *stored,
			 struct khttp_span fields, u64 now);

/* Bytes that the next one writes at most. */
u64 khttp_renew_room(const struct khttp_renewal *r);

/*
 * The fields that the response has from now on, as a field block: those of the
 * 304, and of its own those whose name is not among them. What tells how its body
 * is coded and framed stays; Date is the 304's or none. Tags that clients do not
 * see, which the head lacks, stay unless the 304 has others.
 *
 * Returns how many; whether they fitted, @out tells.
 */
u32 khttp_renew_fields(const struct khttp_renewal *r, struct khttp_out *out);

#endif
