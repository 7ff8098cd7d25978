/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_SUBNET_H
#define KHTTP_HTTP_SUBNET_H

#include "http/host.h"
#include "http/span.h"

/*
 * An IP address of a peer, as proxies write it or sockets have it. An IPv6
 * address that stands for an IPv4 one (RFC 4291 section 2.5.5.2) is that IPv4
 * address: the same machine is not two.
 */
struct khttp_addr {
	u8 kind;		/* enum khttp_host_kind, never NAME */
	u8 bytes[16];		/* IPv4: the first 4; the others are 0 */
	u16 port;		/* 0: not known */
};

/* A network: what has its first @bits bits in common with it. */
struct khttp_subnet {
	u8 kind;		/* KHTTP_HOST_IPV4 or _IPV6 */
	u8 bits;
	u8 bytes[16];		/* 0 from @bits on */
};

/* The normal form of 4 or 16 bytes. */
void khttp_addr_set(struct khttp_addr *addr, enum khttp_host_kind kind,
		    const u8 *bytes, u16 port);

/*
 * "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]" and
 * "[2001:db8::1]:80". False for anything else.
 */
bool khttp_addr_parse(struct khttp_span text, struct khttp_addr *addr);

/*
 * "192.0.2.0/24", "2001:db8::/32", or one address. Returns NULL, or why it is
 * none, as a text for the administrator.
 */
const char *khttp_subnet_parse(struct khttp_span text,
			       struct khttp_subnet *net);

/* The way khttp_subnet_parse() takes it, without NUL; returns the length. */
#define KHTTP_SUBNET_TEXT_MAX (KHTTP_IPV6_TEXT_MAX + 4)
u32 khttp_subnet_print(const struct khttp_subnet *net,
		       char out[KHTTP_SUBNET_TEXT_MAX]);

/* Is @addr in one of the @n networks? */
bool khttp_subnets_have(const struct khttp_subnet *nets, u32 n,
			const struct khttp_addr *addr);

#endif
