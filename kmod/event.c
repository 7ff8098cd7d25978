// SPDX-License-Identifier: GPL-2.0-only
/* Events to the multicast group. */

#include "event.h"

#include <linux/pid.h>
#include <linux/rculist.h>
#include <linux/ktime.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "genl.h"
#include "net.h"
#include "netlink.h"
#include "queue.h"
#include "subscriber.h"
#include "trace.h"

/*
 * A multicast message has many readers, and a process id means something else
 * in each pid namespace: the initial network namespace is told the host's
 * number, any other the number by which the worker knows itself. WORKER_GET
 * translates exactly.
 */
static u32 pid_number(struct pid *pid, const struct net *net)
{
	if (net_eq(net, &init_net))
		return pid_nr(pid);
	return pid->numbers[pid->level].nr;
}

static bool fill(struct sk_buff *skb, const struct khttp_event_info *e,
		 const struct net *net)
{
	void *hdr = genlmsg_put(skb, 0, 0, &khttp_genl_family, 0,
				KHTTP_CMD_EVENT);

	if (!hdr)
		return false;
	if (nla_put_u32(skb, KHTTP_EVENT_A_TYPE, e->type) ||
	    nla_put_u64_64bit(skb, KHTTP_EVENT_A_TIME, ktime_get_real_ns(),
			      KHTTP_EVENT_A_PAD))
		return false;
	if (e->queue && nla_put_string(skb, KHTTP_EVENT_A_QUEUE, e->queue))
		return false;
	if (e->group && nla_put_string(skb, KHTTP_EVENT_A_GROUP, e->group))
		return false;
	if (e->url && khttp_nl_put_text(skb, KHTTP_EVENT_A_URL, e->url,
					e->url_len))
		return false;
	if (e->tag && khttp_nl_put_text(skb, KHTTP_EVENT_A_TAG, e->tag, e->tag_len))
		return false;
	if (e->recursive && nla_put_flag(skb, KHTTP_EVENT_A_RECURSIVE))
		return false;
	if (e->soft && nla_put_flag(skb, KHTTP_EVENT_A_SOFT))
		return false;
	if (e->missed && nla_put_u64_64bit(skb, KHTTP_EVENT_A_MISSED, e->missed,
					   KHTTP_EVENT_A_PAD))
		return false;
	if (e->listener &&
	    nla_put_string(skb, KHTTP_EVENT_A_LISTENER, e->listener))
		return false;
	if (e->worker && nla_put_u32(skb, KHTTP_EVENT_A_WORKER, e->worker))
		return false;
	if (e->pid && nla_put_u32(skb, KHTTP_EVENT_A_PID,
				  pid_number(e->pid, net)))
		return false;
	if (e->has_count &&
	    nla_put_u64_64bit(skb, KHTTP_EVENT_A_COUNT, e->count,
			      KHTTP_EVENT_A_PAD))
		return false;
	genlmsg_end(skb, hdr);
	return true;
}

static struct sk_buff *make(struct net *net, const struct khttp_event_info *e)
{
	struct sk_buff *skb;

	skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE + e->url_len, GFP_ATOMIC);
	if (!skb || fill(skb, e, net))
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static void multicast(struct net *net, const struct khttp_event_info *e)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&khttp_genl_family, net,
				KHTTP_GENL_GROUP_EVENTS))
		return;
	skb = make(net, e);
	if (skb)
		genlmsg_multicast_netns(&khttp_genl_family, net, skb, 0,
					KHTTP_GENL_GROUP_EVENTS, GFP_ATOMIC);
	else
		/* As to one whose buffer is full: to look for himself */
		genl_set_err(&khttp_genl_family, net, 0, KHTTP_GENL_GROUP_EVENTS, -ENOBUFS);
}

/* Whose buffer is full is told so by ENOBUFS, as the group's members are */
static void tell_subscribers(struct khttp_net *kn,
			     const struct khttp_event_info *e)
{
	const struct khttp_subscriber *s;
	struct sk_buff *skb;

	list_for_each_entry_rcu(s, &kn->subscribers, link) {
		if (!khttp_queue_lets(e->of, s->cred, KHTTP_QUEUE_SEE))
			continue;
		skb = make(kn->net, e);
		if (skb)
			genlmsg_unicast(kn->net, skb, s->portid);
	}
}

static void tell(struct khttp_net *kn, const struct khttp_event_info *e)
{
	multicast(kn->net, e);
	if (e->of)
		tell_subscribers(kn, e);
}

/**
 * khttp_event_send - tell who listens, or traces, what happened
 * @kn: the namespace's root
 * @e: what happened; copied
 *
 * The namespace is marked dead a grace period before it goes, and the family
 * marked down a grace period before it is unregistered: inside the read-side
 * section both are there.
 *
 * Context: any but hard interrupt.
 */
void khttp_event_send(struct khttp_net *kn, const struct khttp_event_info *e)
{
	khttp_trace_event(kn, e);
	rcu_read_lock();
	if (!READ_ONCE(kn->dead) && khttp_genl_up())
		tell(kn, e);
	rcu_read_unlock();
}

/* The group is open to all who may read of the log what is theirs: no word. NULL: no
 * memory
 */
static struct sk_buff *make_bell(void)
{
	struct sk_buff *skb = khttp_genlmsg_new(0, GFP_ATOMIC);

	if (!skb || genlmsg_put(skb, 0, 0, &khttp_genl_family, 0, KHTTP_CMD_ERROR_READY))
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static bool bell(struct net *net)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&khttp_genl_family, net,
				KHTTP_GENL_GROUP_ERRORS))
		return true;
	skb = make_bell();
	/* Whose buffer is full is told so, and looks; and so does who is told this */
	if (skb)
		genlmsg_multicast_netns(&khttp_genl_family, net, skb, 0,
					KHTTP_GENL_GROUP_ERRORS, GFP_ATOMIC);
	else
		genl_set_err(&khttp_genl_family, net, 0, KHTTP_GENL_GROUP_ERRORS, -ENOBUFS);
	return skb;
}

/**
 * khttp_event_errors - tell who follows the error log that it goes on
 * @kn: the namespace's root
 *
 * Context: any but hard interrupt, rcu_read_lock held as in khttp_event_send().
 * False: memory is short, and who wants no ENOBUFS was not told.
 */
bool khttp_event_errors(struct khttp_net *kn)
{
	if (READ_ONCE(kn->dead) || !khttp_genl_up())
		return true;
	return bell(kn->net);
}
