/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the control side can do: checked requests of netlink (and, later, of a
 * worker's file) to objects. Each change is one step of the generation and one
 * event. Between khttp_step_begin() and khttp_step_end() it is prepared; see step.h.
 */
#ifndef _KHTTP_CONTROL_H
#define _KHTTP_CONTROL_H

#include <linux/types.h>

#include "door.h"
#include "queue.h"

struct khttp_event_info;
struct khttp_filter_entry;
struct khttp_grantee;
struct khttp_group;
struct khttp_limit_change;
struct khttp_limiter_config;
struct khttp_net;
struct khttp_networks_chunk;
struct khttp_place;
struct khttp_setting;
struct khttp_step;
struct khttp_url;
struct khttp_url_order;
struct khttp_who;

struct khttp_queue_config {
	struct khttp_queue_policy policy;
	u8 state;			/* enum khttp_queue_state */
	const char *delegates;		/* NULL: as they are */
};

/* Lock and unlock net->config. 0 or -EINTR: a fatal signal came */
int __must_check khttp_control_lock(struct khttp_net *kn);
void khttp_control_unlock(struct khttp_net *kn);

/*
 * All below: net->config held, sleep; 0 or -errno with *@why, a static text for
 * the administrator.
 */

/* What a queue has that nobody configured further; owner is the caller */
void khttp_control_queue_defaults(struct khttp_queue_config *cfg);
int khttp_control_queue_add(struct khttp_net *kn, const char *name,
			    const struct khttp_queue_config *cfg,
			    const char **why);
/* What it has, or is about to have by the changes under way */
void khttp_control_queue_config(const struct khttp_queue *q,
				struct khttp_queue_config *cfg);
int khttp_control_queue_set(struct khttp_queue *q,
			    const struct khttp_queue_config *cfg,
			    const char **why);
/* Its prefixes go with it */
int khttp_control_queue_del(struct khttp_queue *q, const char **why);
void khttp_control_queue_drain(struct khttp_queue *q);
/* One of its workers; false: there is none with this id */
bool khttp_control_worker_drain(struct khttp_queue *q, u32 id);

/* What a group is to set, all or none; checked */
struct khttp_group_change {
	struct khttp_limit_change *list; /* rows of a policy */
	unsigned int n;
	struct khttp_door_change door;
};

int khttp_control_group_add(struct khttp_queue *q, const char *name,
			    const struct khttp_group_change *ch,
			    const char **why);
int khttp_control_group_set(struct khttp_net *kn, struct khttp_group *g,
			    const struct khttp_group_change *ch,
			    const char **why);
/* @force: its prefixes go with it; else -EBUSY while there are any */
int khttp_control_group_del(struct khttp_net *kn, struct khttp_group *g,
			    bool force, const char **why);

/* Of a queue: they end / are about to by the change @s, or are not after all */
void khttp_control_groups_end(struct khttp_queue *q);
void khttp_control_groups_leave(struct khttp_queue *q,
				const struct khttp_step *s, bool leave);

int khttp_control_url_add(struct khttp_group *g, const struct khttp_url_order *o,
			  const char **why);
int khttp_control_url_del(struct khttp_net *kn, const struct khttp_who *who,
			  const char *prefix, size_t len, const char **why);

/* Gone for the caller. Never fails */
void khttp_control_url_end(struct khttp_net *kn, struct khttp_url *url);

/* control_reservation.c: see reservation.h */
int khttp_control_reservation_add(struct khttp_net *kn,
				  const struct khttp_who *who,
				  const char *prefix, size_t len,
				  const struct khttp_grantee *to,
				  const char **why);
int khttp_control_reservation_del(struct khttp_net *kn,
				  const struct khttp_who *who,
				  const char *prefix, size_t len,
				  const char **why);

/* @s NULL: back to the defaults */
int khttp_control_listener_set(struct khttp_net *kn,
			       const struct khttp_place *at,
			       const struct khttp_setting *setting,
			       const char **why);

/* All or none: the values have been checked against their rows. 0 or -ENOMEM */
int khttp_control_limits_set(struct khttp_net *kn,
			     const struct khttp_limit_change *list,
			     unsigned int n, const char **why);

/* control_filter.c: see filter.h, networks.h and rates.h for the errors */
int khttp_control_filter_set(struct khttp_net *kn, struct khttp_group *g,
			     const struct khttp_filter_entry *list, u32 n,
			     const u64 *generation, const char **why, u32 *at);
int khttp_control_networks_load(struct khttp_net *kn, u32 portid,
				const char *name,
				const struct khttp_networks_chunk *chunk,
				const char **why);
int khttp_control_networks_del(struct khttp_net *kn, const char *name,
			       const char **why);
int khttp_control_rate_set(struct khttp_net *kn, const char *name,
			   const struct khttp_limiter_config *cfg,
			   const char **why);
int khttp_control_rate_del(struct khttp_net *kn, const char *name,
			   const char **why);

/* A step of the generation, and its event. Never fails */
void khttp_control_changed(struct khttp_net *kn,
			   const struct khttp_event_info *e);

#endif
