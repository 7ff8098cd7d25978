/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_DATE_H
#define KHTTP_HTTP_DATE_H

#include <linux/types.h>

/* "Sun, 06 Nov 1994 08:49:37 GMT", RFC 9110 section 5.6.7. */
#define KHTTP_DATE_LEN 29

/* Last second of the year 9999; later times are printed as this one. */
#define KHTTP_DATE_MAX 253402300799ULL

/* @seconds since 1970. Writes KHTTP_DATE_LEN bytes, no NUL. */
void khttp_date_print(u64 seconds, char out[KHTTP_DATE_LEN]);

/*
 * All three formats of RFC 9110 section 5.6.7, exactly, and only real dates
 * with their right day of the week. Dates before 1970 give 0. @now places the
 * two-digit year of RFC 850. False for everything else.
 */
bool khttp_date_parse(const char *text, u32 len, u64 now, u64 *seconds);

#endif
