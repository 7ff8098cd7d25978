// SPDX-License-Identifier: GPL-2.0-only
/* Sets of networks over netlink, and what becomes of a load that broke off. */

#include <linux/netlink.h>
#include <linux/notifier.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "control.h"
#include "genl.h"
#include "net.h"
#include "netlink.h"
#include "networks.h"
#include "subscriber.h"

/* Bytes of networks in one answer: less than any socket takes in */
#define PIECE		8192

static void take_bytes(const struct nlattr *a, struct khttp_networks_chunk *c,
		       u32 i)
{
	c->packed[i] = a ? nla_data(a) : NULL;
	c->bytes[i] = a ? nla_len(a) : 0;
}

static int load(struct genl_info *info, struct khttp_net *kn, const char *name)
{
	const struct nlattr *a = info->attrs[KHTTP_NETWORKS_A_GENERATION];
	struct khttp_networks_chunk c = {
		.more = info->attrs[KHTTP_NETWORKS_A_MORE],
		.has_generation = a,
		.generation = a ? nla_get_u64(a) : 0,
	};
	const char *why;
	int err;

	take_bytes(info->attrs[KHTTP_NETWORKS_A_IPV4], &c, 0);
	take_bytes(info->attrs[KHTTP_NETWORKS_A_IPV6], &c, 1);
	err = khttp_control_networks_load(kn, info->snd_portid, name, &c, &why);
	if (err)
		khttp_nl_refuse(info, NULL, err, why);
	return err;
}

int khttp_nl_networks_load(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_net *kn;
	const char *name;
	int err;

	name = khttp_nl_filter_name(info, KHTTP_NETWORKS_A_NAME);
	if (!name)
		return -EINVAL;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	if (info->attrs[KHTTP_NETWORKS_A_ABORT])
		khttp_networks_abort(kn, info->snd_portid);
	else
		err = load(info, kn, name);
	khttp_nl_end(kn);
	return err;
}

int khttp_nl_networks_del(struct sk_buff *skb, struct genl_info *info)
{
	return khttp_nl_filter_del(info, KHTTP_NETWORKS_A_NAME,
				   khttp_control_networks_del);
}

static bool put_set(struct sk_buff *skb, const struct khttp_networks_info *set)
{
	return !nla_put_string(skb, KHTTP_NETWORKS_A_NAME, set->name) &&
	       !nla_put_u64_64bit(skb, KHTTP_NETWORKS_A_GENERATION,
				  set->generation, KHTTP_NETWORKS_A_PAD) &&
	       !nla_put_u32(skb, KHTTP_NETWORKS_A_COUNT4, set->n[0]) &&
	       !nla_put_u32(skb, KHTTP_NETWORKS_A_COUNT6, set->n[1]) &&
	       !nla_put_u64_64bit(skb, KHTTP_NETWORKS_A_BYTES, set->bytes,
				  KHTTP_NETWORKS_A_PAD) &&
	       !nla_put_u32(skb, KHTTP_NETWORKS_A_RULES, set->users);
}

/* As many of one family as there are from @from on and fit */
static bool put_networks(struct sk_buff *skb, int attr, const u8 *packed, u32 size,
			 u32 n, u32 from)
{
	if (from >= n)
		return true;
	n = min_t(u32, n - from, PIECE / size);
	return !nla_put(skb, attr, n * size, packed + from * size);
}

static bool put_piece(struct sk_buff *skb, const struct genl_info *info,
		      const struct khttp_networks_info *set)
{
	const struct nlattr *a = info->attrs[KHTTP_NETWORKS_A_START];
	u32 start = a ? nla_get_u32(a) : 0;

	if (!a)
		return true;
	if (start < set->n[0])
		return put_networks(skb, KHTTP_NETWORKS_A_IPV4, set->packed[0],
				    KHTTP_NETSET_PACKED4, set->n[0], start);
	return put_networks(skb, KHTTP_NETWORKS_A_IPV6, set->packed[1],
			    KHTTP_NETSET_PACKED6, set->n[1], start - set->n[0]);
}

static bool put_found(struct sk_buff *skb, const struct genl_info *info,
		      const struct khttp_networks *set)
{
	const struct nlattr *a = info->attrs[KHTTP_NETWORKS_A_ADDRESS];
	struct khttp_address address;
	bool found;

	if (!a)
		return true;
	khttp_address_set(&address, nla_data(a), nla_len(a));
	rcu_read_lock();
	found = khttp_networks_have(set, &address);
	rcu_read_unlock();
	return !found || !nla_put_flag(skb, KHTTP_NETWORKS_A_FOUND);
}

/* Context: net->config held */
static int answer(struct genl_info *info, struct khttp_net *kn,
		  const struct khttp_networks *set)
{
	struct sk_buff *skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE + PIECE,
						GFP_KERNEL);
	struct khttp_networks_info shown;
	void *hdr;

	if (!skb)
		return -ENOMEM;
	khttp_networks_show(kn, set, &shown);
	hdr = genlmsg_put_reply(skb, info, &khttp_genl_family, 0,
				KHTTP_CMD_NETWORKS_GET);
	if (!hdr || !put_set(skb, &shown) || !put_piece(skb, info, &shown) ||
	    !put_found(skb, info, set)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

int khttp_nl_networks_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *a = info->attrs[KHTTP_NETWORKS_A_ADDRESS];
	const struct khttp_networks *set;
	struct khttp_net *kn;
	const char *name;
	int err;

	name = khttp_nl_filter_name(info, KHTTP_NETWORKS_A_NAME);
	if (!name)
		return -EINVAL;
	if (a && nla_len(a) != KHTTP_ADDRESS4_LEN && nla_len(a) != KHTTP_ADDRESS6_LEN)
		return khttp_nl_refuse(info, a, -EINVAL,
				       "an address has 4 or 16 bytes");
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	set = khttp_networks_find(kn, khttp_span_str(name));
	if (set)
		err = answer(info, kn, set);
	else
		err = khttp_nl_refuse(info, info->attrs[KHTTP_NETWORKS_A_NAME],
				      -ENOENT,
			"no such set; 'khttpctl networks list' shows them");
	khttp_nl_end(kn);
	return err;
}

static int put_message(struct sk_buff *skb, struct netlink_callback *cb,
		       struct khttp_net *kn, const struct khttp_networks *set,
		       u64 *id)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_NETWORKS_GET);
	struct khttp_networks_info shown;

	if (!hdr)
		return -EMSGSIZE;
	khttp_networks_show(kn, set, &shown);
	if (!put_set(skb, &shown)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	*id = shown.id + 1;
	return 0;
}

struct networks_cursor {
	u64 id;				/* go on with this or the next */
};

/* Sets belong to no queue: for CAP_NET_ADMIN only, as the family's flags say */
int khttp_nl_networks_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct networks_cursor *at = (struct networks_cursor *)cb->ctx;
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	const struct khttp_networks *set;
	int err;

	err = khttp_control_lock(kn);
	if (err)
		return err;
	while (!err && (set = khttp_networks_next(kn, at->id)))
		err = put_message(skb, cb, kn, set, &at->id);
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}

/*
 * A socket goes, and with it the load it may have begun: its port's number may
 * be another's next. Most sockets never load: no lock is taken for them.
 */
static int released(struct notifier_block *block, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;
	struct khttp_net *kn;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	kn = khttp_net_of(n->net);
	if (list_empty_careful(&kn->stages) &&
	    list_empty_careful(&kn->subscribers))
		return NOTIFY_DONE;
	mutex_lock(&kn->config);
	khttp_networks_abort(kn, n->portid);
	khttp_subscriber_del(kn, n->portid);
	mutex_unlock(&kn->config);
	return NOTIFY_DONE;
}

static struct notifier_block on_release = { .notifier_call = released };

/**
 * khttp_nl_networks_init - hear of sockets that go
 *
 * Context: sleeps.
 */
int __init khttp_nl_networks_init(void)
{
	return khttp_may_fail(netlink_register_notifier(&on_release));
}

/**
 * khttp_nl_networks_exit - no more
 *
 * Context: sleeps. No load can begin any more.
 */
void khttp_nl_networks_exit(void)
{
	netlink_unregister_notifier(&on_release);
}
