// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/range.h"

#include <linux/minmax.h>
#include <linux/overflow.h>

#include "http/cache_policy.h"
#include "http/date.h"
#include "http/field.h"
#include "http/reply.h"

/* ---- what is asked for ---- */

/* One that 64 bits cannot hold is beyond any body: it counts as the largest. */
static bool position(struct khttp_span digits, u64 *out)
{
	u64 number = 0;
	u32 i;

	for (i = 0; i < digits.len; i++) {
		if (!khttp_char_is(digits.ptr[i], KHTTP_CHAR_DIGIT))
			return false;
		if (check_mul_overflow(number, (u64)10, &number) ||
		    check_add_overflow(number, (u64)(digits.ptr[i] - '0'),
				       &number))
			number = U64_MAX;
	}
	*out = number;
	return digits.len > 0;
}

/* As it stands there: "first-", "first-last" or "-length" (section 14.1.2). */
struct spec {
	u64 first;		/* length of the suffix, if it is one */
	u64 last;
	bool suffix;
};

static bool read_spec(struct khttp_span item, struct spec *spec)
{
	struct khttp_span left = item, right;

	for (left.len = 0; left.len < item.len; left.len++)
		if (item.ptr[left.len] == '-')
			break;
	if (left.len == item.len)
		return false;
	right = khttp_span_of(item.ptr + left.len + 1, item.len - left.len - 1);
	spec->suffix = !left.len;
	spec->last = U64_MAX;
	if (!position(spec->suffix ? right : left, &spec->first))
		return false;
	if (spec->suffix || !right.len)
		return true;
	return position(right, &spec->last) && spec->last >= spec->first;
}

/* False: it cannot be satisfied. */
static bool apply(const struct spec *spec, u64 size, struct khttp_range *part)
{
	if (spec->suffix) {
		part->len = min_t(u64, spec->first, size);
		part->first = size - part->len;
		return part->len;
	}
	if (spec->first >= size)
		return false;
	part->first = spec->first;
	part->len = min_t(u64, spec->last, size - 1) - spec->first + 1;
	return true;
}

static bool touch(const struct khttp_range *a, const struct khttp_range *b)
{
	return a->first <= b->first + b->len && b->first <= a->first + a->len;
}

static struct khttp_range join(const struct khttp_range *a,
			       const struct khttp_range *b)
{
	u64 end = max_t(u64, a->first + a->len, b->first + b->len);
	struct khttp_range both = { .first = min_t(u64, a->first, b->first) };

	both.len = end - both.first;
	return both;
}

/* There is room: each of at most KHTTP_RANGES_MAX is added once. */
static void add_range(struct khttp_ranges *r, struct khttp_range part)
{
	u32 i = 0, k, place = r->n;

	while (i < r->n) {
		if (!touch(&r->part[i], &part)) {
			i++;
			continue;
		}
		part = join(&r->part[i], &part);
		r->n--;
		for (k = i; k < r->n; k++)
			r->part[k] = r->part[k + 1];
		place = min_t(u32, place, i);
		/* It grew, and may touch one that it did not */
		i = 0;
	}
	place = min_t(u32, place, r->n);
	for (k = r->n; k > place; k--)
		r->part[k] = r->part[k - 1];
	r->part[place] = part;
	r->n++;
}

enum khttp_range_kind khttp_ranges_parse(struct khttp_span value, u64 size,
					 struct khttp_ranges *ranges)
{
	static const char unit[] = "bytes=";
	const u32 skip = sizeof(unit) - 1;
	bool all_of_nothing = false;
	struct khttp_range part;
	struct khttp_span item;
	struct spec spec;
	u32 pos = skip, n = 0;

	ranges->n = 0;
	if (size > KHTTP_RANGE_SIZE_MAX || value.len < skip ||
	    !khttp_span_is_fold(khttp_span_of(value.ptr, skip), unit))
		return KHTTP_RANGE_WHOLE;
	while (khttp_list_next(value, &pos, &item)) {
		if (++n > KHTTP_RANGES_MAX || !read_spec(item, &spec))
			return KHTTP_RANGE_WHOLE;
		if (apply(&spec, size, &part))
			add_range(ranges, part);
		else if (!size && spec.suffix && spec.first)
			all_of_nothing = true;
	}
	if (!n || all_of_nothing)
		return KHTTP_RANGE_WHOLE;
	return ranges->n ? KHTTP_RANGE_PARTS : KHTTP_RANGE_NONE;
}

/* ---- whether it gets that ---- */

struct khttp_span khttp_range_line(struct khttp_span fields, const char *name)
{
	struct khttp_span wanted = khttp_span_str(name);
	const char *at = fields.ptr, *end = fields.ptr + fields.len;

	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));
		u32 len = (u32)((lf ? lf + 1 : end) - at);

		if (len > wanted.len && at[wanted.len] == ':' &&
		    khttp_span_eq_fold(khttp_span_of(at, wanted.len), wanted))
			return khttp_span_of(at, len);
		at += len;
	}
	return khttp_span_of(NULL, 0);
}

static bool is_strong_date(const struct khttp_range_stored *stored, u64 now)
{
	struct khttp_span line = khttp_range_line(stored->fields, "Date");
	const u32 name = sizeof("Date: ") - 1, around = name + 2;
	u64 date;

	return line.len > around &&
	       khttp_date_parse(line.ptr + name, line.len - around, now, &date) &&
	       stored->last_modified < date;
}

/* RFC 9110 section 13.1.5: whoever has the same still gets the rest of it. */
static bool if_range_holds(struct khttp_span value,
			   const struct khttp_range_stored *stored, u64 now)
{
	u64 date;

	/* Only a strong one begins with a quote, and compares with such. */
	if (value.len && value.ptr[0] == '"')
		return khttp_etag_ok(value) &&
		       khttp_span_eq(value, stored->etag);
	return stored->last_modified &&
	       khttp_date_parse(value.ptr, value.len, now, &date) &&
	       date == stored->last_modified && is_strong_date(stored, now);
}

enum khttp_range_kind khttp_range_choose(const struct khttp_head *head,
					 const char *buf,
					 const struct khttp_range_stored *stored,
					 u64 now, struct khttp_ranges *ranges)
{
	const u64 once = KHTTP_FIELD_BIT(KHTTP_FIELD_RANGE) |
			 KHTTP_FIELD_BIT(KHTTP_FIELD_IF_RANGE);

	if (head->method != KHTTP_METHOD_GET ||
	    !khttp_head_has(head, KHTTP_FIELD_RANGE) || (head->repeated & once))
		return KHTTP_RANGE_WHOLE;
	if (khttp_head_has(head, KHTTP_FIELD_IF_RANGE) &&
	    !if_range_holds(khttp_head_first(head, buf, KHTTP_FIELD_IF_RANGE),
			    stored, now))
		return KHTTP_RANGE_WHOLE;
	return khttp_ranges_parse(khttp_head_first(head, buf, KHTTP_FIELD_RANGE),
				  stored->size, ranges);
}

/* ---- what is said about it ---- */

void khttp_range_content(struct khttp_out *out, const struct khttp_range *part,
			 u64 size)
{
	khttp_out_text(out, "Content-Range: bytes ");
	if (part) {
		khttp_out_number(out, part->first);
		khttp_out_text(out, "-");
		khttp_out_number(out, part->first + part->len - 1);
	} else {
		khttp_out_text(out, "*");
	}
	khttp_out_text(out, "/");
	khttp_out_number(out, size);
	khttp_out_text(out, "\r\n");
}

void khttp_multipart_boundary(struct khttp_multipart *m, u64 secret)
{
	u32 i;

	for (i = 0; i < KHTTP_MULTIPART_BOUNDARY; i++, secret >>= 4)
		m->boundary[i] = "0123456789abcdef"[secret & 15];
}

u32 khttp_multipart_text(const struct khttp_multipart *m, u32 i, char *text)
{
	bool last = i == m->ranges.n;
	struct khttp_out out;

	khttp_out_init(&out, text, KHTTP_MULTIPART_TEXT_MAX);
	/* The line's end before a delimiter belongs to it, not to the part */
	khttp_out_text(&out, i ? "\r\n--" : "--");
	khttp_out_bytes(&out, m->boundary, sizeof(m->boundary));
	khttp_out_text(&out, last ? "--\r\n" : "\r\n");
	if (last)
		return out.len;
	khttp_out_span(&out, m->type);
	khttp_range_content(&out, &m->ranges.part[i], m->size);
	khttp_out_text(&out, "\r\n");
	return out.len;
}

void khttp_multipart_fields(struct khttp_out *out, struct khttp_multipart *m)
{
	char text[KHTTP_MULTIPART_TEXT_MAX];
	u32 i;

	m->length = 0;
	for (i = 0; i < m->ranges.n; i++)
		m->length += khttp_multipart_text(m, i, text) +
			     m->ranges.part[i].len;
	m->length += khttp_multipart_text(m, i, text);
	khttp_out_text(out, "Content-Type: multipart/byteranges; boundary=");
	khttp_out_bytes(out, m->boundary, sizeof(m->boundary));
	khttp_out_text(out, "\r\n");
	khttp_reply_length(out, m->length);
}
