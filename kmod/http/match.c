// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * Which prefix answers: hashes and path walks for the kernel's router, and the
 * same rules over a plain list for everybody else.
 */
#include "http/match.h"

#include "http/prefix.h"

/* One byte; "A" and "a" alike. */
static u32 hash_byte(u32 state, char c)
{
	return (state ^ (u8)khttp_ascii_lower(c)) * 0x01000193u;
}

static u32 hash_begin(u32 seed)
{
	return seed ^ 0x811c9dc5u;
}

/* Spreads the last bytes over the whole word. */
static u32 hash_end(u32 state)
{
	state ^= state >> 16;
	state *= 0x85ebca6bu;
	state ^= state >> 13;
	state *= 0xc2b2ae35u;
	return state ^ state >> 16;
}

u32 khttp_hash_fold(struct khttp_span bytes, u32 seed)
{
	u32 state = hash_begin(seed);
	u32 i;

	for (i = 0; i < bytes.len; i++)
		state = hash_byte(state, bytes.ptr[i]);
	return hash_end(state);
}

struct khttp_span khttp_path_key(struct khttp_span prefix_path)
{
	if (prefix_path.len && prefix_path.ptr[prefix_path.len - 1] == '/')
		prefix_path.len--;
	return prefix_path;
}

/* Bytes of empty segments at the front. */
static u32 leading_empty(struct khttp_span path)
{
	u32 n = 0;

	while (n + 1 < path.len && path.ptr[n] == '/' && path.ptr[n + 1] == '/')
		n++;
	return n;
}

void khttp_path_walk_init(struct khttp_path_walk *walk, struct khttp_span path,
			  u32 seed)
{
	memset(walk, 0, sizeof(*walk));
	walk->skipped = leading_empty(path);
	walk->path = khttp_span_of(path.ptr + walk->skipped,
				   path.len - walk->skipped);
	walk->key.ptr = walk->path.ptr;
	walk->state = hash_begin(seed);
}

bool khttp_path_walk_next(struct khttp_path_walk *walk)
{
	const char *text = walk->path.ptr;
	u32 len = walk->path.len;
	u32 pos = walk->key.len;
	u32 state = walk->state;

	if (!walk->begun) {
		walk->begun = true;
		walk->hash = hash_end(walk->state);
		return true;
	}
	/* The key ends at a slash; one that ends the path adds nothing. */
	if (len - pos < 2)
		return false;
	do {
		state = hash_byte(state, text[pos++]);
	} while (pos < len && text[pos] != '/');
	walk->key.len = pos;
	walk->state = state;
	walk->hash = hash_end(state);
	walk->depth++;
	return true;
}

bool khttp_host_parent(struct khttp_span *name)
{
	u32 i;

	for (i = 0; i + 1 < name->len; i++) {
		if (name->ptr[i] != '.')
			continue;
		name->ptr += i + 1;
		name->len -= i + 1;
		return true;
	}
	return false;
}

/* Is @path the subtree's root or something below it? */
static bool path_matches(struct khttp_span prefix_path, struct khttp_span path)
{
	struct khttp_span key = khttp_path_key(prefix_path);
	u32 skipped = leading_empty(path);

	path.ptr += skipped;
	path.len -= skipped;
	if (path.len < key.len ||
	    !khttp_span_eq_fold(key, khttp_span_of(path.ptr, key.len)))
		return false;
	return !key.len || path.len == key.len || path.ptr[key.len] == '/';
}

static bool is_below(struct khttp_span domain, struct khttp_span name)
{
	u32 cut;

	if (name.len < domain.len + 2)
		return false;
	cut = name.len - domain.len;
	return name.ptr[cut - 1] == '.' &&
	       khttp_span_eq_fold(domain,
				  khttp_span_of(name.ptr + cut, domain.len));
}

static bool host_matches(const struct khttp_prefix *prefix,
			 const struct khttp_route_query *query)
{
	switch (prefix->bucket) {
	case KHTTP_BUCKET_NAME:
		return query->host_kind == KHTTP_HOST_NAME &&
		       khttp_span_eq_fold(prefix->host, query->host);
	case KHTTP_BUCKET_SUBDOMAIN:
		return query->host_kind == KHTTP_HOST_NAME &&
		       is_below(prefix->host, query->host);
	case KHTTP_BUCKET_ADDRESS:
		return query->local_kind == prefix->host_kind &&
		       !memcmp(query->local, prefix->addr,
			       prefix->host_kind == KHTTP_HOST_IPV4 ? 4 : 16);
	default:
		return true;
	}
}

bool khttp_prefix_matches(const struct khttp_prefix *prefix,
			  const struct khttp_route_query *query)
{
	return prefix->scheme == query->scheme && prefix->port == query->port &&
	       host_matches(prefix, query) &&
	       path_matches(prefix->path, query->path);
}

/* Of two that match: bucket, then the longer domain, then the longer path. */
static bool wins(const struct khttp_prefix *a, const struct khttp_prefix *b)
{
	if (a->bucket != b->bucket)
		return a->bucket < b->bucket;
	if (a->bucket == KHTTP_BUCKET_SUBDOMAIN && a->host.len != b->host.len)
		return a->host.len > b->host.len;
	return a->path.len > b->path.len;
}

int khttp_prefix_match(const struct khttp_prefix *list, u32 n,
		       const struct khttp_route_query *query)
{
	int best = -1;
	u32 i;

	for (i = 0; i < n; i++)
		if (khttp_prefix_matches(&list[i], query) &&
		    (best < 0 || wins(&list[i], &list[best])))
			best = (int)i;
	return best;
}

bool khttp_prefix_eq(const struct khttp_prefix *a, const struct khttp_prefix *b)
{
	if (a->scheme != b->scheme || a->port != b->port ||
	    a->bucket != b->bucket || a->host_kind != b->host_kind ||
	    !khttp_span_eq_fold(a->path, b->path))
		return false;
	if (a->bucket == KHTTP_BUCKET_ADDRESS)
		return !memcmp(a->addr, b->addr, sizeof(a->addr));
	return khttp_span_eq_fold(a->host, b->host);
}
