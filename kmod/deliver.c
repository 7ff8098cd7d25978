// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request into a worker's slot. The worker can write there, too: so nothing
 * is ever read back, and its start is copied last.
 */

#include <linux/string.h>

#include "worker_i.h"

/* What of the body is here and fits. 0: its end was reached; -EAGAIN: there is
 * more; -ECONNRESET. Any other error will meet the worker when it reads on.
 */
static int put_body(struct khttp_request *rq, void *base, u32 size)
{
	struct khttp_slot *told = rq->told;
	u32 at = rq->told_len;
	ssize_t n = 1;

	told->body.off = at;
	while (n > 0 && at < size) {
		struct kvec vec = {
			.iov_base = base + at,
			.iov_len = size - at,
		};
		struct iov_iter to;

		iov_iter_kvec(&to, ITER_DEST, &vec, 1, vec.iov_len);
		n = khttp_request_read(rq, &to);
		if (n > 0)
			at += n;
	}
	told->body.len = at - told->body.off;
	if (n == -ECONNRESET)
		return n;
	return khttp_request_body_complete(rq) ? 0 : -EAGAIN;
}

/* What its worker has to read anyway is not copied twice */
static bool fits(const struct khttp_request *rq, u32 size)
{
	return rq->content_length == KHTTP_LENGTH_UNKNOWN ||
	       rq->content_length <= size - rq->told_len;
}

static int put_body_flags(struct khttp_request *rq, void *base, u32 size)
{
	struct khttp_slot *told = rq->told;
	int err = -EAGAIN;

	told->flags |= KHTTP_REQ_BODY;
	told->body = (struct khttp_ref){ 0 };
	/* Reading is what makes us say 100 (Continue): that is the worker's */
	if (rq->expect)
		told->flags |= KHTTP_REQ_EXPECT;
	else if (fits(rq, size))
		err = put_body(rq, base, size);
	if (err == -EAGAIN)
		told->flags |= KHTTP_REQ_BODY_MORE;
	else if (!err && khttp_request_has_trailers(rq))
		told->flags |= KHTTP_REQ_TRAILERS;
	return err == -ECONNRESET ? err : 0;
}

/*
 * Who said that he knows what to do with it is told what the kernel asks about what
 * it has stored; another queue's worker has no say in that.
 */
static void ask_about_stored(const struct khttp_worker *w, struct khttp_request *rq)
{
	struct khttp_slot *told = rq->told;

	rq->validates = w->validates && !rq->hops;
	if (!rq->validates)
		return;
	told->flags |= KHTTP_REQ_VALIDATE;
	told->nfields += rq->n_asked;
}

/**
 * khttp_deliver - write a request into a slot
 * @w: whose
 * @index: of the slot; locked by the caller
 * @id: the name it gets
 * @rq: the request, in hand
 *
 * Context: sleeps. Returns 0, -EMSGSIZE when its head does not fit,
 * -ECONNRESET when its client is gone.
 */
int khttp_deliver(const struct khttp_worker *w, u32 index, u64 id,
		  struct khttp_request *rq)
{
	void *base = khttp_slot_memory(w, index);
	struct khttp_slot *told = rq->told;
	int err = 0;

	if (rq->told_len > w->request_area)
		return -EMSGSIZE;
	told->id = id;
	told->attempt = rq->attempt;
	told->flags = rq->attempt > 1 ? KHTTP_REQ_REDELIVERED : 0;
	if (unlikely(rq->upgrade))
		told->flags |= KHTTP_REQ_UPGRADE;
	if (rq->content_length)
		err = put_body_flags(rq, base, w->request_area);
	if (err)
		return err;
	if (unlikely(rq->stored))
		ask_about_stored(w, rq);
	memcpy(base, told, rq->told_len);
	/* The next one may be told less */
	if (unlikely(rq->validates))
		told->nfields -= rq->n_asked;
	return 0;
}
