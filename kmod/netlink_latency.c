// SPDX-License-Identifier: GPL-2.0-only
/* Latencies over netlink: one message for each queue and stage. */

#include <linux/ktime.h>
#include <net/genetlink.h>

#include "alloc.h"
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

/* Most buckets of most stages are 0, and all of them where nothing came */
static int put_counts(struct sk_buff *skb, const u64 *sum)
{
	unsigned int n = KHTTP_HISTOGRAM_BUCKETS;

	while (n && !sum[n - 1])
		n--;
	if (!n)
		return 0;
	return nla_put_64bit(skb, KHTTP_LATENCY_A_COUNTS, n * sizeof(*sum), sum,
			     KHTTP_LATENCY_A_PAD);
}

/* A worker's answer of late, to be looked for in the logs */
static int put_slowest(struct sk_buff *skb, const struct khttp_queue *q)
{
	struct khttp_slowest s;
	u64 ns = khttp_latency_slowest(q->latency, ktime_get_ns(), &s);

	if (!ns)
		return 0;
	return nla_put_u64_64bit(skb, KHTTP_LATENCY_A_SLOWEST, ns, KHTTP_LATENCY_A_PAD) ?:
	       nla_put_u64_64bit(skb, KHTTP_LATENCY_A_CONNECTION, s.connection,
				 KHTTP_LATENCY_A_PAD) ?:
	       nla_put_u64_64bit(skb, KHTTP_LATENCY_A_STREAM, s.stream,
				 KHTTP_LATENCY_A_PAD);
}

static int put_stage(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct khttp_queue *q, enum khttp_stage stage,
		     u64 *sum)
{
	struct khttp_latency_figures f;
	void *hdr;

	khttp_latency_sum(q->latency, stage, sum);
	khttp_latency_figures(sum, &f);
	hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_LATENCY_GET);
	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_LATENCY_A_QUEUE, q->name) ||
	    nla_put_string(skb, KHTTP_LATENCY_A_STAGE, khttp_stage_name(stage)) ||
	    put_times(skb, &f) || put_counts(skb, sum) ||
	    (stage == KHTTP_STAGE_TOTAL && put_slowest(skb, q))) {
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
	int err = 0;
	u64 *sum;

	/* One message of all buckets fits where a reader asks for no more */
	BUILD_BUG_ON(KHTTP_HISTOGRAM_BUCKETS != KHTTP_LATENCY_BUCKETS);
	BUILD_BUG_ON(NLMSG_HDRLEN + GENL_HDRLEN +
		     nla_total_size(KHTTP_QUEUE_NAME_MAX) + nla_total_size(8) +
		     9 * nla_total_size_64bit(sizeof(u64)) +
		     nla_total_size_64bit(KHTTP_LATENCY_BUCKETS * sizeof(u64)) >
		     NLMSG_GOODSIZE);
	sum = khttp_kcalloc(KHTTP_HISTOGRAM_BUCKETS, sizeof(*sum), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;
	for (; !err && at->in < KHTTP_STAGE_COUNT; at->in += !err)
		err = put_stage(skb, cb, q, at->in, sum);
	kfree(sum);
	return err;
}

int khttp_nl_latency_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return khttp_nl_queues_dump(skb, cb, put_stages);
}
