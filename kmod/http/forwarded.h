/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_FORWARDED_H
#define KHTTP_HTTP_FORWARDED_H

#include "http/field.h"
#include "http/node.h"

/*
 * Who asks, by what proxies wrote into Forwarded (RFC 7239) or X-Forwarded-For:
 * each of them appends from whom it got the request. Anybody can write such a
 * field, so it is read from its end, and only as far as who wrote is trusted.
 */

/* What one request may make us look at; those before them are not believed */
#define KHTTP_FORWARDED_MAX	32

struct khttp_forwarded {
	enum khttp_field_id field;	/* FORWARDED or X_FORWARDED_FOR */
	const struct khttp_network *trusted;
	u32 n_trusted;
};

/*
 * From @client, from whom the request came here, over all that are trusted to
 * the first that is not, who is put into @client. What is malformed, unknown or
 * obfuscated ends the walk at who wrote it.
 *
 * @fields are those of the head at @base, in their order.
 */
void khttp_forwarded_walk(const struct khttp_forwarded *by,
			  const struct khttp_field *fields, u32 n,
			  const char *base, struct khttp_node *client);

#endif
