// SPDX-License-Identifier: GPL-2.0-only
/* Who may bind what: made, looked up and asked for. */

#include "reservation.h"

#include <linux/cred.h>
#include <linux/lockdep.h>

#include "alloc.h"
#include "http/uri.h"
#include "net.h"
#include "user.h"
#include "who.h"

static const char no_memory[] = "out of memory; try again later";
static const char reserved_already[] =
	"it is reserved already: delete that first, 'khttpctl reservation del'";

static struct khttp_reservation *of_url(struct khttp_url *url)
{
	return url ? container_of(url, struct khttp_reservation, at) : NULL;
}

static int parse(const char *text, size_t len, struct khttp_prefix *p,
		 const char **why)
{
	*why = khttp_prefix_parse(text, min_t(size_t, len, U32_MAX), p);
	if (*why)
		return -EINVAL;
	if (p->scheme == KHTTP_SCHEME_HTTP)
		return 0;
	*why = "https ends in front (HAProxy): reserve the http prefix it forwards to";
	return -EOPNOTSUPP;
}

/* The longest that is shorter, or NULL: the root, which is CAP_NET_ADMIN's */
static struct khttp_reservation *parent_of(struct khttp_net *kn,
					   const struct khttp_prefix *p)
{
	struct khttp_prefix above = *p;

	if (above.path.len < 2)
		return NULL;
	do {
		above.path.len--;
	} while (above.path.ptr[above.path.len - 1] != '/');
	return of_url(khttp_router_cover(kn->reserved, &above));
}

static bool grants(const struct khttp_reservation *r,
		   const struct khttp_who *who, u32 right)
{
	if (!(r->to.rights & right))
		return false;
	return (uid_valid(r->to.uid) && khttp_who_is(who, r->to.uid)) ||
	       (gid_valid(r->to.gid) && khttp_who_in(who, r->to.gid));
}

/**
 * khttp_reservation_let - may he bind this prefix?
 * @kn: the namespace's root
 * @who: who
 * @p: parsed, of no prefix that is registered
 * @granted: set to whether he may have any port by it
 * @why: text when he may not
 *
 * Context: net->config held. Returns 0 or -EPERM.
 */
int khttp_reservation_let(struct khttp_net *kn, const struct khttp_who *who,
			  const struct khttp_prefix *p, bool *granted,
			  const char **why)
{
	const struct khttp_reservation *r;

	lockdep_assert_held(&kn->config);
	*granted = false;
	if (who->admin)
		return 0;
	r = of_url(khttp_router_cover(kn->reserved, p));
	if (!r) {
		*why = "no reservation covers it: this needs CAP_NET_ADMIN";
		return -EPERM;
	}
	if (!grants(r, who, KHTTP_RIGHT_LISTEN)) {
		*why = "it is reserved for others: 'khttpctl reservation check'";
		return -EPERM;
	}
	*granted = r->binds;
	return 0;
}

/* In normal form, and @p parsed again from that */
static struct khttp_reservation *alloc(struct khttp_prefix *p)
{
	struct khttp_reservation *r = NULL;
	char *text;
	u32 len;

	text = khttp_url_text(p, &len);
	if (!text)
		return NULL;
	r = khttp_kzalloc(struct_size(r, at.prefix, len + 1), GFP_KERNEL_ACCOUNT);
	if (!r)
		goto out;
	memcpy(r->at.prefix, text, len);
	r->at.prefix_len = len;
	INIT_LIST_HEAD(&r->at.link);
	if (khttp_prefix_parse(r->at.prefix, len, p)) {
		kfree(r);
		r = NULL;
		goto out;
	}
	r->at.path_off = p->path.ptr - r->at.prefix;
out:
	kfree(text);
	return r;
}

/* He may do so below @parent; *@binds: with ports of CAP_NET_BIND_SERVICE */
static int may_reserve(const struct khttp_reservation *parent,
		       const struct khttp_who *who, bool *binds,
		       const char **why)
{
	*binds = who->binds;
	if (who->admin)
		return 0;
	if (parent && grants(parent, who, KHTTP_RIGHT_DELEGATE)) {
		*binds |= parent->binds;
		return 0;
	}
	*why = parent ?
	       "needs CAP_NET_ADMIN, or 'delegate' in the reservation above it" :
	       "needs CAP_NET_ADMIN: there is no reservation above it that could delegate";
	return -EPERM;
}

/* Counted already. With a place of its own */
static struct khttp_reservation *build_reservation(struct khttp_net *kn, struct khttp_prefix *p,
						   const struct khttp_reservation *like,
						   const char **why)
{
	struct khttp_reservation *r;
	int err;

	*why = no_memory;
	r = alloc(p);
	if (!r)
		return ERR_PTR(-ENOMEM);
	r->to = like->to;
	r->creator = like->creator;
	r->counted = like->counted;
	r->binds = like->binds;
	err = khttp_router_enter(kn->reserved, &r->at, p);
	if (err) {
		kfree(r);
		return ERR_PTR(err);
	}
	WRITE_ONCE(kn->n_reservations, kn->n_reservations + 1);
	return r;
}

/* May it be made, and by whose right? */
static int check(struct khttp_net *kn, const struct khttp_who *who,
		 const struct khttp_prefix *p, struct khttp_reservation **old,
		 bool *binds, const char **why)
{
	*old = of_url(khttp_router_find(kn->reserved, p));
	if (*old && (!(*old)->at.leaving || (*old)->at.replaced)) {
		*why = reserved_already;
		return -EEXIST;
	}
	return may_reserve(parent_of(kn, p), who, binds, why);
}

/**
 * khttp_reservation_make - a prefix that is to be reserved
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @to: to whom what is granted, checked by the caller
 * @old: set to the one of the same prefix, which is leaving, or NULL
 * @why: text when it fails
 *
 * Who is no administrator makes every change alone: none of those that decide about
 * his rights is leaving.
 *
 * Context: net->config held, sleeps. Returns it, or ERR_PTR: see reservation.h.
 */
struct khttp_reservation *
khttp_reservation_make(struct khttp_net *kn, const struct khttp_who *who,
		       const char *prefix, size_t len,
		       const struct khttp_grantee *to,
		       struct khttp_reservation **old, const char **why)
{
	struct khttp_reservation like = {
		.to = *to,
		.creator = who->user->fsuid,
		.counted = khttp_who_counts(who),
	};
	struct khttp_reservation *r;
	struct khttp_prefix p;
	int err;

	lockdep_assert_held(&kn->config);
	err = parse(prefix, len, &p, why) ?:
	      check(kn, who, &p, old, &like.binds, why);
	if (err)
		return ERR_PTR(err);
	if (kn->n_reservations >= KHTTP_RESERVATIONS_MAX) {
		*why = "no more than 4096 reservations in a network namespace";
		return ERR_PTR(-ENOSPC);
	}
	err = khttp_user_charge(kn, like.counted, KHTTP_USER_RESERVATION, why);
	if (err)
		return ERR_PTR(err);
	r = build_reservation(kn, &p, &like, why);
	if (IS_ERR(r))
		khttp_user_uncharge(kn, like.counted, KHTTP_USER_RESERVATION);
	return r;
}

/**
 * khttp_reservation_publish - requests find it
 * @kn: the namespace's root
 * @r: of khttp_reservation_make()
 * @old: the one whose place it takes, or NULL
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EEXIST, -ENOMEM.
 */
int khttp_reservation_publish(struct khttp_net *kn, struct khttp_reservation *r,
			      struct khttp_reservation *old, const char **why)
{
	int err = 0;

	if (old)
		khttp_router_exchange(kn->reserved, &old->at, &r->at);
	else
		err = khttp_router_show(kn->reserved, &r->at);
	if (err)
		*why = err == -EEXIST ? reserved_already : no_memory;
	return err;
}

/**
 * khttp_reservation_unpublish - the opposite of khttp_reservation_publish()
 * @kn: the namespace's root
 * @r: what was published
 * @old: in whose place, or NULL
 *
 * Context: net->config held, sleeps.
 */
void khttp_reservation_unpublish(struct khttp_net *kn, struct khttp_reservation *r,
				 struct khttp_reservation *old)
{
	if (old)
		khttp_router_exchange(kn->reserved, &r->at, &old->at);
	else
		khttp_router_hide(kn->reserved, &r->at);
}

static void free_rcu(struct rcu_head *rcu)
{
	kfree(of_url(container_of(rcu, struct khttp_url, rcu)));
}

/**
 * khttp_reservation_drop - end of one that requests do not find
 * @kn: the namespace's root
 * @r: it; requests that found it are waited for by RCU
 *
 * Context: net->config held.
 */
void khttp_reservation_drop(struct khttp_net *kn, struct khttp_reservation *r)
{
	khttp_router_leave(kn->reserved, &r->at);
	WRITE_ONCE(kn->n_reservations, kn->n_reservations - 1);
	khttp_user_uncharge(kn, r->counted, KHTTP_USER_RESERVATION);
	call_rcu(&r->at.rcu, free_rcu);
}

/**
 * khttp_reservation_find - a reservation that is to be deleted
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @why: text when it fails
 *
 * Context: net->config held. Returns it, or ERR_PTR: see reservation.h.
 */
struct khttp_reservation *
khttp_reservation_find(struct khttp_net *kn, const struct khttp_who *who,
		       const char *prefix, size_t len, const char **why)
{
	struct khttp_reservation *r, *parent;
	struct khttp_prefix p;
	int err;

	lockdep_assert_held(&kn->config);
	err = parse(prefix, len, &p, why);
	if (err)
		return ERR_PTR(err);
	r = of_url(khttp_router_find(kn->reserved, &p));
	if (!r || r->at.leaving) {
		*why = "no such reservation; 'khttpctl reservation list' shows them";
		return ERR_PTR(-ENOENT);
	}
	parent = parent_of(kn, &p);
	if (who->admin || khttp_who_is(who, r->creator) ||
	    (parent && grants(parent, who, KHTTP_RIGHT_DELEGATE)))
		return r;
	*why = "needs CAP_NET_ADMIN, to have made it, or 'delegate' in the one above it";
	return ERR_PTR(-EPERM);
}

/**
 * khttp_reservation_del - no longer reserved
 * @kn: the namespace's root
 * @r: it; gone for the caller
 *
 * What is bound under it stays bound.
 *
 * Context: net->config held.
 */
void khttp_reservation_del(struct khttp_net *kn, struct khttp_reservation *r)
{
	khttp_router_hide(kn->reserved, &r->at);
	khttp_reservation_drop(kn, r);
}

/**
 * khttp_reservation_of - which one decides about a prefix
 * @kn: the namespace's root
 * @prefix: text as it was given
 * @len: its length
 * @why: text when it fails
 *
 * Context: net->config held; the result is valid while it is. Or ERR_PTR:
 * -EINVAL, -EOPNOTSUPP, -ENOENT.
 */
struct khttp_reservation *khttp_reservation_of(struct khttp_net *kn,
					       const char *prefix, size_t len,
					       const char **why)
{
	struct khttp_reservation *r;
	struct khttp_prefix p;
	int err;

	lockdep_assert_held(&kn->config);
	err = parse(prefix, len, &p, why);
	if (err)
		return ERR_PTR(err);
	r = of_url(khttp_router_cover(kn->reserved, &p));
	if (r)
		return r;
	*why = "no reservation covers it: only CAP_NET_ADMIN may bind it";
	return ERR_PTR(-ENOENT);
}

struct khttp_reservation *khttp_reservation_next(struct khttp_net *kn, u64 id)
{
	return of_url(khttp_router_next(kn->reserved, id));
}

/**
 * khttp_reservations_destroy - all of a namespace that ends
 * @kn: the namespace's root
 *
 * Context: net->config held, sleeps.
 */
void khttp_reservations_destroy(struct khttp_net *kn)
{
	struct khttp_reservation *r;

	while ((r = khttp_reservation_next(kn, 0))) {
		khttp_reservation_del(kn, r);
		cond_resched();
	}
}
