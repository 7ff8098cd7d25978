// SPDX-License-Identifier: GPL-2.0-only
/* Limits and features over netlink. */

#include <net/genetlink.h>

#include "alloc.h"
#include "control.h"
#include "genl.h"
#include "group.h"
#include "limits.h"
#include "net.h"
#include "netlink.h"

/* One message may name a limit twice, the last one counts; but not for ever */
#define CHANGES_MAX	256

static int row_of(const struct nlattr *name)
{
	unsigned int i;

	for (i = 0; i < khttp_limit_count; i++)
		if (!nla_strcmp(name, khttp_limit_table[i].name))
			return i;
	return -ENOENT;
}

static int parse_value(struct genl_info *info, const struct nlattr *value,
		       struct khttp_limit_change *change)
{
	const struct khttp_limit *limit = &khttp_limit_table[change->row];

	change->value = nla_get_u64(value);
	if (change->value < limit->min || change->value > limit->max)
		return khttp_nl_refuse(info, value, -ERANGE,
			"out of range; 'khttpctl limits show' has minimum and maximum");
	return 0;
}

static int parse_entry(struct genl_info *info, const struct nlattr *entry,
		       bool of_group, struct khttp_limit_change *change)
{
	struct nlattr *tb[KHTTP_LIMIT_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, KHTTP_LIMIT_A_MAX, entry,
			       khttp_genl_limit_policy, info->extack);
	if (err)
		return err;
	change->inherit = of_group && tb[KHTTP_LIMIT_A_INHERIT];
	if (!of_group && tb[KHTTP_LIMIT_A_INHERIT])
		return khttp_nl_refuse(info, tb[KHTTP_LIMIT_A_INHERIT], -EINVAL,
			"only a group inherits; give the default's value");
	if (!tb[KHTTP_LIMIT_A_NAME] || change->inherit == !!tb[KHTTP_LIMIT_A_VALUE])
		return khttp_nl_refuse(info, entry, -EINVAL,
				       "say the limit's name and one value");
	err = row_of(tb[KHTTP_LIMIT_A_NAME]);
	if (err < 0)
		return khttp_nl_refuse(info, tb[KHTTP_LIMIT_A_NAME], -ENOENT,
			"no such limit; 'khttpctl limits show' lists them");
	if (of_group && err >= KHTTP_POLICY_ROWS)
		return khttp_nl_refuse(info, tb[KHTTP_LIMIT_A_NAME], -EINVAL,
			"this one is of the whole namespace; 'khttpctl limits set'");
	change->row = err;
	return change->inherit ? 0 :
	       parse_value(info, tb[KHTTP_LIMIT_A_VALUE], change);
}

static int parse_changes(struct genl_info *info, int attr, bool of_group,
			 struct khttp_limit_change *list, unsigned int *n)
{
	const struct nlattr *a;
	int left, err;

	nla_for_each_attr(a, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), left) {
		if (nla_type(a) != attr)
			continue;
		if (*n >= CHANGES_MAX)
			return khttp_nl_refuse(info, a, -E2BIG,
				"no more than 256 changes in one message");
		err = parse_entry(info, a, of_group, &list[*n]);
		if (err)
			return err;
		(*n)++;
	}
	return 0;
}

/**
 * khttp_nl_changes - changes of limits
 * @info: the request
 * @attr: kind of the entries that say a change
 * @of_group: a group's limits, not the namespace's
 * @list: set on 0 to what the caller has to kfree()
 * @n: set to how many there are, maybe none
 *
 * Context: sleeps. Returns 0 or -errno, refused.
 */
int khttp_nl_changes(struct genl_info *info, int attr, bool of_group,
		     struct khttp_limit_change **list, unsigned int *n)
{
	int err;

	*n = 0;
	*list = khttp_kmalloc_array(CHANGES_MAX, sizeof(**list), GFP_KERNEL);
	if (!*list)
		return -ENOMEM;
	err = parse_changes(info, attr, of_group, *list, n);
	if (err)
		kfree(*list);
	return err;
}

int khttp_nl_limits_set(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_limit_change *list;
	struct khttp_net *kn;
	const char *why;
	unsigned int n;
	int err;

	err = khttp_nl_changes(info, KHTTP_LIMIT_A_ENTRY, false, &list, &n);
	if (err)
		return err;
	if (!n)
		err = khttp_nl_refuse(info, NULL, -EINVAL,
				      "say which limit to set");
	if (err)
		goto out;
	err = khttp_nl_begin(info, &kn);
	if (err)
		goto out;
	err = khttp_control_limits_set(kn, list, n, &why);
	khttp_nl_end(kn);
	if (err)
		khttp_nl_refuse(info, NULL, err, why);
out:
	kfree(list);
	return err;
}

static bool put_number(struct sk_buff *skb, int attr, u64 value)
{
	return !nla_put_u64_64bit(skb, attr, value, KHTTP_LIMIT_A_PAD);
}

static int put_limit(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct khttp_net *kn, unsigned int row)
{
	const struct khttp_limit *limit = &khttp_limit_table[row];
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_LIMITS_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_LIMIT_A_NAME, limit->name) ||
	    !put_number(skb, KHTTP_LIMIT_A_VALUE,
			khttp_limits_get(&kn->limits, row)) ||
	    !put_number(skb, KHTTP_LIMIT_A_DEFAULT, khttp_limits_default(row)) ||
	    !put_number(skb, KHTTP_LIMIT_A_MIN, limit->min) ||
	    !put_number(skb, KHTTP_LIMIT_A_MAX_VALUE, limit->max) ||
	    nla_put_string(skb, KHTTP_LIMIT_A_UNIT, limit->unit) ||
	    nla_put_string(skb, KHTTP_LIMIT_A_HELP, limit->help) ||
	    (row < KHTTP_POLICY_ROWS &&
	     nla_put_flag(skb, KHTTP_LIMIT_A_GROUP))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

struct limit_cursor {
	unsigned int row;
};

int khttp_nl_limits_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct limit_cursor *at = (struct limit_cursor *)cb->ctx;
	int err = 0;

	while (at->row < khttp_limit_count) {
		err = put_limit(skb, cb, kn, at->row);
		if (err)
			break;
		at->row++;
	}
	return khttp_nl_dump_end(skb, err);
}

int khttp_nl_features_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct khttp_net *kn = khttp_net_of(genl_info_net(info));
	struct sk_buff *reply = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &khttp_genl_family, 0,
				KHTTP_CMD_FEATURES_GET);
	if (!hdr ||
	    nla_put_string(reply, KHTTP_FEATURE_A_VERSION, KHTTP_VERSION) ||
	    nla_put_u32(reply, KHTTP_FEATURE_A_ABI, KHTTP_ABI) ||
	    nla_put_u64_64bit(reply, KHTTP_FEATURE_A_FEATURES, KHTTP_FEATURES,
			      KHTTP_FEATURE_A_PAD) ||
	    nla_put_u64_64bit(reply, KHTTP_FEATURE_A_GENERATION,
			      READ_ONCE(kn->generation), KHTTP_FEATURE_A_PAD)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}
