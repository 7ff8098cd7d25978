// SPDX-License-Identifier: GPL-2.0-only
/* Changes of the configuration, each with its event. */

#include "control.h"

#include <linux/cred.h>

#include "cache.h"
#include "conn.h"
#include "door.h"
#include "event.h"
#include "filter.h"
#include "group.h"
#include "net.h"
#include "port.h"
#include "router.h"
#include "setting.h"
#include "who.h"
#include "worker.h"

/**
 * khttp_control_lock - begin to look at or change the configuration
 * @kn: the namespace's root
 *
 * Context: sleeps. Returns 0, or -EINTR when the task is to die.
 */
int khttp_control_lock(struct khttp_net *kn)
{
	return mutex_lock_killable(&kn->config);
}

/**
 * khttp_control_unlock - end of it
 * @kn: the namespace's root
 */
void khttp_control_unlock(struct khttp_net *kn)
{
	mutex_unlock(&kn->config);
}

/**
 * khttp_control_changed - the configuration is another one now
 * @kn: the namespace's root
 * @e: what happened to it
 *
 * Context: net->config held.
 */
void khttp_control_changed(struct khttp_net *kn,
			   const struct khttp_event_info *e)
{
	lockdep_assert_held(&kn->config);
	WRITE_ONCE(kn->generation, kn->generation + 1);
	khttp_event_send(kn, e);
}

static void queue_changed(struct khttp_queue *q, enum khttp_event_type type)
{
	const struct khttp_event_info e = {
		.type = type,
		.of = q,
		.queue = q->name,
	};

	khttp_control_changed(q->net, &e);
}

static void group_changed(struct khttp_net *kn, const struct khttp_group *g,
			  enum khttp_event_type type)
{
	const struct khttp_event_info e = {
		.type = type,
		.of = g->queue,
		.queue = g->queue->name,
		.group = g->name,
	};

	khttp_control_changed(kn, &e);
}

static void url_changed(struct khttp_net *kn, const struct khttp_url *url,
			enum khttp_event_type type)
{
	const struct khttp_event_info e = {
		.type = type,
		.of = url->group->queue,
		.queue = url->group->queue->name,
		.group = url->group->name,
		.url = url->prefix,
		.url_len = url->prefix_len,
	};

	khttp_control_changed(kn, &e);
}

/**
 * khttp_control_queue_defaults - a queue that nobody configured further
 * @cfg: filled
 *
 * Context: the task that is to own the queue.
 */
void khttp_control_queue_defaults(struct khttp_queue_config *cfg)
{
	*cfg = (struct khttp_queue_config) {
		.state = KHTTP_QUEUE_ACTIVE,
		.policy = {
			.length = 1000,
			.redeliver = 3,
			.redeliver_body = KHTTP_REDELIVER_BODY_MAX,
			.verbosity = KHTTP_VERBOSITY_FULL,
			.retry_after = 1,
			.mode = 0660,
			.uid = current_fsuid(),
			.gid = current_fsgid(),
		},
	};
}

/**
 * khttp_control_queue_add - create a queue
 * @kn: the namespace's root
 * @name: checked by the caller
 * @cfg: checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EEXIST, -ENOSPC, -ENOMEM.
 */
int khttp_control_queue_add(struct khttp_net *kn, const char *name,
			    const struct khttp_queue_config *cfg,
			    const char **why)
{
	struct khttp_group *taken = khttp_group_find(kn, name);
	struct khttp_queue *q;

	if (taken && !taken->is_default) {
		*why = "a group has this name; queues and groups share their names";
		return -EEXIST;
	}
	q = khttp_queue_create(kn, name, &cfg->policy);
	switch (PTR_ERR_OR_ZERO(q)) {
	case 0:
		break;
	case -EEXIST:
		*why = "a queue has this name already; use set to change it";
		return -EEXIST;
	case -ENOSPC:
		*why = "no more than 16384 queues in a network namespace";
		return -ENOSPC;
	default:
		*why = "out of memory; try again later";
		return PTR_ERR(q);
	}
	khttp_queue_set(q, &cfg->policy, cfg->state);
	queue_changed(q, KHTTP_EVENT_QUEUE_ADDED);
	return 0;
}

/**
 * khttp_control_queue_set - change a queue in place
 * @q: the queue
 * @cfg: checked by the caller
 *
 * Context: net->config held, sleeps.
 */
void khttp_control_queue_set(struct khttp_queue *q,
			     const struct khttp_queue_config *cfg)
{
	khttp_queue_set(q, &cfg->policy, cfg->state);
	queue_changed(q, KHTTP_EVENT_QUEUE_CHANGED);
}

/* What is routed to it is for other prefixes now */
static void drop_urls(struct khttp_net *kn, struct khttp_group *g)
{
	const struct khttp_url *url;

	list_for_each_entry(url, &g->urls, link) {
		url_changed(kn, url, KHTTP_EVENT_URL_DELETED);
		cond_resched();
	}
	khttp_url_del_group(kn, g);
}

/* No default group, and empty */
static void drop_group(struct khttp_net *kn, struct khttp_group *g)
{
	group_changed(kn, g, KHTTP_EVENT_GROUP_DELETED);
	khttp_group_destroy(g);
}

/**
 * khttp_control_queue_del - end of a queue
 * @q: the queue; the caller holds a reference
 *
 * Its groups and their prefixes first: what they would route is for other
 * prefixes now, and only what waits already is answered 503.
 *
 * Context: net->config held, sleeps.
 */
void khttp_control_queue_del(struct khttp_queue *q)
{
	struct khttp_net *kn = q->net;
	struct khttp_group *g, *next;

	list_for_each_entry_safe(g, next, &kn->groups, link) {
		if (g->queue != q)
			continue;
		drop_urls(kn, g);
		khttp_filter_end(kn, g);
		if (!g->is_default)
			drop_group(kn, g);
	}
	khttp_queue_kill(q);
	khttp_conns_rearm(kn);
	queue_changed(q, KHTTP_EVENT_QUEUE_DELETED);
}

/**
 * khttp_control_queue_drain - ask the workers to finish and go
 * @q: the queue
 *
 * Context: any but hard interrupt.
 */
void khttp_control_queue_drain(struct khttp_queue *q)
{
	struct list_head *at;

	spin_lock_bh(&q->lock);
	list_for_each(at, &q->workers)
		khttp_worker_drain(khttp_worker_of_link(at));
	spin_unlock_bh(&q->lock);
}

/*
 * Stored answers have the Server field in them: those of the queue go when it
 * changes, behind the change, so that none with the old one is stored any more.
 */
static int set_door(struct khttp_net *kn, struct khttp_group *g,
		    const struct khttp_door_change *ch, const char **why)
{
	int ret;

	if (!khttp_door_changes(ch))
		return 0;
	ret = khttp_door_set(kn, g, ch, why);
	if (ret > 0)
		khttp_cache_purge(kn->cache, NULL, 0, false, g->queue->id);
	return min(ret, 0);
}

/**
 * khttp_control_worker_drain - ask one worker to finish and go
 * @q: the queue
 * @id: of the worker
 *
 * Context: any but hard interrupt. False: it is none of its workers.
 */
bool khttp_control_worker_drain(struct khttp_queue *q, u32 id)
{
	struct khttp_worker_info info;
	struct list_head *at;
	bool found = false;

	spin_lock_bh(&q->lock);
	list_for_each(at, &q->workers) {
		khttp_worker_info(khttp_worker_of_link(at), &info);
		found = info.id == id;
		if (found) {
			khttp_worker_drain(khttp_worker_of_link(at));
			break;
		}
	}
	spin_unlock_bh(&q->lock);
	return found;
}

/**
 * khttp_control_group_add - create a group
 * @q: the queue it feeds
 * @name: checked by the caller
 * @ch: what it sets, checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EEXIST, -ENOSPC, or as
 * khttp_door_set().
 */
int khttp_control_group_add(struct khttp_queue *q, const char *name,
			    const struct khttp_group_change *ch,
			    const char **why)
{
	struct khttp_net *kn = q->net;
	struct khttp_group *g = khttp_group_find(kn, name);
	int err;

	if (g) {
		*why = g->is_default ?
		       "a queue has this name, and a group for itself; use set to change that" :
		       "a group has this name already; use set to change it";
		return -EEXIST;
	}
	g = khttp_group_create(kn, q, name, false);
	if (g == ERR_PTR(-ENOSPC))
		*why = "no more than 16384 groups in a network namespace";
	else if (IS_ERR(g))
		*why = "out of memory; try again later";
	if (IS_ERR(g))
		return PTR_ERR(g);
	err = set_door(kn, g, &ch->door, why);
	if (err) {
		khttp_group_destroy(g);
		return err;
	}
	khttp_group_set(kn, g, ch->list, ch->n);
	group_changed(kn, g, KHTTP_EVENT_GROUP_ADDED);
	return 0;
}

/**
 * khttp_control_group_set - change a group in place
 * @kn: the namespace's root
 * @g: the group
 * @ch: what it is to set, checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0 or as khttp_door_set(): then
 * nothing was changed.
 */
int khttp_control_group_set(struct khttp_net *kn, struct khttp_group *g,
			    const struct khttp_group_change *ch,
			    const char **why)
{
	int err = set_door(kn, g, &ch->door, why);

	if (err)
		return err;
	if (ch->n) {
		khttp_group_set(kn, g, ch->list, ch->n);
		khttp_conns_rearm(kn);
	}
	group_changed(kn, g, KHTTP_EVENT_GROUP_CHANGED);
	return 0;
}

/**
 * khttp_control_group_del - end of a group
 * @kn: the namespace's root
 * @g: the group; gone for the caller on 0
 * @force: also when it has prefixes, which end with it
 * @why: text when it fails
 *
 * What is stored for its queue in the cache is dropped as a whole.
 *
 * Context: net->config held, sleeps. Returns 0 or -EBUSY.
 */
int khttp_control_group_del(struct khttp_net *kn, struct khttp_group *g,
			    bool force, const char **why)
{
	if (g->is_default) {
		*why = "it is its queue's own group and ends with that: 'khttpctl queue del'";
		return -EBUSY;
	}
	if (g->n_urls && !force) {
		*why = "it has URL prefixes; delete them first, or use --force";
		return -EBUSY;
	}
	if (g->n_urls)
		drop_urls(kn, g);
	khttp_filter_end(kn, g);
	drop_group(kn, g);
	khttp_conns_rearm(kn);
	return 0;
}

/**
 * khttp_control_url_add - a prefix comes into a group
 * @g: the group
 * @who: who asks
 * @prefix: text as the administrator gave it
 * @len: its length
 * @context: handed to workers with each request
 * @redirect: what it answers instead
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_url_add(), -EPERM where it
 * is no queue of his, or -ENOMEM.
 */
int khttp_control_url_add(struct khttp_group *g, const struct khttp_who *who,
			  const char *prefix, size_t len, u64 context,
			  const struct khttp_redirect *redirect,
			  const char **why)
{
	struct khttp_net *kn = g->queue->net;
	struct khttp_url *url;
	int err;

	if (!khttp_who_controls(who, g->queue)) {
		*why = "needs CAP_NET_ADMIN, or a queue that you may control";
		return -EPERM;
	}
	err = khttp_errors_begin(kn);
	if (err) {
		*why = "out of memory for the error log; try again later";
		return err;
	}
	err = khttp_url_add(kn, who, prefix, len, g, context, redirect, why);
	if (err)
		return err;
	url = list_last_entry(&g->urls, struct khttp_url, link);
	url_changed(kn, url, KHTTP_EVENT_URL_ADDED);
	return 0;
}

/**
 * khttp_control_url_del - end of a prefix
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as the administrator gave it
 * @len: its length
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EINVAL, -ENOENT or -EPERM.
 */
int khttp_control_url_del(struct khttp_net *kn, const struct khttp_who *who,
			  const char *prefix, size_t len, const char **why)
{
	struct khttp_url *url = khttp_url_find(kn, prefix, len, why);

	if (IS_ERR(url))
		return PTR_ERR(url);
	if (!who->admin && !(uid_valid(url->user) && khttp_who_is(who, url->user))) {
		*why = "needs CAP_NET_ADMIN, or to have bound it";
		return -EPERM;
	}
	khttp_control_url_end(kn, url);
	return 0;
}

/**
 * khttp_control_url_end - end of a prefix that is known
 * @kn: the namespace's root
 * @url: it; gone for the caller
 *
 * Context: net->config held, sleeps.
 */
void khttp_control_url_end(struct khttp_net *kn, struct khttp_url *url)
{
	url_changed(kn, url, KHTTP_EVENT_URL_DELETED);
	khttp_url_del(kn, url);
}

/* "80", "192.0.2.1:80", "[2001:db8::1]:80" */
static void listener_changed(struct khttp_net *kn, const struct khttp_place *at)
{
	char text[sizeof("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535")];
	const struct khttp_event_info e = {
		.type = KHTTP_EVENT_LISTENER_CHANGED,
		.listener = text,
	};

	if (at->family == AF_INET6)
		scnprintf(text, sizeof(text), "[%pI6c]:%u", &at->addr, at->port);
	else if (at->family == AF_INET)
		scnprintf(text, sizeof(text), "%pI4:%u", &at->addr, at->port);
	else
		scnprintf(text, sizeof(text), "%u", at->port);
	khttp_control_changed(kn, &e);
}

/**
 * khttp_control_listener_set - set how it is listened somewhere
 * @kn: the namespace's root
 * @at: where
 * @s: checked by the caller; NULL: back to the defaults
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_port_set().
 */
int khttp_control_listener_set(struct khttp_net *kn,
			       const struct khttp_place *at,
			       const struct khttp_setting *s, const char **why)
{
	int err = khttp_port_set(kn, at, s, why);

	if (!err)
		listener_changed(kn, at);
	return err;
}

/**
 * khttp_control_limits_set - change limits
 * @kn: the namespace's root
 * @list: rows and values, checked by the caller
 * @n: entries in it
 *
 * Context: net->config held, sleeps. Returns 0, or -ENOMEM: nothing was changed.
 */
int khttp_control_limits_set(struct khttp_net *kn,
			     const struct khttp_limit_change *list,
			     unsigned int n)
{
	const struct khttp_event_info e = { .type = KHTTP_EVENT_LIMITS_CHANGED };
	u64 cache_bytes = kn->limits.cache_bytes;
	struct khttp_net_limits next = kn->limits;
	unsigned int i;
	int err;

	for (i = 0; i < n; i++)
		khttp_limits_set(&next, list[i].row, list[i].value);
	err = khttp_errors_resize(kn, next.error_log);
	if (err)
		return err;
	for (i = 0; i < n; i++)
		khttp_limits_set(&kn->limits, list[i].row, list[i].value);
	khttp_groups_update(kn);
	if (kn->limits.cache_bytes != cache_bytes)
		khttp_cache_shrink(kn->cache);
	khttp_conns_rearm(kn);
	khttp_control_changed(kn, &e);
	return 0;
}

/**
 * khttp_control_cache_purge - drop stored responses
 * @kn: the namespace's root
 * @url: what to drop, or NULL for everything
 * @len: its length
 * @recursive: all below it too
 *
 * Context: sleeps. Returns the number dropped, or -EINVAL: not a URL.
 */
long khttp_control_cache_purge(struct khttp_net *kn, const char *url,
			       size_t len, bool recursive)
{
	long n = khttp_cache_purge(kn->cache, url, len, recursive, 0);
	const struct khttp_event_info e = {
		.type = KHTTP_EVENT_CACHE_PURGED,
		.url = url,
		.url_len = len,
		.count = n,
		.has_count = true,
	};

	if (n >= 0)
		khttp_event_send(kn, &e);
	return n;
}
