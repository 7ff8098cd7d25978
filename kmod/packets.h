/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parts of a body that stay in the packets they came in, instead of being copied
 * into its ring of pages: in packets that hold little else.
 *
 * A packet is a clone of TCP's, charged with all that it keeps from being freed.
 * What it holds of the window has a place in the ring, too, which stays empty: so
 * positions mean the same for both, what is kept for a second delivery is the same,
 * and whatever cannot stay in its packet is copied.
 *
 * request->lock guards the list; what is in it does not change, and only the
 * reader takes it out, or who frees the request.
 *
 *   kept     khttp_packets_keep   in body->packets, in the order of positions
 *   dropped  khttp_packets_drop   when it was read, and the body is too long to be
 *                                 delivered again; or with the request
 */
#ifndef _KHTTP_PACKETS_H
#define _KHTTP_PACKETS_H

#include <linux/types.h>
#include <linux/uio.h>

struct khttp_request;
struct sk_buff;

/*
 * What comes next in the body is @len bytes of @skb at @off. False: it has to be
 * copied. Context: socket lock held; sleeps where the turn may
 */
bool khttp_packets_keep(struct khttp_request *rq, struct sk_buff *skb, u32 off,
			u32 len);

/*
 * The packet that holds what is at @pos of the body, or NULL: the ring does.
 * *@len is cut to what lies together. Context: the reader, like what follows
 */
struct sk_buff *khttp_packet_at(struct khttp_request *rq, u64 pos, size_t *len);
/* All of @len or, where @to cannot take it, 0 */
size_t khttp_packet_read(struct sk_buff *skb, u64 pos, size_t len,
			 struct iov_iter *to);

/* Those that end by @end. Context: any; the reader, or there is none any more */
void khttp_packets_drop(struct khttp_request *rq, u64 end);

#endif
