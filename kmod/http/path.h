/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_PATH_H
#define KHTTP_HTTP_PATH_H

#include "http/limits.h"
#include "http/reason.h"
#include "http/span.h"

/*
 * The path at the start of @text, up to "?" or the end, when cooking would not
 * change or refuse it: its length, else 0. Starts with "/".
 */
u32 khttp_path_plain(const char *text, u32 len,
		     const struct khttp_limits *limits);

/*
 * Cooks one raw path, which starts with "/" and has no query: one
 * percent-decoding ("%2F" stays), dot segments removed, empty segments kept,
 * the result UTF-8 and free of U+0000-1F and U+007F-9F. @len bytes at @out are
 * always enough. Returns KHTTP_REASON_NONE, URL, URL_SEGMENT, or INTERNAL when
 * @size is too small; *@out_len is set on success.
 *
 * It is also what `khttpctl cache purge` and `url match` do to their URLs.
 */
enum khttp_reason khttp_path_cook(const char *path, u32 len,
				  const struct khttp_limits *limits,
				  char *out, u32 size, u32 *out_len);

/* Of a cooked path: KHTTP_REASON_NONE or URL_SEGMENT. */
enum khttp_reason khttp_path_within(struct khttp_span path,
				    const struct khttp_limits *limits);

/*
 * UTF-8 without overlong forms, surrogates and control characters
 * (U+0000-1F, U+007F-9F).
 */
bool khttp_text_ok(const char *text, u32 len);

#endif
