// SPDX-License-Identifier: GPL-2.0-only
/* The transport of those without io_uring: one call, one operation or batch. */

#include <linux/uaccess.h>

#include "alloc.h"
#include "grant.h"
#include "log.h"
#include "unset.h"
#include "worker_i.h"

static long ioctl_attach(struct khttp_worker *w, struct file *file,
			 void __user *arg)
{
	struct khttp_attach a;
	int err;

	if (copy_from_user(&a, arg, sizeof(a)))
		return -EFAULT;
	err = khttp_worker_attach(w, file, &a);
	if (err)
		return err;
	/* Attached all the same, but useless to who cannot be told */
	return copy_to_user(arg, &a, sizeof(a)) ? -EFAULT : 0;
}

static long ioctl_grant(struct file *file, void __user *arg)
{
	struct khttp_grant_new n;
	int fd;

	if (copy_from_user(&n, arg, sizeof(n)))
		return -EFAULT;
	fd = khttp_grant_make(file, &n);
	/* The descriptor is there all the same, as for ATTACH */
	return fd >= 0 && copy_to_user(arg, &n, sizeof(n)) ? -EFAULT : fd;
}

static long ioctl_log(const struct khttp_worker *w, const struct file *file,
		      void __user *arg)
{
	struct khttp_log_open ask;
	int fd;

	/* What a granted file is for is one queue's requests */
	if (w->grant)
		return -EPERM;
	if (copy_from_user(&ask, arg, sizeof(ask)))
		return -EFAULT;
	fd = khttp_log_open(w->net, file, &ask);
	/* The descriptor is there all the same, as for ATTACH */
	return fd >= 0 && copy_to_user(arg, &ask, sizeof(ask)) ? -EFAULT : fd;
}

/* Every request comes this way: member by member is less than a call to copy */
static bool get_run(struct khttp_run *run, const struct khttp_run __user *from)
{
	if (!user_read_access_begin(from, sizeof(*from)))
		return false;
	unsafe_get_user(run->commits, &from->commits, fault);
	unsafe_get_user(run->results, &from->results, fault);
	unsafe_get_user(run->events, &from->events, fault);
	unsafe_get_user(run->n_commits, &from->n_commits, fault);
	unsafe_get_user(run->n_events, &from->n_events, fault);
	unsafe_get_user(run->flags, &from->flags, fault);
	unsafe_get_user(run->reserved, &from->reserved, fault);
	user_read_access_end();
	return true;
fault:
	user_read_access_end();
	return false;
}

static long ioctl_run(struct khttp_worker *w, void __user *arg)
{
	struct khttp_run run khttp_unset;

	return get_run(&run, arg) ? khttp_run(w, &run) : -EFAULT;
}

static long ioctl_read(struct khttp_worker *w, void __user *arg)
{
	struct khttp_op op khttp_unset;
	struct khttp_read read;
	long ret;

	if (copy_from_user(&read, arg, sizeof(read)))
		return -EFAULT;
	if (!khttp_read_ok(&read))
		return -EINVAL;
	khttp_op_start(&op, w, KHTTP_OP_READ, read.id);
	op.read = read;
	op.nonblock = read.flags & KHTTP_OP_NONBLOCK;
	ret = khttp_op_run_wait(&op);
	khttp_op_end(&op);
	return ret;
}

static long ioctl_commit(struct khttp_worker *w, void __user *arg)
{
	struct khttp_commit c;

	if (copy_from_user(&c, arg, sizeof(c)))
		return -EFAULT;
	return khttp_run_commit(w, &c);
}

static long ioctl_cancel(struct khttp_worker *w, void __user *arg)
{
	struct khttp_cancel c;

	if (copy_from_user(&c, arg, sizeof(c)))
		return -EFAULT;
	if (c.flags || c.reserved)
		return -EINVAL;
	return khttp_hand_cancel(w, c.id);
}

static long ioctl_purge(struct khttp_worker *w, void __user *arg)
{
	struct khttp_purge p;
	char *url;
	long n;

	if (copy_from_user(&p, arg, sizeof(p)))
		return -EFAULT;
	if (p.flags & ~(KHTTP_PURGE_RECURSIVE | KHTTP_PURGE_TAG | KHTTP_PURGE_SOFT) ||
	    (p.flags & KHTTP_PURGE_RECURSIVE && p.flags & KHTTP_PURGE_TAG) ||
	    !p.url_len || p.url_len >= KHTTP_PREFIX_MAX)
		return -EINVAL;
	url = khttp_memdup_user(u64_to_user_ptr(p.url), p.url_len);
	if (IS_ERR(url))
		return PTR_ERR(url);
	n = khttp_store_purge(w, url, p.url_len, p.flags);
	kfree(url);
	if (n < 0)
		return n;
	p.purged = n;
	return copy_to_user(arg, &p, sizeof(p)) ? -EFAULT : 0;
}

static long ioctl_fragment_add(struct khttp_worker *w, void __user *arg)
{
	struct khttp_fragment_add f;

	if (copy_from_user(&f, arg, sizeof(f)))
		return -EFAULT;
	return khttp_store_fragment_add(w, &f);
}

static long ioctl_fragment_read(struct khttp_worker *w, void __user *arg)
{
	struct khttp_fragment_read f;
	long n;

	if (copy_from_user(&f, arg, sizeof(f)))
		return -EFAULT;
	n = khttp_store_fragment_read(w, &f);
	if (n < 0)
		return n;
	return copy_to_user(arg, &f, sizeof(f)) ? -EFAULT : n;
}

static long ioctl_delegate(struct khttp_worker *w, void __user *arg)
{
	struct khttp_delegate d;

	if (copy_from_user(&d, arg, sizeof(d)))
		return -EFAULT;
	if (d.flags || d.reserved ||
	    strnlen(d.queue, sizeof(d.queue)) == sizeof(d.queue))
		return -EINVAL;
	return khttp_delegate(w, d.id, d.queue);
}

/* What the administrator is told by netlink's extack */
static int tell_why(u64 to, const char *why)
{
	size_t len = min_t(size_t, strlen(why) + 1, KHTTP_REGISTER_TEXT_MAX);

	return to && copy_to_user(u64_to_user_ptr(to), why, len) ? -EFAULT : 0;
}

static long ioctl_register(struct khttp_worker *w, const struct file *file,
			   void __user *arg)
{
	struct khttp_register a;
	const char *why = "";
	char *url;
	long err;

	if (copy_from_user(&a, arg, sizeof(a)))
		return -EFAULT;
	if (a.flags || !a.url_len || a.url_len >= KHTTP_PREFIX_MAX ||
	    strnlen(a.queue, sizeof(a.queue)) == sizeof(a.queue))
		return -EINVAL;
	url = khttp_memdup_user(u64_to_user_ptr(a.url), a.url_len);
	if (IS_ERR(url))
		return PTR_ERR(url);
	err = khttp_registration_add(w, file, &a, url, &why);
	kfree(url);
	if (err)
		return tell_why(a.text, why) ?: err;
	/* Bound all the same, but useless to who cannot be told */
	return copy_to_user(arg, &a, sizeof(a)) ? -EFAULT : 0;
}

static long ioctl_drain(struct khttp_worker *w, void __user *arg)
{
	return khttp_worker_drain_self(w);
}

static const struct {
	unsigned int cmd;
	long (*call)(struct khttp_worker *w, void __user *arg);
} calls[] = {
	{ KHTTP_IOC_RUN, ioctl_run },
	{ KHTTP_IOC_READ, ioctl_read },
	{ KHTTP_IOC_COMMIT, ioctl_commit },
	{ KHTTP_IOC_CANCEL, ioctl_cancel },
	{ KHTTP_IOC_DRAIN, ioctl_drain },
	{ KHTTP_IOC_PURGE, ioctl_purge },
	{ KHTTP_IOC_DELEGATE, ioctl_delegate },
	{ KHTTP_IOC_FRAGMENT_ADD, ioctl_fragment_add },
	{ KHTTP_IOC_FRAGMENT_READ, ioctl_fragment_read },
};

/**
 * khttp_device_ioctl - KHTTP_IOC_*
 * @file: of the device
 * @cmd: which one
 * @arg: address of its argument
 */
long khttp_device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct khttp_worker *w = file->private_data;
	void __user *at = (void __user *)arg;
	unsigned int i;
	int err;

	if (cmd == KHTTP_IOC_ATTACH)
		return ioctl_attach(w, file, at);
	if (cmd == KHTTP_IOC_GRANT)
		return ioctl_grant(file, at);
	if (cmd == KHTTP_IOC_LOG)
		return ioctl_log(w, file, at);
	if (cmd == KHTTP_IOC_REGISTER)
		return ioctl_register(w, file, at);
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].cmd != cmd)
			continue;
		err = khttp_worker_check(w);
		return err ?: calls[i].call(w, at);
	}
	return -ENOTTY;
}
