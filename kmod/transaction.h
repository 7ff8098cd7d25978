/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transactions: what one netlink socket wants to change, staged as its messages
 * came, until they are made as one batch or dropped.
 *
 * What is staged is charged to the cgroup of who configures (GFP_KERNEL_ACCOUNT)
 * and held to the limit transaction_bytes, in other namespaces than the initial
 * one also to the module parameter transaction_netns_max. A socket has one
 * transaction at most, and it ends with the socket.
 */
#ifndef _KHTTP_TRANSACTION_H
#define _KHTTP_TRANSACTION_H

#include <linux/list.h>
#include <linux/types.h>

#include "step.h"

struct khttp_net;
struct nlmsghdr;

/* One message. It holds still until the transaction is over: what is prepared
 * points into it
 */
struct khttp_staged {
	struct list_head link;
	struct khttp_step step;
	u32 bytes;			/* charged */
	struct nlmsghdr *message;	/* right behind */
};

struct khttp_transaction {
	struct list_head link;		/* net->transactions */
	struct list_head staged;
	u32 portid;			/* the socket */
	u32 n;				/* messages */
};

/*
 * Context of all below: net->config held, sleep; 0 or -errno with *@why.
 */

/* -EBUSY: it has one, or a load has begun; -EDQUOT, -ENOMEM */
int khttp_transaction_begin(struct khttp_net *kn, u32 portid, const char **why);
/* That of a socket, or NULL */
struct khttp_transaction *khttp_transaction_find(struct khttp_net *kn, u32 portid);
/* -EDQUOT, -ENOMEM: it is as it was */
int khttp_transaction_stage(struct khttp_net *kn, struct khttp_transaction *t,
			    const struct nlmsghdr *message, const char **why);
/* It is over, with nothing done */
void khttp_transaction_drop(struct khttp_net *kn, struct khttp_transaction *t);
/* All of a namespace that goes */
void khttp_transactions_destroy(struct khttp_net *kn);

/* Prepares what a message says: 0, or refused with a text of its own */
typedef int khttp_prepare_fn(void *arg, const struct nlmsghdr *message);

/*
 * All of it or nothing. The one at fault, where there is one, stands in @*at from
 * 0 on, else @t->n; *@why is set unless @prepare has refused. -EINTR: the task is
 * to die
 */
int khttp_transaction_run(struct khttp_net *kn, struct khttp_transaction *t,
			  khttp_prepare_fn *prepare, void *arg, u32 *at,
			  const char **why);

#endif
