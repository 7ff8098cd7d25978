/* SPDX-License-Identifier: GPL-2.0-only */
/* Handlers of the netlink family: attributes to calls and back; no state. */
#ifndef _KHTTP_NETLINK_H
#define _KHTTP_NETLINK_H

#include <linux/types.h>

struct cred;
struct genl_info;
struct khttp_door;
struct khttp_door_change;
struct khttp_group;
struct khttp_limit_change;
struct khttp_net;
struct khttp_queue;
struct khttp_who;
struct netlink_callback;
struct nlattr;
struct pid_namespace;
struct sk_buff;
struct user_namespace;

/* Who asks, and in whose terms the answer is written */
struct khttp_nl_reader {
	struct user_namespace *user_ns;
	struct pid_namespace *pid_ns;
	const struct cred *cred;	/* of the socket's opener; during the call */
	bool admin;			/* CAP_NET_ADMIN over the namespace */
};

/* Of a request's message. Context: the task that sent it or goes on reading */
void khttp_nl_reader(struct khttp_nl_reader *r, const struct sk_buff *skb);
/* The queue and what belongs to it */
bool khttp_nl_sees(const struct khttp_nl_reader *r,
		   const struct khttp_queue *q);

/* May he control it? 0, or -EPERM: refused */
int khttp_nl_controls(struct genl_info *info, const struct khttp_who *who,
		      const struct khttp_queue *q);

/* Refuse with a text, pointing at @attr unless it is NULL. Returns @err */
int khttp_nl_refuse(struct genl_info *info, const struct nlattr *attr, int err,
		    const char *why);

/* A change begins: allowed in this namespace, and net->config is held, as it is
 * already in a transaction
 */
int khttp_nl_begin(struct genl_info *info, struct khttp_net **kn);
/* And who wants it, where not only CAP_NET_ADMIN may. Context: his task */
int khttp_nl_begin_by(struct genl_info *info, const struct sk_buff *skb,
		      struct khttp_net **kn, struct khttp_who *who);
void khttp_nl_end(struct khttp_net *kn);

/* The text of a required attribute, or NULL: refused with @missing */
const char *khttp_nl_text(struct genl_info *info, int attr,
			  const char *missing);
/* @len bytes that could be a queue's name; NUL or ',' stands behind them */
bool khttp_nl_name_ok(const char *name, size_t len);
/* A queue's name out of a required attribute, or NULL: refused */
const char *khttp_nl_queue_name(struct genl_info *info, int attr);
/* That queue with a reference, or NULL: refused. Context: net->config held */
struct khttp_queue *khttp_nl_queue(struct genl_info *info,
				   struct khttp_net *kn, int attr);

/* The same of a group, which is valid while net->config is held */
const char *khttp_nl_group_name(struct genl_info *info, int attr);
struct khttp_group *khttp_nl_group(struct genl_info *info, struct khttp_net *kn,
				   int attr);

/* netlink_limits.c: what the entries of kind @attr say, each checked against its
 * row; @of_group: a group may set it. Other attributes are the policy's business.
 * kfree(*list) on 0
 */
int khttp_nl_changes(struct genl_info *info, int attr, bool of_group,
		     struct khttp_limit_change **list, unsigned int *n);

/* netlink_door.c: what a group is to say at its door, checked; points into the
 * message. 0 or refused
 */
int khttp_nl_door(struct genl_info *info, struct khttp_door_change *ch);
/* @d: NULL for no door. @body_of: with the body of the page for that status; 0: with
 * none. False: no room
 */
bool khttp_nl_put_door(struct sk_buff *skb, const struct khttp_door *d, u32 body_of);

/* The name of a set or a rate out of a required attribute, or NULL: refused */
const char *khttp_nl_filter_name(struct genl_info *info, int attr);
/* The end of one of them, by @del */
int khttp_nl_filter_del(struct genl_info *info, int attr,
			int (*del)(struct khttp_net *kn, const char *name,
				   const char **why));

/* @len bytes as a string attribute; 0 or -EMSGSIZE */
int khttp_nl_put_text(struct sk_buff *skb, int attr, const char *text,
		      size_t len);

/* The root of the namespace that is dumped */
struct khttp_net *khttp_nl_dump_net(const struct netlink_callback *cb);
/* The message that a dump writes next, or NULL: no room */
void *khttp_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb,
			u8 cmd);
/* What a dump function returns after @err */
int khttp_nl_dump_end(struct sk_buff *skb, int err);

/* In cb->ctx of a dump that goes through the queues */
struct khttp_nl_cursor {
	u64 queue;			/* go on with this or the next */
	u64 in;				/* and in it with this, 0: its beginning */
};

/* Writes of a queue from cursor->in on, and moves that. 0 or -errno */
typedef int khttp_nl_put_fn(struct sk_buff *skb, struct netlink_callback *cb,
			    struct khttp_queue *q,
			    const struct khttp_nl_reader *r);

/* A whole dump: of each queue that the reader may see what @put writes */
int khttp_nl_queues_dump(struct sk_buff *skb, struct netlink_callback *cb,
			 khttp_nl_put_fn *put);

/* netlink_queue.c */
int khttp_nl_queue_add(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_queue_set(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_queue_del(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_queue_drain(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_queue_get(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_queue_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_group.c */
int khttp_nl_group_add(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_group_set(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_group_del(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_group_get(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_group_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_url.c */
int khttp_nl_url_add(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_url_del(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_url_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_listener.c */
int khttp_nl_listener_set(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_listener_reset(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_settings_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_show.c */
int khttp_nl_listener_dump(struct sk_buff *skb, struct netlink_callback *cb);
int khttp_nl_worker_dump(struct sk_buff *skb, struct netlink_callback *cb);
int khttp_nl_event_subscribe(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_worker_drain(struct sk_buff *skb, struct genl_info *info);

/* netlink_grant.c */
int khttp_nl_grant_dump(struct sk_buff *skb, struct netlink_callback *cb);
int khttp_nl_grant_revoke(struct sk_buff *skb, struct genl_info *info);

/* netlink_cache.c */
int khttp_nl_cache_purge(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_cache_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_limits.c */
int khttp_nl_limits_set(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_limits_dump(struct sk_buff *skb, struct netlink_callback *cb);
int khttp_nl_features_get(struct sk_buff *skb, struct genl_info *info);

/* netlink_stats.c */
int khttp_nl_stats_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_errors.c */
int khttp_nl_error_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_filter.c */
int khttp_nl_filter_set(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_filter_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_networks.c */
int khttp_nl_networks_load(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_networks_del(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_networks_get(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_networks_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_rates.c */
int khttp_nl_rate_set(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_rate_del(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_rate_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_transaction.c */
int khttp_nl_change(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_transaction_begin(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_transaction_commit(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_transaction_abort(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_release_init(void);
void khttp_nl_release_exit(void);
/* netlink_reservation.c */
int khttp_nl_reservation_add(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_reservation_del(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_reservation_get(struct sk_buff *skb, struct genl_info *info);
int khttp_nl_reservation_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* netlink_latency.c */
int khttp_nl_latency_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif
