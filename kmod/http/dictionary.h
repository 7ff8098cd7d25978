/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_DICTIONARY_H
#define KHTTP_HTTP_DICTIONARY_H

#include "http/span.h"

/* What a member's value is; what is only checked and never used is OTHER. */
enum khttp_item_type {
	KHTTP_ITEM_OTHER,	/* Decimal, String, Token, Byte Sequence, Inner List */
	KHTTP_ITEM_INTEGER,
	KHTTP_ITEM_TRUE,	/* also a key alone */
	KHTTP_ITEM_FALSE,
};

struct khttp_member {
	struct khttp_span key;
	s64 number;		/* with INTEGER: up to 15 digits */
	u8 type;		/* enum khttp_item_type */
};

/*
 * The member of a Dictionary at *@pos, which moves to the next one or to the
 * end: RFC 8941 section 4.2.2, strictly. False: the rest is no Dictionary, as
 * with a comma and nothing behind it. Parameters are checked and left out. Of
 * two members with one key the last one counts, and that is the caller's.
 */
bool khttp_dictionary_next(struct khttp_span text, u32 *pos,
			   struct khttp_member *member);

#endif
