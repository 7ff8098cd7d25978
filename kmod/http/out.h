/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_OUT_H
#define KHTTP_HTTP_OUT_H

#include "http/span.h"

/*
 * A buffer of the caller's that text is appended to. Nothing is written behind
 * its end, and nothing at all any more once a piece did not fit: ask
 * khttp_out_ok() once, when everything was appended.
 */
struct khttp_out {
	char *buf;
	u32 size;
	u32 len;		/* bytes written */
	bool full;		/* something did not fit */
};

static inline void khttp_out_init(struct khttp_out *out, char *buf, u32 size)
{
	out->buf = buf;
	out->size = size;
	out->len = 0;
	out->full = false;
}

static inline bool khttp_out_ok(const struct khttp_out *out)
{
	return !out->full;
}

static __always_inline void khttp_out_bytes(struct khttp_out *out, const char *ptr,
				   u32 len)
{
	if (len > out->size - out->len)
		out->full = true;
	if (out->full || !len)
		return;
	memcpy(out->buf + out->len, ptr, len);
	out->len += len;
}

static __always_inline void khttp_out_span(struct khttp_out *out, struct khttp_span span)
{
	khttp_out_bytes(out, span.ptr, span.len);
}

/* Inlined, so that a literal's length is known and its copy a few moves. */
static __always_inline void khttp_out_text(struct khttp_out *out, const char *text)
{
	khttp_out_span(out, khttp_span_str(text));
}

/* Decimal. */
void khttp_out_number(struct khttp_out *out, u64 number);

#endif
