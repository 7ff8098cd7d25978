/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_SCAN_H
#define KHTTP_HTTP_SCAN_H

#include <linux/stddef.h>

#include "http/field.h"
#include "http/word.h"

/*
 * Scans of the parser: from @pos to the first byte of a kind, or @stop. Whole
 * words as long as they last, then single bytes; no byte from @stop on is read.
 */

/* A blank, a control character, "#" or DEL. */
static __always_inline u32 khttp_scan_target(const char *buf, u32 pos, u32 stop)
{
	for (; pos + 8 <= stop; pos += 8) {
		u64 word = khttp_word_load(buf + pos);
		u64 marks = (khttp_word_low_or(word, 0x21, 0x7f) |
			     khttp_word_low_or(word, 0x21, '#')) &
			    ~word & KHTTP_WORD_TOPS;

		if (marks)
			return pos + khttp_word_first(marks);
	}
	while (pos < stop && khttp_char_is(buf[pos], KHTTP_CHAR_TARGET))
		pos++;
	return pos;
}

/* A colon, a blank, a control character or a byte from 0x80 up. */
static __always_inline u32 khttp_scan_name(const char *buf, u32 pos, u32 stop)
{
	for (; pos + 8 <= stop; pos += 8) {
		u64 word = khttp_word_load(buf + pos);
		u64 marks = (khttp_word_low_or(word, 0x21, ':') | word) &
			    KHTTP_WORD_TOPS;

		if (marks)
			return pos + khttp_word_first(marks);
	}
	for (; pos < stop; pos++) {
		u8 c = (u8)buf[pos];

		if (c < 0x21 || c == ':' || c >= 0x80)
			break;
	}
	return pos;
}

/*
 * Whether any of @len bytes is a control character, HTAB included: which one
 * does not matter, so that the last whole word may overlap the one before it.
 */
static __always_inline bool khttp_has_control(const char *buf, u32 len)
{
	u64 word, marks = 0;
	u32 pos;

	if (len < 8) {
		for (pos = 0; pos < len; pos++)
			marks |= (u8)buf[pos] < 0x20 || buf[pos] == 0x7f;
		return marks;
	}
	for (pos = 0; pos + 8 < len; pos += 8) {
		word = khttp_word_load(buf + pos);
		marks |= khttp_word_low_or(word, 0x20, 0x7f) & ~word;
	}
	word = khttp_word_load(buf + len - 8);
	marks |= khttp_word_low_or(word, 0x20, 0x7f) & ~word;
	return marks & KHTTP_WORD_TOPS;
}

/* A control character, HTAB included. */
static __always_inline u32 khttp_scan_value(const char *buf, u32 pos, u32 stop)
{
	for (; pos + 8 <= stop; pos += 8) {
		u64 word = khttp_word_load(buf + pos);
		u64 marks = khttp_word_low_or(word, 0x20, 0x7f) &
			    ~word & KHTTP_WORD_TOPS;

		if (marks)
			return pos + khttp_word_first(marks);
	}
	while (pos < stop && khttp_char_is(buf[pos], KHTTP_CHAR_VALUE) &&
	       buf[pos] != '\t')
		pos++;
	return pos;
}

#endif
