// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: the rest, in which other functions have the same names. Why so: see Kbuild. */

#include "../netlink_cache.c"
#include "../netlink_limits.c"
#include "../netlink_stats.c"
#include "../netlink_listener.c"
#include "../netlink_errors.c"
#include "../netlink_filter.c"
#include "../netlink_networks.c"
#include "../netlink_rates.c"
