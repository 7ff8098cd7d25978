/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hand-off's own view of a worker: its slots and the operations under way.
 *
 * A request in hand lies in a slot (khttp_hand) and belongs to who holds
 * hand->lock; commit, cancel and the worker's death take it out under that
 * lock, so it leaves once. hand->lock is never held over user memory, a file
 * or a wait for the client: whoever takes it waits for a bounded time,
 * whatever the worker does meanwhile.
 *
 * An operation that has to wait parks: KHTTP_OP_PARKED is set, and from then
 * on it belongs to who clears that bit (khttp_op_claim). He resumes it, and
 * it looks again at what it waited for. So a wake-up, a cancel and the
 * worker's death never meet in one operation.
 *
 * Lock order within the one of net.h:
 *
 *   worker->attach  >  net->config  >  an io_uring's lock  >  worker->calls, hand->lock (mutexes)
 *   >  socket lock  >  queue->lock  >  worker->lock  >  request->lock
 *   >  worker->bells_lock
 *
 * and a shard's lock of the queue after queue->lock, with none of the rest.
 */
#ifndef _KHTTP_WORKER_I_H
#define _KHTTP_WORKER_I_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/uio.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/khttp.h>

#include "http/cache_policy.h"
#include "queue.h"
#include "request.h"
#include "response.h"
#include "worker.h"

struct io_uring_cmd;
struct khttp_cache_request;
struct khttp_entry;
struct khttp_entry_plan;
struct khttp_net;
struct khttp_op;
struct khttp_registration;
struct khttp_worker;

#define KHTTP_SLOT_BITS 16	/* of a request id; the generation is above */

/* Tells of one thing about one slot through KHTTP_IOC_RUN */
struct khttp_bell {
	struct khttp_waiter waiter;
	struct khttp_hand *hand;
};

/* A slot, as the kernel keeps it */
struct khttp_hand {
	/* set once */
	struct khttp_worker *worker;

	struct mutex lock;		/* guards: */
	u64 id;				/* of this delivery or of the last */
	struct khttp_request *rq;	/* in hand, with the owner's reference */
	struct khttp_entry *entry;	/* answer being stored, or NULL */
	struct khttp_entry *fragment;	/* of which a piece is being sent, or NULL */
	u8 why;				/* enum khttp_cache_why of the last answer */
	struct khttp_op *op[KHTTP_WAIT_COUNT]; /* under way, one of a kind */
	u8 armed;			/* bells that may be armed; bits */
	bool opaque;			/* answered 101: it waits for nothing */
	u32 pieces;			/* commits and reads after which it goes on */
	struct khttp_bell bell[KHTTP_WAIT_COUNT];

	/* under worker->bells_lock */
	u32 rung;			/* KHTTP_EV_* to be told */
	struct list_head rung_link;	/* worker->rung */

	/* under worker->lock, while free */
	u16 next_free;
};

struct khttp_worker {
	/* set once, by open */
	struct khttp_net *net;		/* holds a reference */
	struct khttp_grant *grant;	/* likewise, of a file that one gave; or NULL */
	refcount_t ref;			/* the file, a kill that waits */

	/* set once, by ATTACH, before attached is */
	bool attached;			/* acquire and release */
	u32 role;			/* enum khttp_role */
	struct khttp_queue *queue;	/* holds a reference */
	u32 n_hands;
	u32 request_area;
	u32 slot_size;
	u32 id;
	struct khttp_hand *hands;
	void *memory;			/* the slots, as the kernel sees them */
	struct page **pages;		/* the same pages, for mmap */
	u32 n_pages;
	struct pid *pid;
	kuid_t uid;
	char comm[16];
	u64 since;

	struct mutex attach;		/* one ATTACH or REGISTER at a time; guards: */
	struct khttp_registration *registration; /* what the file bound, or NULL */
	struct mutex calls;		/* held by calls that use the namespace
					 * without a request; death waits for it;
					 * guards:
					 */
	struct list_head held;		/* khttp_held.link: what they keep */

	atomic_t in_hand;		/* requests in slots */
	atomic64_t fetched;		/* so many came */

	spinlock_t lock;		/* guards: */
	u8 state;			/* enum khttp_worker_state; READ_ONCE readers */
	bool drain_told;		/* KHTTP_EV_DRAIN was */
	bool validates;			/* set once, by ATTACH */
	bool dying;			/* death work is queued or done */
	u16 first_free;			/* of the stack of free slots */
	u32 n_free;			/* READ_ONCE readers */
	u32 maps;			/* of the slots in mm: 0 or 1, 2 in mremap */
	struct mm_struct *mm;		/* who mapped; compared, never used */
	struct list_head ops;		/* khttp_op.link: that parked once, but
					 * for RUN, which khttp_worker_tell() wakes
					 */
	struct list_head starved;	/* khttp_op.starved: want a slot */
	bool slot_wanted;		/* a poller found no free slot */
	u64 answered;

	spinlock_t bells_lock;		/* guards: */
	struct list_head rung;		/* khttp_hand.rung_link */

	struct task_struct *runner;	/* the first that sleeps in RUN, or NULL */
	wait_queue_head_t wait;		/* pollers, and who else sleeps in RUN */
	struct khttp_fetcher poller;	/* stands for all of them */
	struct work_struct death;
	struct delayed_work watch;	/* for rings that 6.1 does not cancel */

	/* under queue->lock */
	struct list_head queue_link;	/* khttp_queue.workers */
};

enum khttp_op_kind {
	KHTTP_OP_READ,
	KHTTP_OP_COMMIT,
	KHTTP_OP_WAIT,
	KHTTP_OP_FETCH,
};

/* What a step of an operation returns beside results and errors */
#define KHTTP_STEP_PARKED	(-MAX_ERRNO - 1) /* leave it alone */
#define KHTTP_STEP_AGAIN	(-MAX_ERRNO - 2) /* look again, now */
#define KHTTP_STEP_MARK		(-MAX_ERRNO - 3) /* would park, but may not yet */

/* Body bytes of a reply on their way from the worker into an answer */
#define KHTTP_SOURCE_PAGES	32U
#define KHTTP_SOURCE_BYTES	(KHTTP_SOURCE_PAGES * PAGE_SIZE)

struct khttp_source {
	/* What it holds: NULL and 0 before it is opened */
	struct file *file;		/* KHTTP_BODY_FILE */
	struct bio_vec *pages;		/* of iter; a reference on each */
	u32 n_pages;
	void *buffer;			/* small and linear instead of pages; of a
					 * fragment: khttp_entry_view
					 */

	/* set by khttp_source_open() */
	u32 kind;			/* enum khttp_body_kind */
	u64 addr;			/* of the next byte, by kind */
	u64 left;			/* bytes not in iter yet */
	struct iov_iter iter;		/* bytes that are here */
	struct kvec vec;		/* of iter, or pages */
};

struct khttp_commit_state {
	bool loaded;
	bool head;			/* still to be taken */
	bool end;			/* the answer ends with this commit */
	bool begun;			/* something of it was taken */
	bool whole;			/* into hand->entry first, then sent from it */
	bool renews;			/* what is stored: see renew.c */
	bool again;			/* that was gone: the request is given out again */
	u64 taken;			/* body bytes */
	struct khttp_source source;

	/* set with loaded */
	struct khttp_reply reply;
	struct khttp_answer answer;
};

#define KHTTP_OP_PARKED 0		/* bit of khttp_op.flags */

/* An operation of either transport */
struct khttp_op {
	struct khttp_worker *worker;
	struct io_uring_cmd *cmd;	/* of a ring; NULL: ioctl */
	struct task_struct *task;	/* who sleeps in an ioctl */
	u64 id;
	u8 kind;			/* enum khttp_op_kind */
	bool nonblock;
	bool then_fetch;		/* COMMIT_AND_FETCH */
	bool markable;			/* false: KHTTP_STEP_MARK first */
	bool aborted;			/* its ring goes away */
	bool waited;			/* parked at least once */
	bool idle;			/* fetcher may lie at the queue */
	bool called;			/* RUN: not a bell ended the last sleep */
	bool starving;			/* stood in worker->starved */
	int slot;			/* reserved for a fetch, or -1 */
	unsigned long flags;
	struct khttp_hand *hand;	/* where it stands in hand->op, or NULL */
	struct khttp_waiter waiter;
	struct khttp_fetcher fetcher;
	struct list_head link;		/* worker->ops */
	struct list_head starved;	/* worker->starved */
	union {				/* by kind */
		struct khttp_read read;
		struct khttp_commit_state commit;
	};
};

/* worker.c */
struct khttp_worker *khttp_worker_create(struct khttp_net *kn);
void khttp_worker_put(struct khttp_worker *w);
int khttp_worker_attach(struct khttp_worker *w, struct file *file,
			struct khttp_attach *a);
/* May this task use it? 0, -ENXIO, -EPERM, -ESHUTDOWN */
int khttp_worker_check(struct khttp_worker *w);
/* Its end begins; any context */
void khttp_worker_die(struct khttp_worker *w);
/* The file's release: its end has come when this returns. Sleeps */
void khttp_worker_bury(struct khttp_worker *w);
__poll_t khttp_worker_poll(struct khttp_worker *w);
/* Who polls or sleeps in RUN looks again; any context */
void khttp_worker_tell(struct khttp_worker *w, __poll_t events);
int khttp_worker_drain_self(struct khttp_worker *w);

/* registration.c: what ends with the file. *@why: a static text, or NULL */
int khttp_registration_add(struct khttp_worker *w, const struct file *file,
			   struct khttp_register *a, const char *url,
			   const char **why);
void khttp_registration_end(struct khttp_worker *w);

/* slots.c: the memory */
int khttp_slots_alloc(struct khttp_worker *w);
void khttp_slots_free(struct khttp_worker *w);
int khttp_slots_mmap(struct khttp_worker *w, struct vm_area_struct *vma);

static inline void *khttp_slot_memory(const struct khttp_worker *w, u32 slot)
{
	return w->memory + (size_t)slot * w->slot_size;
}

static inline u32 khttp_slot_of(u64 id)
{
	return id & ((1U << KHTTP_SLOT_BITS) - 1);
}

/* hand.c: what lies in the slots */
int khttp_slot_park(struct khttp_op *op);
void khttp_slot_free(struct khttp_worker *w, u32 slot);
void khttp_slot_left(struct khttp_worker *w, u32 slot, bool answered);
/* There was a request a moment ago */
static inline bool khttp_hand_waits(const struct khttp_worker *w)
{
	return !khttp_queue_empty(w->queue);
}

/* Oldest waiting request into a slot: 1, 0 none waits or no slot, -ESHUTDOWN */
int khttp_hand_fill(struct khttp_op *op, bool run, u64 *id);
/* Locked, with the request of that id in it, or ERR_PTR(-ESTALE, -ESHUTDOWN) */
struct khttp_hand *khttp_hand_lock(struct khttp_worker *w, u64 id);
static inline void khttp_hand_unlock(struct khttp_hand *hand)
{
	mutex_unlock(&hand->lock);
}

/* The request leaves the locked slot; operations that wait for it find it
 * stale. khttp_slot_left() has to follow, after unlocking
 */
void khttp_hand_empty(struct khttp_hand *hand, bool answered);
void khttp_hand_ask_again(struct khttp_hand *hand);
int khttp_hand_cancel(struct khttp_worker *w, u64 id);
/* To another queue: 0, or -errno as in struct khttp_delegate */
int khttp_hand_delegate(struct khttp_worker *w, u64 id, struct khttp_queue *to);
/* A request that nobody was told of goes back */
void khttp_hand_return(struct khttp_worker *w, u64 id);
/* Everything in hand is given back. The worker is GONE */
void khttp_hands_abandon(struct khttp_worker *w);

/* bell.c: events for RUN and poll */
bool khttp_bell_arm(struct khttp_hand *hand, enum khttp_wait kind);
void khttp_bell_disarm(struct khttp_hand *hand, enum khttp_wait kind);
void khttp_bell_ring(struct khttp_hand *hand, enum khttp_wait kind);
void khttp_bells_init(struct khttp_hand *hand);
void khttp_bells_quiet(struct khttp_hand *hand);
bool khttp_bells_next(struct khttp_worker *w, struct khttp_event *e);

/* op.c */
void khttp_op_start(struct khttp_op *op, struct khttp_worker *w,
		    enum khttp_op_kind kind, u64 id);
struct khttp_op *khttp_op_create(struct khttp_worker *w, enum khttp_op_kind kind,
				 u64 id);
void khttp_op_free(struct khttp_op *op);
/* Run until it is done or parked */
long khttp_op_run(struct khttp_op *op);
/* The same for an ioctl: sleeps while parked. -EINTR: a signal came */
long khttp_op_run_wait(struct khttp_op *op);
/* Out of everything it stands in. Not parked */
void khttp_op_end(struct khttp_op *op);
int khttp_op_park(struct khttp_op *op);
void khttp_op_set_parked(struct khttp_op *op);	/* worker->lock held */

/* Take a parked operation; it is valid while who may free it takes a lock that
 * the caller holds. True: it is the caller's to resume or to end. Any context
 */
static inline bool khttp_op_claim(struct khttp_op *op)
{
	return test_and_clear_bit(KHTTP_OP_PARKED, &op->flags);
}

void khttp_op_resume(struct khttp_op *op);
/* Its slot, locked, with it as the operation of its kind there; or ERR_PTR */
struct khttp_hand *khttp_op_begin(struct khttp_op *op);
/* Out of it again, for it ends with its request */
void khttp_op_leave(struct khttp_op *op, struct khttp_hand *hand);
/* Slot locked: park until @kind may go on, or AGAIN, -EAGAIN, -ESHUTDOWN */
int khttp_op_await(struct khttp_op *op, struct khttp_hand *hand,
		   enum khttp_wait kind);
long khttp_fetch_step(struct khttp_op *op);
int khttp_op_init(void);
void khttp_op_exit(void);

/* commit.c, read.c */
bool khttp_read_ok(const struct khttp_read *r);
long khttp_commit_step(struct khttp_op *op);
void khttp_commit_end(struct khttp_op *op);
long khttp_read_step(struct khttp_op *op);

/* source.c, file.c: never under a lock, unless khttp_source_is_here() */
int khttp_source_open(struct khttp_source *s, const struct khttp_reply *r,
		      void *reply_area);
/* Make at least one byte be here unless none is left; at most @max more */
int khttp_source_fill(struct khttp_source *s, size_t max);
/* It lies in the slot or there is none: all of it is here */
static inline bool khttp_source_is_here(const struct khttp_source *s)
{
	return s->kind == KHTTP_BODY_SLOT || s->kind == KHTTP_BODY_NONE;
}

void khttp_source_close(struct khttp_source *s);
ssize_t khttp_file_pages(struct file *file, loff_t pos, struct bio_vec *pages,
			 u32 *n_pages, size_t len);

/* store.c: under hand->lock */
enum khttp_cache_why khttp_store_begin(struct khttp_hand *hand,
				       struct khttp_answer *a, u64 body_len,
				       bool streams);
void khttp_store_invalidate(struct khttp_hand *hand, const struct khttp_answer *a);
ssize_t khttp_store_add(struct khttp_hand *hand, const struct khttp_answer *a,
			struct iov_iter *from);
ssize_t khttp_store_send(struct khttp_hand *hand, const struct khttp_answer *head,
			 struct iov_iter *from, bool last);
void khttp_store_drop(struct khttp_hand *hand);
u32 khttp_store_told(const struct khttp_hand *hand);
long khttp_store_purge(struct khttp_worker *w, const char *text, size_t len,
		       u32 flags);

/* Its entry, judged, in the cache's memory */
struct khttp_entry *khttp_store_make(struct khttp_hand *hand, struct khttp_entry_plan *p);
void khttp_store_settle(struct khttp_hand *hand, enum khttp_cache_why why);
enum khttp_cache_why khttp_store_judge(struct khttp_hand *hand,
				       const struct khttp_answer *a,
				       struct khttp_entry_plan *p);

/* renew.c: under hand->lock. -EAGAIN: it has to be asked again */
ssize_t khttp_renew(struct khttp_hand *hand, const struct khttp_answer *a);

/* store_fragment.c; under hand->lock but for the first three */
long khttp_store_fragment_add(struct khttp_worker *w,
			      const struct khttp_fragment_add *f);
long khttp_store_fragment_read(struct khttp_worker *w, struct khttp_fragment_read *f);
void khttp_store_let_go(struct khttp_worker *w);	/* under worker->calls */
int khttp_store_splice(struct khttp_hand *hand, struct khttp_reply *r,
		       struct khttp_reply *reply, struct khttp_source *source);
void khttp_store_splice_next(struct khttp_hand *hand, struct khttp_source *s);
void khttp_store_unsplice(struct khttp_hand *hand);

/* delegate.c */
long khttp_delegate(struct khttp_worker *w, u64 id, const char *name);

/* deliver.c */
int khttp_deliver(const struct khttp_worker *w, u32 slot, u64 id,
		  struct khttp_request *rq);

/* run.c, ioctl.c, uring.c: the transports */
long khttp_run(struct khttp_worker *w, const struct khttp_run *run);
long khttp_run_commit(struct khttp_worker *w, const struct khttp_commit *c);
long khttp_device_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
int khttp_device_uring_cmd(struct io_uring_cmd *cmd, unsigned int issue_flags);
void khttp_uring_resume(struct khttp_op *op);
bool khttp_uring_stopped(const struct khttp_op *op);
void khttp_uring_watch(struct work_struct *work);
void khttp_uring_watch_start(struct khttp_worker *w);

#endif
