// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/vary.h"

#include "http/coding.h"

/* The name at the start of @list, which moves behind it. */
static bool next_name(struct khttp_span *list, struct khttp_span *name)
{
	u32 len = 0;

	if (!list->len)
		return false;
	while (len < list->len && list->ptr[len] != ',')
		len++;
	*name = khttp_span_of(list->ptr, len);
	if (len < list->len)
		len++;
	list->ptr += len;
	list->len -= len;
	return true;
}

/* Less, equal or more than 0; @b in any case. */
static int compare(struct khttp_span a, struct khttp_span b)
{
	u32 i;

	for (i = 0; i < a.len && i < b.len; i++) {
		int diff = a.ptr[i] - khttp_ascii_lower(b.ptr[i]);

		if (diff)
			return diff;
	}
	return (int)a.len - (int)b.len;
}

/* At @at, where there is room for it and a comma. */
static void insert(struct khttp_vary_list *list, u32 at, struct khttp_span name)
{
	u32 gap = name.len + (list->len ? 1 : 0);
	bool last = at == list->len;
	u32 i;

	if (!last)
		memmove(list->text + at + gap, list->text + at, list->len - at);
	else if (list->len)
		list->text[at++] = ',';
	for (i = 0; i < name.len; i++)
		list->text[at + i] = khttp_ascii_lower(name.ptr[i]);
	if (!last)
		list->text[at + i] = ',';
	list->len = (u16)(list->len + gap);
	list->n++;
}

static bool add_name(struct khttp_vary_list *list, struct khttp_span name)
{
	struct khttp_span rest = { list->text, list->len };
	struct khttp_span have;
	u32 at = 0;

	while (next_name(&rest, &have)) {
		int diff = compare(have, name);

		if (!diff)
			return true;
		if (diff > 0)
			break;
		at = rest.len ? (u32)(rest.ptr - list->text) : list->len;
	}
	if (list->n == KHTTP_VARY_FIELDS_MAX ||
	    list->len + name.len + 1 > KHTTP_VARY_LIST_MAX)
		return false;
	insert(list, at, name);
	return true;
}

bool khttp_vary_line(struct khttp_vary_list *list, struct khttp_span line)
{
	struct khttp_span name;
	u32 pos = 0;

	while (khttp_list_next(line, &pos, &name)) {
		/* "*" is a token, but no field. */
		if (khttp_span_is(name, "*") || !khttp_token_ok(name.ptr, name.len) ||
		    !add_name(list, name))
			return false;
	}
	return true;
}

/* Lists by RFC 9110 section 12.5, in which blanks and lines mean nothing. */
static bool is_list(struct khttp_span name)
{
	switch (khttp_field_lookup(name.ptr, name.len)) {
	case KHTTP_FIELD_ACCEPT:
	case KHTTP_FIELD_ACCEPT_CHARSET:
	case KHTTP_FIELD_ACCEPT_LANGUAGE:
		return true;
	default:
		return false;
	}
}

static void put_list(struct khttp_out *out, struct khttp_span value)
{
	struct khttp_span item;
	u32 pos = 0;

	while (khttp_list_next(value, &pos, &item)) {
		khttp_out_span(out, item);
		khttp_out_text(out, ",");
	}
}

/* No field holds a line feed, so it tells one name's part from the next. */
static void put_field(struct khttp_out *out, struct khttp_span name,
		      const struct khttp_vary_request *rq)
{
	bool coding = khttp_field_lookup(name.ptr, name.len) ==
		      KHTTP_FIELD_ACCEPT_ENCODING;
	bool list = coding || is_list(name), present = false;
	struct khttp_codings codings = { 0 };
	struct khttp_span at, value;
	u32 i;

	for (i = 0; i < rq->n; i++) {
		rq->field(rq->of, i, &at, &value);
		if (!khttp_span_eq_fold(at, name))
			continue;
		if (!list || !present)
			khttp_out_text(out, "\n:");
		present = true;
		if (coding)
			khttp_codings_line(&codings, value);
		else if (list)
			put_list(out, value);
		else
			khttp_out_span(out, value);
	}
	if (coding && present)
		khttp_codings_put(&codings, out);
	khttp_out_text(out, "\n");
}

void khttp_vary_key(struct khttp_span list, const struct khttp_vary_request *rq,
		    struct khttp_out *out)
{
	struct khttp_span name;

	while (next_name(&list, &name))
		put_field(out, name, rq);
}

static void field_of_head(const void *of, u32 i, struct khttp_span *name,
			  struct khttp_span *value)
{
	const struct khttp_vary_head *from = (const struct khttp_vary_head *)of;
	const struct khttp_field *f = &from->head->fields[i];

	*name = khttp_span_of(from->buf + f->name, f->name_len);
	*value = khttp_span_of(from->buf + f->value, f->value_len);
}

void khttp_vary_key_of_head(struct khttp_span list,
			    const struct khttp_head *head, const char *buf,
			    struct khttp_out *out)
{
	const struct khttp_vary_head from = { head, buf };
	const struct khttp_vary_request rq = {
		&from, head->n_fields, field_of_head
	};

	khttp_vary_key(list, &rq, out);
}
