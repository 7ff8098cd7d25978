// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations: one engine for ioctl and io_uring.
 *
 * A step does what can be done now and never waits for the client. When there
 * is nothing to do it parks the operation where it will be woken: at a request
 * (khttp_op_await), at the queue or for a slot (khttp_fetch_step). After that
 * the operation may run, and end, elsewhere: it is not touched any more.
 */

#include <linux/sched/signal.h>

#include "alloc.h"
#include "compat.h"
#include "worker_i.h"

static struct kmem_cache *op_cache;

static const enum khttp_wait wait_of[] = {
	[KHTTP_OP_READ] = KHTTP_WAIT_READ,
	[KHTTP_OP_COMMIT] = KHTTP_WAIT_SEND,
	[KHTTP_OP_WAIT] = KHTTP_WAIT_GONE,
};

/**
 * khttp_op_resume - have it look again
 * @op: claimed by the caller
 *
 * Context: any but hard interrupt.
 */
void khttp_op_resume(struct khttp_op *op)
{
	if (op->cmd)
		khttp_uring_resume(op);
	else
		wake_up_process(op->task);
}

/* Under the request's lock: the sleeper takes it before it frees the op */
static void khttp_op_wake(struct khttp_waiter *waiter)
{
	struct khttp_op *op = container_of(waiter, struct khttp_op, waiter);

	if (khttp_op_claim(op))
		khttp_op_resume(op);
}

/*
 * Under the lock of the queue's shard, likewise. A command of a task that is
 * stopped will look when the task goes on, which may be never: somebody else has
 * to be woken as well. One that stops in an ioctl leaves it.
 */
static bool khttp_op_wake_fetch(struct khttp_fetcher *fetcher)
{
	struct khttp_op *op = container_of(fetcher, struct khttp_op, fetcher);
	struct task_struct *task = op->task;
	bool stopped;

	if (!op->cmd) {
		/* Once it is claimed its RUN may return without our lock, when it found a
		 * request elsewhere: with BH off its task stays all the same
		 */
		if (!khttp_op_claim(op))
			return false;
		wake_up_process(task);
		return true;
	}
	if (!khttp_op_claim(op))
		return false;
	/* Not after: it may be gone then */
	stopped = khttp_uring_stopped(op);
	khttp_op_resume(op);
	return !stopped;
}

/**
 * khttp_op_start - a new operation of the current task
 * @op: filled; an ioctl's is on its stack, where it is until khttp_op_end()
 * @w: checked by khttp_worker_check()
 * @kind: what it is
 * @id: the request's, 0 for a fetch
 */
void khttp_op_start(struct khttp_op *op, struct khttp_worker *w,
		    enum khttp_op_kind kind, u64 id)
{
	/* All but what is set before it is looked at: most of its bytes */
	memset(op, 0, offsetof(struct khttp_op, read));
	if (kind == KHTTP_OP_COMMIT)
		memset(&op->commit, 0, offsetof(struct khttp_commit_state,
						source.kind));
	op->worker = w;
	op->task = current;
	op->id = id;
	op->kind = kind;
	op->markable = true;
	op->slot = -1;
	op->waiter.wake = khttp_op_wake;
	op->fetcher.wake = khttp_op_wake_fetch;
	INIT_LIST_HEAD(&op->fetcher.link);
	INIT_LIST_HEAD(&op->link);
	INIT_LIST_HEAD(&op->starved);
}

/**
 * khttp_op_create - an operation that outlives the call which starts it
 * @w: checked by khttp_worker_check()
 * @kind: what it is
 * @id: the request's, 0 for a fetch
 *
 * Context: sleeps. The caller sets cmd. Returns NULL when there is no memory.
 */
struct khttp_op *khttp_op_create(struct khttp_worker *w,
				 enum khttp_op_kind kind, u64 id)
{
	struct khttp_op *op = khttp_slab_alloc(op_cache, GFP_KERNEL);

	if (op)
		khttp_op_start(op, w, kind, id);
	return op;
}

/**
 * khttp_op_free - forget an operation that has ended
 * @op: after khttp_op_end(); its worker may be gone
 */
void khttp_op_free(struct khttp_op *op)
{
	kmem_cache_free(op_cache, op);
}

/**
 * khttp_op_set_parked - mark it, for who comes to wake or to end it
 * @op: the operation
 *
 * Context: worker->lock held.
 */
void khttp_op_set_parked(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;

	lockdep_assert_held(&w->lock);
	if (list_empty(&op->link) && (op->cmd || op->kind != KHTTP_OP_FETCH))
		list_add_tail(&op->link, &w->ops);
	if (op->cmd && !KHTTP_URING_CANCELS)
		khttp_uring_watch_start(w);
	op->waited = true;
	set_bit(KHTTP_OP_PARKED, &op->flags);
}

/**
 * khttp_op_park - from here on it may be woken
 * @op: not parked
 *
 * The state is looked at under the lock under which it changes: who changes it
 * wakes what is parked, and nothing parks behind him.
 *
 * Context: any. Returns 0, -ESHUTDOWN, KHTTP_STEP_MARK.
 */
int khttp_op_park(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;
	int ret = 0;

	spin_lock_bh(&w->lock);
	if (w->state == KHTTP_WORKER_GONE)
		ret = -ESHUTDOWN;
	else if (!op->markable)
		ret = KHTTP_STEP_MARK;
	else
		khttp_op_set_parked(op);
	spin_unlock_bh(&w->lock);
	return ret;
}

/**
 * khttp_op_begin - stand in the slot as its operation of this kind
 * @op: READ, COMMIT or WAIT
 *
 * Context: sleeps, for a bounded time. Returns the locked slot or
 * ERR_PTR(-ESTALE, -ESHUTDOWN, -EBUSY).
 */
struct khttp_hand *khttp_op_begin(struct khttp_op *op)
{
	struct khttp_hand *hand = khttp_hand_lock(op->worker, op->id);
	enum khttp_wait kind = wait_of[op->kind];

	if (IS_ERR(hand) || hand->op[kind] == op)
		return hand;
	if (hand->op[kind]) {
		khttp_hand_unlock(hand);
		return ERR_PTR(-EBUSY);
	}
	khttp_bell_disarm(hand, kind);
	hand->op[kind] = op;
	op->hand = hand;
	return hand;
}

/**
 * khttp_op_leave - it ends, and its request with it
 * @op: begun; it never waited
 * @hand: its slot, locked
 */
void khttp_op_leave(struct khttp_op *op, struct khttp_hand *hand)
{
	lockdep_assert_held(&hand->lock);
	hand->op[wait_of[op->kind]] = NULL;
	op->hand = NULL;
}

/**
 * khttp_op_await - nothing can be done now
 * @op: begun
 * @hand: its slot, locked
 * @kind: what to wait for
 *
 * Returns KHTTP_STEP_PARKED: leave it alone; KHTTP_STEP_AGAIN: try again;
 * -EAGAIN: it must not wait, and a bell will ring; -ESHUTDOWN;
 * KHTTP_STEP_MARK.
 */
int khttp_op_await(struct khttp_op *op, struct khttp_hand *hand,
		   enum khttp_wait kind)
{
	int err;

	if (op->nonblock)
		return khttp_bell_arm(hand, kind) ? -EAGAIN : KHTTP_STEP_AGAIN;
	err = khttp_op_park(op);
	if (err)
		return err;
	if (khttp_request_arm(hand->rq, kind, &op->waiter))
		return KHTTP_STEP_PARKED;
	/* It may go on; unless somebody else resumes it already */
	return khttp_op_claim(op) ? KHTTP_STEP_AGAIN : KHTTP_STEP_PARKED;
}

static long wait_step(struct khttp_op *op)
{
	struct khttp_hand *hand;
	int ret;

	hand = khttp_op_begin(op);
	if (IS_ERR(hand)) {
		ret = PTR_ERR(hand);
		/* It was answered while we waited */
		return ret == -ESTALE && op->waited ? -ECANCELED : ret;
	}
	ret = khttp_op_await(op, hand, KHTTP_WAIT_GONE);
	khttp_hand_unlock(hand);
	return ret == KHTTP_STEP_AGAIN ? 0 : ret;
}

/**
 * khttp_fetch_step - a request, or lie down until there is one
 * @op: a fetch
 *
 * Returns the slot, KHTTP_STEP_PARKED, KHTTP_STEP_MARK or -ESHUTDOWN.
 */
long khttp_fetch_step(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;
	int ret;
	u64 id;

	for (;;) {
		ret = khttp_hand_fill(op, false, &id);
		if (ret > 0) {
			/* The wake-up that brought us here was for this one */
			op->idle = false;
			return khttp_slot_of(id);
		}
		if (ret < 0)
			return ret;
		op->idle = true;
		ret = khttp_slot_park(op);
		if (ret)
			return ret;
		if (khttp_queue_idle(w->queue, &op->fetcher) ||
		    !khttp_op_claim(op))
			return KHTTP_STEP_PARKED;
	}
}

static long step(struct khttp_op *op)
{
	switch (op->kind) {
	case KHTTP_OP_READ:
		return khttp_read_step(op);
	case KHTTP_OP_COMMIT:
		return khttp_commit_step(op);
	case KHTTP_OP_WAIT:
		return wait_step(op);
	default:
		return khttp_fetch_step(op);
	}
}

/**
 * khttp_op_run - go on as far as possible
 * @op: not parked
 *
 * Context: sleeps. Returns its result, or KHTTP_STEP_PARKED: it is no longer
 * the caller's; or KHTTP_STEP_MARK, only while it is not markable.
 */
long khttp_op_run(struct khttp_op *op)
{
	long ret = step(op);

	if (ret < 0 || op->kind != KHTTP_OP_COMMIT || !op->then_fetch)
		return ret;
	/* See may_go_on() in uring.c */
	if (READ_ONCE(current->jobctl) & JOBCTL_TRAP_FREEZE)
		return -ECANCELED;
	khttp_op_end(op);
	op->kind = KHTTP_OP_FETCH;
	op->then_fetch = false;
	return step(op);
}

/* False: a signal came first */
static bool sleep_parked(struct khttp_op *op)
{
	bool woken = true;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (!test_bit(KHTTP_OP_PARKED, &op->flags))
			break;
		if (signal_pending(current) && khttp_op_claim(op)) {
			woken = false;
			break;
		}
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return woken;
}

/**
 * khttp_op_run_wait - run to its end
 * @op: of the current task
 *
 * Context: sleeps until it is done or a signal comes. Returns its result or
 * -EINTR.
 */
long khttp_op_run_wait(struct khttp_op *op)
{
	long ret;

	do {
		ret = khttp_op_run(op);
		if (ret != KHTTP_STEP_PARKED)
			return ret;
	} while (sleep_parked(op));
	return -EINTR;
}

static void leave_slot(struct khttp_op *op)
{
	struct khttp_hand *hand = op->hand;
	enum khttp_wait kind = wait_of[op->kind];

	mutex_lock(&hand->lock);
	/* Else the request left, and whoever took it dismissed us */
	if (hand->op[kind] == op) {
		khttp_request_disarm(hand->rq, kind, &op->waiter);
		hand->op[kind] = NULL;
	}
	mutex_unlock(&hand->lock);
	op->hand = NULL;
}

/**
 * khttp_op_end - nothing refers to it any more
 * @op: not parked, and the caller's
 *
 * Context: sleeps, for a bounded time. May be called again.
 */
void khttp_op_end(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;

	if (op->hand)
		leave_slot(op);
	if (op->kind == KHTTP_OP_COMMIT)
		khttp_commit_end(op);
	if (op->idle)
		khttp_queue_unidle(w->queue, &op->fetcher);
	op->idle = false;
	/* Who feeds it may be at it still, even if it claimed itself */
	if (!list_empty(&op->link) || op->starving) {
		spin_lock_bh(&w->lock);
		list_del_init(&op->link);
		list_del_init(&op->starved);
		spin_unlock_bh(&w->lock);
	}
	if (op->slot >= 0)
		khttp_slot_free(w, op->slot);
	op->slot = -1;
}

/* Made once: else the slab would clear it for each command */
static void make(void *object)
{
	memset(object, 0, sizeof(struct khttp_op));
}

/**
 * khttp_op_init - memory for operations
 *
 * Charged to who starts them. Returns 0 or -ENOMEM.
 */
int khttp_op_init(void)
{
	op_cache = khttp_slab_create_made("khttp_op", sizeof(struct khttp_op), SLAB_ACCOUNT,
					  make);
	return op_cache ? 0 : -ENOMEM;
}

void khttp_op_exit(void)
{
	kmem_cache_destroy(op_cache);
}
