// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/method.h"

struct method_row {
	char name[12];
	u8 len;
	bool safe;
	bool idempotent;
};

static const struct method_row method_rows[KHTTP_METHOD__COUNT] = {
#define METHOD_ROW(name, safe, idempotent) \
	[KHTTP_METHOD_##name] = { #name, sizeof(#name) - 1, safe, idempotent },
	KHTTP_METHOD_LIST(METHOD_ROW)
#undef METHOD_ROW
};

enum khttp_method khttp_method_lookup(const char *name, u32 len)
{
	u32 i;

	/* The list starts with the most frequent ones. */
	for (i = KHTTP_METHOD_UNKNOWN + 1; i < KHTTP_METHOD__COUNT; i++)
		if (method_rows[i].len == len && method_rows[i].name[0] == name[0] &&
		    !memcmp(method_rows[i].name, name, len))
			return (enum khttp_method)i;
	return KHTTP_METHOD_UNKNOWN;
}

static const struct method_row *method_row_of(enum khttp_method method)
{
	u32 index = (u32)method;

	return &method_rows[index < KHTTP_METHOD__COUNT ? index : 0];
}

struct khttp_span khttp_method_name(enum khttp_method method)
{
	const struct method_row *row = method_row_of(method);

	return khttp_span_of(row->name, row->len);
}

bool khttp_method_is_safe(enum khttp_method method)
{
	return method_row_of(method)->safe;
}

bool khttp_method_is_idempotent(enum khttp_method method)
{
	return method_row_of(method)->idempotent;
}
