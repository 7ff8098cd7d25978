// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker's life: attach, drain, death. See the table in worker.h.
 *
 * Death is one piece of work, whatever caused it: the end of the mapping, the
 * file's release, the end of the queue or of the namespace.
 */

#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include "alloc.h"
#include "event.h"
#include "grant.h"
#include "net.h"
#include "worker_i.h"

#define AREA_DEFAULT 32768

static void tell(const struct khttp_worker *w, enum khttp_event_type type,
		 u64 count, bool has_count)
{
	const struct khttp_event_info e = {
		.type = type,
		.of = w->queue,
		.queue = w->queue->name,
		.worker = w->id,
		.pid = w->pid,
		.count = count,
		.has_count = has_count,
	};

	khttp_event_send(w->net, &e);
}

static void khttp_worker_death(struct work_struct *work);

/* Under the lock of the queue's shard */
static bool khttp_worker_wake_pollers(struct khttp_fetcher *f)
{
	struct khttp_worker *w = container_of(f, struct khttp_worker, poller);

	wake_up_poll(&w->wait, EPOLLIN);
	return true;
}

/**
 * khttp_worker_create - what an open file is, before it is attached
 * @kn: the opener's namespace
 *
 * Returns NULL when there is no memory.
 */
struct khttp_worker *khttp_worker_create(struct khttp_net *kn)
{
	struct khttp_worker *w = khttp_kzalloc(sizeof(*w), GFP_KERNEL_ACCOUNT);

	if (!w)
		return NULL;
	khttp_net_get(kn);
	w->net = kn;
	refcount_set(&w->ref, 1);
	mutex_init(&w->attach);
	mutex_init(&w->calls);
	spin_lock_init(&w->lock);
	spin_lock_init(&w->bells_lock);
	INIT_LIST_HEAD(&w->held);
	INIT_LIST_HEAD(&w->ops);
	INIT_LIST_HEAD(&w->starved);
	INIT_LIST_HEAD(&w->rung);
	INIT_LIST_HEAD(&w->queue_link);
	INIT_LIST_HEAD(&w->poller.link);
	init_waitqueue_head(&w->wait);
	w->poller.wake = khttp_worker_wake_pollers;
	INIT_WORK(&w->death, khttp_worker_death);
	INIT_DELAYED_WORK(&w->watch, khttp_uring_watch);
	return w;
}

/**
 * khttp_worker_put - give up a reference
 * @w: the worker
 *
 * Context: sleeps.
 */
void khttp_worker_put(struct khttp_worker *w)
{
	if (!refcount_dec_and_test(&w->ref))
		return;
	khttp_slots_free(w);
	if (w->queue)
		khttp_queue_put(w->queue);
	put_pid(w->pid);
	if (w->grant)
		khttp_grant_put(w->grant);
	khttp_net_put(w->net);
	kfree(w);
}

/**
 * khttp_worker_tell - there is something to see
 * @w: the worker
 * @events: what poll would find
 *
 * Context: any but hard interrupt.
 */
void khttp_worker_tell(struct khttp_worker *w, __poll_t events)
{
	struct task_struct *runner;

	wake_up_poll(&w->wait, events);
	/* Who sleeps in RUN says so before he looks whether there is something */
	smp_mb();
	rcu_read_lock();
	runner = READ_ONCE(w->runner);
	/* It may be awake again, or asleep elsewhere, where that does no harm;
	 * its memory is there while we are inside
	 */
	if (runner)
		wake_up_process(runner);
	rcu_read_unlock();
}

/* ---- attach ---- */

static bool area_ok(u32 *bytes)
{
	if (!*bytes)
		*bytes = AREA_DEFAULT;
	return *bytes >= KHTTP_AREA_MIN && *bytes <= KHTTP_AREA_MAX &&
	       PAGE_ALIGNED(*bytes);
}

static int check_attach(struct khttp_attach *a)
{
	bool worker = a->role == KHTTP_ROLE_WORKER;

	if (a->flags & ~(worker ? KHTTP_ATTACH_VALIDATES : 0) ||
	    a->role > KHTTP_ROLE_CONTROLLER ||
	    strnlen(a->queue, sizeof(a->queue)) == sizeof(a->queue))
		return -EINVAL;
	if (!worker) {
		a->request_area = 0;
		a->reply_area = 0;
		return a->slots ? -EINVAL : 0;
	}
	if (!a->slots)
		return -EINVAL;
	if (a->slots > KHTTP_SLOTS_MAX || a->request_area > KHTTP_AREA_MAX ||
	    a->reply_area > KHTTP_AREA_MAX)
		return -E2BIG;
	if (!area_ok(&a->request_area) || !area_ok(&a->reply_area))
		return -EINVAL;
	if ((u64)a->slots * (a->request_area + a->reply_area) >
	    KHTTP_SLOTS_BYTES_MAX)
		return -E2BIG;
	return 0;
}

/* Both who opened the file and who uses it must be allowed: a descriptor that
 * was passed on gives no right, and neither does a privileged program that can
 * be made to use one.
 */
static struct khttp_queue *find_queue(struct khttp_net *kn, const char *name,
				      const struct file *file, u32 role)
{
	enum khttp_queue_right right = role == KHTTP_ROLE_CONTROLLER ?
				       KHTTP_QUEUE_CONTROL : KHTTP_QUEUE_ATTACH;
	struct khttp_queue *q = khttp_queue_find_lock(kn, name);

	if (IS_ERR(q))
		return q;
	mutex_unlock(&kn->config);
	if (khttp_queue_lets(q, file->f_cred, right) &&
	    khttp_queue_lets(q, current_cred(), right))
		return q;
	khttp_queue_put(q);
	return ERR_PTR(-EACCES);
}

/* Rights were looked at when the grant was made: it says what its file is for */
static struct khttp_queue *granted_queue(struct khttp_grant *g,
					 struct khttp_attach *a)
{
	if (a->queue[0] || a->role != KHTTP_ROLE_WORKER)
		return ERR_PTR(-EINVAL);
	strscpy(a->queue, g->queue->name, sizeof(a->queue));
	return khttp_queue_get(g->queue);
}

static void identify(struct khttp_worker *w)
{
	w->id = (u32)atomic_inc_return(&w->net->next_worker_id);
	w->pid = get_pid(task_tgid(current));
	w->uid = current_uid();
	get_task_comm(w->comm, current->group_leader);
	w->since = ktime_get_boottime_seconds();
}

/* Everything of it is there: the control side may see it */
static int enter(struct khttp_worker *w)
{
	int err = 0;

	if (w->role == KHTTP_ROLE_WORKER)
		err = khttp_queue_attach(w->queue, w);
	if (err)
		return err;
	smp_store_release(&w->attached, true);
	if (w->role == KHTTP_ROLE_WORKER)
		tell(w, KHTTP_EVENT_WORKER_ATTACHED, 0, false);
	return 0;
}

static int attach_locked(struct khttp_worker *w, const struct file *file,
			 struct khttp_attach *a)
{
	struct khttp_queue *q;
	int err;

	if (w->attached)
		return -EBUSY;
	q = w->grant ? granted_queue(w->grant, a) :
		       find_queue(w->net, a->queue, file, a->role);
	if (IS_ERR(q))
		return PTR_ERR(q);
	w->queue = q;
	khttp_queue_poller(q, &w->poller);
	w->role = a->role;
	w->validates = a->flags & KHTTP_ATTACH_VALIDATES;
	w->n_hands = a->slots;
	w->request_area = a->request_area;
	w->slot_size = a->request_area + a->reply_area;
	identify(w);
	err = a->slots ? khttp_slots_alloc(w) : 0;
	if (!err)
		err = enter(w);
	if (!err)
		return 0;
	khttp_slots_free(w);
	w->n_hands = 0;
	put_pid(w->pid);
	w->pid = NULL;
	w->queue = NULL;
	khttp_queue_put(q);
	return err;
}

/**
 * khttp_worker_attach - KHTTP_IOC_ATTACH
 * @w: of @file
 * @file: whose opener's rights count beside the caller's
 * @a: the request; out values are filled in
 *
 * Context: sleeps. Errors: see struct khttp_attach.
 */
int khttp_worker_attach(struct khttp_worker *w, struct file *file,
			struct khttp_attach *a)
{
	int err = check_attach(a);

	if (err)
		return err;
	mutex_lock(&w->attach);
	err = attach_locked(w, file, a);
	mutex_unlock(&w->attach);
	if (err)
		return err;
	a->worker = w->id;
	a->map_length = (u64)w->n_hands * w->slot_size;
	a->features = KHTTP_FEATURE_IOCTL | KHTTP_FEATURE_FILE_BODY |
		      KHTTP_FEATURE_CACHE | KHTTP_FEATURE_GRANT |
		      KHTTP_FEATURE_DELEGATE | KHTTP_FEATURE_RESERVE |
		      KHTTP_FEATURE_CACHE_AUTO | KHTTP_FEATURE_CACHE_STREAM |
		      KHTTP_FEATURE_CACHE_TAGS | KHTTP_FEATURE_CACHE_VALIDATE |
		      KHTTP_FEATURE_FRAGMENT | KHTTP_FEATURE_FLOW | KHTTP_FEATURE_LOG_FIELDS;
	if (IS_ENABLED(CONFIG_IO_URING))
		a->features |= KHTTP_FEATURE_URING;
	return 0;
}

/**
 * khttp_worker_check - may this task use it now?
 * @w: the worker
 *
 * Returns 0, -ENXIO not attached or mapped, -EPERM another address space than
 * the one that mapped, -ESHUTDOWN.
 */
int khttp_worker_check(struct khttp_worker *w)
{
	if (!smp_load_acquire(&w->attached))
		return -ENXIO;
	switch (READ_ONCE(w->state)) {
	case KHTTP_WORKER_GONE:
		return -ESHUTDOWN;
	case KHTTP_WORKER_ATTACHED:
		return -ENXIO;
	}
	/* Drained before it was mapped */
	if (!READ_ONCE(w->mm))
		return -ESHUTDOWN;
	return current->mm == READ_ONCE(w->mm) ? 0 : -EPERM;
}

/* ---- drain ---- */

/*
 * Fetches end now. Until they do they may lie at the queue, where who comes to
 * wake one finds it claimed and goes on to the next; one that was woken already
 * passes its wake-up on when it ends.
 */
static void end_fetches(struct khttp_worker *w)
{
	struct khttp_op *op;

	lockdep_assert_held(&w->lock);
	list_for_each_entry(op, &w->ops, link)
		if (op->kind == KHTTP_OP_FETCH && khttp_op_claim(op))
			khttp_op_resume(op);
}

/**
 * khttp_worker_drain - nothing new for this worker
 * @w: attached
 *
 * Context: the queue's lock held.
 */
void khttp_worker_drain(struct khttp_worker *w)
{
	bool first;

	lockdep_assert_held(&w->queue->lock);
	spin_lock(&w->lock);
	first = w->state < KHTTP_WORKER_DRAINING;
	if (first) {
		WRITE_ONCE(w->state, KHTTP_WORKER_DRAINING);
		end_fetches(w);
	}
	spin_unlock(&w->lock);
	if (!first)
		return;
	khttp_worker_tell(w, EPOLLIN);
	tell(w, KHTTP_EVENT_WORKER_DRAINING, atomic_read(&w->in_hand), true);
}

/**
 * khttp_worker_drain_self - the worker asks for it
 * @w: checked
 *
 * Context: any but hard interrupt. Returns 0.
 */
int khttp_worker_drain_self(struct khttp_worker *w)
{
	spin_lock_bh(&w->queue->lock);
	khttp_worker_drain(w);
	spin_unlock_bh(&w->queue->lock);
	return 0;
}

/* ---- poll ---- */

/* A request waits? In any case the next one will be told */
static bool poll_queue(struct khttp_worker *w)
{
	return !khttp_queue_idle(w->queue, &w->poller);
}

static bool poll_slots(struct khttp_worker *w)
{
	bool some;

	if (READ_ONCE(w->n_free))
		return true;
	spin_lock_bh(&w->lock);
	some = w->n_free;
	w->slot_wanted = !some;
	spin_unlock_bh(&w->lock);
	return some;
}

static __poll_t poll_controller(struct khttp_worker *w)
{
	if (READ_ONCE(w->queue->dead))
		return EPOLLHUP;
	return poll_queue(w) ? EPOLLIN | EPOLLRDNORM : 0;
}

/**
 * khttp_worker_poll - what KHTTP_IOC_RUN would find
 * @w: the worker; the caller waits on w->wait
 *
 * Context: any but hard interrupt.
 */
__poll_t khttp_worker_poll(struct khttp_worker *w)
{
	bool ready;

	if (!smp_load_acquire(&w->attached))
		return EPOLLERR;
	if (w->role == KHTTP_ROLE_CONTROLLER)
		return poll_controller(w);
	switch (READ_ONCE(w->state)) {
	case KHTTP_WORKER_GONE:
		return EPOLLHUP;
	case KHTTP_WORKER_ATTACHED:
		return 0;
	case KHTTP_WORKER_DRAINING:
		ready = !READ_ONCE(w->drain_told);
		break;
	default:
		ready = poll_slots(w) && poll_queue(w);
	}
	ready |= !list_empty_careful(&w->rung);
	return ready ? EPOLLIN | EPOLLRDNORM : 0;
}

/* ---- death ---- */

/**
 * khttp_worker_die - its end begins
 * @w: attached
 *
 * Context: any but hard interrupt. Operations that begin from now on end with
 * -ESHUTDOWN; the rest is done by the work, which khttp_worker_bury() waits
 * for.
 */
void khttp_worker_die(struct khttp_worker *w)
{
	spin_lock_bh(&w->lock);
	WRITE_ONCE(w->state, KHTTP_WORKER_GONE);
	if (!w->dying)
		queue_work(system_unbound_wq, &w->death);
	w->dying = true;
	spin_unlock_bh(&w->lock);
}

/*
 * Whatever is parked looks again, and finds the worker gone. A ring's command
 * ends in its own task, which may take its time; meanwhile it uses no wake-up
 * up, for it is claimed.
 */
static void end_ops(struct khttp_worker *w)
{
	struct khttp_op *op;

	spin_lock_bh(&w->lock);
	list_for_each_entry(op, &w->ops, link)
		if (khttp_op_claim(op))
			khttp_op_resume(op);
	spin_unlock_bh(&w->lock);
}

static void khttp_worker_death(struct work_struct *work)
{
	struct khttp_worker *w = container_of(work, struct khttp_worker, death);
	u32 in_hand;

	end_ops(w);
	khttp_worker_tell(w, EPOLLHUP);
	/* A call that began before is over when the lock is ours, or will find
	 * nothing any more
	 */
	mutex_lock(&w->calls);
	khttp_store_let_go(w);
	mutex_unlock(&w->calls);
	in_hand = atomic_read(&w->in_hand);
	khttp_hands_abandon(w);
	khttp_queue_detach(w->queue, w);
	if (in_hand)
		khttp_stat_inc(w->net, workers_lost);
	tell(w, in_hand ? KHTTP_EVENT_WORKER_LOST :
	     KHTTP_EVENT_WORKER_DETACHED, in_hand, in_hand);
}

/**
 * khttp_worker_bury - the file is released
 * @w: its worker; no operation of it is left
 *
 * Context: sleeps. When the namespace was killed before, it knows nothing of
 * this worker any more, and what is left is memory.
 */
void khttp_worker_bury(struct khttp_worker *w)
{
	cancel_delayed_work_sync(&w->watch);
	if (w->attached && w->role == KHTTP_ROLE_WORKER) {
		khttp_worker_die(w);
		flush_work(&w->death);
	}
	/* Also passes on the wake-up of a command that came too late to */
	if (w->attached)
		khttp_queue_unidle(w->queue, &w->poller);
	khttp_registration_end(w);
	khttp_worker_put(w);
}

static struct khttp_worker *first_worker(struct khttp_queue *q)
{
	struct khttp_worker *w;

	spin_lock_bh(&q->lock);
	w = list_first_entry_or_null(&q->workers, struct khttp_worker,
				     queue_link);
	/* While it is in the list, its death work has not ended, for which the
	 * file's release waits before it drops its reference
	 */
	if (w)
		refcount_inc(&w->ref);
	spin_unlock_bh(&q->lock);
	return w;
}

/**
 * khttp_workers_kill - the queue or its namespace ends
 * @q: dead: nobody can attach any more
 *
 * Context: sleeps, for a bounded time; net->config held. What may take longer
 * (a worker's memory or file that does not come) holds nothing of the
 * namespace.
 */
void khttp_workers_kill(struct khttp_queue *q)
{
	struct khttp_worker *w;

	while ((w = first_worker(q))) {
		khttp_worker_die(w);
		flush_work(&w->death);
		khttp_worker_put(w);
	}
}
