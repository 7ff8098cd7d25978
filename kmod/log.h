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
 * Who may: CAP_NET_ADMIN of the namespace, for a record has what clients send.
 *
 *   phase    moved by           meaning
 *   listed   KHTTP_IOC_LOG      writers find it under RCU
 *   left     its release, or    nobody writes any more; what is in the rings can be
 *            the namespace's    read until the descriptor is closed
 *            end
 */
#ifndef _KHTTP_LOG_H
#define _KHTTP_LOG_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>

#include "http/reason.h"

struct file;
struct khttp_canned;
struct khttp_conn;
struct khttp_log_open;
struct khttp_net;
struct khttp_request;
struct khttp_sketch;

/* In struct khttp_net; written under net->config */
struct khttp_log {
	u32 n_readers;			/* READ_ONCE readers */
	u32 texts;			/* that one of them asked for; likewise */
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
/* It will be over when @rq, which was made for it, leaves the order. Context: likewise */
void khttp_log_keep(struct khttp_request *rq, const struct khttp_sketch *s,
		    const struct khttp_canned *a);
/* It leaves the order. Context: socket lock held */
void khttp_log_request(const struct khttp_request *rq);

/* KHTTP_IOC_LOG: a descriptor, or -errno. Context: sleeps */
int khttp_log_open(struct khttp_net *kn, const struct file *file,
		   struct khttp_log_open *ask);

void khttp_log_init(struct khttp_log *log);
/* The namespace is going, and no request is left. Context: sleeps */
void khttp_log_exit(struct khttp_net *kn);

#endif
