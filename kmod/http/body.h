/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_BODY_H
#define KHTTP_HTTP_BODY_H

#include "http/parse.h"

/* How a message's body is delimited (RFC 9112 section 6.3). */
enum khttp_framing_kind {
	KHTTP_FRAMING_NONE,	/* no body follows */
	KHTTP_FRAMING_LENGTH,
	KHTTP_FRAMING_CHUNKED,
	KHTTP_FRAMING_CLOSE,	/* responses only: by the end of the connection */
};

struct khttp_framing {
	u8 kind;		/* enum khttp_framing_kind */
	u64 length;		/* with LENGTH, more than 0 */
};

/*
 * The body of a parsed request. Returns KHTTP_REASON_NONE or LENGTH_REQUIRED
 * (POST or PUT that states no length); @framing is filled in both cases.
 */
enum khttp_reason khttp_body_framing(const struct khttp_head *head,
				     struct khttp_framing *framing);

/* Is it larger than max_body, as far as its length is stated? */
static inline bool khttp_body_too_large(const struct khttp_framing *framing,
					const struct khttp_limits *limits)
{
	return framing->length && limits->max_body &&
	       framing->length > limits->max_body;
}

/*
 * Decoder of the chunked coding (RFC 9112 section 7.1) over input in any
 * pieces. It copies nothing: each step names a range of the input.
 */
struct khttp_chunked {
	u64 left;		/* payload still missing of this chunk */
	u64 total;		/* payload announced so far */
	u32 line_len;		/* bytes of the current size line */
	u32 ext_len;		/* extension bytes of the whole body */
	u32 trailer_len;	/* bytes of the trailer section */
	u8 state;
	u8 reason;		/* enum khttp_reason, set when refused */
};

enum khttp_chunk_result {
	KHTTP_CHUNK_MORE,	/* the input is used up */
	KHTTP_CHUNK_DATA,	/* the range is payload */
	KHTTP_CHUNK_TRAILER,	/* the range belongs to the trailer section */
	KHTTP_CHUNK_END,	/* the body is complete; the rest is not its */
	KHTTP_CHUNK_REFUSED,	/* dec->reason; nothing behind may be read */
};

struct khttp_chunk_step {
	u32 off;		/* range within the input of this call */
	u32 len;
	u32 consumed;		/* bytes of the input done with */
};

void khttp_chunked_init(struct khttp_chunked *dec);

/*
 * One step; call again with the input behind step->consumed until MORE, END or
 * REFUSED. DATA and TRAILER ranges are never empty and end at consumed.
 * Trailer ranges, appended to each other, are what khttp_trailers_parse()
 * takes; they sum up to max_trailers at most.
 */
enum khttp_chunk_result khttp_chunked_next(struct khttp_chunked *dec,
					   const char *in, u32 len,
					   const struct khttp_limits *limits,
					   struct khttp_chunk_step *step);

/*
 * Fields of a complete trailer section (without the final blank line). Fields
 * that may not stand in trailers (RFC 9110 section 6.5.1: framing, routing,
 * credentials, conditions, content) are left out and counted in *@dropped.
 * At most @max fields; more is FIELD_COUNT.
 */
enum khttp_reason khttp_trailers_parse(const char *buf, u32 len,
				       struct khttp_field *fields, u32 max,
				       u32 *n_fields, u32 *dropped);

/* Size line of one chunk of a response: hexadecimal digits and CRLF. */
#define KHTTP_CHUNK_LINE_MAX 18
u32 khttp_chunk_line(char out[KHTTP_CHUNK_LINE_MAX], u64 len);

/* Behind each chunk, and behind the last one when there are no trailers. */
#define KHTTP_CHUNK_CRLF "\r\n"
#define KHTTP_CHUNK_LAST "0\r\n\r\n"

#endif
