/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_PARSE_H
#define KHTTP_HTTP_PARSE_H

#include "http/field.h"
#include "http/limits.h"
#include "http/method.h"

/*
 * Request heads, strictly by RFC 9112 section 2.1. The bytes stand in one buffer
 * that may grow and may move between calls: all results are offsets. A byte is
 * looked at once however the head arrives in pieces; what is refused, and why,
 * does not depend on the pieces either.
 *
 * The one leniency: one empty line before the request line is skipped
 * (RFC 9112 section 2.2 asks for it); a second is refused.
 */
enum khttp_parse_result {
	KHTTP_PARSE_DONE,
	KHTTP_PARSE_MORE,	/* call again with the same bytes and more */
	KHTTP_PARSE_REFUSED,	/* head->reason says why */
};

/* khttp_head.flags */
#define KHTTP_HEAD_LENGTH	0x0001	/* has a valid Content-Length */
#define KHTTP_HEAD_CHUNKED	0x0002	/* Transfer-Encoding: chunked */
#define KHTTP_HEAD_KEEP_ALIVE	0x0004	/* the client wants the connection kept */
#define KHTTP_HEAD_EXPECT_100	0x0008	/* waits for 100 Continue */
#define KHTTP_HEAD_UPGRADE	0x0010	/* Upgrade, and Connection names it */
#define KHTTP_HEAD_OPT_CLOSE	0x0020	/* Connection: close */
#define KHTTP_HEAD_OPT_KEEP	0x0040	/* Connection: keep-alive */
#define KHTTP_HEAD_OPT_UPGRADE	0x0080	/* Connection: upgrade */
#define KHTTP_HEAD_CODED	0x0100	/* a transfer coding we do not have */

#define KHTTP_HTTP_10	10
#define KHTTP_HTTP_11	11

struct khttp_head {
	/* owned by parse.c between calls */
	u32 pos;		/* first byte not yet looked at */
	u32 mark;		/* where the current token began */
	u32 line;		/* where the current field line began */
	u8 state;
	u8 deferred;		/* reason that waits for the end of the head */
	/* valid when done, or refused with head_len != 0 */
	u8 version;		/* KHTTP_HTTP_10 or _11; 1.2 to 1.9 count as 1.1 */
	u8 method;		/* enum khttp_method */
	u8 reason;		/* enum khttp_reason, set when refused */
	u8 n_fields;
	u16 flags;		/* KHTTP_HEAD_* */
	u16 head_len;		/* bytes up to and including the blank line */
	u16 method_off;
	u16 method_len;
	u16 target_off;
	u16 target_len;
	u64 content_length;	/* with KHTTP_HEAD_LENGTH; S64_MAX at most */
	u64 seen;		/* KHTTP_FIELD_BIT(id) of known fields present */
	u64 repeated;		/* of those that came more than once */
	/* index of the first field of an id; valid where seen has its bit */
	u8 first[KHTTP_FIELD__COUNT];
	/* in order and apart, RFC 9110 section 5.3, as who combines them may err;
	 * last, so that a copy may stop after n_fields
	 */
	struct khttp_field fields[KHTTP_FIELDS_MAX];
};

/* Touches only what precedes first[]: cheap between pipelined requests. */
void khttp_head_init(struct khttp_head *head);

/*
 * Returns KHTTP_PARSE_REFUSED with head_len == 0 when the head is malformed:
 * framing is lost and the connection has to close. With head_len != 0 the head
 * is well-formed but its meaning is refused: the connection may go on as
 * khttp_reason_closes() tells, after the body that khttp_body_framing() tells.
 *
 * Limits above KHTTP_HEAD_MAX and KHTTP_FIELDS_MAX are read as these.
 */
enum khttp_parse_result khttp_parse_head(struct khttp_head *head,
					 const char *buf, u32 len,
					 const struct khttp_limits *limits);

/*
 * Limits that are known only when the head has been parsed, by others that were
 * not stricter: KHTTP_REASON_NONE, or what khttp_parse_head() would have said.
 */
enum khttp_reason khttp_head_within(const struct khttp_head *head,
				    const struct khttp_limits *limits);

static inline bool khttp_head_has(const struct khttp_head *head,
				  enum khttp_field_id id)
{
	return head->seen & KHTTP_FIELD_BIT(id);
}

/* As workers and logs are told it: 0x0100 or 0x0101; 0: the head broke off before */
static inline u16 khttp_head_version(const struct khttp_head *head)
{
	if (!head->version)
		return 0;
	return head->version == KHTTP_HTTP_10 ? 0x0100 : 0x0101;
}

static inline struct khttp_span khttp_head_method(const struct khttp_head *head,
						  const char *buf)
{
	return khttp_span_of(buf + head->method_off, head->method_len);
}

static inline struct khttp_span khttp_head_target(const struct khttp_head *head,
						  const char *buf)
{
	return khttp_span_of(buf + head->target_off, head->target_len);
}

/* Where the head was refused or cut off in the middle of the target, what had been
 * looked at by then.
 */
struct khttp_span khttp_head_target_cut(const struct khttp_head *head,
					const char *buf);

/* The target, whole or not. */
static inline struct khttp_span khttp_head_target_seen(const struct khttp_head *head,
						       const char *buf)
{
	return head->target_len ? khttp_head_target(head, buf) :
				  khttp_head_target_cut(head, buf);
}

static inline struct khttp_span khttp_head_value(const struct khttp_head *head,
						 const char *buf, u32 index)
{
	return khttp_span_of(buf + head->fields[index].value,
			     head->fields[index].value_len);
}

/* Value of the first field @id, or an empty span at NULL. */
static inline struct khttp_span khttp_head_first(const struct khttp_head *head,
						 const char *buf,
						 enum khttp_field_id id)
{
	if (!khttp_head_has(head, id))
		return khttp_span_of(NULL, 0);
	return khttp_head_value(head, buf, head->first[id]);
}

#endif
