// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/khttp: open, map, poll, close. A file belongs to the network namespace
 * of its opener; what it may do is decided at ATTACH, so everybody may open.
 */

#include "device.h"

#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>

#include "alloc.h"
#include "net.h"
#include "worker_i.h"

static int khttp_device_open(struct inode *inode, struct file *file)
{
	const struct net *net = current->nsproxy->net_ns;
	struct khttp_worker *w;

	if (!khttp_net_allowed(net))
		return -EPERM;
	w = khttp_worker_create(khttp_net_of(net));
	if (!w)
		return -ENOMEM;
	file->private_data = w;
	return nonseekable_open(inode, file);
}

static int khttp_device_release(struct inode *inode, struct file *file)
{
	khttp_worker_bury(file->private_data);
	return 0;
}

static int khttp_device_mmap(struct file *file, struct vm_area_struct *vma)
{
	return khttp_slots_mmap(file->private_data, vma);
}

static __poll_t khttp_device_poll(struct file *file, poll_table *table)
{
	struct khttp_worker *w = file->private_data;

	poll_wait(file, &w->wait, table);
	return khttp_worker_poll(w);
}

const struct file_operations khttp_device_fops = {
	.owner = THIS_MODULE,
	.open = khttp_device_open,
	.release = khttp_device_release,
	.mmap = khttp_device_mmap,
	.poll = khttp_device_poll,
	.unlocked_ioctl = khttp_device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.uring_cmd = khttp_device_uring_cmd,
};

static struct miscdevice khttp_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "khttp",
	.fops = &khttp_device_fops,
	.mode = 0666,
};

/**
 * khttp_device_init - open the door
 *
 * Context: sleeps. Everything else is ready. Returns 0 or -errno.
 */
int khttp_device_init(void)
{
	int err = khttp_op_init();

	if (err)
		return err;
	err = khttp_may_fail(misc_register(&khttp_device));
	if (err)
		khttp_op_exit();
	return err;
}

/**
 * khttp_device_exit - close it
 *
 * Context: sleeps. The module's count says that no file is open.
 */
void khttp_device_exit(void)
{
	misc_deregister(&khttp_device);
	khttp_op_exit();
}
