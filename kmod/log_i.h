/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of the access log share: see log.h. */
#ifndef _KHTTP_LOG_I_H
#define _KHTTP_LOG_I_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "log_ring.h"

struct khttp_net;

struct khttp_log_reader {
	/* set once */
	struct khttp_net *net;		/* holds a reference */
	u64 group;			/* only its requests; 0: all */
	u32 flags;			/* KHTTP_LOG_ONLY_* */
	u32 sample;			/* each so many-th, from 1 */
	u32 texts;
	struct khttp_log_ring __percpu *rings;

	struct list_head link;		/* net->log.readers: under net->config */
	bool dead;			/* likewise; READ_ONCE readers */

	struct mutex lock;		/* one reads at a time; guards: */
	int next;			/* CPU that the next read begins with */

	bool awaited;			/* somebody waits for the next record: set by
					 * readers, taken by a writer; see tell()
					 */
	wait_queue_head_t wait;
	struct delayed_work wake;	/* who waits, after KHTTP_LOG_LAG_MS */
};

#endif
