// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/node.h"

#include "http/host.h"

void khttp_node_set(struct khttp_node *node, const u8 *bytes, u32 len, u16 port)
{
	khttp_address_set(&node->address, bytes, len);
	node->port = port;
}

bool khttp_node_parse(struct khttp_span text, struct khttp_node *node)
{
	struct khttp_host host;
	u8 bytes[16];

	if (khttp_host_parse(text.ptr, text.len, &host)) {
		if (host.kind == KHTTP_HOST_NAME)
			return false;
		khttp_node_set(node, host.addr, host.kind == KHTTP_HOST_IPV4 ?
			       KHTTP_ADDRESS4_LEN : KHTTP_ADDRESS6_LEN,
			       host.port);
		return true;
	}
	if (!khttp_ipv6_parse(text.ptr, text.len, bytes))
		return false;
	khttp_node_set(node, bytes, KHTTP_ADDRESS6_LEN, 0);
	return true;
}

bool khttp_node_eq(const struct khttp_node *a, const struct khttp_node *b)
{
	return a->port == b->port && a->address.len == b->address.len &&
	       !memcmp(a->address.bytes, b->address.bytes, a->address.len);
}
