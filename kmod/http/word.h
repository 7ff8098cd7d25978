/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_WORD_H
#define KHTTP_HTTP_WORD_H

#include <linux/string.h>
#include <linux/types.h>

/*
 * Eight bytes at a time, for the hot path. Byte 0 of the text is the lowest
 * byte of the word, so that the lowest mark is the first hit.
 *
 * A test marks bytes with 0x80. A subtraction may borrow and put false marks
 * above a true one, never below it: only the first mark, or none, counts.
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

/*
 * Marks, in the top bit of each byte, bytes below @floor and bytes equal to
 * @single (both below 0x80). Bytes from 0x80 up get any mark: the caller takes
 * it away, or adds its own, with the word's own top bits.
 */
static inline u64 khttp_word_low_or(u64 word, u8 floor, u8 single)
{
	return (word - KHTTP_WORD_ONES * floor) |
	       ((word ^ KHTTP_WORD_ONES * single) - KHTTP_WORD_ONES);
}

/* Index of the first marked byte; @marks is not 0. */
static inline u32 khttp_word_first(u64 marks)
{
	return (u32)__builtin_ctzll(marks) >> 3;
}

#endif
