// SPDX-License-Identifier: GPL-2.0-only
/* The module: what comes up in which order, and goes in the reverse. */

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <net/genetlink.h>

#include "cache.h"
#include "conn.h"
#include "device.h"
#include "flight.h"
#include "genl.h"
#include "net.h"
#include "queue.h"
#include "request.h"

bool khttp_userns;
module_param_named(userns, khttp_userns, bool, 0644);
MODULE_PARM_DESC(userns,
		 "allow khttp in network namespaces of other user namespaces");

/*
 * Memory and work queues first, for every namespace needs them; then the
 * namespaces, which the shrinker, the device and the family find there; the family
 * last, because from then on there is configuration.
 */
static int __init khttp_init(void)
{
	int err;

	err = khttp_request_init();
	if (err)
		return err;
	err = khttp_flight_init();
	if (err)
		goto err_request;
	err = khttp_conn_init();
	if (err)
		goto err_flight;
	err = khttp_cache_init();
	if (err)
		goto err_conn;
	err = khttp_queue_init();
	if (err)
		goto err_cache;
	err = khttp_net_init();
	if (err)
		goto err_cache;
	err = khttp_cache_shrink_init();
	if (err)
		goto err_net;
	err = khttp_device_init();
	if (err)
		goto err_shrink;
	err = khttp_genl_init();
	if (err)
		goto err_device;
	pr_info("version " KHTTP_VERSION " ready\n");
	return 0;
err_device:
	khttp_device_exit();
err_shrink:
	khttp_cache_shrink_exit();
err_net:
	khttp_net_exit();
err_cache:
	khttp_cache_exit();
err_conn:
	khttp_conn_exit();
err_flight:
	khttp_flight_exit();
err_request:
	khttp_request_exit();
	return err;
}

/*
 * No file is open: each holds the module. Without the family nothing is
 * configured any more; the namespaces end what serves; then callbacks of RCU,
 * which are code of ours, have to be over before the slab caches go. A queue
 * takes two of them, one after the other: its references become one number, and
 * its memory goes.
 */
static void __exit khttp_exit(void)
{
	khttp_genl_exit();
	khttp_device_exit();
	khttp_cache_shrink_exit();
	khttp_net_exit();
	rcu_barrier();
	rcu_barrier();
	khttp_cache_exit();
	khttp_conn_exit();
	khttp_flight_exit();
	khttp_request_exit();
}

module_init(khttp_init);
module_exit(khttp_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("HTTP accepted, parsed, routed, queued and cached by the kernel");
MODULE_VERSION(KHTTP_VERSION);
MODULE_ALIAS_GENL_FAMILY(KHTTP_GENL_NAME);
