// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/out.h"

#include <linux/limits.h>

/*
 * A u64 divided by 10 without a 64-bit division, which 32-bit kernels do not
 * have: schoolbook, by 16 bits at a time.
 */
static u64 divide_by_10(u64 number, u32 *rest)
{
	u64 quotient = 0;
	int shift;

	*rest = 0;
	for (shift = 48; shift >= 0; shift -= 16) {
		u32 part = *rest << 16 | (u32)(number >> shift & U16_MAX);

		quotient |= (u64)(part / 10) << shift;
		*rest = part % 10;
	}
	return quotient;
}

static u32 digits_in(u64 number)
{
	u64 limit = 10000;
	u32 n = 4;

	if (number < 100)
		return 1 + (number >= 10);
	if (number < 10000)
		return 3 + (number >= 1000);
	/* 10 to the 19th is the last that a u64 holds. */
	while (number >= limit && n < 19) {
		limit *= 10;
		n++;
	}
	return n + (number >= limit);
}

void khttp_out_number(struct khttp_out *out, u64 number)
{
	u32 len = digits_in(number);
	char *at;
	u32 rest;

	if (len > out->size - out->len)
		out->full = true;
	if (out->full)
		return;
	out->len += len;
	at = out->buf + out->len;
	while (number > U32_MAX) {
		number = divide_by_10(number, &rest);
		*--at = (char)('0' + rest);
	}
	rest = (u32)number;
	/* Two at a time: half the divisions. */
	while (rest >= 100) {
		u32 two = rest % 100;

		rest /= 100;
		*--at = (char)('0' + two % 10);
		*--at = (char)('0' + two / 10);
	}
	if (rest >= 10) {
		*--at = (char)('0' + rest % 10);
		rest /= 10;
	}
	*--at = (char)('0' + rest);
}
