/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_PROXY_H
#define KHTTP_HTTP_PROXY_H

#include "http/node.h"

/*
 * The PROXY protocol, versions 1 and 2: what a proxy sends in front of the
 * first request, to say for whom it speaks. Bytes are looked at once however
 * they arrive, and nothing of them is kept but the source's address.
 *
 * The source is taken from TCP over IPv4 and IPv6. With what else the protocol
 * knows (UNKNOWN, LOCAL, UNSPEC, Unix and datagram sockets) the connection's
 * own peer is the client. The destination is checked and dropped.
 *
 * Type-length-values of version 2 have to fit exactly, and a CRC32c among them
 * has to be right; what they say is dropped. Behind LOCAL and UNSPEC nothing is
 * looked at, as the protocol asks.
 */

/* The longest line of version 1, with its CRLF */
#define KHTTP_PROXY_LINE_MAX	107
/* What a whole header of version 2 may take; it could say 65551 */
#define KHTTP_PROXY_HEADER_MAX	4096

enum khttp_proxy_result {
	KHTTP_PROXY_MORE,	/* all was used, and more has to come */
	KHTTP_PROXY_DONE,	/* what follows the used bytes is not ours */
	KHTTP_PROXY_REFUSED,	/* no header that is accepted */
};

#define KHTTP_PROXY_ACCEPT_V1	0x01
#define KHTTP_PROXY_ACCEPT_V2	0x02

struct khttp_proxy {
	struct khttp_node source; /* when done; nobody: the peer itself */
	/* owned by proxy.c */
	u8 accept;		/* KHTTP_PROXY_ACCEPT_* */
	u8 state;
	u8 family;		/* family and transport of version 2 */
	u8 has_crc;
	u16 have;		/* bytes in buf */
	u16 left;		/* of the header, not looked at yet */
	u16 skip;		/* of them, without a meaning */
	u32 crc;
	u32 crc_wanted;
	char buf[KHTTP_PROXY_LINE_MAX];
};

void khttp_proxy_init(struct khttp_proxy *p, u8 accept);

/* The next @len bytes, more than 0; *@used of them belong to the header. */
enum khttp_proxy_result khttp_proxy_parse(struct khttp_proxy *p,
					  const char *buf, u32 len, u32 *used);

#endif
