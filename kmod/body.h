/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The body of a request on its way to a worker: a window of pages between the
 * socket and the reader. What does not fit stays in the socket, so that TCP
 * holds the client back.
 *
 * The connection writes behind received, under the socket lock; the one reader
 * copies from before it. The two never touch the same bytes, so only the
 * positions need request->lock. Of long bodies most does not come into the
 * pages at all: see packets.h. The last packet may reach beyond the window.
 */
#ifndef _KHTTP_BODY_H
#define _KHTTP_BODY_H

#include <linux/mm.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <linux/uio.h>

#include "http/body.h"
#include "http/reason.h"

#define KHTTP_BODY_WINDOW	65536U
#define KHTTP_BODY_PAGES	(KHTTP_BODY_WINDOW / PAGE_SIZE)
/* Unread body that is thrown away to keep a connection */
#define KHTTP_BODY_DISCARD	(256U << 10)

struct khttp_limits;
struct khttp_request;

struct khttp_body {
	/* under the socket lock */
	struct khttp_framing framing;
	struct khttp_chunked chunked;
	u64 left;			/* with a length: bytes still to come */
	u32 discarded;
	bool discard;			/* nobody reads: throw away */
	bool checked;			/* trailers have been parsed */
	bool stream;			/* it ends with the connection, and is not
					 * delivered twice
					 */
	char *trailers;			/* raw section, kmalloc */
	u32 trailers_len;
	u32 n_trailers;
	struct khttp_field *fields;	/* of the trailers, kmalloc */
	u8 n_pages;			/* in the ring; all but one charged */

	/* written under request->lock */
	u64 received;			/* payload bytes so far */
	u64 read;			/* of them, given to the reader */
	bool complete;			/* the end was seen */
	u8 reason;			/* enum khttp_reason: it broke off */
	bool stalled;			/* no memory for more until some is read */
	bool moved;			/* what was read is not all there any more */
	struct sk_buff_head packets;	/* beside the ring: see packets.h */

	struct page *pages[KHTTP_BODY_PAGES]; /* ring; allocated as needed */
};

/* Memory that such a body has a right to. @discard: nobody will read it */
u32 khttp_body_weight(const struct khttp_framing *f,
		      const struct khttp_limits *limits, bool discard);
struct khttp_body *khttp_body_create(const struct khttp_framing *f, gfp_t gfp);
void khttp_body_free(struct khttp_body *b);

/*
 * Take in up to @len bytes of @skb at @off: bytes used, 0 when there is no
 * room. b->complete or b->reason tell how it stands. Context: socket lock
 * held, may sleep; where the turn must not, khttp_body_feeds_now() comes first,
 * and 0 also means that the work has to do it.
 */
size_t khttp_body_feed(struct khttp_request *rq, struct sk_buff *skb, u32 off,
		       size_t len);
/* One that somebody may read, and of which no more than its length is to be known */
static inline bool khttp_body_feeds_now(const struct khttp_body *b)
{
	return b->framing.kind == KHTTP_FRAMING_LENGTH && !b->discard;
}

/* Does it want bytes from the client now? */
bool khttp_body_wants(const struct khttp_body *b);
/* Nobody will read it any more. False: more than is worth taking in */
bool khttp_body_discard(struct khttp_request *rq);
/* From here on it goes on until the client's FIN: a new one, or one that was read
 * to its end. Context: socket lock held, nobody reads
 */
void khttp_body_stream(struct khttp_body *b);
/* Whoever sends it is gone, late or wrong; KHTTP_REASON_NONE: all of it is there.
 * Context: socket lock held
 */
void khttp_body_ended(struct khttp_request *rq, enum khttp_reason reason);

#endif
