// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/field.h"

#include <linux/limits.h>
#include <linux/overflow.h>

#include "http/scan.h"
#include "http/word.h"

/* Rows of 16; which bytes are in which class: unit test of this file. */
const u8 khttp_char_class[256] = {
	/* 00 */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	          0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* 10 */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	          0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	/* 20 */ 0x02, 0x33, 0x12, 0x03, 0x33, 0x13, 0x33, 0x33,
	          0x32, 0x32, 0x33, 0x33, 0x32, 0x73, 0x73, 0x12,
	/* 30 */ 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f,
	          0x7f, 0x7f, 0x32, 0x32, 0x12, 0x32, 0x12, 0x12,
	/* 40 */ 0x32, 0x7b, 0x7b, 0x7b, 0x7b, 0x7b, 0x7b, 0x73,
	          0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73,
	/* 50 */ 0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73,
	          0x73, 0x73, 0x73, 0x32, 0x12, 0x32, 0x33, 0x73,
	/* 60 */ 0x33, 0x7b, 0x7b, 0x7b, 0x7b, 0x7b, 0x7b, 0x73,
	          0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73,
	/* 70 */ 0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73, 0x73,
	          0x73, 0x73, 0x73, 0x32, 0x33, 0x32, 0x33, 0x00,
	/* 80 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	/* 90 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	/* a0 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	/* b0 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	/* c0 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	/* d0 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	/* e0 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	/* f0 */ 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
	          0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12, 0x12,
};

struct field_row {
	char name[24];		/* room for whole words behind the longest */
	u8 len;
	u8 flags;
};

static const struct field_row rows[KHTTP_FIELD__COUNT] = {
#define FIELD_ROW(id, text, first, last, flag_bits) \
	[KHTTP_FIELD_##id] = { text, sizeof(text) - 1, flag_bits },
	KHTTP_FIELD_LIST(FIELD_ROW)
#undef FIELD_ROW
};

/*
 * Perfect for the names in the list: two in one place would initialise one
 * element twice, which -Woverride-init (in -Wextra) refuses. If a new name
 * collides, other factors have to be found.
 */
#define FIELD_HASH(len, first, last) \
	(((u32)(len) + (first) * 11u + (last) * 33u) & 255u)

static const u8 field_index[256] = {
#define FIELD_SLOT(id, text, first, last, flag_bits) \
	[FIELD_HASH(sizeof(text) - 1, first, last)] = KHTTP_FIELD_##id,
	KHTTP_FIELD_LIST(FIELD_SLOT)
#undef FIELD_SLOT
};

static __always_inline u32 half(const char *ptr)
{
	u32 word;

	memcpy(&word, ptr, sizeof(word));
	return word;
}

static u32 folded_half(const char *ptr)
{
	return half(ptr) | 0x20202020u;
}

/*
 * 0x20 folds letters and leaves digits and "-" alone. What else it maps onto
 * these are control characters, which a name does not have.
 */
static bool name_matches(const struct field_row *row, const char *name)
{
	const u64 fold = KHTTP_WORD_ONES * 0x20;
	u32 len = row->len;
	u32 i;

	if (len < 4) {
		for (i = 0; i < len; i++)
			if ((name[i] | 0x20) != row->name[i])
				return false;
		return true;
	}
	if (len < 8)
		return folded_half(name) == half(row->name) &&
		       folded_half(name + len - 4) == half(row->name + len - 4);
	for (i = 0; i + 8 <= len; i += 8)
		if ((khttp_word_load(name + i) | fold) !=
		    khttp_word_load(row->name + i))
			return false;
	/* The last eight once more, as far as they are new. */
	return (khttp_word_load(name + len - 8) | fold) ==
	       khttp_word_load(row->name + len - 8);
}

enum khttp_field_id khttp_field_lookup(const char *name, u32 len)
{
	u32 id;

	if (!len)
		return KHTTP_FIELD_OTHER;
	id = field_index[FIELD_HASH(len, (u8)(name[0] | 0x20),
				    (u8)(name[len - 1] | 0x20))];
	if (rows[id].len != len || !name_matches(&rows[id], name))
		return KHTTP_FIELD_OTHER;
	return (enum khttp_field_id)id;
}

static const struct field_row *row_of(enum khttp_field_id id)
{
	u32 index = (u32)id;

	return &rows[index < KHTTP_FIELD__COUNT ? index : KHTTP_FIELD_OTHER];
}

struct khttp_span khttp_field_name(enum khttp_field_id id)
{
	const struct field_row *row = row_of(id);

	return khttp_span_of(row->name, row->len);
}

u8 khttp_field_flags(enum khttp_field_id id)
{
	return row_of(id)->flags;
}

bool khttp_token_ok(const char *ptr, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!khttp_char_is(ptr[i], KHTTP_CHAR_TOKEN))
			return false;
	return len > 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool khttp_field_identify(const char *name, u32 len, enum khttp_field_id *id)
{
	/* khttp_field_lookup() asks for that. */
	if (len > U16_MAX || khttp_has_control(name, len))
		return false;
	*id = khttp_field_lookup(name, len);
	/* A name in the list is a token. */
	return *id != KHTTP_FIELD_OTHER || khttp_token_ok(name, len);
}

bool khttp_field_value_ok(const char *ptr, u32 len)
{
	u32 i;

	if (!len)
		return true;
	if (len > U16_MAX || is_blank(ptr[0]) || is_blank(ptr[len - 1]))
		return false;
	if (!khttp_has_control(ptr, len))
		return true;
	/* HTAB is one, and may stand there. */
	for (i = 0; i < len; i++)
		if (!khttp_char_is(ptr[i], KHTTP_CHAR_VALUE))
			return false;
	return true;
}

bool khttp_field_trailer_ok(enum khttp_field_id id)
{
	return id == KHTTP_FIELD_OTHER ||
	       (khttp_field_flags(id) & KHTTP_FIELD_TRAILER_OK);
}

enum khttp_field_verdict khttp_field_worker(enum khttp_field_id id, u16 status)
{
	u8 flags = khttp_field_flags(id);

	if (flags & KHTTP_FIELD_KERNEL)
		return KHTTP_FIELD_REFUSE;
	/* RFC 9110 sections 7.8 and 15.5.22: it belongs to these two. */
	if (id == KHTTP_FIELD_UPGRADE && status != 101 && status != 426)
		return KHTTP_FIELD_REFUSE;
	if (flags & KHTTP_FIELD_STAMP)
		return KHTTP_FIELD_REPLACE;
	return KHTTP_FIELD_SEND;
}

struct khttp_span khttp_span_trim(struct khttp_span value)
{
	while (value.len && is_blank(value.ptr[0])) {
		value.ptr++;
		value.len--;
	}
	while (value.len && is_blank(value.ptr[value.len - 1]))
		value.len--;
	return value;
}

/* Behind the element at @pos: a comma outside of quotes, or the end. */
static u32 element_end(struct khttp_span list, u32 pos)
{
	bool quoted = false;

	for (; pos < list.len; pos++) {
		char c = list.ptr[pos];

		if (c == '"')
			quoted = !quoted;
		else if (quoted && c == '\\' && pos + 1 < list.len)
			pos++;
		else if (!quoted && c == ',')
			break;
	}
	return pos;
}

bool khttp_list_next(struct khttp_span list, u32 *pos, struct khttp_span *item)
{
	while (*pos < list.len) {
		u32 end = element_end(list, *pos);

		*item = khttp_span_trim(khttp_span_of(list.ptr + *pos,
						      end - *pos));
		*pos = end + 1;
		/* RFC 9110 section 5.6.1.2: empty elements do not count. */
		if (item->len)
			return true;
	}
	return false;
}

bool khttp_list_has(struct khttp_span list, const char *token)
{
	struct khttp_span item;
	u32 pos = 0;

	while (khttp_list_next(list, &pos, &item))
		if (khttp_span_is_fold(item, token))
			return true;
	return false;
}

bool khttp_list_names(struct khttp_span list, struct khttp_span wanted)
{
	struct khttp_span item;
	u32 pos = 0;

	while (khttp_list_next(list, &pos, &item))
		if (khttp_span_eq_fold(item, wanted))
			return true;
	return false;
}

bool khttp_number(struct khttp_span text, u64 *out)
{
	u64 number = 0;
	u32 i;

	for (i = 0; i < text.len; i++) {
		if (!khttp_char_is(text.ptr[i], KHTTP_CHAR_DIGIT))
			return false;
		if (check_mul_overflow(number, (u64)10, &number) ||
		    check_add_overflow(number, (u64)(text.ptr[i] - '0'),
				       &number))
			return false;
	}
	*out = number;
	return text.len > 0;
}

enum khttp_reason khttp_field_line(const char *buf, u32 len, u32 *pos,
				   struct khttp_field *field)
{
	struct khttp_span value;
	u32 name = *pos;
	u32 colon = name;
	u32 end;

	if (len > U16_MAX)
		return KHTTP_REASON_TRAILER_LENGTH;
	while (colon < len && khttp_char_is(buf[colon], KHTTP_CHAR_TOKEN))
		colon++;
	if (colon == name || colon == len || buf[colon] != ':')
		return KHTTP_REASON_TRAILER;
	end = colon + 1;
	while (end < len && khttp_char_is(buf[end], KHTTP_CHAR_VALUE))
		end++;
	if (len - end < 2 || buf[end] != '\r' || buf[end + 1] != '\n')
		return KHTTP_REASON_TRAILER;
	value = khttp_span_trim(khttp_span_of(buf + colon + 1,
					      end - colon - 1));
	field->name = (u16)name;
	field->name_len = (u16)(colon - name);
	field->value = (u16)(value.ptr - buf);
	field->value_len = (u16)value.len;
	field->id = (u8)khttp_field_lookup(buf + name, colon - name);
	field->reserved = 0;
	*pos = end + 2;
	return KHTTP_REASON_NONE;
}
