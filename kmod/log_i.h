/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two sides of the access log share: see log.h. */
#ifndef _KHTTP_LOG_I_H
#define _KHTTP_LOG_I_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "log_ring.h"

struct cred;
struct khttp_net;

struct khttp_log_reader {
	/* set once */
	struct khttp_net *net;		/* holds a reference */
	u64 group;			/* only its requests; 0: all */
	u64 queue;			/* likewise: id of its default group */
	kuid_t counted;			/* as whose, or INVALID_UID */
	const struct cred *opener;	/* who has to control that queue, both; a */
	const struct cred *user;	/* reference; NULL: nobody */
	u32 only;			/* one of KHTTP_LOG_ONLY_*, or 0: all */
	u32 sample;			/* each so many-th, from 1 */
	u32 texts;
	struct khttp_log_ring __percpu *rings;

	struct list_head link;		/* net->log.readers: under net->config */
	int ended;			/* likewise; why, -errno. READ_ONCE readers */

	struct mutex lock;		/* one reads at a time; guards: */
	int next;			/* CPU that the next read begins with */

	bool awaited;			/* somebody waits for the next record: set by
					 * readers, taken by a writer; see tell()
					 */
	wait_queue_head_t wait;
	struct delayed_work wake;	/* who waits, after KHTTP_LOG_LAG_MS */
};

#endif
