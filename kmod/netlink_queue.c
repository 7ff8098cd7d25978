// SPDX-License-Identifier: GPL-2.0-only
/* Queues over netlink. */

#include <linux/cred.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "control.h"
#include "genl.h"
#include "net.h"
#include "netlink.h"
#include "who.h"

/* Numbers of the policy: where they go and what they may be */
static const struct number {
	int attr;
	size_t off;
	u32 min;
	u32 max;
	const char *why;
} numbers[] = {
	{ KHTTP_QUEUE_A_LENGTH, offsetof(struct khttp_queue_policy, length),
	  1, KHTTP_QUEUE_LENGTH_MAX, "length is 1 to 1000000 requests" },
	{ KHTTP_QUEUE_A_MODE, offsetof(struct khttp_queue_policy, mode),
	  0, 0777, "mode is permission bits, 0 to 0777" },
	{ KHTTP_QUEUE_A_REDELIVER, offsetof(struct khttp_queue_policy, redeliver),
	  0, KHTTP_REDELIVER_MAX, "redeliver is 0 (never) to 100 times" },
	{ KHTTP_QUEUE_A_REDELIVER_BODY,
	  offsetof(struct khttp_queue_policy, redeliver_body),
	  0, KHTTP_REDELIVER_BODY_MAX, "redeliver_body is 0 to 65536 bytes" },
	{ KHTTP_QUEUE_A_VERBOSITY, offsetof(struct khttp_queue_policy, verbosity),
	  0, KHTTP_VERBOSITY_MAX, "verbosity is full, limited or basic" },
	{ KHTTP_QUEUE_A_RETRY_AFTER,
	  offsetof(struct khttp_queue_policy, retry_after),
	  0, 86400, "retry_after is 0 (none) to 86400 seconds" },
};

static int get_numbers(struct genl_info *info, struct khttp_queue_policy *policy)
{
	const struct number *n;
	const struct nlattr *a;
	u32 value;

	for (n = numbers; n < numbers + ARRAY_SIZE(numbers); n++) {
		a = info->attrs[n->attr];
		if (!a)
			continue;
		value = nla_get_u32(a);
		if (value < n->min || value > n->max)
			return khttp_nl_refuse(info, a, -EINVAL, n->why);
		*(u32 *)((char *)policy + n->off) = value;
	}
	return 0;
}

static int get_owner(struct genl_info *info, struct khttp_queue_policy *policy)
{
	struct user_namespace *ns = current_user_ns();
	const struct nlattr *a = info->attrs[KHTTP_QUEUE_A_UID];

	if (a) {
		policy->uid = make_kuid(ns, nla_get_u32(a));
		if (!uid_valid(policy->uid))
			return khttp_nl_refuse(info, a, -EINVAL,
				"no such user id in your user namespace");
	}
	a = info->attrs[KHTTP_QUEUE_A_GID];
	if (a) {
		policy->gid = make_kgid(ns, nla_get_u32(a));
		if (!gid_valid(policy->gid))
			return khttp_nl_refuse(info, a, -EINVAL,
				"no such group id in your user namespace");
	}
	return 0;
}

/* Names with one comma between each two; that there are such queues is asked when
 * a request is handed on
 */
static bool names_ok(const char *names)
{
	unsigned int n = 0;

	while (*names) {
		size_t len = strchrnul(names, ',') - names;

		if (++n > KHTTP_DELEGATES_MAX || !khttp_nl_name_ok(names, len))
			return false;
		names += len;
		if (*names && !*++names)
			return false;
	}
	return true;
}

static int get_delegates(struct genl_info *info, struct khttp_queue_config *cfg)
{
	const struct nlattr *a = info->attrs[KHTTP_QUEUE_A_DELEGATES];

	if (!a)
		return 0;
	cfg->delegates = khttp_nl_text(info, KHTTP_QUEUE_A_DELEGATES, "");
	if (!cfg->delegates)
		return -EINVAL;
	if (!names_ok(cfg->delegates))
		return khttp_nl_refuse(info, a, -EINVAL,
			"delegates are up to 16 names of queues, with commas between them");
	return 0;
}

/* What the request has over what @cfg holds */
static int get_config(struct genl_info *info, struct khttp_queue_config *cfg)
{
	const struct nlattr *a = info->attrs[KHTTP_QUEUE_A_STATE];
	int err;

	if (a && nla_get_u32(a) > KHTTP_QUEUE_STATE_MAX)
		return khttp_nl_refuse(info, a, -EINVAL,
				       "state is active, inactive or offline");
	if (a)
		cfg->state = nla_get_u32(a);
	err = get_numbers(info, &cfg->policy) ?: get_delegates(info, cfg);
	if (err)
		return err;
	return get_owner(info, &cfg->policy);
}

int khttp_nl_queue_add(struct sk_buff *skb, struct genl_info *info)
{
	const char *name = khttp_nl_queue_name(info, KHTTP_QUEUE_A_NAME);
	struct khttp_queue_config cfg;
	struct khttp_net *kn;
	const char *why;
	int err;

	if (!name)
		return -EINVAL;
	khttp_control_queue_defaults(&cfg);
	err = get_config(info, &cfg);
	if (err)
		return err;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	err = khttp_control_queue_add(kn, name, &cfg, &why);
	khttp_nl_end(kn);
	if (err)
		khttp_nl_refuse(info, info->attrs[KHTTP_QUEUE_A_NAME], err, why);
	return err;
}

/* One change to the queue that the request names, by who may control it */
static int change(struct sk_buff *skb, struct genl_info *info,
		  int (*act)(struct genl_info *info, struct khttp_queue *q,
			     const struct khttp_who *who))
{
	struct khttp_who who;
	struct khttp_queue *q;
	struct khttp_net *kn;
	int err;

	if (!khttp_nl_queue_name(info, KHTTP_QUEUE_A_NAME))
		return -EINVAL;
	err = khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	q = khttp_nl_queue(info, kn, KHTTP_QUEUE_A_NAME);
	err = q ? khttp_nl_controls(info, &who, q) ?: act(info, q, &who) : -ENOENT;
	khttp_nl_end(kn);
	if (q)
		khttp_queue_put(q);
	return err;
}

/* What who controls it may not change with that alone: whose it is, and what others
 * get by it
 */
static int check_change(struct genl_info *info, const struct khttp_queue *q,
			const struct khttp_queue_policy *p,
			const struct khttp_who *who)
{
	bool owner = khttp_who_is(who, q->policy.uid);

	if (who->admin)
		return 0;
	if (info->attrs[KHTTP_QUEUE_A_DELEGATES])
		return khttp_nl_refuse(info, info->attrs[KHTTP_QUEUE_A_DELEGATES],
			-EPERM, "other delegates need CAP_NET_ADMIN");
	if (!uid_eq(p->uid, q->policy.uid))
		return khttp_nl_refuse(info, info->attrs[KHTTP_QUEUE_A_UID], -EPERM,
			"another owner needs CAP_NET_ADMIN");
	if (!gid_eq(p->gid, q->policy.gid) &&
	    !(owner && khttp_who_in(who, p->gid)))
		return khttp_nl_refuse(info, info->attrs[KHTTP_QUEUE_A_GID], -EPERM,
			"another group needs CAP_NET_ADMIN, or its owner in that group");
	if (p->mode != q->policy.mode && !owner)
		return khttp_nl_refuse(info, info->attrs[KHTTP_QUEUE_A_MODE], -EPERM,
			"another mode needs CAP_NET_ADMIN, or to be its owner");
	if (p->length > q->policy.length)
		return khttp_nl_refuse(info, info->attrs[KHTTP_QUEUE_A_LENGTH], -EPERM,
			"a higher length needs CAP_NET_ADMIN");
	return 0;
}

static int act_set(struct genl_info *info, struct khttp_queue *q,
		   const struct khttp_who *who)
{
	struct khttp_queue_config cfg;
	const char *why;
	int err;

	khttp_control_queue_config(q, &cfg);
	err = get_config(info, &cfg) ?: check_change(info, q, &cfg.policy, who);
	if (err)
		return err;
	err = khttp_control_queue_set(q, &cfg, &why);
	return err ? khttp_nl_refuse(info, NULL, err, why) : 0;
}

/* The family's flags have seen to it that it is CAP_NET_ADMIN */
static int act_del(struct genl_info *info, struct khttp_queue *q,
		   const struct khttp_who *who)
{
	const char *why;
	int err = khttp_control_queue_del(q, &why);

	return err ? khttp_nl_refuse(info, NULL, err, why) : 0;
}

static int act_drain(struct genl_info *info, struct khttp_queue *q,
		     const struct khttp_who *who)
{
	khttp_control_queue_drain(q);
	return 0;
}

int khttp_nl_queue_set(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, act_set);
}

int khttp_nl_queue_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, act_del);
}

int khttp_nl_queue_drain(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, act_drain);
}

static bool put_policy(struct sk_buff *skb, const struct khttp_queue *q,
		       const struct khttp_nl_reader *r)
{
	const struct khttp_queue_policy *p = &q->policy;
	const struct number *n;

	for (n = numbers; n < numbers + ARRAY_SIZE(numbers); n++)
		if (nla_put_u32(skb, n->attr, *(u32 *)((char *)p + n->off)))
			return false;
	return !nla_put_u32(skb, KHTTP_QUEUE_A_UID,
			    from_kuid_munged(r->user_ns, p->uid)) &&
	       !nla_put_u32(skb, KHTTP_QUEUE_A_GID,
			    from_kgid_munged(r->user_ns, p->gid));
}

static bool put_counter(struct sk_buff *skb, int attr, u64 value)
{
	return !nla_put_u64_64bit(skb, attr, value, KHTTP_QUEUE_A_PAD);
}

static bool put_usage(struct sk_buff *skb, struct khttp_queue *q)
{
	struct khttp_queue_usage u;

	khttp_queue_usage(q, &u);
	return !nla_put_u32(skb, KHTTP_QUEUE_A_WAITING, u.waiting) &&
	       !nla_put_u32(skb, KHTTP_QUEUE_A_IN_HAND, u.in_hand) &&
	       !nla_put_u32(skb, KHTTP_QUEUE_A_WORKERS, u.workers) &&
	       !nla_put_u32(skb, KHTTP_QUEUE_A_OLDEST_MS, u.oldest_ms) &&
	       put_counter(skb, KHTTP_QUEUE_A_RECEIVED, u.received) &&
	       put_counter(skb, KHTTP_QUEUE_A_DELIVERED, u.delivered) &&
	       put_counter(skb, KHTTP_QUEUE_A_ANSWERED, u.answered) &&
	       put_counter(skb, KHTTP_QUEUE_A_REFUSED, u.refused) &&
	       put_counter(skb, KHTTP_QUEUE_A_REDELIVERED, u.redelivered) &&
	       put_counter(skb, KHTTP_QUEUE_A_DIED, u.died) &&
	       put_counter(skb, KHTTP_QUEUE_A_TIMEOUT, u.timeout) &&
	       put_counter(skb, KHTTP_QUEUE_A_UPGRADED, u.upgraded) &&
	       !nla_put_u32(skb, KHTTP_QUEUE_A_UPGRADES, u.upgrades) &&
	       put_counter(skb, KHTTP_QUEUE_A_DELEGATED_OUT, u.delegated_out) &&
	       put_counter(skb, KHTTP_QUEUE_A_DELEGATED_IN, u.delegated_in);
}

static int put_queue(struct sk_buff *skb, void *hdr, struct khttp_queue *q,
		     const struct khttp_nl_reader *r)
{
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_QUEUE_A_NAME, q->name) ||
	    nla_put_u32(skb, KHTTP_QUEUE_A_ID, q->id) ||
	    nla_put_u32(skb, KHTTP_QUEUE_A_STATE, q->state) ||
	    nla_put_string(skb, KHTTP_QUEUE_A_DELEGATES, q->delegates ?: "") ||
	    (q->of_file && nla_put_flag(skb, KHTTP_QUEUE_A_OF_FILE)) ||
	    !put_policy(skb, q, r) || !put_usage(skb, q)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int reply_queue(struct genl_info *info, struct khttp_queue *q,
		       const struct khttp_nl_reader *r)
{
	struct sk_buff *skb;
	int err;

	if (!khttp_nl_sees(r, q))
		return khttp_nl_refuse(info, NULL, -EPERM,
			"only its owner, 'r' in its mode and CAP_NET_ADMIN look at a queue");
	skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	err = put_queue(skb, genlmsg_put_reply(skb, info, &khttp_genl_family, 0,
					       KHTTP_CMD_QUEUE_GET), q, r);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

int khttp_nl_queue_get(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_net *kn = khttp_net_of(genl_info_net(info));
	struct khttp_nl_reader reader;
	struct khttp_queue *q;
	int err;

	if (!khttp_nl_queue_name(info, KHTTP_QUEUE_A_NAME))
		return -EINVAL;
	khttp_nl_reader(&reader, skb);
	err = khttp_control_lock(kn);
	if (err)
		return err;
	q = khttp_nl_queue(info, kn, KHTTP_QUEUE_A_NAME);
	err = q ? reply_queue(info, q, &reader) : -ENOENT;
	khttp_control_unlock(kn);
	if (q)
		khttp_queue_put(q);
	return err;
}

static int put_one(struct sk_buff *skb, struct netlink_callback *cb,
		   struct khttp_queue *q, const struct khttp_nl_reader *r)
{
	return put_queue(skb, khttp_nl_dump_put(skb, cb, KHTTP_CMD_QUEUE_GET),
			 q, r);
}

int khttp_nl_queue_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return khttp_nl_queues_dump(skb, cb, put_one);
}
