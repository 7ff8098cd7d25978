/* SPDX-License-Identifier: GPL-2.0-only */
/* Multicast events: who configures or watches hears of what happens. */
#ifndef _KHTTP_EVENT_H
#define _KHTTP_EVENT_H

#include <linux/khttp.h>
#include <linux/types.h>

struct khttp_net;
struct khttp_queue;
struct pid;

struct khttp_event_info {
	enum khttp_event_type type;
	const struct khttp_queue *of;	/* whose owner is told, too; or NULL */
	const char *queue;	/* or NULL */
	const char *group;	/* or NULL */
	const char *url;	/* or NULL */
	size_t url_len;
	const char *tag;	/* or NULL */
	size_t tag_len;
	bool recursive;		/* everything below the URL */
	bool soft;		/* see KHTTP_PURGE_SOFT */
	u64 missed;		/* such events left out before this one */
	const char *listener;	/* or NULL */
	u32 worker;		/* or 0 */
	struct pid *pid;	/* or NULL */
	u64 count;
	bool has_count;
};

/* Never waits, never fails: when memory is short the event is lost, and
 * readers see ENOBUFS or a gap. Does nothing while nobody listens.
 * Context: any but hard interrupt
 */
void khttp_event_send(struct khttp_net *kn, const struct khttp_event_info *e);

/* The bell of the error log: errors.c */
bool khttp_event_errors(struct khttp_net *kn);

#endif
