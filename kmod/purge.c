// SPDX-License-Identifier: GPL-2.0-only
/* Purges that somebody asked for: an administrator, or a worker. */

#include "purge.h"

#include <linux/khttp.h>

#include "cache.h"
#include "event.h"
#include "net.h"
#include "trace.h"

/* May this event be sent, and how many were left out before it? */
static bool admit(struct khttp_purge_events *p, u64 *missed)
{
	bool sent;

	spin_lock(&p->lock);
	if (time_after_eq(jiffies, p->second + HZ)) {
		p->second = jiffies;
		p->sent = 0;
	}
	sent = p->sent < KHTTP_PURGE_EVENTS_MAX;
	if (sent) {
		p->sent++;
		*missed = p->missed;
		p->missed = 0;
	} else {
		p->missed++;
	}
	spin_unlock(&p->lock);
	return sent;
}

static void tell(struct khttp_net *kn, const struct khttp_purge_order *o, u64 count)
{
	struct khttp_event_info e = {
		.type = KHTTP_EVENT_CACHE_PURGED,
		.queue = o->queue,
		.worker = o->worker,
		.pid = o->pid,
		.recursive = o->recursive,
		.soft = o->soft,
		.count = count,
		.has_count = true,
	};

	if (o->queue && !admit(&kn->purge_events, &e.missed))
		return;
	if (o->is_tag) {
		e.tag = o->text;
		e.tag_len = o->len;
	} else {
		e.url = o->text;
		e.url_len = o->len;
	}
	khttp_event_send(kn, &e);
}

/**
 * khttp_purge_order - drop stored responses, and tell who listens
 * @kn: the namespace's root
 * @o: which ones; its text may be any bytes
 *
 * Context: sleeps. Returns the number dropped; -EINVAL: not a URL, or no tag;
 * -ENOMEM.
 */
long khttp_purge_order(struct khttp_net *kn, const struct khttp_purge_order *o)
{
	u32 how = (o->recursive ? KHTTP_PURGE_RECURSIVE : 0) |
		  (o->soft ? KHTTP_PURGE_SOFT : 0);
	long n;

	if (o->is_tag)
		n = khttp_cache_purge_tag(kn->cache, o->text, o->len, o->soft,
					  o->queue_id);
	else
		n = khttp_cache_purge(kn->cache, o->text, o->len, how, o->queue_id);
	if (n < 0)
		return n;
	khttp_trace(purged, kn, o, n);
	tell(kn, o, n);
	return n;
}
