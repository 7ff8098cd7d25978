// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/path.h"

#include <linux/limits.h>

#include "http/field.h"

/* What may come next, by the table of RFC 3629 section 4. */
struct utf8 {
	u8 need;		/* continuation bytes still to come */
	u8 low;			/* bounds of the next one */
	u8 high;
};

static bool utf8_first(struct utf8 *u, u8 c)
{
	u->low = 0x80;
	u->high = 0xbf;
	if (c < 0x80)
		return c >= 0x20 && c != 0x7f;
	if (c < 0xc2 || c > 0xf4)
		return false;
	u->need = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
	switch (c) {
	case 0xc2:		/* U+0080-9F: control characters */
	case 0xe0:		/* overlong */
		u->low = 0xa0;
		break;
	case 0xed:		/* surrogates */
		u->high = 0x9f;
		break;
	case 0xf0:		/* overlong */
		u->low = 0x90;
		break;
	case 0xf4:		/* above U+10FFFF */
		u->high = 0x8f;
		break;
	}
	return true;
}

static bool utf8_byte(struct utf8 *u, u8 c)
{
	if (!u->need)
		return utf8_first(u, c);
	if (c < u->low || c > u->high)
		return false;
	u->low = 0x80;
	u->high = 0xbf;
	u->need--;
	return true;
}

bool khttp_text_ok(const char *text, u32 len)
{
	struct utf8 u = { 0, 0, 0 };
	u32 i;

	for (i = 0; i < len; i++)
		if (!utf8_byte(&u, (u8)text[i]))
			return false;
	return !u.need;
}

static u32 limit_of(u32 limit)
{
	return limit ? limit : U32_MAX;
}

/* 1 for ".", 2 for "..", else 0. */
static u32 dots(const char *segment, u32 len)
{
	if (!len || len > 2 || segment[0] != '.')
		return 0;
	return len == 1 || segment[1] == '.' ? len : 0;
}

u32 khttp_path_plain(const char *text, u32 len,
		     const struct khttp_limits *limits)
{
	u32 max_segment = limit_of(limits->max_segment);
	u32 segments = 0;
	u32 end = 0;

	/* Each turn begins at a slash and ends behind a segment. */
	do {
		u32 start = ++end;

		while (end < len &&
		       khttp_char_is(text[end], KHTTP_CHAR_SEGMENT))
			end++;
		if (end - start > max_segment || dots(text + start, end - start))
			return 0;
		segments++;
	} while (end < len && text[end] == '/');
	if (segments > limit_of(limits->max_segments))
		return 0;
	return end == len || text[end] == '?' ? end : 0;
}

struct cooker {
	char *out;
	u32 len;
	u32 chars;		/* characters of the current segment */
	u32 segments;
	struct utf8 utf8;
};

static bool put(struct cooker *c, u8 byte)
{
	c->out[c->len++] = (char)byte;
	c->chars += (byte & 0xc0) != 0x80;
	return utf8_byte(&c->utf8, byte);
}

/*
 * The escape at @pos (RFC 3986 section 2.1), decoded once (RFC 3986 section
 * 2.4); "%2F" is not a slash and stays as it is.
 */
static bool put_escape(struct cooker *c, const char *path, u32 len, u32 pos)
{
	int high;
	int low;

	if (len - pos < 3)
		return false;
	high = khttp_hex_digit(path[pos + 1]);
	low = khttp_hex_digit(path[pos + 2]);
	if (high < 0 || low < 0)
		return false;
	if ((high << 4 | low) != '/')
		return put(c, (u8)(high << 4 | low));
	return put(c, '%') && put(c, '2') && put(c, 'F');
}

/* Decodes up to the next slash or the end. */
static enum khttp_reason put_segment(struct cooker *c, const char *path,
				     u32 len, u32 *pos, u32 max)
{
	c->chars = 0;
	while (*pos < len && path[*pos] != '/') {
		u8 byte = (u8)path[*pos];
		bool ok;

		if (byte == '%') {
			ok = put_escape(c, path, len, *pos);
			*pos += 3;
		} else {
			ok = (byte >= 0x80 ||
			      khttp_char_is((char)byte, KHTTP_CHAR_SEGMENT)) &&
			     put(c, byte);
			*pos += 1;
		}
		if (!ok)
			return KHTTP_REASON_URL;
	}
	if (c->utf8.need)
		return KHTTP_REASON_URL;
	return c->chars > max ? KHTTP_REASON_URL_SEGMENT : KHTTP_REASON_NONE;
}

/* RFC 3986 section 5.2.4: @start is the slash in front of "." or "..". */
static void drop_dots(struct cooker *c, u32 start, u32 n, bool last)
{
	c->len = start;
	if (n == 2 && c->len) {
		while (c->out[--c->len] != '/')
			;
		c->segments--;
	}
	if (last) {
		c->out[c->len++] = '/';
		c->segments++;
	}
}

enum khttp_reason khttp_path_cook(const char *path, u32 len,
				  const struct khttp_limits *limits,
				  char *out, u32 size, u32 *out_len)
{
	struct cooker c = { .out = out };
	u32 max_segment = limit_of(limits->max_segment);
	u32 max_segments = limit_of(limits->max_segments);
	u32 pos = 0;

	if (size < len || !len || path[0] != '/')
		return KHTTP_REASON_INTERNAL;
	/* Each turn begins at a slash. */
	while (pos < len) {
		enum khttp_reason reason;
		u32 start = c.len;
		u32 n;

		pos++;
		c.out[c.len++] = '/';
		reason = put_segment(&c, path, len, &pos, max_segment);
		if (reason)
			return reason;
		n = dots(c.out + start + 1, c.len - start - 1);
		if (n)
			drop_dots(&c, start, n, pos == len);
		else
			c.segments++;
		if (c.segments > max_segments)
			return KHTTP_REASON_URL_SEGMENT;
	}
	*out_len = c.len;
	return KHTTP_REASON_NONE;
}

enum khttp_reason khttp_path_within(struct khttp_span path,
				    const struct khttp_limits *limits)
{
	u32 max_segment = limit_of(limits->max_segment);
	u32 segments = 0;
	u32 chars = 0;
	u32 i;

	for (i = 0; i < path.len; i++) {
		if (path.ptr[i] == '/') {
			segments++;
			chars = 0;
			continue;
		}
		chars += ((u8)path.ptr[i] & 0xc0) != 0x80;
		if (chars > max_segment)
			return KHTTP_REASON_URL_SEGMENT;
	}
	return segments > limit_of(limits->max_segments) ?
	       KHTTP_REASON_URL_SEGMENT : KHTTP_REASON_NONE;
}
