// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a worker wrote into its slot becomes an answer.
 *
 * The worker may go on writing while we read. So everything is copied once,
 * and only the copy is looked at.
 */

#include "response.h"

#include <linux/mm.h>
#include <linux/string.h>

#include "alloc.h"
#include "http/copy.h"
#include "http/field.h"
#include "http/freshness.h"
#include "http/reply.h"
#include "tap.h"

#define REPLY_FLAGS (KHTTP_REPLY_HEAD | KHTTP_REPLY_MORE | KHTTP_REPLY_CLOSE | \
		     KHTTP_REPLY_CACHE | KHTTP_REPLY_LENGTH |		       \
		     KHTTP_REPLY_TRAILERS | KHTTP_REPLY_SHUT |		       \
		     KHTTP_REPLY_CACHE_AUTO | KHTTP_REPLY_CACHE_NEVER |       \
		     KHTTP_REPLY_TELL)
#define TTL_MAX 31536000

/* The kernel writes it, after its own or after this. Of several lines the first one
 * counts
 */
static void note_age(struct khttp_answer *a, const struct khttp_block_field *f)
{
	if (!(a->seen & KHTTP_FIELD_BIT(KHTTP_FIELD_AGE)))
		a->has_age = khttp_age_value(khttp_span_of(f->value, f->value_len),
					     &a->age);
	a->seen |= KHTTP_FIELD_BIT(KHTTP_FIELD_AGE);
}

/* -EINVAL, or whether the field goes out */
static int check_field(struct khttp_answer *a,
		       const struct khttp_block_field *f)
{
	enum khttp_field_id id;

	if (!khttp_field_identify(f->name, f->name_len, &id) ||
	    !khttp_field_value_ok(f->value, f->value_len))
		return -EINVAL;
	if (a->trailers)
		return khttp_field_trailer_ok(id) ? 1 : -EINVAL;
	switch (khttp_field_worker(id, a->status)) {
	case KHTTP_FIELD_SEND:
		/* Recipients differ on which of two counts (RFC 9110 5.3) */
		if ((a->seen & KHTTP_FIELD_BIT(id)) &&
		    (khttp_field_flags(id) & KHTTP_FIELD_ONCE))
			return -EINVAL;
		a->seen |= KHTTP_FIELD_BIT(id);
		return 1;
	case KHTTP_FIELD_REPLACE:
		if (id == KHTTP_FIELD_AGE)
			note_age(a, f);
		return 0;
	default:
		return -EINVAL;
	}
}

/*
 * Check every field of the copied block, and close the gaps that the ones
 * leave which the kernel writes itself.
 */
static int check_fields(struct khttp_answer *a, char *block, u32 len,
			u16 n_fields)
{
	const char *pos = block, *end = block + len;
	struct khttp_block_field f;
	char *to = block;
	u16 n = 0;
	int keep;

	while (khttp_block_next(&pos, end, &f)) {
		const char *from = f.name - sizeof(struct khttp_block_lengths);

		keep = check_field(a, &f);
		if (keep < 0)
			return keep;
		n_fields--;
		if (!keep)
			continue;
		if (to != from)
			memmove(to, from, pos - from);
		to += pos - from;
		n++;
	}
	/* Neither a torn record at the end nor another number than announced */
	if (pos != end || n_fields)
		return -EINVAL;
	a->fields_len = to - block;
	a->n_fields = n;
	return 0;
}

/* The field block, and what stands behind it */
static bool fields_inside(const struct khttp_reply *r, u32 request_area, u32 slot_size)
{
	return r->fields.off >= request_area && r->fields.off <= slot_size &&
	       r->fields.len <= slot_size - r->fields.off &&
	       r->log_len <= slot_size - r->fields.off - r->fields.len;
}

static int copy_fields(struct khttp_answer *a, const struct khttp_reply *r,
		       const void *slot, u32 request_area, u32 slot_size)
{
	char *block = a->few;
	int err;

	if (!r->nfields)
		return r->fields.len ? -EINVAL : 0;
	if (!fields_inside(r, request_area, slot_size))
		return -EINVAL;
	if (r->fields.len > KHTTP_REPLY_FIELDS_BYTES)
		return -E2BIG;
	if (r->fields.len > sizeof(a->few))
		block = khttp_kvmalloc(r->fields.len, GFP_KERNEL_ACCOUNT);
	if (!block)
		return -ENOMEM;
	a->fields = block;
	khttp_copy_text(block, slot + r->fields.off, r->fields.len);
	/* From here on the compiler may not look at the original again */
	barrier();
	err = check_fields(a, block, r->fields.len, r->nfields);
	if (err)
		khttp_response_free(a);
	return err;
}

static int check_caching(struct khttp_answer *a, const struct khttp_reply *r)
{
	switch (r->flags & (KHTTP_REPLY_CACHE | KHTTP_REPLY_CACHE_AUTO |
			    KHTTP_REPLY_CACHE_NEVER)) {
	case 0:
		return 0;
	case KHTTP_REPLY_CACHE:
		if (!r->ttl ||
		    (r->ttl > TTL_MAX && r->ttl != KHTTP_TTL_UNTIL_PURGED))
			return -EINVAL;
		a->ttl = r->ttl;
		a->caching = KHTTP_ANSWER_TTL;
		return 0;
	case KHTTP_REPLY_CACHE_AUTO:
		a->caching = KHTTP_ANSWER_AUTO;
		return 0;
	case KHTTP_REPLY_CACHE_NEVER:
		a->caching = KHTTP_ANSWER_NEVER;
		return 0;
	default:
		return -EINVAL;
	}
}

static int check_head(struct khttp_answer *a, const struct khttp_reply *r)
{
	if (!khttp_status_ok(r->status))
		return -EINVAL;
	/* Nothing of what follows is this answer's (RFC 9110 15.2.2) */
	if (r->status == 101 &&
	    (r->flags & (KHTTP_REPLY_LENGTH | KHTTP_REPLY_CACHE)))
		return -EINVAL;
	a->status = r->status;
	a->close = r->flags & KHTTP_REPLY_CLOSE;
	a->has_length = r->flags & KHTTP_REPLY_LENGTH;
	if (a->has_length) {
		if (r->content_length > S64_MAX)
			return -EINVAL;
		a->content_length = r->content_length;
	}
	return check_caching(a, r);
}

/* Copied once, as all else */
static int copy_flow(struct khttp_answer *a, const struct khttp_reply *r,
		     const void *slot, u32 request_area, u32 slot_size)
{
	if (likely(!r->flow))
		return 0;
	if (r->status == 101 || r->flow < request_area || r->flow > slot_size ||
	    slot_size - r->flow < sizeof(a->flow))
		return -EINVAL;
	memcpy(&a->flow, slot + r->flow, sizeof(a->flow));
	barrier();
	return khttp_tap_ok(&a->flow) ? 0 : -EINVAL;
}

static bool fragment_ok(const struct khttp_reply *r, u32 request_area, u32 slot_size)
{
	return r->fragment.len && r->fragment.len < KHTTP_PREFIX_MAX &&
	       r->fragment.off >= request_area && r->fragment.off <= slot_size &&
	       r->fragment.len <= slot_size - r->fragment.off;
}

static int check_body(const struct khttp_reply *r, u32 request_area, u32 slot_size)
{
	u32 reply_area = slot_size - request_area;

	if (r->body_len > S64_MAX && (r->body_kind != KHTTP_BODY_FRAGMENT ||
				      r->body_len != KHTTP_LENGTH_UNKNOWN))
		return -EINVAL;
	switch (r->body_kind) {
	case KHTTP_BODY_NONE:
		return r->body_len ? -EINVAL : 0;
	case KHTTP_BODY_SLOT:
		if (r->body_addr > reply_area ||
		    r->body_len > reply_area - r->body_addr)
			return -EINVAL;
		return 0;
	case KHTTP_BODY_FILE:
		return r->body_addr > S64_MAX - r->body_len ? -EINVAL : 0;
	case KHTTP_BODY_USER:
		return 0;
	case KHTTP_BODY_FRAGMENT:
		return fragment_ok(r, request_area, slot_size) ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

static int check_reply(const struct khttp_reply *r)
{
	u32 reserved = 0;

	if (r->body_kind != KHTTP_BODY_FRAGMENT)
		reserved |= r->fragment.off | r->fragment.len;
	/* Who does not ask may go on to take it for reserved */
	if (!(r->flags & KHTTP_REPLY_TELL))
		reserved |= r->stored;
	if (r->flags & ~REPLY_FLAGS || reserved)
		return -EINVAL;
	/* One field block can be a head's or the trailers', not both */
	if ((r->flags & KHTTP_REPLY_TRAILERS) &&
	    (r->flags & (KHTTP_REPLY_HEAD | KHTTP_REPLY_MORE)))
		return -EINVAL;
	/* It says one thing, and what says more comes before it or never */
	if ((r->flags & KHTTP_REPLY_SHUT) &&
	    (r->flags != (KHTTP_REPLY_SHUT | KHTTP_REPLY_MORE) ||
	     r->body_kind != KHTTP_BODY_NONE))
		return -EINVAL;
	return 0;
}

/**
 * khttp_response_copy - take a reply out of its slot
 * @copy: the reply, read once
 * @a: what of it goes to the client
 * @slot: start of the slot
 * @request_area: bytes before the reply
 * @slot_size: bytes altogether
 *
 * Context: sleeps. Returns and duties: see response.h.
 */
int khttp_response_copy(struct khttp_reply *copy, struct khttp_answer *a,
			const void *slot, u32 request_area, u32 slot_size)
{
	bool head, trailers;
	int err;

	memset(a, 0, offsetof(struct khttp_answer, few));
	memcpy(copy, slot + request_area, sizeof(*copy));
	/* From here on the compiler may not look at the original again */
	barrier();
	err = check_reply(copy) ?: check_body(copy, request_area, slot_size);
	if (!err && unlikely(copy->log_len) &&
	    (copy->log_len > KHTTP_LOG_FIELDS_MAX ||
	     !fields_inside(copy, request_area, slot_size)))
		err = -EINVAL;
	if (err)
		return err;
	head = copy->flags & KHTTP_REPLY_HEAD;
	trailers = copy->flags & KHTTP_REPLY_TRAILERS;
	a->trailers = trailers;
	if (head)
		err = check_head(a, copy) ?:
		      copy_flow(a, copy, slot, request_area, slot_size);
	if (!err && (head || trailers))
		err = copy_fields(a, copy, slot, request_area, slot_size);
	return err;
}

/**
 * khttp_response_free - give back what khttp_response_copy() took
 * @a: the answer; may be zeroed or freed already
 */
void khttp_response_free(struct khttp_answer *a)
{
	if (a->fields != a->few)
		kvfree(a->fields);
	a->fields = NULL;
}
