/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_NETWORK_H
#define KHTTP_HTTP_NETWORK_H

#include "http/span.h"

/*
 * Client addresses and networks in CIDR notation. An IPv4-mapped IPv6 address
 * (RFC 4291 section 2.5.5.2) is the IPv4 address it holds, everywhere: it is
 * how a client of an IPv6 socket may show up.
 */

#define KHTTP_ADDRESS4_LEN 4
#define KHTTP_ADDRESS6_LEN 16

struct khttp_address {
	u8 len;			/* KHTTP_ADDRESS4_LEN or _ADDRESS6_LEN */
	u8 bytes[16];		/* what is behind len is 0 */
};

struct khttp_network {
	struct khttp_address address;	/* bits behind the prefix are 0 */
	u8 bits;			/* length of the prefix */
};

/* @len is 4 or 16. */
void khttp_address_set(struct khttp_address *address, const u8 *bytes, u32 len);
bool khttp_address_parse(const char *text, u32 len,
			 struct khttp_address *address);
/* Keep the first @bits only. */
void khttp_address_mask(struct khttp_address *address, u32 bits);

/*
 * "192.0.2.0/24", "2001:db8::/32", or an address alone for the network of that
 * one. Returns NULL, or one sentence without a full stop that says what to
 * change (fit for extack).
 */
const char *khttp_network_parse(const char *text, u32 len,
				struct khttp_network *network);

/* A network of one address is printed without its length. No NUL. */
#define KHTTP_NETWORK_TEXT_MAX 49
u32 khttp_network_print(const struct khttp_network *network,
			char out[KHTTP_NETWORK_TEXT_MAX]);

bool khttp_network_has(const struct khttp_network *network,
		       const struct khttp_address *address);

/* Is it in one of the @n networks? For a few; netset.h is for many. */
bool khttp_network_any(const struct khttp_network *nets, u32 n,
		       const struct khttp_address *address);

#endif
