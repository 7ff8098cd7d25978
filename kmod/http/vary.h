/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_VARY_H
#define KHTTP_HTTP_VARY_H

#include "http/out.h"
#include "http/parse.h"

/*
 * Which of several responses to one URL a request is answered with: RFC 9111
 * section 4.1. A response lists the fields by which it was chosen; requests that
 * have the same in these get the same.
 */

/* Fields that a response may vary by, and bytes of their list. */
#define KHTTP_VARY_FIELDS_MAX 8
#define KHTTP_VARY_LIST_MAX 256

/* What of a request may be told apart by them; with more it is not cached. */
#define KHTTP_VARY_KEY_MAX 1024

/* Names in lower case, each once, in order, with commas. Zeroed at first. */
struct khttp_vary_list {
	u16 len;
	u8 n;
	char text[KHTTP_VARY_LIST_MAX];
};

/* One line of Vary. False: "*", no list of names, or more than is kept. */
bool khttp_vary_line(struct khttp_vary_list *list, struct khttp_span line);

/* A request's fields, by whoever has them. */
struct khttp_vary_request {
	const void *of;
	u32 n;
	void (*field)(const void *of, u32 i, struct khttp_span *name,
		      struct khttp_span *value);
};

/*
 * What @list tells apart of a request, as bytes that are equal where it finds
 * no difference. In fields that are lists of what the client accepts, blanks and
 * the number of lines do not count; of Accept-Encoding only which codings it
 * takes, not how much it likes each. Whether it fitted, @out tells.
 */
void khttp_vary_key(struct khttp_span list, const struct khttp_vary_request *rq,
		    struct khttp_out *out);

/* The same of a parsed head. */
struct khttp_vary_head {
	const struct khttp_head *head;
	const char *buf;
};
void khttp_vary_key_of_head(struct khttp_span list,
			    const struct khttp_head *head, const char *buf,
			    struct khttp_out *out);

#endif
