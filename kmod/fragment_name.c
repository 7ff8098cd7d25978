// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of fragments. They are URLs so that the prefixes say whose they are: a name
 * is of the queue that a request for it would go to.
 */
#include "fragment_name.h"

#include <linux/string.h>

#include "group.h"
#include "http/path.h"
#include "http/uri.h"
#include "net.h"
#include "router.h"

static int parse_host(const char *text, u32 len, struct khttp_fragment_name *n)
{
	struct khttp_host host;

	if (!khttp_host_parse(text, len, &host))
		return -EINVAL;
	n->host = khttp_span_of(text + host.off, host.len);
	n->host_kind = host.kind;
	memcpy(n->addr, host.addr, sizeof(n->addr));
	n->key.host.ptr = n->host_text;
	n->key.host.len = khttp_host_print(&host, text, n->host_text,
					   sizeof(n->host_text));
	n->key.port = host.port ?: 80;
	return 0;
}

int khttp_fragment_name_parse(const struct khttp_net *kn, const char *text, u32 len,
			      char *path, struct khttp_fragment_name *n)
{
	static const char http[] = "http://";
	const char *end = text + len, *at, *query;
	u32 path_len;
	int err;

	memset(&n->key, 0, sizeof(n->key));
	n->key.scheme = KHTTP_SCHEME_HTTP | KHTTP_KEY_FRAGMENT;
	if (len < sizeof(http) - 1 || strncasecmp(text, http, sizeof(http) - 1))
		return -EINVAL;
	text += sizeof(http) - 1;
	query = memchr(text, '?', end - text) ?: end;
	if (query != end) {
		if (memchr(query, '#', end - query))
			return -EINVAL;
		n->key.query = khttp_span_of(query + 1, end - query - 1);
	}
	at = memchr(text, '/', query - text);
	if (!at)
		return -EINVAL;
	err = parse_host(text, at - text, n);
	if (err || khttp_path_cook(at, query - at, &kn->limits.policy.http, path,
				   query - at + 1, &path_len))
		return -EINVAL;
	n->key.path = khttp_span_of(path, path_len);
	return 0;
}

int khttp_fragment_name_route(struct khttp_net *kn, const struct khttp_fragment_name *n,
			      const struct khttp_queue *q, u64 *url_id, u64 *group_id)
{
	struct khttp_route_query query = {
		.scheme = KHTTP_SCHEME_HTTP,
		.host_kind = n->host_kind,
		.port = n->key.port,
		.host = n->host,
		.path = n->key.path,
	};
	const struct khttp_url *url;
	bool mine, by_ip;

	/* Who writes an address means connections to it */
	if (n->host_kind != KHTTP_HOST_NAME) {
		query.local_kind = n->host_kind;
		memcpy(query.local, n->addr, sizeof(query.local));
	}
	rcu_read_lock();
	url = khttp_route(kn->router, &query, &by_ip);
	if (READ_ONCE(kn->n_reservations) &&
	    khttp_route_reserved(kn->reserved, &query, url))
		url = NULL;
	mine = url && !url->redirect && url->group->queue == q;
	if (mine) {
		*url_id = url->id;
		*group_id = url->group->id;
	}
	rcu_read_unlock();
	return mine ? 0 : -EACCES;
}
