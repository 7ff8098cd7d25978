// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debug builds only: allocations that fail on request, in whatever context.
 *
 * The kernel's own fault injection cannot tell our allocations from others
 * outside of the caller's task. These module parameters can: at load, or
 * in /sys/module/khttp/parameters/. The log says where one failed.
 *
 *   fail_calls  allocations so far, which numbers them; may be set
 *   fail_nth    the one with this number fails; 0: none
 *   fail_more   and so many behind it
 *   fail_odds   one of so many fails, chosen by its number and fail_seed;
 *               0: none
 *
 * And whether files test themselves at load (selftest).
 */

#include "alloc.h"

#include <linux/jhash.h>
#include <linux/moduleparam.h>

static atomic_t calls;
static unsigned int nth, more, odds, seed;

bool khttp_selftests = true;
module_param_named(selftest, khttp_selftests, bool, 0400);

static bool chosen(u32 call)
{
	u32 first = READ_ONCE(nth), one_of = READ_ONCE(odds);

	if (first && call - first <= READ_ONCE(more))
		return true;
	return one_of && !(jhash_1word(call, READ_ONCE(seed)) % one_of);
}

bool khttp_alloc_fails(void)
{
	if (!chosen(atomic_inc_return(&calls)))
		return false;
	pr_info("no memory at %pS\n", (void *)_RET_IP_);
	return true;
}

static int set_calls(const char *text, const struct kernel_param *p)
{
	int n, err = kstrtoint(text, 0, &n);

	if (!err)
		atomic_set(&calls, n);
	return err;
}

static int get_calls(char *text, const struct kernel_param *p)
{
	return sysfs_emit(text, "%d\n", atomic_read(&calls));
}

static const struct kernel_param_ops calls_ops = {
	.set = set_calls,
	.get = get_calls,
};

module_param_cb(fail_calls, &calls_ops, NULL, 0600);
module_param_named(fail_nth, nth, uint, 0600);
module_param_named(fail_more, more, uint, 0600);
module_param_named(fail_odds, odds, uint, 0600);
module_param_named(fail_seed, seed, uint, 0600);
