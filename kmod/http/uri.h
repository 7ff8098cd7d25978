/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_URI_H
#define KHTTP_HTTP_URI_H

#include "http/host.h"
#include "http/parse.h"
#include "http/path.h"
#include "http/spelling.h"

enum khttp_scheme {
	KHTTP_SCHEME_HTTP = 1,
	KHTTP_SCHEME_HTTPS = 2,
};

/* RFC 9112 section 3.2. */
enum khttp_target_form {
	KHTTP_TARGET_ORIGIN,
	KHTTP_TARGET_ABSOLUTE,
	KHTTP_TARGET_ASTERISK,
};

/* Where a request points to; offsets count from the start of its head. */
struct khttp_target {
	u8 form;		/* enum khttp_target_form */
	u8 is_raw;		/* the cooked path is the raw path, unchanged */
	u8 has_query;		/* "?" is there, the query may be empty */
	u8 spelling;		/* enum khttp_spelling, of the raw path */
	u16 path;		/* raw path */
	u16 path_len;
	u16 query;		/* behind the "?", never decoded */
	u16 query_len;
	u16 authority;		/* of an absolute target, else the Host value; */
	u16 authority_len;	/* what the worker sees as authority */
	u16 cooked_len;
	struct khttp_host host;
};

/*
 * Understands the target and the Host field of a parsed head and cooks the
 * path: one percent-decoding ("%2F" stays), dot segments removed, empty
 * segments kept, everything UTF-8 and free of U+0000-1F and U+007F-9F.
 *
 * Raw bytes taken in a path: what RFC 3986 section 3.3 allows, and "[]^`{|}"
 * and UTF-8, which browsers and curl send; in a query also "\"<>\\". Never "#".
 *
 * @scheme is that of the connection; an absolute target of the other one is
 * MISDIRECTED. The cooked path goes to @out unless target->is_raw; as many
 * bytes as the raw target has are always enough.
 *
 * @memo is what hosts before it left there, see host.h.
 *
 * Returns KHTTP_REASON_NONE, URL, URL_SEGMENT, HOSTNAME, MISDIRECTED,
 * NOT_IMPLEMENTED (CONNECT) or, when @size is too small, INTERNAL.
 */
enum khttp_reason khttp_target_cook(const struct khttp_head *head,
				    const char *buf,
				    const struct khttp_limits *limits,
				    enum khttp_scheme scheme,
				    struct khttp_host_memo *memo, char *out,
				    u32 size, struct khttp_target *target);

/* The cooked path itself: in @buf or in @out. */
static inline struct khttp_span
khttp_target_path(const struct khttp_target *target, const char *buf,
		  const char *out)
{
	return khttp_span_of(target->is_raw ? buf + target->path : out,
			     target->cooked_len);
}

#endif
