/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_HEAD_H
#define KHTTP_HTTP_HEAD_H

#include "http/parse.h"

/* Between parse.c, which finds the tokens, and head.c, which reads them. */

/* To be refused, but only when the head's end is found: framing is certain. */
void khttp_head_defer(struct khttp_head *head, enum khttp_reason reason);

/* The fields that the message itself depends on. */
#define KHTTP_HEAD_SPECIAL						\
	(KHTTP_FIELD_BIT(KHTTP_FIELD_HOST) |				\
	 KHTTP_FIELD_BIT(KHTTP_FIELD_CONNECTION) |			\
	 KHTTP_FIELD_BIT(KHTTP_FIELD_CONTENT_LENGTH) |			\
	 KHTTP_FIELD_BIT(KHTTP_FIELD_TRANSFER_ENCODING) |		\
	 KHTTP_FIELD_BIT(KHTTP_FIELD_EXPECT))

/* One of these; @again when it came before. */
enum khttp_reason khttp_head_special(struct khttp_head *head,
				     struct khttp_span value,
				     enum khttp_field_id id, bool again);

/*
 * The field at n_fields is complete. A reason leaves framing in doubt.
 */
static inline enum khttp_reason khttp_head_note(struct khttp_head *head,
						const char *buf)
{
	const struct khttp_field *field = &head->fields[head->n_fields];
	u64 bit = KHTTP_FIELD_BIT(field->id);
	bool again = head->seen & bit;

	if (field->id == KHTTP_FIELD_OTHER)
		return KHTTP_REASON_NONE;
	if (again)
		head->repeated |= bit;
	else
		head->first[field->id] = head->n_fields;
	head->seen |= bit;
	if (!(bit & KHTTP_HEAD_SPECIAL))
		return KHTTP_REASON_NONE;
	return khttp_head_special(head, khttp_span_of(buf + field->value,
						      field->value_len),
				  (enum khttp_field_id)field->id, again);
}

/* The blank line was found; @head_len includes it. */
enum khttp_reason khttp_head_finish(struct khttp_head *head, u32 head_len);

#endif
