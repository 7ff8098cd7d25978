// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * A state per kind of token; each step eats one token or says what is missing.
 *
 *	LEAD -> METHOD -> TARGET -> VERSION -> LINE -> NAME -> BLANK -> VALUE
 *	                                        ^  |                      |
 *	                            DONE <------+--+<---------------------+
 *
 * A scan never looks behind the smaller of what is there and what the limit
 * allows, so the reason for a refusal is the same for every way of cutting the
 * input into pieces.
 */
#include "http/parse.h"

#include <linux/minmax.h>
#include <linux/stddef.h>

#include "http/head.h"
#include "http/scan.h"

enum parse_state {
	STATE_LEAD,		/* before the request line */
	STATE_METHOD,
	STATE_TARGET,
	STATE_VERSION,
	STATE_LINE,		/* at the start of a field line */
	STATE_NAME,
	STATE_BLANK,		/* between colon and value */
	STATE_VALUE,
	STATE_DONE,
	STATE_REFUSED,
};

struct cursor {
	struct khttp_head *head;
	const struct khttp_limits *limits;
	const char *buf;
	u32 pos;
	u32 end;		/* of what is there, within max_head */
	u32 max_head;
	u32 max_field;
	u32 max_fields;
};

static enum khttp_parse_result refuse(struct cursor *c,
				      enum khttp_reason reason)
{
	c->head->reason = (u8)reason;
	c->head->state = STATE_REFUSED;
	return KHTTP_PARSE_REFUSED;
}

/* The input ends at c->end: wait, or refuse when no more is allowed. */
static enum khttp_parse_result starve(struct cursor *c,
				      enum khttp_reason too_long)
{
	if (c->end == c->max_head)
		return refuse(c, too_long);
	return KHTTP_PARSE_MORE;
}

/*
 * Where the scan of a token from @start on ends: one behind what is allowed, so
 * that the delimiter of the longest is seen. Not before pos, since the limits
 * may have been lowered between two calls.
 */
static u32 scan_stop(const struct cursor *c, u32 start, u32 max)
{
	return max_t(u32, c->pos, min_t(u32, c->end, start + max + 1));
}

static enum khttp_parse_result step_lead(struct cursor *c)
{
	struct khttp_head *head = c->head;

	if (c->pos == c->end)
		return starve(c, KHTTP_REASON_REQUEST_LENGTH);
	/* RFC 9112 section 2.2: one empty line before the request line. */
	if (c->buf[c->pos] == '\r') {
		if (c->end - c->pos < 2)
			return starve(c, KHTTP_REASON_REQUEST_LENGTH);
		if (c->buf[c->pos + 1] != '\n')
			return refuse(c, KHTTP_REASON_CR_LF);
		c->pos += 2;
	}
	head->mark = c->pos;
	head->state = STATE_METHOD;
	return KHTTP_PARSE_DONE;
}

static enum khttp_parse_result step_method(struct cursor *c)
{
	struct khttp_head *head = c->head;
	u32 stop = scan_stop(c, head->mark, KHTTP_METHOD_LEN_MAX);
	u32 len;
	char ch;

	while (c->pos < stop &&
	       khttp_char_is(c->buf[c->pos], KHTTP_CHAR_TOKEN))
		c->pos++;
	len = c->pos - head->mark;
	/* RFC 9112 section 3: longer than any method we implement is 501. */
	if (len > KHTTP_METHOD_LEN_MAX)
		return refuse(c, KHTTP_REASON_NOT_IMPLEMENTED);
	if (c->pos == c->end)
		return starve(c, KHTTP_REASON_REQUEST_LENGTH);
	/* RFC 9110 section 9.1: a token, and something. */
	ch = c->buf[c->pos];
	if (ch == '\r' || ch == '\n')
		return refuse(c, len ? KHTTP_REASON_BAD_REQUEST :
				       KHTTP_REASON_CR_LF);
	if (ch != ' ' || !len)
		return refuse(c, KHTTP_REASON_VERB);
	head->method_off = (u16)head->mark;
	head->method_len = (u16)len;
	head->method = (u8)khttp_method_lookup(c->buf + head->mark, len);
	head->mark = ++c->pos;
	head->state = STATE_TARGET;
	return KHTTP_PARSE_DONE;
}

/* What stands nearly always; the rest is for step_method(). */
static bool method_is_get(struct cursor *c)
{
	struct khttp_head *head = c->head;

	if (c->pos != head->mark || c->end - c->pos < 4 ||
	    memcmp(c->buf + c->pos, "GET ", 4))
		return false;
	head->method_off = (u16)head->mark;
	head->method_len = 3;
	head->method = KHTTP_METHOD_GET;
	c->pos += 4;
	head->mark = c->pos;
	head->state = STATE_TARGET;
	return true;
}

static enum khttp_parse_result step_target(struct cursor *c)
{
	struct khttp_head *head = c->head;
	u32 max = min_t(u32, c->limits->max_target, KHTTP_HEAD_MAX);
	u32 stop = scan_stop(c, head->mark, max);

	for (;;) {
		c->pos = khttp_scan_target(c->buf, c->pos, stop);
		if (c->pos == stop)
			break;
		/* No fragments: RFC 9112 section 3.2. */
		if (c->buf[c->pos] != '#')
			break;
		khttp_head_defer(head, KHTTP_REASON_URL);
		c->pos++;
	}
	if (c->pos - head->mark > max)
		return refuse(c, KHTTP_REASON_URL_LENGTH);
	if (c->pos == c->end)
		return starve(c, KHTTP_REASON_URL_LENGTH);
	if (c->buf[c->pos] == '\n')
		return refuse(c, KHTTP_REASON_CR_LF);
	/*
	 * RFC 9112 section 3: exactly one space, no tabs, something between.
	 * A CR here is HTTP/0.9, which has no version.
	 */
	if (c->buf[c->pos] != ' ' || c->pos == head->mark)
		return refuse(c, KHTTP_REASON_BAD_REQUEST);
	head->target_off = (u16)head->mark;
	head->target_len = (u16)(c->pos - head->mark);
	head->mark = ++c->pos;
	head->state = STATE_VERSION;
	return KHTTP_PARSE_DONE;
}

/* RFC 9112 section 2.3: NONE when @ch may stand at @index of "HTTP/d.d" CRLF. */
static enum khttp_reason version_byte(u32 index, char ch)
{
	static const char pattern[] = "HTTP/0.0\r\n";

	if (pattern[index] == '0')
		return khttp_char_is(ch, KHTTP_CHAR_DIGIT) ?
		       KHTTP_REASON_NONE : KHTTP_REASON_BAD_REQUEST;
	if (ch == pattern[index])
		return KHTTP_REASON_NONE;
	if (index == 9 || ch == '\n')
		return KHTTP_REASON_CR_LF;
	return KHTTP_REASON_BAD_REQUEST;
}

static enum khttp_parse_result step_version(struct cursor *c)
{
	struct khttp_head *head = c->head;
	const char *text = c->buf + head->mark;
	enum khttp_reason reason;

	for (; c->pos - head->mark < 10; c->pos++) {
		if (c->pos == c->end)
			return starve(c, KHTTP_REASON_REQUEST_LENGTH);
		reason = version_byte(c->pos - head->mark, c->buf[c->pos]);
		if (reason)
			return refuse(c, reason);
	}
	/* RFC 9110 section 15.6.6. */
	if (text[5] != '1')
		return refuse(c, KHTTP_REASON_VERSION);
	/* RFC 9110 section 2.5: a higher minor version is read as ours. */
	head->version = text[7] == '0' ? KHTTP_HTTP_10 : KHTTP_HTTP_11;
	head->state = STATE_LINE;
	return KHTTP_PARSE_DONE;
}

/* What stands nearly always; the rest is for step_version(). */
static bool version_is_11(struct cursor *c)
{
	const char *text = c->buf + c->head->mark;

	if (c->end - c->head->mark < 10 ||
	    khttp_word_load(text) != khttp_word_load("HTTP/1.1") ||
	    text[8] != '\r' || text[9] != '\n')
		return false;
	c->head->version = KHTTP_HTTP_11;
	c->pos = c->head->mark + 10;
	c->head->state = STATE_LINE;
	return true;
}

static enum khttp_parse_result finish(struct cursor *c)
{
	enum khttp_reason reason = khttp_head_finish(c->head, c->pos);

	if (reason)
		return refuse(c, reason);
	c->head->state = STATE_DONE;
	return KHTTP_PARSE_DONE;
}

/*
 * Field lines as nearly all are: complete, at most one blank in front of a
 * value that is not empty, none behind it. The first that is not is left, from
 * its first byte, to the steps, which find out what it is.
 */
static enum khttp_reason take_lines(struct cursor *c)
{
	struct khttp_head *head = c->head;
	const char *buf = c->buf;
	u32 end = c->end;

	while (head->n_fields < c->max_fields) {
		struct khttp_field *field = &head->fields[head->n_fields];
		u32 line = c->pos;
		u32 colon = khttp_scan_name(buf, line, end);
		enum khttp_reason reason;
		u32 value;
		u32 stop;

		if (end - colon < 4 || buf[colon] != ':')
			break;
		value = colon + 1 + (buf[colon + 1] == ' ');
		stop = khttp_scan_value(buf, value, end);
		if (end - stop < 2 || buf[stop] != '\r' ||
		    buf[stop + 1] != '\n' || (u8)buf[value] <= ' ' ||
		    buf[stop - 1] == ' ' || stop - line > c->max_field)
			break;
		field->id = (u8)khttp_field_lookup(buf + line, colon - line);
		if (field->id == KHTTP_FIELD_OTHER &&
		    !khttp_token_ok(buf + line, colon - line))
			break;
		field->name = (u16)line;
		field->name_len = (u16)(colon - line);
		field->value = (u16)value;
		field->value_len = (u16)(stop - value);
		field->reserved = 0;
		reason = khttp_head_note(head, buf);
		if (reason)
			return reason;
		head->n_fields++;
		c->pos = stop + 2;
	}
	return KHTTP_REASON_NONE;
}

static enum khttp_parse_result step_line(struct cursor *c)
{
	struct khttp_head *head = c->head;
	enum khttp_reason reason = take_lines(c);
	char ch;

	if (reason)
		return refuse(c, reason);
	if (c->pos == c->end)
		return starve(c, KHTTP_REASON_REQUEST_LENGTH);
	ch = c->buf[c->pos];
	if (ch == '\r') {
		if (c->end - c->pos < 2)
			return starve(c, KHTTP_REASON_REQUEST_LENGTH);
		if (c->buf[c->pos + 1] != '\n')
			return refuse(c, KHTTP_REASON_CR_LF);
		c->pos += 2;
		return finish(c);
	}
	if (ch == '\n')
		return refuse(c, KHTTP_REASON_CR_LF);
	/* RFC 9112 sections 2.2 and 5.2: no blank first, no obs-fold. */
	if (ch == ' ' || ch == '\t')
		return refuse(c, KHTTP_REASON_HEADER);
	if (head->n_fields >= c->max_fields)
		return refuse(c, KHTTP_REASON_FIELD_COUNT);
	head->line = c->pos;
	head->state = STATE_NAME;
	return KHTTP_PARSE_DONE;
}

/* A scan of a field line came to @stop without what it looked for. */
static enum khttp_parse_result starve_field(struct cursor *c)
{
	if (c->pos - c->head->line > c->max_field)
		return refuse(c, KHTTP_REASON_FIELD_LENGTH);
	return starve(c, KHTTP_REASON_REQUEST_LENGTH);
}

static enum khttp_parse_result step_name(struct cursor *c, u32 stop)
{
	struct khttp_head *head = c->head;
	struct khttp_field *field = &head->fields[head->n_fields];
	const char *name = c->buf + head->line;
	u32 len;

	c->pos = khttp_scan_name(c->buf, c->pos, stop);
	if (c->pos == stop)
		return starve_field(c);
	if (c->buf[c->pos] == '\n')
		return refuse(c, KHTTP_REASON_CR_LF);
	/* RFC 9112 section 5.1: no name, or a blank before the colon. */
	len = c->pos - head->line;
	if (c->buf[c->pos] != ':' || !len)
		return refuse(c, KHTTP_REASON_HEADER);
	/* RFC 9110 section 5.1: a token, without regard to case. */
	field->id = (u8)khttp_field_lookup(name, len);
	if (field->id == KHTTP_FIELD_OTHER && !khttp_token_ok(name, len))
		return refuse(c, KHTTP_REASON_HEADER);
	field->name = (u16)head->line;
	field->name_len = (u16)len;
	c->pos++;
	head->state = STATE_BLANK;
	return KHTTP_PARSE_DONE;
}

static enum khttp_parse_result step_blank(struct cursor *c, u32 stop)
{
	while (c->pos < stop &&
	       (c->buf[c->pos] == ' ' || c->buf[c->pos] == '\t'))
		c->pos++;
	if (c->pos == stop)
		return starve_field(c);
	c->head->mark = c->pos;
	c->head->state = STATE_VALUE;
	return KHTTP_PARSE_DONE;
}

/* pos is at the CR behind the value. */
static enum khttp_parse_result end_value(struct cursor *c)
{
	struct khttp_head *head = c->head;
	struct khttp_field *field = &head->fields[head->n_fields];
	enum khttp_reason reason;
	u32 end = c->pos;

	while (end > head->mark &&
	       (c->buf[end - 1] == ' ' || c->buf[end - 1] == '\t'))
		end--;
	field->value = (u16)head->mark;
	field->value_len = (u16)(end - head->mark);
	field->reserved = 0;
	reason = khttp_head_note(head, c->buf);
	if (reason)
		return refuse(c, reason);
	head->n_fields++;
	c->pos += 2;
	head->state = STATE_LINE;
	return KHTTP_PARSE_DONE;
}

static enum khttp_parse_result step_value(struct cursor *c, u32 stop)
{
	for (;;) {
		c->pos = khttp_scan_value(c->buf, c->pos, stop);
		if (c->pos == stop)
			return starve_field(c);
		if (c->buf[c->pos] != '\t')
			break;
		c->pos++;
	}
	if (c->buf[c->pos] == '\n')
		return refuse(c, KHTTP_REASON_CR_LF);
	/* RFC 9110 section 5.5: no control character but HTAB. */
	if (c->buf[c->pos] != '\r')
		return refuse(c, KHTTP_REASON_HEADER);
	if (c->end - c->pos < 2)
		return starve(c, KHTTP_REASON_REQUEST_LENGTH);
	if (c->buf[c->pos + 1] != '\n')
		return refuse(c, KHTTP_REASON_CR_LF);
	return end_value(c);
}

static enum khttp_parse_result step_field(struct cursor *c)
{
	u32 stop = scan_stop(c, c->head->line, c->max_field);
	enum khttp_parse_result result = KHTTP_PARSE_DONE;

	if (c->head->state == STATE_NAME)
		result = step_name(c, stop);
	if (c->head->state == STATE_BLANK)
		result = step_blank(c, stop);
	if (c->head->state == STATE_VALUE)
		result = step_value(c, stop);
	return result;
}

static enum khttp_parse_result step(struct cursor *c)
{
	switch (c->head->state) {
	case STATE_LEAD:
		return step_lead(c);
	case STATE_METHOD:
		return method_is_get(c) ? KHTTP_PARSE_DONE : step_method(c);
	case STATE_TARGET:
		return step_target(c);
	case STATE_VERSION:
		return version_is_11(c) ? KHTTP_PARSE_DONE : step_version(c);
	case STATE_LINE:
		return step_line(c);
	default:
		return step_field(c);
	}
}

void khttp_head_init(struct khttp_head *head)
{
	memset(head, 0, offsetof(struct khttp_head, first));
}

struct khttp_span khttp_head_target_cut(const struct khttp_head *head,
					const char *buf)
{
	u32 start = head->method_off + head->method_len + 1U;

	if (!head->method_len)
		return khttp_span_of(buf, 0);
	return khttp_span_of(buf + start, head->pos - start);
}

enum khttp_parse_result khttp_parse_head(struct khttp_head *head,
					 const char *buf, u32 len,
					 const struct khttp_limits *limits)
{
	enum khttp_parse_result result = KHTTP_PARSE_DONE;
	struct cursor c = {
		.head = head,
		.limits = limits,
		.buf = buf,
		.pos = head->pos,
		.max_head = min_t(u32, limits->max_head, KHTTP_HEAD_MAX),
		.max_field = min_t(u32, limits->max_field, KHTTP_HEAD_MAX),
		.max_fields = min_t(u32, limits->max_fields, KHTTP_FIELDS_MAX),
	};

	/* A limit lowered since the last call must not put the end before pos. */
	c.max_head = max_t(u32, c.max_head, c.pos);
	c.end = max_t(u32, c.pos, min_t(u32, len, c.max_head));
	while (head->state < STATE_DONE && result == KHTTP_PARSE_DONE)
		result = step(&c);
	head->pos = c.pos;
	return head->state == STATE_REFUSED ? KHTTP_PARSE_REFUSED : result;
}
