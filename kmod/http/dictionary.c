// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/dictionary.h"

#include "http/field.h"

/* Digits of an Integer, and of the two halves of a Decimal. */
#define INTEGER_DIGITS 15
#define WHOLE_DIGITS 12
#define FRACTION_DIGITS 3

struct cursor {
	const char *at;
	const char *end;
};

static bool more(const struct cursor *c)
{
	return c->at < c->end;
}

static bool is_next(const struct cursor *c, char what)
{
	return more(c) && *c->at == what;
}

static bool take(struct cursor *c, char what)
{
	if (!is_next(c, what))
		return false;
	c->at++;
	return true;
}

static bool is_digit(const struct cursor *c)
{
	return more(c) && khttp_char_is(*c->at, KHTTP_CHAR_DIGIT);
}

static bool is_lower(const struct cursor *c)
{
	return more(c) && *c->at >= 'a' && *c->at <= 'z';
}

static bool is_letter(const struct cursor *c)
{
	return more(c) && khttp_ascii_lower(*c->at) >= 'a' &&
	       khttp_ascii_lower(*c->at) <= 'z';
}

static void skip_sp(struct cursor *c)
{
	while (is_next(c, ' '))
		c->at++;
}

static void skip_blanks(struct cursor *c)
{
	while (is_next(c, ' ') || is_next(c, '\t'))
		c->at++;
}

/* RFC 8941 section 4.2.3.3. */
static bool key(struct cursor *c, struct khttp_span *out)
{
	const char *start = c->at;

	if (!is_lower(c) && !is_next(c, '*'))
		return false;
	while (is_lower(c) || is_digit(c) || is_next(c, '_') ||
	       is_next(c, '-') || is_next(c, '.') || is_next(c, '*'))
		c->at++;
	*out = khttp_span_of(start, (u32)(c->at - start));
	return true;
}

static u32 digits(struct cursor *c, s64 *number)
{
	u32 n = 0;

	/* One more than any may have: then it is refused. */
	for (; is_digit(c) && n <= INTEGER_DIGITS; n++)
		*number = *number * 10 + (*c->at++ - '0');
	return n;
}

/* RFC 8941 section 4.2.4. */
static bool number(struct cursor *c, struct khttp_member *m)
{
	bool negative = take(c, '-');
	s64 fraction = 0;
	u32 n;

	m->number = 0;
	n = digits(c, &m->number);
	if (!n || n > INTEGER_DIGITS)
		return false;
	if (negative)
		m->number = -m->number;
	m->type = KHTTP_ITEM_INTEGER;
	if (!take(c, '.'))
		return true;
	m->type = KHTTP_ITEM_OTHER;
	if (n > WHOLE_DIGITS)
		return false;
	n = digits(c, &fraction);
	return n && n <= FRACTION_DIGITS;
}

/* RFC 8941 section 4.2.5, behind the first quote. */
static bool string(struct cursor *c)
{
	while (more(c)) {
		char byte = *c->at++;

		if (byte == '"')
			return true;
		if (byte == '\\') {
			if (!take(c, '"') && !take(c, '\\'))
				return false;
		} else if ((u8)byte < 0x20 || (u8)byte > 0x7e) {
			return false;
		}
	}
	return false;
}

/* RFC 8941 section 4.2.6. */
static void token(struct cursor *c)
{
	while (more(c) && (khttp_char_is(*c->at, KHTTP_CHAR_TOKEN) ||
			   *c->at == ':' || *c->at == '/'))
		c->at++;
}

/* RFC 8941 section 4.2.7, behind the first colon. What it holds is not read. */
static bool bytes(struct cursor *c)
{
	while (is_letter(c) || is_digit(c) || is_next(c, '+') ||
	       is_next(c, '/') || is_next(c, '='))
		c->at++;
	return take(c, ':');
}

/* RFC 8941 section 4.2.8, behind the question mark. */
static bool boolean(struct cursor *c, struct khttp_member *m)
{
	if (take(c, '1')) {
		m->type = KHTTP_ITEM_TRUE;
		return true;
	}
	m->type = KHTTP_ITEM_FALSE;
	return take(c, '0');
}

/* RFC 8941 section 4.2.3.1. */
static bool bare_item(struct cursor *c, struct khttp_member *m)
{
	m->type = KHTTP_ITEM_OTHER;
	if (is_next(c, '-') || is_digit(c))
		return number(c, m);
	if (take(c, '"'))
		return string(c);
	if (take(c, ':'))
		return bytes(c);
	if (take(c, '?'))
		return boolean(c, m);
	if (!is_letter(c) && !is_next(c, '*'))
		return false;
	token(c);
	return true;
}

/* RFC 8941 section 4.2.3.2. */
static bool parameters(struct cursor *c)
{
	struct khttp_member ignored;

	while (take(c, ';')) {
		skip_sp(c);
		if (!key(c, &ignored.key))
			return false;
		if (take(c, '=') && !bare_item(c, &ignored))
			return false;
	}
	return true;
}

/* RFC 8941 section 4.2.1.2, behind the bracket. */
static bool inner_list(struct cursor *c)
{
	struct khttp_member ignored;

	for (;;) {
		skip_sp(c);
		if (take(c, ')'))
			return true;
		if (!bare_item(c, &ignored) || !parameters(c))
			return false;
		if (!is_next(c, ' ') && !is_next(c, ')'))
			return false;
	}
}

static bool value(struct cursor *c, struct khttp_member *m)
{
	if (!take(c, '=')) {
		m->type = KHTTP_ITEM_TRUE;
		return true;
	}
	if (take(c, '(')) {
		m->type = KHTTP_ITEM_OTHER;
		return inner_list(c);
	}
	return bare_item(c, m);
}

bool khttp_dictionary_next(struct khttp_span text, u32 *pos,
			   struct khttp_member *member)
{
	struct cursor c = { text.ptr + *pos, text.ptr + text.len };

	if (!key(&c, &member->key) || !value(&c, member) || !parameters(&c))
		return false;
	skip_blanks(&c);
	if (more(&c)) {
		if (!take(&c, ','))
			return false;
		skip_blanks(&c);
		if (!more(&c))
			return false;
	}
	*pos = (u32)(c.at - text.ptr);
	return true;
}
