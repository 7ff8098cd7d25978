// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/subnet.h"

#include <linux/string.h>

#include "http/field.h"

static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

void khttp_addr_set(struct khttp_addr *addr, enum khttp_host_kind kind,
		    const u8 *bytes, u16 port)
{
	memset(addr, 0, sizeof(*addr));
	addr->port = port;
	if (kind == KHTTP_HOST_IPV6 && !memcmp(bytes, mapped, sizeof(mapped))) {
		kind = KHTTP_HOST_IPV4;
		bytes += sizeof(mapped);
	}
	addr->kind = (u8)kind;
	memcpy(addr->bytes, bytes, kind == KHTTP_HOST_IPV4 ? 4 : 16);
}

bool khttp_addr_parse(struct khttp_span text, struct khttp_addr *addr)
{
	struct khttp_host host;
	u8 bytes[16];

	if (khttp_host_parse(text.ptr, text.len, &host)) {
		if (host.kind == KHTTP_HOST_NAME)
			return false;
		khttp_addr_set(addr, (enum khttp_host_kind)host.kind, host.addr,
			       host.port);
		return true;
	}
	if (!khttp_ipv6_parse(text.ptr, text.len, bytes))
		return false;
	khttp_addr_set(addr, KHTTP_HOST_IPV6, bytes, 0);
	return true;
}

/* Do the first @bits bits agree? */
static bool same_bits(const u8 *a, const u8 *b, u32 bits)
{
	u32 bytes = bits / 8;
	u8 mask = (u8)(0xff00 >> bits % 8);

	return !memcmp(a, b, bytes) &&
	       (!(bits % 8) || !((a[bytes] ^ b[bytes]) & mask));
}

static bool zero_from(const u8 *bytes, u32 bits, u32 size)
{
	u32 i;

	for (i = bits; i < size; i++)
		if (bytes[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

/* One to three digits, at most @max, no leading zero */
static bool parse_bits(struct khttp_span text, u32 max, u32 *bits)
{
	u64 number;

	if (text.len > 3 || !khttp_number(text, &number) || number > max ||
	    (text.len > 1 && text.ptr[0] == '0'))
		return false;
	*bits = (u32)number;
	return true;
}

const char *khttp_subnet_parse(struct khttp_span text, struct khttp_subnet *net)
{
	struct khttp_addr addr;
	u8 bytes[16];
	u32 size = 128;
	u32 bits;
	u32 end = 0;

	while (end < text.len && text.ptr[end] != '/')
		end++;
	if (khttp_ipv4_parse(text.ptr, end, bytes))
		size = 32;
	else if (!khttp_ipv6_parse(text.ptr, end, bytes))
		return "networks are written like 192.0.2.0/24 or 2001:db8::/32";
	bits = size;
	if (end < text.len &&
	    !parse_bits(khttp_span_of(text.ptr + end + 1, text.len - end - 1),
			size, &bits))
		return "the length of a network is at most /32, or /128 with IPv6";
	if (!zero_from(bytes, bits, size))
		return "the address has bits behind the network's length; make them 0";
	khttp_addr_set(&addr, size == 32 ? KHTTP_HOST_IPV4 : KHTTP_HOST_IPV6,
		       bytes, 0);
	if (size == 128 && addr.kind == KHTTP_HOST_IPV4) {
		if (bits < 96)
			return "write networks of IPv4 addresses as such";
		bits -= 96;
	}
	net->kind = addr.kind;
	net->bits = (u8)bits;
	memcpy(net->bytes, addr.bytes, sizeof(net->bytes));
	return NULL;
}

static u32 print_number(u32 number, char *out)
{
	u32 n = 0;

	if (number >= 100)
		out[n++] = (char)('0' + number / 100);
	if (number >= 10)
		out[n++] = (char)('0' + number / 10 % 10);
	out[n++] = (char)('0' + number % 10);
	return n;
}

u32 khttp_subnet_print(const struct khttp_subnet *net,
		       char out[KHTTP_SUBNET_TEXT_MAX])
{
	u32 n = net->kind == KHTTP_HOST_IPV4 ?
		khttp_ipv4_print(net->bytes, out) :
		khttp_ipv6_print(net->bytes, out);

	out[n++] = '/';
	return n + print_number(net->bits, out + n);
}

bool khttp_subnets_have(const struct khttp_subnet *nets, u32 n,
			const struct khttp_addr *addr)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (nets[i].kind == addr->kind &&
		    same_bits(nets[i].bytes, addr->bytes, nets[i].bits))
			return true;
	return false;
}
