// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A rule of a request filter: does a request match it? */
#include "http/rule.h"

#define SLASH '/'

/*
 * Is @path the subtree's root or something below it? @key has no empty segment
 * and no slash at its end; those of the path are passed over, because there
 * are applications that do so.
 */
static bool path_below(struct khttp_span key, struct khttp_span path)
{
	u32 at = 0;
	u32 i;

	for (i = 0; i < key.len; i++) {
		if (at == path.len || khttp_ascii_lower(key.ptr[i]) !=
				      khttp_ascii_lower(path.ptr[at]))
			return false;
		at++;
		if (key.ptr[i] != SLASH)
			continue;
		while (at < path.len && path.ptr[at] == SLASH)
			at++;
	}
	return !key.len || at == path.len || path.ptr[at] == SLASH;
}

static bool has_segment(struct khttp_span segment, struct khttp_span path)
{
	u32 start = 0;
	u32 i;

	for (i = 0; i <= path.len; i++) {
		if (i < path.len && path.ptr[i] != SLASH)
			continue;
		if (i - start == segment.len &&
		    khttp_span_eq_fold(segment, khttp_span_of(path.ptr + start,
							      segment.len)))
			return true;
		start = i + 1;
	}
	return false;
}

static bool value_begins(const struct khttp_cond *cond, struct khttp_span value)
{
	return !cond->has_value ||
	       (value.len >= cond->value.len &&
		khttp_span_eq(cond->value,
			      khttp_span_of(value.ptr, cond->value.len)));
}

static bool is_named(const struct khttp_cond *cond,
		     const struct khttp_field *field, const char *buf)
{
	if (field->id != cond->field)
		return false;
	return cond->field != KHTTP_FIELD_OTHER ||
	       khttp_span_eq_fold(cond->text, khttp_span_of(buf + field->name,
							    field->name_len));
}

/*
 * An absolute target replaces the field (RFC 9112 section 3.2.2): who looked at
 * that could be told anything. Hosts are the same in any case.
 */
static bool has_host(const struct khttp_cond *cond, struct khttp_span authority)
{
	if (!cond->has_value)
		return authority.len;
	return authority.len >= cond->value.len &&
	       khttp_span_eq_fold(cond->value, khttp_span_of(authority.ptr,
							     cond->value.len));
}

/* One line of this name will do, of however many there are. */
static bool has_field(const struct khttp_cond *cond,
		      const struct khttp_rule_query *query)
{
	const struct khttp_head *head = query->head;
	u32 i = 0;

	if (cond->field == KHTTP_FIELD_HOST)
		return has_host(cond, query->authority);
	if (cond->field != KHTTP_FIELD_OTHER) {
		if (!khttp_head_has(head, (enum khttp_field_id)cond->field))
			return false;
		i = head->first[cond->field];
	}
	for (; i < head->n_fields; i++)
		if (is_named(cond, &head->fields[i], query->buf) &&
		    value_begins(cond, khttp_head_value(head, query->buf, i)))
			return true;
	return false;
}

static bool is_from(const struct khttp_rule *rule, const struct khttp_cond *cond,
		    const struct khttp_rule_query *query)
{
	u32 i;

	for (i = cond->first; i < (u32)cond->first + cond->n; i++) {
		const struct khttp_rule_net *net = &rule->nets[i];

		if (net->set.len ? query->in_set(query, rule, i) :
				   khttp_network_has(&net->network,
						     &query->client))
			return true;
	}
	return false;
}

static bool holds(const struct khttp_rule *rule, const struct khttp_cond *cond,
		  const struct khttp_rule_query *query)
{
	switch (cond->kind) {
	case KHTTP_COND_FROM:
		return is_from(rule, cond, query);
	case KHTTP_COND_METHOD:
		return cond->methods & 1u << query->method;
	case KHTTP_COND_PATH:
		return path_below(cond->text, query->path);
	case KHTTP_COND_SEGMENT:
		return has_segment(cond->text, query->path);
	default:
		return has_field(cond, query);
	}
}

bool khttp_rule_matches(const struct khttp_rule *rule,
			const struct khttp_rule_query *query)
{
	u32 i;

	for (i = 0; i < rule->n_conds; i++) {
		const struct khttp_cond *cond = &rule->conds[i];

		if (holds(rule, cond, query) == cond->negated)
			return false;
	}
	return true;
}
