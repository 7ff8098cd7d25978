/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_TRACEPARENT_H
#define KHTTP_HTTP_TRACEPARENT_H

#include "http/parse.h"

/*
 * Traceparent: which trace a request is a part of (W3C Trace Context, level 1).
 *
 *   version "-" trace-id "-" parent-id "-" flags
 *   00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
 *
 * All of it in hexadecimal digits, lower case; neither id is zero.
 */
#define KHTTP_TRACE_ID_LEN	32
#define KHTTP_TRACEPARENT_LEN	55
/* Random bytes that one is made of: both ids. */
#define KHTTP_TRACE_RANDOM	24

#define KHTTP_TRACE_F_SAMPLED	0x01	/* flags: who begins the trace records it */

/*
 * The trace-id in a value, or an empty span where it is not valid. Of a version that
 * is not known yet what stands behind the flags may be anything that "-" parts
 * from them (section 3.2.2 there).
 */
struct khttp_span khttp_traceparent_id(struct khttp_span value);

/*
 * Likewise of a request, whose head is complete. Two such fields say nothing, even
 * where they are the same.
 */
struct khttp_span khttp_traceparent_of(const struct khttp_head *head,
				       const char *buf);

/* A value of version 00. What is random may be zero as well: then it is not used. */
void khttp_traceparent_print(const u8 random[KHTTP_TRACE_RANDOM], u8 flags,
			     char to[KHTTP_TRACEPARENT_LEN]);

#endif
