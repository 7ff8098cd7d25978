// SPDX-License-Identifier: GPL-2.0-only
/* Netlink: the family, and what is asked for by name. Why so: see Kbuild. */

#include "../genl.c"
#include "../netlink.c"
#include "../netlink_queue.c"
#include "../netlink_url.c"
#include "../netlink_group.c"
#include "../netlink_door.c"
#include "../netlink_grant.c"
#include "../netlink_show.c"
#include "../netlink_transaction.c"
#include "../netlink_latency.c"
#include "../netlink_reservation.c"
