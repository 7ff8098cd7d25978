// SPDX-License-Identifier: GPL-2.0-only
/* What users hold: a short list, as only those who hold something stand in it. */

#include "user.h"

#include <linux/lockdep.h>
#include <linux/slab.h>

#include "alloc.h"
#include "net.h"

static const struct {
	u32 each;
	u32 all;
	const char *why;
} bounds[KHTTP_USER__COUNT] = {
	[KHTTP_USER_RESERVATION] = {
		KHTTP_USER_RESERVATIONS_MAX, KHTTP_RESERVATIONS_MAX,
		"a user makes no more than 256 reservations",
	},
	[KHTTP_USER_URL] = {
		KHTTP_USER_URLS_MAX, KHTTP_USERS_URLS_MAX,
		"a user binds no more than 256 prefixes, all of them no more than 16384",
	},
	[KHTTP_USER_QUEUE] = {
		KHTTP_USER_QUEUES_MAX, KHTTP_USERS_QUEUES_MAX,
		"a user's files make no more than 64 queues, those of all no more than 4096",
	},
	[KHTTP_USER_SUBSCRIBER] = {
		KHTTP_USER_SUBSCRIBERS_MAX, KHTTP_USERS_SUBSCRIBERS_MAX,
		"no more than 64 sockets of a user, and 1024 of all, are told of events",
	},
	[KHTTP_USER_LOG_READER] = {
		KHTTP_USER_LOG_READERS_MAX, KHTTP_USERS_LOG_READERS_MAX,
		"a user reads the access log no more than twice, all of them 16 times",
	},
};

static struct khttp_user *find(struct khttp_net *kn, kuid_t uid)
{
	struct khttp_user *u;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(u, &kn->users, link)
		if (uid_eq(u->uid, uid))
			return u;
	return NULL;
}

static struct khttp_user *find_or_make(struct khttp_net *kn, kuid_t uid)
{
	struct khttp_user *u = find(kn, uid);

	if (u)
		return u;
	u = khttp_kzalloc(sizeof(*u), GFP_KERNEL_ACCOUNT);
	if (!u)
		return NULL;
	u->uid = uid;
	list_add_tail(&u->link, &kn->users);
	return u;
}

static void drop_if_empty(struct khttp_user *u)
{
	unsigned int i;

	for (i = 0; i < KHTTP_USER__COUNT; i++)
		if (u->holds[i])
			return;
	list_del(&u->link);
	kfree(u);
}

/**
 * khttp_user_charge - he gets one more
 * @kn: the namespace's root
 * @uid: who; INVALID_UID: an administrator, of whom nothing is counted
 * @kind: of what
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EDQUOT or -ENOMEM.
 */
int khttp_user_charge(struct khttp_net *kn, kuid_t uid,
		      enum khttp_user_kind kind, const char **why)
{
	struct khttp_user *u;

	if (!uid_valid(uid))
		return 0;
	u = find_or_make(kn, uid);
	if (!u) {
		*why = "out of memory; try again later";
		return -ENOMEM;
	}
	if (u->holds[kind] >= bounds[kind].each ||
	    kn->users_hold[kind] >= bounds[kind].all) {
		drop_if_empty(u);
		*why = bounds[kind].why;
		return -EDQUOT;
	}
	u->holds[kind]++;
	kn->users_hold[kind]++;
	return 0;
}

/**
 * khttp_user_uncharge - and one less
 * @kn: the namespace's root
 * @uid: as it was charged
 * @kind: of what
 *
 * Context: net->config held.
 */
void khttp_user_uncharge(struct khttp_net *kn, kuid_t uid,
			 enum khttp_user_kind kind)
{
	struct khttp_user *u;

	if (!uid_valid(uid))
		return;
	u = find(kn, uid);
	if (WARN_ON_ONCE(!u || !u->holds[kind]))
		return;
	u->holds[kind]--;
	kn->users_hold[kind]--;
	drop_if_empty(u);
}
