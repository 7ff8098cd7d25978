/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The error log: what the kernel decided by itself. Every refusal, cut and
 * abandonment is one call of khttp_error(), and by that one reason, one count,
 * one tracepoint and one record.
 *
 *   what it is about                told through
 *   a request still on the stack    khttp_sketch_reason()
 *   a request                       khttp_request_reason(): once, later ones
 *                                   find that it was told
 *   requests in order, when their   khttp_conn_cut(): each of them that was not
 *   connection goes                 told; if there is none, the connection
 *   a connection not made           listener.c
 *
 * The records stand in a ring of fixed size. A new one takes the place of the
 * oldest: whoever floods the log costs no memory, and what he pushes out is
 * counted for each reader (LOST in the uapi header) and stays counted by
 * reason. There is no bound on how many records one client or one reason may
 * have, for then a refusal would be without a record, and which one matters is
 * not for the kernel to say; who must have all of them follows the log, and
 * who wants one kind asks for it by reason or queue.
 *
 * A place in the ring is drawn from one counter; each has a lock of its own,
 * which writers share only when the ring goes round while one of them writes.
 */
#ifndef _KHTTP_ERRORS_H
#define _KHTTP_ERRORS_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/khttp.h>

#include "http/reason.h"
#include "http/span.h"

struct khttp_error_ring;
struct khttp_net;
struct khttp_queue;

/* What is known of it; what is not is 0, NULL or empty */
struct khttp_error_info {
	enum khttp_reason reason;
	u16 status;			/* that the kernel answered */
	u16 version;			/* 0x0100, 0x0101 */
	u64 connection;
	u64 stream;
	const struct khttp_endpoint *client;
	const struct khttp_endpoint *local;
	struct khttp_span method;
	struct khttp_span target;	/* as it came */
	const struct khttp_queue *queue;
	u64 url_id;
};

struct khttp_error_record {
	u64 seq;			/* from 1 on, in order; 0: none here */
	u64 time_ns;			/* CLOCK_REALTIME */
	u64 connection;
	u64 stream;
	u64 url_id;
	struct khttp_endpoint client;
	struct khttp_endpoint local;
	kuid_t owner;			/* of the queue, then; or INVALID_UID */
	u32 queue_id;
	u16 status;
	u16 version;
	u16 target_len;			/* all of it, also where it was cut */
	u8 reason;
	u8 method_len;
	char method[KHTTP_ERROR_METHOD_MAX];
	char target[KHTTP_ERROR_TARGET_MAX];
	char queue[KHTTP_QUEUE_NAME_MAX]; /* empty: none */
};

/* In struct khttp_net */
struct khttp_errors {
	/* written under net->config, readers under RCU; NULL: off, or no
	 * prefix was ever there
	 */
	struct khttp_error_ring __rcu *ring;
	bool begun;			/* net->config: a prefix was there */
	bool awaited;			/* a reader has seen all: ring the bell */

	atomic64_t last ____cacheline_aligned_in_smp; /* drawn last */
};

/* Count, trace and record. Context: any but hard interrupt */
void khttp_error(struct khttp_net *kn, const struct khttp_error_info *e);

/*
 * Control. The ring comes with the first prefix, so that a namespace without
 * khttp pays nothing. 0 or -ENOMEM: nothing changed. Context: net->config held,
 * sleeps
 */
int khttp_errors_begin(struct khttp_net *kn);
/* For a log of another size: first what can fail, then either of the others */
int khttp_errors_prepare(u64 records, struct khttp_error_ring **ring);
void khttp_errors_resize(struct khttp_net *kn, struct khttp_error_ring *ring);
void khttp_errors_drop(struct khttp_error_ring *ring);
/* Nobody writes or reads any more. Context: any that may vfree() */
void khttp_errors_exit(struct khttp_net *kn);

/*
 * Reading. From here on a new record rings the bell, once: call it before you
 * look. Context: any
 */
void khttp_errors_await(struct khttp_net *kn);
u64 khttp_errors_last(const struct khttp_net *kn);
/*
 * The record @*seq or the next there is, into @r; @*seq is moved behind it,
 * and @*lost grows by those that were overwritten. False: none yet.
 * Context: net->config held
 */
bool khttp_errors_read(struct khttp_net *kn, u64 *seq, u64 *lost,
		       struct khttp_error_record *r);

#endif
