// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/redirect.h"

#include "http/field.h"

static bool starts_with_fold(struct khttp_span text, const char *start)
{
	u32 len = (u32)strlen(start);

	return text.len >= len &&
	       khttp_span_is_fold(khttp_span_of(text.ptr, len), start);
}

static bool is_escape(struct khttp_span text)
{
	return text.len > 2 && text.ptr[0] == '%' &&
	       khttp_hex_digit(text.ptr[1]) >= 0 &&
	       khttp_hex_digit(text.ptr[2]) >= 0;
}

static const char *check_to_path(struct khttp_span path)
{
	u32 i;

	for (i = 0; i < path.len; i++) {
		char c = path.ptr[i];

		if (c == '?' || c == '#')
			return "end the redirect's URL before ? or #: the request's query is added";
		if (c != '/' && !khttp_char_is(c, KHTTP_CHAR_SEGMENT) &&
		    !is_escape(khttp_span_behind(path, i)))
			return "percent-encode what cannot stand in the redirect's URL";
	}
	if (path.ptr[path.len - 1] != '/')
		return "end the redirect's URL with a slash: the rest of the path is added";
	return NULL;
}

const char *khttp_redirect_check(struct khttp_span to)
{
	struct khttp_host host;
	u32 len = 0;

	if (to.len > KHTTP_REDIRECT_TO_MAX)
		return "the redirect's URL is longer than 1023 bytes";
	if (starts_with_fold(to, "http://"))
		to = khttp_span_behind(to, 7);
	else if (starts_with_fold(to, "https://"))
		to = khttp_span_behind(to, 8);
	else
		return "begin the redirect's URL with http:// or https://";
	while (len < to.len && to.ptr[len] != '/')
		len++;
	if (len == to.len)
		return "end the redirect's URL with a slash: the rest of the path is added";
	if (!khttp_host_parse(to.ptr, len, &host))
		return "the host of the redirect's URL is invalid";
	return check_to_path(khttp_span_behind(to, len));
}

bool khttp_redirect_status_ok(u16 status)
{
	return status == 301 || status == 302 || status == 307 || status == 308;
}

/* "%2F" is not a slash: cooking leaves it alone. */
static bool is_escaped_slash(struct khttp_span text)
{
	return text.len > 2 && text.ptr[0] == '%' && text.ptr[1] == '2' &&
	       khttp_ascii_lower(text.ptr[2]) == 'f';
}

/*
 * Where a raw path goes on behind @n bytes of the @cooked_len that it makes.
 * False: they are not all that its bytes make, so segments were taken out.
 */
static bool find_rest(struct khttp_span raw, u32 cooked_len, u32 n, u32 *place)
{
	u32 made = 0;
	u32 at = 0;

	*place = raw.len;
	while (at < raw.len) {
		struct khttp_span here = khttp_span_behind(raw, at);
		bool kept = is_escaped_slash(here);

		if (made == n)
			*place = at;
		at += is_escape(here) ? 3 : 1;
		made += kept ? 3 : 1;
	}
	return made == cooked_len;
}

/*
 * @path to the end of @room, and from there encoded to its beginning: nothing is
 * written where something is still to be read.
 */
static bool encode(struct khttp_span path, char *room, u32 size, u32 *len)
{
	static const char hex[] = "0123456789ABCDEF";
	u32 at = size - path.len;
	u32 end = 0;

	memmove(room + at, path.ptr, path.len);
	for (; at < size; at++) {
		u8 c = (u8)room[at];
		bool plain = c == '/' || khttp_char_is((char)c, KHTTP_CHAR_SEGMENT) ||
			     is_escaped_slash(khttp_span_of(room + at, size - at));

		if (end + (plain ? 1 : 3) > at + 1)
			return false;
		if (plain) {
			room[end++] = (char)c;
			continue;
		}
		room[end++] = '%';
		room[end++] = hex[c >> 4];
		room[end++] = hex[c & 15];
	}
	*len = end;
	return true;
}

static u32 behind_prefix(struct khttp_span cooked, u32 prefix_len)
{
	u32 n = 0;

	/* Routing does not count empty segments at the front. */
	while (n + 1 < cooked.len && cooked.ptr[n] == '/' &&
	       cooked.ptr[n + 1] == '/')
		n++;
	/* "/a" has all that "/a/" asks for. */
	return prefix_len < cooked.len - n ? n + prefix_len : cooked.len;
}

bool khttp_redirect_rest(const struct khttp_target *target, const char *buf,
			 u32 prefix_len, char *room, u32 size,
			 struct khttp_span *rest)
{
	struct khttp_span cooked = khttp_target_path(target, buf, room);
	struct khttp_span raw = khttp_span_of(buf + target->path,
					      target->path_len);
	u32 query_len = target->has_query ? target->query_len + 1u : 0;
	u32 n = behind_prefix(cooked, prefix_len);
	u32 place;
	u32 len;

	/* The query and its "?" stand behind the path. */
	if (find_rest(raw, cooked.len, n, &place)) {
		*rest = khttp_span_of(raw.ptr + place,
				      raw.len - place + query_len);
		return true;
	}
	if (size < cooked.len || !encode(khttp_span_behind(cooked, n), room, size, &len) ||
	    size - len < query_len)
		return false;
	if (query_len)
		memcpy(room + len, buf + target->query - 1, query_len);
	*rest = khttp_span_of(room, len + query_len);
	return true;
}
