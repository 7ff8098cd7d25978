/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_BLOCK_H
#define KHTTP_HTTP_BLOCK_H

#include <linux/string.h>
#include <linux/types.h>

/*
 * A field block: the fields of an answer, one record behind the other, as struct
 * khttp_reply has them.
 */
struct khttp_block_field {
	const char *name;
	const char *value;
	u16 name_len;
	u16 value_len;
};

/* What a record of a field block begins with */
struct khttp_block_lengths {
	u16 name;
	u16 value;
};

/**
 * khttp_block_next - next field of a field block
 * @pos: where it starts; moved behind it
 * @end: end of the block
 * @f: filled
 *
 * Reads nothing at or after @end, whatever the block says. False: no complete
 * field is left.
 */
static inline bool khttp_block_next(const char **pos, const char *end,
				    struct khttp_block_field *f)
{
	struct khttp_block_lengths len;

	if ((size_t)(end - *pos) < sizeof(len))
		return false;
	memcpy(&len, *pos, sizeof(len));
	if ((size_t)(end - *pos) - sizeof(len) < (size_t)len.name + len.value)
		return false;
	f->name = *pos + sizeof(len);
	f->value = f->name + len.name;
	f->name_len = len.name;
	f->value_len = len.value;
	*pos = f->value + len.value;
	return true;
}

#endif
