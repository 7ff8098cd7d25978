// SPDX-License-Identifier: GPL-2.0-only
/* Latencies over netlink: one message for each queue and stage. */

#include <net/genetlink.h>

#include "control.h"
#include "latency.h"
#include "net.h"
#include "netlink.h"
#include "queue.h"

struct latency_cursor {
	u64 queue;			/* go on with this or the next */
	unsigned int stage;		/* and in it with this */
};

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

static int put_queue(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct khttp_queue *q)
{
	struct latency_cursor *at = (struct latency_cursor *)cb->ctx;
	int err;

	for (; at->stage < KHTTP_STAGE_COUNT; at->stage++) {
		err = put_stage(skb, cb, q, at->stage);
		if (err)
			return err;
	}
	return 0;
}

int khttp_nl_latency_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct latency_cursor *at = (struct latency_cursor *)cb->ctx;
	struct khttp_nl_reader reader;
	struct khttp_queue *q;
	int err;

	khttp_nl_reader(&reader, cb->skb);
	err = khttp_control_lock(kn);
	if (err)
		return err;
	q = khttp_queue_next(kn, at->queue);
	if (!q)
		goto out;
	list_for_each_entry_from(q, &kn->queues, link) {
		/* The queue where we were may have gone */
		if (q->id != at->queue)
			at->stage = 0;
		at->queue = q->id;
		if (khttp_nl_sees(&reader, q))
			err = put_queue(skb, cb, q);
		if (err)
			break;
		at->queue++;
		at->stage = 0;
	}
out:
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
