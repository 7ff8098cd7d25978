/* SPDX-License-Identifier: GPL-2.0-only */
/* Purges that somebody asked for, each with its event. */
#ifndef _KHTTP_PURGE_H
#define _KHTTP_PURGE_H

#include <linux/jiffies.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct khttp_net;
struct pid;

/*
 * Events of one second about purges by workers, whom nothing else holds back. Those
 * above are left out, and the next one says how many these were.
 */
#define KHTTP_PURGE_EVENTS_MAX 100

struct khttp_purge_events {
	spinlock_t lock;		/* guards: */
	unsigned long second;		/* jiffies when it began */
	u32 sent;			/* in it */
	u64 missed;			/* since one was sent */
};

static inline void khttp_purge_events_init(struct khttp_purge_events *p)
{
	spin_lock_init(&p->lock);
	p->second = jiffies;
}

/* What shall go, and on whose word */
struct khttp_purge_order {
	const char *text;		/* URL or tag; NULL: everything */
	size_t len;
	bool is_tag;
	bool recursive;			/* everything below the URL */
	bool soft;			/* what may serve past its time stays for that */
	/* a worker, who drops what its queue stored; else 0 and NULL */
	u32 queue_id;
	const char *queue;
	u32 worker;
	struct pid *pid;
};

long khttp_purge_order(struct khttp_net *kn, const struct khttp_purge_order *o);

#endif
