// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/log_record.h"

#include <linux/build_bug.h>
#include <linux/minmax.h>

#include "http/block.h"
#include "http/copy.h"
#include "http/field.h"

static u32 round_up_8(u32 bytes)
{
	return (bytes + 7) & ~7U;
}

#define BYTES(name, most) char name[most];
struct longest {
	char head[KHTTP_LOG_TEXTS_AT];
	KHTTP_LOG_TEXT_LIST(BYTES)
};
#undef BYTES

/* Bytes that the record has of text @i. */
static u32 kept_of(const struct khttp_log_entry *e, u32 i)
{
#define MOST(name, most) [KHTTP_LOG_##name] = (most),
	static const u16 most[KHTTP_LOG_TEXT_COUNT] = { KHTTP_LOG_TEXT_LIST(MOST) };
#undef MOST

	return min_t(u32, e->text[i].len, most[i]);
}

u32 khttp_log_size(const struct khttp_log_entry *e, u32 texts)
{
	u32 used = KHTTP_LOG_TEXTS_AT, left;

	BUILD_BUG_ON(sizeof(struct longest) > KHTTP_LOG_RECORD_MAX - 7);
	for (left = e->said & texts; left; left &= left - 1)
		used += kept_of(e, (u32)__builtin_ctz(left));
	return round_up_8(used);
}

void khttp_log_fit(struct khttp_log_entry *e, u32 texts, u32 room)
{
	/* The padding behind the last text has to fit, too. */
	u32 free = (room & ~7U) - KHTTP_LOG_TEXTS_AT, left;

	for (left = e->said & texts; left; left &= left - 1) {
		u32 i = (u32)__builtin_ctz(left);
		u32 kept = min_t(u32, kept_of(e, i), free);

		if (kept < e->text[i].len)
			e->r.flags |= KHTTP_LOG_F_CUT;
		e->text[i].len = kept;
		free -= kept;
	}
}

static u32 put_padding(char *to, u32 len)
{
	if (len & 4)
		memset(to + len - 4, 0, 4);
	if (len & 2)
		memset(to + len % 4 - 2, 0, 2);
	if (len & 1)
		to[0] = 0;
	return len;
}

struct put {
	char *to;
	u16 flags;			/* of the record: whether something was cut */
};

static __always_inline void put_one(struct put *p, struct khttp_span text, u32 most, u16 *len)
{
	if (text.len > most) {
		text.len = most;
		p->flags |= KHTTP_LOG_F_CUT;
	}
	*len = (u16)text.len;
	/* In each of the ten: a browser's request has seven of them, and a call costs a third */
	khttp_copy_text(p->to, text.ptr, text.len);
	p->to += text.len;
}

/*
 * One pass, and each text by its name: a request with short ones costs about as much as
 * its record's head.
 */
u32 khttp_log_write(struct khttp_log_entry *e, u32 texts, char *to)
{
	struct put p = { .to = to + KHTTP_LOG_TEXTS_AT, .flags = e->r.flags };
	u16 *lens = (u16 *)(to + sizeof(e->r));
	u32 used;

	texts &= e->said;
	memset(lens, 0, KHTTP_LOG_TEXT_COUNT * sizeof(*lens));
#define PUT(name, most)							\
	if (texts & (1U << KHTTP_LOG_##name))				\
		put_one(&p, e->text[KHTTP_LOG_##name], most, &lens[KHTTP_LOG_##name]);
	KHTTP_LOG_LINE_LIST(PUT)
	if (texts >> KHTTP_LOG_HOST) {
		KHTTP_LOG_MORE_LIST(PUT)
	}
#undef PUT
	used = (u32)(p.to - to);
	used += put_padding(p.to, -used % 8);
	e->r.size = used;
	e->r.type = KHTTP_LOG_REQUEST;
	e->r.head = sizeof(e->r);
	e->r.n_texts = KHTTP_LOG_TEXT_COUNT;
	memcpy(to, &e->r, sizeof(e->r));
	((struct khttp_log_record *)to)->flags = p.flags;
	return used;
}

bool khttp_log_fields_ok(const char *block, u32 len)
{
	const char *pos = block, *end;
	struct khttp_block_field f;

	/* Not before: a text that a record does not have is NULL, to which C adds nothing */
	if (!len || len > KHTTP_LOG_FIELDS_MAX)
		return false;
	end = block + len;
	while (khttp_block_next(&pos, end, &f))
		if (!khttp_token_ok(f.name, f.name_len))
			return false;
	return pos == end;
}

/* The texts of a record that has @left bytes at @pos; false: it has not. */
static bool take_texts(const char *pos, u32 left, struct khttp_log_entry *e)
{
	u32 n = e->r.n_texts, i;
	const char *lens = pos;

	if (left / sizeof(u16) < n)
		return false;
	pos += n * sizeof(u16);
	left -= n * sizeof(u16);
	for (i = 0; i < n; i++) {
		u16 len;

		memcpy(&len, lens + i * sizeof(len), sizeof(len));
		if (len > left)
			return false;
		/* A text that a later kernel has. */
		if (i < KHTTP_LOG_TEXT_COUNT) {
			khttp_log_say(e, (enum khttp_log_text)i, khttp_span_of(pos, len));
		}
		pos += len;
		left -= len;
	}
	return true;
}

static enum khttp_log_result take_request(const char *pos, const struct khttp_log_start *s,
					  struct khttp_log_entry *e)
{
	if (s->head < sizeof(e->r))
		return KHTTP_LOG_BROKEN;
	memcpy(&e->r, pos, sizeof(e->r));
	return take_texts(pos + s->head, s->size - s->head, e) ?
	       KHTTP_LOG_GOT_REQUEST : KHTTP_LOG_BROKEN;
}

static enum khttp_log_result take_lost(const char *pos, const struct khttp_log_start *s,
				       struct khttp_log_entry *e)
{
	struct khttp_log_lost lost;

	if (s->head < sizeof(lost))
		return KHTTP_LOG_BROKEN;
	memcpy(&lost, pos, sizeof(lost));
	e->lost = lost.lost;
	return KHTTP_LOG_GOT_LOST;
}

enum khttp_log_result khttp_log_next(const char **pos, const char *end,
				     struct khttp_log_entry *e)
{
	const char *at = *pos;
	struct khttp_log_start s;

	if ((size_t)(end - at) < sizeof(s))
		return KHTTP_LOG_MORE;
	memcpy(&s, at, sizeof(s));
	if (s.size < sizeof(s) || s.size > KHTTP_LOG_RECORD_MAX || s.size % 8 ||
	    s.head < sizeof(s) || s.head > s.size)
		return KHTTP_LOG_BROKEN;
	if ((size_t)(end - at) < s.size)
		return KHTTP_LOG_MORE;
	*pos = at + s.size;
	memset(e, 0, sizeof(*e));
	switch (s.type) {
	case KHTTP_LOG_REQUEST:
		return take_request(at, &s, e);
	case KHTTP_LOG_LOST:
		return take_lost(at, &s, e);
	default:
		return KHTTP_LOG_GOT_OTHER;
	}
}
