// SPDX-License-Identifier: GPL-2.0-only
/* What a group says at its door, replaced as a whole. */

#include "door.h"

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/string.h>
#include <net/net_namespace.h>

#include "alloc.h"
#include "group.h"
#include "net.h"

static unsigned long page_netns_max = 16UL << 20;
module_param(page_netns_max, ulong, 0444);
MODULE_PARM_DESC(page_netns_max,
		 "bytes that error pages of a namespace other than the initial one may take");

/* ---- pages ---- */

/**
 * khttp_page_put - give up a reference
 * @p: the page
 *
 * Context: any. Large ones are no slab memory, which RCU can free from anywhere.
 */
void khttp_page_put(struct khttp_page *p)
{
	struct khttp_net *kn = p->net;

	if (!refcount_dec_and_test(&p->ref))
		return;
	atomic64_sub(p->charged, &kn->page_used);
	kvfree_rcu(p, rcu);
	khttp_net_put(kn);
}

/* Only what is configured adds, and that is serialised: no sum comes out too low */
static int charge(struct khttp_net *kn, u32 bytes, const char **why)
{
	u64 max = kn->limits.page_bytes;

	if (!net_eq(kn->net, &init_net))
		max = min_t(u64, max, page_netns_max);
	if (atomic64_read(&kn->page_used) + bytes > max) {
		*why = "no memory left for error pages; see 'khttpctl limits show page_bytes'";
		return -EDQUOT;
	}
	atomic64_add(bytes, &kn->page_used);
	return 0;
}

static struct khttp_page *make_page(struct khttp_net *kn,
				    const struct khttp_page_change *ch,
				    const char **why)
{
	u32 bytes = struct_size((struct khttp_page *)NULL, body, ch->len);
	struct khttp_page *p;
	int err;

	err = charge(kn, bytes, why);
	if (err)
		return ERR_PTR(err);
	p = khttp_kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!p) {
		atomic64_sub(bytes, &kn->page_used);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&p->ref, 1);
	p->status = ch->status;
	p->len = ch->len;
	p->charged = bytes;
	khttp_net_get(kn);
	p->net = kn;
	strscpy(p->type, ch->type, sizeof(p->type));
	memcpy(p->body, ch->body, ch->len);
	return p;
}

/* ---- doors ---- */

static void free_door(struct rcu_head *rcu)
{
	struct khttp_door *d = container_of(rcu, struct khttp_door, rcu);
	u32 i;

	for (i = 0; i < d->n; i++)
		khttp_page_put(d->pages[i]);
	kfree(d);
}

/**
 * khttp_door_put - give up a reference
 * @d: the door
 *
 * Its pages wait for RCU with it: who found it there may take one of them.
 * Context: any.
 */
void khttp_door_put(struct khttp_door *d)
{
	if (refcount_dec_and_test(&d->ref))
		call_rcu(&d->rcu, free_door);
}

/**
 * khttp_door_get - what a group says now, for as long as a request goes on
 * @at: the group's
 *
 * One whose last reference is gone was replaced before that.
 *
 * Context: rcu_read_lock held. Returns NULL where the group says nothing.
 */
struct khttp_door *khttp_door_get(struct khttp_door __rcu *const *at)
{
	struct khttp_door *d;

	do
		d = rcu_dereference(*at);
	while (d && !refcount_inc_not_zero(&d->ref));
	return d;
}

/**
 * khttp_door_page - the page for a status
 * @d: the door, or NULL
 * @status: of the refusal
 *
 * Context: rcu_read_lock or a reference to the door held; it keeps the page.
 */
struct khttp_page *khttp_door_page(const struct khttp_door *d, u16 status)
{
	u32 i;

	for (i = 0; d && i < d->n; i++)
		if (d->pages[i]->status == status)
			return d->pages[i];
	return NULL;
}

/* ---- control path ---- */

static struct khttp_door *copy_door(const struct khttp_door *old)
{
	struct khttp_door *d = khttp_kzalloc(sizeof(*d), GFP_KERNEL_ACCOUNT);
	u32 i;

	if (!d)
		return NULL;
	refcount_set(&d->ref, 1);
	d->retry_after = KHTTP_DOOR_RETRY_AFTER;
	strscpy(d->server, KHTTP_SERVER, sizeof(d->server));
	if (!old)
		return d;
	d->maintenance = old->maintenance;
	d->retry_after = old->retry_after;
	strscpy(d->server, old->server, sizeof(d->server));
	for (i = 0; i < old->n; i++) {
		d->pages[i] = old->pages[i];
		khttp_page_get(d->pages[i]);
	}
	d->n = old->n;
	return d;
}

/* The place of a page for this status; d->n: there is none yet */
static u32 place_of(const struct khttp_door *d, u16 status)
{
	u32 i = 0;

	while (i < d->n && d->pages[i]->status != status)
		i++;
	return i;
}

static int change_page(struct khttp_net *kn, struct khttp_door *d,
		       const struct khttp_page_change *ch, const char **why)
{
	u32 i = place_of(d, ch->status);
	struct khttp_page *p;

	if (!ch->body) {
		if (i == d->n)
			return 0;
		khttp_page_put(d->pages[i]);
		d->pages[i] = d->pages[--d->n];
		return 0;
	}
	if (i == KHTTP_PAGES_MAX) {
		*why = "no more than 16 pages in a group; set those to none that are not needed";
		return -E2BIG;
	}
	p = make_page(kn, ch, why);
	if (IS_ERR(p))
		return PTR_ERR(p);
	if (i == d->n)
		d->n++;
	else
		khttp_page_put(d->pages[i]);
	d->pages[i] = p;
	return 0;
}

/* Nobody sees @d yet */
static int change(struct khttp_net *kn, struct khttp_door *d,
		  const struct khttp_door_change *ch, const char **why)
{
	int err = 0;
	u32 i;

	if (ch->server)
		strscpy(d->server, ch->server, sizeof(d->server));
	if (ch->has_maintenance)
		d->maintenance = ch->maintenance;
	if (ch->has_retry_after)
		d->retry_after = ch->retry_after;
	for (i = 0; i < ch->n && !err; i++)
		err = change_page(kn, d, &ch->pages[i], why);
	return err;
}

static bool says_nothing(const struct khttp_door *d)
{
	return !d->n && !d->maintenance &&
	       d->retry_after == KHTTP_DOOR_RETRY_AFTER &&
	       !strcmp(d->server, KHTTP_SERVER);
}

static struct khttp_door *in_force(const struct khttp_net *kn,
				   const struct khttp_group *g)
{
	return rcu_dereference_protected(g->door, lockdep_is_held(&kn->config));
}

const struct khttp_door *khttp_door_of(const struct khttp_net *kn,
				       const struct khttp_group *g)
{
	return in_force(kn, g);
}

/**
 * khttp_door_make - what a group is to say at its door
 * @kn: the namespace's root
 * @g: the group
 * @ch: what is to be another than now, or than what is staged, checked by the
 *	caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns the door for khttp_door_publish() or
 * khttp_door_drop(), which may be NULL, or ERR_PTR: -E2BIG, -EDQUOT, -ENOMEM.
 */
struct khttp_door *khttp_door_make(struct khttp_net *kn, struct khttp_group *g,
				   const struct khttp_door_change *ch,
				   const char **why)
{
	struct khttp_door *new;
	int err;

	lockdep_assert_held(&kn->config);
	*why = "out of memory; try again later";
	new = copy_door(g->door_staged ? g->next_door : in_force(kn, g));
	if (!new)
		return ERR_PTR(-ENOMEM);
	err = change(kn, new, ch, why);
	if (!err && !says_nothing(new))
		return new;
	khttp_door_put(new);
	return ERR_PTR(err);
}

/**
 * khttp_door_publish - it says that from now on
 * @kn: the namespace's root
 * @g: the group
 * @new: of khttp_door_make(); the group's from now on
 *
 * Context: net->config held. True: the Server field is another one now.
 */
bool khttp_door_publish(struct khttp_net *kn, struct khttp_group *g,
			struct khttp_door *new)
{
	struct khttp_door *old = in_force(kn, g);
	bool renamed = strcmp(new ? new->server : KHTTP_SERVER,
			      old ? old->server : KHTTP_SERVER);

	rcu_assign_pointer(g->door, new);
	if (old)
		khttp_door_put(old);
	return renamed;
}

/**
 * khttp_door_drop - it was not published
 * @d: of khttp_door_make()
 */
void khttp_door_drop(struct khttp_door *d)
{
	if (d)
		khttp_door_put(d);
}

/**
 * khttp_door_end - a group goes
 * @g: the group
 *
 * Context: net->config held.
 */
void khttp_door_end(struct khttp_group *g)
{
	struct khttp_door *d = rcu_replace_pointer(g->door, NULL, true);

	if (d)
		khttp_door_put(d);
}
