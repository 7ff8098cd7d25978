// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/reason.h"

#include <linux/string.h>

struct reason_row {
	const char *word;
	const char *text;
	const char *knob;
	u16 status;
	bool closes;
};

static const struct reason_row reason_rows[KHTTP_REASON__COUNT] = {
	[KHTTP_REASON_NONE] = { "-", "Nothing was refused.", "", 0, false },
#define REASON_ROW(name, word, status, closes, text, knob) \
	[KHTTP_REASON_##name] = { word, text, knob, status, closes },
	KHTTP_REASON_LIST(REASON_ROW)
#undef REASON_ROW
};

static const struct reason_row *reason_row_of(enum khttp_reason reason)
{
	u32 index = (u32)reason;

	return &reason_rows[index < KHTTP_REASON__COUNT ? index : KHTTP_REASON_NONE];
}

const char *khttp_reason_word(enum khttp_reason reason)
{
	return reason_row_of(reason)->word;
}

const char *khttp_reason_text(enum khttp_reason reason)
{
	return reason_row_of(reason)->text;
}

const char *khttp_reason_knob(enum khttp_reason reason)
{
	return reason_row_of(reason)->knob;
}

u16 khttp_reason_status(enum khttp_reason reason)
{
	return reason_row_of(reason)->status;
}

bool khttp_reason_closes(enum khttp_reason reason)
{
	return reason_row_of(reason)->closes;
}

enum khttp_reason khttp_reason_lookup(const char *word)
{
	u32 i;

	for (i = KHTTP_REASON_NONE + 1; i < KHTTP_REASON__COUNT; i++)
		if (!strcmp(reason_rows[i].word, word))
			return (enum khttp_reason)i;
	return KHTTP_REASON_NONE;
}
