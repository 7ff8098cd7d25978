/* SPDX-License-Identifier: GPL-2.0-only */
/* What the name of a fragment means: its key in the cache, and whose it is. */
#ifndef _KHTTP_FRAGMENT_NAME_H
#define _KHTTP_FRAGMENT_NAME_H

#include <linux/types.h>

#include "cache.h"
#include "http/host.h"

struct khttp_net;
struct khttp_queue;

struct khttp_fragment_name {
	struct khttp_cache_key key;	/* into what it was parsed from and to */
	struct khttp_span host;		/* as it was written, without a port */
	u8 host_kind;			/* enum khttp_host_kind */
	u8 addr[16];			/* of a literal */
	char host_text[KHTTP_HOST_TEXT_MAX];
};

/*
 * http://host[:port]/path[?query]; the host is no wildcard. @path: room for @len bytes
 * and two more. 0 or -EINVAL; @n stays where it is, and @text and @path as long as
 * it. Context: any.
 */
int khttp_fragment_name_parse(const struct khttp_net *kn, const char *text, u32 len,
			      char *path, struct khttp_fragment_name *n);

/*
 * Does a request for that URL go to @q, now? 0, and the ids of its prefix and of that
 * one's group in *@url_id and *@group_id; or -EACCES. Context: any
 */
int khttp_fragment_name_route(struct khttp_net *kn, const struct khttp_fragment_name *n,
			      const struct khttp_queue *q, u64 *url_id, u64 *group_id);

#endif
