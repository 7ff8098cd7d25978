// SPDX-License-Identifier: GPL-2.0-only
/* Rates of filters over netlink. */

#include <net/genetlink.h>

#include "control.h"
#include "genl.h"
#include "http/rate.h"
#include "net.h"
#include "netlink.h"
#include "rates.h"

static void take(const struct genl_info *info, int attr, u32 *value)
{
	if (info->attrs[attr])
		*value = nla_get_u32(info->attrs[attr]);
}

/* What is not said is as it was, or as it begins */
static int set_rate(struct genl_info *info, struct khttp_net *kn, const char *name,
		    const char **why)
{
	const struct khttp_limiter *l = khttp_limiter_find(kn, khttp_span_str(name));
	struct khttp_limiter_config cfg = {
		.period = 1,
		.bits4 = 32,
		.bits6 = 64,
		.addresses = KHTTP_RATE_ADDRESSES,
	};

	if (l)
		khttp_limiter_read(l, &cfg);
	take(info, KHTTP_RATE_A_COUNT, &cfg.count);
	take(info, KHTTP_RATE_A_PERIOD, &cfg.period);
	/* As many at once as come in a period, unless it was ever said */
	if (!l)
		cfg.burst = min_t(u32, cfg.count, KHTTP_RATE_BURST_MAX);
	take(info, KHTTP_RATE_A_BURST, &cfg.burst);
	take(info, KHTTP_RATE_A_BITS4, &cfg.bits4);
	take(info, KHTTP_RATE_A_BITS6, &cfg.bits6);
	take(info, KHTTP_RATE_A_ADDRESSES, &cfg.addresses);
	return khttp_control_rate_set(kn, name, &cfg, why);
}

int khttp_nl_rate_set(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_net *kn;
	const char *name;
	const char *why;
	int err;

	name = khttp_nl_filter_name(info, KHTTP_RATE_A_NAME);
	if (!name)
		return -EINVAL;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	err = set_rate(info, kn, name, &why);
	khttp_nl_end(kn);
	if (err)
		khttp_nl_refuse(info, NULL, err, why);
	return err;
}

int khttp_nl_rate_del(struct sk_buff *skb, struct genl_info *info)
{
	return khttp_nl_filter_del(info, KHTTP_RATE_A_NAME,
				   khttp_control_rate_del);
}

static int put_rate(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct khttp_limiter *l, u64 *id)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_RATE_GET);
	struct khttp_limiter_info r;

	if (!hdr)
		return -EMSGSIZE;
	khttp_limiter_show(l, &r);
	if (nla_put_string(skb, KHTTP_RATE_A_NAME, r.name) ||
	    nla_put_u32(skb, KHTTP_RATE_A_COUNT, r.config.count) ||
	    nla_put_u32(skb, KHTTP_RATE_A_PERIOD, r.config.period) ||
	    nla_put_u32(skb, KHTTP_RATE_A_BURST, r.config.burst) ||
	    nla_put_u32(skb, KHTTP_RATE_A_BITS4, r.config.bits4) ||
	    nla_put_u32(skb, KHTTP_RATE_A_BITS6, r.config.bits6) ||
	    nla_put_u32(skb, KHTTP_RATE_A_ADDRESSES, r.config.addresses) ||
	    nla_put_u32(skb, KHTTP_RATE_A_ACTIVE, r.active) ||
	    nla_put_u32(skb, KHTTP_RATE_A_RULES, r.users) ||
	    nla_put_u64_64bit(skb, KHTTP_RATE_A_BYTES, r.bytes, KHTTP_RATE_A_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	*id = r.id + 1;
	return 0;
}

struct rate_cursor {
	u64 id;				/* go on with this or the next */
};

/* Rates belong to no queue: for CAP_NET_ADMIN only, as the family's flags say */
int khttp_nl_rate_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct rate_cursor *at = (struct rate_cursor *)cb->ctx;
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	const struct khttp_limiter *l;
	int err;

	err = khttp_control_lock(kn);
	if (err)
		return err;
	while (!err && (l = khttp_limiter_next(kn, at->id)))
		err = put_rate(skb, cb, l, &at->id);
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
