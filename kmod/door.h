/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a site says at its door: the Server field, pages of its own for what the
 * kernel refuses, and that it is closed for maintenance.
 *
 *   object       made by            ends
 *   khttp_door   khttp_door_make    replaced, or with its group; once the last
 *                                   request that came through it is gone
 *   khttp_page   khttp_door_make    with the last door that has it and the last
 *                                   answer that sends it
 *
 * A group that sets nothing has no door. A door never changes: a change makes a
 * next one, which shares the pages that stay, and publishes it. So a request is
 * answered by what its group said when it came.
 *
 * Pages are charged to the cgroup of who configures (GFP_KERNEL_ACCOUNT) and held
 * to the limit page_bytes, in other namespaces than the initial one also to the
 * module parameter page_netns_max, until their memory is free again.
 */
#ifndef _KHTTP_DOOR_H
#define _KHTTP_DOOR_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/khttp.h>

struct khttp_group;
struct khttp_net;

/* The Server field of who says nothing about it */
#define KHTTP_SERVER	KHTTP_SERVER_DEFAULT

/* Seconds, in the 503s of a maintenance whose end nobody told */
#define KHTTP_DOOR_RETRY_AFTER	60

struct khttp_page {
	refcount_t ref;			/* doors, answers under way */
	u16 status;			/* that it is for */
	u32 len;
	u32 charged;
	struct khttp_net *net;		/* holds a reference, for the charge */
	struct rcu_head rcu;
	char type[KHTTP_PAGE_TYPE_MAX];	/* Content-Type; NUL-terminated */
	char body[];
};

struct khttp_door {
	refcount_t ref;			/* its group, requests that came through */
	bool maintenance;
	u32 retry_after;		/* seconds, with maintenance; 0: not told */
	char server[KHTTP_SERVER_MAX];	/* NUL-terminated; empty: no field */
	u32 n;
	struct rcu_head rcu;
	struct khttp_page *pages[KHTTP_PAGES_MAX]; /* one for a status */
};

/* What the Server field says, or NULL: there is none. @d: NULL for no door */
static inline const char *khttp_door_server(const struct khttp_door *d)
{
	if (likely(!d))
		return KHTTP_SERVER;
	return d->server[0] ? d->server : NULL;
}

/* The page for a status, or NULL. It stays as long as the door. @d: as above */
struct khttp_page *khttp_door_page(const struct khttp_door *d, u16 status);

/* With a reference, or NULL. Context: rcu_read_lock held */
struct khttp_door *khttp_door_get(struct khttp_door __rcu *const *at);
void khttp_door_put(struct khttp_door *d);	/* any context */

static inline void khttp_page_get(struct khttp_page *p)
{
	refcount_inc(&p->ref);
}

void khttp_page_put(struct khttp_page *p);	/* any context */

/*
 * Control path. Context of all below: net->config held, sleep.
 */

/* One page of a change; what it points to is the caller's */
struct khttp_page_change {
	u16 status;
	u32 len;
	const char *type;		/* Content-Type, NUL-terminated */
	const void *body;		/* NULL: there is none any more */
};

/* Checked by the caller */
struct khttp_door_change {
	const char *server;		/* "": no field; NULL: as it was */
	bool has_maintenance;
	bool maintenance;
	bool has_retry_after;
	u32 retry_after;
	u32 n;
	struct khttp_page_change pages[KHTTP_PAGES_MAX];
};

/* Does it say anything? */
static inline bool khttp_door_changes(const struct khttp_door_change *ch)
{
	return ch->server || ch->has_maintenance || ch->has_retry_after || ch->n;
}

/*
 * All that can fail: what the group is to say, NULL for nothing, or ERR_PTR -E2BIG,
 * -EDQUOT, -ENOMEM with a static text in *@why. Then either of the others.
 */
struct khttp_door *khttp_door_make(struct khttp_net *kn, struct khttp_group *g,
				   const struct khttp_door_change *ch,
				   const char **why);
/* True: the Server field is another one now */
bool khttp_door_publish(struct khttp_net *kn, struct khttp_group *g,
			struct khttp_door *new);
void khttp_door_drop(struct khttp_door *d);
/* The one in force, or NULL */
const struct khttp_door *khttp_door_of(const struct khttp_net *kn,
				       const struct khttp_group *g);
/* Its group goes */
void khttp_door_end(struct khttp_group *g);

#endif
