// SPDX-License-Identifier: GPL-2.0-only
/* Groups over netlink. */

#include <net/genetlink.h>

#include "alloc.h"
#include "control.h"
#include "door.h"
#include "genl.h"
#include "group.h"
#include "net.h"
#include "netlink.h"
#include "queue.h"
#include "share.h"

/* Room for every limit that a group may set, all its pages' rows, and every reason
 * for which something was not stored
 */
#define REPLY_BYTES	(3 * NLMSG_DEFAULT_SIZE)

/* What a command says, and what it is said of */
struct order {
	struct khttp_net *kn;
	const char *name;
	struct khttp_group_change ch;
};

/* On 0 net->config is held until finish() */
static int begin(struct genl_info *info, struct order *o)
{
	int err;

	o->name = khttp_nl_group_name(info, KHTTP_GROUP_A_NAME);
	if (!o->name)
		return -EINVAL;
	err = khttp_nl_door(info, &o->ch.door);
	if (err)
		return err;
	err = khttp_nl_changes(info, KHTTP_GROUP_A_LIMIT, true, &o->ch.list,
			       &o->ch.n);
	if (err)
		return err;
	err = khttp_nl_begin(info, &o->kn);
	if (err)
		kfree(o->ch.list);
	return err;
}

static void finish(struct order *o)
{
	khttp_nl_end(o->kn);
	kfree(o->ch.list);
}

static int add_group(struct genl_info *info, struct order *o)
{
	struct khttp_queue *q = khttp_nl_queue(info, o->kn, KHTTP_GROUP_A_QUEUE);
	const char *why;
	int err;

	if (!q)
		return -ENOENT;
	err = khttp_control_group_add(q, o->name, &o->ch, &why);
	if (err)
		khttp_nl_refuse(info, info->attrs[KHTTP_GROUP_A_NAME], err, why);
	khttp_queue_put(q);
	return err;
}

int khttp_nl_group_add(struct sk_buff *skb, struct genl_info *info)
{
	struct order o = {};
	int err;

	if (!khttp_nl_queue_name(info, KHTTP_GROUP_A_QUEUE))
		return -EINVAL;
	err = begin(info, &o);
	if (err)
		return err;
	err = add_group(info, &o);
	finish(&o);
	return err;
}

static int set(struct genl_info *info, struct order *o)
{
	struct khttp_group *g = khttp_nl_group(info, o->kn, KHTTP_GROUP_A_NAME);
	const char *why;
	int err;

	if (!g)
		return -ENOENT;
	if (!o->ch.n && !khttp_door_changes(&o->ch.door))
		return khttp_nl_refuse(info, NULL, -EINVAL,
				       "say which limit to set, or what else");
	err = khttp_control_group_set(o->kn, g, &o->ch, &why);
	return err ? khttp_nl_refuse(info, NULL, err, why) : 0;
}

int khttp_nl_group_set(struct sk_buff *skb, struct genl_info *info)
{
	struct order o = {};
	int err;

	err = begin(info, &o);
	if (err)
		return err;
	err = set(info, &o);
	finish(&o);
	return err;
}

int khttp_nl_group_del(struct sk_buff *skb, struct genl_info *info)
{
	bool force = info->attrs[KHTTP_GROUP_A_FORCE];
	struct khttp_group *g;
	struct khttp_net *kn;
	const char *why;
	int err;

	if (!khttp_nl_group_name(info, KHTTP_GROUP_A_NAME))
		return -EINVAL;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	g = khttp_nl_group(info, kn, KHTTP_GROUP_A_NAME);
	err = g ? khttp_control_group_del(kn, g, force, &why) : -ENOENT;
	if (g && err)
		khttp_nl_refuse(info, info->attrs[KHTTP_GROUP_A_NAME], err, why);
	khttp_nl_end(kn);
	return err;
}

static bool put_limit(struct sk_buff *skb, const struct khttp_group *g,
		      unsigned int row)
{
	struct nlattr *nest = nla_nest_start(skb, KHTTP_GROUP_A_LIMIT);

	if (!nest ||
	    nla_put_string(skb, KHTTP_LIMIT_A_NAME, khttp_limit_table[row].name) ||
	    nla_put_u64_64bit(skb, KHTTP_LIMIT_A_VALUE,
			      khttp_policy_get(&g->policy, row),
			      KHTTP_LIMIT_A_PAD))
		return false;
	if ((g->set & BIT_ULL(row)) &&
	    nla_put_u64_64bit(skb, KHTTP_LIMIT_A_OWN,
			      khttp_policy_get(&g->own, row), KHTTP_LIMIT_A_PAD))
		return false;
	nla_nest_end(skb, nest);
	return true;
}

static bool put_limits(struct sk_buff *skb, const struct khttp_group *g)
{
	unsigned int row;

	for (row = 0; row < KHTTP_POLICY_ROWS; row++)
		if (!put_limit(skb, g, row))
			return false;
	return true;
}

static bool put_why(struct sk_buff *skb, enum khttp_cache_why why, u64 count)
{
	struct nlattr *nest = nla_nest_start(skb, KHTTP_SHARE_A_NOT_STORED);

	if (!nest ||
	    nla_put_string(skb, KHTTP_WHY_A_REASON, khttp_cache_why_word(why)) ||
	    nla_put_u64_64bit(skb, KHTTP_WHY_A_COUNT, count, KHTTP_WHY_A_PAD))
		return false;
	nla_nest_end(skb, nest);
	return true;
}

static bool put_share(struct sk_buff *skb, const struct khttp_share *s)
{
	struct nlattr *nest = nla_nest_start(skb, KHTTP_GROUP_A_CACHE);
	const struct {
		int attr;
		u64 value;
	} rows[] = {
		{ KHTTP_SHARE_A_ENTRIES, khttp_pool_responses(&s->pool) },
		{ KHTTP_SHARE_A_BYTES, atomic64_read(&s->bytes) },
		{ KHTTP_SHARE_A_HITS, khttp_share_sum(s, KHTTP_SHARE_hits) },
		{ KHTTP_SHARE_A_MISSES, khttp_share_sum(s, KHTTP_SHARE_misses) },
		{ KHTTP_SHARE_A_STALE, khttp_share_sum(s, KHTTP_SHARE_stale) },
		{ KHTTP_SHARE_A_COALESCED, khttp_share_sum(s, KHTTP_SHARE_coalesced) },
		{ KHTTP_SHARE_A_STORED, khttp_share_sum(s, KHTTP_SHARE_stored) },
		{ KHTTP_SHARE_A_EVICTED, khttp_share_sum(s, KHTTP_SHARE_evicted) },
	};
	unsigned int i;
	u64 n;

	if (!nest)
		return false;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (nla_put_u64_64bit(skb, rows[i].attr, rows[i].value,
				      KHTTP_SHARE_A_PAD))
			return false;
	for (i = KHTTP_CACHE_YES + 1; i < KHTTP_CACHE_WHY__COUNT; i++) {
		n = khttp_share_sum_why(s, i);
		if (n && !put_why(skb, i, n))
			return false;
	}
	nla_nest_end(skb, nest);
	return true;
}

static int put_group(struct sk_buff *skb, void *hdr, const struct khttp_group *g,
		     u32 body_of)
{
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_GROUP_A_NAME, g->name) ||
	    nla_put_string(skb, KHTTP_GROUP_A_QUEUE, g->queue->name) ||
	    nla_put_u64_64bit(skb, KHTTP_GROUP_A_ID, g->id,
			      KHTTP_GROUP_A_PAD) ||
	    (g->is_default && nla_put_flag(skb, KHTTP_GROUP_A_DEFAULT)) ||
	    nla_put_u32(skb, KHTTP_GROUP_A_URLS, g->n_urls) ||
	    (g->watched && nla_put_u32(skb, KHTTP_GROUP_A_CONNECTIONS,
				       atomic_read(&g->n_conns))) ||
	    !khttp_nl_put_door(skb, khttp_door_of(g->queue->net, g), body_of) ||
	    !put_share(skb, g->share) || !put_limits(skb, g)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int reply_group(struct genl_info *info, const struct khttp_group *g,
		       const struct khttp_nl_reader *r)
{
	const struct nlattr *body_of = info->attrs[KHTTP_GROUP_A_BODY_OF];
	struct sk_buff *skb;
	int err;

	if (!khttp_nl_sees(r, g->queue))
		return khttp_nl_refuse(info, NULL, -EPERM,
			"only its queue's owner and CAP_NET_ADMIN may look at a group");
	skb = khttp_genlmsg_new(REPLY_BYTES + (body_of ? KHTTP_PAGE_MAX : 0),
				GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	err = put_group(skb, genlmsg_put_reply(skb, info, &khttp_genl_family, 0,
					       KHTTP_CMD_GROUP_GET), g,
			body_of ? nla_get_u32(body_of) : 0);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

int khttp_nl_group_get(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_net *kn = khttp_net_of(genl_info_net(info));
	struct khttp_nl_reader reader;
	struct khttp_group *g;
	int err;

	if (!khttp_nl_group_name(info, KHTTP_GROUP_A_NAME))
		return -EINVAL;
	khttp_nl_reader(&reader, skb);
	err = khttp_control_lock(kn);
	if (err)
		return err;
	g = khttp_nl_group(info, kn, KHTTP_GROUP_A_NAME);
	err = g ? reply_group(info, g, &reader) : -ENOENT;
	khttp_control_unlock(kn);
	return err;
}

struct group_cursor {
	u64 id;				/* go on with this or the next */
};

int khttp_nl_group_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct group_cursor *at = (struct group_cursor *)cb->ctx;
	struct khttp_nl_reader reader;
	struct khttp_group *g;
	int err;

	khttp_nl_reader(&reader, cb->skb);
	err = khttp_control_lock(kn);
	if (err)
		return err;
	g = khttp_group_next(kn, at->id);
	if (!g)
		goto out;
	list_for_each_entry_from(g, &kn->groups, link) {
		if (khttp_nl_sees(&reader, g->queue))
			err = put_group(skb, khttp_nl_dump_put(skb, cb,
							       KHTTP_CMD_GROUP_GET), g, 0);
		if (err)
			break;
		at->id = g->id + 1;
	}
out:
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
