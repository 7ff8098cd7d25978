/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reservation: who may bind at or below a prefix without CAP_NET_ADMIN.
 *
 * It stands in a router of its own, in the place that a registered prefix has in
 * the other one, and takes part in routing from there: what would be its
 * holder's goes to nobody else (dispatch.c).
 */
#ifndef _KHTTP_RESERVATION_H
#define _KHTTP_RESERVATION_H

#include <linux/types.h>
#include <linux/uidgid.h>

#include "router.h"

struct khttp_net;
struct khttp_prefix;
struct khttp_who;

/* To whom what is granted */
struct khttp_grantee {
	kuid_t uid;			/* or INVALID_UID: to no user */
	kgid_t gid;			/* or INVALID_GID: to no group */
	u32 rights;			/* KHTTP_RIGHT_* */
};

/* Set once; but for its place under net->config */
struct khttp_reservation {
	struct khttp_grantee to;
	kuid_t creator;
	kuid_t counted;			/* as whose, or INVALID_UID */
	bool binds;			/* also ports of CAP_NET_BIND_SERVICE */
	struct khttp_url at;		/* without group and sockets; the last */
};

/*
 * All below: net->config held, sleep; 0 or -errno with *@why.
 *
 * Made with a place, unknown to requests, and then published, as a url (router.h):
 * it, and in @old the one that is about to end there, or NULL. -EINVAL,
 * -EOPNOTSUPP, -EEXIST, -EPERM (no right to), -ENOSPC, -EDQUOT, -ENOMEM
 */
struct khttp_reservation *
khttp_reservation_make(struct khttp_net *kn, const struct khttp_who *who,
		       const char *prefix, size_t len,
		       const struct khttp_grantee *to,
		       struct khttp_reservation **old, const char **why);
/* -ENOMEM, -EEXIST */
int khttp_reservation_publish(struct khttp_net *kn, struct khttp_reservation *r,
			      struct khttp_reservation *old, const char **why);
void khttp_reservation_unpublish(struct khttp_net *kn, struct khttp_reservation *r,
				 struct khttp_reservation *old);
/* Of one that no request finds any more, or that none has found */
void khttp_reservation_drop(struct khttp_net *kn, struct khttp_reservation *r);
/* The one with this prefix, for who may delete it; or ERR_PTR: -EINVAL,
 * -EOPNOTSUPP, -ENOENT, -EPERM
 */
struct khttp_reservation *
khttp_reservation_find(struct khttp_net *kn, const struct khttp_who *who,
		       const char *prefix, size_t len, const char **why);
/* No new request finds it; gone for the caller */
void khttp_reservation_del(struct khttp_net *kn, struct khttp_reservation *r);
/* May he bind this prefix? -EPERM. *@granted: any port, by the reservation */
int khttp_reservation_let(struct khttp_net *kn, const struct khttp_who *who,
			  const struct khttp_prefix *p, bool *granted,
			  const char **why);

/* The one that decides about a prefix, or ERR_PTR: -EINVAL, -ENOENT */
struct khttp_reservation *khttp_reservation_of(struct khttp_net *kn,
					       const char *prefix, size_t len,
					       const char **why);
/* The first with an id of @id or more in net->reserved, or NULL */
struct khttp_reservation *khttp_reservation_next(struct khttp_net *kn, u64 id);

/* All of a namespace that ends. Context: net->config held, sleeps */
void khttp_reservations_destroy(struct khttp_net *kn);

#endif
