// SPDX-License-Identifier: GPL-2.0-only
/* Request filters over netlink. */

#include <net/genetlink.h>

#include "alloc.h"
#include "compat.h"
#include "control.h"
#include "filter.h"
#include "genl.h"
#include "group.h"
#include "net.h"
#include "netlink.h"

/* As much of a text as is shown whole behind "rule NNN: " */
#define RULE_TEXT_MAX	69

/* What a FILTER_SET says */
struct order {
	struct khttp_filter_entry *list;
	const struct nlattr **from;	/* where each of them stands */
	u32 n;
};

static int parse_rule(struct genl_info *info, const struct nlattr *rule,
		      struct khttp_filter_entry *e)
{
	struct nlattr *tb[KHTTP_FILTER_A_MAX + 1];
	const struct nlattr *text, *id;
	int err;

	err = nla_parse_nested(tb, KHTTP_FILTER_A_MAX, rule,
			       khttp_genl_rule_policy, info->extack);
	if (err)
		return err;
	text = tb[KHTTP_FILTER_A_TEXT];
	id = tb[KHTTP_FILTER_A_ID];
	if (!text == !id || (id && !nla_get_u64(id)))
		return khttp_nl_refuse(info, rule, -EINVAL,
			"a rule has a text, or the id of one that stays");
	if (text && strlen(nla_data(text)) + 1 != nla_len(text))
		return khttp_nl_refuse(info, text, -EINVAL,
			"the text ends in one NUL and has no other");
	e->id = id ? nla_get_u64(id) : 0;
	e->text = text ? nla_data(text) : NULL;
	return 0;
}

static int parse_rules(struct genl_info *info, struct order *o)
{
	const struct nlattr *a;
	int left, err;

	nla_for_each_attr(a, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), left) {
		if (nla_type(a) != KHTTP_FILTER_A_RULE)
			continue;
		if (o->n == KHTTP_FILTER_RULES_MAX)
			return khttp_nl_refuse(info, a, -E2BIG,
				"no more than 256 rules; sets hold more networks");
		err = parse_rule(info, a, &o->list[o->n]);
		if (err)
			return err;
		o->from[o->n++] = a;
	}
	return 0;
}

/* Which of the rules is at fault stands in bad_attr, and for people in the text */
static int refuse_rule(struct genl_info *info, const struct order *o, u32 at,
		       int err, const char *why)
{
	khttp_nl_refuse(info, at < o->n ? o->from[at] : NULL, err, why);
	if (at < o->n && o->n > 1 && strlen(why) <= RULE_TEXT_MAX)
		KHTTP_NL_SET_TEXT(info->extack, "rule %u: %s", at + 1, why);
	return err;
}

static int set_filter(struct genl_info *info, const struct order *o)
{
	const struct nlattr *a = info->attrs[KHTTP_FILTER_A_GENERATION];
	u64 generation = a ? nla_get_u64(a) : 0;
	struct khttp_group *g;
	struct khttp_net *kn;
	const char *why;
	u32 at;
	int err;

	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	g = khttp_nl_group(info, kn, KHTTP_FILTER_A_GROUP);
	err = -ENOENT;
	if (g) {
		err = khttp_control_filter_set(kn, g, o->list, o->n,
					       a ? &generation : NULL, &why,
					       &at);
		if (err)
			refuse_rule(info, o, at, err, why);
	}
	khttp_nl_end(kn);
	return err;
}

int khttp_nl_filter_set(struct sk_buff *skb, struct genl_info *info)
{
	struct order o = {};
	int err = -ENOMEM;

	if (!khttp_nl_group_name(info, KHTTP_FILTER_A_GROUP))
		return -EINVAL;
	o.list = khttp_kcalloc(KHTTP_FILTER_RULES_MAX, sizeof(*o.list), GFP_KERNEL);
	o.from = khttp_kcalloc(KHTTP_FILTER_RULES_MAX, sizeof(*o.from), GFP_KERNEL);
	if (o.list && o.from)
		err = parse_rules(info, &o);
	if (!err)
		err = set_filter(info, &o);
	kfree(o.from);
	kfree(o.list);
	return err;
}

static int put_rule(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct khttp_group *g, const struct khttp_filter *f,
		    u32 index)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_FILTER_GET);
	const struct khttp_filter_rule *r = f->rules[index];
	struct khttp_filter_count count;

	if (!hdr)
		return -EMSGSIZE;
	khttp_filter_read(r, &count);
	if (nla_put_string(skb, KHTTP_FILTER_A_GROUP, g->name) ||
	    nla_put_u64_64bit(skb, KHTTP_FILTER_A_GENERATION, f->generation,
			      KHTTP_FILTER_A_PAD) ||
	    nla_put_u32(skb, KHTTP_FILTER_A_INDEX, index + 1) ||
	    nla_put_u64_64bit(skb, KHTTP_FILTER_A_ID, r->id, KHTTP_FILTER_A_PAD) ||
	    khttp_nl_put_text(skb, KHTTP_FILTER_A_TEXT, r->text, r->len) ||
	    nla_put_u64_64bit(skb, KHTTP_FILTER_A_MATCHED, count.matched,
			      KHTTP_FILTER_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_FILTER_A_LIMITED, count.limited,
			      KHTTP_FILTER_A_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

struct filter_cursor {
	u64 group;			/* go on with this or the next */
	u64 generation;			/* of its list when we were there */
	u32 index;			/* and with this rule */
};

/* From at->index on. Context: net->config held */
static int put_rules(struct sk_buff *skb, struct netlink_callback *cb,
		     struct khttp_net *kn, const struct khttp_group *g)
{
	struct filter_cursor *at = (struct filter_cursor *)cb->ctx;
	const struct khttp_filter *f =
		rcu_dereference_protected(g->filter,
					  lockdep_is_held(&kn->config));
	int err;

	/* Another list than that of which some is out already: from its start */
	if (f && at->index && at->generation != f->generation)
		at->index = 0;
	for (; f && at->index < f->n; at->index++) {
		at->generation = f->generation;
		err = put_rule(skb, cb, g, f, at->index);
		if (err)
			return err;
	}
	return 0;
}

int khttp_nl_filter_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct filter_cursor *at = (struct filter_cursor *)cb->ctx;
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct khttp_nl_reader reader;
	struct khttp_group *g;
	int err;

	khttp_nl_reader(&reader, cb->skb);
	err = khttp_control_lock(kn);
	if (err)
		return err;
	g = khttp_group_next(kn, at->group);
	if (g)
		list_for_each_entry_from(g, &kn->groups, link) {
			if (g->id != at->group)
				at->index = 0;
			at->group = g->id;
			if (khttp_nl_sees(&reader, g->queue))
				err = put_rules(skb, cb, kn, g);
			if (err)
				break;
			at->group++;
			at->index = 0;
		}
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
