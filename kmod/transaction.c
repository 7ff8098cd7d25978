// SPDX-License-Identifier: GPL-2.0-only
/* Staged messages, made to changes all at once. */

#include "transaction.h"

#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/sched/signal.h>
#include <net/net_namespace.h>

#include "alloc.h"
#include "net.h"
#include "networks.h"

static unsigned long transaction_netns_max = 16UL << 20;
module_param(transaction_netns_max, ulong, 0444);
MODULE_PARM_DESC(transaction_netns_max,
		 "bytes of transactions of a namespace other than the initial one");

static int charge(struct khttp_net *kn, u32 bytes, const char **why)
{
	u64 max = kn->limits.transaction_bytes;

	if (!net_eq(kn->net, &init_net))
		max = min_t(u64, max, transaction_netns_max);
	if (kn->transaction_used > max || bytes > max - kn->transaction_used) {
		*why = "transactions are full; see 'khttpctl limits show transaction_bytes'";
		return -EDQUOT;
	}
	kn->transaction_used += bytes;
	return 0;
}

/**
 * khttp_transaction_find - the transaction of a socket
 * @kn: the namespace's root
 * @portid: the socket
 *
 * Context: net->config held. Returns NULL when it has none.
 */
struct khttp_transaction *khttp_transaction_find(struct khttp_net *kn, u32 portid)
{
	struct khttp_transaction *t;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(t, &kn->transactions, link)
		if (t->portid == portid)
			return t;
	return NULL;
}

/**
 * khttp_transaction_begin - what the socket changes is staged from now on
 * @kn: the namespace's root
 * @portid: the socket
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EBUSY, -EDQUOT, -ENOMEM.
 */
int khttp_transaction_begin(struct khttp_net *kn, u32 portid, const char **why)
{
	struct khttp_transaction *t;
	int err;

	if (khttp_transaction_find(kn, portid)) {
		*why = "this socket has a transaction; commit or abort that first";
		return -EBUSY;
	}
	if (khttp_networks_loading(kn, portid)) {
		*why = "a set is being loaded by this socket; end that first";
		return -EBUSY;
	}
	err = charge(kn, sizeof(*t), why);
	if (err)
		return err;
	t = khttp_kzalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	if (!t) {
		kn->transaction_used -= sizeof(*t);
		*why = "out of memory; try again later";
		return -ENOMEM;
	}
	INIT_LIST_HEAD(&t->staged);
	t->portid = portid;
	list_add_tail(&t->link, &kn->transactions);
	return 0;
}

/**
 * khttp_transaction_stage - one message more
 * @kn: the namespace's root
 * @t: the transaction
 * @message: copied; its attributes have been checked against their policy
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -EDQUOT, -ENOMEM.
 */
int khttp_transaction_stage(struct khttp_net *kn, struct khttp_transaction *t,
			    const struct nlmsghdr *message, const char **why)
{
	size_t bytes = sizeof(struct khttp_staged) + message->nlmsg_len;
	struct khttp_staged *m;
	int err;

	err = charge(kn, bytes, why);
	if (err)
		return err;
	m = khttp_kvmalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!m) {
		kn->transaction_used -= bytes;
		*why = "out of memory; try again later";
		return -ENOMEM;
	}
	m->bytes = bytes;
	m->step.ops = NULL;
	m->step.published = false;
	m->message = (struct nlmsghdr *)(m + 1);
	memcpy(m->message, message, message->nlmsg_len);
	list_add_tail(&m->link, &t->staged);
	t->n++;
	return 0;
}

/**
 * khttp_transaction_drop - a transaction is over
 * @kn: the namespace's root
 * @t: the transaction; gone for the caller
 *
 * Context: net->config held, sleeps.
 */
void khttp_transaction_drop(struct khttp_net *kn, struct khttp_transaction *t)
{
	struct khttp_staged *m, *next;

	list_for_each_entry_safe(m, next, &t->staged, link) {
		kn->transaction_used -= m->bytes;
		kvfree(m);
		cond_resched();
	}
	kn->transaction_used -= sizeof(*t);
	list_del(&t->link);
	kfree(t);
}

/**
 * khttp_transactions_destroy - those of a namespace that ends
 * @kn: the namespace's root
 *
 * Context: net->config held, sleeps.
 */
void khttp_transactions_destroy(struct khttp_net *kn)
{
	struct khttp_transaction *t, *next;

	list_for_each_entry_safe(t, next, &kn->transactions, link)
		khttp_transaction_drop(kn, t);
}

/* ---- making it ---- */

static int prepare_all(struct khttp_net *kn, struct khttp_transaction *t,
		       khttp_prepare_fn *prepare, void *arg, u32 *at,
		       const char **why)
{
	struct khttp_staged *m;
	int err;

	*at = 0;
	list_for_each_entry(m, &t->staged, link) {
		if (fatal_signal_pending(current)) {
			*why = "interrupted";
			return -EINTR;
		}
		kn->batch->step = &m->step;
		err = prepare(arg, m->message);
		if (err)
			return err;
		++*at;
		cond_resched();
	}
	if (!khttp_networks_loading(kn, t->portid))
		return 0;
	*why = "a set of networks is not complete: its last message is missing";
	return -EINVAL;
}

static int publish_some(struct khttp_net *kn, struct khttp_transaction *t, bool shows,
			u32 *at, const char **why)
{
	struct khttp_staged *m;
	int err;

	*at = 0;
	list_for_each_entry(m, &t->staged, link) {
		err = khttp_batch_publish(kn, &m->step, shows, why);
		if (err)
			return err;
		++*at;
		cond_resched();
	}
	return 0;
}

static int publish_all(struct khttp_net *kn, struct khttp_transaction *t, u32 *at,
		       const char **why)
{
	return publish_some(kn, t, false, at, why) ?: publish_some(kn, t, true, at, why);
}

static void withdraw_some(struct khttp_net *kn, struct khttp_transaction *t, bool shows)
{
	struct khttp_staged *m;

	list_for_each_entry_reverse(m, &t->staged, link) {
		khttp_batch_withdraw(kn, &m->step, shows);
		cond_resched();
	}
}

static void undo_all(struct khttp_net *kn, struct khttp_transaction *t)
{
	struct khttp_staged *m;

	/* No prefix is found without its rules on the way back, either */
	withdraw_some(kn, t, true);
	withdraw_some(kn, t, false);
	list_for_each_entry_reverse(m, &t->staged, link) {
		if (m->step.ops)
			m->step.ops->undo(kn, &m->step);
		cond_resched();
	}
	khttp_networks_abort(kn, t->portid);
}

static void commit_all(struct khttp_net *kn, struct khttp_transaction *t)
{
	struct khttp_staged *m;
	unsigned int rank;

	for (rank = 0; rank < KHTTP_STEP_RANKS; rank++)
		list_for_each_entry(m, &t->staged, link) {
			if (m->step.ops && m->step.ops->rank == rank)
				m->step.ops->commit(kn, &m->step);
			cond_resched();
		}
}

/**
 * khttp_transaction_run - make all changes of a transaction, or none
 * @kn: the namespace's root
 * @t: the transaction, which is still to be dropped
 * @prepare: called for each message
 * @arg: for it
 * @at: the message at fault, or @t->n
 * @why: text when it fails, unless it was @prepare
 *
 * Context: net->config held, sleeps.
 */
int khttp_transaction_run(struct khttp_net *kn, struct khttp_transaction *t,
			  khttp_prepare_fn *prepare, void *arg, u32 *at,
			  const char **why)
{
	struct khttp_batch batch = {};
	int err;

	kn->batch = &batch;
	err = prepare_all(kn, t, prepare, arg, at, why);
	if (!err)
		err = publish_all(kn, t, at, why);
	if (err)
		undo_all(kn, t);
	else
		commit_all(kn, t);
	khttp_batch_finish(kn);
	return err;
}
