// SPDX-License-Identifier: GPL-2.0-only
/*
 * Dropping entries on demand: by URL, by subtree, by queue, by prefix. By tag:
 * cache_tags.c.
 *
 * One exact URL is looked up; everything else walks the table, KHTTP_CACHE_STEP
 * entries in one hold of the lock. A purge is noted before it begins, so that
 * answers that were under way then are not stored behind its back.
 */
#include <linux/sched.h>
#include <linux/khttp.h>

#include "alloc.h"
#include "cache.h"
#include "cache_i.h"
#include "http/host.h"
#include "http/path.h"
#include "http/uri.h"
#include "net.h"

enum host_scope {
	HOST_EXACT,
	HOST_BELOW,		/* "*.name" */
	HOST_ANY,		/* "*" or "+" */
};

/* What shall go; fields that are 0 ask nothing */
struct scope {
	u64 url_id;
	u32 queue_id;
	bool (*gone)(const void *arg, u64 url_id);
	const void *arg;
	bool soft;		/* only its time is over: khttp_entry_expire() */
	bool by_url;		/* the rest counts: */
	bool recursive;
	u8 scheme;
	u8 host_scope;
	u16 port;
	struct khttp_span host;
	struct khttp_span path;	/* recursive: without its last slash */
	struct khttp_span query;
	char host_text[KHTTP_HOST_TEXT_MAX];
};

/* Routing does not count empty segments at the front of a path */
static struct khttp_span skip_slashes(struct khttp_span path)
{
	while (path.len > 1 && path.ptr[0] == '/' && path.ptr[1] == '/') {
		path.ptr++;
		path.len--;
	}
	return path;
}

static bool host_in_scope(const struct scope *s, struct khttp_span host)
{
	u32 tail = s->host.len + 1;

	switch (s->host_scope) {
	case HOST_EXACT:
		return khttp_span_eq(host, s->host);
	case HOST_BELOW:
		return host.len > tail && host.ptr[host.len - tail] == '.' &&
		       !memcmp(host.ptr + host.len - s->host.len, s->host.ptr,
			       s->host.len);
	default:
		return true;
	}
}

static bool path_in_scope(const struct scope *s, struct khttp_span path)
{
	struct khttp_span head;

	if (!s->recursive)
		return khttp_span_eq(path, s->path);
	path = skip_slashes(path);
	if (path.len < s->path.len)
		return false;
	head = khttp_span_of(path.ptr, s->path.len);
	return khttp_span_eq_fold(head, s->path) &&
	       (path.len == head.len || path.ptr[head.len] == '/');
}

static bool in_scope(const struct scope *s, const struct khttp_entry *e)
{
	const struct khttp_cache_key *k = &e->key;

	if (s->url_id && e->url_id != s->url_id)
		return false;
	if (s->queue_id && e->queue_id != s->queue_id)
		return false;
	if (s->gone && !s->gone(s->arg, e->url_id))
		return false;
	if (!s->by_url)
		return true;
	if ((k->scheme & ~KHTTP_KEY_FRAGMENT) != s->scheme || k->port != s->port)
		return false;
	if (!s->recursive && (!k->query.ptr != !s->query.ptr ||
			      !khttp_span_eq(k->query, s->query)))
		return false;
	return host_in_scope(s, k->host) && path_in_scope(s, k->path);
}

/* See cache_i.h. Its place in the tree is for a later end, which does no harm */
bool khttp_entry_expire(struct khttp_entry *e)
{
	u64 lived = ktime_get_seconds() - e->stored;

	lockdep_assert_held(&e->cache->lock);
	if (!READ_ONCE(e->stale_while) && !READ_ONCE(e->stale_error) &&
	    !READ_ONCE(e->keep))
		return false;
	if (lived < READ_ONCE(e->ttl))
		WRITE_ONCE(e->ttl, lived);
	return true;
}

/* Out of the cache, or, @soft, past its time; returns the responses */
static u32 drop(struct khttp_cache *c, struct khttp_entry *e, bool soft,
		struct khttp_entry **dropped)
{
	struct khttp_entry *v, *next;
	u32 n = 0;

	if (!soft)
		return khttp_cache_unlink(c, e, dropped);
	if (!e->is_marker)
		return khttp_entry_expire(e) ? 1 : khttp_cache_unlink(c, e, dropped);
	list_for_each_entry_safe(v, next, &e->variants, variant_link)
		n += drop(c, v, true, dropped);
	return n;
}

/* One hold of the lock; false at the end of the tree */
static bool purge_step(struct khttp_cache *c, const struct scope *s,
		       u64 *cursor, long *purged, struct khttp_parted *parted)
{
	struct khttp_entry *e, *next;
	unsigned int looks;
	struct khttp_entry *dropped = NULL;

	spin_lock_bh(&c->lock);
	e = khttp_cache_first(c, *cursor);
	for (looks = 0; e && looks < KHTTP_CACHE_STEP; looks++, e = next) {
		bool alone = !e->is_marker;

		next = rb_entry_safe(rb_next(&e->by_end), struct khttp_entry,
				     by_end);
		*cursor = e->order + 1;
		/* Its variants stand in the tree, too */
		if (!in_scope(s, e) || (s->soft && e->is_marker))
			continue;
		*purged += drop(c, e, s->soft, &dropped);
		/* What came next may have been one of its variants */
		if (!alone)
			next = khttp_cache_first(c, *cursor);
	}
	spin_unlock_bh(&c->lock);
	khttp_cache_part(dropped, parted);
	return e;
}

/* What a URL without wildcards names, but for IP-bound prefixes */
static struct khttp_cache_key key_of(const struct scope *s)
{
	struct khttp_cache_key key = {
		.host = s->host,
		.path = s->path,
		.query = s->query,
		.port = s->port,
		.scheme = s->scheme,
	};

	return key;
}

static long purge_one(struct khttp_cache *c, const struct khttp_cache_key *key,
		      const struct scope *s)
{
	struct khttp_entry *e;
	struct khttp_entry *dropped = NULL;
	long purged = 0;

	spin_lock_bh(&c->lock);
	e = khttp_cache_find(c, key);
	if (e && in_scope(s, e))
		purged = drop(c, e, s->soft, &dropped);
	spin_unlock_bh(&c->lock);
	khttp_cache_put_all(dropped);
	return purged;
}

/* The same by whatever port its clients named */
static long purge_url(struct khttp_cache *c, struct khttp_cache_key key,
		      const struct scope *s)
{
	long purged = purge_one(c, &key, s);
	unsigned int i;

	for (i = 0; i < KHTTP_NAMED_PORTS; i++) {
		spin_lock_bh(&c->lock);
		key.named = c->named[i].n ? c->named[i].port : 0;
		spin_unlock_bh(&c->lock);
		if (key.named)
			purged += purge_one(c, &key, s);
	}
	return purged;
}

/* A subtree, @key is NULL then, is noted as everything of its queue: rare, and
 * never wrong
 */
static void note_purge(struct khttp_cache *c, const struct scope *s,
		       const struct khttp_cache_key *key)
{
	const struct khttp_purged what = {
		.hash = key ? khttp_cache_hash(c, key) : 0,
		.url_id = s->url_id,
		.queue_id = s->queue_id,
	};

	khttp_cache_note_purge(c, &what);
}

static long purge(struct khttp_cache *c, const struct scope *s)
{
	bool one = s->by_url && !s->recursive && s->host_scope == HOST_EXACT;
	struct khttp_cache_key key = key_of(s);
	KHTTP_PARTED(parted);
	u64 cursor = 0;
	long purged = 0;

	note_purge(c, s, one ? &key : NULL);
	if (one) {
		purged = purge_url(c, key, s);
		key.scheme |= KHTTP_KEY_FRAGMENT;
		purged += purge_one(c, &key, s);
	}
	if (!one || READ_ONCE(c->n_local))
		while (purge_step(c, s, &cursor, &purged, &parted))
			cond_resched();
	khttp_cache_free(&parted);
	khttp_stat_add(c->net, cache_purged, purged);
	return purged;
}

static int parse_host(struct scope *s, const char *text, u32 len)
{
	struct khttp_host host;
	char wild = len ? text[0] : 0;

	if (wild == '+' || (wild == '*' && (len == 1 || text[1] == ':'))) {
		/* A name in its place, for the port behind it */
		char any[KHTTP_HOST_TEXT_MAX];

		if (len >= sizeof(any))
			return -EINVAL;
		memcpy(any, text, len);
		any[0] = 'a';
		if (!khttp_host_parse(any, len, &host) || host.len != 1)
			return -EINVAL;
		s->host_scope = HOST_ANY;
	} else {
		if (wild == '*' && len > 2 && text[1] == '.') {
			s->host_scope = HOST_BELOW;
			text += 2;
			len -= 2;
		}
		if (!khttp_host_parse(text, len, &host))
			return -EINVAL;
		s->host.ptr = s->host_text;
		s->host.len = khttp_host_print(&host, text, s->host_text,
					       sizeof(s->host_text));
	}
	s->port = host.port ?: 80;
	return 0;
}

/* Cooks @text into @out, which has room for it and a byte more */
static int parse_path(struct scope *s, const char *text, u32 len,
		      const struct khttp_limits *limits, char *out)
{
	u32 out_len;

	if (!len) {
		text = "/";
		len = 1;
	}
	if (khttp_path_cook(text, len, limits, out, len + 1, &out_len))
		return -EINVAL;
	s->path = khttp_span_of(out, out_len);
	if (!s->recursive)
		return 0;
	s->path = skip_slashes(s->path);
	if (s->path.ptr[s->path.len - 1] == '/')
		s->path.len--;
	return 0;
}

/* @url and @out outlive @s */
static int parse_url(struct scope *s, const char *url, u32 len,
		     const struct khttp_limits *limits, char *out)
{
	static const char http[] = "http://";
	const char *end = url + len;
	const char *path, *query;
	int err;

	if (len < sizeof(http) - 1 || strncasecmp(url, http, sizeof(http) - 1))
		return -EINVAL;
	s->scheme = KHTTP_SCHEME_HTTP;
	url += sizeof(http) - 1;
	query = memchr(url, '?', end - url) ?: end;
	path = memchr(url, '/', query - url) ?: query;
	if (query != end) {
		if (s->recursive || memchr(query, '#', end - query))
			return -EINVAL;
		s->query = khttp_span_of(query + 1, end - query - 1);
	}
	err = parse_host(s, url, path - url);
	return err ?: parse_path(s, path, query - path, limits, out);
}

long khttp_cache_purge(struct khttp_cache *c, const char *url, size_t len,
		       u32 how, u32 queue_id)
{
	struct scope s = {
		.by_url = url,
		.recursive = how & KHTTP_PURGE_RECURSIVE,
		.soft = how & KHTTP_PURGE_SOFT,
		.queue_id = queue_id,
	};
	char *path;
	long ret;

	if (!url)
		return purge(c, &s);
	if (len >= KHTTP_PREFIX_MAX)
		return -EINVAL;
	path = khttp_kmalloc(len + 2, GFP_KERNEL);
	if (!path)
		return -ENOMEM;
	ret = parse_url(&s, url, len, &c->net->limits.policy.http, path);
	if (!ret)
		ret = purge(c, &s);
	kfree(path);
	return ret;
}

void khttp_cache_invalidate(struct khttp_cache *c, const struct khttp_cache_key *key,
			    u64 url_id, u32 queue_id)
{
	const struct scope s = { .url_id = url_id, .queue_id = queue_id };
	struct khttp_cache_key url = *key;
	long purged;

	/* To its worker it is one and the same, whatever its clients call it */
	url.named = 0;
	note_purge(c, &s, &url);
	purged = purge_url(c, url, &s);
	khttp_stat_add(c->net, cache_purged, purged);
}

void khttp_cache_purge_prefix(struct khttp_cache *c, u64 url_id)
{
	const struct scope s = { .url_id = url_id };

	purge(c, &s);
}

void khttp_cache_purge_prefixes(struct khttp_cache *c,
				bool (*gone)(const void *arg, u64 url_id),
				const void *arg)
{
	const struct scope s = { .gone = gone, .arg = arg };

	purge(c, &s);
}
