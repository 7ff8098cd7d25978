/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A group: a site. Prefixes belong to a group, a group feeds one queue. Every
 * queue has a default group, so simple set-ups never name one.
 */
#ifndef _KHTTP_GROUP_H
#define _KHTTP_GROUP_H

struct khttp_queue;

struct khttp_group {
	struct khttp_queue *queue;	/* set once; the queue embeds or owns us */
};

#endif
