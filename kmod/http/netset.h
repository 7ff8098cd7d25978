/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_NETSET_H
#define KHTTP_HTTP_NETSET_H

#include "http/network.h"

/*
 * A set of networks of one family, looked up in a number of steps that does
 * not depend on how many there are: a trie of one byte a step, at most 4 for
 * IPv4 and 16 for IPv6. Bytes in which all networks below are alike cost no
 * step: they are compared once, at the end.
 *
 * It is made from networks that are packed, in ascending order of their bytes,
 * none within another; a node is needed for each at most twice. Once made it
 * never changes: a changed set is a new one.
 *
 * Packed: the bytes of the address, then the length of the prefix in one.
 */
#define KHTTP_NETSET_PACKED4 (KHTTP_ADDRESS4_LEN + 1)
#define KHTTP_NETSET_PACKED6 (KHTTP_ADDRESS6_LEN + 1)

struct khttp_netset_node {
	u64 leaf[4];		/* values of the byte that are in, with all below */
	u64 child[4];		/* and those that have a node */
	u32 base;		/* the node of the first of them; the others follow */
	u8 depth;		/* which byte of the address */
	u8 before[3];		/* children in child[0], [0..1], [0..2] */
	u8 key[16];		/* the bytes in front of that */
};

struct khttp_netset {
	struct khttp_netset_node *nodes;	/* the first one is the root */
	u32 n_nodes;
	bool all;		/* no nodes: everything is in it, or nothing */
};

/*
 * Checks packed networks as they come and counts the nodes they will need.
 */
struct khttp_netset_sizer {
	u32 n;			/* networks so far */
	u32 nodes;		/* for them, once khttp_netset_sizer_end() was called */
	/* private */
	u8 width;		/* bytes of an address */
	u8 n_open;
	u8 open[16];		/* depths of the nodes that the last one is below */
	s32 shared;		/* bytes it has in common with the one before, or -1 */
	u8 last[KHTTP_NETSET_PACKED6];
};

/* @width is KHTTP_ADDRESS4_LEN or KHTTP_ADDRESS6_LEN. */
void khttp_netset_sizer_init(struct khttp_netset_sizer *sizer, u32 width);
/*
 * @n more networks. Returns NULL, or one sentence without a full stop that
 * says what is wrong with one of them; the sizer is of no use then.
 */
const char *khttp_netset_sizer_add(struct khttp_netset_sizer *sizer,
				   const u8 *packed, u32 n);
void khttp_netset_sizer_end(struct khttp_netset_sizer *sizer);

/* Building goes in steps, so that others get the CPU between them. */
struct khttp_netset_build {
	struct khttp_netset *set;
	const u8 *packed;
	u32 width;
	u32 next;		/* node to fill */
	u32 end;		/* nodes that are reserved */
};

/*
 * @set->nodes has room for sizer->nodes of them (NULL where that is 0);
 * @packed is what the sizer has seen.
 */
void khttp_netset_build_begin(struct khttp_netset_build *build,
			      struct khttp_netset *set, const u8 *packed,
			      const struct khttp_netset_sizer *sizer);
/* At most @nodes of them; true as long as something is left to do. */
bool khttp_netset_build_step(struct khttp_netset_build *build, u32 nodes);

/* @address has as many bytes as those the set is made of. */
bool khttp_netset_has(const struct khttp_netset *set, const u8 *address);

#endif
