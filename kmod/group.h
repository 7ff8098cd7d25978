/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group: a site. Prefixes belong to a group, a group feeds one queue. Every
 * queue has a default group, so simple set-ups never name one.
 */
#ifndef _KHTTP_GROUP_H
#define _KHTTP_GROUP_H

#include <linux/list.h>
#include <linux/rcupdate.h>

struct khttp_queue;

/* Read under RCU through a url; its memory outlives every reader */
struct khttp_group {
	struct khttp_queue *queue;	/* set once; the queue owns us */
	struct rcu_head rcu;
	struct list_head urls;		/* khttp_url.link; net->config */
	u32 n_urls;			/* net->config */
};

/* The default group of @q, or NULL. Context: sleeps */
struct khttp_group *khttp_group_create(struct khttp_queue *q);
/* No url is left in it. Context: any */
void khttp_group_destroy(struct khttp_group *g);

#endif
