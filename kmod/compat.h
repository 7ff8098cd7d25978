/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the supported kernels (6.1 and 6.12), named by
 * feature. The only file that looks at a kernel version.
 */
#ifndef _KHTTP_COMPAT_H
#define _KHTTP_COMPAT_H

#include <linux/version.h>

/*
 * TCP asks the sender of MSG_ZEROCOPY to put the pages into the packet (fragments.c): with
 * the socket and its accounting until 6.11, without both since. DONE is never needed.
 */
#include <net/tcp.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define KHTTP_UBUF(done) { .callback = (done), .refcnt = REFCOUNT_INIT(1) }
#define KHTTP_SG_FROM_ITER(name, fill)						\
static int name(struct sock *sk, struct sk_buff *skb, struct iov_iter *from, size_t len)	\
{										\
	u32 before = skb->truesize;						\
	int ret = fill(skb, from, len);						\
										\
	sk_wmem_queued_add(sk, skb->truesize - before);				\
	sk_mem_charge(sk, skb->truesize - before);				\
	return ret;								\
}
#define khttp_max_skb_frags() READ_ONCE(sysctl_max_skb_frags)
#else
#include <net/hotdata.h>

#define KHTTP_UBUF(done) { .ops = &(const struct ubuf_info_ops){ .complete = (done) },	\
			   .refcnt = REFCOUNT_INIT(1) }
#define KHTTP_SG_FROM_ITER(name, fill)						\
static int name(struct sk_buff *skb, struct iov_iter *from, size_t len)		\
{										\
	return fill(skb, from, len);						\
}
#define khttp_max_skb_frags() READ_ONCE(net_hotdata.sysctl_max_skb_frags)
#endif

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

#define khttp_uring_mark_cancelable(cmd, flags) do { } while (0)

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

#define khttp_uring_payload(command) io_uring_sqe_cmd((command)->sqe)
#define khttp_uring_mark_cancelable(cmd, flags) io_uring_cmd_mark_cancelable(cmd, flags)
#define khttp_uring_orphan(cmd) false
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

/* Shrinkers are allocated since 6.7; before, @own is one */
#include <linux/shrinker.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define khttp_shrinker_alloc(own, name) (own)
#define khttp_shrinker_register(s, name) register_shrinker(s, name)
#define khttp_shrinker_free(s) unregister_shrinker(s)
#else
#define khttp_shrinker_alloc(own, name) ((void)(own), shrinker_alloc(0, name))
#define khttp_shrinker_register(s, name) (shrinker_register(s), 0)
#define khttp_shrinker_free(s) shrinker_free(s)
#endif

#endif
