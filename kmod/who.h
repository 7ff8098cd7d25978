/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who asks for something that does not need CAP_NET_ADMIN in every case.
 *
 * Two have to be allowed: who opened the socket or the file, and who uses it. A
 * descriptor that was passed on gives no right, and neither does a privileged
 * program that can be made to use one.
 */
#ifndef _KHTTP_WHO_H
#define _KHTTP_WHO_H

#include <linux/types.h>
#include <linux/uidgid.h>

struct cred;
struct file;
struct khttp_net;
struct khttp_queue;

struct khttp_who {
	const struct cred *opener;	/* valid while the file is open */
	const struct cred *user;	/* the current task's */
	bool admin;			/* CAP_NET_ADMIN over the namespace */
	bool binds;			/* CAP_NET_BIND_SERVICE likewise */
};

/* Of a call by @file, in its task. Context: the namespace is alive */
void khttp_who_by_file(struct khttp_who *who, const struct khttp_net *kn,
		       const struct file *file);

/* Is that this user, as far as files are concerned? And is he of this group? */
bool khttp_who_is(const struct khttp_who *who, kuid_t uid);
bool khttp_who_in(const struct khttp_who *who, kgid_t gid);
/* As whom what he makes is counted, or INVALID_UID: not at all */
kuid_t khttp_who_counts(const struct khttp_who *who);
/* May he control it? See enum khttp_queue_right */
bool khttp_who_controls(const struct khttp_who *who, const struct khttp_queue *q);

bool khttp_cred_in(const struct cred *cred, kgid_t gid);

#endif
