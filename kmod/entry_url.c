// SPDX-License-Identifier: GPL-2.0-only
/* The URL by which an entry is shown, and may be purged. */

#include "cache.h"
#include "http/field.h"

static void text_add(char **at, const char *end, const char *ptr, size_t len)
{
	len = min_t(size_t, len, end - *at);
	memcpy(*at, ptr, len);
	*at += len;
}

/* Encoded so that cooking it gives the path again */
static void text_path(char **at, const char *end, struct khttp_span path)
{
	static const char hex[] = "0123456789ABCDEF";
	u32 i;

	for (i = 0; i < path.len; i++) {
		u8 c = path.ptr[i];
		char code[3] = { '%', hex[c >> 4], hex[c & 15] };

		/* Cooking leaves %2F alone, so this one was there already */
		if (khttp_char_is(c, KHTTP_CHAR_SEGMENT) || c == '/' || c >= 0x80 ||
		    (c == '%' && path.len - i > 2 && path.ptr[i + 1] == '2' &&
		     khttp_ascii_lower(path.ptr[i + 2]) == 'f'))
			text_add(at, end, &path.ptr[i], 1);
		else
			text_add(at, end, code, sizeof(code));
	}
}

size_t khttp_entry_url(const struct khttp_entry *e, char *buf, size_t size)
{
	const struct khttp_cache_key *k = &e->key;
	const char *end = buf + size - 1;
	char *at = buf;
	char port[8];
	int len;

	if (!size)
		return 0;
	text_add(&at, end, "http://", 7);
	/* HTTP/1.0 without Host */
	text_add(&at, end, k->host.len ? k->host.ptr : "*", k->host.len ?: 1);
	if (k->port != 80) {
		len = scnprintf(port, sizeof(port), ":%u", k->port);
		text_add(&at, end, port, len);
	}
	text_path(&at, end, k->path);
	if (k->query.ptr) {
		text_add(&at, end, "?", 1);
		text_add(&at, end, k->query.ptr, k->query.len);
	}
	*at = '\0';
	return at - buf;
}
