/* SPDX-License-Identifier: GPL-2.0-only */
/* Parts of a stored response: requests with Range that the cache answers. */
#ifndef _KHTTP_PARTIAL_H
#define _KHTTP_PARTIAL_H

#include <linux/types.h>

struct khttp_canned;
struct khttp_entry;
struct khttp_head;
struct khttp_multipart;
struct khttp_out;

/*
 * What of @e, found for @head, is sent in place of all of it: @a's status, its body
 * and the iov in front of @out, which gets the fields of the answer's own. @m is
 * what @a names then, and stays as long as it does. False:
 * all of it, and nothing was written.
 *
 * Context: the RCU section in which @e was found
 */
bool khttp_partial_choose(struct khttp_canned *a, struct khttp_entry *e,
			  const struct khttp_head *head, const char *buf,
			  struct khttp_multipart *m, struct khttp_out *out);

#endif
