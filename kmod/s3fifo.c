// SPDX-License-Identifier: GPL-2.0-only
/* Who has to go: which queue, which entry, and who was here not long ago. */

#include "s3fifo.h"

/* The small queue's part of the budget */
#define SMALL_PART 10

/* Hits in the small queue that lead to the main one */
#define RISE_FREQ 2

/* One ghost per so many bytes of budget: about one per entry in the main queue
 * where entries are of that size
 */
#define GHOST_PER_BYTES 4096

enum khttp_fifo khttp_s3fifo_next(const u32 len[KHTTP_FIFO_COUNT], u64 small_bytes,
				  u64 budget)
{
	if (len[KHTTP_FIFO_SMALL] &&
	    (!len[KHTTP_FIFO_MAIN] || small_bytes >= budget / SMALL_PART))
		return KHTTP_FIFO_SMALL;
	return len[KHTTP_FIFO_MAIN] ? KHTTP_FIFO_MAIN : KHTTP_FIFO_SMALL;
}

static enum khttp_fate judge_small(u8 *freq, bool sent)
{
	if (sent)
		return KHTTP_FATE_STAYS;
	if (*freq < RISE_FREQ)
		return KHTTP_FATE_GOES;
	*freq = 0;
	return KHTTP_FATE_RISES;
}

enum khttp_fate khttp_s3fifo_judge(enum khttp_fifo which, u8 *freq, bool sent)
{
	if (which == KHTTP_FIFO_SMALL)
		return judge_small(freq, sent);
	if (!*freq)
		return sent ? KHTTP_FATE_STAYS : KHTTP_FATE_GOES;
	--*freq;
	return KHTTP_FATE_STAYS;
}

u32 khttp_ghost_places(u64 budget)
{
	u32 n = KHTTP_GHOST_MIN;

	while (n < KHTTP_GHOST_MAX && n < budget / GHOST_PER_BYTES)
		n *= 2;
	return n;
}

void khttp_ghost_add(struct khttp_ghosts *g, u32 *clock, u64 hash)
{
	struct khttp_ghost *at;

	if (!g->at)
		return;
	at = &g->at[hash & g->mask];
	at->print = hash >> 32;
	at->stamp = (*clock)++;
}

bool khttp_ghost_take(struct khttp_ghosts *g, u32 clock, u32 main_len, u64 hash)
{
	u32 young = main_len;
	struct khttp_ghost *at;

	if (!g->at)
		return false;
	if (young < KHTTP_GHOST_MIN)
		young = KHTTP_GHOST_MIN;
	if (young > KHTTP_GHOST_MAX)
		young = KHTTP_GHOST_MAX;
	at = &g->at[hash & g->mask];
	if (at->print != hash >> 32 || clock - at->stamp > young)
		return false;
	at->stamp = clock - KHTTP_GHOST_EPOCH;
	return true;
}
