/* SPDX-License-Identifier: GPL-2.0-only */
/* One parsed request: which answer, or which queue. */
#ifndef _KHTTP_DISPATCH_H
#define _KHTTP_DISPATCH_H

#include <linux/types.h>

#include "http/body.h"
#include "http/host.h"
#include "http/parse.h"
#include "http/range.h"
#include "http/uri.h"
#include "response.h"

struct khttp_conn;
struct khttp_door;
struct khttp_entry;
struct khttp_queue;
struct khttp_request;
struct khttp_url;

/*
 * What is known of a request before (and mostly without) a struct
 * khttp_request is made of it. Lives in the CPU's scratch memory while BH are
 * disabled; buf is the caller's.
 */
struct khttp_sketch {
	const struct khttp_head *head;
	const char *buf;		/* what head's offsets count from */
	struct khttp_target target;
	struct khttp_framing framing;
	struct khttp_span path;		/* cooked */
	struct khttp_span host;		/* normal form, without port */
	const struct khttp_url *url;	/* under RCU */
	const struct khttp_door *door;	/* of its group, likewise; or NULL */
	struct khttp_queue *queue;	/* its reference passes to the request */
	u64 seen_ns;			/* CLOCK_MONOTONIC: first byte of the head */
	u64 now_ns;			/* when the clock was last read, or 0 */
	u64 second;			/* ktime_get_seconds(), for what the cache has */
	u32 caching;			/* khttp_policy.caching of its group */
	u8 trace;			/* enum khttp_trace_begin of what goes to a queue */
	u8 why;				/* enum khttp_cache_why: nothing is stored */
	u8 fwd;				/* enum khttp_cache_fwd */
	bool by_ip;
	u8 part;			/* KHTTP_REUSE_..., of a miss; 0: goes alone */
	bool may_stale;			/* khttp_request.may_stale */
	bool refresh;			/* for the cache, without its conditions */
	struct khttp_entry *stored;	/* under RCU: its worker is asked whether that is
					 * good still; or NULL
					 */
	char host_text[KHTTP_HOST_TEXT_MAX];
};

/* Per CPU; used with BH disabled, from parse to dispatch */
struct khttp_scratch {
	struct khttp_head head;
	struct khttp_sketch sketch;
	struct khttp_host_memo host;
	char path[KHTTP_HEAD_MAX + 1];
	char wire[2048];
	struct khttp_multipart parts;
};

/* receive.c: this CPU's. Context: BH disabled; and within khttp_dispatch(), whose it
 * is, s->head may only get what it had
 */
struct khttp_scratch *khttp_scratch_here(void);

/*
 * A head in s->head, whose bytes are at @buf: parsed, or refused. Answers it
 * or makes a request of it. The caller sets sketch.seen_ns, and now_ns to the
 * same or, where the head came in pieces, to 0; he finds in now_ns what the clock
 * said at the end, or 0. Context: socket lock held, BH disabled, no sleep.
 */
void khttp_dispatch(struct khttp_conn *c, struct khttp_scratch *s,
		    const char *buf);

/* errors.c: why one that did not become a request was refused, once for each.
 * Context: rcu_read_lock held where it has a url
 */
void khttp_sketch_reason(const struct khttp_conn *c,
			 const struct khttp_sketch *s, enum khttp_reason reason,
			 u16 status);

/* As much of the body as was here is taken in: now it may go to its queue.
 * Context: socket lock held
 */
void khttp_dispatch_body(struct khttp_conn *c, struct khttp_request *rq);

/* It is the first in order now. Context: socket lock held */
void khttp_dispatch_turn(struct khttp_conn *c, struct khttp_request *rq);

#endif
