// SPDX-License-Identifier: GPL-2.0-only
/*
 * The access log's reader: a descriptor of its own kind. See log.h.
 *
 * A worker's file could not be it: what reads the log serves nobody, and is made
 * by a right that workers do not have.
 */

#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/rculist.h>

#include "alloc.h"
#include "control.h"
#include "group.h"
#include "log.h"
#include "log_i.h"
#include "net.h"

/* ---- life ---- */

static void khttp_log_wake(struct work_struct *work)
{
	struct khttp_log_reader *r = container_of(to_delayed_work(work),
						  struct khttp_log_reader, wake);

	wake_up_interruptible_poll(&r->wait, EPOLLIN);
}

static void free_rings(struct khttp_log_ring __percpu *rings)
{
	int cpu;

	for_each_possible_cpu(cpu)
		khttp_log_ring_exit(per_cpu_ptr(rings, cpu));
	free_percpu(rings);
}

/* NULL: no memory */
static struct khttp_log_ring __percpu *make_rings(u32 size)
{
	struct khttp_log_ring __percpu *rings;
	int cpu;

	rings = khttp_alloc_percpu(struct khttp_log_ring, GFP_KERNEL_ACCOUNT);
	if (!rings)
		return NULL;
	for_each_possible_cpu(cpu) {
		if (!khttp_log_ring_init(per_cpu_ptr(rings, cpu), size, cpu))
			continue;
		free_rings(rings);
		return NULL;
	}
	return rings;
}

static struct khttp_log_reader *create(struct khttp_net *kn,
				       const struct khttp_log_open *ask)
{
	struct khttp_log_reader *r = khttp_kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);

	if (!r)
		return NULL;
	r->rings = make_rings(ask->ring);
	if (!r->rings) {
		kfree(r);
		return NULL;
	}
	khttp_net_get(kn);
	r->net = kn;
	r->flags = ask->flags;
	r->sample = max(ask->sample, 1U);
	r->texts = ask->texts;
	INIT_LIST_HEAD(&r->link);
	mutex_init(&r->lock);
	init_waitqueue_head(&r->wait);
	INIT_DELAYED_WORK(&r->wake, khttp_log_wake);
	return r;
}

/* Nobody writes and nobody waits */
static void destroy(struct khttp_log_reader *r)
{
	cancel_delayed_work_sync(&r->wake);
	free_rings(r->rings);
	mutex_destroy(&r->lock);
	khttp_net_put(r->net);
	kfree(r);
}

/* Who is listed has changed */
static void count(struct khttp_log *log, u32 n_readers)
{
	const struct khttp_log_reader *r;
	u32 texts = 0;

	list_for_each_entry(r, &log->readers, link)
		texts |= r->texts;
	WRITE_ONCE(log->texts, texts);
	WRITE_ONCE(log->n_readers, n_readers);
}

/* Writers that found it may go on until the end of their RCU sections */
static void leave(struct khttp_log_reader *r)
{
	struct khttp_log *log = &r->net->log;

	lockdep_assert_held(&r->net->config);
	if (r->dead)
		return;
	list_del_rcu(&r->link);
	count(log, log->n_readers - 1);
	WRITE_ONCE(r->dead, true);
}

void khttp_log_init(struct khttp_log *log)
{
	INIT_LIST_HEAD(&log->readers);
}

void khttp_log_exit(struct khttp_net *kn)
{
	struct khttp_log_reader *r, *next;

	mutex_lock(&kn->config);
	list_for_each_entry_safe(r, next, &kn->log.readers, link) {
		leave(r);
		wake_up_interruptible_poll(&r->wait, EPOLLIN | EPOLLHUP);
	}
	mutex_unlock(&kn->config);
}

/* ---- the descriptor ---- */

static bool any(const struct khttp_log_reader *r)
{
	int cpu;

	for_each_possible_cpu(cpu)
		if (khttp_log_ring_any(per_cpu_ptr(r->rings, cpu)))
			return true;
	return false;
}

/* From here on a record wakes: asked before one looks. See tell() in log.c */
static void await(struct khttp_log_reader *r)
{
	WRITE_ONCE(r->awaited, true);
	smp_mb();
}

/* The namespace's end first: what was written before that is seen then */
static bool ready(struct khttp_log_reader *r)
{
	bool dead = READ_ONCE(r->dead);

	await(r);
	return any(r) || dead;
}

static ssize_t take(struct khttp_log_reader *r, char __user *to, size_t room)
{
	size_t done = 0;
	ssize_t n;
	int cpu;

	lockdep_assert_held(&r->lock);
	/* Who is slower than its writers gets from each in turn */
	for_each_cpu_wrap(cpu, cpu_possible_mask, r->next) {
		n = khttp_log_ring_take(per_cpu_ptr(r->rings, cpu), to + done,
					room - done);
		if (n < 0)
			return done ?: n;
		done += n;
		if (room - done < KHTTP_LOG_RECORD_MAX) {
			r->next = (cpu + 1) % nr_cpu_ids;
			break;
		}
	}
	return done;
}

static ssize_t khttp_log_read(struct file *file, char __user *to, size_t room,
			      loff_t *pos)
{
	struct khttp_log_reader *r = file->private_data;
	ssize_t n;
	bool dead;
	int err;

	if (room < KHTTP_LOG_RECORD_MAX)
		return -EINVAL;
	for (;;) {
		dead = READ_ONCE(r->dead);
		err = mutex_lock_interruptible(&r->lock);
		if (err)
			return err;
		n = take(r, to, room);
		mutex_unlock(&r->lock);
		if (n || dead)
			return n;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(r->wait, ready(r));
		if (err)
			return err;
	}
}

static __poll_t khttp_log_poll(struct file *file, poll_table *table)
{
	struct khttp_log_reader *r = file->private_data;
	bool dead;

	poll_wait(file, &r->wait, table);
	/* Behind that: who sets it wakes once */
	dead = READ_ONCE(r->dead);
	await(r);
	return (any(r) ? EPOLLIN | EPOLLRDNORM : 0) | (dead ? EPOLLHUP : 0);
}

static int khttp_log_release(struct inode *inode, struct file *file)
{
	struct khttp_log_reader *r = file->private_data;

	mutex_lock(&r->net->config);
	leave(r);
	mutex_unlock(&r->net->config);
	synchronize_rcu();
	destroy(r);
	return 0;
}

static const struct file_operations khttp_log_fops = {
	.owner = THIS_MODULE,
	.release = khttp_log_release,
	.read = khttp_log_read,
	.poll = khttp_log_poll,
	.llseek = noop_llseek,
};

/* ---- making one ---- */

static int check(struct khttp_log_open *ask)
{
	const u32 only = KHTTP_LOG_ONLY_ERRORS | KHTTP_LOG_ONLY_SUCCESS;

	if (!ask->ring)
		ask->ring = KHTTP_LOG_RING_DEFAULT;
	if (ask->flags & ~only || ask->flags == only ||
	    ask->texts & ~KHTTP_LOG_TEXT_ALL ||
	    ask->ring < KHTTP_LOG_RING_MIN || ask->ring > KHTTP_LOG_RING_MAX ||
	    !is_power_of_2(ask->ring) ||
	    strnlen(ask->group, sizeof(ask->group)) == sizeof(ask->group))
		return -EINVAL;
	return 0;
}

/* Both, for the same reason as at ATTACH. Context: the namespace is there */
static bool may_read(const struct khttp_net *kn, const struct file *file)
{
	struct user_namespace *ns = kn->net->user_ns;

	return file_ns_capable(file, ns, CAP_NET_ADMIN) &&
	       ns_capable(ns, CAP_NET_ADMIN);
}

static int list_locked(struct khttp_log_reader *r, const char *group)
{
	struct khttp_log *log = &r->net->log;
	const struct khttp_group *g;

	lockdep_assert_held(&r->net->config);
	if (r->net->dead)
		return -ESHUTDOWN;
	if (log->n_readers >= KHTTP_LOG_READERS_MAX)
		return -EUSERS;
	if (*group) {
		g = khttp_group_find(r->net, group);
		if (!g)
			return -ENOENT;
		r->group = g->id;
	}
	list_add_tail_rcu(&r->link, &log->readers);
	count(log, log->n_readers + 1);
	return 0;
}

/* Is there anything to make one for? 0 or -errno */
static int admit(struct khttp_net *kn, const struct file *file)
{
	int err = khttp_control_lock(kn);

	if (err)
		return err;
	if (kn->dead)
		err = -ESHUTDOWN;
	else if (!may_read(kn, file))
		err = -EPERM;
	khttp_control_unlock(kn);
	return err;
}

static int enter(struct khttp_log_reader *r, const char *group)
{
	int err = khttp_control_lock(r->net);

	if (err)
		return err;
	err = list_locked(r, group);
	khttp_control_unlock(r->net);
	return err;
}

/**
 * khttp_log_open - KHTTP_IOC_LOG
 * @kn: the namespace's root
 * @file: of the device
 * @ask: the request; its ring is filled in
 *
 * Context: sleeps. Returns a descriptor or -errno: see struct khttp_log_open.
 */
int khttp_log_open(struct khttp_net *kn, const struct file *file,
		   struct khttp_log_open *ask)
{
	struct khttp_log_reader *r;
	int fd = check(ask);

	if (!fd)
		fd = admit(kn, file);
	if (fd)
		return fd;
	r = create(kn, ask);
	if (!r)
		return -ENOMEM;
	fd = enter(r, ask->group);
	if (fd) {
		destroy(r);
		return fd;
	}
	fd = khttp_may_fail(anon_inode_getfd("[khttp-log]", &khttp_log_fops, r,
					     O_RDONLY | O_CLOEXEC));
	if (fd < 0) {
		mutex_lock(&kn->config);
		leave(r);
		mutex_unlock(&kn->config);
		synchronize_rcu();
		destroy(r);
	}
	return fd;
}
