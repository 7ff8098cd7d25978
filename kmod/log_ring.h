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

#include <linux/cache.h>
#include <linux/types.h>

struct khttp_log_entry;

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

/* A record with those texts. Context: this CPU's, BH disabled */
enum khttp_log_fill khttp_log_ring_put(struct khttp_log_ring *ring,
				       struct khttp_log_entry *e, u32 texts);

/* Is there anything? Context: any */
bool khttp_log_ring_any(const struct khttp_log_ring *ring);
/*
 * Whole records, KHTTP_LOG_RECORD_MAX of @room are enough for one: bytes copied, 0:
 * nothing there, or -EFAULT: nothing was taken. Context: one reader at a time, sleeps
 */
ssize_t khttp_log_ring_take(struct khttp_log_ring *ring, char __user *to,
			    size_t room);

#endif
