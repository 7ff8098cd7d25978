/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who is told of events without CAP_NET_ADMIN, which the multicast group needs:
 * a netlink socket, of the queues that its opener may see.
 */
#ifndef _KHTTP_SUBSCRIBER_H
#define _KHTTP_SUBSCRIBER_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/uidgid.h>

struct cred;
struct khttp_net;
struct khttp_who;

struct khttp_subscriber {
	struct list_head link;		/* net->subscribers; readers under RCU */
	/* set once */
	struct rcu_head rcu;
	const struct cred *cred;	/* of the socket's opener; with a reference */
	kuid_t counted;			/* as whose */
	u32 portid;
};

/*
 * All: net->config held, sleep. Add: 0, also for one that is there, -EDQUOT,
 * -ENOSPC or -ENOMEM with *@why. Del: it may not be there
 */
int khttp_subscriber_add(struct khttp_net *kn, const struct khttp_who *who,
			 u32 portid, const char **why);
void khttp_subscriber_del(struct khttp_net *kn, u32 portid);
/* All of a namespace that ends */
void khttp_subscribers_destroy(struct khttp_net *kn);

#endif
