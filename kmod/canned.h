/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers that the kernel makes by itself: refusals, hits, OPTIONS *. */
#ifndef _KHTTP_CANNED_H
#define _KHTTP_CANNED_H

#include <linux/types.h>
#include <linux/uio.h>

struct khttp_conn;
struct khttp_entry;
struct khttp_multipart;
struct khttp_page;
struct khttp_queue;
struct khttp_request;

/*
 * Bytes (and a body, an entry's or a group's page) as the answer to what stands
 * last in the stream. With nothing before it they go straight to TCP; what does
 * not go, and all of it behind others or in front of a body, waits at a request of
 * its own.
 */
struct khttp_canned {
	struct kvec iov[3];
	unsigned int n;
	struct khttp_entry *entry;	/* whose body follows, or NULL */
	const struct khttp_multipart *parts; /* what of that; NULL: all */
	struct khttp_page *page;	/* likewise; not both */
	struct khttp_queue *hit;	/* whose hit it is, under RCU, or NULL */
	u16 status;
	bool close;
	u8 reason;			/* enum khttp_reason: a refusal, which the
					 * error log has; or none
					 */
};

/* In several parts, which never go straight to TCP: they alternate with text */
bool khttp_canned_waits(const struct khttp_canned *a);
/* Bytes of a stored body that belong to it, with what stands between its parts */
u64 khttp_canned_body(const struct khttp_canned *a);
/* All of it, where it does not wait */
u64 khttp_canned_bytes(const struct khttp_canned *a);

/* Its entry has a bandwidth of its own, which does not let all of it go at once */
bool khttp_canned_paced(const struct khttp_canned *a);

/*
 * Straight to TCP. 0: all of it went; -EAGAIN: *@sent of the head and *@pos of
 * the body, or of the part; else the connection is at its end. Context: socket lock,
 * BH disabled
 */
int khttp_canned_send(struct khttp_conn *c, struct khttp_canned *a, size_t *sent,
		      u64 *pos);

/* What is left of it behind those, to wait at @rq: 0 or -ENOMEM. Context:
 * likewise, and the RCU section in which the entry was found
 */
int khttp_canned_keep(struct khttp_request *rq, const struct khttp_canned *a,
		      size_t sent, u64 pos);

#endif
