// SPDX-License-Identifier: GPL-2.0-only
/*
 * One stored response: how it is made. How it goes: entry_free.c.
 *
 * One allocation holds the struct, the key, both heads and a small body. Larger
 * bodies have pages of their own: see entry_body.c.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/llist.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "alloc.h"
#include "cache.h"
#include "cache_i.h"
#include "door.h"
#include "http/date.h"
#include "http/field.h"
#include "http/reply.h"
#include "net.h"
#include "response.h"

/* Of a head, what is not the fields: status line, date, length */
#define HEAD_FIXED_MAX 192

/* "Content-Length: ", 20 digits and CRLF */
#define LENGTH_LINE_MAX 38

/* Both heads of an entry to be, in one buffer, and what they tell */
struct draft {
	char *buf;
	struct khttp_span head;
	struct khttp_span head_304;
	struct khttp_span etag;
	u64 last_modified;
	u64 date;
};

/* Above the slabs' sizes whole pages, not the next power of two */
static size_t allocation_size(size_t bytes)
{
	return bytes > KMALLOC_MAX_CACHE_SIZE ? PAGE_ALIGN(bytes) :
						kmalloc_size_roundup(bytes);
}

static void *allocate(size_t size)
{
	if (size > KMALLOC_MAX_CACHE_SIZE)
		return khttp_alloc_pages_exact(size, KHTTP_ENTRY_GFP);
	return khttp_kmalloc(size, KHTTP_ENTRY_GFP);
}

/* A field of the answer, already in @out's last line */
static void note_field(struct draft *d, const struct khttp_out *out,
		       enum khttp_field_id id,
		       const struct khttp_block_field *f, u64 now)
{
	struct khttp_span value = {
		out->buf + out->len - 2 - f->value_len, f->value_len
	};

	if (id == KHTTP_FIELD_ETAG && !d->etag.ptr && khttp_etag_ok(value))
		d->etag = value;
	if (id == KHTTP_FIELD_LAST_MODIFIED &&
	    !khttp_date_parse(f->value, f->value_len, now, &d->last_modified))
		d->last_modified = 0;
}

/*
 * Fields with all of @flags, but for Date: the origin's if it is one, else the
 * time of storing, for a response is as old as its Date and Age tell together
 * (RFC 9111 section 4.2.3).
 */
static bool write_fields(struct draft *d, struct khttp_out *out,
			 const struct khttp_answer *a, u8 flags)
{
	u64 now = ktime_get_real_seconds();
	const char *pos = a->fields;
	struct khttp_block_field f;
	bool server = false;

	while (khttp_block_next(&pos, a->fields + a->fields_len, &f)) {
		enum khttp_field_id id = khttp_field_lookup(f.name, f.name_len);

		if (id == KHTTP_FIELD_DATE &&
		    !khttp_date_parse(f.value, f.value_len, now, &d->date))
			d->date = now;
		if (id == KHTTP_FIELD_DATE ||
		    (khttp_field_flags(id) & flags) != flags ||
		    khttp_field_worker(id, a->status) != KHTTP_FIELD_SEND ||
		    khttp_answer_hides(a, id))
			continue;
		server |= id == KHTTP_FIELD_SERVER;
		khttp_reply_field(out, khttp_span_of(f.name, f.name_len),
				  khttp_span_of(f.value, f.value_len));
		if (khttp_out_ok(out))
			note_field(d, out, id, &f, now);
	}
	return server;
}

/* @d->buf has to be freed on success */
static int draft_heads(struct draft *d, const struct khttp_answer *a,
		       const char *server, u64 body_len)
{
	const struct khttp_span standard = { NULL, 0 };
	u32 room = a->fields_len + HEAD_FIXED_MAX + KHTTP_SERVER_MAX;
	struct khttp_out out, out_304;

	if (a->fields_len > KHTTP_ENTRY_META_MAX)
		return -EFBIG;
	memset(d, 0, sizeof(*d));
	d->date = ktime_get_real_seconds();
	d->buf = khttp_kmalloc(2 * room, GFP_KERNEL);
	if (!d->buf)
		return -ENOMEM;
	/* The one for 304 first: validators are noted from the other */
	khttp_out_init(&out_304, d->buf + room, room);
	khttp_reply_begin(&out_304, 304, standard);
	write_fields(d, &out_304, a, KHTTP_FIELD_IN_304);
	khttp_reply_date(&out_304, d->date);
	d->etag.ptr = NULL;

	khttp_out_init(&out, d->buf, room);
	khttp_reply_begin(&out, a->status, standard);
	if (!write_fields(d, &out, a, 0) && server)
		khttp_reply_field(&out, khttp_span_str("Server"),
				  khttp_span_str(server));
	khttp_reply_date(&out, d->date);
	/* The last line, so that it can be added when the length is known */
	if (khttp_reply_has_body(KHTTP_METHOD_GET, a->status) &&
	    body_len != KHTTP_LENGTH_UNKNOWN)
		khttp_reply_length(&out, body_len);
	d->head = khttp_span_of(out.buf, out.len);
	d->head_304 = khttp_span_of(out_304.buf, out_304.len);
	if (khttp_out_ok(&out) && khttp_out_ok(&out_304))
		return 0;
	kfree(d->buf);
	return -EINVAL;
}

/* @from into the entry's memory at *@at, which moves behind it */
static struct khttp_span keep(char **at, struct khttp_span from)
{
	struct khttp_span kept = { *at, from.len };

	memcpy(*at, from.ptr, from.len);
	*at += from.len;
	return kept;
}

static void copy_key(struct khttp_entry *e, const struct khttp_cache_key *key,
		     char **at)
{
	e->key = *key;
	e->key.host = keep(at, key->host);
	e->key.path = keep(at, key->path);
	if (key->query.ptr)
		e->key.query = keep(at, key->query);
	if (key->variant.ptr)
		e->key.variant = keep(at, key->variant);
}

static void copy_in(struct khttp_entry *e, const struct khttp_entry_plan *p,
		    const struct draft *d)
{
	char *at = khttp_tags_note(e, p->answer, &p->tags);

	copy_key(e, p->key, &at);
	if (p->vary.len)
		e->vary = keep(&at, khttp_span_of(p->vary.text, p->vary.len));
	e->head = keep(&at, d->head);
	if (p->body_len == KHTTP_LENGTH_UNKNOWN)
		at += LENGTH_LINE_MAX;
	e->head_304 = keep(&at, d->head_304);
	if (d->etag.ptr)
		e->etag = khttp_span_of(e->head.ptr +
					(d->etag.ptr - d->head.ptr),
					d->etag.len);
	if (p->body_len < KHTTP_ENTRY_INLINE)
		e->body = at;
	if (p->body_of && e->body)
		memcpy(e->body, p->body_of->body, p->body_len);
	e->last_modified = d->last_modified;
}

/* Memory, charged, with one reference; ERR_PTR -ENOSPC, -EDQUOT, -ENOMEM, -EINTR */
static struct khttp_entry *entry_alloc(struct khttp_cache *c,
				       struct khttp_share *share, u32 meta,
				       u64 body_len, bool streams,
				       const struct khttp_entry *body_of)
{
	bool inside = body_len < KHTTP_ENTRY_INLINE;
	u32 n_pages = inside || streams ? 0 : DIV_ROUND_UP_ULL(body_len, PAGE_SIZE);
	size_t size = allocation_size(sizeof(struct khttp_entry) + meta +
				      (inside ? body_len : 0));
	struct khttp_entry *e;
	u64 charged;
	int err;

	/* Shared pages are charged to both: the other one soon goes */
	if (body_of)
		n_pages = body_of->n_pages;
	charged = size + (u64)n_pages * PAGE_SIZE;
	if (n_pages)
		charged += kmalloc_size_roundup(n_pages * sizeof(*e->pages));
	if (charged > U32_MAX)
		return ERR_PTR(-EFBIG);
	err = khttp_cache_reserve(c, share, charged);
	if (err)
		return ERR_PTR(err);
	e = allocate(size);
	if (!e) {
		khttp_cache_release(c, share, charged);
		return ERR_PTR(-ENOMEM);
	}
	memset(e, 0, sizeof(*e));
	refcount_set(&e->ref, 1);
	e->cache = c;
	e->share = share;
	khttp_share_get(share);
	e->size = size;
	e->charged = charged;
	e->n_pages = n_pages;
	if (n_pages && body_of)
		err = khttp_entry_share(e, body_of);
	else if (n_pages)
		err = khttp_entry_pages(e);
	if (err) {
		khttp_entry_put(e);
		return ERR_PTR(err);
	}
	return e;
}

static u32 key_bytes(const struct khttp_cache_key *key)
{
	return key->host.len + key->path.len + key->query.len + key->variant.len;
}

static u32 meta_bytes(const struct khttp_entry_plan *p, const struct draft *d)
{
	return key_bytes(p->key) + p->vary.len + d->head.len + d->head_304.len +
	       (p->body_len == KHTTP_LENGTH_UNKNOWN ? LENGTH_LINE_MAX : 0);
}

/**
 * khttp_entry_create - make an entry whose body is still to be filled
 * @c: the cache that will have it
 * @p: what it is made of, judged
 *
 * Context and errors: see cache.h. The caller owns the one reference.
 */
struct khttp_entry *khttp_entry_create(struct khttp_cache *c,
				       const struct khttp_entry_plan *p)
{
	struct khttp_cache_key url = *p->key;
	struct khttp_entry *e;
	struct draft d;
	int err;

	if (!khttp_cache_budget(c))
		return ERR_PTR(-ENOSPC);
	/* Nobody has to go for what will not fit in the end */
	if (p->body_len != KHTTP_LENGTH_UNKNOWN) {
		if (p->body_len > khttp_cache_budget(c))
			return ERR_PTR(-ENOSPC);
		if (p->body_len > khttp_share_limit(p->share))
			return ERR_PTR(-EDQUOT);
	}
	err = draft_heads(&d, p->answer, p->server, p->body_len);
	if (err)
		return ERR_PTR(err);
	e = ERR_PTR(-EFBIG);
	if (meta_bytes(p, &d) <= KHTTP_ENTRY_META_MAX)
		e = entry_alloc(c, p->share,
				meta_bytes(p, &d) + khttp_tags_bytes(&p->tags),
				p->body_len, p->streams, p->body_of);
	if (IS_ERR(e))
		goto err_draft;

	copy_in(e, p, &d);
	url.variant.ptr = NULL;
	url.named = 0;
	e->url_hash = khttp_cache_hash(c, &url);
	e->hash = khttp_cache_hash(c, &e->key);
	e->url_id = p->url_id;
	e->queue_id = p->queue_id;
	e->status = p->answer->status;
	e->ttl = p->term.ttl;
	e->age = p->term.age;
	e->stale_while = p->term.stale_while;
	e->stale_error = p->term.stale_error;
	e->keep = khttp_entry_asks_tag(e) || e->last_modified ? p->term.keep : 0;
	e->shared = p->term.shared;
	e->paced = p->answer->flow.rate;
	e->flow = p->answer->flow;
	e->body_len = p->body_len;
	e->fill.limit = p->body_len;
	if (p->body_len == KHTTP_LENGTH_UNKNOWN) {
		e->fill.open = true;
		e->fill.limit = READ_ONCE(c->net->limits.cache_object);
	}
	e->stored = ktime_get_seconds();
	if (p->body_of) {
		e->filled = p->body_len;
		atomic64_set(&e->hits, khttp_entry_hits(p->body_of));
	}
err_draft:
	kfree(d.buf);
	return e;
}

static void move_span(struct khttp_span *span, ptrdiff_t by)
{
	if (span->ptr)
		span->ptr += by;
}

/* Everything that points into an entry's own memory, which was copied */
static void move_spans(struct khttp_entry *e, ptrdiff_t by)
{
	move_span(&e->key.host, by);
	move_span(&e->key.path, by);
	move_span(&e->key.query, by);
	move_span(&e->key.variant, by);
	move_span(&e->vary, by);
	move_span(&e->head, by);
	move_span(&e->head_304, by);
	move_span(&e->etag, by);
	move_span(&e->tag_text, by);
	khttp_tags_moved(e);
}

/* The same with its body inside, for which that turned out to be small enough */
static struct khttp_entry *compact(const struct khttp_entry *e)
{
	const char *end = e->head_304.ptr + e->head_304.len;
	u32 meta = end - (const char *)(e + 1);
	struct khttp_entry *n = entry_alloc(e->cache, e->share, meta, e->body_len, false,
					    NULL);
	u32 size, charged;
	u64 at;

	if (IS_ERR(n))
		return n;
	size = n->size;
	charged = n->charged;
	memcpy(n, e, sizeof(*e) + meta);
	move_spans(n, (char *)n - (const char *)e);
	refcount_set(&n->ref, 1);
	n->size = size;
	n->charged = charged;
	n->pages = NULL;
	n->n_pages = 0;
	n->body = (char *)(n + 1) + meta;
	for (at = 0; at < e->body_len; at += PAGE_SIZE)
		memcpy(n->body + at, page_address(e->pages[at >> PAGE_SHIFT]),
		       min_t(u64, e->body_len - at, PAGE_SIZE));
	return n;
}

struct khttp_entry *khttp_entry_finish(struct khttp_entry *e)
{
	struct khttp_out line;

	if (!e->fill.open && !khttp_entry_full(e))
		return ERR_PTR(-EMSGSIZE);
	if (e->fill.open) {
		e->fill.open = false;
		e->body_len = e->filled;
		khttp_out_init(&line, (char *)e->head.ptr + e->head.len,
			       LENGTH_LINE_MAX);
		khttp_reply_length(&line, e->body_len);
		e->head.len += line.len;
		if (e->body_len < KHTTP_ENTRY_INLINE)
			return compact(e);
	}
	khttp_entry_get(e);
	return e;
}

struct khttp_entry *khttp_entry_marker(const struct khttp_entry *e)
{
	struct khttp_cache_key url = e->key;
	struct khttp_entry *m;
	char *at;

	url.variant = khttp_span_of(NULL, 0);
	m = entry_alloc(e->cache, e->share, key_bytes(&url) + e->vary.len, 0, false, NULL);
	if (IS_ERR(m))
		return m;
	at = (char *)(m + 1);
	copy_key(m, &url, &at);
	m->vary = keep(&at, e->vary);
	m->is_marker = true;
	INIT_LIST_HEAD(&m->variants);
	m->url_hash = e->url_hash;
	m->hash = khttp_cache_hash(e->cache, &url);
	m->url_id = e->url_id;
	m->queue_id = e->queue_id;
	m->stored = e->stored;
	m->ttl = e->ttl;
	m->stale_while = e->stale_while;
	m->stale_error = e->stale_error;
	m->keep = e->keep;
	return m;
}

/*
 * One without heads: what it is a piece of has its own. A purge of its URL means
 * both, it and the response that may be there.
 */
struct khttp_entry *khttp_entry_fragment(struct khttp_cache *c,
					 const struct khttp_fragment_plan *p)
{
	struct khttp_cache_key url = p->key;
	struct khttp_tag_count tags = {};
	struct khttp_entry *e;
	char *at;

	if (p->len > READ_ONCE(c->net->limits.cache_object))
		return ERR_PTR(-EFBIG);
	if (!khttp_tag_line(&tags, p->tags))
		return ERR_PTR(-EINVAL);
	e = entry_alloc(c, p->share, key_bytes(&url) + khttp_tags_bytes(&tags), p->len,
			false, NULL);
	if (IS_ERR(e))
		return e;
	at = khttp_tags_note_line(e, p->tags, &tags);
	copy_key(e, &url, &at);
	if (p->len < KHTTP_ENTRY_INLINE)
		e->body = at;
	e->hash = khttp_cache_hash(c, &url);
	url.scheme &= ~KHTTP_KEY_FRAGMENT;
	e->url_hash = khttp_cache_hash(c, &url);
	e->url_id = p->url_id;
	e->queue_id = p->queue_id;
	e->body_len = p->len;
	e->ttl = p->ttl;
	e->stored = ktime_get_seconds();
	return e;
}
