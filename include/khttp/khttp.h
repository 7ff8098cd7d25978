/* SPDX-License-Identifier: MIT */
/*
 * The C face of khttp::queue, for other languages: one worker of a queue and
 * the requests in its hand. Calls that can fail return a negative errno; a
 * mistake of the caller's (a field after the head was sent, ...) is -EINVAL,
 * a second answer -EALREADY. libkhttp(3) tells the rest.
 *
 *	struct khttp_queue *q = khttp_queue_open("app", NULL);
 *	while (!khttp_queue_finished(q)) {
 *		struct khttp_exchange *ex = khttp_queue_wait(q, -1);
 *		if (ex) {
 *			khttp_exchange_body(ex, "hello", 5);
 *			khttp_exchange_free(ex);
 *		}
 *	}
 *	khttp_queue_close(q);
 */
#ifndef KHTTP_KHTTP_H
#define KHTTP_KHTTP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <khttp/khttp_fragment.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the shared library shows; everything else in it is hidden. */
#pragma GCC visibility push(default)

struct khttp_queue;
struct khttp_exchange;

enum khttp_transport {
	KHTTP_TRANSPORT_AUTOMATIC,
	KHTTP_TRANSPORT_IOCTL,
	KHTTP_TRANSPORT_URING,
};

/* SCHED_BATCH for the thread that uses the queue: see khttp/options.hpp */
enum khttp_scheduling {
	KHTTP_SCHEDULING_INHERIT,
	KHTTP_SCHEDULING_BATCH,
};

/* 0 anywhere: the default. Start with all zero. */
struct khttp_queue_options {
	uint32_t slots;	       /* requests in hand at once, 1 to 1024 */
	uint32_t batch;	       /* requests taken up ahead */
	uint32_t request_area; /* bytes */
	uint32_t reply_area;   /* bytes */
	uint32_t transport;    /* enum khttp_transport */
	uint32_t scheduling;   /* enum khttp_scheduling */
	const char *grant;     /* socket of a grant, instead of the name */
	uint32_t validates;    /* 1: it answers what the kernel asks about what is
				* stored: see khttp/options.hpp */
};

/* Bytes in the request; valid until it is answered. No NUL at the end. */
struct khttp_bytes {
	const char *data;
	size_t size;
};

/* NULL and errno when it fails; khttp_queue_open_error() says what to do.
 * OPTIONS may be NULL, and NAME where a grant says what is served. */
struct khttp_queue *khttp_queue_open(const char *name,
				     const struct khttp_queue_options *options);
/* The calling thread's last failed open, as a sentence. */
const char *khttp_queue_open_error(void);
/* What is in hand and unanswered goes to another worker. NULL is fine. */
void khttp_queue_close(struct khttp_queue *q);

/* Readable when khttp_queue_next() has something to do. */
int khttp_queue_fd(const struct khttp_queue *q);
/* The next request, or NULL: never waits, sends what was answered. */
struct khttp_exchange *khttp_queue_next(struct khttp_queue *q);
/* The same, waiting up to this long; -1 = until finished. */
struct khttp_exchange *khttp_queue_wait(struct khttp_queue *q, int timeout_ms);
/* Send what was answered, without looking for more. 0 or -errno. */
int khttp_queue_commit(struct khttp_queue *q);
/* Ask for nothing new. */
void khttp_queue_drain(struct khttp_queue *q);
int khttp_queue_draining(const struct khttp_queue *q);
/* Draining, and nothing is in hand or on its way out. */
int khttp_queue_finished(const struct khttp_queue *q);
size_t khttp_queue_in_hand(const struct khttp_queue *q);
/* 0, or the -errno that ended the worker. */
int khttp_queue_error(const struct khttp_queue *q);
/* Drop cached answers, or (SOFT) let their time be over where they may serve past it;
 * their number or -errno. */
int64_t khttp_queue_purge(struct khttp_queue *q, const char *url, int recursive, int soft);
int64_t khttp_queue_purge_tag(struct khttp_queue *q, const char *tag, int soft);

enum khttp_part {
	KHTTP_PART_METHOD,
	KHTTP_PART_SCHEME,
	KHTTP_PART_AUTHORITY,
	KHTTP_PART_TARGET,     /* as received */
	KHTTP_PART_PATH,       /* decoded */
	KHTTP_PART_QUERY,
	KHTTP_PART_PREFIX,     /* the URL prefix that routed it */
	KHTTP_PART_VERSION,    /* 1.0 or 1.1 */
	KHTTP_PART_BODY_START, /* as request::body_start() */
};

enum khttp_number {
	KHTTP_NUMBER_CONTEXT,
	KHTTP_NUMBER_CONNECTION,
	KHTTP_NUMBER_STREAM,
	KHTTP_NUMBER_ATTEMPT,
	KHTTP_NUMBER_CONTENT_LENGTH, /* UINT64_MAX when not known */
	KHTTP_NUMBER_HAS_BODY,
	KHTTP_NUMBER_BODY_COMPLETE,
	KHTTP_NUMBER_GONE,	     /* the client is gone */
	KHTTP_NUMBER_VALIDATES,	     /* its conditions are the kernel's */
};

/* The request. */
struct khttp_bytes khttp_exchange_part(const struct khttp_exchange *ex,
				       enum khttp_part part);
uint64_t khttp_exchange_number(const struct khttp_exchange *ex,
			       enum khttp_number number);
size_t khttp_exchange_field_count(const struct khttp_exchange *ex);
struct khttp_bytes khttp_exchange_field_name(const struct khttp_exchange *ex,
					     size_t index);
struct khttp_bytes khttp_exchange_field_value(const struct khttp_exchange *ex,
					      size_t index);
/* The first field of this name; data is NULL when there is none. */
struct khttp_bytes khttp_exchange_find(const struct khttp_exchange *ex,
				       const char *name);
/* "192.0.2.1:80" or "[2001:db8::1]:80", with a NUL; its length. */
size_t khttp_exchange_client(const struct khttp_exchange *ex, char *into,
			     size_t size);
/* The other end of the connection, where the client is somebody it speaks for. */
size_t khttp_exchange_peer(const struct khttp_exchange *ex, char *into,
			   size_t size);
size_t khttp_exchange_local(const struct khttp_exchange *ex, char *into,
			    size_t size);
/* "4711-3": connection and stream, as logs have it. Likewise. */
size_t khttp_exchange_id(const struct khttp_exchange *ex, char *into, size_t size);
/* Body bytes; waits for more. 0 = the end, or -errno. */
ssize_t khttp_exchange_read(struct khttp_exchange *ex, void *into,
			    size_t size);

/* The head of the response; the status is 200 unless set. */
int khttp_exchange_status(struct khttp_exchange *ex, int status);
int khttp_exchange_header(struct khttp_exchange *ex, const char *name,
			  const char *value);
/* Whether and how long the kernel answers the same URL by itself: for that time,
 * until purged, as the fields tell a shared cache, never. The last call counts.
 */
int khttp_exchange_cache_for(struct khttp_exchange *ex, uint32_t seconds);
int khttp_exchange_cache_until_purged(struct khttp_exchange *ex);
int khttp_exchange_cache_auto(struct khttp_exchange *ex);
int khttp_exchange_cache_never(struct khttp_exchange *ex);
/* Send it at no more than RATE bytes/s in the long run, and PEAK at any time, but for
 * BURST bytes above the rate at first; 0: no limit, no peak, the least burst.
 */
int khttp_exchange_flow(struct khttp_exchange *ex, uint32_t rate, uint32_t peak,
			uint32_t burst);
/* From now on khttp_exchange_stored() is told: "yes", "filling" or in a word why the
 * answer is not stored; "" as long as that is not known, or the kernel cannot tell.
 */
int khttp_exchange_tell_stored(struct khttp_exchange *ex);
const char *khttp_exchange_stored(const struct khttp_exchange *ex);
/* SIZE bytes of VALUE by NAME in this request's record of the access log, as
 * response::log() says; what it refuses does no harm to the answer. */
int khttp_exchange_log(struct khttp_exchange *ex, const char *name,
		       const void *value, size_t size);
int khttp_exchange_close_connection(struct khttp_exchange *ex);
int khttp_exchange_length(struct khttp_exchange *ex, uint64_t bytes);

/* A final answer: copied bytes, or a range of a regular file. */
int khttp_exchange_body(struct khttp_exchange *ex, const void *data,
			size_t size);
int khttp_exchange_file(struct khttp_exchange *ex, int fd, uint64_t offset,
			uint64_t length);
/* A stream; each call waits until the kernel has taken the piece. */
int khttp_exchange_send(struct khttp_exchange *ex, const void *data,
			size_t size);
int khttp_exchange_send_file(struct khttp_exchange *ex, int fd,
			     uint64_t offset, uint64_t length);
int khttp_exchange_trailer(struct khttp_exchange *ex, const char *name,
			   const char *value);
int khttp_exchange_finish(struct khttp_exchange *ex);
/* Another protocol instead of HTTP: whether the request offers it; answer 101 with
 * the head that was set. After that read and send are for its bytes, end says
 * that no more will be sent while read goes on, and finish ends both ways. */
int khttp_exchange_offers(const struct khttp_exchange *ex,
			  const char *protocol);
int khttp_exchange_upgrade(struct khttp_exchange *ex, const char *protocol);
int khttp_exchange_end(struct khttp_exchange *ex);
/* It is for another queue, as response::delegate() says. 0, or -errno, with which
 * it stays this worker's. */
int khttp_exchange_delegate(struct khttp_exchange *ex, const char *queue);
/* Give the request up: the client's connection is closed. */
void khttp_exchange_cancel(struct khttp_exchange *ex);

/* Done with it. Unanswered: 500; in the middle of a stream: as cancelled. From
 * any thread. NULL is fine. */
void khttp_exchange_free(struct khttp_exchange *ex);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
