/* SPDX-License-Identifier: MIT */
/* Named bytes that the kernel keeps for answers: the C mirror of fragment.hpp, part
 * of khttp.h. */
#ifndef KHTTP_FRAGMENT_H
#define KHTTP_FRAGMENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct khttp_exchange;
struct khttp_queue;

/* What a fragment is, and who has its bytes when the kernel has them not. */
struct khttp_fragment {
	const char *name; /* a URL that routes to this queue */
	/* 0 and all of its bytes, which stay until it is called again by this thread;
	 * or -errno, with which the piece fails as -ENODATA. By any thread that sends
	 * or serves, maybe by several at once. */
	int (*make)(void *context, const void **data, size_t *size);
	void *context;
	uint32_t lifetime; /* seconds; 0: until it is purged or has to make room */
	const char *tags;  /* with commas or blanks between them; or NULL */
};

#define KHTTP_TO_ITS_END UINT64_MAX

/* A piece of a stream: LENGTH bytes of it from OFFSET on. */
int khttp_exchange_send_fragment(struct khttp_exchange *ex, const struct khttp_fragment *of,
				 uint64_t offset, uint64_t length);
/* A final answer of such bytes. OF is copied; its context stays until the answer is
 * taken. */
int khttp_exchange_fragment(struct khttp_exchange *ex, const struct khttp_fragment *of,
			    uint64_t offset, uint64_t length);
/* Have what make() gives now kept, in place of what there may be. 0 or -errno: -EACCES
 * not a name of this queue, -EFBIG, -ENOSPC, -ECANCELED purged meanwhile. */
int khttp_queue_keep(struct khttp_queue *q, const struct khttp_fragment *of);
/* Bytes of it, and in *LENGTH, unless that is NULL, how many it has. -ENODATA: it is
 * not there. */
int64_t khttp_queue_read_fragment(struct khttp_queue *q, const char *name, uint64_t offset,
				  void *into, size_t size, uint64_t *length);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
