// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/forwarded.h"

/*
 * A list is read from its right end, where the proxies we trust have written.
 * What stands left of it may come from anybody: a quote that is opened there
 * and never closed must not swallow what a proxy has appended. So elements are
 * found from right to left, too.
 */
struct list {
	struct khttp_span text;
	u32 end;		/* behind the next element; 0: none is left */
	bool quotes;		/* commas may be quoted */
};

/* Does an odd number of backslashes stand before @at? */
static bool is_escaped(struct khttp_span text, u32 at)
{
	u32 n = 0;

	while (n < at && text.ptr[at - n - 1] == '\\')
		n++;
	return n & 1;
}

/* Where the element ends that begins behind the comma before @end, or 0 */
static u32 element_start(const struct list *list, u32 end)
{
	bool quoted = false;

	for (; end; end--) {
		char c = list->text.ptr[end - 1];

		if (c == ',' && !quoted)
			break;
		if (c == '"' && list->quotes && !is_escaped(list->text, end - 1))
			quoted = !quoted;
	}
	return end;
}

/* The last element not yet seen; empty ones do not count (RFC 9110 5.6.1) */
static bool last_element(struct list *list, struct khttp_span *element)
{
	while (list->end) {
		u32 end = list->end;
		u32 start = element_start(list, end);

		list->end = start ? start - 1 : 0;
		*element = khttp_span_trim(khttp_span_of(list->text.ptr + start,
							 end - start));
		if (element->len)
			return true;
	}
	return false;
}

/* Length of the quoted string at the start of @text, or 0 */
static u32 quoted_len(struct khttp_span text)
{
	u32 i;

	for (i = 1; i < text.len; i++) {
		if (text.ptr[i] == '"')
			return i + 1;
		if (text.ptr[i] == '\\')
			i++;
	}
	return 0;
}

/* A value at the start of @text, as it is written; its length, or 0 */
static u32 value_len(struct khttp_span text)
{
	u32 n = 0;

	if (text.len && text.ptr[0] == '"')
		return quoted_len(text);
	while (n < text.len && khttp_char_is(text.ptr[n], KHTTP_CHAR_TOKEN))
		n++;
	return n;
}

static void cut(struct khttp_span *text, u32 n)
{
	*text = khttp_span_of(text->ptr + n, text->len - n);
}

/* name=value off the front of @rest; false when it is malformed */
static bool take_pair(struct khttp_span *rest, struct khttp_span *name,
		      struct khttp_span *value)
{
	u32 n = 0;

	*rest = khttp_span_trim(*rest);
	while (n < rest->len && khttp_char_is(rest->ptr[n], KHTTP_CHAR_TOKEN))
		n++;
	*name = khttp_span_of(rest->ptr, n);
	if (!n || n == rest->len || rest->ptr[n] != '=')
		return false;
	cut(rest, n + 1);
	n = value_len(*rest);
	if (!n)
		return false;
	*value = khttp_span_of(rest->ptr, n);
	cut(rest, n);
	*rest = khttp_span_trim(*rest);
	if (!rest->len)
		return true;
	if (rest->ptr[0] != ';')
		return false;
	cut(rest, 1);
	return true;
}

/* A node (RFC 7239 section 6) with an address; its port may be hidden */
static bool parse_node(struct khttp_span text, struct khttp_node *node)
{
	u32 i;

	if (text.len >= 2 && text.ptr[0] == '"')
		text = khttp_span_of(text.ptr + 1, text.len - 2);
	for (i = 1; i < text.len; i++)
		if (text.ptr[i] == '_' && text.ptr[i - 1] == ':')
			text.len = i - 1;
	return khttp_node_parse(text, node);
}

static bool parse_forwarded(struct khttp_span element, struct khttp_node *node)
{
	struct khttp_span text = khttp_span_of(NULL, 0);
	struct khttp_span name, value;

	while (element.len) {
		if (element.ptr[0] == ';') {
			cut(&element, 1);
			continue;
		}
		if (!take_pair(&element, &name, &value))
			return false;
		if (!khttp_span_is_fold(name, "for"))
			continue;
		if (text.ptr)
			return false;
		text = value;
	}
	return parse_node(text, node);
}

/* True: @client is who wrote the first of the elements that were believed */
static bool walk_list(const struct khttp_forwarded *by, struct list *list,
		      u32 *budget, struct khttp_node *client)
{
	struct khttp_span element;
	struct khttp_node next;

	while (last_element(list, &element)) {
		bool ok;

		if (!*budget || !khttp_network_any(by->trusted, by->n_trusted,
						   &client->address))
			return true;
		(*budget)--;
		ok = list->quotes ? parse_forwarded(element, &next) :
				    khttp_node_parse(element, &next);
		if (!ok)
			return true;
		*client = next;
	}
	return false;
}

void khttp_forwarded_walk(const struct khttp_forwarded *by,
			  const struct khttp_field *fields, u32 n,
			  const char *base, struct khttp_node *client)
{
	u32 budget = KHTTP_FORWARDED_MAX;

	while (n--) {
		struct list list;

		if (fields[n].id != by->field)
			continue;
		list.text = khttp_span_of(base + fields[n].value,
					  fields[n].value_len);
		list.end = list.text.len;
		list.quotes = by->field == KHTTP_FIELD_FORWARDED;
		if (walk_list(by, &list, &budget, client))
			return;
	}
}
