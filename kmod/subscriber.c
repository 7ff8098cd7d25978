// SPDX-License-Identifier: GPL-2.0-only
/* Sockets that are told of the events of what their openers may see. */

#include "subscriber.h"

#include <linux/cred.h>
#include <linux/lockdep.h>
#include <linux/rculist.h>

#include "alloc.h"
#include "net.h"
#include "user.h"
#include "who.h"

static struct khttp_subscriber *find(struct khttp_net *kn, u32 portid)
{
	struct khttp_subscriber *s;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(s, &kn->subscribers, link)
		if (s->portid == portid)
			return s;
	return NULL;
}

/**
 * khttp_subscriber_add - tell this socket, too
 * @kn: the namespace's root
 * @who: whose socket
 * @portid: of the socket, whose release calls khttp_subscriber_del()
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EDQUOT or -ENOMEM.
 */
int khttp_subscriber_add(struct khttp_net *kn, const struct khttp_who *who,
			 u32 portid, const char **why)
{
	kuid_t counted = who->user->fsuid;
	struct khttp_subscriber *s;
	int err;

	if (find(kn, portid))
		return 0;
	err = khttp_user_charge(kn, counted, KHTTP_USER_SUBSCRIBER, why);
	if (err)
		return err;
	s = khttp_kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s) {
		khttp_user_uncharge(kn, counted, KHTTP_USER_SUBSCRIBER);
		*why = "out of memory; try again later";
		return -ENOMEM;
	}
	s->portid = portid;
	s->counted = counted;
	s->cred = get_cred(who->opener);
	list_add_tail_rcu(&s->link, &kn->subscribers);
	return 0;
}

static void free_subscriber(struct rcu_head *rcu)
{
	struct khttp_subscriber *s = container_of(rcu, struct khttp_subscriber,
						  rcu);

	put_cred(s->cred);
	kfree(s);
}

static void drop(struct khttp_net *kn, struct khttp_subscriber *s)
{
	list_del_rcu(&s->link);
	khttp_user_uncharge(kn, s->counted, KHTTP_USER_SUBSCRIBER);
	call_rcu(&s->rcu, free_subscriber);
}

void khttp_subscriber_del(struct khttp_net *kn, u32 portid)
{
	struct khttp_subscriber *s = find(kn, portid);

	if (s)
		drop(kn, s);
}

/**
 * khttp_subscribers_destroy - all of a namespace that ends
 * @kn: the namespace's root, dead: no event is sent any more
 *
 * Sockets may be left where the module goes before them.
 *
 * Context: net->config held.
 */
void khttp_subscribers_destroy(struct khttp_net *kn)
{
	struct khttp_subscriber *s, *next;

	list_for_each_entry_safe(s, next, &kn->subscribers, link)
		drop(kn, s);
}
