// SPDX-License-Identifier: GPL-2.0-only
/* The response cache over netlink. */

#include <linux/ktime.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "cache.h"
#include "control.h"
#include "genl.h"
#include "net.h"
#include "netlink.h"
#include "purge.h"

static int reply_purged(struct genl_info *info, u64 purged)
{
	struct sk_buff *skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &khttp_genl_family, 0,
				KHTTP_CMD_CACHE_PURGE);
	if (!hdr || nla_put_u64_64bit(skb, KHTTP_CACHE_A_PURGED, purged,
				      KHTTP_CACHE_A_PAD)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/* What shall go: everything, or what one attribute names. 0 or -EINVAL */
static int read_order(struct genl_info *info, struct khttp_purge_order *o)
{
	bool all = info->attrs[KHTTP_CACHE_A_ALL];
	bool url = info->attrs[KHTTP_CACHE_A_URL];

	o->is_tag = info->attrs[KHTTP_CACHE_A_TAG];
	o->recursive = info->attrs[KHTTP_CACHE_A_RECURSIVE];
	o->soft = info->attrs[KHTTP_CACHE_A_SOFT];
	if (all + url + o->is_tag > 1 || (o->recursive && !url))
		return khttp_nl_refuse(info, NULL, -EINVAL,
			"purge everything, a URL, or a tag, one of them; below it goes with a URL");
	if (all)
		return 0;
	o->text = khttp_nl_text(info, o->is_tag ? KHTTP_CACHE_A_TAG : KHTTP_CACHE_A_URL,
				"say which URL or tag, or that everything is meant");
	if (!o->text)
		return -EINVAL;
	o->len = strlen(o->text);
	return 0;
}

/*
 * A purge may take long and its steps need no exclusion: net->config is not
 * held.
 */
int khttp_nl_cache_purge(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct khttp_purge_order o = {};
	long n;

	if (!khttp_net_allowed(net))
		return khttp_nl_refuse(info, NULL, -EPERM,
			"khttp is off in user namespaces; load it with userns=1");
	if (read_order(info, &o))
		return -EINVAL;
	n = khttp_purge_order(khttp_net_of(net), &o);
	if (n == -EINVAL)
		return khttp_nl_refuse(info, NULL, -EINVAL, o.is_tag ?
			"a tag is 1 to 128 visible characters of ASCII without a comma" :
			"not a URL to purge; give http://host[:port]/path[?query]");
	if (n < 0)
		return khttp_nl_refuse(info, NULL, n, "out of memory; try again later");
	return reply_purged(info, n);
}

/* That its age counts towards; U32_MAX: until it is purged */
static u32 lifetime_of(const struct khttp_entry *e)
{
	return e->ttl == KHTTP_TTL_UNTIL_PURGED ? e->ttl : e->age + e->ttl;
}

static int put_entry(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct khttp_entry *e, const struct khttp_queue *q,
		     char *url)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_CACHE_GET);

	if (!hdr)
		return -EMSGSIZE;
	khttp_entry_url(e, url, KHTTP_PREFIX_MAX);
	if (nla_put_string(skb, KHTTP_CACHE_A_URL, url) ||
	    nla_put_string(skb, KHTTP_CACHE_A_QUEUE, q->name) ||
	    nla_put_u32(skb, KHTTP_CACHE_A_STATUS, e->status) ||
	    nla_put_u32(skb, KHTTP_CACHE_A_AGE,
			e->age + (ktime_get_seconds() - e->stored)) ||
	    nla_put_u32(skb, KHTTP_CACHE_A_TTL, lifetime_of(e)) ||
	    nla_put_u64_64bit(skb, KHTTP_CACHE_A_LENGTH, e->body_len,
			      KHTTP_CACHE_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_CACHE_A_CHARGED, e->charged,
			      KHTTP_CACHE_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_CACHE_A_HITS, khttp_entry_hits(e),
			      KHTTP_CACHE_A_PAD) ||
	    (khttp_entry_is_fragment(e) &&
	     nla_put_flag(skb, KHTTP_CACHE_A_FRAGMENT)) ||
	    (e->n_tags && khttp_nl_put_text(skb, KHTTP_CACHE_A_TAG, e->tag_text.ptr,
					    e->tag_text.len))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* The queue that stored it; gone means that the entry is on its way out */
static const struct khttp_queue *storer(struct khttp_net *kn,
					const struct khttp_entry *e)
{
	const struct khttp_queue *q = khttp_queue_next(kn, e->queue_id);

	return q && q->id == e->queue_id ? q : NULL;
}

/* Entries looked at before others get net->config and the CPU */
#define DUMP_STEPS	256

struct cache_cursor {
	u64 at;				/* khttp_cache_walk() */
	bool done;
};

static int dump_some(struct sk_buff *skb, struct netlink_callback *cb,
		     struct khttp_net *kn, const struct khttp_nl_reader *r,
		     char *url)
{
	struct cache_cursor *cur = (struct cache_cursor *)cb->ctx;
	const struct khttp_queue *q;
	struct khttp_entry *e;
	unsigned int steps;
	u64 next;
	int err = 0;

	for (steps = 0; steps < DUMP_STEPS && !err; steps++) {
		next = cur->at;
		e = khttp_cache_walk(kn->cache, &next);
		if (!e) {
			cur->done = true;
			return 0;
		}
		q = e->is_marker ? NULL : storer(kn, e);
		if (q && khttp_nl_sees(r, q))
			err = put_entry(skb, cb, e, q, url);
		khttp_entry_put(e);
		if (!err)
			cur->at = next;
	}
	return err;
}

int khttp_nl_cache_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct cache_cursor *cur = (struct cache_cursor *)cb->ctx;
	struct khttp_nl_reader reader;
	int err = 0;
	char *url;

	url = khttp_kmalloc(KHTTP_PREFIX_MAX, GFP_KERNEL);
	if (!url)
		return -ENOMEM;
	khttp_nl_reader(&reader, cb->skb);
	while (!cur->done && !err) {
		err = khttp_control_lock(kn);
		if (err)
			break;
		err = dump_some(skb, cb, kn, &reader, url);
		khttp_control_unlock(kn);
		cond_resched();
	}
	kfree(url);
	return khttp_nl_dump_end(skb, err);
}
