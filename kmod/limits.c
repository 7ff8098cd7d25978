// SPDX-License-Identifier: GPL-2.0-only
/* The table of limits: rows for people, places in the structs for the code. */

#include "limits.h"

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/stddef.h>

#include "pace.h"

static const struct khttp_net_limits defaults = {
#define DEFAULT(name, initial, ...) .name = (initial),
	.policy = {
		.http = KHTTP_LIMITS_DEFAULT,
		KHTTP_GROUP_LIMITS(DEFAULT)
	},
	KHTTP_NET_LIMITS(DEFAULT)
#undef DEFAULT
};

#define PARSE_ROW(_name, _min, _max, _unit, _help)			\
	{ .name = #_name, .unit = (_unit), .help = (_help),		\
	  .min = (_min), .max = (_max) },
#define NET_ROW(_name, _initial, ...) PARSE_ROW(_name, __VA_ARGS__)

const struct khttp_limit khttp_limit_table[] = {
	KHTTP_PARSE_LIMITS(PARSE_ROW)
	KHTTP_GROUP_LIMITS(NET_ROW)
	KHTTP_NET_LIMITS(NET_ROW)
};

#undef NET_ROW
#undef PARSE_ROW

const unsigned int khttp_limit_count = ARRAY_SIZE(khttp_limit_table);

#define PLACE(member)							\
	{ offsetof(struct khttp_net_limits, member),			\
	  sizeof_field(struct khttp_net_limits, member) },
#define PARSE_PLACE(name, ...) PLACE(policy.http.name)
#define GROUP_PLACE(name, ...) PLACE(policy.name)
#define NET_PLACE(name, ...) PLACE(name)

static const struct {
	u16 off;
	u16 size;
} places[] = {
	KHTTP_PARSE_LIMITS(PARSE_PLACE)
	KHTTP_GROUP_LIMITS(GROUP_PLACE)
	KHTTP_NET_LIMITS(NET_PLACE)
};

#undef NET_PLACE
#undef GROUP_PLACE
#undef PARSE_PLACE
#undef PLACE

static_assert(ARRAY_SIZE(places) == ARRAY_SIZE(khttp_limit_table));
/* So that the places of a policy's rows are those in a policy, too */
static_assert(offsetof(struct khttp_net_limits, policy) == 0);

static u64 read_place(const void *base, unsigned int i)
{
	const void *at = base + places[i].off;

	if (places[i].size == sizeof(u32))
		return READ_ONCE(*(const u32 *)at);
	return READ_ONCE(*(const u64 *)at);
}

static void write_place(void *base, unsigned int i, u64 value)
{
	void *at = base + places[i].off;

	if (places[i].size == sizeof(u32))
		WRITE_ONCE(*(u32 *)at, (u32)value);
	else
		WRITE_ONCE(*(u64 *)at, value);
}

static u32 caching_of(const struct khttp_policy *p)
{
	return (p->cache_auto ? KHTTP_CACHING_AUTO : 0) |
	       (p->cache_set_cookie ? KHTTP_CACHING_COOKIE : 0) |
	       (p->cache_status ? KHTTP_CACHING_STATUS : 0) |
	       (p->client_cache_control ? KHTTP_CACHING_HONOUR : 0) |
	       (p->cache_stale || p->cache_stale_error || p->cache_revalidate ?
		KHTTP_CACHING_STALE : 0) |
	       (p->cache_show_tags ? KHTTP_CACHING_TAGS : 0) |
	       (u32)p->cache_heuristic << KHTTP_CACHING_HEURISTIC;
}

static void follow(struct khttp_policy *p)
{
	u64 ms = min3(p->idle_timeout, p->queue_timeout, (u64)KHTTP_PACE_STEP_MS);

	if (p->upgrade_timeout)
		ms = min(ms, p->upgrade_timeout);
	if (p->cache_coalesce)
		ms = min(ms, p->cache_coalesce);
	WRITE_ONCE(p->soonest, msecs_to_jiffies(ms));
	WRITE_ONCE(p->caching, caching_of(p));
}

/**
 * khttp_limits_init - set every limit to its default
 * @l: limits of a namespace nobody reads yet
 */
void khttp_limits_init(struct khttp_net_limits *l)
{
	*l = defaults;
	follow(&l->policy);
}

/**
 * khttp_limits_default - the value a new namespace starts with
 * @i: row, below khttp_limit_count
 */
u64 khttp_limits_default(unsigned int i)
{
	return khttp_limits_get(&defaults, i);
}

/**
 * khttp_limits_get - the value in force
 * @l: limits of a namespace
 * @i: row, below khttp_limit_count
 *
 * Context: any.
 */
u64 khttp_limits_get(const struct khttp_net_limits *l, unsigned int i)
{
	return read_place(l, i);
}

/**
 * khttp_limits_set - change a limit; readers see the old or the new value
 * @l: limits of a namespace
 * @i: row, below khttp_limit_count
 * @value: within the row's range, which for a 32-bit member fits 32 bits
 *
 * Context: config mutex of the namespace held.
 */
void khttp_limits_set(struct khttp_net_limits *l, unsigned int i, u64 value)
{
	write_place(l, i, value);
	follow(&l->policy);
}

/**
 * khttp_policy_get - the value in a policy
 * @p: the policy
 * @i: row, below KHTTP_POLICY_ROWS
 *
 * Context: any.
 */
u64 khttp_policy_get(const struct khttp_policy *p, unsigned int i)
{
	return read_place(p, i);
}

/**
 * khttp_policy_set - change a value in a policy
 * @p: the policy
 * @i: row, below KHTTP_POLICY_ROWS
 * @value: within the row's range
 *
 * Context: config mutex of the namespace held.
 */
void khttp_policy_set(struct khttp_policy *p, unsigned int i, u64 value)
{
	write_place(p, i, value);
	follow(p);
}

/**
 * khttp_policy_effective - a group's value against its namespace's
 * @i: row, below KHTTP_POLICY_ROWS
 * @own: what the group says
 * @base: what the namespace says
 *
 * The parser has applied the namespace's limits on the head before the group is
 * known, so there the lower one holds; 0 is no limit where it is allowed.
 */
u64 khttp_policy_effective(unsigned int i, u64 own, u64 base)
{
	if (i >= KHTTP_HEAD_ROWS || !base)
		return own;
	return own ? min(own, base) : base;
}
