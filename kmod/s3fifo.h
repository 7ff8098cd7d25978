/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has to go when there is no room: the decisions of S3-FIFO (Yang, Zhang, Qiu,
 * Yue, Rashmi: "FIFO Queues are All You Need for Cache Eviction", SOSP 2023). Pure.
 *
 * New entries start in a small queue, a tenth of the budget. Those that were
 * hit there twice go on to the main queue, the others leave, and only their
 * hash is remembered for a while: if the key comes again, it starts in the main
 * queue. So a scan passes through the small queue and takes nothing with it.
 * The main queue gives an entry another round for each hit, up to three.
 *
 * A hit moves nothing, it only counts. Differences to the paper: sizes are bytes;
 * an entry that is being sent is passed over, because dropping it would free
 * nothing now.
 */
#ifndef _KHTTP_S3FIFO_H
#define _KHTTP_S3FIFO_H

#include <linux/types.h>

enum khttp_fifo {
	KHTTP_FIFO_SMALL,
	KHTTP_FIFO_MAIN,
	KHTTP_FIFO_COUNT
};

/* What becomes of the oldest one of a queue */
enum khttp_fate {
	KHTTP_FATE_GOES,
	KHTTP_FATE_STAYS,		/* becomes the newest of its queue */
	KHTTP_FATE_RISES,		/* and of the main one */
};

/* Hits that are counted of one entry between two moves */
#define KHTTP_FREQ_MAX	3

/* Which queue's oldest one is looked at; at least one of them has any. @budget: of
 * both, in bytes
 */
enum khttp_fifo khttp_s3fifo_next(const u32 len[KHTTP_FIFO_COUNT], u64 small_bytes,
				  u64 budget);

/* The oldest one of @which. *@freq: its hits, and what is left of them. @sent: it is
 * being sent
 */
enum khttp_fate khttp_s3fifo_judge(enum khttp_fifo which, u8 *freq, bool sent);

/* A key that was evicted from the small queue not long ago */
struct khttp_ghost {
	u32 print;			/* upper half of its hash */
	u32 stamp;			/* the clock when it came here */
};

/* Two keys may push each other out */
struct khttp_ghosts {
	struct khttp_ghost *at;		/* by hash, or NULL: there are none */
	u32 mask;
};

/* As many count as there are entries in the main queue, within these bounds */
#define KHTTP_GHOST_MIN 256
#define KHTTP_GHOST_MAX (1 << 18)
/* What a clock starts with: no stamp of 0 is young */
#define KHTTP_GHOST_EPOCH (2 * KHTTP_GHOST_MAX)

/* Places that a cache of so many bytes has for them, a power of two: 8 bytes each,
 * 1/512 of it where there are not too few or too many
 */
u32 khttp_ghost_places(u64 budget);

/* @clock counts those that were added, of those among which room is made */
void khttp_ghost_add(struct khttp_ghosts *g, u32 *clock, u64 hash);
/* Is it one, of the last @main_len? It is none any more then */
bool khttp_ghost_take(struct khttp_ghosts *g, u32 clock, u32 main_len, u64 hash);

#endif
