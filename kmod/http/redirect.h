/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_REDIRECT_H
#define KHTTP_HTTP_REDIRECT_H

#include "http/uri.h"

/*
 * A prefix that answers with a redirect (RFC 9110 section 15.4): to a URL, behind
 * which comes what the request's target has behind the prefix, query and all.
 */

#define KHTTP_REDIRECT_TO_MAX 1023	/* bytes of that URL */

/*
 * "http://host/path/" or https, with or without a port. NULL, or one sentence
 * without a full stop that says what to change (fit for extack).
 */
const char *khttp_redirect_check(struct khttp_span to);

/* 301, 302, 307, 308: those that do not say what else to do (303, 300). */
bool khttp_redirect_status_ok(u16 status);

/*
 * What of a target is behind a prefix, whose path has @prefix_len bytes: raw
 * path and query as they came, in @buf. Where cooking took dot segments out, the
 * place is not to be found there: it is the cooked path, encoded again, and the
 * query, in @room of @size bytes, where khttp_target_cook() left that path.
 *
 * False: there is not room enough.
 */
bool khttp_redirect_rest(const struct khttp_target *target, const char *buf,
			 u32 prefix_len, char *room, u32 size,
			 struct khttp_span *rest);

#endif
