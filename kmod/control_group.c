// SPDX-License-Identifier: GPL-2.0-only
/* Changes of groups and of what is in them, each with its event. */

#include "control.h"

#include "cache.h"
#include "door.h"
#include "event.h"
#include "filter.h"
#include "group.h"
#include "net.h"
#include "router.h"
#include "step.h"
#include "who.h"

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

/* ---- groups ---- */

static void commit_add(struct khttp_net *kn, struct khttp_step *s)
{
	group_changed(kn, s->group.g, KHTTP_EVENT_GROUP_ADDED);
}

static void undo_add(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_group_destroy(s->group.g);
}

static const struct khttp_step_ops adding = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_add,
	.undo = undo_add,
};

static struct khttp_group *create(struct khttp_queue *q, const char *name,
				  const char **why)
{
	struct khttp_group *g = khttp_group_find(q->net, name);

	if (g) {
		*why = g->is_default ?
		       "a queue has this name, and a group for itself; use set to change that" :
		       "a group has this name already; use set to change it";
		return ERR_PTR(-EEXIST);
	}
	g = khttp_group_create(q->net, q, name, false);
	if (g == ERR_PTR(-ENOSPC))
		*why = "no more than 16384 groups in a network namespace";
	else if (IS_ERR(g))
		*why = "out of memory; try again later";
	return g;
}

/**
 * khttp_control_group_add - create a group
 * @q: the queue it feeds
 * @name: checked by the caller
 * @ch: what it sets, checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EEXIST, -ENOSPC, or as
 * khttp_door_make().
 */
int khttp_control_group_add(struct khttp_queue *q, const char *name,
			    const struct khttp_group_change *ch,
			    const char **why)
{
	struct khttp_net *kn = q->net;
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	struct khttp_group *g = create(q, name, why);
	struct khttp_door *door = NULL;

	if (IS_ERR(g))
		return PTR_ERR(g);
	if (khttp_door_changes(&ch->door))
		door = khttp_door_make(kn, g, &ch->door, why);
	if (IS_ERR(door)) {
		khttp_group_destroy(g);
		return PTR_ERR(door);
	}
	/* No request comes to it, and nothing is stored of it */
	khttp_door_publish(kn, g, door);
	khttp_group_set(kn, g, ch->list, ch->n);
	s->group.g = g;
	s->ops = &adding;
	return khttp_step_end(kn, s, why);
}

/*
 * Stored answers have the Server field in them: those of the queue go when it
 * changes, behind the change, so that none with the old one is stored any more.
 */
static void commit_set(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_group *g = s->group.g;

	if (s->group.has_door) {
		if (g->next_door == s->group.door)
			g->door_staged = false;
		if (khttp_door_publish(kn, g, s->group.door))
			khttp_cache_purge(kn->cache, NULL, 0, 0,
					  g->queue->id);
	}
	if (s->group.n) {
		if (khttp_group_set(kn, g, s->group.list, s->group.n))
			khttp_step_outdate(kn, g->queue->id);
		khttp_cache_shrink_share(kn->cache, g->share);
		khttp_step_rearm(kn);
	}
	kfree(s->group.list);
	group_changed(kn, g, KHTTP_EVENT_GROUP_CHANGED);
}

static void undo_set(struct khttp_net *kn, struct khttp_step *s)
{
	if (s->group.has_door) {
		s->group.g->next_door = s->group.before;
		s->group.g->door_staged = s->group.staged_before;
		khttp_door_drop(s->group.door);
	}
	kfree(s->group.list);
}

static const struct khttp_step_ops setting = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_set,
	.undo = undo_set,
};

static int stage_door(struct khttp_net *kn, struct khttp_step *s,
		      const struct khttp_door_change *ch, const char **why)
{
	struct khttp_group *g = s->group.g;

	s->group.has_door = khttp_door_changes(ch);
	if (!s->group.has_door)
		return 0;
	s->group.door = khttp_door_make(kn, g, ch, why);
	if (IS_ERR(s->group.door))
		return PTR_ERR(s->group.door);
	s->group.before = g->next_door;
	s->group.staged_before = g->door_staged;
	g->next_door = s->group.door;
	g->door_staged = true;
	return 0;
}

/**
 * khttp_control_group_set - change a group in place
 * @kn: the namespace's root
 * @g: the group
 * @ch: what it is to set, checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0 or as khttp_door_make(): then
 * nothing was changed.
 */
int khttp_control_group_set(struct khttp_net *kn, struct khttp_group *g,
			    const struct khttp_group_change *ch,
			    const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	int err;

	*why = "out of memory; try again later";
	s->group.g = g;
	s->group.n = ch->n;
	s->group.list = NULL;
	if (ch->n)
		s->group.list = khttp_step_changes(ch->list, ch->n);
	if (ch->n && !s->group.list)
		return -ENOMEM;
	err = stage_door(kn, s, &ch->door, why);
	if (err) {
		kfree(s->group.list);
		return err;
	}
	s->ops = &setting;
	return khttp_step_end(kn, s, why);
}

/* What is routed to it is for other prefixes now. What they stored stays yet */
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
 * khttp_control_groups_end - the groups of a queue that ends, and their prefixes
 * @q: the queue
 *
 * Context: net->config held, sleeps.
 */
void khttp_control_groups_end(struct khttp_queue *q)
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
	/* Once, whatever it had of groups: the walk is that of the whole cache. By the
	 * queue in a batch, too, for it also answered what other queues handed on
	 */
	khttp_cache_purge(kn->cache, NULL, 0, 0, q->id);
}

/* No lookup finds it and its rules count no more, or they do again */
static void mark(struct khttp_net *kn, struct khttp_group *g,
		 const struct khttp_step *leaving)
{
	g->leaving = leaving;
	khttp_filter_mark(kn, g, leaving);
}

/**
 * khttp_control_groups_leave - a queue is about to end, or is not after all
 * @q: the queue
 * @s: the change that ends it
 * @leave: which of the two
 *
 * Those that leave with a change of their own are not touched.
 *
 * Context: net->config held, sleeps.
 */
void khttp_control_groups_leave(struct khttp_queue *q,
				const struct khttp_step *s, bool leave)
{
	struct khttp_net *kn = q->net;
	struct khttp_group *g;

	list_for_each_entry(g, &kn->groups, link)
		if (g->queue == q && g->leaving == (leave ? NULL : s))
			mark(kn, g, leave ? s : NULL);
}

static void commit_del(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_group *g = s->group.g;

	if (g->n_urls) {
		drop_urls(kn, g);
		khttp_step_purge_group(kn, g);
	}
	khttp_filter_end(kn, g);
	drop_group(kn, g);
	khttp_step_rearm(kn);
}

static void undo_del(struct khttp_net *kn, struct khttp_step *s)
{
	mark(kn, s->group.g, NULL);
}

static const struct khttp_step_ops deleting = {
	.rank = KHTTP_STEP_END,
	.commit = commit_del,
	.undo = undo_del,
};

/**
 * khttp_control_group_del - end of a group
 * @kn: the namespace's root
 * @g: the group; gone for the caller on 0
 * @force: also when it has prefixes, which end with it
 * @why: text when it fails
 *
 * With its prefixes, what is stored for its queue in the cache is dropped as a
 * whole; in a batch, only what came through prefixes that are gone.
 *
 * Context: net->config held, sleeps. Returns 0 or -EBUSY.
 */
int khttp_control_group_del(struct khttp_net *kn, struct khttp_group *g,
			    bool force, const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);

	if (g->is_default) {
		*why = "it is its queue's own group and ends with that: 'khttpctl queue del'";
		return -EBUSY;
	}
	if (g->n_urls && !force) {
		*why = "it has URL prefixes; delete them first, or use --force";
		return -EBUSY;
	}
	s->group.g = g;
	mark(kn, g, s);
	s->ops = &deleting;
	return khttp_step_end(kn, s, why);
}

/* ---- prefixes ---- */

static int publish_url(struct khttp_net *kn, struct khttp_step *s,
		       const char **why)
{
	return khttp_url_publish(kn, s->url.url, s->url.old, why);
}

static void commit_url(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_url *old = s->url.old;
	u64 id;

	if (old) {
		id = old->id;
		url_changed(kn, old, KHTTP_EVENT_URL_DELETED);
		khttp_url_drop(kn, old, old->group->queue);
		khttp_step_purge(kn, id);
	}
	url_changed(kn, s->url.url, KHTTP_EVENT_URL_ADDED);
}

static void withdraw_url(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_url_unpublish(kn, s->url.url, s->url.old);
	khttp_step_purge(kn, s->url.url->id);
}

static void undo_url(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_url *url = s->url.url, *old = s->url.old;
	struct khttp_group *g = url->group;

	list_del(&url->link);
	g->n_urls--;
	khttp_url_drop(kn, url, g->queue);
	if (!old)
		return;
	old->replaced = false;
	if (s->url.took)
		khttp_url_mark(old, false);
}

static const struct khttp_step_ops adding_url = {
	.rank = KHTTP_STEP_CHANGE,
	.shows = true,
	.publish = publish_url,
	.withdraw = withdraw_url,
	.commit = commit_url,
	.undo = undo_url,
};

/**
 * khttp_control_url_add - a prefix comes into a group
 * @g: the group
 * @o: what is said of it
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_url_make() and
 * khttp_url_publish(), or -EPERM where it is no queue of his who asks.
 */
int khttp_control_url_add(struct khttp_group *g, const struct khttp_url_order *o,
			  const char **why)
{
	struct khttp_net *kn = g->queue->net;
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	struct khttp_url *old;
	int err;

	if (!khttp_who_controls(o->who, g->queue)) {
		*why = "needs CAP_NET_ADMIN, or a queue that you may control";
		return -EPERM;
	}
	err = khttp_errors_begin(kn);
	if (err) {
		*why = "out of memory for the error log; try again later";
		return err;
	}
	s->url.url = khttp_url_make(kn, o, g, &old, why);
	if (IS_ERR(s->url.url))
		return PTR_ERR(s->url.url);
	s->url.old = old;
	/* Also when its group leaves: that is without it then */
	s->url.took = old && !old->leaving;
	if (old)
		old->replaced = true;
	if (s->url.took)
		khttp_url_mark(old, true);
	s->ops = &adding_url;
	return khttp_step_end(kn, s, why);
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
	khttp_step_purge(kn, khttp_url_del(kn, url));
}

static void commit_url_del(struct khttp_net *kn, struct khttp_step *s)
{
	/* Then that change sees to it */
	if (!s->url.url->replaced)
		khttp_control_url_end(kn, s->url.url);
}

static void undo_url_del(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_url_mark(s->url.url, false);
}

static const struct khttp_step_ops deleting_url = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_url_del,
	.undo = undo_url_del,
};

/**
 * khttp_control_url_del - end of a prefix
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EINVAL, -ENOENT or -EPERM.
 */
int khttp_control_url_del(struct khttp_net *kn, const struct khttp_who *who,
			  const char *prefix, size_t len, const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	struct khttp_url *url = khttp_url_find(kn, prefix, len, why);

	if (IS_ERR(url))
		return PTR_ERR(url);
	if (!khttp_url_may_end(url, who)) {
		*why = "needs CAP_NET_ADMIN, or to have bound it";
		return -EPERM;
	}
	s->url.url = url;
	khttp_url_mark(url, true);
	s->ops = &deleting_url;
	return khttp_step_end(kn, s, why);
}
