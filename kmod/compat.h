/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every difference between the supported kernels (6.1 and 6.12), named by
 * feature. The only file that looks at a kernel version.
 */
#ifndef _KHTTP_COMPAT_H
#define _KHTTP_COMPAT_H

#include <linux/version.h>

/*
 * A page to the socket by reference: sendpage in 6.1, MSG_SPLICE_PAGES since
 * 6.5. Both under the socket lock; @page may be compound.
 */
#include <linux/bvec.h>
#include <net/sock.h>
#include <net/tcp.h>

static inline ssize_t khttp_sendpage_locked(struct sock *sk, struct page *page,
					    int off, size_t len, int flags)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	if (flags & MSG_MORE)
		flags |= MSG_SENDPAGE_NOTLAST;
	return kernel_sendpage_locked(sk, page, off, len, flags);
#else
	struct msghdr msg = { .msg_flags = flags | MSG_SPLICE_PAGES };
	struct bio_vec bv;

	bvec_set_page(&bv, page, len, off);
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, &bv, 1, len);
	return tcp_sendmsg_locked(sk, &msg, len);
#endif
}

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

#endif
