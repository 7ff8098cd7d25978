// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/prefix.h"

#include <linux/limits.h>

#include "http/out.h"

static const char *const bucket_names[KHTTP_BUCKET__COUNT] = {
	[KHTTP_BUCKET_STRONG] = "strong wildcard",
	[KHTTP_BUCKET_NAME] = "host name",
	[KHTTP_BUCKET_SUBDOMAIN] = "sub-domain wildcard",
	[KHTTP_BUCKET_ADDRESS] = "local address",
	[KHTTP_BUCKET_WEAK] = "weak wildcard",
};

const char *khttp_bucket_name(enum khttp_bucket bucket)
{
	u32 index = (u32)bucket;

	return index < KHTTP_BUCKET__COUNT ? bucket_names[index] : "";
}

static bool starts_with(struct khttp_span text, const char *with)
{
	u32 len = (u32)strlen(with);

	return text.len >= len && !memcmp(text.ptr, with, len);
}

static const char *take_scheme(struct khttp_span *text,
			       struct khttp_prefix *prefix)
{
	if (starts_with(*text, "http://")) {
		prefix->scheme = KHTTP_SCHEME_HTTP;
		*text = khttp_span_behind(*text, 7);
		return NULL;
	}
	if (starts_with(*text, "https://")) {
		prefix->scheme = KHTTP_SCHEME_HTTPS;
		*text = khttp_span_behind(*text, 8);
		return NULL;
	}
	return "start the prefix with http:// or https:// in lower case";
}

/* Up to the colon of the port, which for [IPv6] is not the first one. */
static const char *take_host_text(struct khttp_span *text,
				  struct khttp_span *host)
{
	u32 end = 0;

	if (text->len && text->ptr[0] == '[') {
		while (end < text->len && text->ptr[end] != ']')
			end++;
		if (end == text->len)
			return "close the IPv6 address with a bracket";
		end++;
	}
	while (end < text->len && text->ptr[end] != ':' &&
	       text->ptr[end] != '/')
		end++;
	*host = khttp_span_of(text->ptr, end);
	*text = khttp_span_behind(*text, end);
	if (!end)
		return "name a host, or write + or * for every host";
	return NULL;
}

static const char *take_port(struct khttp_span *text, u16 *port)
{
	u32 number = 0;
	u32 end = 1;

	if (!text->len || text->ptr[0] != ':')
		return "add the port behind the host, such as :80";
	while (end < text->len && end < 7 &&
	       khttp_char_is(text->ptr[end], KHTTP_CHAR_DIGIT))
		number = number * 10 + (u32)(text->ptr[end++] - '0');
	if (!number || number > U16_MAX)
		return "the port must be a number from 1 to 65535";
	if (text->ptr[1] == '0')
		return "write the port without leading zeros";
	if (end == text->len || text->ptr[end] != '/')
		return "only a slash may follow the port";
	*port = (u16)number;
	*text = khttp_span_behind(*text, end);
	return NULL;
}

static bool all_zero(const u8 addr[16])
{
	u32 i;

	for (i = 0; i < 16; i++)
		if (addr[i])
			return false;
	return true;
}

static bool is_mapped(const struct khttp_host *host)
{
	static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	return host->kind == KHTTP_HOST_IPV6 &&
	       !memcmp(host->addr, mapped, sizeof(mapped));
}

static bool has_char(struct khttp_span text, char c)
{
	return text.len && memchr(text.ptr, c, text.len);
}

/* Why a host is none, as exactly as can be told. */
static const char *host_error(struct khttp_span host)
{
	u32 i;

	if (host.ptr[0] == '[')
		return "the IPv6 address in brackets is not valid";
	if (has_char(host, '*') || has_char(host, '+'))
		return "+ and * stand alone, or * in front of a dot and a name";
	for (i = 0; i < host.len; i++)
		if ((u8)host.ptr[i] >= 0x80)
			return "write the host name in its ASCII form (xn--...)";
	if (has_char(host, '@'))
		return "remove the user name in front of the host";
	if (khttp_char_is(host.ptr[host.len - 1], KHTTP_CHAR_DIGIT))
		return "the host ends in a number but is no IPv4 address";
	return "the host is neither a valid name nor an IP address";
}

static const char *classify_name(struct khttp_span host,
				 struct khttp_prefix *prefix)
{
	struct khttp_host parsed;
	bool valid = khttp_host_parse(host.ptr, host.len, &parsed);

	if (!valid || parsed.port)
		return host_error(host);
	if (parsed.kind == KHTTP_HOST_NAME && parsed.len != host.len)
		return "remove the dot at the end of the host";
	prefix->host = khttp_span_of(host.ptr + parsed.off, parsed.len);
	prefix->host_kind = parsed.kind;
	memcpy(prefix->addr, parsed.addr, sizeof(prefix->addr));
	if (prefix->bucket == KHTTP_BUCKET_SUBDOMAIN)
		return parsed.kind == KHTTP_HOST_NAME ?
		       NULL : "*. needs a host name, not an address";
	if (parsed.kind == KHTTP_HOST_NAME) {
		prefix->bucket = KHTTP_BUCKET_NAME;
		return NULL;
	}
	prefix->bucket = KHTTP_BUCKET_ADDRESS;
	if (all_zero(parsed.addr))
		return "write * for every address";
	/* Connections over IPv4 have IPv4 addresses here. */
	if (is_mapped(&parsed))
		return "write the IPv4 address itself, without ::ffff:";
	return NULL;
}

static const char *classify_host(struct khttp_span host,
				 struct khttp_prefix *prefix)
{
	if (khttp_span_is(host, "+")) {
		prefix->bucket = KHTTP_BUCKET_STRONG;
		return NULL;
	}
	if (khttp_span_is(host, "*")) {
		prefix->bucket = KHTTP_BUCKET_WEAK;
		return NULL;
	}
	if (starts_with(host, "*.")) {
		host = khttp_span_behind(host, 2);
		if (!host.len)
			return "*. needs a host name";
		prefix->bucket = KHTTP_BUCKET_SUBDOMAIN;
	}
	return classify_name(host, prefix);
}

static const char *check_segment(struct khttp_span segment)
{
	if (!segment.len)
		return "remove the empty segment (//) from the path";
	if (khttp_span_is(segment, ".") || khttp_span_is(segment, ".."))
		return "remove the segment . or .. from the path";
	return NULL;
}

/* The path is compared with cooked ones, which are decoded. */
static const char *check_characters(struct khttp_span path)
{
	u32 i;

	if (!khttp_text_ok(path.ptr, path.len))
		return "the path holds control characters or is not UTF-8";
	for (i = 0; i < path.len; i++) {
		struct khttp_span rest = khttp_span_behind(path, i);

		if (rest.ptr[0] == '?' || rest.ptr[0] == '#')
			return "end the prefix before ? or #: it is a path only";
		if (rest.ptr[0] != '%' || rest.len < 3 ||
		    khttp_span_is_fold(khttp_span_of(rest.ptr, 3), "%2f"))
			continue;
		if (khttp_char_is(rest.ptr[1], KHTTP_CHAR_HEX) &&
		    khttp_char_is(rest.ptr[2], KHTTP_CHAR_HEX))
			return "write the character itself instead of %XX";
	}
	return NULL;
}

const char *khttp_prefix_path_check(struct khttp_span path)
{
	const char *error = check_characters(path);
	u32 start = path.len && path.ptr[0] == '/';
	u32 i;

	for (i = start; i < path.len && !error; i++) {
		if (path.ptr[i] != '/')
			continue;
		error = check_segment(khttp_span_of(path.ptr + start,
						    i - start));
		start = i + 1;
	}
	if (error || start == path.len)
		return error;
	return check_segment(khttp_span_behind(path, start));
}

static const char *check_path(struct khttp_span path)
{
	const char *error = khttp_prefix_path_check(path);

	if (!error && path.ptr[path.len - 1] != '/')
		error = "end the path with a slash";
	return error;
}

const char *khttp_prefix_parse(const char *text, u32 len,
			       struct khttp_prefix *prefix)
{
	struct khttp_span rest = khttp_span_of(text, len);
	struct khttp_span host;
	const char *error;

	memset(prefix, 0, sizeof(*prefix));
	if (len > KHTTP_PREFIX_TEXT_MAX)
		return "the prefix is longer than 2040 bytes";
	error = take_scheme(&rest, prefix);
	if (!error)
		error = take_host_text(&rest, &host);
	if (!error)
		error = take_port(&rest, &prefix->port);
	if (!error)
		error = classify_host(host, prefix);
	if (error)
		return error;
	prefix->path = rest;
	return check_path(rest);
}

static void print_host(struct khttp_out *out, const struct khttp_prefix *prefix)
{
	char text[KHTTP_HOST_TEXT_MAX];
	struct khttp_host host = {
		.len = (u16)prefix->host.len,
		.kind = prefix->host_kind,
	};

	memcpy(host.addr, prefix->addr, sizeof(host.addr));
	switch (prefix->bucket) {
	case KHTTP_BUCKET_STRONG:
		khttp_out_text(out, "+");
		return;
	case KHTTP_BUCKET_WEAK:
		khttp_out_text(out, "*");
		return;
	case KHTTP_BUCKET_SUBDOMAIN:
		khttp_out_text(out, "*.");
		break;
	}
	khttp_out_bytes(out, text, khttp_host_print(&host, prefix->host.ptr,
						    text, sizeof(text)));
}

u32 khttp_prefix_print(const struct khttp_prefix *prefix, char *buf, u32 size)
{
	struct khttp_out out;

	khttp_out_init(&out, buf, size);
	khttp_out_text(&out, prefix->scheme == KHTTP_SCHEME_HTTPS ?
			     "https://" : "http://");
	print_host(&out, prefix);
	khttp_out_text(&out, ":");
	khttp_out_number(&out, prefix->port);
	khttp_out_span(&out, prefix->path);
	return khttp_out_ok(&out) ? out.len : 0;
}
