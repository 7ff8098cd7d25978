/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_REPLY_H
#define KHTTP_HTTP_REPLY_H

#include "http/body.h"
#include "http/date.h"
#include "http/out.h"

/*
 * Writing response heads. A head is written in two parts, so that a cache
 * entry can keep the first and only the second is made per send:
 *
 *	fixed:	khttp_reply_begin(), _date(), _field()..., _length() or _chunked()
 *	tail:	khttp_reply_tail(): Age, Connection, blank line
 *
 * All of them append to a struct khttp_out; whether everything fitted is asked
 * once, at the end.
 */

/* Has a final response with this status, to this method, a body? What follows 101
 * counts as one, whatever the method.
 */
static inline bool khttp_reply_has_body(enum khttp_method method, u16 status)
{
	/* RFC 9110 sections 9.3.2, 15.2, 15.3.5, 15.3.6 and 15.4.5. */
	return (method != KHTTP_METHOD_HEAD && status >= 200 &&
		status != 204 && status != 205 && status != 304) ||
	       status == 101;
}

/*
 * @version is the client's; @has_length when the body's length is known. NONE
 * does not forbid to state the length (HEAD, 304), and 205 has to state 0, as
 * nothing else tells its end (RFC 9110 section 15.3.6).
 */
enum khttp_framing_kind khttp_reply_framing(enum khttp_method method,
					    u8 version, u16 status,
					    bool has_length);

/* 200 to 599, and 101. */
bool khttp_status_ok(u16 status);

/* Standard reason phrase; empty for a status without one. */
const char *khttp_status_phrase(u16 status);

/*
 * Status line, always HTTP/1.1 (RFC 9110 section 2.5); the standard phrase
 * unless @phrase has one of its own, already checked by khttp_field_value_ok().
 */
void khttp_reply_status(struct khttp_out *out, u16 status,
			struct khttp_span phrase);
static inline void khttp_reply_begin(struct khttp_out *out, u16 status,
				     struct khttp_span phrase)
{
	if (status == 200 && !phrase.len)
		khttp_out_text(out, "HTTP/1.1 200 OK\r\n");
	else
		khttp_reply_status(out, status, phrase);
}

/* Name and value already checked. */
void khttp_reply_field(struct khttp_out *out, struct khttp_span name,
		       struct khttp_span value);
/* The time the response was made: for a stored one, when it was stored. */
void khttp_reply_date(struct khttp_out *out, u64 now);
void khttp_reply_length(struct khttp_out *out, u64 length);
void khttp_reply_chunked(struct khttp_out *out);

/* What varies between two sends of one stored response. */
struct khttp_reply_tail {
	u32 age;
	bool has_age;
	bool closes;		/* the connection ends after this response */
	u8 version;		/* the client's: 1.0 must be told keep-alive */
};

/* Longest possible tail. */
#define KHTTP_REPLY_TAIL_MAX 48
void khttp_reply_tail(struct khttp_out *out,
		      const struct khttp_reply_tail *tail);

#define KHTTP_REPLY_CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

/* Answer of a server that has TRACE off and forwards everything else. */
#define KHTTP_REPLY_ALLOW \
	"GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH"

/* What a canned answer says beside its reason. */
struct khttp_reply_error {
	u64 now;		/* seconds since 1970 */
	const char *server;	/* Server field, NULL for none */
	const char *allow;	/* with 405; NULL for KHTTP_REPLY_ALLOW */
	const char *type;	/* of a page that the caller sends behind the */
	u32 length;		/* head, of so many bytes; NULL: ours, in it */
	u32 retry_after;	/* seconds, with 503 and 429; 0 for none */
	u16 status;		/* instead of the reason's; 0: that one */
	u8 reason;		/* enum khttp_reason */
	u8 method;		/* HEAD gets no body */
	u8 version;
	bool closes;		/* else as khttp_reason_closes() says */
	bool terse;		/* the status alone, not the reason */
};

/* Enough for every canned answer with a server of 127, an allow text and a type
 * of 64.
 */
#define KHTTP_REPLY_ERROR_MAX 1024
#define KHTTP_REPLY_ERROR_BODY_MAX 320

/*
 * A whole response. Writes nothing for a reason without a status: there the
 * connection just ends. Is true when the connection has to close behind it.
 */
bool khttp_reply_error(struct khttp_out *out,
		       const struct khttp_reply_error *error);

#endif
