/* SPDX-License-Identifier: MIT */
/* Replies, good ones and spoiled ones, and the hand that changes them. */
#include "device.h"

#include <stdio.h>
#include <string.h>
#include <sched.h>

unsigned char *slot_of(struct worker *w, uint64_t id)
{
	size_t size = w->attach.request_area + w->attach.reply_area;

	return w->slots + (id & 0xffff) % w->attach.slots * size;
}

struct khttp_reply *reply_of(struct worker *w, uint64_t id)
{
	return (struct khttp_reply *)(slot_of(w, id) + w->attach.request_area);
}

static const char *const fields[][2] = {
	{ "content-type", "text/html" }, { "x", "" }, { "etag", "\"1\"" },
	{ "vary", "accept" }, { "cache-control", "max-age=60" },
	{ "set-cookie", "a=b" }, { "date", "now" }, { "server", "fuzz" },
	{ "connection", "close" }, { "transfer-encoding", "chunked" },
	{ "content-length", "5" }, { "a b", "c" }, { "y", "a\r\nb: c" },
};

/* Most of the time only those that are allowed */
static uint32_t put_field(struct rng *r, unsigned char *at)
{
	const char *const *f = fields[below(r, once_in(r, 8) ? COUNT(fields) : 8)];
	uint16_t len[2] = { (uint16_t)strlen(f[0]), (uint16_t)strlen(f[1]) };

	memcpy(at + sizeof(len), f[0], len[0]);
	memcpy(at + sizeof(len) + len[0], f[1], len[1]);
	if (once_in(r, 40))
		mutate(r, len, sizeof(len));
	memcpy(at, len, sizeof(len));
	return (uint32_t)(sizeof(len) + strlen(f[0]) + strlen(f[1]));
}

/* To another protocol, and what there may be after that */
static void put_upgrade(struct worker *w, struct rng *r, uint64_t id,
			struct khttp_reply *reply)
{
	static const char block[] = "\7\0\3\0upgraderaw";

	if (once_in(r, 2)) {
		reply->flags = KHTTP_REPLY_SHUT | KHTTP_REPLY_MORE;
		return;
	}
	reply->flags = KHTTP_REPLY_HEAD | (once_in(r, 4) ? 0 : KHTTP_REPLY_MORE);
	reply->status = 101;
	reply->nfields = 1;
	reply->fields.off = w->attach.request_area + sizeof(*reply);
	reply->fields.len = sizeof(block) - 1;
	memcpy(reply_of(w, id) + 1, block, sizeof(block) - 1);
}

static void put_fields(struct worker *w, struct rng *r, uint64_t id,
		       struct khttp_reply *reply)
{
	unsigned char *block = (unsigned char *)(reply_of(w, id) + 1);

	reply->nfields = (uint16_t)below(r, 9);
	reply->fields.off = w->attach.request_area + sizeof(*reply);
	for (unsigned int i = 0; i < reply->nfields; i++)
		reply->fields.len += put_field(r, block + reply->fields.len);
}

/* Its name at the end of the area, where no field gets to */
static void put_fragment(struct worker *w, struct rng *r, struct khttp_reply *reply)
{
	uint32_t at = w->attach.request_area + w->attach.reply_area - 64;

	reply->fragment.off = at;
	reply->fragment.len = fragment_name(r, (char *)w->slots + at);
	for (uint32_t slot = 1; slot < w->attach.slots; slot++)
		memcpy(w->slots + slot * (w->attach.request_area + w->attach.reply_area) + at,
		       w->slots + at, 64);
	reply->body_addr = once_in(r, 3) ? below(r, 20000) : 0;
	if (once_in(r, 2))
		reply->body_len = KHTTP_LENGTH_UNKNOWN;
}

/* Before the fragment's name */
static void put_flow(struct worker *w, struct rng *r, uint64_t id, struct khttp_reply *reply)
{
	const struct khttp_flow flow = {
		.rate = once_in(r, 4) ? (uint32_t)odd_number(r) : 1024 + below(r, 1U << 20),
		.peak = once_in(r, 2) ? (uint32_t)odd_number(r) : 0,
		.burst = once_in(r, 2) ? (uint32_t)odd_number(r) : 0,
	};

	reply->flow = w->attach.request_area + w->attach.reply_area - 80;
	memcpy((char *)reply_of(w, id) + (w->attach.reply_area - 80), &flow, sizeof(flow));
}

static void put_body(struct worker *w, struct rng *r, struct khttp_reply *reply)
{
	static const uint32_t lengths[] = { 1, 100, 4096, 16384, 40000, 200000 };

	reply->body_kind = below(r, 5);
	reply->body_len = lengths[below(r, COUNT(lengths))];
	switch (reply->body_kind) {
	case KHTTP_BODY_NONE:
		reply->body_len = 0;
		break;
	case KHTTP_BODY_SLOT:
		reply->body_addr = sizeof(*reply) + below(r, 4096);
		reply->body_len %= w->attach.reply_area - reply->body_addr;
		break;
	case KHTTP_BODY_USER:
		reply->body_addr = some_address(w, r);
		break;
	case KHTTP_BODY_FILE:
		reply->fd = w->files[once_in(r, 2) ? below(r, 2) : below(r, w->n_files)];
		reply->body_addr = once_in(r, 4) ? odd_number(r) : below(r, 100000);
		break;
	case KHTTP_BODY_FRAGMENT:
		put_fragment(w, r, reply);
		break;
	}
}

bool write_reply(struct worker *w, struct rng *r, uint64_t id)
{
	static const uint16_t statuses[] = { 200, 200, 200, 204, 304, 404, 206, 500 };
	struct khttp_reply reply = { .fd = -1 };

	if (!once_in(r, 4)) {
		reply.flags |= KHTTP_REPLY_HEAD;
		reply.status = statuses[below(r, COUNT(statuses))];
	} else if (once_in(r, 3)) {
		reply.flags |= KHTTP_REPLY_TRAILERS;
	}
	if (reply.flags)
		put_fields(w, r, id, &reply);
	put_body(w, r, &reply);
	if (once_in(r, 4) && !(reply.flags & KHTTP_REPLY_TRAILERS))
		reply.flags |= KHTTP_REPLY_MORE;
	if (once_in(r, 6))
		reply.flags |= KHTTP_REPLY_CLOSE;
	if (once_in(r, 4)) {
		reply.flags |= KHTTP_REPLY_CACHE;
		reply.ttl = 1 + below(r, 3);
	}
	if (once_in(r, 8))
		reply.flags |= KHTTP_REPLY_CACHE_AUTO;
	if (once_in(r, 4)) {
		reply.flags |= KHTTP_REPLY_LENGTH;
		reply.content_length = once_in(r, 3) ? odd_number(r) : reply.body_len;
	}
	if (once_in(r, 6))
		put_flow(w, r, id, &reply);
	if (once_in(r, 4)) {
		reply = (struct khttp_reply){ .fd = -1 };
		put_upgrade(w, r, id, &reply);
	}
	reply.taken = once_in(r, 8) ? odd_number(r) : id;
	if (once_in(r, 5))
		mutate(r, &reply, sizeof(reply));
	memcpy(reply_of(w, id), &reply, sizeof(reply));
	return reply.body_kind == KHTTP_BODY_FILE;
}

/* Where one read of the kernel decides and a second one would be trusted */
static const size_t targets[] = {
	offsetof(struct khttp_reply, flags), offsetof(struct khttp_reply, status),
	offsetof(struct khttp_reply, fields.off), offsetof(struct khttp_reply, fields.len),
	offsetof(struct khttp_reply, fields.len), offsetof(struct khttp_reply, body_kind),
	offsetof(struct khttp_reply, fd), offsetof(struct khttp_reply, body_addr),
	offsetof(struct khttp_reply, body_len), offsetof(struct khttp_reply, body_len),
	offsetof(struct khttp_reply, ttl), offsetof(struct khttp_reply, taken),
	offsetof(struct khttp_reply, flow),
	sizeof(struct khttp_reply),		/* lengths of the first field */
};

static void flip(volatile uint32_t *at, struct rng *r)
{
	uint32_t old = *at, other = (uint32_t)odd_number(r);

	if (once_in(r, 2))
		other = old ^ 1U << below(r, 32);
	for (unsigned int times = 1 + below(r, 2000); times; times--) {
		*at = other;
		*at = old;
	}
}

void *scribble(void *worker)
{
	struct worker *w = worker;
	struct rng r = rng_of(w->seed, w->child, w->generation, 10);

	for (;;) {
		uint64_t id = some_id(w, &r);
		unsigned char *reply = (unsigned char *)reply_of(w, id);
		unsigned char *entries = w->ring_entries;
		size_t bytes = w->ring_bytes;

		for (unsigned int i = 0; i < 4; i++)
			flip((void *)(reply + targets[below(&r, COUNT(targets))]), &r);
		if (once_in(&r, 4))
			mutate(&r, slot_of(w, id), sizeof(struct khttp_slot));
		/* The payload of a ring's command, and nothing else of it: with
		 * another opcode it would be about other things
		 */
		if (entries && bytes)
			flip((void *)(entries + below(&r, (uint32_t)bytes / 64) * 64 +
				      48 + below(&r, 4) * 4), &r);
		resize_file(w, &r);
		if (once_in(&r, 3))
			pause_us(below(&r, 2000));
		else
			sched_yield();
	}
}
