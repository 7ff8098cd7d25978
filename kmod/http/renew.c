// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/renew.h"

#include <linux/limits.h>

#include "http/block.h"
#include "http/cache_tag.h"
#include "http/date.h"

#define HAS(name) KHTTP_FIELD_BIT(KHTTP_FIELD_##name)

/* About the bytes that are stored, whatever the 304 says. */
#define OF_THE_BODY (HAS(CONTENT_ENCODING) | HAS(CONTENT_MD5) | HAS(CONTENT_RANGE))

/* Written anew for each that is sent. */
#define OF_THE_HEAD (HAS(CONTENT_LENGTH) | HAS(DATE))

static struct khttp_span value_of(const struct khttp_block_field *f)
{
	return khttp_span_of(f->value, f->value_len);
}

static enum khttp_field_id id_of(const struct khttp_block_field *f)
{
	return khttp_field_lookup(f->name, f->name_len);
}

static bool is_weak(struct khttp_span etag)
{
	return etag.len > 2 && etag.ptr[0] == 'W';
}

static struct khttp_span opaque(struct khttp_span etag)
{
	return is_weak(etag) ? khttp_span_of(etag.ptr + 2, etag.len - 2) : etag;
}

/* A strong one names just one response (RFC 9110 section 8.8.3.2). */
static bool same_etag(struct khttp_span stored, struct khttp_span said)
{
	if (!stored.len || !khttp_etag_ok(said))
		return false;
	if (!is_weak(said))
		return khttp_span_eq(stored, said);
	return khttp_span_eq(opaque(stored), opaque(said));
}

bool khttp_renew_matches(const struct khttp_cache_validators *stored,
			 struct khttp_span fields, u64 now)
{
	const char *pos = fields.ptr;
	bool by_tag = false, same = true;
	struct khttp_block_field f;
	u32 n = 0;
	u64 date;

	while (khttp_block_next(&pos, fields.ptr + fields.len, &f)) {
		enum khttp_field_id id = id_of(&f);

		if (++n > KHTTP_RENEW_FIELDS_MAX)
			return false;
		if (id == KHTTP_FIELD_ETAG) {
			by_tag = true;
			same = same_etag(stored->etag, value_of(&f));
		} else if (id == KHTTP_FIELD_LAST_MODIFIED && !by_tag &&
			   stored->has_last_modified) {
			same = khttp_date_parse(f.value, f.value_len, now, &date) &&
			       date == stored->last_modified;
		}
	}
	return same;
}

u64 khttp_renew_room(const struct khttp_renewal *r)
{
	/* A line's ": " and CRLF take as much as the two lengths of a record. */
	return (u64)r->head.len + r->fields.len + r->tags.len +
	       sizeof(struct khttp_block_lengths) + strlen("Surrogate-Key");
}

static void put(struct khttp_out *out, u32 *n, struct khttp_span name,
		struct khttp_span value)
{
	struct khttp_block_lengths len = { (u16)name.len, (u16)value.len };

	if (name.len > U16_MAX || value.len > U16_MAX) {
		out->full = true;
		return;
	}
	khttp_out_bytes(out, (const char *)&len, sizeof(len));
	khttp_out_span(out, name);
	khttp_out_span(out, value);
	(*n)++;
}

/* Those of the 304; which ones, as bits. */
static u64 put_new(const struct khttp_renewal *r, struct khttp_out *out, u32 *n)
{
	const char *pos = r->fields.ptr;
	struct khttp_block_field f;
	u64 seen = 0;

	while (khttp_block_next(&pos, r->fields.ptr + r->fields.len, &f)) {
		u64 bit = KHTTP_FIELD_BIT(id_of(&f));

		if (bit & OF_THE_BODY)
			continue;
		seen |= bit;
		put(out, n, khttp_span_of(f.name, f.name_len), value_of(&f));
	}
	return seen;
}

static bool has_name(struct khttp_span fields, struct khttp_span name)
{
	const char *pos = fields.ptr;
	struct khttp_block_field f;

	while (khttp_block_next(&pos, fields.ptr + fields.len, &f))
		if (khttp_span_eq_fold(khttp_span_of(f.name, f.name_len), name))
			return true;
	return false;
}

/* The next line of a head, from *@pos on. False: there is none. */
static bool next_line(struct khttp_span head, u32 *pos, struct khttp_span *line)
{
	u32 from = *pos, at;

	for (at = from + 1; at < head.len; at++) {
		if (head.ptr[at - 1] != '\r' || head.ptr[at] != '\n')
			continue;
		*pos = at + 1;
		*line = khttp_span_of(head.ptr + from, at - 1 - from);
		return true;
	}
	return false;
}

static bool split(struct khttp_span line, struct khttp_span *name,
		  struct khttp_span *value)
{
	u32 colon;

	for (colon = 0; colon < line.len && line.ptr[colon] != ':'; colon++)
		;
	/* ": ", as the kernel writes it. */
	if (line.len - colon < 2)
		return false;
	*name = khttp_span_of(line.ptr, colon);
	*value = khttp_span_of(line.ptr + colon + 2, line.len - colon - 2);
	return true;
}

/* @seen: fields of the 304. Its tags replace all tags, in whichever field. */
static bool is_replaced(const struct khttp_renewal *r, u64 seen, u64 bit,
			struct khttp_span name)
{
	if (bit == HAS(OTHER))
		return has_name(r->fields, name);
	if (bit & KHTTP_TAG_FIELDS)
		return seen & KHTTP_TAG_FIELDS;
	return seen & bit;
}

u32 khttp_renew_fields(const struct khttp_renewal *r, struct khttp_out *out)
{
	struct khttp_span line, name, value;
	u32 n = 0, pos = 0;
	u64 seen = put_new(r, out, &n), kept = 0;

	/* The first one is the status line. */
	next_line(r->head, &pos, &line);
	while (next_line(r->head, &pos, &line)) {
		u64 bit;

		if (!split(line, &name, &value))
			continue;
		bit = KHTTP_FIELD_BIT(khttp_field_lookup(name.ptr, name.len));
		if (bit & OF_THE_HEAD)
			continue;
		if (is_replaced(r, seen, bit, name))
			continue;
		kept |= bit;
		put(out, &n, name, value);
	}
	if (r->tags.len && !((seen | kept) & KHTTP_TAG_FIELDS))
		put(out, &n, khttp_span_str("Surrogate-Key"), r->tags);
	return n;
}
