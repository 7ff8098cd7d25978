// SPDX-License-Identifier: GPL-2.0-only
/* Reservations over netlink. */

#include <linux/cred.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "compat.h"
#include "control.h"
#include "genl.h"
#include "net.h"
#include "netlink.h"
#include "reservation.h"
#include "who.h"

static const char *prefix_of(struct genl_info *info)
{
	return khttp_nl_text(info, KHTTP_RESERVATION_A_PREFIX,
			     "say which URL prefix, as http://host:port/path/");
}

static int refuse(struct genl_info *info, int err, const char *why)
{
	if (err)
		khttp_nl_refuse(info, info->attrs[KHTTP_RESERVATION_A_PREFIX],
				err, why);
	return err;
}

static int get_grantee(struct genl_info *info, struct khttp_grantee *to)
{
	const struct nlattr *uid = info->attrs[KHTTP_RESERVATION_A_UID];
	const struct nlattr *gid = info->attrs[KHTTP_RESERVATION_A_GID];
	const struct nlattr *rights = info->attrs[KHTTP_RESERVATION_A_RIGHTS];
	struct user_namespace *ns = current_user_ns();

	*to = (struct khttp_grantee){
		.uid = uid ? make_kuid(ns, nla_get_u32(uid)) : INVALID_UID,
		.gid = gid ? make_kgid(ns, nla_get_u32(gid)) : INVALID_GID,
		.rights = rights ? nla_get_u32(rights) : KHTTP_RIGHT_LISTEN,
	};
	if (!uid && !gid)
		return khttp_nl_refuse(info, NULL, -EINVAL,
				       "say for whom: a user, a group or both");
	if (uid && !uid_valid(to->uid))
		return khttp_nl_refuse(info, uid, -EINVAL,
			"no such user id in your user namespace");
	if (gid && !gid_valid(to->gid))
		return khttp_nl_refuse(info, gid, -EINVAL,
			"no such group id in your user namespace");
	if (!to->rights || to->rights & ~KHTTP_RIGHT_ALL)
		return khttp_nl_refuse(info, rights, -EINVAL,
			"rights are listen, delegate or both");
	return 0;
}

/* Whose is it? The answer to the question that follows a refusal */
static void name_grantee(struct genl_info *info, struct khttp_net *kn, const char *prefix)
{
	const struct khttp_reservation *r;
	const char *why;

	r = khttp_reservation_of(kn, prefix, strlen(prefix), &why);
	if (!IS_ERR(r) && uid_valid(r->to.uid))
		KHTTP_NL_SET_TEXT(info->extack, "reserved already, for uid %u",
				  from_kuid_munged(current_user_ns(), r->to.uid));
	else if (!IS_ERR(r))
		KHTTP_NL_SET_TEXT(info->extack, "reserved already, for gid %u",
				  from_kgid_munged(current_user_ns(), r->to.gid));
}

int khttp_nl_reservation_add(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_grantee to;
	struct khttp_who who;
	struct khttp_net *kn;
	const char *prefix;
	const char *why;
	int err;

	prefix = prefix_of(info);
	if (!prefix)
		return -EINVAL;
	err = get_grantee(info, &to) ?:
	      khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	err = khttp_control_reservation_add(kn, &who, prefix, strlen(prefix),
					    &to, &why);
	refuse(info, err, why);
	if (err == -EEXIST)
		name_grantee(info, kn, prefix);
	khttp_nl_end(kn);
	return err;
}

int khttp_nl_reservation_del(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_who who;
	struct khttp_net *kn;
	const char *prefix;
	const char *why;
	int err;

	prefix = prefix_of(info);
	if (!prefix)
		return -EINVAL;
	err = khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	err = khttp_control_reservation_del(kn, &who, prefix, strlen(prefix),
					    &why);
	khttp_nl_end(kn);
	return refuse(info, err, why);
}

static int put_reservation(struct sk_buff *skb, void *hdr,
			   const struct khttp_reservation *r,
			   struct user_namespace *ns)
{
	const struct khttp_grantee *to = &r->to;

	if (!hdr)
		return -EMSGSIZE;
	if (khttp_nl_put_text(skb, KHTTP_RESERVATION_A_PREFIX, r->at.prefix,
			      r->at.prefix_len) ||
	    (uid_valid(to->uid) &&
	     nla_put_u32(skb, KHTTP_RESERVATION_A_UID,
			 from_kuid_munged(ns, to->uid))) ||
	    (gid_valid(to->gid) &&
	     nla_put_u32(skb, KHTTP_RESERVATION_A_GID,
			 from_kgid_munged(ns, to->gid))) ||
	    nla_put_u32(skb, KHTTP_RESERVATION_A_RIGHTS, to->rights) ||
	    nla_put_u32(skb, KHTTP_RESERVATION_A_CREATOR,
			from_kuid_munged(ns, r->creator)) ||
	    (r->binds && nla_put_flag(skb, KHTTP_RESERVATION_A_BIND)) ||
	    (uid_valid(r->counted) &&
	     nla_put_flag(skb, KHTTP_RESERVATION_A_DELEGATED))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int reply_reservation(struct genl_info *info, const struct khttp_reservation *r)
{
	struct sk_buff *skb = khttp_genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	int err;

	if (!skb)
		return -ENOMEM;
	err = put_reservation(skb, genlmsg_put_reply(skb, info, &khttp_genl_family,
						     0, KHTTP_CMD_RESERVATION_GET),
			      r, current_user_ns());
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

int khttp_nl_reservation_get(struct sk_buff *skb, struct genl_info *info)
{
	const struct khttp_reservation *r;
	struct khttp_net *kn;
	const char *prefix;
	const char *why;
	int err;

	prefix = prefix_of(info);
	if (!prefix)
		return -EINVAL;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	r = khttp_reservation_of(kn, prefix, strlen(prefix), &why);
	err = IS_ERR(r) ? refuse(info, PTR_ERR(r), why) : reply_reservation(info, r);
	khttp_nl_end(kn);
	return err;
}

int khttp_nl_reservation_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct khttp_nl_cursor *at = (struct khttp_nl_cursor *)cb->ctx;
	const struct khttp_reservation *r;
	struct khttp_nl_reader reader;
	int err;

	khttp_nl_reader(&reader, cb->skb);
	err = khttp_control_lock(kn);
	if (err)
		return err;
	/* 4096 at most; every message is of one whole reservation */
	while (!err && (r = khttp_reservation_next(kn, at->in))) {
		err = put_reservation(skb, khttp_nl_dump_put(skb, cb,
						KHTTP_CMD_RESERVATION_GET), r,
				      reader.user_ns);
		if (!err)
			at->in = r->at.id + 1;
	}
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
