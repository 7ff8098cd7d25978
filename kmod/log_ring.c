// SPDX-License-Identifier: GPL-2.0-only
/* One CPU's records for one reader: see log_ring.h. */

#include "log_ring.h"

#include <linux/topology.h>
#include <linux/uaccess.h>

#include "alloc.h"

static_assert(KHTTP_LOG_RING_MIN / 2 >= KHTTP_LOG_RECORD_MAX);
/* There is always room for a start where a record does not fit */
static_assert(sizeof(struct khttp_log_start) == 8);

int khttp_log_ring_init(struct khttp_log_ring *ring, u32 size, int cpu)
{
	ring->bytes = khttp_kvzalloc_node(size, GFP_KERNEL_ACCOUNT, cpu_to_node(cpu));
	ring->size = size;
	return ring->bytes ? 0 : -ENOMEM;
}

void khttp_log_ring_exit(struct khttp_log_ring *ring)
{
	kvfree(ring->bytes);
}

/* ---- writing ---- */

enum khttp_log_fill khttp_log_ring_fit(struct khttp_log_ring *ring,
				       struct khttp_log_entry *e, u32 texts)
{
	unsigned long head = ring->head;
	unsigned long used = head - smp_load_acquire(&ring->tail);
	u32 at = head & (ring->size - 1), size = khttp_log_size(e, texts);
	u32 skip = size > ring->size - at ? ring->size - at : 0;

	if (used + skip + size > ring->size) {
		WRITE_ONCE(ring->lost, ring->lost + 1);
		return KHTTP_LOG_FILL_FULL;
	}
	if (skip) {
		struct khttp_log_start *nothing = (void *)(ring->bytes + at);

		*nothing = (struct khttp_log_start){ .size = skip };
		at = 0;
	}
	size = khttp_log_write(e, texts, ring->bytes + at);
	smp_store_release(&ring->head, head + skip + size);
	return khttp_log_ring_fill(ring, used, used + skip + size);
}

/* ---- reading ---- */

bool khttp_log_ring_any(const struct khttp_log_ring *ring)
{
	return READ_ONCE(ring->head) != READ_ONCE(ring->tail) ||
	       READ_ONCE(ring->lost) != READ_ONCE(ring->told);
}

static const struct khttp_log_start *start_at(const struct khttp_log_ring *ring,
					      unsigned long pos)
{
	return (const void *)(ring->bytes + (pos & (ring->size - 1)));
}

/* Bytes of records that stand in one piece from @tail on, @room at most */
static size_t run_at(const struct khttp_log_ring *ring, unsigned long tail,
		     unsigned long head, size_t room)
{
	size_t len = 0;

	while (tail + len != head) {
		const struct khttp_log_start *s = start_at(ring, tail + len);

		if (!s->type || len + s->size > room)
			break;
		len += s->size;
		/* The next one stands at the beginning */
		if (!((tail + len) & (ring->size - 1)))
			break;
	}
	return len;
}

/* How many were lost, where that is more than was told: bytes, or -EFAULT */
static ssize_t tell_lost(struct khttp_log_ring *ring, char __user *to, size_t room)
{
	u64 lost = READ_ONCE(ring->lost);
	struct khttp_log_lost record = {
		.size = sizeof(record),
		.type = KHTTP_LOG_LOST,
		.head = sizeof(record),
		.lost = lost - ring->told,
	};

	if (!record.lost || room < sizeof(record))
		return 0;
	if (copy_to_user(to, &record, sizeof(record)))
		return -EFAULT;
	WRITE_ONCE(ring->told, lost);
	return sizeof(record);
}

ssize_t khttp_log_ring_take(struct khttp_log_ring *ring, char __user *to,
			    size_t room)
{
	unsigned long head = smp_load_acquire(&ring->head);
	unsigned long tail = ring->tail;
	size_t done = 0;
	ssize_t told;

	while (tail != head) {
		const struct khttp_log_start *s = start_at(ring, tail);
		size_t len;

		if (!s->type) {
			tail += s->size;
			continue;
		}
		len = run_at(ring, tail, head, room - done);
		if (!len)
			break;
		if (copy_to_user(to + done, s, len))
			return done ?: -EFAULT;
		done += len;
		tail += len;
		/* The writer may write there from now on */
		smp_store_release(&ring->tail, tail);
	}
	/* They were lost behind what stood here when the ring was full */
	if (tail != head)
		return done;
	smp_store_release(&ring->tail, tail);
	told = tell_lost(ring, to + done, room - done);
	return told < 0 ? done ?: told : done + told;
}
