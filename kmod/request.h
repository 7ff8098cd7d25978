/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One exchange: a request and the answer to it.
 *
 * It stands in its connection's order list until its answer is sent, and
 * beside that has exactly one owner:
 *
 *   state      owner, moved by                          next
 *   RECEIVED   dispatch                                 WAITING, ANSWERED
 *   WAITING    queue: khttp_queue_push, _requeue        IN_HAND, ANSWERED
 *              (khttp_queue_park: for another's answer, and for no worker)
 *   IN_HAND    a worker's slot: khttp_queue_pop         WAITING, ANSWERED
 *              (WAITING also in another queue: khttp_request_delegate)
 *   ANSWERED   nobody: the last of the answer was taken -
 *
 * The owner holds a reference, and whoever makes the move to ANSWERED drops
 * it. That move happens once: it is made under the socket lock.
 */
#ifndef _KHTTP_REQUEST_H
#define _KHTTP_REQUEST_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <linux/khttp.h>

#include "account.h"
#include "http/parse.h"
#include "http/reason.h"
#include "http/span.h"

struct bio_vec;
struct khttp_answer;
struct khttp_body;
struct khttp_cache_key;
struct khttp_conn;
struct khttp_door;
struct khttp_entry;
struct khttp_flight;
struct khttp_log_said;
struct khttp_out;
struct khttp_paced;
struct khttp_queue;

enum khttp_request_state {
	KHTTP_RQ_RECEIVED,
	KHTTP_RQ_WAITING,
	KHTTP_RQ_IN_HAND,
	KHTTP_RQ_ANSWERED,
};

/* What a worker can be told of; index of request->waiter */
enum khttp_wait {
	KHTTP_WAIT_READ,	/* body bytes, the end of the body, or an error */
	KHTTP_WAIT_SEND,	/* room in the send window, or an error */
	KHTTP_WAIT_GONE,	/* the client is gone */
	KHTTP_WAIT_COUNT
};

/*
 * wake() is called once, after the waiter was taken off its request, under
 * request->lock with BH disabled, from any context: it may only mark and wake.
 */
struct khttp_waiter {
	void (*wake)(struct khttp_waiter *w);
};

/*
 * Of one in its slab cache, with room for what its worker will be told. The
 * slab adds a pointer.
 */
#define KHTTP_REQUEST_BYTES	(1024U - 8)

struct khttp_request {
	/* set by dispatch, read-only afterwards, but queue and why: see
	 * khttp_request_delegate()
	 */
	struct khttp_conn *conn;	/* holds a reference */
	struct khttp_queue *queue;	/* holds a reference; NULL: kernel answers */
	struct khttp_door *door;	/* likewise, what its group said; or NULL */
	u64 stream;			/* number on the connection, from 1 */
	u64 purges;			/* khttp_cache_purges() when it came */
	u32 caching;			/* khttp_policy.caching of its group */
	u32 keep;			/* of its group: khttp_freshness_ask */
	u64 content_length;		/* as struct khttp_slot has it */
	u16 head_len;			/* bytes */
	u16 version;			/* 0x0100, 0x0101 */
	u16 named;			/* port of the authority, or 0 */
	u8 method;			/* enum khttp_method */
	u8 scheme;
	bool by_ip;			/* routed by an IP-bound prefix */
	bool expect;			/* client waits for 100 (Continue) */
	bool keep_alive;		/* what the client asked for, by version */
	u8 why;				/* enum khttp_cache_why: the request's side */
	u8 spelling;			/* enum khttp_spelling of its path */
	u8 fwd;				/* enum khttp_cache_fwd */
	bool has_query;
	bool upgrade;			/* it asks for another protocol */
	bool detached;			/* of nobody: its answer is for the cache */
	bool may_stale;			/* something stored does if this fails */
	u8 n_asked;			/* with stored: fields that ask about it */
	bool validates;			/* the owner's: its worker was told of these */
	u32 stale_while;		/* of its group: khttp_freshness_ask */
	u32 stale_error;
	struct khttp_flight *flight;	/* that it leads or waits for, see flight.h: a
					 * reference; or NULL
					 */
	struct khttp_entry *stored;	/* whose validators it may ask by: the owner's,
					 * a reference; or NULL
					 */

	refcount_t ref;			/* order list, owner, ops under way */
	u32 charged;			/* to the namespace, without the answer */

	/* CLOCK_MONOTONIC; see latency.h. The owner's, but for timed: that is
	 * under the socket lock, and so are seen_ns and stage_ns once it is set,
	 * and sent_ns
	 */
	u64 seen_ns;			/* the first byte of its head */
	u64 understood_ns;		/* the head; 0: receive was recorded */
	u64 stage_ns;			/* pushed; delivered; answer taken whole */
	u64 sent_ns;			/* TCP had all of the answer; 0: not yet, or no
					 * stage of it was recorded
					 */
	u8 timed;			/* enum khttp_stage to record when all of
					 * the answer is out: total, hit; 0: none
					 */

	/* written under shard->lock when WAITING is entered or left */
	u8 state;			/* enum khttp_request_state */
	u32 shard;			/* its CPU; under the socket lock, too */
	unsigned long queued;		/* jiffies when it came to the queue */
	u16 attempt;			/* deliveries so far */
	u8 hops;			/* from queue to queue; the owner's */
	bool parked;			/* WAITING, but for no worker: see park.c */
	bool landed;			/* set once, before its connection looks */
	struct list_head flight_link;	/* with flight: under its lock */

	/* under lock; who armed may take his waiter out without it */
	struct khttp_waiter *waiter[KHTTP_WAIT_COUNT];
	bool gone;			/* the connection is closed */
	struct khttp_body *body;	/* NULL: none. See body.h */

	/* the way out: under the socket lock */
	u64 out_bytes;			/* in out */
	u64 out_weight;			/* memory of that: READ_ONCE as well */
	u64 announced;			/* KHTTP_LENGTH_UNKNOWN or content length */
	u64 accepted;			/* body bytes taken from the answer's maker */
	u64 sent;			/* bytes of the answer that TCP took */
	struct khttp_paced *paced;	/* it has a bandwidth of its own: see paced.h;
					 * or NULL
					 */
	u16 status;
	u8 reason;			/* enum khttp_reason that was told, if any, */
	bool refused;			/* with the status of the answer */
	bool begun;			/* head taken: it cannot be given out again */
	bool ended;			/* the last byte is in out or sent */
	bool resets;			/* the connection, which sends nothing more then */
	bool chunked;			/* out carries chunk framing */
	bool bodyless;			/* HEAD, 204, 205, 304: body bytes are dropped */
	bool close;			/* the connection ends after this answer */
	bool continue_wanted;		/* a worker waits for an expected body */
	bool continued;			/* 100 (Continue) was sent */
	bool held;			/* RECEIVED: waits to be the first in order */
	bool logged;			/* the error log has it */
	bool stored_late;		/* answered by what is stored, after it waited */
	bool coalesced;			/* which another one had brought meanwhile */
	u16 kept;			/* bytes of its record in own: see log.c */
	bool said_charged;		/* said is, or was: the owner's */
	bool opaque;			/* answered 101: see opaque.h */
	bool shut;			/* its worker sends nothing more after out */

	struct khttp_slot *told;	/* see below: own, or a kmalloc of its own */
	struct khttp_log_said __rcu *said; /* what its worker adds to its record, or NULL:
					    * written by the owner
					    */

	/* Made with the memory, and found as they were made when it is used
	 * again; all that is before them is zero then
	 */
	struct list_head order;		/* khttp_conn.order; socket lock */
	struct list_head link;		/* khttp_shard.waiting; shard->lock */
	struct list_head out;		/* khttp_piece.link, unsent, in order;
					 * socket lock
					 */
	spinlock_t lock;

	/*
	 * Set by khttp_told_make(), with a queue only: the request as it
	 * will stand at the start of a slot, what its offsets point to behind
	 * it. In the hands of its owner, who has it copied there. Without a
	 * worker its record may wait there: khttp_log_keep().
	 */
	u32 told_len;
	struct khttp_ref host;		/* in told: normalised, without port */
	u64 url_id;			/* of the prefix */
	u64 group_id;			/* of its group; without a queue, too: or 0 */
	char own[] __aligned(__alignof__(struct khttp_slot));
};

static inline void khttp_request_get(struct khttp_request *rq)
{
	refcount_inc(&rq->ref);
}

void khttp_request_free(struct khttp_request *rq);

/* Context: any */
static inline void khttp_request_put(struct khttp_request *rq)
{
	if (refcount_dec_and_test(&rq->ref))
		khttp_request_free(rq);
}

/* Of what its worker is told, which there is */
static inline struct khttp_span khttp_told_span(const struct khttp_request *rq,
						struct khttp_ref ref)
{
	return khttp_span_of((const char *)rq->told + ref.off, ref.len);
}

/*
 * ---- What the hand-off may do with a request it owns (IN_HAND) ----
 * Context: the worker's task, no lock held, may sleep.
 */

/*
 * Body bytes that are here: more than 0; 0 at the end of the body; -EAGAIN
 * none yet (arm KHTTP_WAIT_READ); -EBADMSG, -ETIMEDOUT, -EFBIG, -ECONNRESET.
 * What is read makes room, and the first call that finds nothing sends
 * 100 (Continue) where the client waits for it.
 */
ssize_t khttp_request_read(struct khttp_request *rq, struct iov_iter *to);

/* Trailer fields as a field block (see struct khttp_reply); -EAGAIN while the
 * body goes on, -EMSGSIZE when @to is too small
 */
ssize_t khttp_request_trailers(struct khttp_request *rq, struct iov_iter *to);

/* Everything was read to the end / trailers came with it / a new delivery could
 * still read from the beginning
 */
bool khttp_request_body_complete(struct khttp_request *rq);
bool khttp_request_has_trailers(struct khttp_request *rq);
bool khttp_request_body_whole(struct khttp_request *rq);
/* A new delivery reads from the beginning. Only when body_whole */
void khttp_request_body_rewind(struct khttp_request *rq);

/*
 * Call w->wake once the condition may have become true. False: it is true
 * now (or the request is gone), try again. -EBUSY is the caller's business:
 * one waiter per kind; khttp_request_armed() tells.
 */
bool __must_check khttp_request_arm(struct khttp_request *rq,
				    enum khttp_wait kind,
				    struct khttp_waiter *w);
/* After it, wake() is neither running nor coming. True: it had not been called */
bool khttp_request_disarm(struct khttp_request *rq, enum khttp_wait kind,
			  struct khttp_waiter *w);

/*
 * The answer, or a piece of it. @head: NULL after the first call, but for
 * trailers, which come with @end. @body: bytes
 * of this piece; pages are taken by reference when @body is ITER_BVEC. @end:
 * the answer ends with this piece (if all of it was taken). The caller has a
 * reference beside the owner's.
 *
 * Returns the body bytes taken, advancing @body; with a head at least the head
 * was taken even at 0. -EAGAIN: no head given and no room (arm
 * KHTTP_WAIT_SEND). After all of @body was taken and @end was given the
 * request is ANSWERED and the owner's reference is gone: forget it. So it is
 * after -ECONNRESET (client gone) and -EMSGSIZE (longer or shorter than
 * announced; the connection is closed). -EINVAL, -ENOMEM, -EFAULT leave it to
 * the owner.
 */
ssize_t khttp_request_answer(struct khttp_request *rq,
			     const struct khttp_answer *head,
			     struct iov_iter *body, bool end);

/*
 * After 101: nothing more will be sent, and the client is told so; reading goes on.
 * 0, or -ECONNRESET as above.
 */
int khttp_request_shut(struct khttp_request *rq);

/* It lies in a slot of that worker now: receive and queue are over */
void khttp_request_delivered(struct khttp_request *rq, u32 worker);

/* Room for body bytes now; 0 = full. A hint, not a promise */
size_t khttp_request_room(const struct khttp_request *rq);
/* What of the window it has, in bytes: memory that small pieces take beyond twice their
 * bytes counts, half. Context: any
 */
static inline u64 khttp_request_out(const struct khttp_request *rq)
{
	return max(READ_ONCE(rq->out_bytes), READ_ONCE(rq->out_weight) / 2);
}

/*
 * Answer wholly from this (new) cache entry; its reference passes. Same
 * returns as khttp_request_answer() with @end; likewise with a reference.
 */
ssize_t khttp_request_answer_entry(struct khttp_request *rq,
				   const struct khttp_answer *head,
				   struct khttp_entry *entry);

/* The worker gives it up: the connection is closed. The owner's reference is
 * gone
 */
void khttp_request_cancel(struct khttp_request *rq);

/*
 * The worker died with it. By the rule in DESIGN.md section 3 it goes back to
 * the head of its queue or is answered 502. @taken: the worker had looked at
 * it. The owner's reference is gone, and the queue knows that it left: every
 * other end of a request IN_HAND is told by its owner, khttp_queue_done().
 */
void khttp_request_abandon(struct khttp_request *rq, bool taken);

/*
 * Its worker's 304 was about something that is not stored any more: a worker is to
 * be asked again, and not about that. Otherwise as when one dies that had not looked
 * at it.
 */
void khttp_request_ask_again(struct khttp_request *rq);

/*
 * It is for another queue: 0, and that has the owner's reference. Else it stays
 * the caller's: -ECONNRESET, -EALREADY, -ELOOP, -ENOENT, -ENOSPC, -EHOSTDOWN as in
 * struct khttp_delegate. No waiter is armed.
 */
int khttp_request_delegate(struct khttp_request *rq, struct khttp_queue *to);

/*
 * The owner refuses it: the kernel answers with that reason's status (or closes
 * the connection where it has none). The owner's reference is gone. Context:
 * as above; any owner (a queue that ends, a timer).
 */
void khttp_request_refuse(struct khttp_request *rq, enum khttp_reason reason);

/* It asks about nothing any more. Context: any */
void khttp_request_forget_stored(struct khttp_request *rq);

/* What the response cache knows it by; spans live as long as the request */
void khttp_request_cache_key(const struct khttp_request *rq,
			     struct khttp_cache_key *key);

/* The head it came with: bytes that the parser accepted, and what follows them */
struct khttp_span khttp_request_head(const struct khttp_request *rq);

/* Which variant of a response that varies by @list it gets: http/vary.h */
void khttp_request_vary_key(const struct khttp_request *rq,
			    struct khttp_span list, struct khttp_out *out);

/*
 * ---- The connection's side. Context: socket lock held, any ----
 */

struct khttp_sketch;	/* dispatch.h: what is known of a request on the stack */

/* told.c: what is decided of it; bytes of what its worker will be told; make it, in
 * rq->told
 */
void khttp_told_judge(struct khttp_sketch *sketch);
u32 khttp_told_bytes(const struct khttp_conn *c,
		     const struct khttp_sketch *sketch);
void khttp_told_make(struct khttp_request *rq,
		     const struct khttp_sketch *sketch);

/* Its order list's and its owner's reference. @sketch: NULL when the kernel
 * answers and only the order matters. ERR_PTR: -ENOMEM, or -EDQUOT when the
 * namespace holds as much as it may
 */
struct khttp_request *khttp_request_create(struct khttp_conn *c,
					   const struct khttp_sketch *sketch,
					   enum khttp_charge what, gfp_t gfp);
/* Off the order list; drops that reference */
void khttp_request_unlink(struct khttp_request *rq);
/* The connection ends before it: because of @why, or because the client is
 * gone. True: the error log was told
 */
bool khttp_request_lost(struct khttp_request *rq, enum khttp_reason why);
/* No answer of its worker's is wanted any more: wakes what waits for something */
void khttp_request_set_gone(struct khttp_request *rq);
/* errors.c: why it was refused or given up, for counter, tracepoint and log,
 * with the status that the kernel answered, or 0. The first reason counts;
 * false: it had one
 */
bool khttp_request_reason(struct khttp_request *rq, enum khttp_reason reason,
			  u16 status);
/* Its body broke off: refused with that reason, unless its answer has begun */
void khttp_request_broken(struct khttp_request *rq, enum khttp_reason reason);
/* The move to ANSWERED: drops the owner's reference */
void khttp_request_answered(struct khttp_request *rq);
/* khttp_request_refuse() for who holds the socket lock */
void khttp_request_refuse_locked(struct khttp_request *rq,
				 enum khttp_reason reason);
/* All of a worker's answer was taken: the stage worker is over, and send, too,
 * when TCP has all of it already
 */
void khttp_request_taken(struct khttp_request *rq, u64 now);
/* TCP has all of the answer. rq->timed is set */
void khttp_request_sent(struct khttp_request *rq, u64 now);
/* The waiter of that kind may go on */
void khttp_request_wake(struct khttp_request *rq, enum khttp_wait kind);

int khttp_request_init(void);	/* slab cache */
void khttp_request_exit(void);

#endif
