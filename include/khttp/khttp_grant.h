/* SPDX-License-Identifier: MIT */
/*
 * The C face of khttp/grant.hpp, and what else lets others serve a queue's requests.
 * Errors as in khttp_control.h: a negative errno,
 * with a text from khttp_control_error(). A worker attaches by a grant with the
 * member "grant" of struct khttp_queue_options.
 */
#ifndef KHTTP_KHTTP_GRANT_H
#define KHTTP_KHTTP_GRANT_H

#include <khttp/khttp_control.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct khttp_grant_info {
	const char *queue;
	const char *command;
	uint32_t id;
	uint32_t pid;
	uint32_t uid;
	uint32_t max_workers;
	uint32_t workers;
	uint64_t attached;
	uint64_t since;
	int revoked;
};

/* A new descriptor, for close(2), by which so many workers may attach to the queue
 * (0: the default); its number in *@id, unless that is NULL */
int khttp_control_grant_queue(struct khttp_control *ctl, const char *queue, uint32_t workers,
			      uint32_t *id);
int khttp_control_each_grant(struct khttp_control *ctl,
			     int (*each)(const struct khttp_grant_info *, void *), void *arg);
/* One, or all with @id 0. @detach: the workers that came by it, too. How many
 * grants those were */
int khttp_control_revoke_grant(struct khttp_control *ctl, const char *queue, uint32_t id,
			       int detach);

/* The queues to which the workers of @queue may hand requests on, by
 * khttp_exchange_delegate(): names with commas between them, or "" */
int khttp_control_set_delegates(struct khttp_control *ctl, const char *queue,
				const char *names);

/* A grant's descriptor to who is at the other end of a unix socket */
int khttp_grant_pass(int grant, int connection);
/* The one that is passed to who connects to the unix socket @path */
int khttp_grant_receive(const char *path);
/* 0 while it is good, -EKEYREVOKED, -ESHUTDOWN: its queue is gone */
int khttp_grant_state(int grant);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
