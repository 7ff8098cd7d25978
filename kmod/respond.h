/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel answers by itself, where the request arrived: refusals, hits,
 * redirects, OPTIONS *. Context of all: socket lock held, BH disabled, and where
 * the request has a url rcu_read_lock.
 */
#ifndef _KHTTP_RESPOND_H
#define _KHTTP_RESPOND_H

#include "http/reason.h"

struct khttp_canned;
struct khttp_conn;
struct khttp_request;
struct khttp_scratch;
struct khttp_sketch;
struct khttp_verdict;

/* The answer to what stands last in the stream. Where it fails, the connection
 * ends and the error log is told
 */
void khttp_respond(struct khttp_conn *c, struct khttp_sketch *s,
		   struct khttp_canned *a);
/* A refusal, in the words of the group that it was routed to */
void khttp_respond_refusal(struct khttp_conn *c, struct khttp_scratch *s,
			   const struct khttp_verdict *v);
void khttp_respond_reason(struct khttp_conn *c, struct khttp_scratch *s,
			  enum khttp_reason reason);
/* The url has a redirect */
void khttp_respond_redirect(struct khttp_conn *c, struct khttp_scratch *s);
/* OPTIONS * */
void khttp_respond_options(struct khttp_conn *c, struct khttp_scratch *s);

/* Why there is no request: what khttp_request_create() returned */
enum khttp_reason khttp_respond_no_room(const struct khttp_request *rq);

#endif
