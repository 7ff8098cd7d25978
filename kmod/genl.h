/* SPDX-License-Identifier: GPL-2.0-only */
/* The netlink family "khttp": tables only. The handlers are in netlink_*.c. */
#ifndef _KHTTP_GENL_H
#define _KHTTP_GENL_H

#include <linux/types.h>
#include <net/netlink.h>

#include <linux/khttp.h>

struct genl_family;
struct genl_info;
struct sk_buff;

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

/* More than any change has attributes: what a table for them on the stack takes */
#define KHTTP_GENL_CHANGE_ATTRS	40

/* A command that changes the configuration, and what it takes */
struct khttp_genl_change {
	int (*make)(struct sk_buff *skb, struct genl_info *info);
	const struct nla_policy *policy;
	unsigned int maxattr;
};

/* @cmd: of an operation whose doit is khttp_nl_change() */
const struct khttp_genl_change *khttp_genl_change(u8 cmd);

/* Registered. Context: inside rcu_read_lock it stays so */
bool khttp_genl_up(void);

int khttp_genl_init(void);	/* after the pernet operations: handlers need them */
void khttp_genl_exit(void);

#endif
