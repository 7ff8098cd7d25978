// SPDX-License-Identifier: GPL-2.0-only
/* Listeners and workers over netlink. */

#include <linux/pid.h>
#include <net/genetlink.h>

#include "control.h"
#include "listener.h"
#include "net.h"
#include "netlink.h"
#include "subscriber.h"
#include "who.h"
#include "port.h"
#include "worker.h"

static int put_listener(struct sk_buff *skb, struct netlink_callback *cb,
			const struct khttp_listener *l)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_LISTENER_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, KHTTP_LISTENER_A_FAMILY, l->place.family) ||
	    nla_put(skb, KHTTP_LISTENER_A_ADDR,
		    l->place.family == AF_INET6 ? 16 : 4, &l->place.addr) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_PORT, l->place.port) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_PREFIXES,
			khttp_port_prefixes(l)) ||
	    nla_put_u64_64bit(skb, KHTTP_LISTENER_A_CONNECTIONS,
			      atomic_long_read(&l->connections),
			      KHTTP_LISTENER_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_LISTENER_A_ACCEPTED,
			      atomic_long_read(&l->accepted),
			      KHTTP_LISTENER_A_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

struct listener_cursor {
	u64 id;				/* go on with this or the next */
};

/* Shown to everybody, as /proc/net/tcp shows listening sockets */
int khttp_nl_listener_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct listener_cursor *at = (struct listener_cursor *)cb->ctx;
	struct khttp_listener *l;
	int err;

	err = khttp_control_lock(kn);
	if (err)
		return err;
	l = khttp_listener_next(kn, at->id);
	if (!l)
		goto out;
	list_for_each_entry_from(l, &kn->listeners, link) {
		err = put_listener(skb, cb, l);
		if (err)
			break;
		at->id = l->id + 1;
	}
out:
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}

static int put_worker(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct khttp_queue *q,
		      const struct khttp_worker_info *i,
		      const struct khttp_nl_reader *r)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_WORKER_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, KHTTP_WORKER_A_QUEUE, q->name) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_ID, i->id) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_PID, pid_nr_ns(i->pid, r->pid_ns)) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_UID,
			from_kuid_munged(r->user_ns, i->uid)) ||
	    nla_put_string(skb, KHTTP_WORKER_A_COMM, i->comm) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_SLOTS, i->slots) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_IN_HAND, i->in_hand) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_STATE, i->state) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_OWED, i->owed) ||
	    nla_put_u32(skb, KHTTP_WORKER_A_PIECES, i->pieces) ||
	    (i->grant && nla_put_u32(skb, KHTTP_WORKER_A_GRANT, i->grant)) ||
	    nla_put_u64_64bit(skb, KHTTP_WORKER_A_FETCHED, i->fetched,
			      KHTTP_WORKER_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_WORKER_A_ANSWERED, i->answered,
			      KHTTP_WORKER_A_PAD) ||
	    nla_put_u64_64bit(skb, KHTTP_WORKER_A_SINCE, i->since,
			      KHTTP_WORKER_A_PAD)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* The worker with the smallest id from @id on, or NULL. Holds q->lock */
static const struct khttp_worker *next_worker(struct khttp_queue *q, u64 id)
{
	const struct khttp_worker *w, *next = NULL;
	struct list_head *at;

	lockdep_assert_held(&q->lock);
	list_for_each(at, &q->workers) {
		w = khttp_worker_of_link(at);
		if (khttp_worker_id(w) >= id &&
		    (!next || khttp_worker_id(w) < khttp_worker_id(next)))
			next = w;
	}
	return next;
}

static int put_workers(struct sk_buff *skb, struct netlink_callback *cb,
		       struct khttp_queue *q, const struct khttp_nl_reader *r)
{
	struct khttp_nl_cursor *at = (struct khttp_nl_cursor *)cb->ctx;
	const struct khttp_worker *w;
	struct khttp_worker_info i;
	int err = 0;

	while (!err) {
		/* The lock keeps the worker, and it keeps the pid */
		spin_lock_bh(&q->lock);
		w = next_worker(q, at->in);
		if (w) {
			/* Of this one alone: requests wait for the lock, too */
			khttp_worker_info(w, &i);
			err = put_worker(skb, cb, q, &i, r);
		}
		spin_unlock_bh(&q->lock);
		if (!w)
			break;
		if (!err)
			at->in = (u64)i.id + 1;
	}
	return err;
}

int khttp_nl_worker_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return khttp_nl_queues_dump(skb, cb, put_workers);
}

int khttp_nl_worker_drain(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *id = info->attrs[KHTTP_WORKER_A_ID];
	struct khttp_queue *q;
	struct khttp_who who;
	struct khttp_net *kn;
	int err;

	if (!khttp_nl_queue_name(info, KHTTP_WORKER_A_QUEUE))
		return -EINVAL;
	if (!id)
		return khttp_nl_refuse(info, NULL, -EINVAL,
				       "name the worker by its id");
	err = khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	q = khttp_nl_queue(info, kn, KHTTP_WORKER_A_QUEUE);
	err = q ? khttp_nl_controls(info, &who, q) : -ENOENT;
	if (!err && !khttp_control_worker_drain(q, nla_get_u32(id)))
		err = khttp_nl_refuse(info, id, -ESRCH,
			"no such worker there; 'khttpctl queue show' lists them");
	khttp_nl_end(kn);
	if (q)
		khttp_queue_put(q);
	return err;
}

int khttp_nl_event_subscribe(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_who who;
	struct khttp_net *kn;
	const char *why;
	int err;

	err = khttp_nl_begin_by(info, skb, &kn, &who);
	if (err)
		return err;
	err = khttp_subscriber_add(kn, &who, info->snd_portid, &why);
	khttp_nl_end(kn);
	return err ? khttp_nl_refuse(info, NULL, err, why) : 0;
}
