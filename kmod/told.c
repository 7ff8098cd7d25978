// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a worker is told of a request: the layout that struct khttp_slot begins.
 *
 * It is made once, when the request comes in: table, head and what was cooked
 * of it, with offsets as they will be in the slot. A delivery is one copy.
 */

#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/string.h>

#include "cache.h"
#include "conn.h"
#include "dispatch.h"
#include "http/copy.h"
#include "http/date.h"
#include "http/traceparent.h"
#include "group.h"
#include "origin.h"
#include "request.h"
#include "router.h"

#define IF_NONE_MATCH "If-None-Match"
#define IF_MODIFIED_SINCE "If-Modified-Since"
#define TRACEPARENT "traceparent"

/* Behind the other end of a connection that speaks for others, whose size keeps
 * the table aligned
 */
static u32 table_at(const struct khttp_conn *c)
{
	static_assert(sizeof(struct khttp_endpoint) %
		      __alignof__(struct khttp_slot_field) == 0);

	return sizeof(struct khttp_slot) +
	       (unlikely(c->origin) ? sizeof(struct khttp_endpoint) : 0);
}

/* Fields that ask whether @e is good still */
static u32 n_asking(const struct khttp_entry *e)
{
	return likely(!e) ? 0 : khttp_entry_asks_tag(e) + !!e->last_modified;
}

static u32 asking_bytes(const struct khttp_entry *e)
{
	return likely(!e) ? 0 : e->etag.len + KHTTP_DATE_LEN +
		sizeof(IF_NONE_MATCH IF_MODIFIED_SINCE);
}

static u32 trace_bytes(const struct khttp_sketch *s)
{
	return likely(!s->trace) ? 0 : strlen(TRACEPARENT) + KHTTP_TRACEPARENT_LEN;
}

static u32 table_bytes(const struct khttp_sketch *s, const struct khttp_entry *e)
{
	return (s->head->n_fields + !!s->trace + n_asking(e)) *
	       sizeof(struct khttp_slot_field);
}

/**
 * khttp_told_judge - does a trace begin with it?
 * @s: of a request for a queue: its trace is set, and will not change when the
 *	policy does
 *
 * Context: BH disabled.
 */
void khttp_told_judge(struct khttp_sketch *s)
{
	s->trace = READ_ONCE(s->url->group->policy.traceparent);
	if (unlikely(s->trace) && khttp_traceparent_of(s->head, s->buf).len)
		s->trace = KHTTP_TRACE_OFF;
}

/**
 * khttp_told_bytes - what a request takes in a slot, without its body
 * @c: its connection
 * @s: of a request for a queue
 */
u32 khttp_told_bytes(const struct khttp_conn *c, const struct khttp_sketch *s)
{
	/* A host that is an address is not kept once more */
	return table_at(c) + table_bytes(s, s->stored) + trace_bytes(s) +
	       asking_bytes(s->stored) + s->head->head_len + s->host.len + s->url->prefix_len +
	       (s->target.is_raw ? 0 : s->path.len);
}

static struct khttp_ref ref_of(u32 base, u32 off, u32 len)
{
	return (struct khttp_ref){ .off = base + off, .len = len };
}

/* Behind what is there already */
static struct khttp_ref keep(struct khttp_request *rq, struct khttp_span from)
{
	u32 at = rq->told_len;

	khttp_copy_text((char *)rq->told + at, from.ptr, from.len);
	rq->told_len = at + from.len;
	return ref_of(at, 0, from.len);
}

/* Names and values are where the head has them: @raw is where that is */
static void make_table(struct khttp_slot_field *table,
		       const struct khttp_head *head, u32 raw)
{
	u32 i;

	for (i = 0; i < head->n_fields; i++) {
		const struct khttp_field *f = &head->fields[i];

		table[i].name = ref_of(raw, f->name, f->name_len);
		table[i].value = ref_of(raw, f->value, f->value_len);
	}
}

/*
 * What asks for the cache has no conditions of who happened to be the client. And with
 * a traceparent that is not valid goes tracestate, which says more about it (W3C Trace
 * Context 3.3).
 */
static bool hides(const struct khttp_sketch *s, const struct khttp_field *f)
{
	switch (f->id) {
	case KHTTP_FIELD_IF_NONE_MATCH:
	case KHTTP_FIELD_IF_MODIFIED_SINCE:
		return s->refresh;
	case KHTTP_FIELD_TRACEPARENT:
		return s->trace;
	case KHTTP_FIELD_OTHER:
		return s->trace &&
		       khttp_span_is_fold(khttp_span_of(s->buf + f->name, f->name_len),
					  "tracestate");
	default:
		return false;
	}
}

/* @size: of the table, in bytes */
static u32 make_part_table(struct khttp_slot_field *table, u32 size,
			   const struct khttp_sketch *s, u32 raw)
{
	const struct khttp_head *head = s->head;
	u32 i, n = 0;

	for (i = 0; i < head->n_fields; i++) {
		const struct khttp_field *f = &head->fields[i];

		if (hides(s, f))
			continue;
		table[n].name = ref_of(raw, f->name, f->name_len);
		table[n++].value = ref_of(raw, f->value, f->value_len);
	}
	memset(table + n, 0, size - n * sizeof(*table));
	return n;
}

static void add(struct khttp_request *rq, struct khttp_slot_field *to,
		const char *name, struct khttp_span value)
{
	to->name = keep(rq, khttp_span_str(name));
	to->value = keep(rq, value);
}

static void begin_trace(struct khttp_request *rq, struct khttp_slot_field *to,
			enum khttp_trace_begin how)
{
	char value[KHTTP_TRACEPARENT_LEN];
	u8 random[KHTTP_TRACE_RANDOM];

	get_random_bytes(random, sizeof(random));
	khttp_traceparent_print(random, how == KHTTP_TRACE_SAMPLED ?
				KHTTP_TRACE_F_SAMPLED : 0, value);
	add(rq, to, TRACEPARENT, khttp_span_of(value, sizeof(value)));
}

static void ask(struct khttp_request *rq, struct khttp_slot_field *to,
		const char *name, struct khttp_span value)
{
	add(rq, to, name, value);
	rq->n_asked++;
}

/* Behind the fields that every worker is told of: see deliver.c */
static void ask_whether_good(struct khttp_request *rq, struct khttp_slot_field *to)
{
	const struct khttp_entry *e = rq->stored;
	char date[KHTTP_DATE_LEN];

	if (khttp_entry_asks_tag(e))
		ask(rq, to++, IF_NONE_MATCH, e->etag);
	if (!e->last_modified)
		return;
	khttp_date_print(e->last_modified, date);
	ask(rq, to, IF_MODIFIED_SINCE, khttp_span_of(date, sizeof(date)));
}

/**
 * khttp_told_make - what the worker will be told of a request
 * @rq: for a queue, with khttp_told_bytes() at @rq->told
 * @s: what is known of it
 *
 * Context: BH disabled.
 */
void khttp_told_make(struct khttp_request *rq, const struct khttp_sketch *s)
{
	const struct khttp_target *t = &s->target;
	const struct khttp_head *head = s->head;
	const struct khttp_conn *c = rq->conn;
	u32 table = table_at(c), raw = table + table_bytes(s, rq->stored);
	struct khttp_slot *slot = rq->told;
	struct khttp_slot_field *fields = (void *)slot + table;
	struct khttp_ref prefix, path;
	u32 n = head->n_fields;

	/* What is copied into a slot must have no gap that nobody sets */
	BUILD_BUG_ON(sizeof(*slot) != 184);
	if (unlikely(s->refresh || s->trace))
		n = make_part_table(fields, raw - table, s, raw);
	else
		make_table(fields, head, raw);
	rq->told_len = raw;
	keep(rq, khttp_span_of(s->buf, head->head_len));
	rq->host = t->host.kind == KHTTP_HOST_IPV4 ?
		   ref_of(raw, t->host.off, t->host.len) : keep(rq, s->host);
	prefix = keep(rq, khttp_span_of(s->url->prefix, s->url->prefix_len));
	path = t->is_raw ? ref_of(raw, t->path, t->path_len) : keep(rq, s->path);
	if (unlikely(s->trace))
		begin_trace(rq, fields + n++, s->trace);
	if (unlikely(rq->stored))
		ask_whether_good(rq, fields + n);
	/* One by one: a literal would be cleared first, and then set */
	slot->id = 0;
	slot->connection = c->id;
	slot->stream = rq->stream;
	/* Cheaper than to read the clock once more */
	slot->received_ns = ktime_mono_to_real(s->now_ns);
	slot->context = s->url->context;
	slot->content_length = rq->content_length;
	slot->flags = 0;
	slot->status = 0;
	slot->version = rq->version;
	slot->nfields = n;
	slot->attempt = 0;
	slot->peer = 0;
	slot->method = ref_of(raw, head->method_off, head->method_len);
	/* A prefix in its normal form begins with it */
	slot->scheme = ref_of(prefix.off, 0, strlen("http"));
	slot->authority = ref_of(raw, t->authority, t->authority_len);
	slot->target = ref_of(raw, head->target_off, head->target_len);
	slot->path = path;
	slot->query = t->has_query ? ref_of(raw, t->query, t->query_len) :
				     ref_of(0, 0, 0);
	slot->prefix = prefix;
	slot->fields = ref_of(table, 0, raw - table);
	slot->body = ref_of(0, 0, 0);
	slot->local = c->local;
	khttp_origin_client(c, head->fields, head->n_fields, s->buf,
			    &slot->client);
	if (unlikely(c->origin)) {
		slot->peer = sizeof(*slot);
		memcpy(slot + 1, &c->origin->peer, sizeof(c->origin->peer));
	}
	rq->named = t->host.port;
	rq->has_query = t->has_query;
	rq->url_id = s->url->id;
	rq->group_id = s->url->group->id;
}
