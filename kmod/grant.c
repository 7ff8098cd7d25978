// SPDX-License-Identifier: GPL-2.0-only
/*
 * Grants: see grant.h. The descriptor is a file of its own kind, not one of
 * /dev/khttp in a special state, so that it can do nothing of what that can but
 * give out files that are bound to its queue.
 */

#include "grant.h"

#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include <linux/sched.h>

#include "alloc.h"
#include "device.h"
#include "net.h"
#include "worker_i.h"

/* ---- life ---- */

/* Not in the queue's list yet, with one reference */
static struct khttp_grant *create(struct khttp_queue *q, u32 max_workers)
{
	struct khttp_grant *g = khttp_kzalloc(sizeof(*g), GFP_KERNEL_ACCOUNT);

	if (!g)
		return NULL;
	g->queue = khttp_queue_get(q);
	g->max_workers = max_workers;
	g->pid = get_pid(task_tgid(current));
	g->uid = current_uid();
	get_task_comm(g->comm, current->group_leader);
	g->since = ktime_get_boottime_seconds();
	refcount_set(&g->ref, 1);
	init_waitqueue_head(&g->wait);
	INIT_LIST_HEAD(&g->link);
	return g;
}

/* The list stays in the order of the ids: a listing goes on by them */
static int link_grant(struct khttp_grant *g)
{
	struct khttp_queue *q = g->queue;
	int err = 0;

	spin_lock_bh(&q->lock);
	if (q->dead)
		err = -ESHUTDOWN;
	else if (q->n_grants >= KHTTP_GRANTS_MAX)
		err = -ENOSPC;
	if (!err) {
		g->id = (u32)atomic_inc_return(&q->net->next_grant_id);
		list_add_tail(&g->link, &q->grants);
		q->n_grants++;
	}
	spin_unlock_bh(&q->lock);
	return err;
}

/**
 * khttp_grant_put - give up a reference
 * @g: the grant
 *
 * Under the queue's lock, so that who walks its grants finds none without.
 *
 * Context: any but hard interrupt.
 */
void khttp_grant_put(struct khttp_grant *g)
{
	struct khttp_queue *q = g->queue;
	bool last;

	spin_lock_bh(&q->lock);
	last = refcount_dec_and_test(&g->ref);
	if (last && !list_empty(&g->link)) {
		list_del(&g->link);
		q->n_grants--;
	}
	spin_unlock_bh(&q->lock);
	if (!last)
		return;
	WARN_ON_ONCE(g->workers);
	put_pid(g->pid);
	khttp_queue_put(q);
	kfree(g);
}

/* ---- workers ---- */

/**
 * khttp_grant_enter - a worker comes by it
 * @g: the grant
 *
 * Context: queue->lock held. Returns 0, -EKEYREVOKED, -EUSERS.
 */
int khttp_grant_enter(struct khttp_grant *g)
{
	lockdep_assert_held(&g->queue->lock);
	if (g->revoked)
		return -EKEYREVOKED;
	if (g->workers >= g->max_workers)
		return -EUSERS;
	g->workers++;
	g->attached++;
	return 0;
}

/**
 * khttp_grant_leave - a worker that came by it has gone
 * @g: the grant
 *
 * Context: queue->lock held.
 */
void khttp_grant_leave(struct khttp_grant *g)
{
	lockdep_assert_held(&g->queue->lock);
	g->workers--;
}

/* ---- its end ---- */

static u32 detach_workers(struct khttp_queue *q, u32 id)
{
	struct list_head *at;
	u32 n = 0;

	lockdep_assert_held(&q->lock);
	list_for_each(at, &q->workers) {
		struct khttp_worker *w = khttp_worker_of_link(at);

		if (!w->grant || (id && w->grant->id != id))
			continue;
		khttp_worker_die(w);
		n++;
	}
	return n;
}

/**
 * khttp_grants_revoke - one grant of a queue, or all, are good for nothing
 * @q: the queue
 * @id: which one, or 0
 * @detach: the workers that came by it, too
 * @done: filled
 *
 * Nobody comes in behind it: both happen under the queue's lock, and so does
 * khttp_grant_enter(). One that is revoked already may be revoked once more, to
 * detach who came by it.
 *
 * Context: any but hard interrupt.
 */
void khttp_grants_revoke(struct khttp_queue *q, u32 id, bool detach,
			 struct khttp_grants_revoked *done)
{
	struct khttp_grant *g;

	*done = (struct khttp_grants_revoked){ 0 };
	spin_lock_bh(&q->lock);
	list_for_each_entry(g, &q->grants, link) {
		if (id && g->id != id)
			continue;
		WRITE_ONCE(g->revoked, true);
		wake_up_poll(&g->wait, EPOLLHUP);
		done->grants++;
	}
	if (detach)
		done->workers = detach_workers(q, id);
	spin_unlock_bh(&q->lock);
}

/**
 * khttp_grants_wake - their queue ends
 * @q: dead
 *
 * Context: any but hard interrupt.
 */
void khttp_grants_wake(struct khttp_queue *q)
{
	struct khttp_grant *g;

	spin_lock_bh(&q->lock);
	list_for_each_entry(g, &q->grants, link)
		wake_up_poll(&g->wait, EPOLLHUP);
	spin_unlock_bh(&q->lock);
}

/* ---- the descriptor ---- */

/* Is it good for anything? 0, -EKEYREVOKED, -ESHUTDOWN */
static int state_of(const struct khttp_grant *g)
{
	if (READ_ONCE(g->queue->dead))
		return -ESHUTDOWN;
	return READ_ONCE(g->revoked) ? -EKEYREVOKED : 0;
}

/* KHTTP_IOC_OPEN: a file of the device that is bound to it */
static long open_by(struct khttp_grant *g)
{
	int err = state_of(g);
	struct khttp_worker *w;
	int fd;

	if (err)
		return err;
	w = khttp_worker_create(g->queue->net);
	if (!w)
		return -ENOMEM;
	refcount_inc(&g->ref);
	w->grant = g;
	fd = khttp_may_fail(anon_inode_getfd("[khttp]", &khttp_device_fops, w,
					     O_RDWR | O_CLOEXEC));
	if (fd < 0)
		khttp_worker_put(w);
	return fd;
}

static long khttp_grant_ioctl(struct file *file, unsigned int cmd,
			      unsigned long arg)
{
	if (cmd != KHTTP_IOC_OPEN)
		return -ENOTTY;
	return arg ? -EINVAL : open_by(file->private_data);
}

static __poll_t khttp_grant_poll(struct file *file, poll_table *table)
{
	struct khttp_grant *g = file->private_data;

	poll_wait(file, &g->wait, table);
	return state_of(g) ? EPOLLHUP : 0;
}

static int khttp_grant_release(struct inode *inode, struct file *file)
{
	khttp_grant_put(file->private_data);
	return 0;
}

static const struct file_operations khttp_grant_fops = {
	.owner = THIS_MODULE,
	.release = khttp_grant_release,
	.poll = khttp_grant_poll,
	.unlocked_ioctl = khttp_grant_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* ---- making one ---- */

/* Its queue's owner, or who may configure the namespace; both who opened the file
 * and who uses it, for the same reason as at ATTACH
 */
static bool may_grant(const struct khttp_queue *q, const struct file *file)
{
	struct user_namespace *ns = q->net->net->user_ns;
	kuid_t owner = READ_ONCE(q->policy.uid);

	return (uid_eq(file->f_cred->fsuid, owner) ||
		file_ns_capable(file, ns, CAP_NET_ADMIN)) &&
	       (uid_eq(current_fsuid(), owner) || ns_capable(ns, CAP_NET_ADMIN));
}

/* With a reference. The namespace is there while its root is not dead */
static struct khttp_queue *queue_to_grant(struct khttp_net *kn, const char *name,
					  const struct file *file)
{
	struct khttp_queue *q = khttp_queue_find_lock(kn, name);
	bool may;

	if (IS_ERR(q))
		return q;
	may = may_grant(q, file);
	mutex_unlock(&kn->config);
	if (may)
		return q;
	khttp_queue_put(q);
	return ERR_PTR(-EPERM);
}

static int check_new(struct khttp_grant_new *n)
{
	if (n->flags || n->role != KHTTP_ROLE_WORKER ||
	    n->workers > KHTTP_GRANT_WORKERS_MAX ||
	    strnlen(n->queue, sizeof(n->queue)) == sizeof(n->queue))
		return -EINVAL;
	if (!n->workers)
		n->workers = KHTTP_GRANT_WORKERS;
	return 0;
}

/* The descriptor, which has the grant from then on: somebody may close it at once */
static int publish(struct khttp_grant *g, u32 *id)
{
	int fd = link_grant(g);

	*id = g->id;
	if (!fd)
		fd = khttp_may_fail(anon_inode_getfd("[khttp-grant]", &khttp_grant_fops,
						     g, O_RDWR | O_CLOEXEC));
	if (fd < 0)
		khttp_grant_put(g);
	return fd;
}

/**
 * khttp_grant_make - KHTTP_IOC_GRANT
 * @file: of the device
 * @n: the request; out values are filled in
 *
 * Context: sleeps. Returns a descriptor or -errno: see struct khttp_grant_new.
 */
int khttp_grant_make(struct file *file, struct khttp_grant_new *n)
{
	struct khttp_worker *w = file->private_data;
	struct khttp_queue *q;
	struct khttp_grant *g;
	int err = check_new(n);

	if (err)
		return err;
	/* What was granted is not for passing on as one's own */
	if (w->grant)
		return -EPERM;
	q = queue_to_grant(w->net, n->queue, file);
	if (IS_ERR(q))
		return PTR_ERR(q);
	g = create(q, n->workers);
	khttp_queue_put(q);
	if (!g)
		return -ENOMEM;
	return publish(g, &n->id);
}
