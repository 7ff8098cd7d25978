// SPDX-License-Identifier: GPL-2.0-only
/* Parts of a body that stay in the packets they came in. */

#include "packets.h"

#include <linux/skbuff.h>

#include "alloc.h"
#include "body.h"
#include "conn.h"
#include "net.h"
#include "request.h"

/* A packet takes at most so many times what it holds of the body */
#define WEIGHT_MAX 2
/* What a packet of our own takes at most, before slabs round it up: less than a page */
#define FEW_BYTES (PAGE_SIZE / 2)

/* In skb->cb of a clone, which is ours */
struct packet {
	u64 pos;		/* in the body */
	u32 off;		/* in the packet */
	u32 len;
	u32 charged;
};

static struct packet *packet_of(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct packet) > sizeof(skb->cb));
	return (struct packet *)skb->cb;
}

static void release_packet(struct khttp_request *rq, struct sk_buff *skb)
{
	khttp_uncharge(&rq->conn->net->account, packet_of(skb)->charged);
	consume_skb(skb);
}

static void put_last(struct khttp_request *rq, struct sk_buff *skb, u32 off, u32 len,
		     u32 charged)
{
	struct khttp_body *b = rq->body;

	*packet_of(skb) = (struct packet){
		.pos = b->received, .off = off, .len = len, .charged = charged,
	};
	spin_lock_bh(&rq->lock);
	__skb_queue_tail(&b->packets, skb);
	spin_unlock_bh(&rq->lock);
}

static bool keep_clone(struct khttp_request *rq, struct sk_buff *skb, u32 off, u32 len)
{
	struct khttp_account *account = &rq->conn->net->account;
	u32 weight = skb->truesize;
	struct sk_buff *kept;

	if (!khttp_try_charge_body(account, weight))
		return false;
	kept = khttp_skb_clone(skb, khttp_conn_gfp(rq->conn));
	if (!kept) {
		khttp_uncharge(account, weight);
		return false;
	}
	put_last(rq, kept, off, len, weight);
	return true;
}

/*
 * A few bytes that end a body of which nothing is in pages take the place of the page that
 * it has a right to: a page for each kilobyte would cost more than the request. Copied,
 * as a clone may keep a large page from being freed.
 */
static bool keep_copy(struct khttp_request *rq, struct sk_buff *skb, u32 off, u32 len)
{
	struct sk_buff *kept;

	kept = khttp_alloc_skb(len, khttp_conn_gfp(rq->conn));
	if (!kept)
		return false;
	if (skb_copy_bits(skb, off, skb_put(kept, len), len)) {
		kfree_skb(kept);
		return false;
	}
	put_last(rq, kept, 0, len, 0);
	return true;
}

bool khttp_packets_keep(struct khttp_request *rq, struct sk_buff *skb, u32 off,
			u32 len)
{
	const struct khttp_body *b = rq->body;

	if (skb->truesize / WEIGHT_MAX <= len)
		return keep_clone(rq, skb, off, len);
	return !b->n_pages && len == b->left && SKB_TRUESIZE(len) <= FEW_BYTES &&
	       keep_copy(rq, skb, off, len);
}

static u64 end_of(struct sk_buff *skb)
{
	const struct packet *p = packet_of(skb);

	return p->pos + p->len;
}

/* The first that ends behind @pos */
static struct sk_buff *find_packet(struct khttp_request *rq, u64 pos)
{
	struct sk_buff *skb, *found = NULL;

	spin_lock_bh(&rq->lock);
	skb_queue_walk(&rq->body->packets, skb) {
		if (end_of(skb) <= pos)
			continue;
		found = skb;
		break;
	}
	spin_unlock_bh(&rq->lock);
	return found;
}

struct sk_buff *khttp_packet_at(struct khttp_request *rq, u64 pos, size_t *len)
{
	struct sk_buff *skb;

	if (skb_queue_empty_lockless(&rq->body->packets))
		return NULL;
	skb = find_packet(rq, pos);
	if (!skb)
		return NULL;
	/* Only the reader takes it out, so it stays without the lock */
	if (pos < packet_of(skb)->pos) {
		*len = min_t(u64, *len, packet_of(skb)->pos - pos);
		return NULL;
	}
	*len = min_t(u64, *len, end_of(skb) - pos);
	return skb;
}

size_t khttp_packet_read(struct sk_buff *skb, u64 pos, size_t len,
			 struct iov_iter *to)
{
	const struct packet *p = packet_of(skb);
	u32 off = p->off + (u32)(pos - p->pos);

	return skb_copy_datagram_iter(skb, off, to, len) ? 0 : len;
}

/* The first, if all of it is before @end */
static struct sk_buff *take_before(struct khttp_request *rq, u64 end)
{
	struct sk_buff *skb;

	spin_lock_bh(&rq->lock);
	skb = skb_peek(&rq->body->packets);
	if (skb && end_of(skb) > end)
		skb = NULL;
	if (skb)
		__skb_unlink(skb, &rq->body->packets);
	spin_unlock_bh(&rq->lock);
	return skb;
}

void khttp_packets_drop(struct khttp_request *rq, u64 end)
{
	struct sk_buff *skb;

	if (skb_queue_empty_lockless(&rq->body->packets))
		return;
	while ((skb = take_before(rq, end)))
		release_packet(rq, skb);
}
