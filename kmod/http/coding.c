// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/coding.h"

#include "http/field.h"

/* RFC 9110 sections 8.4.1 and 18.6, RFC 7932, RFC 8878; the last two are special. */
static const char *const names[] = {
	"br", "compress", "deflate", "gzip", "zstd", "identity", "*",
};

#define N_NAMES		(sizeof(names) / sizeof(names[0]))
#define IDENTITY	5
#define ANY		6

/* RFC 9110 section 8.4.1.1: the old names are to be taken for the new ones. */
static struct khttp_span without_x(struct khttp_span name)
{
	if (khttp_span_is_fold(name, "x-gzip") ||
	    khttp_span_is_fold(name, "x-compress"))
		return khttp_span_of(name.ptr + 2, name.len - 2);
	return name;
}

static u32 find_coding(struct khttp_span name)
{
	u32 i;

	for (i = 0; i < N_NAMES; i++)
		if (khttp_span_is_fold(name, names[i]))
			break;
	return i;
}

/* "q=0", with zeros behind a point or without; @params begins with a ";". */
static bool is_refused(struct khttp_span params)
{
	u32 i = 1;

	params = khttp_span_trim(khttp_span_of(params.ptr + i, params.len - i));
	if (params.len < 3 || khttp_ascii_lower(params.ptr[0]) != 'q' ||
	    params.ptr[1] != '=' || params.ptr[2] != '0')
		return false;
	if (params.len > 3 && params.ptr[3] != '.')
		return false;
	for (i = 4; i < params.len; i++)
		if (params.ptr[i] != '0')
			return false;
	return true;
}

static void add_other(struct khttp_codings *c, struct khttp_span name)
{
	u32 i;

	if (c->other_len + name.len + 1 > sizeof(c->other)) {
		c->too_many = true;
		return;
	}
	for (i = 0; i < name.len; i++)
		c->other[c->other_len++] = khttp_ascii_lower(name.ptr[i]);
	c->other[c->other_len++] = ',';
}

void khttp_codings_line(struct khttp_codings *c, struct khttp_span line)
{
	struct khttp_span item;
	u32 pos = 0;

	while (khttp_list_next(line, &pos, &item)) {
		struct khttp_span name;
		bool refused;
		u32 len = 0, which;

		while (len < item.len && item.ptr[len] != ';')
			len++;
		refused = len < item.len &&
			  is_refused(khttp_span_of(item.ptr + len,
						   item.len - len));
		name = without_x(khttp_span_trim(khttp_span_of(item.ptr, len)));
		which = find_coding(name);
		if (which == N_NAMES) {
			/* Refused, it is as if it were not there, but for "*" */
			add_other(c, refused ? item : name);
			continue;
		}
		c->taken = (u8)(c->taken & ~(1u << which));
		c->refused = (u8)(c->refused & ~(1u << which));
		if (refused)
			c->refused = (u8)(c->refused | 1u << which);
		else
			c->taken = (u8)(c->taken | 1u << which);
	}
}

/* What one that is not named gets anyway, by "*" or because it is identity. */
static bool is_plain(const struct khttp_codings *c, u32 which, bool taken)
{
	bool any = c->taken & (1u << ANY), none = c->refused & (1u << ANY);

	if (which == ANY)
		return false;
	if (which == IDENTITY)
		return taken && !none;
	return taken ? any : !any;
}

void khttp_codings_put(const struct khttp_codings *c, struct khttp_out *out)
{
	u32 i;

	for (i = 0; i < N_NAMES; i++) {
		bool taken = c->taken & (1u << i);

		if (!taken && !(c->refused & (1u << i)))
			continue;
		if (is_plain(c, i, taken))
			continue;
		khttp_out_text(out, taken ? "" : "-");
		khttp_out_text(out, names[i]);
		khttp_out_text(out, ",");
	}
	khttp_out_bytes(out, c->other, c->other_len);
	if (c->too_many)
		out->full = true;
}
