/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_CODING_H
#define KHTTP_HTTP_CODING_H

#include "http/out.h"

/*
 * Which content codings a client takes (RFC 9110 section 12.5.3), in a form that
 * is the same for all who take the same. Order, blanks, lines and weights do not
 * count, but for 0, which is "not this one".
 */

/* Codings that are none of ours stand in the form as they came, so many bytes. */
#define KHTTP_CODINGS_OTHER_MAX 64

/* Zeroed before the first line. */
struct khttp_codings {
	u8 taken;		/* a bit for each known one, see coding.c */
	u8 refused;
	u8 other_len;
	bool too_many;		/* others than fit: no form */
	char other[KHTTP_CODINGS_OTHER_MAX];
};

/* One line of Accept-Encoding. */
void khttp_codings_line(struct khttp_codings *c, struct khttp_span line);

/* The form, behind what is in @out, which is full where there is none. */
void khttp_codings_put(const struct khttp_codings *c, struct khttp_out *out);

#endif
