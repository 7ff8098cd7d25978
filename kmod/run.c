// SPDX-License-Identifier: GPL-2.0-only
/*
 * KHTTP_IOC_RUN: a batch of commits, then a batch of events.
 *
 * The wait is a fetch that looks at the worker's bells as well. It takes all
 * that is there before it sleeps again: one wake-up may bring a whole batch.
 */

#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "unset.h"
#include "worker_i.h"

/* *@whole: all of it was taken */
static long run_commit(struct khttp_worker *w, const struct khttp_commit *c,
		       bool *whole)
{
	struct khttp_op op khttp_unset;
	long ret;

	*whole = false;
	if (c->flags & ~KHTTP_OP_NONBLOCK || c->reserved)
		return -EINVAL;
	khttp_op_start(&op, w, KHTTP_OP_COMMIT, c->id);
	op.nonblock = c->flags & KHTTP_OP_NONBLOCK;
	ret = khttp_op_run_wait(&op);
	/* What was taken before the signal came must not be lost */
	if (ret == -EINTR && op.commit.begun)
		ret = op.commit.taken;
	*whole = ret >= 0 && op.commit.taken >= op.commit.reply.body_len;
	khttp_op_end(&op);
	return ret;
}

/**
 * khttp_run_commit - KHTTP_IOC_COMMIT
 * @w: checked
 * @c: from user space
 *
 * Context: sleeps until all is taken or a signal comes, unless nonblocking.
 * Returns body bytes taken or -errno.
 */
long khttp_run_commit(struct khttp_worker *w, const struct khttp_commit *c)
{
	bool whole;

	return run_commit(w, c, &whole);
}

static bool get_commit(struct khttp_commit *c,
		       const struct khttp_commit __user *from)
{
	if (!user_read_access_begin(from, sizeof(*from)))
		return false;
	unsafe_get_user(c->id, &from->id, fault);
	unsafe_get_user(c->flags, &from->flags, fault);
	unsafe_get_user(c->reserved, &from->reserved, fault);
	user_read_access_end();
	return true;
fault:
	user_read_access_end();
	return false;
}

/*
 * *@all: every one was taken whole. One that was not is news, for which its
 * worker must not have to wait until something else happens.
 */
static int run_commits(struct khttp_worker *w, const struct khttp_run *run,
		       bool *all)
{
	const struct khttp_commit __user *from = u64_to_user_ptr(run->commits);
	__s64 __user *results = u64_to_user_ptr(run->results);
	struct khttp_commit c;
	bool whole;
	long ret;
	u32 i;

	*all = true;
	for (i = 0; i < run->n_commits; i++) {
		if (!get_commit(&c, from + i))
			return -EFAULT;
		ret = run_commit(w, &c, &whole);
		if (put_user(ret, results + i))
			return -EFAULT;
		*all &= whole;
		cond_resched();
	}
	return 0;
}

/* Events on their way to user space */
struct out {
	struct khttp_event __user *to;
	u32 done;
	u32 room;		/* in all */
};

static bool put_event(struct khttp_event __user *to, u64 id, u32 events)
{
	if (!user_write_access_begin(to, sizeof(*to)))
		return false;
	unsafe_put_user(id, &to->id, fault);
	unsafe_put_user(events, &to->events, fault);
	unsafe_put_user(0, &to->reserved, fault);
	user_write_access_end();
	return true;
fault:
	user_write_access_end();
	return false;
}

/* A request that the worker cannot be told of goes back to the queue */
static int add(struct khttp_worker *w, struct out *o, u64 id, u32 events)
{
	if (put_event(o->to + o->done, id, events)) {
		o->done++;
		return 0;
	}
	if (events & KHTTP_EV_REQUEST)
		khttp_hand_return(w, id);
	return -EFAULT;
}

static bool drain_untold(const struct khttp_worker *w)
{
	return READ_ONCE(w->state) == KHTTP_WORKER_DRAINING &&
	       !READ_ONCE(w->drain_told);
}

static bool tell_drain(struct khttp_worker *w)
{
	bool now;

	if (!drain_untold(w))
		return false;
	spin_lock_bh(&w->lock);
	now = !w->drain_told;
	WRITE_ONCE(w->drain_told, true);
	spin_unlock_bh(&w->lock);
	return now;
}

static int add_requests(struct khttp_op *op, struct out *o)
{
	struct khttp_worker *w = op->worker;
	int ret;
	u64 id;

	if (o->done >= o->room)
		return 0;
	do {
		ret = khttp_hand_fill(op, true, &id);
		if (ret <= 0)
			return 0;
		/*
		 * Who claimed us took us off the queue's list, and looks at nothing
		 * of us any more (khttp_op_wake_fetch()): there is nothing to leave
		 */
		op->idle &= !op->called;
		ret = add(w, o, id, KHTTP_EV_REQUEST);
	} while (!ret && o->done < o->room && khttp_hand_waits(w));
	return ret;
}

/* All that is there, up to the room there is */
static int collect(struct khttp_op *op, struct out *o)
{
	struct khttp_worker *w = op->worker;
	struct khttp_event e;
	int err = 0;

	while (!err && o->done < o->room && !list_empty_careful(&w->rung) &&
	       khttp_bells_next(w, &e))
		err = add(w, o, e.id, e.events);
	if (!err && o->done < o->room && tell_drain(w))
		err = add(w, o, 0, KHTTP_EV_DRAIN);
	if (!err)
		err = add_requests(op, o);
	return err;
}

/* Nothing will ever come any more */
static bool at_end(const struct khttp_worker *w)
{
	switch (READ_ONCE(w->state)) {
	case KHTTP_WORKER_GONE:
		return true;
	case KHTTP_WORKER_DRAINING:
		return READ_ONCE(w->drain_told) && !atomic_read(&w->in_hand);
	default:
		return false;
	}
}

/* Lie down where a wake-up can come from. 1: look again at once */
static int lie_down(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;
	int ret;

	if (READ_ONCE(w->state) != KHTTP_WORKER_SERVING && op->slot >= 0) {
		khttp_slot_free(w, op->slot);
		op->slot = -1;
	}
	ret = khttp_slot_park(op);
	if (ret == KHTTP_STEP_PARKED)
		return 0;
	if (ret && op->slot >= 0)
		return READ_ONCE(w->state) == KHTTP_WORKER_GONE ? ret : 1;
	/* One that drains waits for its bells only: a request that woke it wakes another */
	if (ret) {
		if (op->idle)
			khttp_queue_unidle(w->queue, &op->fetcher);
		op->idle = false;
		return khttp_op_park(op);
	}
	op->idle = true;
	if (khttp_queue_idle(w->queue, &op->fetcher))
		return 0;
	khttp_op_claim(op);
	return 1;
}

/* Beside requests there may be something to tell */
static bool is_rung(const struct khttp_worker *w)
{
	return !list_empty_careful(&w->rung) || drain_untold(w);
}

static bool is_news(const struct khttp_worker *w)
{
	return khttp_hand_waits(w) || is_rung(w);
}

static bool is_woken(const struct khttp_op *op)
{
	return !test_bit(KHTTP_OP_PARKED, &op->flags) || is_rung(op->worker) ||
	       at_end(op->worker);
}

/*
 * Asleep until it is woken or a signal comes. The first of a worker's threads
 * says who it is, which is cheaper than to stand in a queue of sleepers.
 */
static int sleep_run(struct khttp_op *op)
{
	struct khttp_worker *w = op->worker;
	bool first = !cmpxchg(&w->runner, NULL, current);
	DEFINE_WAIT(wait);
	int ret = 0;

	do {
		if (first)
			set_current_state(TASK_INTERRUPTIBLE);
		else
			prepare_to_wait(&w->wait, &wait, TASK_INTERRUPTIBLE);
		if (is_woken(op))
			break;
		if (signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		schedule();
	} while (!is_woken(op));
	if (first) {
		__set_current_state(TASK_RUNNING);
		WRITE_ONCE(w->runner, NULL);
	} else {
		finish_wait(&w->wait, &wait);
	}
	/* Ours again, whoever woke us */
	op->called = !khttp_op_claim(op);
	return ret;
}

static int wait_events(struct khttp_op *op, struct out *o)
{
	bool looks = is_news(op->worker);
	int ret;

	for (;; looks = true) {
		ret = looks ? collect(op, o) : 0;
		if (ret || o->done)
			return ret;
		if (at_end(op->worker))
			return -ESHUTDOWN;
		ret = lie_down(op);
		if (!ret)
			ret = sleep_run(op);
		if (ret < 0)
			return ret;
	}
}

static long run_events(struct khttp_worker *w, const struct khttp_run *run,
		       bool wait)
{
	struct out o = {
		.to = u64_to_user_ptr(run->events),
		.room = run->n_events,
	};
	struct khttp_op op khttp_unset;
	long ret;

	khttp_op_start(&op, w, KHTTP_OP_FETCH, 0);
	ret = wait ? wait_events(&op, &o) : collect(&op, &o);
	if (!ret && !o.done && at_end(w))
		ret = -ESHUTDOWN;
	khttp_op_end(&op);
	/* What was told cannot be taken back by an error behind it */
	return o.done ?: ret;
}

/**
 * khttp_run - KHTTP_IOC_RUN
 * @w: checked
 * @run: from user space
 *
 * Context: sleeps until there is an event or a signal comes, unless
 * KHTTP_RUN_NOWAIT is given or a commit was not taken whole. Returns the number
 * of events or -errno.
 */
long khttp_run(struct khttp_worker *w, const struct khttp_run *run)
{
	bool taken;
	int err;

	if (run->flags & ~KHTTP_RUN_NOWAIT || run->reserved ||
	    run->n_commits > KHTTP_RUN_MAX || run->n_events > KHTTP_RUN_MAX)
		return -EINVAL;
	err = run_commits(w, run, &taken);
	if (err || !run->n_events)
		return err;
	return run_events(w, run, taken && !(run->flags & KHTTP_RUN_NOWAIT));
}
