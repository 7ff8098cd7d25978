// SPDX-License-Identifier: GPL-2.0-only
/* Changes of filters, sets of networks and rates, each with its event. */

#include "control.h"
#include "event.h"
#include "filter.h"
#include "group.h"
#include "net.h"
#include "networks.h"
#include "rates.h"
#include "step.h"

/* A set or a rate: of no group, as many may name it */
static void shared_changed(struct khttp_net *kn)
{
	const struct khttp_event_info e = { .type = KHTTP_EVENT_FILTER_CHANGED };

	khttp_control_changed(kn, &e);
}

/* ---- rules ---- */

static void commit_filter(struct khttp_net *kn, struct khttp_step *s)
{
	const struct khttp_group *g = s->filter.g;
	const struct khttp_event_info e = {
		.type = KHTTP_EVENT_FILTER_CHANGED,
		.of = g->queue,
		.queue = g->queue->name,
		.group = g->name,
	};

	khttp_filter_settle(kn, s->filter.g, s->filter.before);
	khttp_control_changed(kn, &e);
}

static int publish_filter(struct khttp_net *kn, struct khttp_step *s, const char **why)
{
	s->filter.before = khttp_filter_publish(kn, s->filter.g, s->filter.f);
	return 0;
}

static void withdraw_filter(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_filter_publish(kn, s->filter.g, s->filter.before);
}

static void undo_filter(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_filter_drop(kn, s->filter.g, s->filter.f);
}

static const struct khttp_step_ops filtering = {
	.rank = KHTTP_STEP_CHANGE,
	.publish = publish_filter,
	.withdraw = withdraw_filter,
	.commit = commit_filter,
	.undo = undo_filter,
};

/**
 * khttp_control_filter_set - the rules of a group, all at once
 * @kn: the namespace's root
 * @g: the group
 * @list: its rules from now on
 * @n: how many
 * @generation: what the list in force has to have, or NULL
 * @why: text when it fails
 * @at: the entry at fault, or @n
 *
 * Context: net->config held, sleeps. Returns as khttp_filter_make().
 */
int khttp_control_filter_set(struct khttp_net *kn, struct khttp_group *g,
			     const struct khttp_filter_entry *list, u32 n,
			     const u64 *generation, const char **why, u32 *at)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	struct khttp_filter *f;

	f = khttp_filter_make(kn, g, list, n, generation, why, at);
	if (IS_ERR(f))
		return PTR_ERR(f);
	s->filter.g = g;
	s->filter.f = f;
	s->ops = &filtering;
	return khttp_step_end(kn, s, why);
}

/* ---- sets ---- */

static void commit_load(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_networks_settle(kn, s->networks.load, s->networks.before);
	shared_changed(kn);
}

static int publish_load(struct khttp_net *kn, struct khttp_step *s, const char **why)
{
	s->networks.before = khttp_networks_publish(kn, s->networks.set, s->networks.load);
	return 0;
}

static void withdraw_load(struct khttp_net *kn, struct khttp_step *s)
{
	/* A new one keeps what it has for who looks at it still: it goes as a whole */
	if (s->networks.before)
		khttp_networks_publish(kn, s->networks.set, s->networks.before);
}

static void undo_load(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_networks_undo(kn, s->networks.set, s->networks.load,
			    s->networks.made);
}

static const struct khttp_step_ops loading = {
	.rank = KHTTP_STEP_CHANGE,
	.publish = publish_load,
	.withdraw = withdraw_load,
	.commit = commit_load,
	.undo = undo_load,
};

/**
 * khttp_control_networks_load - networks of a set that is to be
 * @kn: the namespace's root
 * @portid: the socket they come from
 * @name: the set's name, checked by the caller
 * @chunk: some of them, or the last
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_networks_load() and
 * khttp_networks_hold().
 */
int khttp_control_networks_load(struct khttp_net *kn, u32 portid,
				const char *name,
				const struct khttp_networks_chunk *chunk,
				const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	struct khttp_networks_load *load;
	struct khttp_networks *set;
	bool made;
	int err;

	err = khttp_networks_load(kn, portid, name, chunk, &load, why);
	if (err || !load)
		return err;
	set = khttp_networks_hold(kn, name, load, &made, why);
	if (IS_ERR(set))
		return PTR_ERR(set);
	s->networks.set = set;
	s->networks.load = load;
	s->networks.made = made;
	s->ops = &loading;
	return khttp_step_end(kn, s, why);
}

static int publish_unnamed(struct khttp_net *kn, struct khttp_step *s,
			   const char **why)
{
	if (!khttp_filters_name(kn, s->networks.set))
		return 0;
	*why = "rules name this set; 'khttpctl filter list' shows them";
	return -EBUSY;
}

static void commit_networks_del(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_networks_end(kn, s->networks.set);
	shared_changed(kn);
}

static void undo_networks_del(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_networks_mark(s->networks.set, false);
}

static const struct khttp_step_ops deleting_networks = {
	.rank = KHTTP_STEP_END_NAMED,
	.publish = publish_unnamed,
	.commit = commit_networks_del,
	.undo = undo_networks_del,
};

/**
 * khttp_control_networks_del - end of a set
 * @kn: the namespace's root
 * @name: its name
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -ENOENT, -EBUSY.
 */
int khttp_control_networks_del(struct khttp_net *kn, const char *name,
			       const char **why)
{
	struct khttp_networks *set = khttp_networks_find(kn, khttp_span_str(name));
	struct khttp_step own, *s = khttp_step_begin(kn, &own);

	if (!set) {
		*why = "no such set; 'khttpctl networks list' shows them";
		return -ENOENT;
	}
	s->networks.set = set;
	khttp_networks_mark(set, true);
	s->ops = &deleting_networks;
	return khttp_step_end(kn, s, why);
}

/* ---- rates ---- */

static void commit_rate(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_limiter_set(s->rate.l, &s->rate.cfg);
	shared_changed(kn);
}

static void undo_rate(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_limiter_plan(s->rate.l, s->rate.before);
}

static const struct khttp_step_ops setting_rate = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_rate,
	.undo = undo_rate,
};

static void commit_new_rate(struct khttp_net *kn, struct khttp_step *s)
{
	shared_changed(kn);
}

static void undo_new_rate(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_limiter_end(kn, s->rate.l);
}

static const struct khttp_step_ops adding_rate = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_new_rate,
	.undo = undo_new_rate,
};

/**
 * khttp_control_rate_set - make a rate, or change it in place
 * @kn: the namespace's root
 * @name: checked by the caller
 * @cfg: what it is to be
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_limiter_check() or
 * khttp_limiter_create().
 */
int khttp_control_rate_set(struct khttp_net *kn, const char *name,
			   const struct khttp_limiter_config *cfg,
			   const char **why)
{
	struct khttp_limiter *l = khttp_limiter_find(kn, khttp_span_str(name));
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	int err = 0;

	s->ops = l ? &setting_rate : &adding_rate;
	if (l) {
		err = khttp_limiter_check(l, cfg, why);
		s->rate.cfg = *cfg;
		if (!err)
			s->rate.before = khttp_limiter_plan(l, &s->rate.cfg);
	} else {
		l = khttp_limiter_create(kn, name, cfg, why);
		err = PTR_ERR_OR_ZERO(l);
	}
	s->rate.l = l;
	if (!err)
		return khttp_step_end(kn, s, why);
	s->ops = NULL;
	return err;
}

static int publish_unnamed_rate(struct khttp_net *kn, struct khttp_step *s,
				const char **why)
{
	if (!khttp_filters_name(kn, s->rate.l))
		return 0;
	*why = "rules name this rate; 'khttpctl filter list' shows them";
	return -EBUSY;
}

static void commit_rate_del(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_limiter_end(kn, s->rate.l);
	shared_changed(kn);
}

static void undo_rate_del(struct khttp_net *kn, struct khttp_step *s)
{
	khttp_limiter_mark(s->rate.l, false);
}

static const struct khttp_step_ops deleting_rate = {
	.rank = KHTTP_STEP_END_NAMED,
	.publish = publish_unnamed_rate,
	.commit = commit_rate_del,
	.undo = undo_rate_del,
};

/**
 * khttp_control_rate_del - end of a rate
 * @kn: the namespace's root
 * @name: its name
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -ENOENT, -EBUSY.
 */
int khttp_control_rate_del(struct khttp_net *kn, const char *name,
			   const char **why)
{
	struct khttp_limiter *l = khttp_limiter_find(kn, khttp_span_str(name));
	struct khttp_step own, *s = khttp_step_begin(kn, &own);

	if (!l) {
		*why = "no such rate; 'khttpctl rate list' shows them";
		return -ENOENT;
	}
	s->rate.l = l;
	khttp_limiter_mark(l, true);
	s->ops = &deleting_rate;
	return khttp_step_end(kn, s, why);
}
