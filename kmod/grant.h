/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A grant: who has its descriptor may attach to one queue, whatever namespaces
 * and user he has. Rights are looked at when it is made.
 *
 *   state     moved by              meaning
 *   valid     khttp_grant_make      workers may come by it
 *   revoked   khttp_grants_revoke   nobody may any more; who did stays, or is gone
 *
 * It stands in queue->grants while its descriptor or a file that was opened by it
 * is there. A queue that ends makes it useless, and does not wait for it.
 */
#ifndef _KHTTP_GRANT_H
#define _KHTTP_GRANT_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/khttp.h>

struct file;
struct khttp_queue;

struct khttp_grant {
	/* set once */
	struct khttp_queue *queue;	/* holds a reference */
	u32 id;
	u32 max_workers;
	struct pid *pid;		/* who made it */
	kuid_t uid;
	char comm[16];
	u64 since;			/* ktime_get_boottime_seconds() */

	refcount_t ref;			/* its descriptor, each file opened by it;
					 * dropped under queue->lock
					 */
	wait_queue_head_t wait;		/* pollers of the descriptor */

	/* under queue->lock, READ_ONCE readers */
	bool revoked;
	u32 workers;			/* attached by it */
	u64 attached;			/* so many were */
	struct list_head link;		/* queue->grants */
};

/*
 * KHTTP_IOC_GRANT on @file, whose opener's rights count beside the caller's: a
 * new descriptor, or -errno as in struct khttp_grant_new. @g: out values filled
 * in. Context: sleeps
 */
int khttp_grant_make(struct file *file, struct khttp_grant_new *g);
/* A file that was opened by it is released. Context: any but hard interrupt */
void khttp_grant_put(struct khttp_grant *g);

/* One more worker by it, 0, -EKEYREVOKED or -EUSERS; one less. Context:
 * queue->lock held
 */
int khttp_grant_enter(struct khttp_grant *g);
void khttp_grant_leave(struct khttp_grant *g);

struct khttp_grants_revoked {
	u32 grants;
	u32 workers;		/* that are gone by it */
};

/*
 * Nobody attaches to @q by the grant @id any more, or by any if that is 0.
 * @detach: who came by it is gone, too. Context: any but hard interrupt
 */
void khttp_grants_revoke(struct khttp_queue *q, u32 id, bool detach,
			 struct khttp_grants_revoked *done);
/* The queue is dead: who polls a grant hears of it */
void khttp_grants_wake(struct khttp_queue *q);

#endif
