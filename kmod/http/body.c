// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/body.h"

#include <linux/limits.h>
#include <linux/minmax.h>

enum chunk_state {
	/* the size line, RFC 9112 sections 7.1 and 7.1.1 */
	STATE_SIZE_FIRST,	/* needs a digit */
	STATE_SIZE,
	STATE_EXT_SEMICOLON,	/* blanks, then another extension */
	STATE_EXT_NAME_FIRST,
	STATE_EXT_NAME,
	STATE_EXT_NAME_END,	/* blanks behind a name */
	STATE_EXT_VALUE_FIRST,
	STATE_EXT_VALUE,
	STATE_EXT_QUOTED,
	STATE_EXT_ESCAPED,
	STATE_EXT_QUOTED_END,
	STATE_SIZE_LF,
	/* payload */
	STATE_DATA,
	STATE_DATA_CR,
	STATE_DATA_LF,
	/* behind the last chunk, RFC 9112 section 7.1.2 */
	STATE_TRAILER_FIRST,	/* at the start of a line */
	STATE_TRAILER,
	STATE_TRAILER_LF,
	STATE_END_LF,
	STATE_END,
	STATE_BAD_CHUNK,
};

enum khttp_reason khttp_body_framing(const struct khttp_head *head,
				     struct khttp_framing *framing)
{
	framing->kind = KHTTP_FRAMING_NONE;
	framing->length = 0;
	/* Whatever the method: RFC 9110 section 9.3.1. */
	if (head->flags & KHTTP_HEAD_CHUNKED) {
		framing->kind = KHTTP_FRAMING_CHUNKED;
		return KHTTP_REASON_NONE;
	}
	if (head->flags & KHTTP_HEAD_LENGTH) {
		framing->length = head->content_length;
		if (framing->length)
			framing->kind = KHTTP_FRAMING_LENGTH;
		return KHTTP_REASON_NONE;
	}
	/*
	 * RFC 9112 section 6.3 reads neither as an empty body. With a method
	 * whose purpose is the body that is more often a mistake, and
	 * RFC 9110 section 15.5.12 has the answer to it.
	 */
	if (head->method == KHTTP_METHOD_POST ||
	    head->method == KHTTP_METHOD_PUT)
		return KHTTP_REASON_LENGTH_REQUIRED;
	return KHTTP_REASON_NONE;
}

void khttp_chunked_init(struct khttp_chunked *dec)
{
	memset(dec, 0, sizeof(*dec));
	dec->state = STATE_SIZE_FIRST;
}

static bool is_bws(char c)
{
	return c == ' ' || c == '\t';
}

static enum khttp_reason stray(char c)
{
	return c == '\n' || c == '\r' ? KHTTP_REASON_CR_LF : KHTTP_REASON_CHUNK;
}

static enum khttp_reason go(struct khttp_chunked *dec, enum chunk_state state)
{
	dec->state = (u8)state;
	return KHTTP_REASON_NONE;
}

static enum khttp_reason size_digit(struct khttp_chunked *dec, char c)
{
	/*
	 * RFC 9112 section 7.1: no overflow, of a signed number either. Leading
	 * zeros are harmless: the line limit bounds them.
	 */
	if (dec->left >> 59)
		return KHTTP_REASON_CHUNK;
	dec->left = dec->left << 4 | (u64)khttp_hex_digit(c);
	return go(dec, STATE_SIZE);
}

/* What may stand behind a size or behind a complete extension. */
static enum khttp_reason ext_or_end(struct khttp_chunked *dec, char c)
{
	if (c == '\r')
		return go(dec, STATE_SIZE_LF);
	if (c == ';')
		return go(dec, STATE_EXT_NAME_FIRST);
	/* Bad whitespace is for the sake of another extension only. */
	if (is_bws(c))
		return go(dec, STATE_EXT_SEMICOLON);
	return stray(c);
}

static enum khttp_reason ext_name(struct khttp_chunked *dec, char c)
{
	if (khttp_char_is(c, KHTTP_CHAR_TOKEN))
		return go(dec, STATE_EXT_NAME);
	if (c == '=')
		return go(dec, STATE_EXT_VALUE_FIRST);
	if (is_bws(c))
		return go(dec, STATE_EXT_NAME_END);
	return ext_or_end(dec, c);
}

static enum khttp_reason ext_quoted(struct khttp_chunked *dec, char c)
{
	if (dec->state == STATE_EXT_QUOTED && c == '"')
		return go(dec, STATE_EXT_QUOTED_END);
	if (!khttp_char_is(c, KHTTP_CHAR_VALUE))
		return stray(c);
	if (dec->state == STATE_EXT_QUOTED && c == '\\')
		return go(dec, STATE_EXT_ESCAPED);
	return go(dec, STATE_EXT_QUOTED);
}

/* States that only skip blanks until one kind of character comes. */
static enum khttp_reason ext_wait(struct khttp_chunked *dec, char c)
{
	if (is_bws(c))
		return KHTTP_REASON_NONE;
	switch (dec->state) {
	case STATE_EXT_NAME_END:
		if (c == '=')
			return go(dec, STATE_EXT_VALUE_FIRST);
		if (c == ';')
			return go(dec, STATE_EXT_NAME_FIRST);
		break;
	case STATE_EXT_SEMICOLON:
		if (c == ';')
			return go(dec, STATE_EXT_NAME_FIRST);
		break;
	case STATE_EXT_NAME_FIRST:
		if (khttp_char_is(c, KHTTP_CHAR_TOKEN))
			return go(dec, STATE_EXT_NAME);
		break;
	case STATE_EXT_VALUE_FIRST:
		if (c == '"')
			return go(dec, STATE_EXT_QUOTED);
		if (khttp_char_is(c, KHTTP_CHAR_TOKEN))
			return go(dec, STATE_EXT_VALUE);
		break;
	}
	return stray(c);
}

/* The size line is complete. */
static enum khttp_reason begin_chunk(struct khttp_chunked *dec,
				     const struct khttp_limits *limits)
{
	dec->line_len = 0;
	if (!dec->left)
		return go(dec, STATE_TRAILER_FIRST);
	if (dec->left > S64_MAX - dec->total)
		return KHTTP_REASON_CHUNK;
	dec->total += dec->left;
	if (limits->max_body && dec->total > limits->max_body)
		return KHTTP_REASON_ENTITY_TOO_LARGE;
	return go(dec, STATE_DATA);
}

/* Everything of a size line counts, extensions once more for the body. */
static enum khttp_reason count_line(struct khttp_chunked *dec, char c,
				    const struct khttp_limits *limits)
{
	if (c == '\r' || dec->state == STATE_SIZE_LF)
		return KHTTP_REASON_NONE;
	if (++dec->line_len > limits->max_chunk_line)
		return KHTTP_REASON_CHUNK_LENGTH;
	if (dec->state == STATE_SIZE_FIRST ||
	    (dec->state == STATE_SIZE && khttp_char_is(c, KHTTP_CHAR_HEX)))
		return KHTTP_REASON_NONE;
	if (++dec->ext_len > limits->max_chunk_ext)
		return KHTTP_REASON_CHUNK_LENGTH;
	return KHTTP_REASON_NONE;
}

static enum khttp_reason size_byte(struct khttp_chunked *dec, char c,
				   const struct khttp_limits *limits)
{
	enum khttp_reason reason = count_line(dec, c, limits);

	if (reason)
		return reason;
	switch (dec->state) {
	case STATE_SIZE_FIRST:
	case STATE_SIZE:
		if (khttp_char_is(c, KHTTP_CHAR_HEX))
			return size_digit(dec, c);
		return dec->state == STATE_SIZE ? ext_or_end(dec, c) : stray(c);
	case STATE_EXT_NAME:
		return ext_name(dec, c);
	case STATE_EXT_VALUE:
		if (khttp_char_is(c, KHTTP_CHAR_TOKEN))
			return KHTTP_REASON_NONE;
		return ext_or_end(dec, c);
	case STATE_EXT_QUOTED:
	case STATE_EXT_ESCAPED:
		return ext_quoted(dec, c);
	case STATE_EXT_QUOTED_END:
		return ext_or_end(dec, c);
	case STATE_SIZE_LF:
		if (c != '\n')
			return KHTTP_REASON_CR_LF;
		return begin_chunk(dec, limits);
	default:
		return ext_wait(dec, c);
	}
}

/* CR and LF behind payload and behind the trailer section. */
static enum khttp_reason line_end_byte(struct khttp_chunked *dec, char c)
{
	switch (dec->state) {
	case STATE_DATA_CR:
		/* More payload than announced is not a line-end problem. */
		return c == '\r' ? go(dec, STATE_DATA_LF) : KHTTP_REASON_CHUNK;
	case STATE_DATA_LF:
		return c == '\n' ? go(dec, STATE_SIZE_FIRST) :
				   KHTTP_REASON_CR_LF;
	default:
		return c == '\n' ? go(dec, STATE_END) : KHTTP_REASON_CR_LF;
	}
}

static enum khttp_reason trailer_byte(struct khttp_chunked *dec, char c,
				      const struct khttp_limits *limits)
{
	if (++dec->trailer_len > limits->max_trailers)
		return KHTTP_REASON_TRAILER_LENGTH;
	if (dec->state == STATE_TRAILER_LF)
		return c == '\n' ? go(dec, STATE_TRAILER_FIRST) :
				   KHTTP_REASON_CR_LF;
	/* RFC 9112 section 5.2: no obs-fold here either. */
	if (dec->state == STATE_TRAILER_FIRST && is_bws(c))
		return KHTTP_REASON_TRAILER;
	if (c == '\r')
		return go(dec, STATE_TRAILER_LF);
	if (!khttp_char_is(c, KHTTP_CHAR_VALUE))
		return c == '\n' ? KHTTP_REASON_CR_LF : KHTTP_REASON_TRAILER;
	return go(dec, STATE_TRAILER);
}

static enum khttp_chunk_result refuse_chunk(struct khttp_chunked *dec, enum khttp_reason reason)
{
	dec->reason = (u8)reason;
	dec->state = STATE_BAD_CHUNK;
	return KHTTP_CHUNK_REFUSED;
}

static enum khttp_chunk_result take_data(struct khttp_chunked *dec, u32 len,
					 struct khttp_chunk_step *step)
{
	step->off = step->consumed;
	step->len = (u32)min_t(u64, dec->left, len - step->consumed);
	step->consumed += step->len;
	dec->left -= step->len;
	if (!dec->left)
		dec->state = STATE_DATA_CR;
	return KHTTP_CHUNK_DATA;
}

/* One trailer line, or as much of it as is there. */
static enum khttp_chunk_result take_trailer(struct khttp_chunked *dec,
					    const char *in, u32 len,
					    const struct khttp_limits *limits,
					    struct khttp_chunk_step *step)
{
	enum khttp_reason reason;

	step->off = step->consumed;
	do {
		reason = trailer_byte(dec, in[step->consumed], limits);
		if (reason)
			return refuse_chunk(dec, reason);
		step->consumed++;
	} while (step->consumed < len && dec->state != STATE_TRAILER_FIRST);
	step->len = step->consumed - step->off;
	return KHTTP_CHUNK_TRAILER;
}

enum khttp_chunk_result khttp_chunked_next(struct khttp_chunked *dec,
					   const char *in, u32 len,
					   const struct khttp_limits *limits,
					   struct khttp_chunk_step *step)
{
	memset(step, 0, sizeof(*step));
	while (step->consumed < len && dec->state < STATE_END) {
		char c = in[step->consumed];
		enum khttp_reason reason;

		if (dec->state == STATE_DATA)
			return take_data(dec, len, step);
		if (dec->state == STATE_TRAILER_FIRST && c == '\r')
			reason = go(dec, STATE_END_LF);
		else if (dec->state >= STATE_TRAILER_FIRST &&
			 dec->state <= STATE_TRAILER_LF)
			return take_trailer(dec, in, len, limits, step);
		else if (dec->state <= STATE_SIZE_LF)
			reason = size_byte(dec, c, limits);
		else
			reason = line_end_byte(dec, c);
		if (reason)
			return refuse_chunk(dec, reason);
		step->consumed++;
	}
	if (dec->state == STATE_BAD_CHUNK)
		return KHTTP_CHUNK_REFUSED;
	return dec->state == STATE_END ? KHTTP_CHUNK_END : KHTTP_CHUNK_MORE;
}

enum khttp_reason khttp_trailers_parse(const char *buf, u32 len,
				       struct khttp_field *fields, u32 max,
				       u32 *n_fields, u32 *dropped)
{
	struct khttp_field field;
	enum khttp_reason reason;
	u32 pos = 0;

	*n_fields = 0;
	*dropped = 0;
	while (pos < len) {
		reason = khttp_field_line(buf, len, &pos, &field);
		if (reason)
			return reason;
		/* RFC 9110 section 6.5.1. */
		if (!khttp_field_trailer_ok((enum khttp_field_id)field.id)) {
			(*dropped)++;
			continue;
		}
		/* RFC 9110 section 5.4. */
		if (*n_fields == max)
			return KHTTP_REASON_FIELD_COUNT;
		fields[(*n_fields)++] = field;
	}
	return KHTTP_REASON_NONE;
}

u32 khttp_chunk_line(char out[KHTTP_CHUNK_LINE_MAX], u64 len)
{
	static const char digits[] = "0123456789abcdef";
	u32 n = 1;
	u32 i;

	while (n < 16 && len >> (4 * n))
		n++;
	for (i = 0; i < n; i++)
		out[i] = digits[len >> (4 * (n - 1 - i)) & 15];
	out[n] = '\r';
	out[n + 1] = '\n';
	return n + 2;
}
