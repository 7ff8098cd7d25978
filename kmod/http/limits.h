/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_LIMITS_H
#define KHTTP_HTTP_LIMITS_H

#include <linux/types.h>

/* Size of the field table; the run-time limit may only be lower. */
#define KHTTP_FIELDS_MAX 128

/*
 * Administrative maximum of what a head, a field, a target or a trailer
 * section may be set to: offsets into them are u16, so one more than the last
 * byte must fit.
 */
#define KHTTP_HEAD_MAX 65535

/* Longer than any registered method; what exceeds it is answered 501. */
#define KHTTP_METHOD_LEN_MAX 32

/*
 * Every bound on what a client may send, with the answer when it is exceeded
 * (RFC 9110 section 5.4).
 */
struct khttp_limits {
	u32 max_head;		/* request line, fields, blank line: 431 */
	u32 max_field;		/* one field line without CRLF: 431 */
	u32 max_target;		/* request target as received: 414 */
	u32 max_fields;		/* number of field lines: 431 */
	u32 max_segment;	/* characters in one cooked segment, 0 = any: 414 */
	u32 max_segments;	/* segments in the cooked path, 0 = any: 414 */
	u32 max_chunk_line;	/* chunk size with its extensions: 413 */
	u32 max_chunk_ext;	/* extension bytes in one body: 413 */
	u32 max_trailers;	/* trailer section: 431 */
	u64 max_body;		/* decoded body, 0 is unlimited: 413 */
};

#define KHTTP_LIMITS_DEFAULT {			\
	/* max_head */		16384,		\
	/* max_field */		16384,		\
	/* max_target */	8192,		\
	/* max_fields */	100,		\
	/* max_segment */	260,		\
	/* max_segments */	255,		\
	/* max_chunk_line */	256,		\
	/* max_chunk_ext */	16384,		\
	/* max_trailers */	8192,		\
	/* max_body */		0,		\
}

#endif
