// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/cache_tag.h"

static bool separates(char c)
{
	return c == ',' || c == ' ' || c == '\t';
}

bool khttp_tag_ok(struct khttp_span tag)
{
	u32 i;

	if (!tag.len || tag.len > KHTTP_TAG_MAX)
		return false;
	for (i = 0; i < tag.len; i++)
		if (tag.ptr[i] <= ' ' || tag.ptr[i] >= 0x7f || tag.ptr[i] == ',')
			return false;
	return true;
}

bool khttp_tag_next(struct khttp_span line, u32 *pos, struct khttp_span *tag)
{
	u32 from = *pos, end;

	while (from < line.len && separates(line.ptr[from]))
		from++;
	for (end = from; end < line.len && !separates(line.ptr[end]); end++)
		;
	*pos = end;
	*tag = khttp_span_of(line.ptr + from, end - from);
	return end > from;
}

bool khttp_tag_line(struct khttp_tag_count *count, struct khttp_span line)
{
	struct khttp_span tag;
	u32 pos = 0;

	while (khttp_tag_next(line, &pos, &tag)) {
		if (!khttp_tag_ok(tag) || count->n == KHTTP_TAGS_MAX ||
		    count->bytes + tag.len > KHTTP_TAGS_BYTES_MAX)
			return false;
		count->n++;
		count->bytes = (u16)(count->bytes + tag.len);
	}
	return true;
}
