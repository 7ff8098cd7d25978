/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A change of the configuration in steps, so that many of them are made
 * together or not at all:
 *
 *   phase     who                  what
 *   prepare   khttp_control_*()    whatever may fail, out of the sight of requests:
 *                                  they find what they found before
 *   publish   ->publish            the rest of what may fail. First one change
 *                                  after another is prepared, then each published:
 *                                  rules of groups before prefixes
 *   commit    ->commit             cannot fail: events, what is replaced or deleted
 *                                  goes. In the order of the ranks
 *   undo      ->withdraw, ->undo   instead of commit, in reverse order, where one
 *                                  of them could not be prepared or published:
 *                                  first all that was published is taken back
 *
 * A change on its own goes through all of them at once. What a change takes away
 * is marked as leaving when it is prepared, and no lookup of a later change finds
 * it; what it sets is what later ones begin with.
 */
#ifndef _KHTTP_STEP_H
#define _KHTTP_STEP_H

#include <linux/types.h>

#include "control.h"
#include "port.h"
#include "rates.h"

struct khttp_error_ring;
struct khttp_networks_load;
struct khttp_reservation;
struct khttp_step;

/* Sockets first, so that nobody closes one that is about to be needed; the ends
 * of queues and groups when no prefix is left to be moved out of them; those of
 * sets and rates when no rule is left that names them
 */
enum khttp_step_rank {
	KHTTP_STEP_SOCKETS,
	KHTTP_STEP_CHANGE,
	KHTTP_STEP_END,
	KHTTP_STEP_END_NAMED,
	KHTTP_STEP_RANKS
};

struct khttp_step_ops {
	u8 rank;			/* of the commit */
	bool shows;			/* requests find what it publishes: after all
					 * that holds for them
					 */
	/* Or NULL. 0, or -errno with *@why: nothing was published */
	int (*publish)(struct khttp_net *kn, struct khttp_step *s,
		       const char **why);
	/* Or NULL. Before undo, where it was published: as if it had not been */
	void (*withdraw)(struct khttp_net *kn, struct khttp_step *s);
	void (*commit)(struct khttp_net *kn, struct khttp_step *s);
	void (*undo)(struct khttp_net *kn, struct khttp_step *s);
};

/* All of it under net->config */
struct khttp_step {
	const struct khttp_step_ops *ops; /* NULL: nothing was prepared */
	bool published;
	union {
		struct {
			struct khttp_queue *q;
			struct khttp_queue_config cfg;
			const struct khttp_queue_config *before;
			char *delegates; /* or NULL: as they are */
		} queue;
		struct {
			struct khttp_group *g;
			struct khttp_limit_change *list;
			unsigned int n;
			bool has_door;
			struct khttp_door *door;
			struct khttp_door *before;
			bool staged_before;
		} group;
		struct {
			struct khttp_url *url;
			struct khttp_url *old;	/* whose place it takes */
			struct khttp_queue *old_queue;
			bool took;		/* which it made leave */
		} url;
		struct {
			struct khttp_reservation *r;
			struct khttp_reservation *old;	/* whose place it takes */
		} reservation;
		struct khttp_port_plan port;
		struct {
			struct khttp_limit_change *list;
			unsigned int n;
			struct khttp_error_ring *ring;
			bool has_ring;
		} limits;
		struct {
			struct khttp_group *g;
			struct khttp_filter *f;
			struct khttp_filter *before;
		} filter;
		struct {
			struct khttp_networks *set;
			struct khttp_networks_load *load;
			struct khttp_networks_load *before;
			bool made;
		} networks;
		struct {
			struct khttp_limiter *l;
			struct khttp_limiter_config cfg;
			const struct khttp_limiter_config *before;
		} rate;
	};
};

/* Changes that are made together. net->batch while they are */
struct khttp_batch {
	struct khttp_step *step;	/* of the change that is being prepared */
	bool gone;			/* prefixes went: what they stored has to */
	bool outdated;			/* what is stored would not be so now */
	bool rearm;			/* timers of connections */
	bool log;			/* memory for another error log is held */
};

/* The step to fill: that of the batch's change, or @own */
struct khttp_step *khttp_step_begin(struct khttp_net *kn,
				    struct khttp_step *own);
/* What @s->ops says is prepared. Alone, the change is made now: 0, or undone */
int khttp_step_end(struct khttp_net *kn, struct khttp_step *s,
		   const char **why);

/* A copy that kfree() takes, or NULL: out of memory */
struct khttp_limit_change *khttp_step_changes(const struct khttp_limit_change *list,
					      unsigned int n);

/* At once, or once for all changes of the batch */
void khttp_step_purge(struct khttp_net *kn, u64 url_id);
void khttp_step_purge_group(struct khttp_net *kn, const struct khttp_group *g);
void khttp_step_rearm(struct khttp_net *kn);
void khttp_step_outdate(struct khttp_net *kn, u32 queue_id);

/* Once in a batch: what it needs may be large. False: it was */
bool khttp_step_claim_log(struct khttp_net *kn);

/* Of a batch: publish one of its steps, where that is anything, and is of that kind;
 * take it back; and the end
 */
int khttp_batch_publish(struct khttp_net *kn, struct khttp_step *s, bool shows,
			const char **why);
void khttp_batch_withdraw(struct khttp_net *kn, struct khttp_step *s, bool shows);
void khttp_batch_finish(struct khttp_net *kn);

#endif
