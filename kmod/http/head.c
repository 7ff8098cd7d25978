// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * What a well-formed head means: the fields that framing and the connection
 * depend on, and what only all of them together tell.
 */
#include "http/head.h"

#include <linux/limits.h>
#include <linux/minmax.h>

void khttp_head_defer(struct khttp_head *head, enum khttp_reason reason)
{
	if (!head->deferred)
		head->deferred = (u8)reason;
}

static bool connection_option(struct khttp_head *head, struct khttp_span item)
{
	/* Two of the three options are also names of fields. */
	switch (khttp_field_lookup(item.ptr, item.len)) {
	case KHTTP_FIELD_KEEP_ALIVE:
		head->flags |= KHTTP_HEAD_OPT_KEEP;
		return true;
	case KHTTP_FIELD_UPGRADE:
		head->flags |= KHTTP_HEAD_OPT_UPGRADE;
		return true;
	default:
		if (!khttp_span_is_fold(item, "close"))
			return false;
		head->flags |= KHTTP_HEAD_OPT_CLOSE;
		return true;
	}
}

static void note_connection(struct khttp_head *head, struct khttp_span value)
{
	struct khttp_span item;
	u32 pos = 0;

	/* Mostly it is one option alone. */
	if (connection_option(head, value))
		return;
	while (khttp_list_next(value, &pos, &item))
		connection_option(head, item);
}

/* A coding without its parameters, which are for codings we do not have. */
static struct khttp_span coding_name(struct khttp_span item)
{
	u32 i;

	for (i = 0; i < item.len && item.ptr[i] != ';'; i++)
		;
	return khttp_span_trim(khttp_span_of(item.ptr, i));
}

/*
 * Only "chunked", once (RFC 9112 sections 6.1 and 7). With another coding in
 * front of it, or alone, it is not implemented, which khttp_head_finish() says
 * when nothing worse has come; all else leaves the length in doubt.
 */
static enum khttp_reason note_coding(struct khttp_head *head,
				     struct khttp_span value)
{
	struct khttp_span item;
	u32 chunked = 0;
	u32 pos = 0;
	u32 n = 0;
	bool last = false;

	if (khttp_span_is_fold(value, "chunked")) {
		head->flags |= KHTTP_HEAD_CHUNKED;
		return KHTTP_REASON_NONE;
	}
	while (khttp_list_next(value, &pos, &item)) {
		struct khttp_span name = coding_name(item);

		if (!khttp_token_ok(name.ptr, name.len))
			return KHTTP_REASON_FRAMING;
		last = khttp_span_is_fold(item, "chunked");
		chunked += khttp_span_is_fold(name, "chunked");
		n++;
	}
	if (!n || (chunked && (chunked > 1 || !last || n == 1)))
		return KHTTP_REASON_FRAMING;
	head->flags |= KHTTP_HEAD_CODED;
	return KHTTP_REASON_NONE;
}

static enum khttp_reason note_length(struct khttp_head *head,
				     struct khttp_span value)
{
	/*
	 * RFC 9110 section 8.6 and RFC 9112 section 6.3: no list, no sign, no
	 * overflow. A worker may hold the number in an off_t.
	 */
	if (!khttp_number(value, &head->content_length) ||
	    head->content_length > S64_MAX)
		return KHTTP_REASON_NUMBER;
	head->flags |= KHTTP_HEAD_LENGTH;
	return KHTTP_REASON_NONE;
}

static void note_expect(struct khttp_head *head, struct khttp_span value)
{
	/* RFC 9110 section 10.1.1: HTTP/1.0 has no expectations. */
	if (head->version == KHTTP_HTTP_10)
		return;
	if (khttp_span_is_fold(value, "100-continue"))
		head->flags |= KHTTP_HEAD_EXPECT_100;
	else
		khttp_head_defer(head, KHTTP_REASON_EXPECTATION);
}

enum khttp_reason khttp_head_special(struct khttp_head *head,
				     struct khttp_span value,
				     enum khttp_field_id id, bool again)
{
	switch (id) {
	case KHTTP_FIELD_HOST:
		/* RFC 9112 section 3.2; whether it is valid: uri.c. */
		if (again)
			khttp_head_defer(head, KHTTP_REASON_HOSTNAME);
		return KHTTP_REASON_NONE;
	case KHTTP_FIELD_CONNECTION:
		note_connection(head, value);
		return KHTTP_REASON_NONE;
	case KHTTP_FIELD_CONTENT_LENGTH:
		/* RFC 9110 section 8.6 lets us refuse equal ones as well. */
		return again ? KHTTP_REASON_NUMBER : note_length(head, value);
	case KHTTP_FIELD_TRANSFER_ENCODING:
		return again ? KHTTP_REASON_FRAMING : note_coding(head, value);
	default:
		note_expect(head, value);
		return KHTTP_REASON_NONE;
	}
}

enum khttp_reason khttp_head_finish(struct khttp_head *head, u32 head_len)
{
	bool keep = head->version == KHTTP_HTTP_11 ||
		    (head->flags & KHTTP_HEAD_OPT_KEEP);

	head->head_len = (u16)head_len;
	/* RFC 9112 section 9.3: close wins. */
	if (keep && !(head->flags & KHTTP_HEAD_OPT_CLOSE))
		head->flags |= KHTTP_HEAD_KEEP_ALIVE;
	/* RFC 9110 section 7.8: not in HTTP/1.0. */
	if (head->version == KHTTP_HTTP_11 &&
	    khttp_head_has(head, KHTTP_FIELD_UPGRADE) &&
	    (head->flags & KHTTP_HEAD_OPT_UPGRADE))
		head->flags |= KHTTP_HEAD_UPGRADE;
	/* RFC 9112 sections 6.1 and 6.3: both, or a coding in HTTP/1.0. */
	if (head->flags & (KHTTP_HEAD_CHUNKED | KHTTP_HEAD_CODED)) {
		if ((head->flags & KHTTP_HEAD_LENGTH) ||
		    head->version == KHTTP_HTTP_10)
			return KHTTP_REASON_FRAMING;
		if (head->flags & KHTTP_HEAD_CODED)
			return KHTTP_REASON_NOT_IMPLEMENTED;
	}
	if (head->deferred)
		return (enum khttp_reason)head->deferred;
	if (head->version == KHTTP_HTTP_11 &&
	    !khttp_head_has(head, KHTTP_FIELD_HOST))
		return KHTTP_REASON_HOSTNAME;
	return KHTTP_REASON_NONE;
}

/* A field line lies between its name and the CRLF before what follows it. */
static u32 longest_field(const struct khttp_head *head)
{
	u32 longest = 0;
	u32 i;

	for (i = 0; i < head->n_fields; i++) {
		bool last = i + 1 == head->n_fields;
		u32 next = last ? head->head_len - 2 : head->fields[i + 1].name;

		longest = max_t(u32, longest, next - 2 - head->fields[i].name);
	}
	return longest;
}

enum khttp_reason khttp_head_within(const struct khttp_head *head,
				    const struct khttp_limits *limits)
{
	if (head->target_len > limits->max_target)
		return KHTTP_REASON_URL_LENGTH;
	if (head->n_fields > limits->max_fields)
		return KHTTP_REASON_FIELD_COUNT;
	if (longest_field(head) > limits->max_field)
		return KHTTP_REASON_FIELD_LENGTH;
	if (head->head_len > limits->max_head)
		return KHTTP_REASON_REQUEST_LENGTH;
	return KHTTP_REASON_NONE;
}
