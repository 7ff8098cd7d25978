/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An answer, or a piece of one, on its way from the worker to the socket. It is
 * made before the socket is locked, of memory that may have to be waited for.
 */
#ifndef _KHTTP_DRAFT_H
#define _KHTTP_DRAFT_H

#include <linux/list.h>
#include <linux/string.h>
#include <linux/types.h>

#include "http/reply.h"
#include "request.h"

struct iov_iter;
struct khttp_answer;
struct khttp_piece;

/* From here on pages hold a body, below it one allocation does */
#define KHTTP_DRAFT_PAGES_FROM 16384U

/* A head of so many bytes that goes straight to TCP needs no memory */
#define KHTTP_DRAFT_FEW 512

struct khttp_draft {
	char *head;			/* wire head as far as not sent, or NULL */
	u32 head_len;
	struct khttp_piece *piece;	/* that head is in; NULL: in few */
	struct list_head body;		/* khttp_piece.link */
	u64 body_len;			/* bytes in them */
	const struct khttp_answer *answer;
	const struct khttp_answer *trailers;	/* with end, or NULL */
	u64 announced;
	u64 sent_ns;			/* what TCP's clock said then, or 0 */
	u8 framing;			/* with answer */
	bool end;
	bool direct;			/* the body stayed in the slot */
	char few[KHTTP_DRAFT_FEW] __aligned(8);
};

/* Nothing yet. @end: the answer ends with it */
static inline void khttp_draft_init(struct khttp_draft *d, bool end)
{
	memset(d, 0, offsetof(struct khttp_draft, few));
	d->end = end;
	INIT_LIST_HEAD(&d->body);
}

void khttp_draft_frame(struct khttp_draft *d, const struct khttp_request *rq,
		       const struct khttp_answer *a, size_t count);
int khttp_draft_head(struct khttp_draft *d, const struct khttp_request *rq,
		     size_t count);
void khttp_draft_tail(struct khttp_draft *d, const struct khttp_request *rq);
/* The head, to be queued; NULL: no memory */
struct khttp_piece *khttp_draft_take_head(struct khttp_draft *d);
int khttp_draft_body(struct khttp_draft *d, struct iov_iter *from, size_t n);
void khttp_draft_drop(struct khttp_draft *d);

/* Initialised; mostly all of it was taken */
static inline void khttp_draft_free(struct khttp_draft *d)
{
	if (d->piece || !list_empty(&d->body))
		khttp_draft_drop(d);
}

static inline u8 khttp_draft_version(const struct khttp_request *rq)
{
	return rq->version == 0x0100 ? KHTTP_HTTP_10 : KHTTP_HTTP_11;
}

#endif
