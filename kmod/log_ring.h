/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One CPU's records for one reader: bytes in a ring, one writer, one reader.
 *
 * The writer is whoever runs on that CPU with BH disabled, so there is one at a
 * time; readers have the reader's mutex. head and tail count bytes for ever, and
 * what stands between them, modulo the size, is records, none of which goes round
 * the end: what is left there is skipped by one of type 0. The writer publishes head
 * behind the bytes, the reader tail behind the copy.
 *
 * Full is full: what stands there is not written over, for the reader may be copying
 * it. The new record is lost, and counted.
 */
#ifndef _KHTTP_LOG_RING_H
#define _KHTTP_LOG_RING_H

#include <asm/barrier.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "http/log_record.h"

struct khttp_log_ring {
	/* set once */
	char *bytes;
	u32 size;			/* a power of two */

	/* the writer's; READ_ONCE readers */
	u32 passed;			/* that a sample is taken of */
	u64 lost;			/* records that had no room */
	unsigned long head;

	/* the reader's; READ_ONCE writer */
	unsigned long tail ____cacheline_aligned_in_smp;
	u64 told;			/* of lost */
};

enum khttp_log_fill {
	KHTTP_LOG_FILL_SOME,
	KHTTP_LOG_FILL_HALF,		/* it is now, and was not before */
	KHTTP_LOG_FILL_FULL,		/* there was no room */
};

/* 0 or -ENOMEM. Context: sleeps */
int khttp_log_ring_init(struct khttp_log_ring *ring, u32 size, int cpu);
void khttp_log_ring_exit(struct khttp_log_ring *ring);

static inline enum khttp_log_fill khttp_log_ring_fill(const struct khttp_log_ring *ring,
						      unsigned long before,
						      unsigned long after)
{
	unsigned long half = ring->size / 2;

	return before <= half && after > half ? KHTTP_LOG_FILL_HALF :
						KHTTP_LOG_FILL_SOME;
}

/* Where the longest may not fit it matters how long it is. Context: likewise */
enum khttp_log_fill khttp_log_ring_fit(struct khttp_log_ring *ring,
				       struct khttp_log_entry *e, u32 texts);

/* A record with those texts. Context: this CPU's, BH disabled */
static __always_inline enum khttp_log_fill khttp_log_ring_put(struct khttp_log_ring *ring,
							      struct khttp_log_entry *e,
							      u32 texts)
{
	unsigned long head = ring->head;
	/* Its bytes were copied before we may write over them */
	unsigned long used = head - smp_load_acquire(&ring->tail);
	u32 at = head & (ring->size - 1), size;

	if (unlikely(max_t(unsigned long, used, at) + KHTTP_LOG_RECORD_MAX > ring->size))
		return khttp_log_ring_fit(ring, e, texts);
	size = khttp_log_write(e, texts, ring->bytes + at);
	smp_store_release(&ring->head, head + size);
	return khttp_log_ring_fill(ring, used, used + size);
}

/* Is there anything? Context: any */
bool khttp_log_ring_any(const struct khttp_log_ring *ring);
/*
 * Whole records, KHTTP_LOG_RECORD_MAX of @room are enough for one: bytes copied, 0:
 * nothing there, or -EFAULT: nothing was taken. Context: one reader at a time, sleeps
 */
ssize_t khttp_log_ring_take(struct khttp_log_ring *ring, char __user *to,
			    size_t room);

#endif
