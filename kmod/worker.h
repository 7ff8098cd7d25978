/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker: the address space that mapped the slots of an attached file.
 *
 *   state      moved by                            meaning
 *   ATTACHED   khttp_worker_attach                 slots exist, nobody mapped them
 *   SERVING    khttp_slots_mmap                    fetches, holds requests
 *   DRAINING   khttp_worker_drain                  gets nothing new
 *   GONE       khttp_worker_die: end of the        everything it held is given
 *              mapping, the file or the queue      back; operations -ESHUTDOWN
 */
#ifndef _KHTTP_WORKER_H
#define _KHTTP_WORKER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/khttp.h>

struct khttp_grant;
struct khttp_net;
struct khttp_queue;

/* What the control side may see and ask of a worker; the rest is in worker_i.h */
struct khttp_worker_info {
	u32 id;
	u32 state;		/* enum khttp_worker_state */
	struct pid *pid;	/* of the attaching process; the worker holds it */
	kuid_t uid;
	char comm[16];
	u32 slots;
	u32 in_hand;
	u64 fetched;
	u64 answered;
	u32 owed;		/* in hand, and neither reading nor sending */
	u32 pieces;		/* read or sent, but for the last of an answer */
	u64 since;		/* ktime_get_boottime_seconds() */
	u32 grant;		/* id of that by which it came, or 0 */
};

/* Context: q->lock held (from walking q->workers) */
u32 khttp_worker_id(const struct khttp_worker *w);
/* The same; looks at each of its slots: not for all workers in one hold of the lock */
void khttp_worker_info(const struct khttp_worker *w, struct khttp_worker_info *i);
struct khttp_worker *khttp_worker_of_link(struct list_head *queue_link);
struct list_head *khttp_worker_link(struct khttp_worker *w);
/* By which it came, or NULL */
struct khttp_grant *khttp_worker_grant(const struct khttp_worker *w);
/* Begin to drain; only marks and wakes. Context: q->lock held */
void khttp_worker_drain(struct khttp_worker *w);

/*
 * The namespace or the queue ends: every worker of @q is gone: its operations
 * end with -ESHUTDOWN, its poll with EPOLLHUP, what it held is answered by
 * khttp_request_abandon(). Returns when no operation of theirs runs inside the
 * module any more. Context: sleeps, net->config held.
 */
void khttp_workers_kill(struct khttp_queue *q);

#endif
