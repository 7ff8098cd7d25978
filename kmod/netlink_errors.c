// SPDX-License-Identifier: GPL-2.0-only
/* The error log over netlink. */

#include <linux/cred.h>
#include <net/genetlink.h>

#include "control.h"
#include "errors.h"
#include "genl.h"
#include "net.h"
#include "netlink.h"
#include "router.h"

struct error_cursor {
	u64 seq;			/* go on with this or the next */
	u64 end;			/* drawn last when the dump began */
	u64 lost;			/* and not told yet */
	bool begun;
	bool ended;			/* the message with NEXT is written */
};

/* Which of them; what is absent is NULL or KHTTP_REASON_NONE */
struct filter {
	const struct nlattr *queue;
	enum khttp_reason reason;
	u64 from;
};

static int get_filter(struct netlink_callback *cb, struct filter *f)
{
	struct nlattr *tb[KHTTP_ERROR_A_QUEUE + 1];
	const struct nlattr *a;
	int err;

	err = nlmsg_parse(cb->nlh, GENL_HDRLEN, tb, KHTTP_ERROR_A_QUEUE,
			  khttp_genl_error_policy, cb->extack);
	if (err)
		return err;
	a = tb[KHTTP_ERROR_A_FROM];
	f->from = a ? max_t(u64, nla_get_u64(a), 1) : 1;
	f->queue = tb[KHTTP_ERROR_A_QUEUE];
	f->reason = KHTTP_REASON_NONE;
	a = tb[KHTTP_ERROR_A_REASON];
	if (!a)
		return 0;
	f->reason = khttp_reason_lookup(nla_data(a));
	if (f->reason)
		return 0;
	NL_SET_ERR_MSG_ATTR(cb->extack, a,
		"no such reason; 'khttpctl reason list' has the words");
	return -EINVAL;
}

static bool wanted(const struct filter *f, const struct khttp_error_record *r,
		   const struct khttp_nl_reader *reader)
{
	if (f->reason && f->reason != r->reason)
		return false;
	if (f->queue && (!r->queue_id || nla_strcmp(f->queue, r->queue)))
		return false;
	/* Who no user is owns no queue */
	return reader->admin ||
	       (r->queue_id && uid_eq(r->owner, reader->cred->fsuid));
}

static bool put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return !nla_put_u64_64bit(skb, attr, value, KHTTP_ERROR_A_PAD);
}

/* @attr: the address, behind which port and scope stand */
static bool put_endpoint(struct sk_buff *skb, int attr,
			 const struct khttp_endpoint *e)
{
	return !nla_put(skb, attr, e->family == AF_INET6 ? 16 : 4, e->addr) &&
	       !nla_put_u32(skb, attr + 1, e->port) &&
	       (!e->scope_id || !nla_put_u32(skb, attr + 2, e->scope_id));
}

static bool put_asked(struct sk_buff *skb, const struct khttp_error_record *r)
{
	u32 len = min_t(u32, r->target_len, sizeof(r->target));

	if (r->version && nla_put_u32(skb, KHTTP_ERROR_A_VERSION, r->version))
		return false;
	if (r->method_len &&
	    nla_put(skb, KHTTP_ERROR_A_METHOD, r->method_len, r->method))
		return false;
	if (len && nla_put(skb, KHTTP_ERROR_A_TARGET, len, r->target))
		return false;
	return len == r->target_len ||
	       !nla_put_u32(skb, KHTTP_ERROR_A_TARGET_LENGTH, r->target_len);
}

static bool put_where(struct sk_buff *skb, struct khttp_net *kn,
		      const struct khttp_error_record *r)
{
	const struct khttp_url *url = NULL;

	if (r->queue_id &&
	    (nla_put_string(skb, KHTTP_ERROR_A_QUEUE, r->queue) ||
	     nla_put_u32(skb, KHTTP_ERROR_A_QUEUE_ID, r->queue_id)))
		return false;
	if (r->url_id)
		url = khttp_router_next(kn->router, r->url_id);
	return !url || url->id != r->url_id ||
	       !khttp_nl_put_text(skb, KHTTP_ERROR_A_PREFIX, url->prefix,
				  url->prefix_len);
}

static bool put_lost(struct sk_buff *skb, const struct error_cursor *at)
{
	return !at->lost || put_u64(skb, KHTTP_ERROR_A_LOST, at->lost);
}

static int put_record(struct sk_buff *skb, struct netlink_callback *cb,
		      struct khttp_net *kn, const struct khttp_error_record *r)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_ERROR_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (!put_lost(skb, (struct error_cursor *)cb->ctx) ||
	    !put_u64(skb, KHTTP_ERROR_A_SEQ, r->seq) ||
	    !put_u64(skb, KHTTP_ERROR_A_TIME, r->time_ns) ||
	    !put_u64(skb, KHTTP_ERROR_A_CONNECTION, r->connection) ||
	    !put_u64(skb, KHTTP_ERROR_A_STREAM, r->stream) ||
	    !put_endpoint(skb, KHTTP_ERROR_A_CLIENT, &r->client) ||
	    !put_endpoint(skb, KHTTP_ERROR_A_LOCAL, &r->local) ||
	    !put_asked(skb, r) ||
	    nla_put_u32(skb, KHTTP_ERROR_A_STATUS, r->status) ||
	    nla_put_string(skb, KHTTP_ERROR_A_REASON,
			   khttp_reason_word(r->reason)) ||
	    !put_where(skb, kn, r)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int put_end(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct error_cursor *at = (struct error_cursor *)cb->ctx;
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_ERROR_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (!put_u64(skb, KHTTP_ERROR_A_NEXT, at->seq) || !put_lost(skb, at)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	at->ended = true;
	return 0;
}

static int put_records(struct sk_buff *skb, struct netlink_callback *cb,
		       struct khttp_net *kn, const struct filter *f,
		       const struct khttp_nl_reader *reader)
{
	struct error_cursor *at = (struct error_cursor *)cb->ctx;
	struct khttp_error_record r;
	int err;

	if (at->ended)
		return 0;
	while (at->seq <= at->end &&
	       khttp_errors_read(kn, &at->seq, &at->lost, &r)) {
		if (!wanted(f, &r, reader))
			continue;
		err = put_record(skb, cb, kn, &r);
		if (err) {
			at->seq = r.seq;
			return err;
		}
		at->lost = 0;
	}
	return put_end(skb, cb);
}

int khttp_nl_error_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct error_cursor *at = (struct error_cursor *)cb->ctx;
	struct khttp_nl_reader reader;
	struct filter f;
	int err;

	err = get_filter(cb, &f);
	if (err)
		return err;
	khttp_nl_reader(&reader, cb->skb);
	err = khttp_control_lock(kn);
	if (err)
		return err;
	if (!at->begun) {
		khttp_errors_await(kn);
		at->seq = f.from;
		at->end = khttp_errors_last(kn);
		at->begun = true;
	}
	err = put_records(skb, cb, kn, &f, &reader);
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
