// SPDX-License-Identifier: GPL-2.0-only
/* Transactions over netlink: what a socket changes is made now, or staged. */

#include <linux/netlink.h>
#include <linux/notifier.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "compat.h"
#include "control.h"
#include "genl.h"
#include "net.h"
#include "netlink.h"
#include "networks.h"
#include "subscriber.h"
#include "transaction.h"

/* As much of a text as is shown whole behind "change NNNNN: " */
#define REASON_TEXT_MAX	65

/* Of this socket, where it has one: then net->config is held */
static struct khttp_transaction *lock_open(struct khttp_net *kn, u32 portid)
{
	struct khttp_transaction *t;

	if (list_empty_careful(&kn->transactions) || khttp_control_lock(kn))
		return NULL;
	t = khttp_transaction_find(kn, portid);
	if (!t)
		khttp_control_unlock(kn);
	return t;
}

/**
 * khttp_nl_change - a change: made at once, or staged
 * @skb: the request's message
 * @info: the request
 *
 * Context: sleeps.
 */
int khttp_nl_change(struct sk_buff *skb, struct genl_info *info)
{
	const struct khttp_genl_change *c =
		khttp_genl_change(info->genlhdr->cmd);
	struct khttp_net *kn = khttp_net_of(genl_info_net(info));
	struct khttp_transaction *t = lock_open(kn, info->snd_portid);
	const char *why;
	int err;

	if (!t)
		return c->make(skb, info);
	err = khttp_transaction_stage(kn, t, info->nlhdr, &why);
	khttp_control_unlock(kn);
	return err ? khttp_nl_refuse(info, NULL, err, why) : 0;
}

int khttp_nl_transaction_begin(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_net *kn;
	const char *why;
	int err;

	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	err = khttp_transaction_begin(kn, info->snd_portid, &why);
	khttp_nl_end(kn);
	return err ? khttp_nl_refuse(info, NULL, err, why) : 0;
}

/* The transaction that there has to be, or NULL: refused */
static struct khttp_transaction *required(struct genl_info *info,
					  struct khttp_net *kn)
{
	struct khttp_transaction *t = khttp_transaction_find(kn, info->snd_portid);

	if (!t)
		khttp_nl_refuse(info, NULL, -ENOENT,
			"this socket has no transaction; begin one first");
	return t;
}

int khttp_nl_transaction_abort(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_transaction *t;
	struct khttp_net *kn;
	int err;

	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	t = required(info, kn);
	if (t)
		khttp_transaction_drop(kn, t);
	khttp_nl_end(kn);
	return t ? 0 : -ENOENT;
}

/* The request that is committed, and its namespace */
struct commit {
	struct sk_buff *skb;
	struct genl_info *info;
	struct khttp_net *kn;
};

/* A message as if it came now: it did pass its policy when it came */
static int replay(void *arg, const struct nlmsghdr *message)
{
	struct commit *at = arg;
	struct genlmsghdr *head = nlmsg_data(message);
	const struct khttp_genl_change *c = khttp_genl_change(head->cmd);
	struct nlattr *attrs[KHTTP_GENL_CHANGE_ATTRS] = {};
	struct genl_info info = *at->info;
	int err;

	err = nlmsg_parse(message, GENL_HDRLEN, attrs, c->maxattr, c->policy,
			  info.extack);
	if (err)
		return err;
	info.nlhdr = (struct nlmsghdr *)message;
	info.genlhdr = head;
	info.attrs = attrs;
	info.user_ptr[0] = at->kn;
	return c->make(at->skb, &info);
}

static int answer(struct genl_info *info, const struct khttp_net *kn, u32 changes)
{
	struct sk_buff *skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	/* It is done: nothing that comes now may say that it is not */
	if (!skb)
		return 0;
	hdr = genlmsg_put_reply(skb, info, &khttp_genl_family, 0,
				KHTTP_CMD_TRANSACTION_COMMIT);
	if (!hdr || nla_put_u64_64bit(skb, KHTTP_TRANSACTION_A_GENERATION,
				      kn->generation,
				      KHTTP_TRANSACTION_A_PAD) ||
	    nla_put_u32(skb, KHTTP_TRANSACTION_A_CHANGES, changes)) {
		nlmsg_free(skb);
		return 0;
	}
	genlmsg_end(skb, hdr);
	genlmsg_reply(skb, info);
	return 0;
}

/* Which it was, for programs; the refusal itself follows */
static void tell_change(struct genl_info *info, u32 index)
{
	struct sk_buff *skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!skb)
		return;
	hdr = genlmsg_put_reply(skb, info, &khttp_genl_family, 0,
				KHTTP_CMD_TRANSACTION_COMMIT);
	if (!hdr || nla_put_u32(skb, KHTTP_TRANSACTION_A_INDEX, index)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_reply(skb, info);
}

/* The attribute at fault is not one of the message that is answered */
static void name_change(struct genl_info *info, u32 index)
{
	char why[REASON_TEXT_MAX + 2];

	if (!info->extack)
		return;
	info->extack->bad_attr = NULL;
	info->extack->policy = NULL;
	if (!info->extack->_msg)
		info->extack->_msg = "out of memory; try again later";
	if (strscpy(why, info->extack->_msg, sizeof(why)) >= 0)
		KHTTP_NL_SET_TEXT(info->extack, "change %u: %s", index, why);
}

static int run(struct sk_buff *skb, struct genl_info *info, struct khttp_net *kn,
	       struct khttp_transaction *t)
{
	struct commit at = { .skb = skb, .info = info, .kn = kn };
	const char *why = NULL;
	u32 index = 0, n = t->n;
	int err;

	err = khttp_transaction_run(kn, t, replay, &at, &index, &why);
	if (!err)
		return answer(info, kn, n);
	if (why)
		khttp_nl_refuse(info, NULL, err, why);
	if (index == n)
		return err;
	tell_change(info, index);
	name_change(info, index);
	return err;
}

int khttp_nl_transaction_commit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *a = info->attrs[KHTTP_TRANSACTION_A_GENERATION];
	struct khttp_transaction *t;
	struct khttp_net *kn;
	int err;

	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	t = required(info, kn);
	if (!t)
		err = -ENOENT;
	else if (a && nla_get_u64(a) != kn->generation)
		err = khttp_nl_refuse(info, a, -ESTALE,
			"the configuration has changed meanwhile; read it again");
	else
		err = run(skb, info, kn, t);
	if (t)
		khttp_transaction_drop(kn, t);
	khttp_nl_end(kn);
	return err;
}

/*
 * A socket goes, and with it what it has begun and what it is told: its port's number
 * may be another's next. Most sockets begin nothing: no lock is taken for them.
 */
static int released(struct notifier_block *block, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;
	struct khttp_transaction *t;
	struct khttp_net *kn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	kn = khttp_net_of(n->net);
	if (list_empty_careful(&kn->stages) &&
	    list_empty_careful(&kn->transactions) &&
	    list_empty_careful(&kn->subscribers))
		return NOTIFY_DONE;
	mutex_lock(&kn->config);
	khttp_networks_abort(kn, n->portid);
	khttp_subscriber_del(kn, n->portid);
	t = khttp_transaction_find(kn, n->portid);
	if (t)
		khttp_transaction_drop(kn, t);
	mutex_unlock(&kn->config);
	return NOTIFY_DONE;
}

static struct notifier_block on_release = { .notifier_call = released };

/**
 * khttp_nl_release_init - hear of sockets that go
 *
 * Context: sleeps.
 */
int __init khttp_nl_release_init(void)
{
	return khttp_may_fail(netlink_register_notifier(&on_release));
}

/**
 * khttp_nl_release_exit - no more
 *
 * Context: sleeps. No request comes any more.
 */
void khttp_nl_release_exit(void)
{
	netlink_unregister_notifier(&on_release);
}
