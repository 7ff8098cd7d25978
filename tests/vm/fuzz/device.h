/* SPDX-License-Identifier: MIT */
/* The parts of fuzz-device: see device.c. */
#pragma once

#include <linux/khttp.h>
#include <pthread.h>

#include "fuzz.h"

#define N_IDS 64
#define N_FILES 24
#define BUFFER_SIZE (1U << 18)

/* What the threads of one hostile worker process share, without any lock */
struct worker {
	uint64_t seed;
	unsigned int child;
	unsigned int generation;
	bool hangs;			/* may touch the file that never answers */

	int fd;
	struct khttp_attach attach;
	unsigned char *slots;
	uint64_t ids[N_IDS];		/* given out lately */
	unsigned int next_id;

	int files[N_FILES];		/* bodies, most of them no good */
	unsigned int n_files;
	int shrinking;			/* the one that changes its length */
	unsigned char *buffer;		/* BUFFER_SIZE bytes */
	unsigned char *read_only;	/* a page */
	unsigned char *hang;		/* mapping of the file that never answers */
	int hang_fd;

	void *ring_entries;		/* of the io_uring, while there is one */
	size_t ring_bytes;
};

/* What is counted, in the order it is printed in */
enum {
	DID_ATTACH, DID_MMAP, DID_RUN, DID_REQUEST, DID_READ, DID_COMMIT,
	DID_FILE, DID_CANCEL, DID_PURGE, DID_DRAIN, DID_POLL, DID_RING,
	DID_RING_FETCH, DID_RING_READ, DID_RING_COMMIT, DID_RING_NEXT, DID_CLIENT,
	DID_GRANT, DID_OPEN, DID_GRANTED, DID_DELEGATE, DID_REGISTER, DID_KEEP, DID_BACK,
	DID_SPLICE,
};

/* device_worker.c: a process until it is killed */
void hostile_worker(const char *queue, const char *hang, uint64_t seed,
		    unsigned int child, unsigned int generation);
void remember_id(struct worker *w, uint64_t id);
/* One in hand, one of its relatives, or nonsense */
uint64_t some_id(struct worker *w, struct rng *r);
/* An address that can be written, or one that is trouble */
uint64_t some_address(struct worker *w, struct rng *r);
unsigned char *slot_of(struct worker *w, uint64_t id);

/* device_reply.c */
struct khttp_reply *reply_of(struct worker *w, uint64_t id);
/* What COMMIT of @id will find in its slot. True: a body from a file */
bool write_reply(struct worker *w, struct rng *r, uint64_t id);
/* Of a fragment that there may be, or of none, into 64 bytes; its length */
uint32_t fragment_name(struct rng *r, char *into);
/* Changes what the kernel is reading, and puts it back, for ever */
void *scribble(void *worker);

/* device_ops.c, device_ring.c: threads, for ever */
void *call_ioctls(void *worker);
void *submit_commands(void *worker);

/* device_files.c */
void open_files(struct worker *w, struct rng *r, const char *hang);
/* Now and then another length */
void resize_file(struct worker *w, struct rng *r);

/* device_client.c: a process until it is killed */
void clients(int port, uint64_t seed);
