/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_SPAN_H
#define KHTTP_HTTP_SPAN_H

#include <linux/string.h>
#include <linux/types.h>

/* Bytes owned by somebody else; never terminated by NUL. */
struct khttp_span {
	const char *ptr;
	u32 len;
};

static inline struct khttp_span khttp_span_of(const char *ptr, u32 len)
{
	struct khttp_span span = { ptr, len };

	return span;
}

/* What of @span stands behind its first @n bytes, which it has. */
static inline struct khttp_span khttp_span_behind(struct khttp_span span, u32 n)
{
	return khttp_span_of(span.ptr + n, span.len - n);
}

/* For string literals and other terminated strings of trusted length. */
static inline struct khttp_span khttp_span_str(const char *text)
{
	return khttp_span_of(text, (u32)strlen(text));
}

static inline char khttp_ascii_lower(char c)
{
	return (char)(c | (u8)((u8)(c - 'A') < 26) << 5);
}

static inline bool khttp_span_eq(struct khttp_span a, struct khttp_span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

/* ASCII letters only: bytes from 0x80 up are compared as they are. */
static inline bool khttp_span_eq_fold(struct khttp_span a, struct khttp_span b)
{
	u32 i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		if (khttp_ascii_lower(a.ptr[i]) != khttp_ascii_lower(b.ptr[i]))
			return false;
	return true;
}

static inline bool khttp_span_is(struct khttp_span span, const char *text)
{
	return khttp_span_eq(span, khttp_span_str(text));
}

static inline bool khttp_span_is_fold(struct khttp_span span, const char *text)
{
	return khttp_span_eq_fold(span, khttp_span_str(text));
}

#endif
