// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/cache_control.h"

#include <linux/limits.h>
#include <linux/stddef.h>

#include "http/dictionary.h"
#include "http/field.h"

struct directive {
	const char *name;
	u32 number;		/* where it goes; 0: it has none */
};

static const struct directive directives[KHTTP_CC__COUNT] = {
#define FLAG(name, text) [KHTTP_CC_##name] = { text, 0 },
#define NUMBER(name, text, member) \
	[KHTTP_CC_##name] = { text, offsetof(struct khttp_cache_control, member) },
	KHTTP_CC_FLAGS(FLAG)
	KHTTP_CC_NUMBERS(NUMBER)
#undef NUMBER
#undef FLAG
};

/* KHTTP_CC__COUNT: we do not know it. */
static u32 find(struct khttp_span name)
{
	u32 i;

	for (i = 0; i < KHTTP_CC__COUNT; i++)
		if (khttp_span_is_fold(name, directives[i].name))
			break;
	return i;
}

static void note(struct khttp_cache_control *cc, u32 which, u32 number)
{
	u32 at = directives[which].number;

	cc->said |= 1u << which;
	if (at)
		*(u32 *)((char *)cc + at) = number;
}

bool khttp_delta_seconds(struct khttp_span text, u32 *out)
{
	u64 number = 0;
	u32 i;

	for (i = 0; i < text.len; i++) {
		if (!khttp_char_is(text.ptr[i], KHTTP_CHAR_DIGIT))
			return false;
		number = number * 10 + (u64)(text.ptr[i] - '0');
		if (number > KHTTP_DELTA_SECONDS_MAX)
			number = KHTTP_DELTA_SECONDS_MAX;
	}
	*out = (u32)number;
	return text.len > 0;
}

/* Digits in quotes need no escapes, so one in them is no digit. */
static struct khttp_span unquoted(struct khttp_span text)
{
	if (text.len >= 2 && text.ptr[0] == '"' &&
	    text.ptr[text.len - 1] == '"')
		return khttp_span_of(text.ptr + 1, text.len - 2);
	return text;
}

static void add(struct khttp_cache_control *cc, struct khttp_span item)
{
	struct khttp_span argument = { NULL, 0 };
	u32 number = 0, equals = 0;
	u32 which;

	while (equals < item.len && item.ptr[equals] != '=')
		equals++;
	if (equals < item.len)
		argument = khttp_span_of(item.ptr + equals + 1,
					 item.len - equals - 1);
	which = find(khttp_span_of(item.ptr, equals));
	if (which == KHTTP_CC__COUNT ||
	    khttp_cc_says(cc, (enum khttp_cc_directive)which))
		return;
	if (directives[which].number &&
	    !khttp_delta_seconds(unquoted(argument), &number))
		number = 0;
	/* RFC 9111 section 5.2.1.2: without a number it is any. */
	if (which == KHTTP_CC_MAX_STALE && !argument.ptr)
		number = KHTTP_DELTA_SECONDS_MAX;
	note(cc, which, number);
}

void khttp_cache_control_line(struct khttp_cache_control *cc,
			      struct khttp_span line)
{
	struct khttp_span item;
	u32 pos = 0;

	while (khttp_list_next(line, &pos, &item))
		add(cc, item);
}

static void add_member(struct khttp_cache_control *cc,
		       const struct khttp_member *m)
{
	u32 which = find(m->key);
	s64 number = 0;

	if (which == KHTTP_CC__COUNT)
		return;
	if (m->type == KHTTP_ITEM_FALSE) {
		cc->said &= ~(1u << which);
		return;
	}
	if (m->type == KHTTP_ITEM_INTEGER && m->number > 0)
		number = m->number;
	if (number > (s64)KHTTP_DELTA_SECONDS_MAX)
		number = (s64)KHTTP_DELTA_SECONDS_MAX;
	note(cc, which, (u32)number);
}

bool khttp_cache_control_targeted(struct khttp_cache_control *cc,
				  struct khttp_span line)
{
	struct khttp_member m;
	u32 pos = 0;

	/* Keys are in lower case, or it is no Dictionary: no fold comes in. */
	while (pos < line.len) {
		if (!khttp_dictionary_next(line, &pos, &m))
			return false;
		add_member(cc, &m);
	}
	return true;
}
