/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_CACHE_TAG_H
#define KHTTP_HTTP_CACHE_TAG_H

#include "http/field.h"

/*
 * Names that a response gives itself, so that all that has one of them can be
 * purged at once. They stand in fields that front caches agree upon without a
 * standard: Cache-Tag, with commas between them, xkey and Surrogate-Key, with
 * blanks. Either separates in all of the three.
 */
#define KHTTP_TAG_FIELDS (KHTTP_FIELD_BIT(KHTTP_FIELD_CACHE_TAG) |	\
			  KHTTP_FIELD_BIT(KHTTP_FIELD_SURROGATE_KEY) |	\
			  KHTTP_FIELD_BIT(KHTTP_FIELD_XKEY))

/* Bytes of one, tags of one response, and bytes of all of these. */
#define KHTTP_TAG_MAX 128
#define KHTTP_TAGS_MAX 256
#define KHTTP_TAGS_BYTES_MAX 8192

/* Zeroed at first. */
struct khttp_tag_count {
	u16 n;
	u16 bytes;	/* of the tags alone */
};

/* 1 to KHTTP_TAG_MAX visible characters of ASCII, but no comma. */
bool khttp_tag_ok(struct khttp_span tag);

/*
 * The next one in a line of such a field, from *@pos on, which moves behind it.
 * False at the end. Whether it is a tag, khttp_tag_ok() tells.
 */
bool khttp_tag_next(struct khttp_span line, u32 *pos, struct khttp_span *tag);

/*
 * One more line of a response. False: something in it is no tag, or there are
 * more of them than are kept. What is stored then could miss its purge.
 */
bool khttp_tag_line(struct khttp_tag_count *count, struct khttp_span line);

#endif
