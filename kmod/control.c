// SPDX-License-Identifier: GPL-2.0-only
/* Changes of the configuration, each with its event. */

#include "control.h"

#include <linux/cred.h>

#include "cache.h"
#include "event.h"
#include "group.h"
#include "net.h"
#include "port.h"
#include "setting.h"
#include "step.h"
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

static void commit_add(struct khttp_net *kn, struct khttp_step *s)
{
	queue_changed(s->queue.q, KHTTP_EVENT_QUEUE_ADDED);
}

/* Nobody has seen it but prefixes that are gone by now */
static void undo_add(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_queue_kill(s->queue.q);
}

static const struct khttp_step_ops adding = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_add,
	.undo = undo_add,
};

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
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
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
	if (cfg->delegates) {
		char *names = khttp_queue_copy_delegates(cfg->delegates);

		if (!names) {
			khttp_queue_kill(q);
			*why = "out of memory; try again later";
			return -ENOMEM;
		}
		khttp_queue_set_delegates(q, names);
	}
	s->queue.q = q;
	s->ops = &adding;
	return khttp_step_end(kn, s, why);
}

static void commit_set(struct khttp_net *kn, struct khttp_step *s)
{
	const struct khttp_queue_config *cfg = &s->queue.cfg;
	struct khttp_queue *q = s->queue.q;

	if (q->next == cfg)
		q->next = NULL;
	if (s->queue.delegates)
		khttp_queue_set_delegates(q, s->queue.delegates);
	khttp_queue_set(q, &cfg->policy, cfg->state);
	queue_changed(q, KHTTP_EVENT_QUEUE_CHANGED);
}

static void undo_set(struct khttp_net *kn, struct khttp_step *s)
{
	s->queue.q->next = s->queue.before;
	kfree(s->queue.delegates);
}

static const struct khttp_step_ops setting = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_set,
	.undo = undo_set,
};

/**
 * khttp_control_queue_config - what a queue is set to, or is about to be
 * @q: the queue
 * @cfg: filled
 *
 * Context: net->config held.
 */
void khttp_control_queue_config(const struct khttp_queue *q,
				struct khttp_queue_config *cfg)
{
	*cfg = (struct khttp_queue_config){
		.policy = q->policy,
		.state = q->state,
	};
	if (q->next)
		*cfg = *q->next;
}

/**
 * khttp_control_queue_set - change a queue in place
 * @q: the queue
 * @cfg: checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, or -ENOMEM: nothing was changed.
 */
int khttp_control_queue_set(struct khttp_queue *q,
			    const struct khttp_queue_config *cfg,
			    const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(q->net, &own);

	s->queue.delegates = NULL;
	if (cfg->delegates) {
		s->queue.delegates = khttp_queue_copy_delegates(cfg->delegates);
		if (!s->queue.delegates) {
			*why = "out of memory; try again later";
			return -ENOMEM;
		}
	}
	s->queue.q = q;
	s->queue.cfg = *cfg;
	s->queue.before = q->next;
	q->next = &s->queue.cfg;
	s->ops = &setting;
	return khttp_step_end(q->net, s, why);
}

static void commit_del(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_queue *q = khttp_queue_get(s->queue.q);

	khttp_control_groups_end(q);
	khttp_queue_kill(q);
	khttp_step_rearm(kn);
	queue_changed(q, KHTTP_EVENT_QUEUE_DELETED);
	khttp_queue_put(q);
}

static void undo_del(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_control_groups_leave(s->queue.q, s, false);
	s->queue.q->leaving = false;
}

static const struct khttp_step_ops deleting = {
	.rank = KHTTP_STEP_END,
	.commit = commit_del,
	.undo = undo_del,
};

/**
 * khttp_control_queue_del - end of a queue
 * @q: the queue; the caller holds a reference
 * @why: text when it fails
 *
 * Its groups and their prefixes first: what they would route is for other
 * prefixes now, and only what waits already is answered 503.
 *
 * Context: net->config held, sleeps. Returns 0.
 */
int khttp_control_queue_del(struct khttp_queue *q, const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(q->net, &own);

	s->queue.q = q;
	q->leaving = true;
	khttp_control_groups_leave(q, s, true);
	s->ops = &deleting;
	return khttp_step_end(q->net, s, why);
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

/**
 * khttp_control_worker_drain - ask one worker to finish and go
 * @q: the queue
 * @id: of the worker
 *
 * Context: any but hard interrupt. False: it is none of its workers.
 */
bool khttp_control_worker_drain(struct khttp_queue *q, u32 id)
{
	struct khttp_worker *w;
	struct list_head *at;
	bool found = false;

	spin_lock_bh(&q->lock);
	list_for_each(at, &q->workers) {
		w = khttp_worker_of_link(at);
		found = khttp_worker_id(w) == id;
		if (found) {
			khttp_worker_drain(w);
			break;
		}
	}
	spin_unlock_bh(&q->lock);
	return found;
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

static void commit_listener(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_port_adopt(kn, &s->port);
	listener_changed(kn, &s->port.at);
}

static void undo_listener(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_port_give_up(kn, &s->port);
}

static const struct khttp_step_ops listening = {
	.rank = KHTTP_STEP_SOCKETS,
	.commit = commit_listener,
	.undo = undo_listener,
};

/**
 * khttp_control_listener_set - set how it is listened somewhere
 * @kn: the namespace's root
 * @at: where
 * @setting: checked by the caller; NULL: back to the defaults
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_port_prepare().
 */
int khttp_control_listener_set(struct khttp_net *kn,
			       const struct khttp_place *at,
			       const struct khttp_setting *setting,
			       const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	int err = khttp_port_prepare(kn, at, setting, &s->port, why);

	if (err)
		return err;
	s->ops = &listening;
	return khttp_step_end(kn, s, why);
}

static void shrink_shares(struct khttp_net *kn)
{
	struct khttp_group *g;

	list_for_each_entry(g, &kn->groups, link) {
		khttp_cache_shrink_share(kn->cache, g->share);
		cond_resched();
	}
}

static void commit_limits(struct khttp_net *kn, struct khttp_step *s)
{
	const struct khttp_event_info e = { .type = KHTTP_EVENT_LIMITS_CHANGED };
	u64 cache_bytes = kn->limits.cache_bytes;
	u64 cache_share = kn->limits.policy.cache_share;
	unsigned int i;

	for (i = 0; i < s->limits.n; i++)
		khttp_limits_set(&kn->limits, s->limits.list[i].row,
				 s->limits.list[i].value);
	kfree(s->limits.list);
	if (s->limits.has_ring)
		khttp_errors_resize(kn, s->limits.ring);
	if (khttp_groups_update(kn))
		khttp_step_outdate(kn, 0);
	if (kn->limits.cache_bytes != cache_bytes)
		khttp_cache_shrink(kn->cache);
	if (kn->limits.policy.cache_share != cache_share)
		shrink_shares(kn);
	khttp_step_rearm(kn);
	khttp_control_changed(kn, &e);
}

static void undo_limits(struct khttp_net *kn, struct khttp_step *s)
{
	kfree(s->limits.list);
	khttp_errors_drop(s->limits.ring);
}

static const struct khttp_step_ops limiting = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_limits,
	.undo = undo_limits,
};

/* Where one of them is about it, memory for a log of the new size */
static int prepare_log(struct khttp_net *kn, struct khttp_step *s,
		       const char **why)
{
	struct khttp_net_limits next = kn->limits;
	unsigned int i;

	/* So that it shows, whatever it is now */
	next.error_log = U64_MAX;
	for (i = 0; i < s->limits.n; i++)
		khttp_limits_set(&next, s->limits.list[i].row,
				 s->limits.list[i].value);
	s->limits.ring = NULL;
	s->limits.has_ring = next.error_log != U64_MAX;
	if (!s->limits.has_ring)
		return 0;
	if (!khttp_step_claim_log(kn)) {
		*why = "a transaction sets error_log once";
		return -EBUSY;
	}
	return khttp_errors_prepare(next.error_log, &s->limits.ring);
}

/**
 * khttp_control_limits_set - change limits
 * @kn: the namespace's root
 * @list: rows and values, checked by the caller
 * @n: entries in it
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, or -ENOMEM, -EBUSY: nothing was
 * changed.
 */
int khttp_control_limits_set(struct khttp_net *kn,
			     const struct khttp_limit_change *list,
			     unsigned int n, const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	int err;

	*why = "out of memory for the error log; nothing was changed";
	s->limits.n = n;
	s->limits.list = khttp_step_changes(list, n);
	if (!s->limits.list)
		return -ENOMEM;
	err = prepare_log(kn, s, why);
	if (err) {
		kfree(s->limits.list);
		return err;
	}
	s->ops = &limiting;
	return khttp_step_end(kn, s, why);
}
