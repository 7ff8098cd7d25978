/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that the cache may answer. */
#ifndef _KHTTP_HIT_H
#define _KHTTP_HIT_H

#include <linux/types.h>

struct khttp_conn;
struct khttp_scratch;

/*
 * A request in s->sketch that was routed: true, it is answered, from the cache or
 * because it had to be. Else what the cache has to do with it is noted there.
 * Context: socket lock held, BH disabled, rcu_read_lock held.
 */
bool khttp_hit_try(struct khttp_conn *c, struct khttp_scratch *s);

#endif
