// SPDX-License-Identifier: GPL-2.0-only
/* Latencies over netlink: one message for each queue and stage. */

#include <net/genetlink.h>

#include "latency.h"
#include "netlink.h"
#include "queue.h"

static int put_times(struct sk_buff *skb, const struct khttp_latency_figures *f)
{
	const struct {
		int attr;
		u64 value;
	} rows[] = {
		{ KHTTP_LATENCY_A_COUNT, f->count },
		{ KHTTP_LATENCY_A_P50, f->p50 },
		{ KHTTP_LATENCY_A_P90, f->p90 },
		{ KHTTP_LATENCY_A_P99, f->p99 },
		{ KHTTP_LATENCY_A_P999, f->p999 },
		{ KHTTP_LATENCY_A_LONGEST, f->max },
	};
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < ARRAY_SIZE(rows); i++)
		err = nla_put_u64_64bit(skb, rows[i].attr, rows[i].value,
					KHTTP_LATENCY_A_PAD);
	return err;
}

static int put_stage(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct khttp_queue *q, enum khttp_stage stage)
{
	struct khttp_latency_figures f;
	void *hdr;
	int err;

	err = khttp_latency_sum(q->latency, stage, &f);
	if (err)
		return err;
	hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_LATENCY_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_LATENCY_A_QUEUE, q->name) ||
	    nla_put_string(skb, KHTTP_LATENCY_A_STAGE, khttp_stage_name(stage)) ||
	    put_times(skb, &f)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int put_stages(struct sk_buff *skb, struct netlink_callback *cb,
		      struct khttp_queue *q, const struct khttp_nl_reader *r)
{
	struct khttp_nl_cursor *at = (struct khttp_nl_cursor *)cb->ctx;
	int err;

	for (; at->in < KHTTP_STAGE_COUNT; at->in++) {
		err = put_stage(skb, cb, q, at->in);
		if (err)
			return err;
	}
	return 0;
}

int khttp_nl_latency_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return khttp_nl_queues_dump(skb, cb, put_stages);
}
