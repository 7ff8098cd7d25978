// SPDX-License-Identifier: GPL-2.0-only
/*
 * The access log's reader: a descriptor of its own kind. See log.h.
 *
 * A worker's file could not be it: what reads the log serves nobody, and needs
 * another right than workers.
 */

#include <linux/anon_inodes.h>
#include <linux/cpumask.h>
#include <linux/cred.h>
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
#include "queue.h"
#include "user.h"
#include "who.h"

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

/* @counted: whose place it has been given */
static struct khttp_log_reader *create(struct khttp_net *kn,
				       const struct khttp_log_open *ask,
				       kuid_t counted)
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
	r->only = ask->flags & (KHTTP_LOG_ONLY_ERRORS | KHTTP_LOG_ONLY_SUCCESS);
	r->sample = max(ask->sample, 1U);
	r->texts = ask->texts;
	r->counted = counted;
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
	put_cred(r->opener);
	put_cred(r->user);
	khttp_net_put(r->net);
	kfree(r);
}

/* Who is listed has changed */
static void recount(struct khttp_log *log)
{
	u32 texts = 0, n_wide = 0, n_readers = 0;
	const struct khttp_log_reader *r;

	list_for_each_entry(r, &log->readers, link) {
		texts |= r->texts;
		n_wide += !r->queue;
		n_readers++;
	}
	WRITE_ONCE(log->texts, texts);
	WRITE_ONCE(log->n_wide, n_wide);
	WRITE_ONCE(log->n_readers, n_readers);
}

/* Writers that found it may go on until the end of their RCU sections. Its place it has
 * as long as its rings
 */
static void leave(struct khttp_log_reader *r, int why)
{
	lockdep_assert_held(&r->net->config);
	if (r->ended)
		return;
	list_del_rcu(&r->link);
	recount(&r->net->log);
	WRITE_ONCE(r->ended, why);
	wake_up_interruptible_poll(&r->wait, EPOLLIN | EPOLLHUP);
}

static bool may_still(const struct khttp_log_reader *r, const struct khttp_queue *q)
{
	return !r->user || (khttp_queue_lets(q, r->opener, KHTTP_QUEUE_CONTROL) &&
			    khttp_queue_lets(q, r->user, KHTTP_QUEUE_CONTROL));
}

/* Those of that queue who may not control it any more */
void khttp_log_queue_set(const struct khttp_queue *q)
{
	struct khttp_log_reader *r, *next;

	list_for_each_entry_safe(r, next, &q->net->log.readers, link)
		if (r->queue == q->group->id && !may_still(r, q))
			leave(r, -EACCES);
}

void khttp_log_queue_gone(const struct khttp_queue *q)
{
	struct khttp_log_reader *r, *next;

	list_for_each_entry_safe(r, next, &q->net->log.readers, link)
		if (r->queue == q->group->id)
			leave(r, READ_ONCE(q->net->dead) ? -ESHUTDOWN : -EIDRM);
}

void khttp_log_init(struct khttp_log *log)
{
	INIT_LIST_HEAD(&log->readers);
}

void khttp_log_exit(struct khttp_net *kn)
{
	struct khttp_log_reader *r, *next;

	mutex_lock(&kn->config);
	list_for_each_entry_safe(r, next, &kn->log.readers, link)
		leave(r, -ESHUTDOWN);
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

/* Its end first: what was written before that is seen then */
static bool ready(struct khttp_log_reader *r)
{
	int ended = READ_ONCE(r->ended);

	await(r);
	return any(r) || ended;
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
	int ended;
	int err;

	if (room < KHTTP_LOG_RECORD_MAX)
		return -EINVAL;
	for (;;) {
		ended = READ_ONCE(r->ended);
		/* Not even what was his a moment ago */
		if (ended == -EACCES)
			return ended;
		err = mutex_lock_interruptible(&r->lock);
		if (err)
			return err;
		n = take(r, to, room);
		mutex_unlock(&r->lock);
		if (n)
			return n;
		if (ended)
			return ended == -ESHUTDOWN ? 0 : ended;
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
	int ended;

	poll_wait(file, &r->wait, table);
	/* Behind that: who sets it wakes once */
	ended = READ_ONCE(r->ended);
	await(r);
	return (any(r) ? EPOLLIN | EPOLLRDNORM : 0) | (ended ? EPOLLHUP : 0);
}

/* Another of them may come */
static void give_place(struct khttp_net *kn, kuid_t counted)
{
	mutex_lock(&kn->config);
	if (uid_valid(counted))
		khttp_user_uncharge(kn, counted, KHTTP_USER_LOG_READER);
	else
		kn->log.admins--;
	mutex_unlock(&kn->config);
}

/* Nobody has seen it, or its time is over */
static void drop(struct khttp_log_reader *r)
{
	struct khttp_net *kn = r->net;
	kuid_t counted = r->counted;

	khttp_net_get(kn);
	destroy(r);
	give_place(kn, counted);
	khttp_net_put(kn);
}

static void retire(struct khttp_log_reader *r)
{
	mutex_lock(&r->net->config);
	leave(r, -ESHUTDOWN);
	mutex_unlock(&r->net->config);
	synchronize_rcu();
	drop(r);
}

static int khttp_log_release(struct inode *inode, struct file *file)
{
	struct khttp_log_reader *r = file->private_data;

	retire(r);
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
	if (ask->flags & ~(only | KHTTP_LOG_OF_QUEUE) || (ask->flags & only) == only ||
	    (ask->flags & KHTTP_LOG_OF_QUEUE && !*ask->group) ||
	    ask->texts & ~KHTTP_LOG_TEXT_ALL ||
	    ask->ring < KHTTP_LOG_RING_MIN || ask->ring > KHTTP_LOG_RING_MAX ||
	    !is_power_of_2(ask->ring) ||
	    strnlen(ask->group, sizeof(ask->group)) == sizeof(ask->group))
		return -EINVAL;
	return 0;
}

/* Which requests one may ask for */
struct scope {
	u64 group;
	u64 queue;
};

/* The queue whose log is asked for, with a reference; or NULL */
static struct khttp_queue *queue_of(struct khttp_net *kn, const struct khttp_log_open *ask,
				    struct scope *s)
{
	const struct khttp_group *g;

	if (ask->flags & KHTTP_LOG_OF_QUEUE)
		return khttp_queue_find(kn, ask->group);
	g = khttp_group_find(kn, ask->group);
	if (!g)
		return NULL;
	s->group = g->id;
	return khttp_queue_get(g->queue);
}

/* Who may not control it is not told whether it is there: 0 or -errno */
static int look_locked(struct khttp_net *kn, const struct khttp_who *who,
		       const struct khttp_log_open *ask, struct scope *s)
{
	struct khttp_queue *q;
	int err = 0;

	*s = (struct scope){};
	if (!*ask->group)
		return who->admin ? 0 : -EPERM;
	q = queue_of(kn, ask, s);
	if (!q)
		return who->admin ? -ENOENT : -EACCES;
	/* Without the right to all a group's requests that its queue has handed on
	 * are the other queue's
	 */
	if (ask->flags & KHTTP_LOG_OF_QUEUE || !who->admin)
		s->queue = q->group->id;
	if (!khttp_who_controls(who, q))
		err = -EACCES;
	khttp_queue_put(q);
	return err;
}

/* Administrators have places of their own, and users some each. 0 or -errno */
static int take_place(struct khttp_net *kn, const struct khttp_who *who, kuid_t *counted)
{
	const char *why;

	*counted = khttp_who_counts(who);
	if (!who->admin)
		return khttp_user_charge(kn, *counted, KHTTP_USER_LOG_READER, &why);
	if (kn->log.admins >= KHTTP_LOG_READERS_MAX)
		return -EUSERS;
	kn->log.admins++;
	return 0;
}

static void list_locked(struct khttp_log_reader *r, const struct khttp_who *who,
			const struct scope *s)
{
	r->group = s->group;
	r->queue = s->queue;
	if (!who->admin) {
		r->opener = get_cred(who->opener);
		r->user = get_cred(who->user);
	}
	list_add_tail_rcu(&r->link, &r->net->log.readers);
	recount(&r->net->log);
}

/* @r is listed, or with NULL one as *@counted gets a place: 0 or -errno */
static int enter(struct khttp_net *kn, const struct file *file,
		 const struct khttp_log_open *ask, struct khttp_log_reader *r,
		 kuid_t *counted)
{
	int err = khttp_control_lock(kn);
	struct khttp_who who;
	struct scope s;

	if (err)
		return err;
	err = -ESHUTDOWN;
	if (!kn->dead) {
		khttp_who_by_file(&who, kn, file);
		err = look_locked(kn, &who, ask, &s);
	}
	if (!err && r)
		list_locked(r, &who, &s);
	else if (!err)
		err = take_place(kn, &who, counted);
	khttp_control_unlock(kn);
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
	kuid_t counted;

	/* Nothing is made for who may not, or has as many as he may */
	if (!fd)
		fd = enter(kn, file, ask, NULL, &counted);
	if (fd)
		return fd;
	r = create(kn, ask, counted);
	if (!r) {
		give_place(kn, counted);
		return -ENOMEM;
	}
	fd = enter(kn, file, ask, r, NULL);
	if (fd) {
		drop(r);
		return fd;
	}
	fd = khttp_may_fail(anon_inode_getfd("[khttp-log]", &khttp_log_fops, r,
					     O_RDONLY | O_CLOEXEC));
	if (fd < 0)
		retire(r);
	return fd;
}
