// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family: what each command takes. Ranges are checked by the
 * handlers, which can say what would be right; here it is only about types.
 */

#include "genl.h"

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>

#include "alloc.h"
#include "netlink.h"

/* Commands that take nothing refuse everything */
static const struct nla_policy no_policy[] = {
	[1] = { .type = NLA_REJECT },
};

static const struct nla_policy queue_name_policy[] = {
	[KHTTP_QUEUE_A_NAME] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy queue_policy[] = {
	[KHTTP_QUEUE_A_NAME] = { .type = NLA_NUL_STRING },
	[KHTTP_QUEUE_A_LENGTH] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_UID] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_GID] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_MODE] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_REDELIVER] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_REDELIVER_BODY] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_STATE] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_VERBOSITY] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_RETRY_AFTER] = { .type = NLA_U32 },
	[KHTTP_QUEUE_A_DELEGATES] = { .type = NLA_NUL_STRING },
};

const struct nla_policy khttp_genl_limit_policy[KHTTP_LIMIT_A_MAX + 1] = {
	[KHTTP_LIMIT_A_NAME] = { .type = NLA_NUL_STRING },
	[KHTTP_LIMIT_A_VALUE] = { .type = NLA_U64 },
	[KHTTP_LIMIT_A_INHERIT] = { .type = NLA_FLAG },
};

const struct nla_policy khttp_genl_page_policy[KHTTP_PAGE_A_MAX + 1] = {
	[KHTTP_PAGE_A_STATUS] = { .type = NLA_U32 },
	[KHTTP_PAGE_A_TYPE] = { .type = NLA_NUL_STRING },
	[KHTTP_PAGE_A_BODY] = { .type = NLA_BINARY },
};

#define GROUP_SETS							\
	[KHTTP_GROUP_A_NAME] = { .type = NLA_NUL_STRING },		\
	[KHTTP_GROUP_A_LIMIT] = NLA_POLICY_NESTED(khttp_genl_limit_policy), \
	[KHTTP_GROUP_A_SERVER] = { .type = NLA_NUL_STRING },		\
	[KHTTP_GROUP_A_PAGE] = NLA_POLICY_NESTED(khttp_genl_page_policy), \
	[KHTTP_GROUP_A_MAINTENANCE] = { .type = NLA_U32 },		\
	[KHTTP_GROUP_A_RETRY_AFTER] = { .type = NLA_U32 }

static const struct nla_policy group_add_policy[] = {
	GROUP_SETS,
	[KHTTP_GROUP_A_QUEUE] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy group_set_policy[] = { GROUP_SETS };

static const struct nla_policy group_del_policy[] = {
	[KHTTP_GROUP_A_NAME] = { .type = NLA_NUL_STRING },
	[KHTTP_GROUP_A_FORCE] = { .type = NLA_FLAG },
};

static const struct nla_policy group_get_policy[] = {
	[KHTTP_GROUP_A_NAME] = { .type = NLA_NUL_STRING },
	[KHTTP_GROUP_A_BODY_OF] = { .type = NLA_U32 },
};

static const struct nla_policy url_add_policy[] = {
	[KHTTP_URL_A_PREFIX] = { .type = NLA_NUL_STRING },
	[KHTTP_URL_A_QUEUE] = { .type = NLA_NUL_STRING },
	[KHTTP_URL_A_CONTEXT] = { .type = NLA_U64 },
	[KHTTP_URL_A_GROUP] = { .type = NLA_NUL_STRING },
	[KHTTP_URL_A_REDIRECT] = { .type = NLA_NUL_STRING },
	[KHTTP_URL_A_STATUS] = { .type = NLA_U32 },
	[KHTTP_URL_A_REPLACE] = { .type = NLA_FLAG },
};

static const struct nla_policy url_del_policy[] = {
	[KHTTP_URL_A_PREFIX] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy worker_policy[] = {
	[KHTTP_WORKER_A_QUEUE] = { .type = NLA_NUL_STRING },
	[KHTTP_WORKER_A_ID] = { .type = NLA_U32 },
};

static const struct nla_policy grant_policy[] = {
	[KHTTP_GRANT_A_QUEUE] = { .type = NLA_NUL_STRING },
	[KHTTP_GRANT_A_ID] = { .type = NLA_U32 },
	[KHTTP_GRANT_A_ALL] = { .type = NLA_FLAG },
	[KHTTP_GRANT_A_DETACH] = { .type = NLA_FLAG },
};

static const struct nla_policy purge_policy[] = {
	[KHTTP_CACHE_A_URL] = { .type = NLA_NUL_STRING },
	[KHTTP_CACHE_A_RECURSIVE] = { .type = NLA_FLAG },
	[KHTTP_CACHE_A_ALL] = { .type = NLA_FLAG },
	[KHTTP_CACHE_A_TAG] = { .type = NLA_NUL_STRING },
	[KHTTP_CACHE_A_SOFT] = { .type = NLA_FLAG },
};

static const struct nla_policy place_policy[] = {
	[KHTTP_LISTENER_A_ADDR] = { .type = NLA_BINARY, .len = 16 },
	[KHTTP_LISTENER_A_PORT] = { .type = NLA_U32 },
};

static const struct nla_policy listener_policy[] = {
	[KHTTP_LISTENER_A_ADDR] = { .type = NLA_BINARY, .len = 16 },
	[KHTTP_LISTENER_A_PORT] = { .type = NLA_U32 },
	[KHTTP_LISTENER_A_PROXY] = { .type = NLA_U32 },
	[KHTTP_LISTENER_A_TRUSTED] = { .type = NLA_NUL_STRING },
	[KHTTP_LISTENER_A_CLIENT_FROM] = { .type = NLA_U32 },
	[KHTTP_LISTENER_A_BACKLOG] = { .type = NLA_U32 },
	[KHTTP_LISTENER_A_KEEP_IDLE] = { .type = NLA_U32 },
	[KHTTP_LISTENER_A_KEEP_INTERVAL] = { .type = NLA_U32 },
	[KHTTP_LISTENER_A_KEEP_COUNT] = { .type = NLA_U32 },
	[KHTTP_LISTENER_A_DEVICE] = { .type = NLA_NUL_STRING },
	[KHTTP_LISTENER_A_ADDRESSES] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy limits_policy[] = {
	[KHTTP_LIMIT_A_ENTRY] = NLA_POLICY_NESTED(khttp_genl_limit_policy),
};

const struct nla_policy khttp_genl_error_policy[KHTTP_ERROR_A_QUEUE + 1] = {
	[KHTTP_ERROR_A_FROM] = { .type = NLA_U64 },
	[KHTTP_ERROR_A_REASON] = { .type = NLA_NUL_STRING },
	[KHTTP_ERROR_A_QUEUE] = { .type = NLA_NUL_STRING },
};

const struct nla_policy khttp_genl_rule_policy[KHTTP_FILTER_A_MAX + 1] = {
	[KHTTP_FILTER_A_ID] = { .type = NLA_U64 },
	[KHTTP_FILTER_A_TEXT] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy filter_set_policy[] = {
	[KHTTP_FILTER_A_GROUP] = { .type = NLA_NUL_STRING },
	[KHTTP_FILTER_A_GENERATION] = { .type = NLA_U64 },
	[KHTTP_FILTER_A_RULE] = NLA_POLICY_NESTED(khttp_genl_rule_policy),
};

static const struct nla_policy networks_load_policy[] = {
	[KHTTP_NETWORKS_A_NAME] = { .type = NLA_NUL_STRING },
	[KHTTP_NETWORKS_A_IPV4] = { .type = NLA_BINARY },
	[KHTTP_NETWORKS_A_IPV6] = { .type = NLA_BINARY },
	[KHTTP_NETWORKS_A_MORE] = { .type = NLA_FLAG },
	[KHTTP_NETWORKS_A_ABORT] = { .type = NLA_FLAG },
	[KHTTP_NETWORKS_A_GENERATION] = { .type = NLA_U64 },
};

static const struct nla_policy networks_name_policy[] = {
	[KHTTP_NETWORKS_A_NAME] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy networks_get_policy[] = {
	[KHTTP_NETWORKS_A_NAME] = { .type = NLA_NUL_STRING },
	[KHTTP_NETWORKS_A_START] = { .type = NLA_U32 },
	[KHTTP_NETWORKS_A_ADDRESS] = { .type = NLA_BINARY },
};

static const struct nla_policy rate_set_policy[] = {
	[KHTTP_RATE_A_NAME] = { .type = NLA_NUL_STRING },
	[KHTTP_RATE_A_COUNT] = { .type = NLA_U32 },
	[KHTTP_RATE_A_PERIOD] = { .type = NLA_U32 },
	[KHTTP_RATE_A_BURST] = { .type = NLA_U32 },
	[KHTTP_RATE_A_BITS4] = { .type = NLA_U32 },
	[KHTTP_RATE_A_BITS6] = { .type = NLA_U32 },
	[KHTTP_RATE_A_ADDRESSES] = { .type = NLA_U32 },
};

static const struct nla_policy rate_name_policy[] = {
	[KHTTP_RATE_A_NAME] = { .type = NLA_NUL_STRING },
};

static const struct nla_policy transaction_policy[] = {
	[KHTTP_TRANSACTION_A_GENERATION] = { .type = NLA_U64 },
};

static const struct nla_policy reservation_policy[] = {
	[KHTTP_RESERVATION_A_PREFIX] = { .type = NLA_NUL_STRING },
	[KHTTP_RESERVATION_A_UID] = { .type = NLA_U32 },
	[KHTTP_RESERVATION_A_GID] = { .type = NLA_U32 },
	[KHTTP_RESERVATION_A_RIGHTS] = { .type = NLA_U32 },
};

static const struct nla_policy reservation_name_policy[] = {
	[KHTTP_RESERVATION_A_PREFIX] = { .type = NLA_NUL_STRING },
};

#define TAKES(p)	.policy = (p), .maxattr = ARRAY_SIZE(p) - 1

/* What is staged in a transaction: khttp_nl_change() looks it up */
#define CHANGE(cmd, p, handler)						\
	[cmd] = { .make = (handler), TAKES(p) +				\
		  BUILD_BUG_ON_ZERO(ARRAY_SIZE(p) > KHTTP_GENL_CHANGE_ATTRS) }

static const struct khttp_genl_change changes[] = {
	CHANGE(KHTTP_CMD_QUEUE_ADD, queue_policy, khttp_nl_queue_add),
	CHANGE(KHTTP_CMD_QUEUE_SET, queue_policy, khttp_nl_queue_set),
	CHANGE(KHTTP_CMD_QUEUE_DEL, queue_name_policy, khttp_nl_queue_del),
	CHANGE(KHTTP_CMD_URL_ADD, url_add_policy, khttp_nl_url_add),
	CHANGE(KHTTP_CMD_URL_DEL, url_del_policy, khttp_nl_url_del),
	CHANGE(KHTTP_CMD_LIMITS_SET, limits_policy, khttp_nl_limits_set),
	CHANGE(KHTTP_CMD_LISTENER_SET, listener_policy, khttp_nl_listener_set),
	CHANGE(KHTTP_CMD_LISTENER_RESET, place_policy, khttp_nl_listener_reset),
	CHANGE(KHTTP_CMD_GROUP_ADD, group_add_policy, khttp_nl_group_add),
	CHANGE(KHTTP_CMD_GROUP_SET, group_set_policy, khttp_nl_group_set),
	CHANGE(KHTTP_CMD_GROUP_DEL, group_del_policy, khttp_nl_group_del),
	CHANGE(KHTTP_CMD_FILTER_SET, filter_set_policy, khttp_nl_filter_set),
	CHANGE(KHTTP_CMD_NETWORKS_LOAD, networks_load_policy, khttp_nl_networks_load),
	CHANGE(KHTTP_CMD_NETWORKS_DEL, networks_name_policy, khttp_nl_networks_del),
	CHANGE(KHTTP_CMD_RATE_SET, rate_set_policy, khttp_nl_rate_set),
	CHANGE(KHTTP_CMD_RATE_DEL, rate_name_policy, khttp_nl_rate_del),
	CHANGE(KHTTP_CMD_RESERVATION_ADD, reservation_policy,
	       khttp_nl_reservation_add),
	CHANGE(KHTTP_CMD_RESERVATION_DEL, reservation_name_policy,
	       khttp_nl_reservation_del),
};

const struct khttp_genl_change *khttp_genl_change(u8 cmd)
{
	return &changes[cmd];
}

/* Commands without GENL_UNS_ADMIN_PERM see to the rights themselves */
static const struct genl_ops ops[] = {
	{
		.cmd = KHTTP_CMD_QUEUE_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(queue_policy),
	}, {
		.cmd = KHTTP_CMD_QUEUE_SET,
		.doit = khttp_nl_change,
		TAKES(queue_policy),
	}, {
		.cmd = KHTTP_CMD_QUEUE_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(queue_name_policy),
	}, {
		.cmd = KHTTP_CMD_QUEUE_GET,
		.doit = khttp_nl_queue_get,
		.dumpit = khttp_nl_queue_dump,
		TAKES(queue_name_policy),
	}, {
		.cmd = KHTTP_CMD_QUEUE_DRAIN,
		.doit = khttp_nl_queue_drain,
		TAKES(queue_name_policy),
	}, {
		.cmd = KHTTP_CMD_URL_ADD,
		.doit = khttp_nl_change,
		TAKES(url_add_policy),
	}, {
		.cmd = KHTTP_CMD_URL_DEL,
		.doit = khttp_nl_change,
		TAKES(url_del_policy),
	}, {
		.cmd = KHTTP_CMD_URL_GET,
		.dumpit = khttp_nl_url_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_LISTENER_GET,
		.dumpit = khttp_nl_listener_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_WORKER_GET,
		.dumpit = khttp_nl_worker_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_WORKER_DRAIN,
		.doit = khttp_nl_worker_drain,
		TAKES(worker_policy),
	}, {
		.cmd = KHTTP_CMD_CACHE_GET,
		.dumpit = khttp_nl_cache_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_CACHE_PURGE,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_cache_purge,
		TAKES(purge_policy),
	}, {
		.cmd = KHTTP_CMD_LIMITS_GET,
		.dumpit = khttp_nl_limits_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_LIMITS_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(limits_policy),
	}, {
		.cmd = KHTTP_CMD_STATS_GET,
		.dumpit = khttp_nl_stats_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_FEATURES_GET,
		.doit = khttp_nl_features_get,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_LATENCY_GET,
		.dumpit = khttp_nl_latency_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_ERROR_GET,
		.dumpit = khttp_nl_error_dump,
		TAKES(khttp_genl_error_policy),
	}, {
		.cmd = KHTTP_CMD_LISTENER_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(listener_policy),
	}, {
		.cmd = KHTTP_CMD_LISTENER_RESET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(place_policy),
	}, {
		.cmd = KHTTP_CMD_LISTENER_SETTINGS_GET,
		.dumpit = khttp_nl_settings_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_GROUP_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(group_add_policy),
	}, {
		.cmd = KHTTP_CMD_GROUP_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(group_set_policy),
	}, {
		.cmd = KHTTP_CMD_GROUP_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(group_del_policy),
	}, {
		.cmd = KHTTP_CMD_GROUP_GET,
		.doit = khttp_nl_group_get,
		.dumpit = khttp_nl_group_dump,
		TAKES(group_get_policy),
	}, {
		.cmd = KHTTP_CMD_FILTER_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(filter_set_policy),
	}, {
		.cmd = KHTTP_CMD_FILTER_GET,
		.dumpit = khttp_nl_filter_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_NETWORKS_LOAD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(networks_load_policy),
	}, {
		.cmd = KHTTP_CMD_NETWORKS_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(networks_name_policy),
	}, {
		.cmd = KHTTP_CMD_NETWORKS_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_networks_get,
		.dumpit = khttp_nl_networks_dump,
		TAKES(networks_get_policy),
	}, {
		.cmd = KHTTP_CMD_RATE_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(rate_set_policy),
	}, {
		.cmd = KHTTP_CMD_RATE_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_change,
		TAKES(rate_name_policy),
	}, {
		.cmd = KHTTP_CMD_RATE_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.dumpit = khttp_nl_rate_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_TRANSACTION_BEGIN,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_transaction_begin,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_TRANSACTION_COMMIT,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_transaction_commit,
		TAKES(transaction_policy),
	}, {
		.cmd = KHTTP_CMD_TRANSACTION_ABORT,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = khttp_nl_transaction_abort,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_GRANT_GET,
		.dumpit = khttp_nl_grant_dump,
		TAKES(no_policy),
	}, {
		.cmd = KHTTP_CMD_GRANT_REVOKE,
		.doit = khttp_nl_grant_revoke,
		TAKES(grant_policy),
	}, {
		.cmd = KHTTP_CMD_RESERVATION_ADD,
		.doit = khttp_nl_change,
		TAKES(reservation_policy),
	}, {
		.cmd = KHTTP_CMD_RESERVATION_DEL,
		.doit = khttp_nl_change,
		TAKES(reservation_name_policy),
	}, {
		.cmd = KHTTP_CMD_RESERVATION_GET,
		.doit = khttp_nl_reservation_get,
		.dumpit = khttp_nl_reservation_dump,
		TAKES(reservation_name_policy),
	}, {
		.cmd = KHTTP_CMD_EVENT_SUBSCRIBE,
		.doit = khttp_nl_event_subscribe,
		TAKES(no_policy),
	},
};

/*
 * Events name queues and processes of the whole namespace: who may see some of
 * them subscribes instead of joining. The bell of the error log says nothing; what
 * there is to see is decided where it is read.
 */
static const struct genl_multicast_group groups[] = {
	[KHTTP_GENL_GROUP_EVENTS] = {
		.name = KHTTP_GENL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
	},
	[KHTTP_GENL_GROUP_ERRORS] = {
		.name = KHTTP_GENL_MCGRP_ERRORS,
	},
};

/*
 * Strict for all: nothing sets GENL_DONT_VALIDATE_*, and resv_start_op 0 counts
 * every command as new. net->config serialises, so one namespace's long change
 * need not stop the netlink of others.
 */
struct genl_family khttp_genl_family __ro_after_init = {
	.name = KHTTP_GENL_NAME,
	.version = KHTTP_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

static bool family_up;

/**
 * khttp_genl_up - can events be sent?
 *
 * Context: rcu_read_lock held; inside it the answer stays true.
 */
bool khttp_genl_up(void)
{
	return READ_ONCE(family_up);
}

/**
 * khttp_genl_init - take requests from now on
 *
 * Context: sleeps.
 */
int __init khttp_genl_init(void)
{
	int err = khttp_nl_release_init();

	if (err)
		return err;
	err = khttp_may_fail(genl_register_family(&khttp_genl_family));
	if (err)
		khttp_nl_release_exit();
	else
		WRITE_ONCE(family_up, true);
	return err;
}

/**
 * khttp_genl_exit - no request and no event any more
 *
 * The numbers of the multicast groups may go to another family at once, so
 * senders are waited for before.
 *
 * Context: sleeps.
 */
void khttp_genl_exit(void)
{
	WRITE_ONCE(family_up, false);
	synchronize_rcu();
	genl_unregister_family(&khttp_genl_family);
	khttp_nl_release_exit();
}
