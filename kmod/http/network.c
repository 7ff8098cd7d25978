// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/network.h"

#include "http/host.h"
#include "http/out.h"

static const u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

void khttp_address_set(struct khttp_address *address, const u8 *bytes, u32 len)
{
	if (len == KHTTP_ADDRESS6_LEN && !memcmp(bytes, mapped, sizeof(mapped))) {
		bytes += sizeof(mapped);
		len = KHTTP_ADDRESS4_LEN;
	}
	memset(address->bytes, 0, sizeof(address->bytes));
	memcpy(address->bytes, bytes, len);
	address->len = (u8)len;
}

bool khttp_address_parse(const char *text, u32 len,
			 struct khttp_address *address)
{
	u8 bytes[16];

	if (khttp_ipv4_parse(text, len, bytes))
		khttp_address_set(address, bytes, KHTTP_ADDRESS4_LEN);
	else if (khttp_ipv6_parse(text, len, bytes))
		khttp_address_set(address, bytes, KHTTP_ADDRESS6_LEN);
	else
		return false;
	return true;
}

void khttp_address_mask(struct khttp_address *address, u32 bits)
{
	u32 whole = bits / 8;

	if (whole >= address->len)
		return;
	address->bytes[whole] &= (u8)(0xff00u >> bits % 8);
	memset(address->bytes + whole + 1, 0, sizeof(address->bytes) - whole - 1);
}

/* One to three digits without a leading zero, at most @max. */
static bool parse_bits(const char *text, u32 len, u32 max, u32 *bits)
{
	u32 number = 0;
	u32 i;

	if (!len || len > 3 || (len > 1 && text[0] == '0'))
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number * 10 + (u32)(text[i] - '0');
	}
	*bits = number;
	return number <= max;
}

static const char *finish(struct khttp_network *network, u32 bits)
{
	struct khttp_address masked = network->address;

	khttp_address_mask(&masked, bits);
	if (memcmp(masked.bytes, network->address.bytes, sizeof(masked.bytes)))
		return "the bits of a network behind its length have to be 0";
	network->bits = (u8)bits;
	return NULL;
}

const char *khttp_network_parse(const char *text, u32 len,
				struct khttp_network *network)
{
	const char *slash = len ? memchr(text, '/', len) : NULL;
	u32 address_len = slash ? (u32)(slash - text) : len;
	u32 max, bits;
	bool v6;

	if (!khttp_address_parse(text, address_len, &network->address))
		return "write a network as 192.0.2.0/24 or 2001:db8::/32, or one address";
	v6 = address_len && memchr(text, ':', address_len);
	max = v6 ? 128 : 32;
	bits = max;
	if (slash && !parse_bits(slash + 1, len - address_len - 1, max, &bits))
		return "the length of a network is 0 to 32, or 0 to 128 for IPv6";
	/* ::ffff:192.0.2.0/120 is 192.0.2.0/24 */
	if (v6 && network->address.len == KHTTP_ADDRESS4_LEN) {
		if (bits < 96)
			return "write IPv4 networks without ::ffff:";
		bits -= 96;
	}
	return finish(network, bits);
}

u32 khttp_network_print(const struct khttp_network *network,
			char out[KHTTP_NETWORK_TEXT_MAX])
{
	const struct khttp_address *address = &network->address;
	struct khttp_out text;
	u32 len;

	if (address->len == KHTTP_ADDRESS4_LEN)
		len = khttp_ipv4_print(address->bytes, out);
	else
		len = khttp_ipv6_print(address->bytes, out);
	if (network->bits == address->len * 8)
		return len;
	khttp_out_init(&text, out + len, KHTTP_NETWORK_TEXT_MAX - len);
	khttp_out_text(&text, "/");
	khttp_out_number(&text, network->bits);
	return len + text.len;
}

static bool same_bits(const u8 *a, const u8 *b, u32 bits)
{
	u32 whole = bits / 8;

	if (memcmp(a, b, whole))
		return false;
	return !(bits % 8) || !((a[whole] ^ b[whole]) >> (8 - bits % 8));
}

bool khttp_network_has(const struct khttp_network *network,
		       const struct khttp_address *address)
{
	return network->address.len == address->len &&
	       same_bits(network->address.bytes, address->bytes, network->bits);
}

bool khttp_network_any(const struct khttp_network *nets, u32 n,
		       const struct khttp_address *address)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (khttp_network_has(&nets[i], address))
			return true;
	return false;
}
