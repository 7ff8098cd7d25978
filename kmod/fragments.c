// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages to TCP by reference, each run of bytes that lies together in one
 * allocation as one fragment of the packet. MSG_SPLICE_PAGES, the ordinary way
 * since 6.5, takes an allocation apart: 32 fragments instead of one for 128
 * KiB, which the other end copies one by one. A sender of MSG_ZEROCOPY may put
 * the pages into the packet itself (msg->sg_from_iter), and that is used here.
 *
 * Nothing else of MSG_ZEROCOPY is wanted: no notice of completion, and no copy
 * where a packet is received in this machine. Both hang on the flags that the
 * packet takes from the ubuf; ours has none. Without SKBFL_ZEROCOPY_ENABLE
 * nobody looks at the packet's pointer to it (skb_zcopy()), so the ubuf may be
 * gone long before the packet, and counts references in vain. The fragments
 * hold references of their own, as those of any sendfile(): clones, splits,
 * retransmission and devices treat them alike.
 */

#include "fragments.h"

#include <linux/net.h>
#include <linux/skbuff.h>
#include <net/tcp.h>

#include "alloc.h"
#include "compat.h"

struct page_msg {
	struct msghdr msg;
	struct ubuf_info ubuf;
	struct sock *sk;
};

static void no_completion(struct sk_buff *skb, struct ubuf_info *ubuf, bool ok)
{
}

/* By the folio's head, so that pages of one are seen to be neighbours */
static bool append(struct sk_buff *skb, struct folio *folio, u32 off, u32 len)
{
	struct page *page = folio_page(folio, 0);
	int i = skb_shinfo(skb)->nr_frags;

	if (skb_can_coalesce(skb, i, page, off)) {
		skb_frag_size_add(&skb_shinfo(skb)->frags[i - 1], len);
	} else {
		if (i >= khttp_max_skb_frags())
			return false;
		folio_get(folio);
		skb_fill_page_desc_noacc(skb, i, page, off, len);
	}
	skb->len += len;
	skb->data_len += len;
	skb->truesize += len;
	return true;
}

/*
 * TCP has taken a charge of @len bytes for a packet that has some already, but
 * not for an empty one, for which it sets SKBFL_PURE_ZEROCOPY: then the pages
 * were somebody else's account. Ours are not, once the answer is sent: an entry
 * may be evicted, and slow readers would hold what no limit counts. So such a
 * packet becomes an ordinary one, and the charge is taken here.
 *
 * -EFAULT: no charge, or not a page for TCP. No other error ends the message:
 * TCP would ask again for ever.
 */
static int fill(struct sk_buff *skb, struct iov_iter *from, size_t len)
{
	struct page_msg *m = container_of(from, struct page_msg, msg.msg_iter);
	struct skb_shared_info *shared = skb_shinfo(skb);

	if (skb_zcopy_pure(skb)) {
		if (!sk_wmem_schedule(m->sk, len))
			return -EFAULT;
		shared->flags &= ~SKBFL_PURE_ZEROCOPY;
	}
	/* A file may change, and nobody may encrypt a page of ours in place */
	shared->flags |= SKBFL_SHARED_FRAG;
	while (len) {
		const struct bio_vec *bv = from->bvec;
		struct folio *folio = page_folio(bv->bv_page);
		u32 part = min_t(size_t, len, bv->bv_len - from->iov_offset);
		u32 off = bv->bv_offset + from->iov_offset +
			  (folio_page_idx(folio, bv->bv_page) << PAGE_SHIFT);

		if (unlikely(!sendpage_ok(folio_page(folio, 0))))
			return -EFAULT;
		if (!append(skb, folio, off, part))
			return -EMSGSIZE;
		iov_iter_advance(from, part);
		len -= part;
	}
	return 0;
}

KHTTP_SG_FROM_ITER(sg_from_iter, fill)

ssize_t khttp_send_fragments(struct sock *sk, const struct bio_vec *bv,
			     unsigned int n, size_t skip, size_t len, int flags)
{
	struct page_msg m = {
		.msg.msg_flags = flags | MSG_ZEROCOPY,
		.msg.msg_ubuf = &m.ubuf,
		.msg.sg_from_iter = sg_from_iter,
		.ubuf = KHTTP_UBUF(no_completion),
		.sk = sk,
	};
	ssize_t ret;

	iov_iter_bvec(&m.msg.msg_iter, ITER_SOURCE, bv, n, skip + len);
	if (skip)
		iov_iter_advance(&m.msg.msg_iter, skip);
	ret = khttp_may_fail(tcp_sendmsg_locked(sk, &m.msg, len));
	if (likely(ret != -EFAULT))
		return ret;
	/* Copied, TCP gives each socket a little even when its memory is full */
	m.msg.msg_flags = flags;
	return khttp_may_fail(tcp_sendmsg_locked(sk, &m.msg, len));
}
