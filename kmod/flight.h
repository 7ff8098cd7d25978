/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests for what a worker is making already: of misses of one URL that come
 * together one goes to a worker, and the others wait for what it answers.
 *
 *   flight    moved by                                   next
 *   flying    khttp_flight_join, the first: it leads     landed, failed, flying
 *   landed    khttp_flight_end: the answer is stored     -
 *   failed    khttp_flight_end: it is not                marked
 *   marked    the same: later ones do not wait           -
 *
 *   who waits moved by                                   becomes
 *   parked    khttp_flight_join: in its queue, park.c    one of:
 *   landed    looks into the cache: khttp_hit_land       answered, or WAITING
 *   released  its flight failed, or it waited too long   WAITING for a worker
 *   promoted  who led is gone: another leads             WAITING for a worker
 *   taken out client gone, queue ends, a timer           ANSWERED
 *
 * All that wait are let go at once: what turned out not to be for the cache is
 * asked for by each of them, side by side, and for KHTTP_FLIGHT_MARK the URL is
 * marked, so that nobody waits for it. A leader that its worker leaves behind and
 * that is given out again goes on leading; one whose client is gone hands the
 * lead on, for its end says nothing about the answer.
 *
 * A flight is known by the hash of its URL, with a secret that clients do not have,
 * and by the prefix. Were two of a kind, those that wait would wait for the wrong
 * one: then each looks for its own response and finds none. So it is with variants.
 *
 * Each request that came to know a flight holds a reference, and so does the table
 * while it is in there. Nobody waits longer than cache_coalesce says; no more wait
 * than cache_waiters (for one URL) and cache_waiting say, and there are no more
 * flights and marks than KHTTP_FLIGHTS_MAX; who finds no room goes to a worker.
 *
 * The lock of a namespace's flights comes after the socket lock and before
 * queue->lock and the shards'.
 */
#ifndef _KHTTP_FLIGHT_H
#define _KHTTP_FLIGHT_H

#include <linux/jiffies.h>
#include <linux/types.h>

struct khttp_flight;
struct khttp_flights;
struct khttp_net;
struct khttp_request;

#define KHTTP_FLIGHTS_MAX	4096U
#define KHTTP_FLIGHT_MARK	(10 * HZ)

enum khttp_flight_part {
	KHTTP_FLIGHT_ALONE,		/* nobody waits */
	KHTTP_FLIGHT_LEADS,		/* to its queue with it; others may wait */
	KHTTP_FLIGHT_WAITS,		/* its queue owns it, parked */
};

enum khttp_flight_end {
	KHTTP_FLIGHT_LANDED,
	KHTTP_FLIGHT_FAILED,
	KHTTP_FLIGHT_GONE,		/* who asked is: nothing is known */
};

/* Context: sleeps. ERR_PTR(-ENOMEM) */
struct khttp_flights *khttp_flights_create(struct khttp_net *kn);
void khttp_flights_destroy(struct khttp_flights *fs);

/*
 * A miss that nobody else knows of yet, owned by the caller. @hash: of its URL.
 * @part: KHTTP_REUSE_WAITS and _LEADS, what it may do. Context: socket lock held,
 * BH disabled
 */
enum khttp_flight_part khttp_flight_join(struct khttp_request *rq, u64 hash,
					 u8 part);

/* Somebody leads, or nobody is to */
bool khttp_flight_known(struct khttp_flights *fs, u64 hash, u64 url_id);

/*
 * How the flight that it leads ended, which others may have told before; or, where
 * it waits, it does so no longer. Context: any but hard interrupt; the caller has a
 * reference to the request
 */
void khttp_flight_end(struct khttp_request *rq, enum khttp_flight_end how);

/* It waited too long for another: on to a worker. Context: socket lock held */
void khttp_flight_expire(struct khttp_request *rq);

/* The request goes. Context: any */
void khttp_flight_put(struct khttp_request *rq);

int khttp_flight_init(void);	/* slab cache */
void khttp_flight_exit(void);

#endif
