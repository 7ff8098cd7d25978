/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_HOST_H
#define KHTTP_HTTP_HOST_H

#include <linux/types.h>

enum khttp_host_kind {
	KHTTP_HOST_NONE,	/* HTTP/1.0 without Host */
	KHTTP_HOST_NAME,
	KHTTP_HOST_IPV4,
	KHTTP_HOST_IPV6,
};

#define KHTTP_HOST_NAME_MAX	253
#define KHTTP_HOST_TEXT_MAX	256

/*
 * A host with its port. The name stays where it was found, in whatever case:
 * compare and hash it with the _fold functions.
 */
struct khttp_host {
	u16 off;		/* name or literal, without brackets, */
	u16 len;		/* without the dot of the root */
	u16 port;		/* 0: none was written */
	u8 kind;		/* enum khttp_host_kind */
	u8 addr[16];		/* IPV6, or IPV4 in the first four; else 0 */
};

/*
 * "host", "host:port", "1.2.3.4", "[v6]:port"; a name is letters, digits, "-",
 * "_" and dots (RFC 9110 section 4.2, RFC 3986 section 3.2.2; percent-encoded
 * and internationalised names are refused: the wire form is the A-label).
 * Offsets count from @text. False when it is anything else, or empty.
 */
bool khttp_host_parse(const char *text, u32 len, struct khttp_host *host);

/*
 * The host that was understood last: most requests in a row are for the same
 * one. Zero it first. Longer ones are not remembered.
 */
#define KHTTP_HOST_MEMO_MAX 64
struct khttp_host_memo {
	u8 len;				/* of text, or 0 */
	struct khttp_host host;
	char text[KHTTP_HOST_MEMO_MAX];
};

/* khttp_host_parse(), which looks into @memo first and leaves it in there. */
bool khttp_host_recall(const char *text, u32 len, struct khttp_host *host,
		       struct khttp_host_memo *memo);

/* Exactly four decimal numbers (RFC 3986 IPv4address). */
bool khttp_ipv4_parse(const char *text, u32 len, u8 addr[4]);
/* Without brackets and without a zone. */
bool khttp_ipv6_parse(const char *text, u32 len, u8 addr[16]);

/* RFC 5952 without brackets; at most KHTTP_IPV6_TEXT_MAX bytes, no NUL. */
#define KHTTP_IPV6_TEXT_MAX 45
u32 khttp_ipv6_print(const u8 addr[16], char out[KHTTP_IPV6_TEXT_MAX]);
#define KHTTP_IPV4_TEXT_MAX 15
u32 khttp_ipv4_print(const u8 addr[4], char out[KHTTP_IPV4_TEXT_MAX]);

/*
 * Canonical text of a host without its port: lower case, IPv6 by RFC 5952 in
 * brackets. @base is what the offsets count from. Returns the length, or 0 when
 * there is no host or @size is too small (KHTTP_HOST_TEXT_MAX always fits).
 */
u32 khttp_host_print(const struct khttp_host *host, const char *base,
		     char *out, u32 size);

#endif
