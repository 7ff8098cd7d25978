// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/traceparent.h"

#include <linux/string.h>

/* Where its parts begin, each behind the "-" of the one before. */
#define TRACE_ID_AT	3
#define PARENT_AT	(TRACE_ID_AT + KHTTP_TRACE_ID_LEN + 1)
#define PARENT_LEN	16
#define FLAGS_AT	(PARENT_AT + PARENT_LEN + 1)

#define TRACE_ID_BYTES	(KHTTP_TRACE_ID_LEN / 2)
#define PARENT_BYTES	(PARENT_LEN / 2)

static bool is_digits(const char *text, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!(text[i] >= '0' && text[i] <= '9') &&
		    !(text[i] >= 'a' && text[i] <= 'f'))
			return false;
	return true;
}

static bool is_id(const char *text, u32 len)
{
	u32 i;

	if (!is_digits(text, len))
		return false;
	for (i = 0; i < len && text[i] == '0'; i++)
		;
	return i < len;
}

/* The first KHTTP_TRACEPARENT_LEN bytes, which every version has. */
static bool is_sound(const char *text)
{
	return is_digits(text, 2) && text[TRACE_ID_AT - 1] == '-' &&
	       is_id(text + TRACE_ID_AT, KHTTP_TRACE_ID_LEN) &&
	       text[PARENT_AT - 1] == '-' && is_id(text + PARENT_AT, PARENT_LEN) &&
	       text[FLAGS_AT - 1] == '-' && is_digits(text + FLAGS_AT, 2);
}

struct khttp_span khttp_traceparent_id(struct khttp_span value)
{
	const struct khttp_span none = { NULL, 0 };

	if (value.len < KHTTP_TRACEPARENT_LEN || !is_sound(value.ptr) ||
	    !memcmp(value.ptr, "ff", 2))
		return none;
	/* Version 00 ends with its flags. */
	if (value.len > KHTTP_TRACEPARENT_LEN &&
	    (!memcmp(value.ptr, "00", 2) || value.ptr[KHTTP_TRACEPARENT_LEN] != '-'))
		return none;
	return khttp_span_of(value.ptr + TRACE_ID_AT, KHTTP_TRACE_ID_LEN);
}

struct khttp_span khttp_traceparent_of(const struct khttp_head *head,
				       const char *buf)
{
	const u64 bit = KHTTP_FIELD_BIT(KHTTP_FIELD_TRACEPARENT);
	const struct khttp_span none = { NULL, 0 };

	if (!(head->seen & bit) || head->repeated & bit)
		return none;
	return khttp_traceparent_id(khttp_head_first(head, buf,
						     KHTTP_FIELD_TRACEPARENT));
}

static char *put_byte(char *to, u8 byte)
{
	static const char digits[] = "0123456789abcdef";

	*to++ = digits[byte >> 4];
	*to++ = digits[byte & 15];
	return to;
}

static char *put_id(char *to, const u8 *bytes, u32 n)
{
	u8 any = 0;
	u32 i;

	*to++ = '-';
	for (i = 0; i < n - 1; i++) {
		any |= bytes[i];
		to = put_byte(to, bytes[i]);
	}
	/* Zero is no id. */
	return put_byte(to, (any | bytes[i]) ? bytes[i] : 1);
}

void khttp_traceparent_print(const u8 random[KHTTP_TRACE_RANDOM], u8 flags,
			     char to[KHTTP_TRACEPARENT_LEN])
{
	to = put_byte(to, 0);
	to = put_id(to, random, TRACE_ID_BYTES);
	to = put_id(to, random + TRACE_ID_BYTES, PARENT_BYTES);
	*to++ = '-';
	put_byte(to, flags);
}
