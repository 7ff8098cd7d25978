// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A rule of a request filter: text to struct and back. */
#include "http/rule_text.h"

#include <linux/build_bug.h>

#include "http/out.h"
#include "http/prefix.h"

static const char *const action_words[] = {
	[KHTTP_RULE_ALLOW] = "allow",
	[KHTTP_RULE_DENY] = "deny",
	[KHTTP_RULE_CLOSE] = "close",
	[KHTTP_RULE_RATE] = "rate",
};

static const char *const cond_words[] = {
	[KHTTP_COND_FROM] = "from",
	[KHTTP_COND_METHOD] = "method",
	[KHTTP_COND_PATH] = "path",
	[KHTTP_COND_SEGMENT] = "segment",
	[KHTTP_COND_FIELD] = "field",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const u16 statuses[] = { 403, 404, 410, 451 };

/* What is left of a text, word by word. */
struct words {
	struct khttp_span rest;
	const char *error;
};

static bool blank(char c)
{
	return c == ' ';
}

static void skip_blanks(struct words *w)
{
	while (w->rest.len && blank(w->rest.ptr[0]))
		w->rest = khttp_span_behind(w->rest, 1);
}

static bool take_quoted(struct words *w, struct khttp_span *word)
{
	struct khttp_span inside = khttp_span_behind(w->rest, 1);
	const char *end = inside.len ? memchr(inside.ptr, w->rest.ptr[0],
					      inside.len) : NULL;
	u32 len = end ? (u32)(end - inside.ptr) : 0;

	if (!end || (len + 1 < inside.len && !blank(end[1]))) {
		w->error = "a word in quotes ends with the quote it began with";
		return false;
	}
	*word = khttp_span_of(inside.ptr, len);
	w->rest = khttp_span_behind(inside, len + 1);
	return true;
}

/* False: there is none, or it is wrong and w->error says how. */
static bool take(struct words *w, struct khttp_span *word)
{
	u32 len = 0;

	skip_blanks(w);
	if (!w->rest.len)
		return false;
	if (w->rest.ptr[0] == '"' || w->rest.ptr[0] == '\'')
		return take_quoted(w, word);
	while (len < w->rest.len && !blank(w->rest.ptr[len]))
		len++;
	*word = khttp_span_of(w->rest.ptr, len);
	w->rest = khttp_span_behind(w->rest, len);
	return true;
}

static int place_of(struct khttp_span word, const char *const *list, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (khttp_span_is(word, list[i]))
			return (int)i;
	return -1;
}

bool khttp_rule_name_ok(const char *name, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!khttp_char_is(name[i], KHTTP_CHAR_HOST))
			return false;
	return len && len <= KHTTP_RULE_NAME_MAX;
}

/* Elements between commas, none of them empty. */
static bool take_element(struct khttp_span *list, struct khttp_span *element)
{
	const char *comma = list->len ? memchr(list->ptr, ',', list->len) : NULL;
	u32 len = comma ? (u32)(comma - list->ptr) : list->len;

	*element = khttp_span_of(list->ptr, len);
	*list = khttp_span_behind(*list, comma ? len + 1 : len);
	/* "a," ends in one that is empty */
	if (comma && !list->len)
		element->len = 0;
	return element->len;
}

static const char *parse_net(struct khttp_span text, struct khttp_rule_net *net)
{
	if (text.ptr[0] != '@')
		return khttp_network_parse(text.ptr, text.len, &net->network);
	net->set = khttp_span_behind(text, 1);
	if (!khttp_rule_name_ok(net->set.ptr, net->set.len))
		return "names of sets are 1 to 63 of letters, digits, '.', '_', '-'";
	return NULL;
}

static const char *parse_from(struct khttp_rule *rule, struct khttp_cond *cond,
			      struct khttp_span list)
{
	struct khttp_span element;
	const char *error;

	cond->first = rule->n_nets;
	do {
		if (!take_element(&list, &element))
			return "say from which networks, with commas and no blanks between";
		if (rule->n_nets == KHTTP_RULE_NETS_MAX)
			return "no more than 8 networks in a rule: make a set of them";
		error = parse_net(element, &rule->nets[rule->n_nets]);
		if (error)
			return error;
		rule->n_nets++;
		cond->n++;
	} while (list.len);
	return NULL;
}

static const char *parse_methods(struct khttp_cond *cond, struct khttp_span list)
{
	struct khttp_span element;
	enum khttp_method method;

	BUILD_BUG_ON(KHTTP_METHOD__COUNT > 32);
	do {
		if (!take_element(&list, &element))
			return "say which methods, with commas and no blanks between";
		method = khttp_method_lookup(element.ptr, element.len);
		if (method == KHTTP_METHOD_UNKNOWN)
			return "no such method is known; for others write 'not' and those that are";
		cond->methods |= 1u << method;
	} while (list.len);
	return NULL;
}

static const char *parse_path(struct khttp_cond *cond, struct khttp_span path)
{
	if (!path.len || path.ptr[0] != '/')
		return "a path begins with a slash";
	cond->text = path;
	if (path.ptr[path.len - 1] == '/')
		cond->text.len--;
	return khttp_prefix_path_check(path);
}

static const char *parse_segment(struct khttp_cond *cond, struct khttp_span text)
{
	cond->text = text;
	if (!text.len || memchr(text.ptr, '/', text.len))
		return "a segment is what stands between two slashes of a path";
	return khttp_prefix_path_check(text);
}

static const char *parse_field(struct khttp_cond *cond, struct khttp_span text)
{
	const char *equals = text.len ? memchr(text.ptr, '=', text.len) : NULL;
	u32 len = equals ? (u32)(equals - text.ptr) : text.len;

	if (len > KHTTP_RULE_FIELD_MAX || !khttp_token_ok(text.ptr, len))
		return "name a field, and behind '=' what its value begins with";
	cond->text = khttp_span_of(text.ptr, len);
	cond->field = (u8)khttp_field_lookup(text.ptr, len);
	if (!equals)
		return NULL;
	cond->has_value = true;
	cond->value = khttp_span_behind(text, len + 1);
	if (!cond->value.len || blank(cond->value.ptr[0]))
		return "what a field's value begins with is no blank; leave '=' out for any value";
	return NULL;
}

static const char *parse_cond(struct khttp_rule *rule, struct khttp_cond *cond,
			      struct khttp_span word)
{
	switch (cond->kind) {
	case KHTTP_COND_FROM:
		return parse_from(rule, cond, word);
	case KHTTP_COND_METHOD:
		return parse_methods(cond, word);
	case KHTTP_COND_PATH:
		return parse_path(cond, word);
	case KHTTP_COND_SEGMENT:
		return parse_segment(cond, word);
	default:
		return parse_field(cond, word);
	}
}

/* @word begins a condition. */
static const char *take_cond(struct words *w, struct khttp_rule *rule,
			     struct khttp_span word)
{
	struct khttp_cond *cond = &rule->conds[rule->n_conds];
	int kind;

	if (rule->n_conds == KHTTP_RULE_CONDS_MAX)
		return "no more than 8 conditions in a rule";
	if (khttp_span_is(word, "not")) {
		cond->negated = true;
		if (!take(w, &word))
			return w->error ? w->error :
			       "behind 'not' comes a condition";
	}
	kind = place_of(word, cond_words, COUNT(cond_words));
	if (kind < 0)
		return "conditions are from, method, path, segment, field, or one behind 'not'";
	cond->kind = (u8)kind;
	if (!take(w, &word))
		return w->error ? w->error :
		       "behind from, method, path, segment, field comes what they ask for";
	rule->n_conds++;
	return parse_cond(rule, cond, word);
}

/* A number behind "deny" is its status. */
static bool take_status(struct words *w, struct khttp_rule *rule)
{
	struct words ahead = *w;
	struct khttp_span word;
	u64 number;
	u32 i;

	rule->status = 403;
	if (!take(&ahead, &word) || !khttp_number(word, &number))
		return true;
	*w = ahead;
	for (i = 0; i < COUNT(statuses); i++)
		if (number == statuses[i]) {
			rule->status = statuses[i];
			return true;
		}
	return false;
}

static const char *take_action(struct words *w, struct khttp_rule *rule)
{
	struct khttp_span word;
	int action = -1;

	if (take(w, &word))
		action = place_of(word, action_words, COUNT(action_words));
	if (action < 0)
		return w->error ? w->error :
		       "a rule begins with allow, deny, close or rate";
	rule->action = (u8)action;
	if (action == KHTTP_RULE_DENY && !take_status(w, rule))
		return "deny with 403 (the default), 404, 410 or 451";
	if (action != KHTTP_RULE_RATE)
		return NULL;
	if (!take(w, &rule->rate) ||
	    !khttp_rule_name_ok(rule->rate.ptr, rule->rate.len))
		return "say which rate, by its name; 'khttpctl rate list' shows them";
	return NULL;
}

const char *khttp_rule_parse(const char *text, u32 len, struct khttp_rule *rule)
{
	struct words w = { khttp_span_of(text, len), NULL };
	struct khttp_span word;
	const char *error;

	memset(rule, 0, sizeof(*rule));
	if (len > KHTTP_RULE_TEXT_MAX)
		return "the rule is longer than 1024 bytes";
	if (!khttp_text_ok(text, len))
		return "the rule holds control characters or is not UTF-8";
	error = take_action(&w, rule);
	while (!error && take(&w, &word))
		error = take_cond(&w, rule, word);
	return error ? error : w.error;
}

/* ---- and back ---- */

static bool has_char(struct khttp_span text, char c)
{
	return text.len && memchr(text.ptr, c, text.len);
}

/*
 * A word that may be anything: @a, and with @equals what follows that. One that
 * has to be quoted was quoted, so that it lacks one of the quotes.
 */
static void put_word(struct khttp_out *out, struct khttp_span a, bool equals,
		     struct khttp_span b)
{
	bool quoted = has_char(a, ' ') || has_char(b, ' ') ||
		      a.ptr[0] == '"' || a.ptr[0] == '\'';
	const char *quote = !quoted ? "" :
			    has_char(a, '"') || has_char(b, '"') ? "'" : "\"";

	khttp_out_text(out, quote);
	khttp_out_span(out, a);
	if (equals) {
		khttp_out_text(out, "=");
		khttp_out_span(out, b);
	}
	khttp_out_text(out, quote);
}

static void put_nets(struct khttp_out *out, const struct khttp_rule *rule,
		     const struct khttp_cond *cond)
{
	char text[KHTTP_NETWORK_TEXT_MAX];
	u32 i;

	for (i = 0; i < cond->n; i++) {
		const struct khttp_rule_net *net = &rule->nets[cond->first + i];

		khttp_out_text(out, i ? "," : "");
		if (net->set.len) {
			khttp_out_text(out, "@");
			khttp_out_span(out, net->set);
		} else {
			khttp_out_bytes(out, text,
					khttp_network_print(&net->network, text));
		}
	}
}

static void put_methods(struct khttp_out *out, u32 methods)
{
	const char *comma = "";
	u32 i;

	for (i = 0; i < KHTTP_METHOD__COUNT; i++) {
		if (!(methods & 1u << i))
			continue;
		khttp_out_text(out, comma);
		khttp_out_span(out, khttp_method_name((enum khttp_method)i));
		comma = ",";
	}
}

static void put_cond(struct khttp_out *out, const struct khttp_rule *rule,
		     const struct khttp_cond *cond)
{
	khttp_out_text(out, cond->negated ? " not " : " ");
	khttp_out_text(out, cond_words[cond->kind]);
	khttp_out_text(out, " ");
	if (cond->kind == KHTTP_COND_FROM)
		put_nets(out, rule, cond);
	else if (cond->kind == KHTTP_COND_METHOD)
		put_methods(out, cond->methods);
	else if (cond->kind == KHTTP_COND_PATH && !cond->text.len)
		khttp_out_text(out, "/");
	else
		put_word(out, cond->text, cond->has_value, cond->value);
}

u32 khttp_rule_print(const struct khttp_rule *rule, char *out, u32 size)
{
	struct khttp_out text;
	u32 i;

	khttp_out_init(&text, out, size);
	khttp_out_text(&text, action_words[rule->action]);
	if (rule->action == KHTTP_RULE_DENY && rule->status != 403) {
		khttp_out_text(&text, " ");
		khttp_out_number(&text, rule->status);
	}
	if (rule->action == KHTTP_RULE_RATE) {
		khttp_out_text(&text, " ");
		khttp_out_span(&text, rule->rate);
	}
	for (i = 0; i < rule->n_conds; i++)
		put_cond(&text, rule, &rule->conds[i]);
	return khttp_out_ok(&text) ? text.len : 0;
}
