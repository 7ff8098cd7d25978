/* SPDX-License-Identifier: GPL-2.0-only */
/* The netlink family "khttp": tables only. The handlers are in netlink_*.c. */
#ifndef _KHTTP_GENL_H
#define _KHTTP_GENL_H

#include <linux/types.h>
#include <net/netlink.h>

#include <linux/khttp.h>

struct genl_family;

enum khttp_genl_group {
	KHTTP_GENL_GROUP_EVENTS,
	KHTTP_GENL_GROUP_ERRORS,
};

extern struct genl_family khttp_genl_family;
/* Of what stands in a KHTTP_LIMIT_A_ENTRY */
extern const struct nla_policy khttp_genl_limit_policy[KHTTP_LIMIT_A_MAX + 1];
/* Of what stands in a KHTTP_GROUP_A_PAGE */
extern const struct nla_policy khttp_genl_page_policy[KHTTP_PAGE_A_MAX + 1];
/* Of a dump that its handler parses again, run by run */
extern const struct nla_policy khttp_genl_error_policy[KHTTP_ERROR_A_QUEUE + 1];
/* Of what stands in a KHTTP_FILTER_A_RULE */
extern const struct nla_policy khttp_genl_rule_policy[KHTTP_FILTER_A_MAX + 1];

/* Registered. Context: inside rcu_read_lock it stays so */
bool khttp_genl_up(void);

int khttp_genl_init(void);	/* after the pernet operations: handlers need them */
void khttp_genl_exit(void);

#endif
