// SPDX-License-Identifier: GPL-2.0-only
/* URL prefixes over netlink. */

#include <net/genetlink.h>

#include "compat.h"
#include "control.h"
#include "genl.h"
#include "group.h"
#include "net.h"
#include "netlink.h"
#include "reservation.h"
#include "who.h"

/* Prefixes looked at before others get net->config and the CPU */
#define DUMP_STEPS	1024

/* Who has it? The answer to the question that follows every -EEXIST */
static void name_holder(struct genl_info *info, struct khttp_net *kn,
			const char *prefix)
{
	const struct khttp_url *url;
	const char *why;

	url = khttp_url_find(kn, prefix, strlen(prefix), &why);
	if (!IS_ERR(url))
		KHTTP_NL_SET_TEXT(info->extack, "queue %.40s has this URL prefix",
				  url->group->queue->name);
}

/* And whose reservation is in the way, after -EPERM */
static void name_reserver(struct genl_info *info, struct khttp_net *kn,
			  const char *prefix)
{
	const struct khttp_reservation *r;
	const char *why;

	r = khttp_reservation_of(kn, prefix, strlen(prefix), &why);
	if (!IS_ERR(r) && uid_valid(r->to.uid))
		KHTTP_NL_SET_TEXT(info->extack, "is uid %u's by %.30s, or needs CAP_NET_ADMIN",
				  from_kuid_munged(current_user_ns(), r->to.uid),
				  r->at.prefix);
	else if (!IS_ERR(r))
		KHTTP_NL_SET_TEXT(info->extack, "is gid %u's by %.30s, or needs CAP_NET_ADMIN",
				  from_kgid_munged(current_user_ns(), r->to.gid),
				  r->at.prefix);
}

static bool names_place(struct genl_info *info)
{
	const struct nlattr *group = info->attrs[KHTTP_URL_A_GROUP];

	if (!group)
		return khttp_nl_queue_name(info, KHTTP_URL_A_QUEUE);
	if (!info->attrs[KHTTP_URL_A_QUEUE])
		return khttp_nl_group_name(info, KHTTP_URL_A_GROUP);
	khttp_nl_refuse(info, group, -EINVAL,
			"name the queue or the group, which has its queue");
	return false;
}

/* The group that names_place() found named, or NULL: refused */
static struct khttp_group *place(struct genl_info *info, struct khttp_net *kn)
{
	struct khttp_group *g;
	struct khttp_queue *q;

	if (info->attrs[KHTTP_URL_A_GROUP])
		return khttp_nl_group(info, kn, KHTTP_URL_A_GROUP);
	q = khttp_nl_queue(info, kn, KHTTP_URL_A_QUEUE);
	if (!q)
		return NULL;
	g = q->group;
	/* It stands in net->queues as long as net->config is held */
	khttp_queue_put(q);
	return g;
}

/* What it has instead of requests for its queue, if anything */
static int get_redirect(struct genl_info *info, struct khttp_redirect *r)
{
	const struct nlattr *to = info->attrs[KHTTP_URL_A_REDIRECT];
	const struct nlattr *status = info->attrs[KHTTP_URL_A_STATUS];

	*r = (struct khttp_redirect){ .status = 308 };
	if (status && !to)
		return khttp_nl_refuse(info, status, -EINVAL,
				       "a status is a redirect's: say whereto");
	if (!to)
		return 0;
	if (strlen(nla_data(to)) + 1 != nla_len(to))
		return khttp_nl_refuse(info, to, -EINVAL,
			"the text ends in one NUL and has no other");
	r->to = nla_data(to);
	r->to_len = strlen(r->to);
	if (status)
		r->status = min_t(u32, nla_get_u32(status), U16_MAX);
	return 0;
}

static int add(struct genl_info *info, struct khttp_net *kn,
	       const struct khttp_url_order *o)
{
	struct khttp_group *g = place(info, kn);
	const char *why;
	int err;

	if (!g)
		return -ENOENT;
	err = khttp_control_url_add(g, o, &why);
	if (err)
		khttp_nl_refuse(info, info->attrs[KHTTP_URL_A_PREFIX], err, why);
	if (err == -EEXIST)
		name_holder(info, kn, o->prefix);
	else if (err == -EPERM && khttp_who_controls(o->who, g->queue))
		name_reserver(info, kn, o->prefix);
	return err;
}

int khttp_nl_url_add(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *context = info->attrs[KHTTP_URL_A_CONTEXT];
	struct khttp_who who;
	struct khttp_url_order o = {
		.who = &who,
		.context = context ? nla_get_u64(context) : 0,
		.replace = info->attrs[KHTTP_URL_A_REPLACE],
	};
	struct khttp_net *kn;
	int err;

	o.prefix = khttp_nl_text(info, KHTTP_URL_A_PREFIX,
				 "say which URL prefix, as http://host:port/path/");
	if (!o.prefix || !names_place(info))
		return -EINVAL;
	o.len = strlen(o.prefix);
	err = get_redirect(info, &o.redirect) ?:
	      khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	err = add(info, kn, &o);
	khttp_nl_end(kn);
	return err;
}

int khttp_nl_url_del(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_who who;
	struct khttp_net *kn;
	const char *prefix;
	const char *why;
	int err;

	prefix = khttp_nl_text(info, KHTTP_URL_A_PREFIX,
			       "say which URL prefix, as http://host:port/path/");
	if (!prefix)
		return -EINVAL;
	err = khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	err = khttp_control_url_del(kn, &who, prefix, strlen(prefix), &why);
	khttp_nl_end(kn);
	if (err)
		khttp_nl_refuse(info, info->attrs[KHTTP_URL_A_PREFIX], err, why);
	return err;
}

static bool put_redirect(struct sk_buff *skb, const struct khttp_url *url)
{
	return !url->redirect ||
	       (!khttp_nl_put_text(skb, KHTTP_URL_A_REDIRECT, url->redirect,
				   url->redirect_len) &&
		!nla_put_u32(skb, KHTTP_URL_A_STATUS, url->status));
}

static bool put_binder(struct sk_buff *skb, const struct khttp_url *url,
		       const struct khttp_nl_reader *reader)
{
	return (!uid_valid(url->user) ||
		!nla_put_u32(skb, KHTTP_URL_A_USER,
			     from_kuid_munged(reader->user_ns, url->user))) &&
	       (!url->of_file || !nla_put_flag(skb, KHTTP_URL_A_OF_FILE));
}

static int put_url(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct khttp_url *url,
		   const struct khttp_nl_reader *reader)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_URL_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (khttp_nl_put_text(skb, KHTTP_URL_A_PREFIX, url->prefix,
			      url->prefix_len) ||
	    nla_put_string(skb, KHTTP_URL_A_QUEUE, url->group->queue->name) ||
	    nla_put_string(skb, KHTTP_URL_A_GROUP, url->group->name) ||
	    nla_put_u64_64bit(skb, KHTTP_URL_A_CONTEXT, url->context,
			      KHTTP_URL_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_URL_A_REQUESTS,
			      khttp_url_requests(url), KHTTP_URL_A_PAD) ||
	    !put_redirect(skb, url) || !put_binder(skb, url, reader)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

struct url_cursor {
	u64 id;				/* go on with this or the next */
	bool done;
};

/* Some steps of the dump. Context: net->config held */
static int dump_some(struct sk_buff *skb, struct netlink_callback *cb,
		     struct khttp_net *kn, const struct khttp_nl_reader *reader)
{
	struct url_cursor *at = (struct url_cursor *)cb->ctx;
	const struct khttp_url *url;
	unsigned int steps;
	int err = 0;

	for (steps = 0; steps < DUMP_STEPS; steps++) {
		url = khttp_router_next(kn->router, at->id);
		if (!url) {
			at->done = true;
			return 0;
		}
		if (khttp_nl_sees(reader, url->group->queue))
			err = put_url(skb, cb, url, reader);
		if (err)
			return err;
		at->id = url->id + 1;
	}
	return 0;
}

int khttp_nl_url_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct url_cursor *at = (struct url_cursor *)cb->ctx;
	struct khttp_nl_reader reader;
	int err = 0;

	khttp_nl_reader(&reader, cb->skb);
	while (!at->done && !err) {
		err = khttp_control_lock(kn);
		if (err)
			break;
		err = dump_some(skb, cb, kn, &reader);
		khttp_control_unlock(kn);
		cond_resched();
	}
	return khttp_nl_dump_end(skb, err);
}
