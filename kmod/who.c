// SPDX-License-Identifier: GPL-2.0-only
/* Who asks: the opener of a file and its user together. */

#include "who.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>

#include "net.h"
#include "queue.h"

static bool has_cap(const struct khttp_net *kn, const struct file *file, int cap)
{
	struct user_namespace *ns = kn->net->user_ns;

	return file_ns_capable(file, ns, cap) && ns_capable(ns, cap);
}

/**
 * khttp_who_by_file - who makes this call
 * @who: filled; valid in the call
 * @kn: the namespace's root, alive
 * @file: a socket's or the device's
 *
 * Context: the calling task.
 */
void khttp_who_by_file(struct khttp_who *who, const struct khttp_net *kn,
		       const struct file *file)
{
	who->opener = file->f_cred;
	who->user = current_cred();
	who->admin = has_cap(kn, file, CAP_NET_ADMIN);
	who->binds = has_cap(kn, file, CAP_NET_BIND_SERVICE);
}

bool khttp_who_is(const struct khttp_who *who, kuid_t uid)
{
	return uid_eq(who->opener->fsuid, uid) && uid_eq(who->user->fsuid, uid);
}

/**
 * khttp_cred_in - are these credentials of that group?
 * @cred: whose
 * @gid: the group
 *
 * Context: any.
 */
bool khttp_cred_in(const struct cred *cred, kgid_t gid)
{
	const struct group_info *groups = cred->group_info;
	int i;

	if (gid_eq(cred->fsgid, gid))
		return true;
	for (i = 0; i < groups->ngroups; i++)
		if (gid_eq(groups->gid[i], gid))
			return true;
	return false;
}

bool khttp_who_in(const struct khttp_who *who, kgid_t gid)
{
	return khttp_cred_in(who->opener, gid) && khttp_cred_in(who->user, gid);
}

kuid_t khttp_who_counts(const struct khttp_who *who)
{
	return who->admin ? INVALID_UID : who->user->fsuid;
}

/**
 * khttp_who_controls - may he control a queue?
 * @who: who
 * @q: the queue
 *
 * Context: any.
 */
bool khttp_who_controls(const struct khttp_who *who, const struct khttp_queue *q)
{
	return who->admin ||
	       (khttp_queue_lets(q, who->opener, KHTTP_QUEUE_CONTROL) &&
		khttp_queue_lets(q, who->user, KHTTP_QUEUE_CONTROL));
}
