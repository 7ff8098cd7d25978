/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_LOG_RECORD_H
#define KHTTP_HTTP_LOG_RECORD_H

#include <linux/khttp.h>
#include <linux/types.h>

#include "http/span.h"

/* Each text and the most bytes of it, in the order of enum khttp_log_text: X(NAME, most) */
#define KHTTP_LOG_LINE_LIST(X)						\
	X(METHOD, 24)							\
	X(TARGET, 2048)
/* Those that a bare request has none of, or that few ask for */
#define KHTTP_LOG_MORE_LIST(X)						\
	X(HOST, 256)							\
	X(USER_AGENT, 512)						\
	X(REFERER, 1024)						\
	X(COOKIE, 1024)							\
	X(QUEUE, 64)							\
	X(REASON, 40)							\
	X(FIELDS, KHTTP_LOG_FIELDS_MAX)					\
	X(TRACE_ID, 32)
#define KHTTP_LOG_TEXT_LIST(X)	KHTTP_LOG_LINE_LIST(X) KHTTP_LOG_MORE_LIST(X)

/*
 * A record while it is written or read: the texts are somebody else's bytes. Who
 * writes one begins with no text said, says them with khttp_log_say(), and leaves
 * size, type, head and n_texts to khttp_log_write(). Where one was read, texts that are
 * not said are empty.
 */
struct khttp_log_entry {
	struct khttp_log_record r;
	struct khttp_span text[KHTTP_LOG_TEXT_COUNT];
	u32 said;			/* which of them there are, a bit each */
	u64 lost;			/* of a record that says so */
};

static inline void khttp_log_say(struct khttp_log_entry *e, enum khttp_log_text which,
				 struct khttp_span text)
{
	e->text[which] = text;
	e->said |= 1U << which;
}

/* What every record begins with; @type 0: nothing, up to the end of its ring. */
struct khttp_log_start {
	u32 size;
	u16 type;
	u16 head;
};

/* Where the texts stand. */
#define KHTTP_LOG_TEXTS_AT						\
	(sizeof(struct khttp_log_record) + KHTTP_LOG_TEXT_COUNT * sizeof(u16))
/* Least room that a record needs, with all texts cut away. */
#define KHTTP_LOG_LEAST		((KHTTP_LOG_TEXTS_AT + 7) & ~7UL)

/* Bytes that it takes with these @texts, a bit each: KHTTP_LOG_RECORD_MAX at most */
u32 khttp_log_size(const struct khttp_log_entry *e, u32 texts);
/* Cut the last of these texts, so that it takes @room bytes at most with them: @room is
 * KHTTP_LOG_LEAST or more.
 */
void khttp_log_fit(struct khttp_log_entry *e, u32 texts, u32 room);
/*
 * It, to as many bytes at @to, each of which is written, and which is aligned as the
 * record is. Returns how many.
 */
u32 khttp_log_write(struct khttp_log_entry *e, u32 texts, char *to);

/* What a worker wants to add is a field block of 1 to KHTTP_LOG_FIELDS_MAX bytes, whose
 * names are tokens.
 */
bool khttp_log_fields_ok(const char *block, u32 len);

enum khttp_log_result {
	KHTTP_LOG_GOT_REQUEST,	/* e->r and e->text */
	KHTTP_LOG_GOT_LOST,	/* e->lost */
	KHTTP_LOG_GOT_OTHER,	/* of a type that is not known here: skipped */
	KHTTP_LOG_MORE,		/* its end is not there yet; nothing was used */
	KHTTP_LOG_BROKEN,	/* it is no record: what follows cannot be found */
};

/*
 * The record at *@pos, which is moved behind it. Reads nothing at or after @end,
 * whatever the record says, and needs no alignment; e->text points into it.
 */
enum khttp_log_result khttp_log_next(const char **pos, const char *end,
				     struct khttp_log_entry *e);

#endif
