/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Releasing a socket sleeps, but is in no hurry when nothing is to be sent any more: the
 * sockets of connections that end in softirq are released together by a work, instead of
 * each with a switch to one.
 */
#ifndef _KHTTP_RETIRE_H
#define _KHTTP_RETIRE_H

#include <linux/workqueue.h>

struct khttp_conn;

/* Both FINs have come and gone: it ends. Context: socket lock held, any */
void khttp_conn_retire(struct khttp_conn *c);
/* net->retire_work */
void khttp_retire_work(struct work_struct *work);
/* Lets go of the socket lock, and releases the socket of one that ended. Context: sleeps */
void khttp_conn_unlock(struct khttp_conn *c);

#endif
