// SPDX-License-Identifier: GPL-2.0-only
/* The table of limits: rows for people, places in the struct for the code. */

#include "limits.h"

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/stddef.h>

static const struct khttp_net_limits defaults = {
	.http = KHTTP_LIMITS_DEFAULT,
#define DEFAULT(name, initial, ...) .name = (initial),
	KHTTP_NET_LIMITS(DEFAULT)
#undef DEFAULT
};

#define PARSE_ROW(_name, _min, _max, _unit, _help)			\
	{ .name = #_name, .unit = (_unit), .help = (_help),		\
	  .min = (_min), .max = (_max) },
#define NET_ROW(_name, _initial, ...) PARSE_ROW(_name, __VA_ARGS__)

const struct khttp_limit khttp_limit_table[] = {
	KHTTP_PARSE_LIMITS(PARSE_ROW)
	KHTTP_NET_LIMITS(NET_ROW)
};

#undef NET_ROW
#undef PARSE_ROW

const unsigned int khttp_limit_count = ARRAY_SIZE(khttp_limit_table);

#define PLACE(member)							\
	{ offsetof(struct khttp_net_limits, member),			\
	  sizeof_field(struct khttp_net_limits, member) },
#define PARSE_PLACE(name, ...) PLACE(http.name)
#define NET_PLACE(name, ...) PLACE(name)

static const struct {
	u16 off;
	u16 size;
} places[] = {
	KHTTP_PARSE_LIMITS(PARSE_PLACE)
	KHTTP_NET_LIMITS(NET_PLACE)
};

#undef NET_PLACE
#undef PARSE_PLACE
#undef PLACE

static_assert(ARRAY_SIZE(places) == ARRAY_SIZE(khttp_limit_table));

static void follow(struct khttp_net_limits *l)
{
	WRITE_ONCE(l->soonest, msecs_to_jiffies(min(l->idle_timeout,
						    l->queue_timeout)));
}

/**
 * khttp_limits_init - set every limit to its default
 * @l: limits of a namespace nobody reads yet
 */
void khttp_limits_init(struct khttp_net_limits *l)
{
	*l = defaults;
	follow(l);
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
	const void *at = (const char *)l + places[i].off;

	if (places[i].size == sizeof(u32))
		return READ_ONCE(*(const u32 *)at);
	return READ_ONCE(*(const u64 *)at);
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
	void *at = (char *)l + places[i].off;

	if (places[i].size == sizeof(u32))
		WRITE_ONCE(*(u32 *)at, (u32)value);
	else
		WRITE_ONCE(*(u64 *)at, value);
	follow(l);
}
