// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/spelling.h"

#include "http/field.h"

#define ESCAPE_LEN	3U

/* RFC 3986 section 2.3: those of a host's name, and one more. */
static bool is_unreserved(char c)
{
	return khttp_char_is(c, KHTTP_CHAR_HOST) || c == '~';
}

static bool is_upper_hex(char c)
{
	return khttp_char_is(c, KHTTP_CHAR_DIGIT) || (c >= 'A' && c <= 'F');
}

/* The escape at the start of @text, which has @len bytes. */
static enum khttp_spelling of_escape(const char *text, u32 len)
{
	int high, low;
	char c;

	if (len < ESCAPE_LEN)
		return KHTTP_SPELLING_ODD;
	high = khttp_hex_digit(text[1]);
	low = khttp_hex_digit(text[2]);
	if (high < 0 || low < 0)
		return KHTTP_SPELLING_ODD;
	c = (char)(high << 4 | low);
	if (is_unreserved(c))
		return KHTTP_SPELLING_ODD;
	if (c == '%' && len >= ESCAPE_LEN + 2 && text[3] == '2' && text[4] == 'F')
		return KHTTP_SPELLING_ODD;
	return khttp_char_is(c, KHTTP_CHAR_SEGMENT) || !is_upper_hex(text[1]) ||
			       !is_upper_hex(text[2]) ?
		       KHTTP_SPELLING_ESCAPED :
		       KHTTP_SPELLING_USUAL;
}

/* @segment is "." or "..". Where a dot is escaped that says all. */
static bool is_dots(const char *segment, u32 len)
{
	return len && len <= 2 && segment[0] == '.' && segment[len - 1] == '.';
}

enum khttp_spelling khttp_spelling_of(const char *path, u32 len)
{
	enum khttp_spelling found = KHTTP_SPELLING_USUAL;
	u32 segment = 0, i = 0;

	while (i < len) {
		enum khttp_spelling here = KHTTP_SPELLING_USUAL;
		u32 step = 1;

		if (path[i] == '/') {
			segment = i + 1;
		} else if (path[i] == '%') {
			here = of_escape(path + i, len - i);
			step = ESCAPE_LEN;
		} else if ((u8)path[i] >= 0x80) {
			here = KHTTP_SPELLING_ODD;
		}
		/* Also of an escape that is cut short: no byte behind it is looked for. */
		if (here == KHTTP_SPELLING_ODD)
			return here;
		i += step;
		if ((i == len || path[i] == '/') && is_dots(path + segment, i - segment))
			return KHTTP_SPELLING_ODD;
		if (here > found)
			found = here;
	}
	return found;
}
