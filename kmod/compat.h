/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the supported kernels (6.1 and 6.12), named by
 * feature. The only file that looks at a kernel version.
 */
#ifndef _KHTTP_COMPAT_H
#define _KHTTP_COMPAT_H

#include <linux/version.h>

/*
 * Pages to the socket by reference: sendpage in 6.1, MSG_SPLICE_PAGES since 6.5.
 * Both under the socket lock; a page may be compound. @len bytes behind the first
 * @skip of @n pages. How many went, or -errno when none did.
 */
#include <linux/bvec.h>
#include <net/sock.h>
#include <net/tcp.h>

static inline ssize_t khttp_sendpages_locked(struct sock *sk, const struct bio_vec *bv,
					     unsigned int n, size_t skip, size_t len, int flags)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	size_t done = 0, part;
	ssize_t ret;

	flags |= MSG_SENDPAGE_NOTLAST;
	do {
		part = min_t(size_t, len - done, bv->bv_len - skip);
		if (done + part == len && !(flags & MSG_MORE))
			flags &= ~MSG_SENDPAGE_NOTLAST;
		ret = kernel_sendpage_locked(sk, bv->bv_page, bv->bv_offset + skip, part, flags);
		done += max_t(ssize_t, ret, 0);
		skip = 0;
		bv++;
	} while (ret == part && done < len);
	return done ?: ret;
#else
	struct msghdr msg = { .msg_flags = flags | MSG_SPLICE_PAGES };

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, bv, n, skip + len);
	iov_iter_advance(&msg.msg_iter, skip);
	return tcp_sendmsg_locked(sk, &msg, len);
#endif
}

/* __assign_str() lost its second argument in 6.10 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define khttp_assign_str(dst, src) __assign_str(dst, src)
#else
#define khttp_assign_str(dst, src) __assign_str(dst)
#endif

/*
 * A kernel socket becomes one that holds its namespace, like every ordinary
 * socket. The caller holds a reference of its own meanwhile.
 */
static inline void khttp_sock_hold_net(struct sock *sk)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	struct net *net = sock_net(sk);

	sk->sk_net_refcnt = 1;
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
	sock_inuse_add(net, 1);
#else
	sk_net_refcnt_upgrade(sk);
#endif
}

/*
 * io_uring commands: where the payload stands, and what ends a command whose
 * task or ring goes away. 6.12 asks us to (IO_URING_F_CANCEL); 6.1 does not,
 * and waits: for ever in exec, in a closed ring's work and in a ring's own
 * submission thread. There we have to look (khttp_uring_orphan).
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#include <linux/io_uring.h>
#include <linux/io_uring_types.h>
#include <linux/sched/signal.h>

#define KHTTP_URING_CANCELS 0
#define KHTTP_URING_F_CANCEL 0

static inline const void *khttp_uring_payload(const struct io_uring_cmd *cmd)
{
	return cmd->cmd;
}

static inline void khttp_uring_mark_cancelable(struct io_uring_cmd *cmd, unsigned int flags)
{
}

static inline bool khttp_uring_orphan(struct io_uring_cmd *cmd)
{
	const struct io_kiocb *rq = cmd_to_io_kiocb(cmd);
	const struct task_struct *task = rq->task;

	return percpu_ref_is_dying(&rq->ctx->refs) || task->in_execve ||
	       (READ_ONCE(task->flags) & PF_EXITING) ||
	       (READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT) ||
	       READ_ONCE(task->signal->group_exec_task);
}
#else
#include <linux/io_uring/cmd.h>

#define KHTTP_URING_CANCELS 1
#define KHTTP_URING_F_CANCEL IO_URING_F_CANCEL

static inline const void *khttp_uring_payload(const struct io_uring_cmd *cmd)
{
	return io_uring_sqe_cmd(cmd->sqe);
}

static inline void khttp_uring_mark_cancelable(struct io_uring_cmd *cmd, unsigned int flags)
{
	io_uring_cmd_mark_cancelable(cmd, flags);
}

static inline bool khttp_uring_orphan(struct io_uring_cmd *cmd)
{
	return false;
}
#endif

/* Flags of a mapping, while it is being made */
#include <linux/mm.h>

static inline void khttp_vm_flags(struct vm_area_struct *vma,
				  unsigned long set, unsigned long clear)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#else
	vm_flags_mod(vma, set, clear);
#endif
}

/* A refusal's text with a name in it: since 6.2. Before, the one that is set must do */
#include <linux/netlink.h>

#ifdef NL_SET_ERR_MSG_FMT
#define KHTTP_NL_SET_TEXT(extack, fmt, ...) \
	NL_SET_ERR_MSG_FMT(extack, fmt, ##__VA_ARGS__)
#else
#define KHTTP_NL_SET_TEXT(extack, fmt, ...) no_printk(fmt, ##__VA_ARGS__)
#endif

#endif
