/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_RANGE_H
#define KHTTP_HTTP_RANGE_H

#include <linux/limits.h>

#include "http/out.h"
#include "http/parse.h"

/*
 * Parts of a stored response instead of all of it: RFC 9110 section 14.
 *
 * A Range that is malformed, of another unit or of more than KHTTP_RANGES_MAX
 * ranges is ignored, as section 14.2 lets it be. Of the others no byte is sent
 * twice (section 17.15): ranges that overlap or touch are merged, where the first
 * of them stood.
 */

/* With more of them, whether they can be satisfied or not, all of it is sent. */
#define KHTTP_RANGES_MAX 16
/* A longer body has no ranges: so all sums of positions fit. */
#define KHTTP_RANGE_SIZE_MAX S64_MAX

/* Lies within the body and is not empty. */
struct khttp_range {
	u64 first;
	u64 len;
};

struct khttp_ranges {
	struct khttp_range part[KHTTP_RANGES_MAX];
	u32 n;
};

enum khttp_range_kind {
	KHTTP_RANGE_WHOLE,	/* as without Range: 200 */
	KHTTP_RANGE_PARTS,	/* one or more: 206 */
	KHTTP_RANGE_NONE,	/* 416 */
};

/*
 * What a value of Range asks of @size bytes; *@ranges with KHTTP_RANGE_PARTS, in
 * the client's order. The last bytes of nothing are all of it, and no Content-Range
 * can say so: there they do not count.
 */
enum khttp_range_kind khttp_ranges_parse(struct khttp_span value, u64 size,
					 struct khttp_ranges *ranges);

/* A stored 200. */
struct khttp_range_stored {
	struct khttp_span fields;	/* lines of its head */
	struct khttp_span etag;		/* as sent; empty: none */
	u64 last_modified;		/* seconds since 1970, 0 = none */
	u64 size;			/* of its body */
};

/*
 * What a request wants of it: that of khttp_ranges_parse(), for GET and where its
 * If-Range holds (RFC 9110 section 13.1.5). There an entity tag has to be the same
 * and strong, and a date that of Last-Modified, at least a second before Date
 * (section 8.8.2.2). @now: seconds since 1970.
 */
enum khttp_range_kind khttp_range_choose(const struct khttp_head *head,
					 const char *buf,
					 const struct khttp_range_stored *stored,
					 u64 now, struct khttp_ranges *ranges);

/* The first line with that name, with its CRLF, of lines "Name: value"; or empty. */
struct khttp_span khttp_range_line(struct khttp_span fields, const char *name);

/* Content-Range of a part; @part NULL: of none, as 416 has it (section 14.4). */
void khttp_range_content(struct khttp_out *out, const struct khttp_range *part,
			 u64 size);

/* Characters of a boundary; bytes of a Content-Type's line that is repeated in each
 * part; and of what stands before a part.
 */
#define KHTTP_MULTIPART_BOUNDARY 16
#define KHTTP_MULTIPART_TYPE_MAX 256
#define KHTTP_MULTIPART_TEXT_MAX 384

/* Several ranges as one body (RFC 9110 section 14.6, RFC 2046 section 5.1). */
struct khttp_multipart {
	struct khttp_ranges ranges;
	struct khttp_span type;		/* a line, up to _TYPE_MAX; or empty */
	u64 size;			/* of the body that they are parts of */
	u64 length;			/* of all of this; khttp_multipart_fields() */
	char boundary[KHTTP_MULTIPART_BOUNDARY];
};

/* @secret: a number that nobody can guess who makes the body. */
void khttp_multipart_boundary(struct khttp_multipart *m, u64 secret);

/*
 * What stands before part @i, or behind the last one, where that is their number.
 * @text: KHTTP_MULTIPART_TEXT_MAX bytes. Returns its length.
 */
u32 khttp_multipart_text(const struct khttp_multipart *m, u32 i, char *text);

/* Content-Type and Content-Length of all of it; the latter also into m->length. */
void khttp_multipart_fields(struct khttp_out *out, struct khttp_multipart *m);

#endif
