/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that the cache may answer. */
#ifndef _KHTTP_HIT_H
#define _KHTTP_HIT_H

#include <linux/types.h>

struct khttp_conn;
struct khttp_request;
struct khttp_scratch;

/*
 * A request in s->sketch that was routed: true, it is answered, from the cache or
 * because it had to be. Else what the cache has to do with it is noted there.
 * Context: socket lock held, BH disabled, rcu_read_lock held.
 */
bool khttp_hit_try(struct khttp_conn *c, struct khttp_scratch *s);

/*
 * A request was made of it, and sketch.part is not 0: true, it waits for another
 * one's answer, or has it. False: it goes to its queue. Context: as above
 */
bool khttp_hit_join(struct khttp_request *rq, u8 part, u64 now);

/*
 * Requests of this connection whose flight landed: they get what is stored, or what
 * is not for them is asked for. Context: socket lock held, in its work
 */
void khttp_hit_land(struct khttp_conn *c);

/*
 * The caller owns a request with may_stale, which is about to be answered with an
 * error of that status. True: it was answered by what is stored, past its time; the
 * owner's reference is gone. Context: socket lock held; or, may sleep, and a
 * reference beside the owner's
 */
bool khttp_hit_instead_locked(struct khttp_request *rq, u16 status);
bool khttp_hit_instead(struct khttp_request *rq, u16 status);

#endif
