/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_COPY_H
#define KHTTP_HTTP_COPY_H

#include <linux/string.h>
#include <linux/types.h>

/*
 * As memcpy(), for texts, which mostly are short: a call for each would cost more than
 * the copy. Halves that overlap need no loop.
 */
static __always_inline void khttp_copy_text(char *to, const char *from, u32 len)
{
	if (len > 32) {
		memcpy(to, from, len);
	} else if (len > 16) {
		memcpy(to, from, 16);
		memcpy(to + len - 16, from + len - 16, 16);
	} else if (len >= 8) {
		memcpy(to, from, 8);
		memcpy(to + len - 8, from + len - 8, 8);
	} else if (len >= 4) {
		memcpy(to, from, 4);
		memcpy(to + len - 4, from + len - 4, 4);
	} else if (len) {
		to[0] = from[0];
		to[len / 2] = from[len / 2];
		to[len - 1] = from[len - 1];
	}
}

#endif
