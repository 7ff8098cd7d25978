// SPDX-License-Identifier: GPL-2.0-only
/*
 * The transport over io_uring: commands that wait without a thread.
 *
 * A command that parks is completed later in its own task, which is woken for
 * that (io_uring_cmd_complete_in_task). When the task is gone by then, some
 * other one runs the call, and only to end the command. So that the command has
 * never two that run it at once, it parks in its own task alone: a thread of the
 * ring (IOSQE_ASYNC) does what need not wait, and hands it over then.
 *
 * What ends commands whose ring or task goes away, while the worker lives:
 * IO_URING_F_CANCEL where the kernel has it, else a look at each of them four
 * times a second. The worker's death ends them in any case.
 */

#include <linux/io_uring_types.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "worker_i.h"

#define WATCH_PERIOD (HZ / 4)

/* In the command's own space: what an interrupted one is found by */
struct khttp_uring_pdu {
	struct khttp_op *op;
};

static struct khttp_uring_pdu *pdu_of(struct io_uring_cmd *cmd)
{
	BUILD_BUG_ON(sizeof(struct khttp_uring_pdu) > sizeof(cmd->pdu));
	return (struct khttp_uring_pdu *)cmd->pdu;
}

/* A commit goes on until all is taken: that is its result */
static int result_of(const struct khttp_op *op, long ret)
{
	return op->kind == KHTTP_OP_COMMIT && ret > 0 ? 0 : ret;
}

/* The op is freed last: a cancel may look at it until the command is done */
static void finish(struct khttp_op *op, long ret, unsigned int issue_flags)
{
	struct io_uring_cmd *cmd = op->cmd;

	ret = result_of(op, ret);
	khttp_op_end(op);
	io_uring_cmd_done(cmd, ret, 0, issue_flags);
	khttp_op_free(op);
}

static bool task_is_gone(void)
{
	return current->flags & (PF_EXITING | PF_KTHREAD);
}

/*
 * The freezer lets a task do such work, but nothing with what that brings: a fetch
 * takes no request then. Who is thawed posts it again.
 */
static bool may_go_on(const struct khttp_op *op)
{
	return !task_is_gone() && !op->aborted &&
	       (op->kind != KHTTP_OP_FETCH || !(READ_ONCE(current->jobctl) & JOBCTL_TRAP_FREEZE));
}

static void khttp_uring_task_work(struct io_uring_cmd *cmd,
				  unsigned int issue_flags)
{
	struct khttp_op *op = pdu_of(cmd)->op;
	long ret = -ECANCELED;

	if (may_go_on(op) && !khttp_uring_orphan(cmd))
		ret = khttp_op_run(op);
	if (ret != KHTTP_STEP_PARKED)
		finish(op, ret, issue_flags);
}

/**
 * khttp_uring_resume - have a command look again, in its task
 * @op: claimed
 *
 * Context: any but hard interrupt.
 */
void khttp_uring_resume(struct khttp_op *op)
{
	io_uring_cmd_complete_in_task(op->cmd, khttp_uring_task_work);
}

/**
 * khttp_uring_stopped - does something keep the command's task from going on?
 * @op: claimed, so that the command holds its task
 *
 * A signal, the freezer of its cgroup, or its end: a core may take long to be written.
 *
 * Context: any.
 */
bool khttp_uring_stopped(const struct khttp_op *op)
{
	struct task_struct *task = cmd_to_io_kiocb(op->cmd)->task;

	return task_is_stopped_or_traced(task) ||
	       READ_ONCE(task->jobctl) & JOBCTL_TRAP_FREEZE ||
	       READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT ||
	       READ_ONCE(task->flags) & PF_EXITING;
}

/* One that is not parked is about to be completed anyway */
static int cancel(struct io_uring_cmd *cmd, unsigned int issue_flags)
{
	struct khttp_op *op = pdu_of(cmd)->op;

	if (khttp_op_claim(op))
		finish(op, -ECANCELED, issue_flags & ~KHTTP_URING_F_CANCEL);
	return 0;
}

static int read_payload(struct khttp_op *op, const struct khttp_ucmd *u)
{
	if (copy_from_user(&op->read, u64_to_user_ptr(u->addr),
			   sizeof(op->read)))
		return -EFAULT;
	if (!khttp_read_ok(&op->read) || op->read.id != u->id ||
	    op->read.flags & KHTTP_OP_NONBLOCK)
		return -EINVAL;
	return 0;
}

static int kind_of(u32 cmd_op)
{
	switch (cmd_op) {
	case KHTTP_U_FETCH:
		return KHTTP_OP_FETCH;
	case KHTTP_U_READ:
		return KHTTP_OP_READ;
	case KHTTP_U_COMMIT:
	case KHTTP_U_COMMIT_AND_FETCH:
		return KHTTP_OP_COMMIT;
	case KHTTP_U_WAIT:
		return KHTTP_OP_WAIT;
	default:
		return -EINVAL;
	}
}

/*
 * A result is returned, but a positive one is posted: 6.1 takes that for a
 * failure, cancels what is linked to the command, and forgets a command that
 * ran in the ring's own thread altogether.
 */
static int done_at_once(struct khttp_op *op, long ret, unsigned int issue_flags)
{
	int result = result_of(op, ret);

	if (result > 0) {
		finish(op, ret, issue_flags);
		return -EIOCBQUEUED;
	}
	khttp_op_end(op);
	khttp_op_free(op);
	return result;
}

/* In the command's own task: on from where it had to wait */
static void khttp_uring_wait_work(struct io_uring_cmd *cmd,
				  unsigned int issue_flags)
{
	pdu_of(cmd)->op->markable = true;
	khttp_uring_mark_cancelable(cmd, issue_flags);
	khttp_uring_task_work(cmd, issue_flags);
}

/*
 * Where io_uring can cancel, the first try may not park: to do so the command
 * must be known to it as one to cancel, and such a one cannot be completed by
 * just returning. Most need not wait, and are spared that.
 *
 * Nor may it park in a thread of the ring, which does not hold the ring's lock:
 * once parked it could be resumed, ended and freed by its own task before the
 * thread has lain it down at the queue.
 */
static int start(struct khttp_op *op, unsigned int issue_flags)
{
	bool in_thread = issue_flags & IO_URING_F_UNLOCKED;
	struct io_uring_cmd *cmd = op->cmd;
	long ret;

	pdu_of(cmd)->op = op;
	op->markable = !KHTTP_URING_CANCELS && !in_thread;
	ret = khttp_op_run(op);
	if (ret == KHTTP_STEP_PARKED)
		return -EIOCBQUEUED;
	if (ret != KHTTP_STEP_MARK)
		return done_at_once(op, ret, issue_flags);
	if (in_thread)
		io_uring_cmd_complete_in_task(cmd, khttp_uring_wait_work);
	else
		khttp_uring_wait_work(cmd, issue_flags);
	return -EIOCBQUEUED;
}

static int issue(struct khttp_worker *w, struct io_uring_cmd *cmd,
		 const struct khttp_ucmd *u, unsigned int issue_flags)
{
	int kind = kind_of(cmd->cmd_op), err = 0;
	struct khttp_op *op;

	if (kind < 0)
		return kind;
	if ((kind == KHTTP_OP_FETCH && u->id) ||
	    (kind != KHTTP_OP_READ && u->addr))
		return -EINVAL;
	op = khttp_op_create(w, kind, u->id);
	if (!op)
		return -ENOMEM;
	op->cmd = cmd;
	op->then_fetch = cmd->cmd_op == KHTTP_U_COMMIT_AND_FETCH;
	if (kind == KHTTP_OP_READ)
		err = read_payload(op, u);
	if (!err)
		return start(op, issue_flags);
	khttp_op_free(op);
	return err;
}

/**
 * khttp_device_uring_cmd - KHTTP_U_*
 * @cmd: the command
 * @issue_flags: of the core
 */
int khttp_device_uring_cmd(struct io_uring_cmd *cmd, unsigned int issue_flags)
{
	struct khttp_worker *w = cmd->file->private_data;
	struct khttp_ucmd u;
	int err;

	if (issue_flags & KHTTP_URING_F_CANCEL)
		return cancel(cmd, issue_flags);
	/* The entry is shared with the worker, and soon another's */
	memcpy(&u, khttp_uring_payload(cmd), sizeof(u));
	barrier();
	err = khttp_worker_check(w);
	if (err)
		return err;
	switch (cmd->cmd_op) {
	case KHTTP_U_CANCEL:
		return u.addr ? -EINVAL : khttp_hand_cancel(w, u.id);
	case KHTTP_U_DRAIN:
		return u.id || u.addr ? -EINVAL : khttp_worker_drain_self(w);
	default:
		return issue(w, cmd, &u, issue_flags);
	}
}

/**
 * khttp_uring_watch_start - a command parks
 * @w: its worker
 *
 * Context: worker->lock held.
 */
void khttp_uring_watch_start(struct khttp_worker *w)
{
	queue_delayed_work(system_unbound_wq, &w->watch, WATCH_PERIOD);
}

/**
 * khttp_uring_watch - end commands that nobody will cancel
 * @work: a worker's watch
 *
 * Goes on while a command is under way.
 */
void khttp_uring_watch(struct work_struct *work)
{
	struct khttp_worker *w = container_of(to_delayed_work(work),
					      struct khttp_worker, watch);
	struct khttp_op *op;
	bool any = false;

	spin_lock_bh(&w->lock);
	list_for_each_entry(op, &w->ops, link) {
		if (!op->cmd)
			continue;
		any = true;
		if (!khttp_uring_orphan(op->cmd) || !khttp_op_claim(op))
			continue;
		op->aborted = true;
		khttp_op_resume(op);
	}
	if (any)
		khttp_uring_watch_start(w);
	spin_unlock_bh(&w->lock);
}
