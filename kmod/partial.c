// SPDX-License-Identifier: GPL-2.0-only
/* Parts of a stored response instead of all of it (RFC 9110 section 14). */

#include "partial.h"

#include <linux/ktime.h>
#include <linux/random.h>

#include "cache.h"
#include "canned.h"
#include "http/range.h"
#include "http/reply.h"

#define STATUS_206 "HTTP/1.1 206 Partial Content\r\n"
#define STATUS_416 "HTTP/1.1 416 Range Not Satisfiable\r\n"

static void append(struct khttp_canned *a, const char *ptr, size_t len)
{
	a->iov[a->n].iov_base = (void *)ptr;
	a->iov[a->n++].iov_len = len;
}

/* The entry's lines between its status and Content-Length, which is the last */
static struct khttp_span fields_of(const struct khttp_entry *e)
{
	struct khttp_span head = e->head;
	const char *lf = memchr(head.ptr, '\n', head.len);
	struct khttp_span fields;

	fields = khttp_span_of(lf + 1, head.ptr + head.len - (lf + 1));
	fields.len -= khttp_range_line(fields, "Content-Length").len;
	return fields;
}

/*
 * Nothing of it is what the client asked for. What the entry says of its caching is
 * not said of this: it would be stored further on, as if it were the resource.
 */
static void none(struct khttp_canned *a, struct khttp_span fields, u64 size,
		 struct khttp_out *out)
{
	struct khttp_span server = khttp_range_line(fields, "Server");

	a->status = 416;
	append(a, STATUS_416, sizeof(STATUS_416) - 1);
	if (server.len)
		append(a, server.ptr, server.len);
	khttp_out_span(out, khttp_range_line(fields, "Date"));
	khttp_out_text(out, "Cache-Control: no-store\r\n");
	khttp_range_content(out, NULL, size);
	khttp_reply_length(out, 0);
}

static void one(const struct khttp_multipart *m, struct khttp_out *out)
{
	const struct khttp_range *part = &m->ranges.part[0];

	khttp_range_content(out, part, m->size);
	khttp_reply_length(out, part->len);
}

/* Its type goes into the parts, and the type of the whole in its place */
static bool several(struct khttp_span fields, struct khttp_multipart *m,
		    struct khttp_out *out)
{
	m->type = khttp_range_line(fields, "Content-Type");
	/* Sixteen times a long one would not be small any more */
	if (m->type.len > KHTTP_MULTIPART_TYPE_MAX)
		return false;
	khttp_multipart_boundary(m, get_random_u64());
	khttp_multipart_fields(out, m);
	return true;
}

static bool some(struct khttp_canned *a, struct khttp_entry *e,
		 struct khttp_span fields, struct khttp_multipart *m,
		 struct khttp_out *out)
{
	m->size = e->body_len;
	if (m->ranges.n == 1)
		one(m, out);
	else if (!several(fields, m, out))
		return false;
	a->status = 206;
	append(a, STATUS_206, sizeof(STATUS_206) - 1);
	append(a, fields.ptr, fields.len);
	a->entry = e;
	a->parts = m;
	return true;
}

bool khttp_partial_choose(struct khttp_canned *a, struct khttp_entry *e,
			  const struct khttp_head *head, const char *buf,
			  struct khttp_multipart *m, struct khttp_out *out)
{
	struct khttp_range_stored stored = {
		.etag = e->etag,
		.last_modified = e->last_modified,
		.size = e->body_len,
	};

	if (e->status != 200)
		return false;
	stored.fields = fields_of(e);
	/* Without a meaning there (RFC 9110 section 14.4), it would get one here */
	if (khttp_range_line(stored.fields, "Content-Range").len)
		return false;
	switch (khttp_range_choose(head, buf, &stored, ktime_get_real_seconds(),
				   &m->ranges)) {
	case KHTTP_RANGE_PARTS:
		return some(a, e, stored.fields, m, out);
	case KHTTP_RANGE_NONE:
		none(a, stored.fields, e->body_len, out);
		return true;
	default:
		return false;
	}
}
