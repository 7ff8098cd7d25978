/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What users without CAP_NET_ADMIN hold in a namespace, so that none of them
 * fills it: so much each, so much together (KHTTP_USER_*_MAX, KHTTP_USERS_*_MAX).
 */
#ifndef _KHTTP_USER_H
#define _KHTTP_USER_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct khttp_net;

enum khttp_user_kind {
	KHTTP_USER_RESERVATION,
	KHTTP_USER_URL,
	KHTTP_USER_QUEUE,
	KHTTP_USER_SUBSCRIBER,
	KHTTP_USER_LOG_READER,
	KHTTP_USER__COUNT
};

/* One who holds something. Under net->config */
struct khttp_user {
	struct list_head link;		/* net->users */
	kuid_t uid;
	u32 holds[KHTTP_USER__COUNT];
};

/*
 * One more, one less; of INVALID_UID nothing is counted. Context: net->config
 * held; charging sleeps. 0, -EDQUOT or -ENOMEM with *@why
 */
int __must_check khttp_user_charge(struct khttp_net *kn, kuid_t uid,
				   enum khttp_user_kind kind, const char **why);
void khttp_user_uncharge(struct khttp_net *kn, kuid_t uid,
			 enum khttp_user_kind kind);

#endif
