// SPDX-License-Identifier: GPL-2.0-only
/* What the handlers have in common: rights, texts, messages. */

#include "netlink.h"

#include <linux/pid_namespace.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "control.h"
#include "genl.h"
#include "group.h"
#include "net.h"
#include "queue.h"
#include "who.h"

/**
 * khttp_nl_reader - who asks
 * @r: filled
 * @skb: the request's message
 *
 * User ids are those of the socket's opener, for a dump goes on whoever reads;
 * process ids those of the reading task.
 */
void khttp_nl_reader(struct khttp_nl_reader *r, const struct sk_buff *skb)
{
	struct sock *sk = NETLINK_CB(skb).sk;

	r->user_ns = sk_user_ns(sk);
	r->pid_ns = task_active_pid_ns(current);
	r->cred = sk->sk_socket->file->f_cred;
	r->admin = netlink_ns_capable(skb, sock_net(sk)->user_ns,
				      CAP_NET_ADMIN);
}

/**
 * khttp_nl_sees - may the reader see this queue and what belongs to it?
 * @r: the reader
 * @q: the queue
 *
 * Context: any.
 */
bool khttp_nl_sees(const struct khttp_nl_reader *r, const struct khttp_queue *q)
{
	return r->admin || khttp_queue_lets(q, r->cred, KHTTP_QUEUE_SEE);
}

/**
 * khttp_nl_controls - may he control this queue?
 * @info: the request
 * @who: who
 * @q: the queue
 *
 * Returns 0 or -EPERM, refused.
 */
int khttp_nl_controls(struct genl_info *info, const struct khttp_who *who,
		      const struct khttp_queue *q)
{
	if (khttp_who_controls(who, q))
		return 0;
	return khttp_nl_refuse(info, NULL, -EPERM,
		"needs CAP_NET_ADMIN, to be its owner, or 'x' in its mode");
}

/**
 * khttp_nl_refuse - say why not
 * @info: the request
 * @attr: the attribute at fault, or NULL
 * @err: -errno
 * @why: static text that says what to do
 */
int khttp_nl_refuse(struct genl_info *info, const struct nlattr *attr, int err,
		    const char *why)
{
	if (info->extack) {
		info->extack->_msg = why;
		info->extack->bad_attr = attr;
	}
	return err;
}

/**
 * khttp_nl_begin - begin a change of the configuration
 * @info: the request; the family's flags or khttp_nl_begin_by() see to the rights
 * @kn: set to the namespace's root
 *
 * A message of a transaction that is committed has that in its user_ptr already, and
 * net->config is held for all of them.
 *
 * Context: sleeps. On 0 net->config is held until khttp_nl_end().
 */
int khttp_nl_begin(struct genl_info *info, struct khttp_net **kn)
{
	struct net *net = genl_info_net(info);

	*kn = info->user_ptr[0];
	if (*kn)
		return 0;
	if (!khttp_net_allowed(net))
		return khttp_nl_refuse(info, NULL, -EPERM,
			"khttp is off in user namespaces; load it with userns=1");
	*kn = khttp_net_of(net);
	if (khttp_control_lock(*kn))
		return khttp_nl_refuse(info, NULL, -EINTR, "interrupted");
	return 0;
}

/**
 * khttp_nl_begin_by - the same for what not only CAP_NET_ADMIN may do
 * @info: the request
 * @skb: its message
 * @kn: set to the namespace's root
 * @who: filled with who sent it; valid while the request is handled
 *
 * Context: as khttp_nl_begin(), in the task that sent it, which holds its socket open.
 */
int khttp_nl_begin_by(struct genl_info *info, const struct sk_buff *skb,
		      struct khttp_net **kn, struct khttp_who *who)
{
	int err = khttp_nl_begin(info, kn);

	if (!err)
		khttp_who_by_file(who, *kn, NETLINK_CB(skb).sk->sk_socket->file);
	return err;
}

/**
 * khttp_nl_end - end of a change
 * @kn: the namespace's root
 */
void khttp_nl_end(struct khttp_net *kn)
{
	if (!kn->batch)
		khttp_control_unlock(kn);
}

/**
 * khttp_nl_text - the text of a required attribute
 * @info: the request
 * @attr: its number
 * @missing: what to say when it is not there
 *
 * The policy has seen to the NUL at the end; another one inside would hide
 * what stands behind it. Returns NULL after refusing.
 */
const char *khttp_nl_text(struct genl_info *info, int attr, const char *missing)
{
	const struct nlattr *a = info->attrs[attr];

	if (!a) {
		khttp_nl_refuse(info, NULL, -EINVAL, missing);
		return NULL;
	}
	if (strlen(nla_data(a)) + 1 != nla_len(a)) {
		khttp_nl_refuse(info, a, -EINVAL,
				"the text ends in one NUL and has no other");
		return NULL;
	}
	return nla_data(a);
}

/**
 * khttp_nl_name_ok - is it a name?
 * @name: of a queue, with anything but a character of names behind it
 * @len: bytes of it
 *
 * None that a command line would take for an option.
 */
bool khttp_nl_name_ok(const char *name, size_t len)
{
	return len && len < KHTTP_QUEUE_NAME_MAX && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789._-") == len;
}

/**
 * khttp_nl_queue_name - a queue's name
 * @info: the request
 * @attr: number of the required attribute
 *
 * Returns NULL after refusing.
 */
const char *khttp_nl_queue_name(struct genl_info *info, int attr)
{
	const char *name = khttp_nl_text(info, attr, "name the queue");

	if (!name || khttp_nl_name_ok(name, strlen(name)))
		return name;
	khttp_nl_refuse(info, info->attrs[attr], -EINVAL,
			"queue names are 1 to 63 of letters, digits, '.', '_', '-', not '-' first");
	return NULL;
}

/**
 * khttp_nl_group_name - a group's name
 * @info: the request
 * @attr: number of the required attribute
 *
 * Returns NULL after refusing.
 */
const char *khttp_nl_group_name(struct genl_info *info, int attr)
{
	const char *name = khttp_nl_text(info, attr, "name the group");

	if (!name || khttp_nl_name_ok(name, strlen(name)))
		return name;
	khttp_nl_refuse(info, info->attrs[attr], -EINVAL,
			"group names are 1 to 63 of letters, digits, '.', '_', '-', not '-' first");
	return NULL;
}

/**
 * khttp_nl_group - the group that an attribute names
 * @info: the request
 * @kn: the namespace's root
 * @attr: number of the required attribute, whose text has been checked
 *
 * Context: net->config held. Returns no reference, or NULL after refusing.
 */
struct khttp_group *khttp_nl_group(struct genl_info *info, struct khttp_net *kn,
				   int attr)
{
	struct khttp_group *g = khttp_group_find(kn, nla_data(info->attrs[attr]));

	if (!g)
		khttp_nl_refuse(info, info->attrs[attr], -ENOENT,
			"no such group; 'khttpctl group list' shows them");
	return g;
}

/**
 * khttp_nl_queue - the queue that an attribute names
 * @info: the request
 * @kn: the namespace's root
 * @attr: number of the required attribute, whose text has been checked
 *
 * Context: net->config held. Returns a reference, or NULL after refusing.
 */
struct khttp_queue *khttp_nl_queue(struct genl_info *info,
				   struct khttp_net *kn, int attr)
{
	struct khttp_queue *q = khttp_queue_find(kn, nla_data(info->attrs[attr]));

	if (!q)
		khttp_nl_refuse(info, info->attrs[attr], -ENOENT,
			"no such queue; 'khttpctl queue list' shows them");
	return q;
}

/**
 * khttp_nl_filter_name - the name of a set or a rate
 * @info: the request
 * @attr: number of the required attribute
 *
 * Returns NULL after refusing.
 */
const char *khttp_nl_filter_name(struct genl_info *info, int attr)
{
	const char *name = khttp_nl_text(info, attr, "name the set or the rate");

	if (!name || khttp_nl_name_ok(name, strlen(name)))
		return name;
	khttp_nl_refuse(info, info->attrs[attr], -EINVAL,
			"such names are 1 to 63 of letters, digits, '.', '_', '-', not '-' first");
	return NULL;
}

/**
 * khttp_nl_filter_del - end of a set or a rate
 * @info: the request
 * @attr: number of the attribute with its name
 * @del: ends it, under net->config; sets the text when it fails
 */
int khttp_nl_filter_del(struct genl_info *info, int attr,
			int (*del)(struct khttp_net *kn, const char *name,
				   const char **why))
{
	const char *name = khttp_nl_filter_name(info, attr);
	struct khttp_net *kn;
	const char *why;
	int err;

	if (!name)
		return -EINVAL;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	err = del(kn, name, &why);
	khttp_nl_end(kn);
	if (err)
		khttp_nl_refuse(info, info->attrs[attr], err, why);
	return err;
}

/**
 * khttp_nl_put_text - a string attribute from bytes without NUL
 * @skb: the message
 * @attr: its number
 * @text: the bytes
 * @len: how many
 */
int khttp_nl_put_text(struct sk_buff *skb, int attr, const char *text,
		      size_t len)
{
	struct nlattr *a;
	char *to;

	if (len > U16_MAX - NLA_HDRLEN - 1)
		return -EMSGSIZE;
	a = nla_reserve(skb, attr, len + 1);
	if (!a)
		return -EMSGSIZE;
	to = nla_data(a);
	memcpy(to, text, len);
	to[len] = '\0';
	return 0;
}

/**
 * khttp_nl_dump_net - the root of the namespace that is dumped
 * @cb: the dump
 */
struct khttp_net *khttp_nl_dump_net(const struct netlink_callback *cb)
{
	return khttp_net_of(sock_net(cb->skb->sk));
}

/**
 * khttp_nl_dump_put - begin the next message of a dump
 * @skb: what is being filled
 * @cb: the dump
 * @cmd: enum khttp_cmd
 */
void *khttp_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
			u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &khttp_genl_family, NLM_F_MULTI, cmd);
}

/**
 * khttp_nl_dump_end - end of one run of a dump
 * @skb: what was filled
 * @err: 0 at the end of the objects, -EMSGSIZE where there was no more room
 *
 * Every dump keeps a cursor of ids in cb->ctx and goes on behind the last
 * object it showed, whatever came or went meanwhile.
 */
int khttp_nl_dump_end(struct sk_buff *skb, int err)
{
	return err && !skb->len ? err : skb->len;
}

/**
 * khttp_nl_queues_dump - a dump that goes through the queues
 * @skb: what is being filled
 * @cb: the dump
 * @put: called for each queue, with net->config held
 */
int khttp_nl_queues_dump(struct sk_buff *skb, struct netlink_callback *cb,
			 khttp_nl_put_fn *put)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct khttp_nl_cursor *at = (struct khttp_nl_cursor *)cb->ctx;
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
			at->in = 0;
		at->queue = q->id;
		if (khttp_nl_sees(&reader, q))
			err = put(skb, cb, q, &reader);
		if (err)
			break;
		at->queue++;
		at->in = 0;
	}
out:
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
