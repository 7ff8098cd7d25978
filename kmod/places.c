// SPDX-License-Identifier: GPL-2.0-only
/*
 * A queue's shards as a whole, and its places, which are its length. See
 * shard.h.
 */

#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>

#include "alloc.h"
#include "queue.h"
#include "shard.h"

/* Places drawn at once: of an eighth of the length, a CPU's share */
#define BATCH_SHARE	8
#define BATCH_MAX	64U

static struct khttp_shard *first_of(const struct khttp_queue *q)
{
	return per_cpu_ptr(q->shards, cpumask_first(cpu_possible_mask));
}

/**
 * khttp_shards_create - one for each possible CPU
 * @q: a new queue
 *
 * Charged to the caller, who decides how long the queue lives. Context: sleeps.
 * Returns 0 or -ENOMEM.
 */
int khttp_shards_create(struct khttp_queue *q)
{
	struct khttp_shard *s, *next;
	int cpu;

	BUILD_BUG_ON(NR_CPUS > U16_MAX);
	q->shards = khttp_alloc_percpu(struct khttp_shard, GFP_KERNEL_ACCOUNT);
	if (!q->shards)
		return -ENOMEM;
	next = first_of(q);
	for_each_possible_cpu(cpu) {
		s = per_cpu_ptr(q->shards, cpu);
		s->cpu = cpu;
		s->next = next;
		s->from = s;
		next = s;
		spin_lock_init(&s->lock);
		INIT_LIST_HEAD(&s->waiting);
		INIT_LIST_HEAD(&s->idle);
		INIT_LIST_HEAD(&s->parked);
	}
	/* The ring closes: it goes from each CPU to the one before */
	first_of(q)->next = next;
	return 0;
}

/* Every free place into queue->places */
static void collect(struct khttp_queue *q)
{
	struct khttp_shard *first = first_of(q), *s = first;
	u32 credit = 0;

	do {
		lockdep_assert_held(&s->lock);
		credit += s->credit;
		s->credit = 0;
		s = s->next;
	} while (s != first);
	atomic_add(credit, &q->places);
}

/* For sparse, which cannot count in a loop: the queue's lock stands for all */
static void lock_one(struct khttp_queue *q, struct khttp_shard *s)
{
	spin_lock_nest_lock(&s->lock, &q->lock);
	__release(&s->lock);
}

static void unlock_one(struct khttp_shard *s)
{
	__acquire(&s->lock);
	spin_unlock(&s->lock);
}

/**
 * khttp_shards_lock - all of them, with no place in any credit
 * @q: the queue
 *
 * Context: any but hard interrupt, no lock of the queue held; takes q->lock.
 */
void khttp_shards_lock(struct khttp_queue *q) __acquires(&q->lock)
{
	struct khttp_shard *first = first_of(q), *s = first;

	spin_lock_bh(&q->lock);
	do {
		lock_one(q, s);
		s = s->next;
	} while (s != first);
	collect(q);
}

void khttp_shards_unlock(struct khttp_queue *q) __releases(&q->lock)
{
	struct khttp_shard *first = first_of(q), *s = first;

	do {
		unlock_one(s);
		s = s->next;
	} while (s != first);
	spin_unlock_bh(&q->lock);
}

/**
 * khttp_shards_add - so many places more
 * @q: the queue, between khttp_shards_lock() and _unlock()
 * @more: may be less than 0, and the places then, too
 */
void khttp_shards_add(struct khttp_queue *q, int more)
{
	bool tight = atomic_add_return(more, &q->places) <= 0;

	WRITE_ONCE(q->tight, tight);
	if (!tight)
		WRITE_ONCE(q->full, false);
}

/**
 * khttp_shards_resize - the queue gets another length
 * @q: the queue
 * @length: requests that may wait
 *
 * What waits already stays, also when the new length is smaller.
 * Context: net->config held.
 */
void khttp_shards_resize(struct khttp_queue *q, u32 length)
{
	u32 batch = length / BATCH_SHARE / num_possible_cpus();

	khttp_shards_lock(q);
	/* No length is near what an int can hold */
	khttp_shards_add(q, length - q->policy.length);
	WRITE_ONCE(q->policy.length, length);
	WRITE_ONCE(q->batch, clamp(batch, 1U, BATCH_MAX));
	khttp_shards_unlock(q);
}

/**
 * khttp_shard_draw - credit for a shard that has none
 * @q: the queue
 * @s: the shard, its lock held
 *
 * Returns false when there is none in queue->places.
 */
bool khttp_shard_draw(struct khttp_queue *q, struct khttp_shard *s)
{
	int n, left = atomic_read(&q->places);

	lockdep_assert_held(&s->lock);
	do {
		if (left <= 0)
			return false;
		n = min_t(int, left, READ_ONCE(q->batch));
	} while (!atomic_try_cmpxchg(&q->places, &left, left - n));
	s->credit += n;
	return true;
}
