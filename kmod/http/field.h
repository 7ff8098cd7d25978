/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_FIELD_H
#define KHTTP_HTTP_FIELD_H

#include "http/reason.h"
#include "http/span.h"

/* What the kernel makes of a field. */
#define KHTTP_FIELD_KERNEL	0x01	/* framing or connection: never a worker's */
#define KHTTP_FIELD_TRAILER_OK	0x02	/* may stand in trailers, RFC 9110 6.5.1 */
#define KHTTP_FIELD_IN_304	0x04	/* goes into a 304, RFC 9110 15.4.5 */
#define KHTTP_FIELD_STAMP	0x08	/* the kernel writes its own instead */
#define KHTTP_FIELD_ONCE	0x10	/* no list: one line, RFC 9110 5.3 */

/*
 * X(NAME, "name", first character, last character, flags). The characters
 * feed the lookup table, where two names in one place do not compile. At most
 * 63, so that a set of them is one u64.
 */
#define KHTTP_FIELD_LIST(X)						\
	X(CACHE_CONTROL, "cache-control", 'c', 'l', KHTTP_FIELD_IN_304)	\
	X(CDN_CACHE_CONTROL, "cdn-cache-control", 'c', 'l',		\
	  KHTTP_FIELD_IN_304)						\
	X(CONNECTION, "connection", 'c', 'n', KHTTP_FIELD_KERNEL)	\
	X(DATE, "date", 'd', 'e', KHTTP_FIELD_IN_304 | KHTTP_FIELD_ONCE) \
	X(KEEP_ALIVE, "keep-alive", 'k', 'e', KHTTP_FIELD_KERNEL)	\
	X(PRAGMA, "pragma", 'p', 'a', 0)				\
	X(TRAILER, "trailer", 't', 'r', KHTTP_FIELD_KERNEL)		\
	X(TRANSFER_ENCODING, "transfer-encoding", 't', 'g',		\
	  KHTTP_FIELD_KERNEL)						\
	X(UPGRADE, "upgrade", 'u', 'e', 0)				\
	X(VIA, "via", 'v', 'a', KHTTP_FIELD_TRAILER_OK)			\
	X(WARNING, "warning", 'w', 'g', KHTTP_FIELD_TRAILER_OK)		\
	X(ALLOW, "allow", 'a', 'w', 0)					\
	X(CONTENT_LENGTH, "content-length", 'c', 'h', KHTTP_FIELD_KERNEL) \
	X(CONTENT_TYPE, "content-type", 'c', 'e', KHTTP_FIELD_ONCE)	\
	X(CONTENT_ENCODING, "content-encoding", 'c', 'g', 0)		\
	X(CONTENT_LANGUAGE, "content-language", 'c', 'e', 0)		\
	X(CONTENT_LOCATION, "content-location", 'c', 'n',		\
	  KHTTP_FIELD_IN_304 | KHTTP_FIELD_ONCE)			\
	X(CONTENT_MD5, "content-md5", 'c', '5', KHTTP_FIELD_TRAILER_OK)	\
	X(CONTENT_RANGE, "content-range", 'c', 'e', KHTTP_FIELD_ONCE)	\
	X(EXPIRES, "expires", 'e', 's',				\
	  KHTTP_FIELD_IN_304 | KHTTP_FIELD_ONCE)			\
	X(LAST_MODIFIED, "last-modified", 'l', 'd',			\
	  KHTTP_FIELD_IN_304 | KHTTP_FIELD_ONCE)			\
	X(ACCEPT, "accept", 'a', 't', 0)				\
	X(ACCEPT_CHARSET, "accept-charset", 'a', 't', 0)		\
	X(ACCEPT_ENCODING, "accept-encoding", 'a', 'g', 0)		\
	X(ACCEPT_LANGUAGE, "accept-language", 'a', 'e', 0)		\
	X(AUTHORIZATION, "authorization", 'a', 'n', 0)			\
	X(COOKIE, "cookie", 'c', 'e', 0)				\
	X(EXPECT, "expect", 'e', 't', 0)				\
	X(FROM, "from", 'f', 'm', 0)					\
	X(HOST, "host", 'h', 't', 0)					\
	X(IF_MATCH, "if-match", 'i', 'h', 0)				\
	X(IF_MODIFIED_SINCE, "if-modified-since", 'i', 'e', 0)		\
	X(IF_NONE_MATCH, "if-none-match", 'i', 'h', 0)			\
	X(IF_RANGE, "if-range", 'i', 'e', 0)				\
	X(IF_UNMODIFIED_SINCE, "if-unmodified-since", 'i', 'e', 0)	\
	X(MAX_FORWARDS, "max-forwards", 'm', 's', 0)			\
	X(PROXY_AUTHORIZATION, "proxy-authorization", 'p', 'n', 0)	\
	X(REFERER, "referer", 'r', 'r', 0)				\
	X(RANGE, "range", 'r', 'e', 0)					\
	X(TE, "te", 't', 'e', KHTTP_FIELD_KERNEL)			\
	X(TRANSLATE, "translate", 't', 'e', 0)				\
	X(USER_AGENT, "user-agent", 'u', 't', 0)			\
	X(ACCEPT_RANGES, "accept-ranges", 'a', 's', 0)			\
	X(AGE, "age", 'a', 'e', KHTTP_FIELD_STAMP)			\
	X(ETAG, "etag", 'e', 'g',					\
	  KHTTP_FIELD_IN_304 | KHTTP_FIELD_TRAILER_OK |			\
	  KHTTP_FIELD_ONCE)						\
	X(LOCATION, "location", 'l', 'n', KHTTP_FIELD_ONCE)		\
	X(PROXY_AUTHENTICATE, "proxy-authenticate", 'p', 'e', 0)	\
	X(RETRY_AFTER, "retry-after", 'r', 'r', KHTTP_FIELD_ONCE)	\
	X(SERVER, "server", 's', 'r', KHTTP_FIELD_ONCE)		\
	X(SET_COOKIE, "set-cookie", 's', 'e', 0)			\
	X(VARY, "vary", 'v', 'y', KHTTP_FIELD_IN_304)			\
	X(WWW_AUTHENTICATE, "www-authenticate", 'w', 'e', 0)		\
	X(PROXY_CONNECTION, "proxy-connection", 'p', 'n',		\
	  KHTTP_FIELD_KERNEL)						\
	X(FORWARDED, "forwarded", 'f', 'd', 0)				\
	X(X_FORWARDED_FOR, "x-forwarded-for", 'x', 'r', 0)		\
	X(ORIGIN, "origin", 'o', 'n', 0)				\
	X(AUTHENTICATION_INFO, "authentication-info", 'a', 'o', 0)	\
	X(CACHE_TAG, "cache-tag", 'c', 'g', KHTTP_FIELD_TRAILER_OK)	\
	X(SURROGATE_KEY, "surrogate-key", 's', 'y', KHTTP_FIELD_TRAILER_OK) \
	X(XKEY, "xkey", 'x', 'y', KHTTP_FIELD_TRAILER_OK)		\
	X(TRACEPARENT, "traceparent", 't', 't', KHTTP_FIELD_TRAILER_OK)

enum khttp_field_id {
	KHTTP_FIELD_OTHER,
#define KHTTP_FIELD_ENUM(name, text, first, last, flags) KHTTP_FIELD_##name,
	KHTTP_FIELD_LIST(KHTTP_FIELD_ENUM)
#undef KHTTP_FIELD_ENUM
	KHTTP_FIELD__COUNT
};

#define KHTTP_FIELD_BIT(id) (1ULL << (id))

/* One field line; offsets count from the start of the head or trailers. */
struct khttp_field {
	u16 name;
	u16 name_len;
	u16 value;
	u16 value_len;	/* without surrounding blanks */
	u8 id;		/* enum khttp_field_id */
	u8 reserved;
};

/* Character classes, one byte of khttp_char_class[] each. */
#define KHTTP_CHAR_TOKEN	0x01	/* tchar, RFC 9110 5.6.2 */
#define KHTTP_CHAR_VALUE	0x02	/* field-vchar, SP, HTAB, RFC 9110 5.5 */
#define KHTTP_CHAR_DIGIT	0x04
#define KHTTP_CHAR_HEX		0x08
#define KHTTP_CHAR_TARGET	0x10	/* taken in a request target, see uri.h */
#define KHTTP_CHAR_SEGMENT	0x20	/* taken unchanged in a path segment */
#define KHTTP_CHAR_HOST		0x40	/* letters, digits, "-", ".", "_" */

extern const u8 khttp_char_class[256];

static inline bool khttp_char_is(char c, u8 class_mask)
{
	return khttp_char_class[(unsigned char)c] & class_mask;
}

/* 0..15, or -1. */
static inline int khttp_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = khttp_ascii_lower(c);
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/*
 * Without regard to case. Bytes below 0x20 must not occur in @name: check with
 * khttp_token_ok() first where they may.
 */
enum khttp_field_id khttp_field_lookup(const char *name, u32 len);

/* In lower case; an empty span for KHTTP_FIELD_OTHER. */
struct khttp_span khttp_field_name(enum khttp_field_id id);
u8 khttp_field_flags(enum khttp_field_id id);

/* A token of at least one character. */
bool khttp_token_ok(const char *ptr, u32 len);

/*
 * What a worker supplies. A name is a token, and tells which field it is; a
 * value holds no control character but HTAB and neither starts nor ends with a
 * blank.
 */
bool khttp_field_identify(const char *name, u32 len, enum khttp_field_id *id);
bool khttp_field_value_ok(const char *ptr, u32 len);

/* May this field stand in a trailer section (RFC 9110 section 6.5.1)? */
bool khttp_field_trailer_ok(enum khttp_field_id id);

/* What happens to a field that a worker sets in a response. */
enum khttp_field_verdict {
	KHTTP_FIELD_SEND,	/* goes out as it is */
	KHTTP_FIELD_REPLACE,	/* left out: the kernel writes its own */
	KHTTP_FIELD_REFUSE,	/* the response is refused (-EINVAL) */
};

/*
 * Framing belongs to the kernel: Connection, Keep-Alive, Proxy-Connection, TE,
 * Transfer-Encoding, Trailer and Content-Length are refused (a length is
 * announced out of band), Upgrade is refused unless @status is 101 or 426, Age
 * is replaced. RFC 9112 section 6, RFC 9110 sections 7.8 and 15.5.22.
 */
enum khttp_field_verdict khttp_field_worker(enum khttp_field_id id, u16 status);

/*
 * Next element of a comma-separated list (RFC 9110 section 5.6.1) from *@pos
 * on, without surrounding blanks; commas within quoted strings do not separate
 * and empty elements are skipped. False at the end.
 */
bool khttp_list_next(struct khttp_span list, u32 *pos, struct khttp_span *item);

/* Is @token, in lower case, an element of @list? */
bool khttp_list_has(struct khttp_span list, const char *token);

/* Is @wanted an element of @list, whatever the case of its letters? */
bool khttp_list_names(struct khttp_span list, struct khttp_span wanted);

/* @value without blanks at both ends. */
struct khttp_span khttp_span_trim(struct khttp_span value);

/*
 * One decimal number and nothing else; false for an empty span, a sign, a
 * blank or an overflow of u64.
 */
bool khttp_number(struct khttp_span text, u64 *out);

/*
 * One complete field line of a trailer section at *@pos, which moves behind
 * its CRLF. Same rules as in a head.
 */
enum khttp_reason khttp_field_line(const char *buf, u32 len, u32 *pos,
				   struct khttp_field *field);

#endif
