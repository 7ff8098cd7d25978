// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/host.h"

#include <linux/limits.h>
#include <linux/string.h>

#include "http/field.h"
#include "http/word.h"

/*
 * Where the address at the start of @text ends, or 0 when it is none: four
 * decimal numbers of 1 to 3 digits, at most 255, without leading zeros.
 */
static u32 ipv4_end(const char *text, u32 len, u8 addr[4])
{
	u32 number = 0;
	bool any = false;
	u32 n = 0;
	u32 pos;

	for (pos = 0; pos < len; pos++) {
		u32 digit = (u32)(u8)text[pos] - '0';

		if (digit <= 9) {
			if (any && !number)
				return 0;
			number = number * 10 + digit;
			if (number > 255)
				return 0;
			any = true;
		} else if (text[pos] == '.' && any && n < 3) {
			addr[n++] = (u8)number;
			number = 0;
			any = false;
		} else {
			break;
		}
	}
	if (n < 3 || !any)
		return 0;
	addr[3] = (u8)number;
	return pos;
}

bool khttp_ipv4_parse(const char *text, u32 len, u8 addr[4])
{
	return len && ipv4_end(text, len, addr) == len;
}

/* One to four hexadecimal digits at @pos; their number, or 0. */
static u32 ipv6_group(const char *text, u32 len, u32 pos, u8 out[2])
{
	u32 number = 0;
	u32 n = 0;

	while (pos + n < len && n < 4 &&
	       khttp_char_is(text[pos + n], KHTTP_CHAR_HEX))
		number = number << 4 | (u32)khttp_hex_digit(text[pos + n++]);
	out[0] = (u8)(number >> 8);
	out[1] = (u8)number;
	return n;
}

/*
 * Groups until the end; @gap is where "::" stood, in bytes of @addr, or 16.
 * Returns the bytes written, or 17 when the text is wrong.
 */
static u32 ipv6_groups(const char *text, u32 len, u8 addr[16], u32 *gap)
{
	u32 pos = 0;
	u32 at = 0;

	*gap = 16;
	if (len >= 2 && text[0] == ':' && text[1] == ':') {
		*gap = 0;
		pos = 2;
	}
	while (pos < len) {
		u32 n;

		/* RFC 3986: the last 32 bits may be an IPv4 address. */
		if (at <= 12 &&
		    khttp_ipv4_parse(text + pos, len - pos, addr + at))
			return at + 4;
		n = at <= 14 ? ipv6_group(text, len, pos, addr + at) : 0;
		if (!n)
			return 17;
		at += 2;
		pos += n;
		if (pos == len)
			break;
		if (text[pos++] != ':' || pos == len)
			return 17;
		if (text[pos] == ':') {
			if (*gap != 16 || at == 16)
				return 17;
			*gap = at;
			pos++;
		}
	}
	return at;
}

bool khttp_ipv6_parse(const char *text, u32 len, u8 addr[16])
{
	u32 gap;
	u32 at = ipv6_groups(text, len, addr, &gap);

	if (at > 16)
		return false;
	if (gap == 16)
		return at == 16;
	/* "::" stands for at least one group. */
	if (at > 14)
		return false;
	memmove(addr + 16 - (at - gap), addr + gap, at - gap);
	memset(addr + gap, 0, 16 - at);
	return true;
}

/*
 * Where the name at the start of @text ends, or 0 when it is none. One dot, of
 * the root, may end it.
 */
static u32 name_end(const char *text, u32 len)
{
	u32 label = 0;
	u32 digits = 0;
	u32 i;

	for (i = 0; i < len && khttp_char_is(text[i], KHTTP_CHAR_HOST); i++) {
		if (text[i] != '.') {
			label++;
			digits += khttp_char_is(text[i], KHTTP_CHAR_DIGIT) != 0;
			continue;
		}
		if (!label || label > 63)
			return 0;
		/* "example.org." names the same host as "example.org". */
		if (i + 1 == len || text[i + 1] == ':')
			break;
		label = 0;
		digits = 0;
	}
	/*
	 * A last label of digits means an IPv4 address that somebody else may
	 * read in another way than we do (127.1, 010.0.0.1).
	 */
	return label && label <= 63 && digits < label ? i : 0;
}

static bool parse_port(const char *text, u32 len, u16 *port)
{
	u32 number = 0;
	u32 i;

	/* RFC 3986 section 3.2.3: "host:" is "host". */
	if (!len)
		return true;
	if (len > 5)
		return false;
	for (i = 0; i < len; i++) {
		if (!khttp_char_is(text[i], KHTTP_CHAR_DIGIT))
			return false;
		number = number * 10 + (u32)(text[i] - '0');
	}
	*port = (u16)number;
	return number && number <= U16_MAX;
}

/* Behind the bracket or name: nothing, or a colon and a port. */
static bool parse_rest(const char *text, u32 len, u32 pos, u16 *port)
{
	if (pos == len)
		return true;
	return text[pos] == ':' &&
	       parse_port(text + pos + 1, len - pos - 1, port);
}

static bool parse_literal(const char *text, u32 len, struct khttp_host *host)
{
	u32 close = 1;

	while (close < len && text[close] != ']')
		close++;
	if (close == len ||
	    !khttp_ipv6_parse(text + 1, close - 1, host->addr))
		return false;
	host->kind = KHTTP_HOST_IPV6;
	host->off = 1;
	host->len = (u16)(close - 1);
	return parse_rest(text, len, close + 1, &host->port);
}

static bool parse_ipv4(const char *text, u32 len, struct khttp_host *host)
{
	u32 end = ipv4_end(text, len, host->addr);

	host->kind = KHTTP_HOST_IPV4;
	host->len = (u16)end;
	return end && parse_rest(text, len, end, &host->port);
}

bool khttp_host_parse(const char *text, u32 len, struct khttp_host *host)
{
	u32 end;

	memset(host, 0, sizeof(*host));
	if (!len || len > U16_MAX)
		return false;
	if (text[0] == '[')
		return parse_literal(text, len, host);
	if (khttp_char_is(text[0], KHTTP_CHAR_DIGIT) &&
	    parse_ipv4(text, len, host))
		return true;
	end = name_end(text, len);
	if (!end)
		return false;
	memset(host, 0, sizeof(*host));
	host->kind = KHTTP_HOST_NAME;
	host->len = (u16)end;
	if (end < len && text[end] == '.')
		end++;
	return host->len <= KHTTP_HOST_NAME_MAX &&
	       parse_rest(text, len, end, &host->port);
}

/* Of the same length; whole words, of which the last two may overlap. */
static bool same_bytes(const char *a, const char *b, u32 len)
{
	u32 pos;

	if (len < 8)
		return !memcmp(a, b, len);
	for (pos = 0; pos + 8 < len; pos += 8)
		if (khttp_word_load(a + pos) != khttp_word_load(b + pos))
			return false;
	return khttp_word_load(a + len - 8) == khttp_word_load(b + len - 8);
}

bool khttp_host_recall(const char *text, u32 len, struct khttp_host *host,
		       struct khttp_host_memo *memo)
{
	if (len && len == memo->len && same_bytes(text, memo->text, len)) {
		*host = memo->host;
		return true;
	}
	if (!khttp_host_parse(text, len, host))
		return false;
	if (len <= sizeof(memo->text)) {
		memcpy(memo->text, text, len);
		memo->len = (u8)len;
		memo->host = *host;
	}
	return true;
}

static u32 print_octet(u8 octet, char *out)
{
	u32 n = 0;

	if (octet >= 100)
		out[n++] = (char)('0' + octet / 100);
	if (octet >= 10)
		out[n++] = (char)('0' + octet / 10 % 10);
	out[n++] = (char)('0' + octet % 10);
	return n;
}

u32 khttp_ipv4_print(const u8 addr[4], char out[KHTTP_IPV4_TEXT_MAX])
{
	u32 n = 0;
	u32 i;

	for (i = 0; i < 4; i++) {
		if (i)
			out[n++] = '.';
		n += print_octet(addr[i], out + n);
	}
	return n;
}

static u32 group_at(const u8 addr[16], size_t i)
{
	return (u32)addr[2 * i] << 8 | addr[2 * i + 1];
}

static u32 print_group(u32 group, char *out)
{
	static const char digits[] = "0123456789abcdef";
	u32 n = 0;
	int shift;

	for (shift = 12; shift >= 0; shift -= 4)
		if (n || !shift || group >> shift)
			out[n++] = digits[group >> shift & 15];
	return n;
}

/* RFC 5952 section 4.2: the first longest run of two zero groups or more. */
static u32 longest_gap(const u8 addr[16], u32 *len)
{
	u32 best = 8;
	u32 i = 0;

	*len = 1;
	while (i < 8) {
		u32 start = i;

		while (i < 8 && !group_at(addr, i))
			i++;
		if (i - start > *len) {
			best = start;
			*len = i - start;
		}
		i += i == start;
	}
	return best;
}

u32 khttp_ipv6_print(const u8 addr[16], char out[KHTTP_IPV6_TEXT_MAX])
{
	u32 gap_len;
	u32 gap = longest_gap(addr, &gap_len);
	bool mapped = gap == 0 && gap_len == 5 && group_at(addr, 5) == 0xffff;
	u32 n = 0;
	u32 i = 0;

	while (i < 8) {
		if (i == gap) {
			out[n++] = ':';
			i += gap_len;
			if (i == 8)
				out[n++] = ':';
			continue;
		}
		if (i)
			out[n++] = ':';
		/* RFC 5952 section 5: ::ffff:192.0.2.1 */
		if (mapped && i == 6)
			return n + khttp_ipv4_print(addr + 12, out + n);
		n += print_group(group_at(addr, i++), out + n);
	}
	return n;
}

u32 khttp_host_print(const struct khttp_host *host, const char *base,
		     char *out, u32 size)
{
	u32 n;
	u32 i;

	switch (host->kind) {
	case KHTTP_HOST_NAME:
		if (size < host->len)
			return 0;
		for (i = 0; i < host->len; i++)
			out[i] = khttp_ascii_lower(base[host->off + i]);
		return host->len;
	case KHTTP_HOST_IPV4:
		return size < KHTTP_IPV4_TEXT_MAX ?
		       0 : khttp_ipv4_print(host->addr, out);
	case KHTTP_HOST_IPV6:
		if (size < KHTTP_IPV6_TEXT_MAX + 2)
			return 0;
		out[0] = '[';
		n = khttp_ipv6_print(host->addr, out + 1);
		out[n + 1] = ']';
		return n + 2;
	default:
		return 0;
	}
}
