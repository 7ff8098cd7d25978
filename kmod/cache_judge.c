// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether an answer is stored, for how long, and by which fields it varies: what
 * its worker says of it, its own fields, and its group's policy.
 */
#include "cache.h"
#include "cache_i.h"
#include "http/cache_policy.h"
#include "limits.h"
#include "net.h"
#include "response.h"

/* What stands in the answer's fields, as far as it matters here */
static void read_fields(const struct khttp_answer *a, u64 now,
			struct khttp_freshness *f, struct khttp_entry_plan *p,
			struct khttp_cache_offer *offer)
{
	const char *pos = a->fields;
	struct khttp_block_field field;

	while (khttp_block_next(&pos, a->fields + a->fields_len, &field)) {
		struct khttp_span value = { field.value, field.value_len };
		enum khttp_field_id id = khttp_field_lookup(field.name,
							    field.name_len);

		offer->fields |= KHTTP_FIELD_BIT(id);
		if (unlikely(KHTTP_FIELD_BIT(id) & KHTTP_TAG_FIELDS))
			offer->bad_tags |= !khttp_tag_line(&p->tags, value);
		else if (id == KHTTP_FIELD_VARY)
			offer->varies_by_all |= !khttp_vary_line(&p->vary, value);
		else
			khttp_freshness_field(f, id, value, now);
	}
	/* The field itself is the kernel's and not there any more */
	f->age = a->age;
}

/* How long it is fresh */
static enum khttp_cache_why find_term(const struct khttp_answer *a,
				      const struct khttp_freshness *f,
				      const struct khttp_cache_request *rq, u64 now,
				      struct khttp_freshness_term *term)
{
	const struct khttp_freshness_ask ask = {
		.now = now,
		.delay = rq->delay,
		.heuristic = rq->caching >> KHTTP_CACHING_HEURISTIC,
		.status = a->status,
		.authorized = rq->why == KHTTP_CACHE_WHY_AUTHORIZATION,
		.stale_while = rq->stale_while,
		.stale_error = rq->stale_error,
		.keep = rq->keep,
	};

	switch (a->caching) {
	case KHTTP_ANSWER_TTL:
		term->ttl = a->ttl;
		term->stale_while = rq->stale_while;
		term->stale_error = rq->stale_error;
		term->keep = khttp_freshness_keep(f, &ask);
		return rq->why;
	case KHTTP_ANSWER_AUTO:
		return khttp_freshness_judge(f, &ask, term);
	case KHTTP_ANSWER_NEVER:
		return KHTTP_CACHE_WHY_NEVER;
	default:
		return KHTTP_CACHE_WHY_NOT_ASKED;
	}
}

/**
 * khttp_cache_judge - is this answer to be stored?
 * @c: the cache
 * @p: its answer and body_len are set; term, vary and tags are set here
 * @rq: what the request says to that
 *
 * Context: any. Returns KHTTP_CACHE_YES, or why not.
 */
enum khttp_cache_why khttp_cache_judge(const struct khttp_cache *c,
				       struct khttp_entry_plan *p,
				       const struct khttp_cache_request *rq)
{
	static const struct khttp_head plain = { .method = KHTTP_METHOD_GET };
	const struct khttp_answer *a = p->answer;
	u64 now = ktime_get_real_seconds();
	struct khttp_cache_offer offer = {
		/* Not known: it is looked at while it comes */
		.size = p->body_len == KHTTP_LENGTH_UNKNOWN ? 0 : p->body_len,
		.max_size = READ_ONCE(c->net->limits.cache_object),
		.status = a->status,
		.spelling = rq->spelling,
		.asked = true,
		.may_set_cookie = a->caching == KHTTP_ANSWER_AUTO &&
				  rq->caching & KHTTP_CACHING_COOKIE,
	};
	struct khttp_freshness f = {};
	enum khttp_cache_why why;

	/* The request's side was judged when it came. Credentials alone do not
	 * decide: see RFC 9111 section 3.5
	 */
	if (rq->why && rq->why != KHTTP_CACHE_WHY_AUTHORIZATION)
		return rq->why;
	memset(&p->term, 0, sizeof(p->term));
	memset(&p->vary, 0, sizeof(p->vary));
	memset(&p->tags, 0, sizeof(p->tags));
	read_fields(a, now, &f, p, &offer);
	why = find_term(a, &f, rq, now, &p->term);
	if (why)
		return why;
	/* What is not fresh at all may still be kept to be validated */
	offer.ttl = p->term.ttl ?: p->term.keep;
	/* What the request says is known already: as if it were a plain GET */
	return khttp_cache_store(&plain, &offer);
}

enum khttp_cache_why khttp_cache_why_error(long err)
{
	switch (err) {
	case -EFBIG:
		return KHTTP_CACHE_WHY_SIZE;
	case -ESTALE:
		return KHTTP_CACHE_WHY_PURGED;
	case -EDQUOT:
		return KHTTP_CACHE_WHY_SHARE;
	case -ENOMEM:
		return KHTTP_CACHE_WHY_MEMORY;
	case -EMSGSIZE:	/* less, or more, than was announced */
	case -EFAULT:
	case -EINTR:
		return KHTTP_CACHE_WHY_ABORTED;
	default:
		return KHTTP_CACHE_WHY_BUDGET;
	}
}
