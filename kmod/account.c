// SPDX-License-Identifier: GPL-2.0-only
/* The memory that strangers make a namespace hold outside the cache. */

#include "account.h"

#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <net/net_namespace.h>

#include "alloc.h"
#include "net.h"

/* Of the limit, what all credits together may keep from others: a 16th */
#define CREDIT_SHARE	16
#define BATCH_MAX	65536U
/* Of what is free, what one answer may take */
#define WINDOW_SHARE	16

static unsigned long request_max;
module_param(request_max, ulong, 0644);
MODULE_PARM_DESC(request_max,
		 "bytes that clients may make all namespaces hold (0: an eighth of memory)");

static unsigned long request_netns_max = 64UL << 20;
module_param(request_netns_max, ulong, 0444);
MODULE_PARM_DESC(request_netns_max,
		 "bytes that clients may make a namespace other than the initial one hold");

/* What all accounts hold against request_max */
static atomic64_t total_drawn ____cacheline_aligned_in_smp = ATOMIC64_INIT(0);

static s64 total_max(void)
{
	unsigned long max = READ_ONCE(request_max);

	return max ? min_t(u64, max, S64_MAX) :
		     (s64)totalram_pages() << (PAGE_SHIFT - 3);
}

static const struct khttp_net_limits *limits_of(const struct khttp_account *a)
{
	return &container_of(a, struct khttp_net, account)->limits;
}

static s64 cap_of(const struct khttp_account *a)
{
	return min_t(u64, READ_ONCE(limits_of(a)->request_bytes), a->cap);
}

static s64 left(s64 max, const atomic64_t *drawn)
{
	return max_t(s64, max - max_t(s64, atomic64_read(drawn), 0), 0);
}

static void give(struct khttp_account *a, u64 bytes)
{
	atomic64_sub(bytes, &a->drawn);
	atomic64_sub(bytes, &total_drawn);
}

/* The last eighth is for connections and answers */
static s64 part(s64 max, enum khttp_charge what)
{
	return what == KHTTP_CHARGE_REQUEST ? max - max / 8 : max;
}

static bool take(struct khttp_account *a, u64 bytes, enum khttp_charge what)
{
	s64 drawn = atomic64_add_return(bytes, &a->drawn);
	s64 total = atomic64_add_return(bytes, &total_drawn);

	if (what == KHTTP_CHARGE_ANSWER ||
	    (drawn <= part(cap_of(a), what) &&
	     total <= part(total_max(), what)))
		return true;
	give(a, bytes);
	return false;
}

/* Small where the limit is small or CPUs are many: each keeps up to two */
static u32 batch_for(s64 cap)
{
	return min_t(u64, cap / CREDIT_SHARE / 2 / num_possible_cpus(),
		     BATCH_MAX);
}

/* Of what is given back, as a credit. Every request reads it: written only when it
 * has changed
 */
static void keep_up_to(struct khttp_account *a, u32 batch)
{
	if (READ_ONCE(a->batch) != batch)
		WRITE_ONCE(a->batch, batch);
}

/**
 * khttp_account_draw - the credit of this CPU went below 0
 * @a: the account
 * @bytes: what it was charged with
 * @what: how far the account may be drawn on
 *
 * Draws as much as was charged, and a batch if there is one. Context: any.
 * False: refused, and the charge is undone.
 */
bool khttp_account_draw(struct khttp_account *a, u32 bytes,
			enum khttp_charge what)
{
	u32 batch = batch_for(cap_of(a));
	bool ok;

	/* Requests spend a credit whoever drew it: none beyond their part */
	if (take(a, (u64)bytes + batch, KHTTP_CHARGE_REQUEST)) {
		keep_up_to(a, batch);
		this_cpu_add(*a->credit, (u64)bytes + batch);
		return true;
	}
	/* And none of what a connection or an answer had there and gave back */
	keep_up_to(a, 0);
	ok = take(a, bytes, what);
	this_cpu_add(*a->credit, bytes);
	return ok;
}

/**
 * khttp_try_charge_body - more of a body than its request has a right to
 * @a: the account
 * @bytes: how much
 *
 * Judged by what is drawn: a credit that a request drew would let bodies go on
 * with the part that is kept for requests. Context: any. True: charged.
 */
bool khttp_try_charge_body(struct khttp_account *a, u32 bytes)
{
	return left(cap_of(a) / 2, &a->drawn) >= bytes &&
	       left(total_max() / 2, &total_drawn) >= bytes &&
	       khttp_try_charge(a, bytes, KHTTP_CHARGE_REQUEST);
}

/**
 * khttp_try_charge_conn - one more connection
 * @a: the account
 * @bytes: what it takes
 * @all: what those of the namespace take together with it
 *
 * However many stand there and ask for nothing, those that ask are served.
 * Context: any. True: charged.
 */
bool khttp_try_charge_conn(struct khttp_account *a, u32 bytes, u64 all)
{
	return all <= cap_of(a) / 2 &&
	       khttp_try_charge(a, bytes, KHTTP_CHARGE_CONN);
}

/**
 * khttp_account_return - more credit than a CPU should keep
 * @a: the account
 * @surplus: what it has beyond a batch
 *
 * Context: any.
 */
void khttp_account_return(struct khttp_account *a, long surplus)
{
	this_cpu_sub(*a->credit, surplus);
	give(a, surplus);
}

static s64 balance(const struct khttp_account *a)
{
	s64 used = atomic64_read(&a->drawn);
	int cpu;

	for_each_possible_cpu(cpu)
		used -= READ_ONCE(*per_cpu_ptr(a->credit, cpu));
	return used;
}

u64 khttp_account_used(const struct khttp_account *a)
{
	/* Below 0 while something moves between drawing and crediting */
	return max_t(s64, balance(a), 0);
}

u64 khttp_account_window(const struct khttp_account *a)
{
	u64 window = READ_ONCE(limits_of(a)->send_window);
	s64 share = min(left(cap_of(a), &a->drawn),
			left(total_max(), &total_drawn)) / WINDOW_SHARE;

	return min_t(u64, window, max_t(s64, share, PAGE_SIZE));
}

/**
 * khttp_account_init - nothing is held yet
 * @a: in a khttp_net that nobody uses yet
 * @net: the namespace
 *
 * Context: sleeps. Returns 0 or -ENOMEM.
 */
int khttp_account_init(struct khttp_account *a, const struct net *net)
{
	a->cap = net_eq(net, &init_net) ? S64_MAX :
		 min_t(u64, request_netns_max, S64_MAX);
	a->batch = 0;
	atomic64_set(&a->drawn, 0);
	a->credit = khttp_alloc_percpu(long, GFP_KERNEL_ACCOUNT);
	return a->credit ? 0 : -ENOMEM;
}

/**
 * khttp_account_exit - everything was given back
 * @a: nobody uses it any more
 */
void khttp_account_exit(struct khttp_account *a)
{
	WARN_ON_ONCE(balance(a));
	give(a, atomic64_read(&a->drawn));
	free_percpu(a->credit);
}
