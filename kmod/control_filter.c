// SPDX-License-Identifier: GPL-2.0-only
/* Changes of filters, sets of networks and rates, each with its event. */

#include "control.h"
#include "event.h"
#include "filter.h"
#include "group.h"
#include "net.h"
#include "networks.h"
#include "rates.h"

/* A set or a rate: of no group, as many may name it */
static void shared_changed(struct khttp_net *kn)
{
	const struct khttp_event_info e = { .type = KHTTP_EVENT_FILTER_CHANGED };

	khttp_control_changed(kn, &e);
}

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
 * Context: net->config held, sleeps. Returns as khttp_filter_set().
 */
int khttp_control_filter_set(struct khttp_net *kn, struct khttp_group *g,
			     const struct khttp_filter_entry *list, u32 n,
			     const u64 *generation, const char **why, u32 *at)
{
	int err = khttp_filter_set(kn, g, list, n, generation, why, at);
	const struct khttp_event_info e = {
		.type = KHTTP_EVENT_FILTER_CHANGED,
		.queue = g->queue->name,
		.group = g->name,
	};

	if (!err)
		khttp_control_changed(kn, &e);
	return err;
}

/**
 * khttp_control_networks_load - networks of a set that is to be
 * @kn: the namespace's root
 * @portid: the socket they come from
 * @name: the set's name, checked by the caller
 * @chunk: some of them, or the last
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_networks_load().
 */
int khttp_control_networks_load(struct khttp_net *kn, u32 portid,
				const char *name,
				const struct khttp_networks_chunk *chunk,
				const char **why)
{
	int err = khttp_networks_load(kn, portid, name, chunk, why);

	if (!err && !chunk->more)
		shared_changed(kn);
	return err;
}

/**
 * khttp_control_networks_del - end of a set
 * @kn: the namespace's root
 * @name: its name
 * @why: text when it fails
 *
 * Context: net->config held. Returns 0, -ENOENT, -EBUSY.
 */
int khttp_control_networks_del(struct khttp_net *kn, const char *name,
			       const char **why)
{
	int err = khttp_networks_del(kn, name, why);

	if (!err)
		shared_changed(kn);
	return err;
}

/**
 * khttp_control_rate_set - make a rate, or change it in place
 * @kn: the namespace's root
 * @name: checked by the caller
 * @cfg: what it is to be
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_limiter_set().
 */
int khttp_control_rate_set(struct khttp_net *kn, const char *name,
			   const struct khttp_limiter_config *cfg,
			   const char **why)
{
	int err = khttp_limiter_set(kn, name, cfg, why);

	if (!err)
		shared_changed(kn);
	return err;
}

/**
 * khttp_control_rate_del - end of a rate
 * @kn: the namespace's root
 * @name: its name
 * @why: text when it fails
 *
 * Context: net->config held. Returns 0, -ENOENT, -EBUSY.
 */
int khttp_control_rate_del(struct khttp_net *kn, const char *name,
			   const char **why)
{
	int err = khttp_limiter_del(kn, name, why);

	if (!err)
		shared_changed(kn);
	return err;
}
