// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/cache_policy.h"

#include <linux/limits.h>

#include "http/date.h"
#include "http/spelling.h"

struct why_row {
	const char *word;
	const char *text;
};

static const struct why_row rows[KHTTP_CACHE_WHY__COUNT] = {
	[KHTTP_CACHE_YES] = { "yes", "" },
#define WHY_ROW(name, word, text) [KHTTP_CACHE_WHY_##name] = { word, text },
	KHTTP_CACHE_WHY_LIST(WHY_ROW)
#undef WHY_ROW
};

static const struct why_row *row_of(enum khttp_cache_why why)
{
	u32 index = (u32)why;

	return &rows[index < KHTTP_CACHE_WHY__COUNT ? index : KHTTP_CACHE_YES];
}

const char *khttp_cache_why_word(enum khttp_cache_why why)
{
	return row_of(why)->word;
}

const char *khttp_cache_why_text(enum khttp_cache_why why)
{
	return row_of(why)->text;
}

#define HAS(name) KHTTP_FIELD_BIT(KHTTP_FIELD_##name)

/* Fields that mostly do not come, so one test decides for most requests. */
#define NEEDS_WORKER (HAS(AUTHORIZATION) | HAS(PROXY_AUTHORIZATION) |	\
		      HAS(RANGE) | HAS(IF_RANGE) | HAS(IF_MATCH) |	\
		      HAS(IF_UNMODIFIED_SINCE) | HAS(EXPECT))

static enum khttp_cache_why why_not_field(u64 seen)
{
	if (seen & (HAS(IF_MATCH) | HAS(IF_UNMODIFIED_SINCE)))
		return KHTTP_CACHE_WHY_CONDITION;
	if (seen & HAS(EXPECT))
		return KHTTP_CACHE_WHY_EXPECT;
	/* These two last: what is stored may do for such requests all the same */
	if (seen & (HAS(RANGE) | HAS(IF_RANGE)))
		return KHTTP_CACHE_WHY_RANGE;
	/* RFC 9111 section 3.5: if the response allows it. */
	return KHTTP_CACHE_WHY_AUTHORIZATION;
}

enum khttp_cache_why khttp_cache_request(const struct khttp_head *head)
{
	if (head->method != KHTTP_METHOD_GET &&
	    head->method != KHTTP_METHOD_HEAD)
		return KHTTP_CACHE_WHY_METHOD;
	/* The body would have to be read before the next request. */
	if ((head->flags & KHTTP_HEAD_CHUNKED) ||
	    ((head->flags & KHTTP_HEAD_LENGTH) && head->content_length))
		return KHTTP_CACHE_WHY_BODY;
	if (head->flags & KHTTP_HEAD_UPGRADE)
		return KHTTP_CACHE_WHY_UPGRADE;
	if (head->seen & NEEDS_WORKER)
		return why_not_field(head->seen);
	return KHTTP_CACHE_YES;
}

bool khttp_cache_only(const struct khttp_head *head, const char *buf)
{
	u32 i;

	if (!khttp_head_has(head, KHTTP_FIELD_CACHE_CONTROL))
		return false;
	for (i = head->first[KHTTP_FIELD_CACHE_CONTROL]; i < head->n_fields;
	     i++)
		if (head->fields[i].id == KHTTP_FIELD_CACHE_CONTROL &&
		    khttp_list_has(khttp_head_value(head, buf, i),
				   "only-if-cached"))
			return true;
	return false;
}

/* Final, whole, and not about the state of this one exchange or connection. */
static bool status_storable(u16 status)
{
	return status >= 200 && status <= 599 && status != 205 &&
	       status != 206 && status != 304 && status != 426;
}

enum khttp_cache_why khttp_cache_store(const struct khttp_head *head,
				       const struct khttp_cache_offer *offer)
{
	enum khttp_cache_why why = khttp_cache_request(head);

	if (!offer->asked)
		return KHTTP_CACHE_WHY_NOT_ASKED;
	if (why)
		return why;
	/* The answer to HEAD has no body to serve a GET with. */
	if (head->method != KHTTP_METHOD_GET)
		return KHTTP_CACHE_WHY_METHOD;
	if (!offer->ttl)
		return KHTTP_CACHE_WHY_TTL;
	/* With others Content-Range has no meaning (RFC 9110 section 14.4). */
	if (offer->status == 206)
		return KHTTP_CACHE_WHY_PARTIAL;
	if (!status_storable(offer->status))
		return KHTTP_CACHE_WHY_STATUS;
	/* What is there is likely there for all; a redirect to the usual spelling is not. */
	if (offer->spelling == KHTTP_SPELLING_ODD ||
	    (offer->spelling == KHTTP_SPELLING_ESCAPED && offer->status >= 300))
		return KHTTP_CACHE_WHY_SPELLING;
	if (offer->varies_by_all)
		return KHTTP_CACHE_WHY_VARY;
	if (offer->bad_tags)
		return KHTTP_CACHE_WHY_TAGS;
	if ((offer->fields & HAS(SET_COOKIE)) && !offer->may_set_cookie)
		return KHTTP_CACHE_WHY_SET_COOKIE;
	if (offer->size > offer->max_size)
		return KHTTP_CACHE_WHY_SIZE;
	return KHTTP_CACHE_YES;
}

/* Without "W/"; RFC 9110 section 8.8.3.2 compares the rest. */
static struct khttp_span opaque_tag(struct khttp_span etag)
{
	if (etag.len >= 2 && etag.ptr[0] == 'W' && etag.ptr[1] == '/') {
		etag.ptr += 2;
		etag.len -= 2;
	}
	return etag;
}

/* etagc: visible but not a quote, or from 0x80 up. */
static bool is_etag_char(char c)
{
	u8 byte = (u8)c;

	return byte == 0x21 || (byte >= 0x23 && byte != 0x7f);
}

/* Length of the entity tag at the start of @text, or 0. */
static u32 etag_len(struct khttp_span text)
{
	struct khttp_span tag = opaque_tag(text);
	u32 i = 1;

	if (!tag.len || tag.ptr[0] != '"')
		return 0;
	while (i < tag.len && is_etag_char(tag.ptr[i]))
		i++;
	if (i == tag.len || tag.ptr[i] != '"')
		return 0;
	return text.len - tag.len + i + 1;
}

bool khttp_etag_ok(struct khttp_span etag)
{
	return etag.len && etag_len(etag) == etag.len;
}

static u32 skip_blanks_and_commas(struct khttp_span text, u32 pos)
{
	while (pos < text.len &&
	       (text.ptr[pos] == ' ' || text.ptr[pos] == '\t' ||
		text.ptr[pos] == ','))
		pos++;
	return pos;
}

/*
 * One line of If-None-Match. Entity tags may hold commas and backslashes, so
 * they are no list elements in the sense of khttp_list_next().
 */
static bool none_match_hits(struct khttp_span value, struct khttp_span etag)
{
	u32 pos = 0;

	if (khttp_span_is(value, "*"))
		return true;
	while ((pos = skip_blanks_and_commas(value, pos)) < value.len) {
		u32 len = etag_len(khttp_span_of(value.ptr + pos,
						 value.len - pos));

		/* What is no entity tag matches nothing, nor does the rest. */
		if (!len)
			return false;
		if (khttp_span_eq(opaque_tag(khttp_span_of(value.ptr + pos,
							   len)),
				  opaque_tag(etag)))
			return true;
		pos += len;
	}
	return false;
}

static bool any_none_match_hits(const struct khttp_head *head, const char *buf,
				struct khttp_span etag)
{
	u32 i;

	for (i = head->first[KHTTP_FIELD_IF_NONE_MATCH]; i < head->n_fields;
	     i++)
		if (head->fields[i].id == KHTTP_FIELD_IF_NONE_MATCH &&
		    none_match_hits(khttp_head_value(head, buf, i), etag))
			return true;
	return false;
}

bool khttp_cache_not_modified(const struct khttp_head *head, const char *buf,
			      const struct khttp_cache_validators *stored,
			      u64 now)
{
	struct khttp_span value;
	u64 since;

	/* RFC 9110 section 13.2.1: not for what would not be a 2xx. */
	if (stored->status != 200)
		return false;
	/* RFC 9110 section 13.1.3: it makes If-Modified-Since ignored. */
	if (khttp_head_has(head, KHTTP_FIELD_IF_NONE_MATCH))
		return any_none_match_hits(head, buf, stored->etag);
	if (!khttp_head_has(head, KHTTP_FIELD_IF_MODIFIED_SINCE) ||
	    (head->repeated & HAS(IF_MODIFIED_SINCE)) ||
	    !stored->has_last_modified)
		return false;
	value = khttp_head_first(head, buf, KHTTP_FIELD_IF_MODIFIED_SINCE);
	return khttp_date_parse(value.ptr, value.len, now, &since) &&
	       stored->last_modified <= since;
}

u32 khttp_cache_age(u64 stored, u64 now)
{
	if (now <= stored)
		return 0;
	return now - stored > S32_MAX ? S32_MAX : (u32)(now - stored);
}

bool khttp_cache_fresh(u64 stored, u32 ttl, u64 now)
{
	return now < stored || now - stored < ttl;
}
