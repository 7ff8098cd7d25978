// SPDX-License-Identifier: GPL-2.0-only OR MIT
#include "http/netset.h"

/* Bytes at the front that two addresses share. */
static u32 shared_bytes(const u8 *a, const u8 *b, u32 width)
{
	u32 n = 0;

	while (n < width && a[n] == b[n])
		n++;
	return n;
}

/* The byte in which a prefix of @bits ends; 0 for one of no bits. */
static u32 last_byte(u32 bits)
{
	return bits ? (bits - 1) / 8 : 0;
}

void khttp_netset_sizer_init(struct khttp_netset_sizer *sizer, u32 width)
{
	memset(sizer, 0, sizeof(*sizer));
	sizer->width = (u8)width;
	sizer->shared = -1;
}

static const char *check(const struct khttp_netset_sizer *sizer, const u8 *packed)
{
	struct khttp_address masked = { .len = sizer->width };
	u32 width = sizer->width;
	u32 bits = packed[width];

	if (bits > width * 8)
		return "a network's length is more than its address has bits";
	memcpy(masked.bytes, packed, width);
	khttp_address_mask(&masked, bits);
	if (memcmp(masked.bytes, packed, width))
		return "the bits of a network behind its length have to be 0";
	if (width == KHTTP_ADDRESS6_LEN && bits >= 96) {
		struct khttp_address plain;

		khttp_address_set(&plain, packed, width);
		if (plain.len != width)
			return "IPv4 networks stand among those of IPv4, without ::ffff:";
	}
	if (!sizer->n)
		return NULL;
	if (memcmp(sizer->last, packed, width) > 0)
		return "networks come in ascending order";
	khttp_address_mask(&masked, sizer->last[width]);
	if (!memcmp(masked.bytes, sizer->last, width))
		return "a network lies within another: leave it out";
	return NULL;
}

/*
 * The last one's place is known now that its neighbour is: @shared bytes. It
 * has a node of its own when it goes on behind the node where the two part.
 */
static void settle(struct khttp_netset_sizer *sizer, s32 shared)
{
	s32 parts = shared > sizer->shared ? shared : sizer->shared;

	if ((s32)last_byte(sizer->last[sizer->width]) > parts)
		sizer->nodes++;
}

/* Two neighbours part at byte @shared: there is a node for that. */
static void part(struct khttp_netset_sizer *sizer, u32 shared)
{
	while (sizer->n_open && sizer->open[sizer->n_open - 1] > shared)
		sizer->n_open--;
	if (sizer->n_open && sizer->open[sizer->n_open - 1] == shared)
		return;
	sizer->open[sizer->n_open++] = (u8)shared;
	sizer->nodes++;
}

const char *khttp_netset_sizer_add(struct khttp_netset_sizer *sizer,
				   const u8 *packed, u32 n)
{
	u32 width = sizer->width;
	const char *error;
	u32 shared;

	for (; n; n--, packed += width + 1) {
		error = check(sizer, packed);
		if (error)
			return error;
		if (sizer->n) {
			shared = shared_bytes(sizer->last, packed, width);
			settle(sizer, (s32)shared);
			part(sizer, shared);
			sizer->shared = (s32)shared;
		}
		memcpy(sizer->last, packed, width + 1);
		sizer->n++;
	}
	return NULL;
}

void khttp_netset_sizer_end(struct khttp_netset_sizer *sizer)
{
	/* 0.0.0.0/0 is alone, and no node */
	if (sizer->n && sizer->last[sizer->width])
		settle(sizer, -1);
}

/*
 * A node that waits to be filled holds the range of its networks in base and
 * in the first word.
 */
static void reserve(struct khttp_netset_build *build, u32 from, u32 to)
{
	struct khttp_netset_node *node = &build->set->nodes[build->end++];

	node->base = from;
	node->leaf[0] = to;
}

static const u8 *at(const struct khttp_netset_build *build, u32 i)
{
	return build->packed + (size_t)i * (build->width + 1);
}

/* The first network from @from on with another byte @depth, or @to. */
static u32 group_end(const struct khttp_netset_build *build, u32 from, u32 to,
		     u32 depth)
{
	u8 byte = at(build, from)[depth];

	while (from < to) {
		u32 middle = from + (to - from) / 2;

		if (at(build, middle)[depth] == byte)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* Networks that end in this byte fill a range of its values. */
static void fill_leaf(struct khttp_netset_node *node, u8 byte, u32 free_bits)
{
	u32 i;

	for (i = byte; i < byte + (1u << free_bits); i++)
		node->leaf[i / 64] |= 1ULL << i % 64;
}

static u32 count_bits(u64 word)
{
	word -= word >> 1 & 0x5555555555555555ULL;
	word = (word & 0x3333333333333333ULL) +
	       (word >> 2 & 0x3333333333333333ULL);
	word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fULL;
	return (u32)(word * 0x0101010101010101ULL >> 56);
}

static void count_children(struct khttp_netset_node *node)
{
	u32 sum = 0;
	u32 i;

	for (i = 0; i < 3; i++) {
		sum += count_bits(node->child[i]);
		node->before[i] = (u8)sum;
	}
}

static void fill(struct khttp_netset_build *build, struct khttp_netset_node *node)
{
	u32 from = node->base, to = (u32)node->leaf[0];
	u32 width = build->width;
	u32 depth, end;

	memset(node, 0, sizeof(*node));
	if (to - from == 1)
		depth = last_byte(at(build, from)[width]);
	else
		depth = shared_bytes(at(build, from), at(build, to - 1), width);
	node->depth = (u8)depth;
	node->base = build->end;
	memcpy(node->key, at(build, from), depth);
	for (; from < to; from = end) {
		const u8 *packed = at(build, from);
		u32 bits = packed[width];

		end = from + 1;
		if (bits <= 8 * (depth + 1)) {
			fill_leaf(node, packed[depth], 8 * (depth + 1) - bits);
			continue;
		}
		end = group_end(build, from, to, depth);
		node->child[packed[depth] / 64] |= 1ULL << packed[depth] % 64;
		reserve(build, from, end);
	}
	count_children(node);
}

void khttp_netset_build_begin(struct khttp_netset_build *build,
			      struct khttp_netset *set, const u8 *packed,
			      const struct khttp_netset_sizer *sizer)
{
	set->n_nodes = sizer->nodes;
	set->all = sizer->n && !sizer->nodes;
	build->set = set;
	build->packed = packed;
	build->width = sizer->width;
	build->next = 0;
	build->end = 0;
	if (sizer->nodes)
		reserve(build, 0, sizer->n);
}

bool khttp_netset_build_step(struct khttp_netset_build *build, u32 nodes)
{
	for (; nodes && build->next < build->end; nodes--)
		fill(build, &build->set->nodes[build->next++]);
	return build->next < build->end;
}

bool khttp_netset_has(const struct khttp_netset *set, const u8 *address)
{
	const struct khttp_netset_node *node = set->nodes;
	u32 byte, word;
	u64 bit;

	if (!set->n_nodes)
		return set->all;
	for (;;) {
		byte = address[node->depth];
		word = byte / 64;
		bit = 1ULL << byte % 64;
		if (node->leaf[word] & bit)
			return !memcmp(node->key, address, node->depth);
		if (!(node->child[word] & bit))
			return false;
		node = &set->nodes[node->base +
				   (word ? node->before[word - 1] : 0) +
				   count_bits(node->child[word] & (bit - 1))];
	}
}
