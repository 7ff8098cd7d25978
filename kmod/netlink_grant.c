// SPDX-License-Identifier: GPL-2.0-only
/* Grants of queues over netlink. Made they are by ioctl, which gives a descriptor. */

#include <linux/pid.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "control.h"
#include "genl.h"
#include "grant.h"
#include "net.h"
#include "netlink.h"
#include "queue.h"
#include "who.h"

static int put_grant(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct khttp_grant *g,
		     const struct khttp_nl_reader *r)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_GRANT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_GRANT_A_QUEUE, g->queue->name) ||
	    nla_put_u32(skb, KHTTP_GRANT_A_ID, g->id) ||
	    nla_put_u32(skb, KHTTP_GRANT_A_PID, pid_nr_ns(g->pid, r->pid_ns)) ||
	    nla_put_u32(skb, KHTTP_GRANT_A_UID,
			from_kuid_munged(r->user_ns, g->uid)) ||
	    nla_put_string(skb, KHTTP_GRANT_A_COMM, g->comm) ||
	    nla_put_u32(skb, KHTTP_GRANT_A_MAX_WORKERS, g->max_workers) ||
	    nla_put_u32(skb, KHTTP_GRANT_A_WORKERS, g->workers) ||
	    nla_put_u64_64bit(skb, KHTTP_GRANT_A_ATTACHED, g->attached,
			      KHTTP_GRANT_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_GRANT_A_SINCE, g->since,
			      KHTTP_GRANT_A_PAD) ||
	    (g->revoked && nla_put_flag(skb, KHTTP_GRANT_A_REVOKED))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int put_grants(struct sk_buff *skb, struct netlink_callback *cb,
		      struct khttp_queue *q, const struct khttp_nl_reader *r)
{
	struct khttp_nl_cursor *at = (struct khttp_nl_cursor *)cb->ctx;
	const struct khttp_grant *g;
	int err = 0;

	spin_lock_bh(&q->lock);
	list_for_each_entry(g, &q->grants, link) {
		if (g->id < at->in)
			continue;
		err = put_grant(skb, cb, g, r);
		if (err)
			break;
		at->in = (u64)g->id + 1;
	}
	spin_unlock_bh(&q->lock);
	return err;
}

int khttp_nl_grant_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return khttp_nl_queues_dump(skb, cb, put_grants);
}

static int reply(struct genl_info *info, const struct khttp_grants_revoked *done)
{
	struct sk_buff *skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &khttp_genl_family, 0,
				KHTTP_CMD_GRANT_REVOKE);
	if (!hdr || nla_put_u32(skb, KHTTP_GRANT_A_COUNT, done->grants) ||
	    nla_put_u32(skb, KHTTP_GRANT_A_WORKERS, done->workers)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/* Who could have made them: see khttp_grant_make() */
static int revoke(struct genl_info *info, struct khttp_queue *q,
		  const struct khttp_who *who)
{
	const struct nlattr *id = info->attrs[KHTTP_GRANT_A_ID];
	struct khttp_grants_revoked done;

	if (!who->admin && !khttp_who_is(who, q->policy.uid))
		return khttp_nl_refuse(info, NULL, -EPERM,
			"only its owner and CAP_NET_ADMIN may revoke a queue's grants");
	khttp_grants_revoke(q, id ? nla_get_u32(id) : 0,
			    info->attrs[KHTTP_GRANT_A_DETACH], &done);
	if (id && !done.grants)
		return khttp_nl_refuse(info, id, -ESRCH,
			"the queue has no such grant; 'khttpctl queue grants' lists them");
	return reply(info, &done);
}

int khttp_nl_grant_revoke(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *id = info->attrs[KHTTP_GRANT_A_ID];
	struct khttp_who who;
	struct khttp_queue *q;
	struct khttp_net *kn;
	int err;

	if (!khttp_nl_queue_name(info, KHTTP_GRANT_A_QUEUE))
		return -EINVAL;
	if (!id == !info->attrs[KHTTP_GRANT_A_ALL] || (id && !nla_get_u32(id)))
		return khttp_nl_refuse(info, id, -EINVAL,
				       "name the grant by its id, or say all");
	err = khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	q = khttp_nl_queue(info, kn, KHTTP_GRANT_A_QUEUE);
	err = q ? revoke(info, q, &who) : -ENOENT;
	khttp_nl_end(kn);
	if (q)
		khttp_queue_put(q);
	return err;
}
