/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages to TCP by reference. */
#ifndef _KHTTP_FRAGMENTS_H
#define _KHTTP_FRAGMENTS_H

#include <linux/bvec.h>
#include <linux/types.h>

struct sock;

/**
 * khttp_send_fragments - as tcp_sendmsg_locked(), with pages by reference
 * @sk: a plain TCP socket, not one with a ULP
 * @bv: pages, also compound ones and tails of such
 * @n: how many
 * @skip: bytes of the first that went before
 * @len: bytes behind these
 * @flags: MSG_DONTWAIT and the like
 *
 * TCP takes references of its own and charges the bytes to the socket. What
 * cannot be referred to, or not be charged, it copies: so does a device that
 * cannot gather.
 *
 * Context: under the socket lock; as sk->sk_allocation and @flags say.
 * Return: how many bytes went, or -errno when none did.
 */
ssize_t khttp_send_fragments(struct sock *sk, const struct bio_vec *bv,
			     unsigned int n, size_t skip, size_t len, int flags);

#endif
