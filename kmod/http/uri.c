// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/uri.h"

#include <linux/limits.h>

#include "http/word.h"

/* Length of "scheme://" at the start of @text, or 0. */
static u32 scheme_len(struct khttp_span text, const char *name)
{
	u32 len = (u32)strlen(name);

	if (text.len < len ||
	    !khttp_span_is_fold(khttp_span_of(text.ptr, len), name))
		return 0;
	return len;
}

/*
 * Cuts an absolute target (RFC 3986 section 4.3, RFC 9110 section 4.2);
 * *@rest is where the path begins, in @text.
 */
static enum khttp_reason cut_absolute(struct khttp_span text,
				      enum khttp_scheme *scheme,
				      struct khttp_span *authority, u32 *rest)
{
	u32 start = scheme_len(text, "http://");
	u32 end;

	*scheme = KHTTP_SCHEME_HTTP;
	if (!start) {
		start = scheme_len(text, "https://");
		*scheme = KHTTP_SCHEME_HTTPS;
	}
	if (!start)
		return KHTTP_REASON_URL;
	end = start;
	while (end < text.len && text.ptr[end] != '/' && text.ptr[end] != '?')
		end++;
	*authority = khttp_span_of(text.ptr + start, end - start);
	*rest = end;
	return KHTTP_REASON_NONE;
}

static bool set_authority(struct khttp_target *target, const char *buf,
			  struct khttp_span authority,
			  struct khttp_host_memo *memo)
{
	if (!khttp_host_recall(authority.ptr, authority.len, &target->host,
			       memo))
		return false;
	target->authority = (u16)(authority.ptr - buf);
	target->authority_len = (u16)authority.len;
	target->host.off = (u16)(target->host.off + target->authority);
	return true;
}

/* RFC 9112 section 3.2: one valid Host; HTTP/1.0 may come without. */
static enum khttp_reason take_host(const struct khttp_head *head,
				   const char *buf,
				   struct khttp_host_memo *memo,
				   struct khttp_target *target)
{
	if (!khttp_head_has(head, KHTTP_FIELD_HOST))
		return KHTTP_REASON_NONE;
	if (!set_authority(target, buf,
			   khttp_head_first(head, buf, KHTTP_FIELD_HOST),
			   memo))
		return KHTTP_REASON_HOSTNAME;
	return KHTTP_REASON_NONE;
}

static bool has_high(struct khttp_span text)
{
	u32 i;

	for (i = 0; i + 8 <= text.len; i += 8)
		if (khttp_word_load(text.ptr + i) & KHTTP_WORD_TOPS)
			return true;
	for (; i < text.len; i++)
		if ((u8)text.ptr[i] >= 0x80)
			return true;
	return false;
}

/* Path and query of @text, which is empty or starts with "/" or "?". */
static enum khttp_reason take_path(struct khttp_span text, const char *buf,
				   const struct khttp_limits *limits,
				   char *out, u32 size,
				   struct khttp_target *target)
{
	enum khttp_reason reason = KHTTP_REASON_NONE;
	struct khttp_span query;
	u32 cooked_len = 0;
	u32 len = 0;

	if (text.len && text.ptr[0] == '/')
		len = khttp_path_plain(text.ptr, text.len, limits);
	target->is_raw = len > 0;
	cooked_len = len;
	if (!len) {
		while (len < text.len && text.ptr[len] != '?')
			len++;
		/* RFC 9110 section 4.2.3: an empty path is "/". */
		reason = khttp_path_cook(len ? text.ptr : "/", len ? len : 1,
					 limits, out, size, &cooked_len);
	}
	if (reason)
		return reason;
	if (!target->is_raw)
		target->spelling = (u8)khttp_spelling_of(text.ptr, len);
	target->path = (u16)(text.ptr - buf);
	target->path_len = (u16)len;
	target->cooked_len = (u16)cooked_len;
	if (len == text.len)
		return KHTTP_REASON_NONE;
	query = khttp_span_of(text.ptr + len + 1, text.len - len - 1);
	target->has_query = 1;
	target->query = (u16)(query.ptr - buf);
	target->query_len = (u16)query.len;
	if (has_high(query) && !khttp_text_ok(query.ptr, query.len))
		return KHTTP_REASON_URL;
	return KHTTP_REASON_NONE;
}

static enum khttp_reason take_asterisk(const struct khttp_head *head,
				       struct khttp_target *target)
{
	/* RFC 9112 section 3.2.4. */
	if (head->method != KHTTP_METHOD_OPTIONS)
		return KHTTP_REASON_URL;
	target->form = KHTTP_TARGET_ASTERISK;
	target->is_raw = 1;
	target->path = head->target_off;
	target->path_len = 1;
	target->cooked_len = 1;
	return KHTTP_REASON_NONE;
}

enum khttp_reason khttp_target_cook(const struct khttp_head *head,
				    const char *buf,
				    const struct khttp_limits *limits,
				    enum khttp_scheme scheme,
				    struct khttp_host_memo *memo, char *out,
				    u32 size, struct khttp_target *target)
{
	struct khttp_span text = khttp_head_target(head, buf);
	enum khttp_scheme stated = scheme;
	struct khttp_span authority;
	enum khttp_reason reason;
	u32 rest = 0;

	memset(target, 0, sizeof(*target));
	/* RFC 9110 section 9.3.6: tunnels are not an origin server's. */
	if (head->method == KHTTP_METHOD_CONNECT)
		return KHTTP_REASON_NOT_IMPLEMENTED;
	reason = take_host(head, buf, memo, target);
	if (reason)
		return reason;
	if (khttp_span_is(text, "*"))
		return take_asterisk(head, target);
	/* RFC 9112 section 3.2.1. */
	target->form = KHTTP_TARGET_ORIGIN;
	if (text.ptr[0] != '/') {
		reason = cut_absolute(text, &stated, &authority, &rest);
		if (reason)
			return reason;
		/* RFC 9112 section 3.2.2: it replaces Host. RFC 9110 section 4.2.4:
		 * there is no user in it.
		 */
		if (!set_authority(target, buf, authority, memo))
			return KHTTP_REASON_HOSTNAME;
		target->form = KHTTP_TARGET_ABSOLUTE;
	}
	/* RFC 9110 section 7.4. */
	if (stated != scheme)
		return KHTTP_REASON_MISDIRECTED;
	return take_path(khttp_span_of(text.ptr + rest, text.len - rest), buf,
			 limits, out, size, target);
}
