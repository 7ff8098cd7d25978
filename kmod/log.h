/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The access log: a record of each request that is over, for who reads it.
 *
 *   the request ends                        recorded by
 *   where it arrived, at once: a hit,       khttp_log_canned(), from what stands
 *   a refusal, a redirect, OPTIONS *        on the stack
 *   the same, but the answer waits for      khttp_log_keep(), when it is made: the
 *   others or for the client                record waits in the request's memory
 *                                           for what its worker would be told
 *   it leaves its connection's order:       khttp_log_request(), from what its
 *   answered, or lost with that             worker was told or what was kept
 *   broken off before it was a request      khttp_log_canned()
 *
 * So there is one record for each request whose head came, whatever became of it,
 * but for those that the kernel makes itself to refresh the cache. It is written
 * when the last byte was given to TCP, with BH disabled, into the ring that a reader
 * has on this CPU: nothing is allocated, no lock is taken, and nobody waits. What
 * finds the ring full is counted there (log_ring.h).
 *
 * There is no log without a reader, and each has his own rings, which he says the
 * size of and is charged for: who is slow loses his own records and nobody else's, and
 * one who reads a sample or the errors only is not filled up with the rest. With
 * KHTTP_LOG_READERS_MAX of them a request costs as many records and no more.
 *
 * Who may: CAP_NET_ADMIN of the namespace, for a record has what clients send; and
 * who controls a queue may read what that queue was the last to have. Those are
 * counted apart, by user, so that they take no administrator's place. A reader of one
 * queue ends with it, or when its user may not control it any more; but a place is
 * somebody's as long as the rings are.
 *
 * What a worker adds to a record waits at its request, if somebody who reads wants it
 * when the worker says it.
 *
 *   phase    moved by           meaning
 *   listed   KHTTP_IOC_LOG      writers find it under RCU
 *   left     its release, the   nobody writes any more; what is in the rings can be
 *            end of its queue   read until the descriptor is closed, but where the
 *            or its right, the  right has gone
 *            namespace's end
 */
#ifndef _KHTTP_LOG_H
#define _KHTTP_LOG_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

#include "http/reason.h"

struct file;
struct khttp_canned;
struct khttp_conn;
struct khttp_log_open;
struct khttp_net;
struct khttp_queue;
struct khttp_request;
struct khttp_sketch;

/* What a worker adds to the record of its request: khttp_request.said */
struct khttp_log_said {
	struct rcu_head rcu;
	u32 len;
	char block[];			/* a field block */
};

/* In struct khttp_net; written under net->config */
struct khttp_log {
	u32 n_readers;			/* READ_ONCE readers */
	u32 n_wide;			/* that read of every queue; likewise */
	u32 texts;			/* that one of them asked for; likewise */
	u32 admins;			/* places that administrators have */
	struct list_head readers;	/* khttp_log_reader.link; RCU readers */
};

/* Asked before any of those below */
static inline bool khttp_log_on(const struct khttp_log *log)
{
	return unlikely(READ_ONCE(log->n_readers));
}

/* It is over: @sent bytes of @a were given to TCP, and for @why no more, or that is
 * all. Context: as khttp_respond()
 */
void khttp_log_canned(struct khttp_conn *c, const struct khttp_sketch *s,
		      const struct khttp_canned *a, u64 sent, enum khttp_reason why);
/* It will be over when @rq, which was made for it, leaves the order; its record has the
 * texts that somebody reads now. Context: likewise
 */
void khttp_log_keep(struct khttp_request *rq, const struct khttp_sketch *s,
		    const struct khttp_canned *a);
/* It leaves the order. Context: socket lock held */
void khttp_log_request(const struct khttp_request *rq);

/* Its worker adds these @len bytes, KHTTP_LOG_FIELDS_MAX at most, which may change
 * meanwhile: 0 or -EINVAL. Context: the request's owner, sleeps
 */
int khttp_log_add(struct khttp_request *rq, const char *block, u32 len);
/* It adds nothing. Context: likewise, any */
void khttp_log_forget(struct khttp_request *rq);
/* Of one with said_charged, whose last reference is gone. Context: any */
void khttp_log_said_end(struct khttp_request *rq);

/* Others may control the queue now; or it ends. Context: net->config held */
void khttp_log_queue_set(const struct khttp_queue *q);
void khttp_log_queue_gone(const struct khttp_queue *q);

/* KHTTP_IOC_LOG: a descriptor, or -errno. Context: sleeps */
int khttp_log_open(struct khttp_net *kn, const struct file *file,
		   struct khttp_log_open *ask);

void khttp_log_init(struct khttp_log *log);
/* The namespace is going, and no request is left. Context: sleeps */
void khttp_log_exit(struct khttp_net *kn);

#endif
