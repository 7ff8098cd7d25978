// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/freshness.h"

#include "http/date.h"
#include "http/reply.h"

bool khttp_age_value(struct khttp_span value, u32 *age)
{
	struct khttp_span first;
	u32 pos = 0;

	*age = 0;
	return khttp_list_next(value, &pos, &first) &&
	       khttp_delta_seconds(first, age);
}

static void note_targeted(struct khttp_freshness *f, struct khttp_span value)
{
	/* Together they are one Dictionary, so an empty one among others is a
	 * comma too many (RFC 8941 section 4.2).
	 */
	if (!value.len || !khttp_cache_control_targeted(&f->targeted, value))
		f->targeted_broken = true;
	f->targeted_lines++;
}

void khttp_freshness_field(struct khttp_freshness *f, enum khttp_field_id id,
			   struct khttp_span value, u64 now)
{
	switch (id) {
	case KHTTP_FIELD_CACHE_CONTROL:
		khttp_cache_control_line(&f->control, value);
		break;
	case KHTTP_FIELD_CDN_CACHE_CONTROL:
		note_targeted(f, value);
		break;
	case KHTTP_FIELD_DATE:
		f->has_date = khttp_date_parse(value.ptr, value.len, now,
					       &f->date);
		break;
	case KHTTP_FIELD_EXPIRES:
		f->has_expires = true;
		/* RFC 9111 section 5.3: no date, above all "0", is the past. */
		if (!khttp_date_parse(value.ptr, value.len, now, &f->expires))
			f->expires = 0;
		break;
	case KHTTP_FIELD_LAST_MODIFIED:
		f->has_modified = khttp_date_parse(value.ptr, value.len, now,
						   &f->modified);
		break;
	case KHTTP_FIELD_ETAG:
		f->has_etag = khttp_etag_ok(value);
		break;
	default:
		break;
	}
}

u32 khttp_freshness_keep(const struct khttp_freshness *f,
			 const struct khttp_freshness_ask *ask)
{
	/* RFC 9110 section 13.2.1: conditions are for what would be a 200. */
	return ask->status == 200 && (f->has_etag || f->has_modified) ? ask->keep : 0;
}

static u32 between(u64 from, u64 to)
{
	if (to <= from)
		return 0;
	return to - from > KHTTP_DELTA_SECONDS_MAX ? KHTTP_DELTA_SECONDS_MAX :
						     (u32)(to - from);
}

/* RFC 9110 section 15.1. */
static bool heuristically_cacheable(u16 status)
{
	switch (status) {
	case 200: case 203: case 204: case 300: case 301: case 308:
	case 404: case 405: case 410: case 414: case 501:
		return true;
	default:
		return false;
	}
}

/* RFC 9111 section 4.2.2; false: it has none. */
static bool heuristic(const struct khttp_freshness *f,
		      const struct khttp_cache_control *cc,
		      const struct khttp_freshness_ask *ask, u64 date,
		      u32 *lifetime)
{
	u32 since = between(f->modified, date);

	if (!ask->heuristic || !f->has_modified ||
	    (!heuristically_cacheable(ask->status) &&
	     !khttp_cc_says(cc, KHTTP_CC_PUBLIC)))
		return false;
	/* At most 100 per cent, so it is no more than since. */
	*lifetime = since / 100 * ask->heuristic +
		    since % 100 * ask->heuristic / 100;
	if (*lifetime > KHTTP_HEURISTIC_MAX)
		*lifetime = KHTTP_HEURISTIC_MAX;
	return true;
}

/* RFC 9111 section 4.2.1. @plain: Expires counts. */
static bool find_lifetime(const struct khttp_freshness *f,
			  const struct khttp_cache_control *cc,
			  const struct khttp_freshness_ask *ask, bool plain,
			  u32 *lifetime)
{
	u64 date = f->has_date ? f->date : ask->now;

	if (khttp_cc_says(cc, KHTTP_CC_S_MAXAGE)) {
		*lifetime = cc->s_maxage;
		return true;
	}
	if (khttp_cc_says(cc, KHTTP_CC_MAX_AGE)) {
		*lifetime = cc->max_age;
		return true;
	}
	if (plain && f->has_expires) {
		*lifetime = between(date, f->expires);
		return true;
	}
	return heuristic(f, cc, ask, date, lifetime);
}

/* RFC 9111 section 3, as far as the response's directives decide it. */
static enum khttp_cache_why why_not(const struct khttp_cache_control *cc,
				    const struct khttp_freshness_ask *ask,
				    bool shared)
{
	bool understood = khttp_cc_says(cc, KHTTP_CC_MUST_UNDERSTAND);

	/* Section 5.2.2.3: for who understands it, no-store is not there. */
	if (understood && !khttp_status_phrase(ask->status)[0])
		return KHTTP_CACHE_WHY_UNDERSTAND;
	if (!understood && khttp_cc_says(cc, KHTTP_CC_NO_STORE))
		return KHTTP_CACHE_WHY_NO_STORE;
	if (khttp_cc_says(cc, KHTTP_CC_PRIVATE))
		return KHTTP_CACHE_WHY_PRIVATE;
	if (ask->authorized && !shared)
		return KHTTP_CACHE_WHY_AUTHORIZATION;
	return KHTTP_CACHE_YES;
}

/* RFC 9111 section 4.2.3; without a Date, it was made when it came. */
static u32 initial_age(const struct khttp_freshness *f,
		       const struct khttp_freshness_ask *ask)
{
	u32 apparent = f->has_date ? between(f->date, ask->now) : 0;
	u64 corrected = (u64)f->age + ask->delay;

	if (corrected > KHTTP_DELTA_SECONDS_MAX)
		corrected = KHTTP_DELTA_SECONDS_MAX;
	return apparent > corrected ? apparent : (u32)corrected;
}

/* RFC 9111 section 4.2.4: s-maxage has proxy-revalidate in it (5.2.2.10). */
static void find_grace(const struct khttp_cache_control *cc,
		       const struct khttp_freshness_ask *ask,
		       struct khttp_freshness_term *term)
{
	bool never = khttp_cc_says(cc, KHTTP_CC_MUST_REVALIDATE) ||
		     khttp_cc_says(cc, KHTTP_CC_PROXY_REVALIDATE) ||
		     khttp_cc_says(cc, KHTTP_CC_S_MAXAGE);

	term->stale_while = ask->stale_while;
	term->stale_error = ask->stale_error;
	if (khttp_cc_says(cc, KHTTP_CC_STALE_WHILE))
		term->stale_while = cc->stale_while;
	if (khttp_cc_says(cc, KHTTP_CC_STALE_ERROR))
		term->stale_error = cc->stale_error;
	if (never)
		term->stale_while = term->stale_error = 0;
}

/* How long it is fresh; where that is no time, it has to be validated each time. */
static enum khttp_cache_why find_ttl(const struct khttp_freshness *f,
				     const struct khttp_cache_control *cc,
				     const struct khttp_freshness_ask *ask, bool plain,
				     struct khttp_freshness_term *term)
{
	u32 lifetime;

	term->age = initial_age(f, ask);
	term->ttl = 0;
	term->stale_while = term->stale_error = 0;
	if (khttp_cc_says(cc, KHTTP_CC_NO_CACHE))
		return KHTTP_CACHE_WHY_NO_CACHE;
	if (!find_lifetime(f, cc, ask, plain, &lifetime))
		return KHTTP_CACHE_WHY_NO_LIFETIME;
	if (!lifetime)
		return KHTTP_CACHE_WHY_TTL;
	if (term->age >= lifetime)
		return KHTTP_CACHE_WHY_STALE;
	term->ttl = lifetime - term->age;
	find_grace(cc, ask, term);
	return KHTTP_CACHE_YES;
}

enum khttp_cache_why khttp_freshness_judge(const struct khttp_freshness *f,
				const struct khttp_freshness_ask *ask,
				struct khttp_freshness_term *term)
{
	/* RFC 9213 section 2.1: then neither Cache-Control nor Expires counts. */
	bool targeted = f->targeted_lines && !f->targeted_broken;
	const struct khttp_cache_control *cc = targeted ? &f->targeted :
							  &f->control;
	enum khttp_cache_why why;

	term->shared = khttp_cc_says(cc, KHTTP_CC_PUBLIC) ||
		       khttp_cc_says(cc, KHTTP_CC_S_MAXAGE) ||
		       khttp_cc_says(cc, KHTTP_CC_MUST_REVALIDATE);
	why = why_not(cc, ask, term->shared);
	if (why)
		return why;
	term->keep = khttp_freshness_keep(f, ask);
	why = find_ttl(f, cc, ask, !targeted, term);
	/* Nobody said that it may be used: what has no lifetime is not kept. */
	if (term->keep && why != KHTTP_CACHE_WHY_NO_LIFETIME)
		return KHTTP_CACHE_YES;
	return why;
}

void khttp_cache_wish(const struct khttp_head *head, const char *buf,
		      struct khttp_cache_control *cc)
{
	bool control = khttp_head_has(head, KHTTP_FIELD_CACHE_CONTROL);
	enum khttp_field_id id = control ? KHTTP_FIELD_CACHE_CONTROL :
					   KHTTP_FIELD_PRAGMA;
	u32 i;

	memset(cc, 0, sizeof(*cc));
	if (!khttp_head_has(head, id))
		return;
	for (i = head->first[id]; i < head->n_fields; i++) {
		if (head->fields[i].id != id)
			continue;
		if (control)
			khttp_cache_control_line(cc, khttp_head_value(head, buf,
								      i));
		else if (khttp_list_has(khttp_head_value(head, buf, i),
					"no-cache"))
			cc->said |= 1u << KHTTP_CC_NO_CACHE;
	}
}

bool khttp_cache_wish_met(const struct khttp_cache_control *cc, u32 age,
			  u32 ttl)
{
	if (khttp_cc_says(cc, KHTTP_CC_NO_CACHE))
		return false;
	if (khttp_cc_says(cc, KHTTP_CC_MAX_AGE) && age > cc->max_age)
		return false;
	return !khttp_cc_says(cc, KHTTP_CC_MIN_FRESH) || ttl >= cc->min_fresh;
}
