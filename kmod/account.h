/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that strangers make a namespace hold outside the cache: their
 * connections, heads that are not complete, requests with what is stored of
 * them, bodies not read yet, answers not sent yet. All of it is charged here,
 * against the limit request_bytes: what may be refused before it is allocated,
 * answers when they come to wait at their connection.
 *
 *   what                    when there is no room
 *   a connection            closed as it is accepted (Connections_Refused);
 *                           all of them have a half of the limit
 *   a head, a request       503 (MemoryLimit), Retry-After, and the close
 *   its body                a page and its trailers are charged with the
 *                           request: what has begun does not break off. More
 *                           of it as it comes, up to a half of the limit; then
 *                           it stays with the client until some was read
 *   an answer               always taken, but the send window of every request
 *                           shrinks with what is free: see
 *                           khttp_account_window()
 *
 * Bodies that nobody takes up leave room for requests that are quick, and so do
 * connections that only stand there. Requests may take seven eighths: connections
 * find room longer than they do, so that who comes is told 503 and not left
 * without a word, and answers to what is already there can be made.
 *
 * Each CPU has a credit, drawn from the account in batches, so that a request
 * costs two additions on its own CPU and no shared line.
 *
 * No cgroup is charged for this. It is taken in softirq and in kernel workers
 * for whoever connects. The task that once made the queue is mostly a khttpctl
 * or a start-up script whose cgroup is gone by then, and would be kept as a
 * corpse; at the time of a connection or half a head no queue is known; and
 * several workers in several cgroups may serve one queue. So the namespace is
 * what is held to a bound: a container's cannot go over request_netns_max, all
 * together not over request_max. What a worker's own system calls take for its
 * answers in pages is charged to the worker's cgroup.
 */
#ifndef _KHTTP_ACCOUNT_H
#define _KHTTP_ACCOUNT_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/percpu.h>
#include <linux/types.h>

struct net;

enum khttp_charge {
	KHTTP_CHARGE_REQUEST,		/* up to seven eighths of the limit */
	KHTTP_CHARGE_CONN,		/* up to the limit */
	KHTTP_CHARGE_ANSWER,		/* never refused */
};

struct khttp_account {
	/* set once */
	u64 cap;			/* whatever the limit says */

	/* Drawn and not used. One may be below 0, and drawn with it, when a
	 * task moved to another CPU in the middle of drawing: the sum is right
	 */
	long __percpu *credit;
	u32 batch;			/* READ_ONCE, WRITE_ONCE: of one drawing; 0
					 * where requests have their part
					 */

	atomic64_t drawn ____cacheline_aligned_in_smp;
};

int khttp_account_init(struct khttp_account *a, const struct net *net);
void khttp_account_exit(struct khttp_account *a);

bool khttp_account_draw(struct khttp_account *a, u32 bytes,
			enum khttp_charge what);
void khttp_account_return(struct khttp_account *a, long surplus);

/* True: charged, give it back with khttp_uncharge(). Context: any */
static inline bool __must_check khttp_try_charge(struct khttp_account *a,
						 u32 bytes,
						 enum khttp_charge what)
{
	return likely(this_cpu_sub_return(*a->credit, bytes) >= 0) ||
	       khttp_account_draw(a, bytes, what);
}

bool __must_check khttp_try_charge_body(struct khttp_account *a, u32 bytes);
/* @all: what the namespace's connections take, and this one with them */
bool __must_check khttp_try_charge_conn(struct khttp_account *a, u32 bytes,
					u64 all);

/* For answers: see above. Context: any */
static inline void khttp_charge_answer(struct khttp_account *a, u32 bytes)
{
	if (unlikely(this_cpu_sub_return(*a->credit, bytes) < 0))
		khttp_account_draw(a, bytes, KHTTP_CHARGE_ANSWER);
}

/* Context: any */
static inline void khttp_uncharge(struct khttp_account *a, u32 bytes)
{
	long credit = this_cpu_add_return(*a->credit, bytes);
	long batch = READ_ONCE(a->batch);

	if (unlikely(credit > 2 * batch))
		khttp_account_return(a, credit - batch);
}

/* What is held now; exact when nothing moves. Context: any */
u64 khttp_account_used(const struct khttp_account *a);

/*
 * How much of an answer may wait to be sent: send_window, or a sixteenth of
 * what is free, so that many slow clients together come near the limit and not
 * over it. Never less than a page: what is admitted goes on. Context: any
 */
u64 khttp_account_window(const struct khttp_account *a);

#endif
