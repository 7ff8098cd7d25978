// SPDX-License-Identifier: GPL-2.0-only
/*
 * Figures over netlink, one message each, those of one name beside each other:
 * counters of the namespace, refusals by reason, gauges, then each figure of
 * every queue.
 */

#include <net/genetlink.h>

#include "cache.h"
#include "control.h"
#include "net.h"
#include "netlink.h"
#include "router.h"
#include "stats.h"

struct figure {
	const char *name;
	const char *help;
	enum khttp_stat_kind kind;
	u64 value;
	const char *queue;		/* label, or NULL */
	const char *reason;		/* label, or NULL */
};

static const struct {
	const char *name;
	const char *help;
} counters[] = {
#define ROW(name, help) { #name, help },
	KHTTP_STATS(ROW)
#undef ROW
};

#define N_REASONS	(KHTTP_REASON__COUNT - 1) /* without KHTTP_REASON_NONE */

static void reason_figure(const struct khttp_net *kn, unsigned int i,
			  struct figure *f)
{
	f->name = "refusals";
	f->help = "requests and connections that the kernel refused or cut";
	f->kind = KHTTP_STAT_COUNTER;
	f->reason = khttp_reason_word(i + 1);
	f->value = khttp_stat_sum_reason(kn, i + 1);
}

#define N_WHYS	(KHTTP_CACHE_WHY__COUNT - 1) /* without KHTTP_CACHE_YES */

static void why_figure(const struct khttp_net *kn, unsigned int i,
		       struct figure *f)
{
	f->name = "cache_not_stored";
	f->help = "responses that were to be stored and were not";
	f->kind = KHTTP_STAT_COUNTER;
	f->reason = khttp_cache_why_word(i + 1);
	f->value = khttp_stat_sum_why(kn, i + 1);
}

static u64 open_connections(const struct khttp_net *kn)
{
	return READ_ONCE(kn->n_conns);
}

static u64 request_bytes(const struct khttp_net *kn)
{
	return khttp_account_used(&kn->account);
}

static u64 cache_entries(const struct khttp_net *kn)
{
	struct khttp_cache_usage u;

	khttp_cache_usage(kn->cache, &u);
	return u.entries;
}

static u64 cache_bytes(const struct khttp_net *kn)
{
	struct khttp_cache_usage u;

	khttp_cache_usage(kn->cache, &u);
	return u.bytes;
}

static u64 url_count(const struct khttp_net *kn)
{
	return khttp_router_count(kn->router);
}

static const struct {
	const char *name;
	const char *help;
	u64 (*get)(const struct khttp_net *kn);
} gauges[] = {
	{ "connections", "open connections", open_connections },
	{ "request_bytes", "memory of connections, requests and unsent answers",
	  request_bytes },
	{ "urls", "registered URL prefixes", url_count },
	{ "cache_entries", "stored responses", cache_entries },
	{ "cache_bytes", "memory of the response cache", cache_bytes },
};

#define USAGE(field) offsetof(struct khttp_queue_usage, field), \
		     sizeof_field(struct khttp_queue_usage, field)

static const struct {
	const char *name;
	const char *help;
	enum khttp_stat_kind kind;
	size_t off;
	size_t size;
} of_queue[] = {
	{ "queue_waiting", "requests waiting for a worker",
	  KHTTP_STAT_GAUGE, USAGE(waiting) },
	{ "queue_in_hand", "requests that workers hold",
	  KHTTP_STAT_GAUGE, USAGE(in_hand) },
	{ "queue_workers", "attached workers",
	  KHTTP_STAT_GAUGE, USAGE(workers) },
	{ "queue_oldest_ms", "how long the oldest request has waited",
	  KHTTP_STAT_GAUGE, USAGE(oldest_ms) },
	{ "queue_received", "requests taken into the queue",
	  KHTTP_STAT_COUNTER, USAGE(received) },
	{ "queue_delivered", "requests given to workers",
	  KHTTP_STAT_COUNTER, USAGE(delivered) },
	{ "queue_answered", "requests that workers answered",
	  KHTTP_STAT_COUNTER, USAGE(answered) },
	{ "queue_refused", "requests refused: full, inactive or ending",
	  KHTTP_STAT_COUNTER, USAGE(refused) },
	{ "queue_redelivered", "requests given out again after a worker died",
	  KHTTP_STAT_COUNTER, USAGE(redelivered) },
	{ "queue_died", "requests answered 502 after a worker died",
	  KHTTP_STAT_COUNTER, USAGE(died) },
	{ "queue_timeout", "requests that waited too long",
	  KHTTP_STAT_COUNTER, USAGE(timeout) },
	{ "queue_upgrades", "open connections that workers answered 101 on",
	  KHTTP_STAT_GAUGE, USAGE(upgrades) },
	{ "queue_upgraded", "requests that workers answered 101",
	  KHTTP_STAT_COUNTER, USAGE(upgraded) },
	{ "queue_delegated_out", "requests that workers handed on to other queues",
	  KHTTP_STAT_COUNTER, USAGE(delegated_out) },
	{ "queue_delegated_in", "requests that came from other queues' workers",
	  KHTTP_STAT_COUNTER, USAGE(delegated_in) },
};

static int put_figure(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct figure *f)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_STATS_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_STAT_A_NAME, f->name) ||
	    nla_put_u32(skb, KHTTP_STAT_A_KIND, f->kind) ||
	    nla_put_u64_64bit(skb, KHTTP_STAT_A_VALUE, f->value,
			      KHTTP_STAT_A_PAD) ||
	    nla_put_string(skb, KHTTP_STAT_A_HELP, f->help) ||
	    (f->queue && nla_put_string(skb, KHTTP_STAT_A_QUEUE, f->queue)) ||
	    (f->reason && nla_put_string(skb, KHTTP_STAT_A_REASON, f->reason))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

struct stat_cursor {
	unsigned int figure;		/* of the namespace, then of the queues */
	u64 queue;			/* go on with this or the next */
};

#define N_OWN	(ARRAY_SIZE(counters) + N_REASONS + N_WHYS + ARRAY_SIZE(gauges))

static void own_figure(const struct khttp_net *kn, unsigned int i,
		       struct figure *f)
{
	if (i < ARRAY_SIZE(counters)) {
		f->name = counters[i].name;
		f->help = counters[i].help;
		f->kind = KHTTP_STAT_COUNTER;
		f->value = khttp_stat_sum(kn, i);
		return;
	}
	i -= ARRAY_SIZE(counters);
	if (i < N_REASONS) {
		reason_figure(kn, i, f);
		return;
	}
	i -= N_REASONS;
	if (i < N_WHYS) {
		why_figure(kn, i, f);
		return;
	}
	i -= N_WHYS;
	f->name = gauges[i].name;
	f->help = gauges[i].help;
	f->kind = KHTTP_STAT_GAUGE;
	f->value = gauges[i].get(kn);
}

static int dump_own(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct khttp_net *kn)
{
	struct stat_cursor *at = (struct stat_cursor *)cb->ctx;
	int err;

	while (at->figure < N_OWN) {
		struct figure f = {};

		own_figure(kn, at->figure, &f);
		err = put_figure(skb, cb, &f);
		if (err)
			return err;
		at->figure++;
	}
	return 0;
}

static int put_queue_figure(struct sk_buff *skb, struct netlink_callback *cb,
			    struct khttp_queue *q, unsigned int i)
{
	struct khttp_queue_usage u;
	struct figure f = {
		.name = of_queue[i].name,
		.help = of_queue[i].help,
		.kind = of_queue[i].kind,
		.queue = q->name,
	};
	const void *value = (const char *)&u + of_queue[i].off;

	khttp_queue_usage(q, &u);
	f.value = of_queue[i].size == sizeof(u32) ? *(const u32 *)value :
						    *(const u64 *)value;
	return put_figure(skb, cb, &f);
}

static int dump_queues(struct sk_buff *skb, struct netlink_callback *cb,
		       struct khttp_net *kn, const struct khttp_nl_reader *r)
{
	struct stat_cursor *at = (struct stat_cursor *)cb->ctx;
	unsigned int i = at->figure - N_OWN;
	struct khttp_queue *q;
	int err = 0;

	q = khttp_queue_next(kn, at->queue);
	if (!q)
		goto out;
	list_for_each_entry_from(q, &kn->queues, link) {
		if (khttp_nl_sees(r, q))
			err = put_queue_figure(skb, cb, q, i);
		if (err)
			return err;
		at->queue = (u64)q->id + 1;
	}
out:
	at->figure++;
	at->queue = 0;
	return 0;
}

/* The namespace's own figures are its administrator's */
int khttp_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct stat_cursor *at = (struct stat_cursor *)cb->ctx;
	struct khttp_nl_reader reader;
	int err;

	khttp_nl_reader(&reader, cb->skb);
	if (!reader.admin && at->figure < N_OWN)
		at->figure = N_OWN;
	err = khttp_control_lock(kn);
	if (err)
		return err;
	err = dump_own(skb, cb, kn);
	while (!err && at->figure < N_OWN + ARRAY_SIZE(of_queue))
		err = dump_queues(skb, cb, kn, &reader);
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
