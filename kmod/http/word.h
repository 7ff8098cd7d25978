/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_WORD_H
#define KHTTP_HTTP_WORD_H

#include <linux/string.h>
#include <linux/types.h>

/*
 * Eight bytes at a time, for the scans of the hot path. Byte 0 of the text is
 * the lowest byte of the word, so that the lowest mark is the first hit.
 *
 * The tests mark bytes with 0x80. A borrow may put false marks above a true
 * one, never below it: only the first mark, or none, has a meaning.
 */
#define KHTTP_WORD_ONES 0x0101010101010101ULL
#define KHTTP_WORD_TOPS 0x8080808080808080ULL

/* The caller owns eight bytes at @ptr. */
static inline u64 khttp_word_load(const char *ptr)
{
	u64 word;

	memcpy(&word, ptr, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* Bytes equal to @c. */
static inline u64 khttp_word_mark(u64 word, u8 c)
{
	u64 x = word ^ (KHTTP_WORD_ONES * c);

	return (x - KHTTP_WORD_ONES) & ~x & KHTTP_WORD_TOPS;
}

/* Bytes below @c, which is at most 0x80. */
static inline u64 khttp_word_mark_below(u64 word, u8 c)
{
	return (word - KHTTP_WORD_ONES * c) & ~word & KHTTP_WORD_TOPS;
}

/* Bytes from 0x80 up. */
static inline u64 khttp_word_mark_high(u64 word)
{
	return word & KHTTP_WORD_TOPS;
}

/* Index of the first marked byte; @marks is not 0. */
static inline u32 khttp_word_first(u64 marks)
{
	return (u32)__builtin_ctzll(marks) >> 3;
}

#endif
