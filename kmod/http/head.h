/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_HEAD_H
#define KHTTP_HTTP_HEAD_H

#include "http/parse.h"

/* Between parse.c, which finds the tokens, and head.c, which reads them. */

/* To be refused, but only when the head's end is found: framing is certain. */
void khttp_head_defer(struct khttp_head *head, enum khttp_reason reason);

/* A field with a known id is complete; a reason leaves framing in doubt. */
enum khttp_reason khttp_head_note(struct khttp_head *head, const char *buf,
				  const struct khttp_field *field);

/* The blank line was found; @head_len includes it. */
enum khttp_reason khttp_head_finish(struct khttp_head *head, u32 head_len);

#endif
