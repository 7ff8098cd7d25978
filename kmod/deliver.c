// SPDX-License-Identifier: GPL-2.0-only
/*
 * A request into a worker's slot: the only writer of the layout that struct
 * khttp_slot begins.
 *
 * The worker can write there, too. So nothing is ever read back, and the head
 * is made elsewhere and copied last.
 */

#include <linux/string.h>

#include "worker_i.h"

/* Where the next bytes go; full once something did not fit */
struct area {
	char *base;
	u32 size;
	u32 at;
	bool full;
};

static struct khttp_ref put(struct area *a, const char *ptr, u32 len)
{
	struct khttp_ref ref = { .off = a->at, .len = len };

	if (len > a->size - a->at) {
		a->full = true;
		return (struct khttp_ref){ 0 };
	}
	if (len)
		memcpy(a->base + a->at, ptr, len);
	a->at += len;
	return ref;
}

static struct khttp_ref put_span(struct area *a, struct khttp_span span)
{
	return put(a, span.ptr, span.len);
}

/* The table first, for its alignment; then what it points to */
static struct khttp_ref put_fields(struct area *a,
				   const struct khttp_request *rq)
{
	u32 bytes = rq->n_fields * sizeof(struct khttp_slot_field);
	struct khttp_ref ref = { .off = a->at, .len = bytes };
	struct khttp_slot_field *table;
	u16 i;

	if (bytes > a->size - a->at) {
		a->full = true;
		return (struct khttp_ref){ 0 };
	}
	table = (struct khttp_slot_field *)(a->base + a->at);
	a->at += bytes;
	for (i = 0; i < rq->n_fields; i++) {
		const struct khttp_field *f = &rq->fields[i];

		table[i].name = put(a, rq->raw.ptr + f->name, f->name_len);
		table[i].value = put(a, rq->raw.ptr + f->value, f->value_len);
	}
	return ref;
}

static void put_head(struct area *a, const struct khttp_request *rq,
		     struct khttp_slot *slot)
{
	const struct khttp_endpoint *peer = khttp_request_peer(rq, slot);

	a->at = sizeof(*slot);
	/* In front of the table, whose alignment it keeps */
	if (unlikely(peer))
		slot->peer = put(a, (const char *)peer, sizeof(*peer)).off;
	slot->fields = put_fields(a, rq);
	slot->method = put_span(a, rq->method_name);
	slot->scheme = put(a, "http", 4);
	slot->authority = put_span(a, rq->authority);
	slot->target = put_span(a, rq->target);
	slot->path = put_span(a, rq->path);
	slot->query = put_span(a, rq->query);
	slot->prefix = put_span(a, rq->prefix);
}

/* What of the body is here and fits. 0: its end was reached; -EAGAIN: there is
 * more; -ECONNRESET. Any other error will meet the worker when it reads on.
 */
static int put_body(struct area *a, struct khttp_request *rq,
		    struct khttp_slot *slot)
{
	ssize_t n = 1;

	slot->body.off = a->at;
	while (n > 0 && a->at < a->size) {
		struct kvec vec = {
			.iov_base = a->base + a->at,
			.iov_len = a->size - a->at,
		};
		struct iov_iter to;

		iov_iter_kvec(&to, ITER_DEST, &vec, 1, vec.iov_len);
		n = khttp_request_read(rq, &to);
		if (n > 0)
			a->at += n;
	}
	slot->body.len = a->at - slot->body.off;
	if (n == -ECONNRESET)
		return n;
	return khttp_request_body_complete(rq) ? 0 : -EAGAIN;
}

static int put_body_flags(struct area *a, struct khttp_request *rq,
			  struct khttp_slot *slot)
{
	int err = -EAGAIN;

	slot->flags |= KHTTP_REQ_BODY;
	/* Reading is what makes us say 100 (Continue): that is the worker's */
	if (rq->expect)
		slot->flags |= KHTTP_REQ_EXPECT;
	else
		err = put_body(a, rq, slot);
	if (err == -EAGAIN)
		slot->flags |= KHTTP_REQ_BODY_MORE;
	else if (!err && khttp_request_has_trailers(rq))
		slot->flags |= KHTTP_REQ_TRAILERS;
	return err == -ECONNRESET ? err : 0;
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
	struct khttp_slot slot = {
		.id = id,
		.stream = rq->stream,
		.received_ns = rq->received_ns,
		.context = rq->context,
		.content_length = rq->content_length,
		.version = rq->version,
		.nfields = rq->n_fields,
		.attempt = rq->attempt,
	};
	struct area a = {
		.base = khttp_slot_memory(w, index),
		.size = w->request_area,
	};
	int err = 0;

	put_head(&a, rq, &slot);
	if (a.full)
		return -EMSGSIZE;
	if (rq->attempt > 1)
		slot.flags |= KHTTP_REQ_REDELIVERED;
	if (rq->content_length)
		err = put_body_flags(&a, rq, &slot);
	if (err)
		return err;
	memcpy(a.base, &slot, sizeof(slot));
	return 0;
}
