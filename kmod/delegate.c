// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker hands a request on to another queue of its namespace, as if it had
 * come in there. The queue is named each time and held only meanwhile: one that
 * was deleted and made anew is the one that is meant, and one that is gone is no
 * trouble but an errno, with which the request is the worker's as before.
 */

#include <linux/poll.h>

#include "net.h"
#include "worker_i.h"

/* With a reference. Looked up under the lock of the configuration, for which
 * who ends this worker does not wait for us: nothing of it is held here
 */
static struct khttp_queue *find_target(struct khttp_worker *w, const char *name)
{
	struct khttp_net *kn = w->net;
	struct khttp_queue *to = NULL;
	int err = -EACCES;

	if (mutex_lock_killable(&kn->config))
		return ERR_PTR(-EINTR);
	if (READ_ONCE(kn->dead)) {
		err = -ESHUTDOWN;
	} else if (khttp_queue_delegates(w->queue, name)) {
		to = khttp_queue_find(kn, name);
		err = -ENOENT;
	}
	mutex_unlock(&kn->config);
	return to ? to : ERR_PTR(err);
}

/**
 * khttp_delegate - KHTTP_IOC_DELEGATE
 * @w: checked
 * @id: from user space
 * @name: of the queue, NUL-terminated
 *
 * Context: sleeps. Returns 0, and the id is stale; or -errno as in struct
 * khttp_delegate.
 */
long khttp_delegate(struct khttp_worker *w, u64 id, const char *name)
{
	struct khttp_queue *to = find_target(w, name);
	long ret;

	if (IS_ERR(to))
		return PTR_ERR(to);
	ret = to == w->queue ? -EINVAL : khttp_hand_delegate(w, id, to);
	khttp_queue_put(to);
	return ret;
}
