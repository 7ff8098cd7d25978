/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a group says to a request that was routed to it, and which group a
 * connection counts for.
 *
 * A connection is in a group from a request that was routed to it to the next
 * one that is routed elsewhere, or its end; but only in one that is watched, so
 * that groups without a policy cost a request one branch. It holds a reference,
 * and conn->policy is the group's meanwhile. Out of one that is not watched any
 * more, or deleted, it goes when its timer is next looked at.
 */
#ifndef _KHTTP_ADMIT_H
#define _KHTTP_ADMIT_H

#include "http/reason.h"

struct khttp_conn;
struct khttp_group;
struct khttp_net;
struct khttp_sketch;

/*
 * May the request go on? Moves the connection into @g, or out of the one it is
 * in. Context: socket lock and rcu_read_lock held
 */
enum khttp_reason khttp_admit(struct khttp_conn *c,
			      const struct khttp_sketch *s,
			      struct khttp_group *g);
/* Are there more connections than requests are served of? Context: any */
bool khttp_admit_beyond(const struct khttp_net *kn);
/*
 * One that was beyond max_served_connections when it came is let in once there is
 * room: not each request is to be asked for, only those of such connections.
 * Context: socket lock held
 */
enum khttp_reason khttp_admit_surplus(struct khttp_conn *c);
/* The connection is in no group any more. Context: socket lock held */
void khttp_admit_leave(struct khttp_conn *c);
/* The same where its group is not watched any more. Context: as above */
void khttp_admit_review(struct khttp_conn *c);

#endif
