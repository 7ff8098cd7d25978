/* SPDX-License-Identifier: MIT */
/* Commands through io_uring, in rings that come and go. */
#include "device.h"

#include <liburing.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ENTRIES 32
#define N_READS 16

/* What a completion is about stands in its user_data */
enum { TAG_FETCH, TAG_READ, TAG_COMMIT, TAG_NEXT, TAG_OTHER };

static const struct {
	unsigned int cmd_op;
	unsigned int tag;
	unsigned int weight;
} commands[] = {
	{ KHTTP_U_FETCH, TAG_FETCH, 8 },
	{ KHTTP_U_READ, TAG_READ, 4 },
	{ KHTTP_U_COMMIT, TAG_COMMIT, 6 },
	{ KHTTP_U_COMMIT_AND_FETCH, TAG_NEXT, 6 },
	{ KHTTP_U_CANCEL, TAG_OTHER, 1 },
	{ KHTTP_U_WAIT, TAG_OTHER, 3 },
	{ _IO(KHTTP_IOC_MAGIC, 60), TAG_OTHER, 1 },
	{ KHTTP_IOC_RUN, TAG_OTHER, 1 },
};

static unsigned int choose(struct rng *r)
{
	unsigned int sum = 0, i, at;

	for (i = 0; i < COUNT(commands); i++)
		sum += commands[i].weight;
	at = below(r, sum);
	for (i = 0; at >= commands[i].weight; i++)
		at -= commands[i].weight;
	return i;
}

static uint64_t read_argument(struct worker *w, struct rng *r, uint64_t id)
{
	static struct khttp_read reads[N_READS];
	struct khttp_read *read = &reads[below(r, N_READS)];

	*read = (struct khttp_read){
		.id = id, .addr = some_address(w, r), .len = 1 + below(r, 100000),
		.flags = once_in(r, 6) ? KHTTP_READ_TRAILERS : 0,
	};
	if (once_in(r, 10))
		mutate(r, read, sizeof(*read));
	return once_in(r, 30) ? some_address(w, r) : (uintptr_t)read;
}

static void prepare_command(struct worker *w, struct rng *r,
			    struct io_uring_sqe *sqe)
{
	unsigned int i = choose(r);
	struct khttp_ucmd payload = { .id = some_id(w, r) };

	if (commands[i].cmd_op == KHTTP_U_FETCH)
		payload.id = 0;
	else if (commands[i].tag == TAG_READ)
		payload.addr = read_argument(w, r, payload.id);
	else if (commands[i].tag != TAG_OTHER)
		write_reply(w, r, payload.id);
	if (once_in(r, 20))
		mutate(r, &payload, sizeof(payload));
	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, w->fd, NULL, 0, 0);
	sqe->cmd_op = commands[i].cmd_op;
	sqe->user_data = commands[i].tag;
	memcpy(sqe->cmd, &payload, sizeof(payload));
}

static void prepare_other(struct worker *w, struct rng *r,
			  struct io_uring_sqe *sqe)
{
	switch (below(r, 4)) {
	case 0:
		io_uring_prep_poll_add(sqe, w->fd, (unsigned int)rng_next(r));
		break;
	case 1:
		io_uring_prep_read(sqe, w->fd, w->buffer, 100, 0);
		break;
	case 2:
		io_uring_prep_splice(sqe, w->fd, -1, w->files[2], -1, 4096, 0);
		break;
	case 3:
		io_uring_prep_cancel64(sqe, below(r, TAG_OTHER), 0);
		break;
	}
	sqe->user_data = TAG_OTHER;
}

static void submit_some(struct worker *w, struct rng *r, struct io_uring *ring)
{
	static const unsigned char flags[] = {
		IOSQE_ASYNC, IOSQE_IO_LINK, IOSQE_IO_DRAIN, IOSQE_IO_HARDLINK,
		IOSQE_FIXED_FILE, IOSQE_CQE_SKIP_SUCCESS,
	};

	for (unsigned int n = 1 + below(r, 8); n; n--) {
		struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

		if (!sqe)
			break;
		if (once_in(r, 10))
			prepare_other(w, r, sqe);
		else
			prepare_command(w, r, sqe);
		if (once_in(r, 8))
			sqe->flags |= flags[below(r, COUNT(flags))];
		/* File 0 of the ring is the device; there is no other */
		if (sqe->flags & IOSQE_FIXED_FILE)
			sqe->fd = once_in(r, 4);
	}
	count(DID_RING, "io_uring_submit", io_uring_submit(ring) > 0);
}

static void note_result(struct worker *w, const struct io_uring_cqe *cqe)
{
	int res = cqe->res;

	switch (cqe->user_data) {
	case TAG_FETCH:
		count(DID_RING_FETCH, "ring: FETCH", res >= 0);
		break;
	case TAG_READ:
		count(DID_RING_READ, "ring: READ", res > 0);
		return;
	case TAG_COMMIT:
		count(DID_RING_COMMIT, "ring: COMMIT", res >= 0);
		return;
	case TAG_NEXT:
		count(DID_RING_NEXT, "ring: COMMIT_AND_FETCH", res >= 0);
		break;
	default:
		return;
	}
	if (res >= 0)
		remember_id(w, ((struct khttp_slot *)slot_of(w, (uint64_t)res))->id);
}

static void collect(struct worker *w, struct rng *r, struct io_uring *ring)
{
	struct __kernel_timespec limit = { .tv_nsec = 1 + below(r, 2000000) };
	struct io_uring_cqe *cqe;

	if (io_uring_wait_cqe_timeout(ring, &cqe, &limit))
		return;
	do {
		note_result(w, cqe);
		io_uring_cqe_seen(ring, cqe);
	} while (!io_uring_peek_cqe(ring, &cqe));
}

static bool open_ring(struct worker *w, struct rng *r, struct io_uring *ring)
{
	static const unsigned int setups[] = {
		0, 0, IORING_SETUP_SQPOLL, IORING_SETUP_SQE128,
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_COOP_TASKRUN, IORING_SETUP_CQE32,
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_SQPOLL,
	};
	struct io_uring_params p = {
		.flags = setups[below(r, COUNT(setups))], .sq_thread_idle = 1,
	};

	/* The memory of the last ring may still be charged */
	if (io_uring_queue_init_params(ENTRIES, ring, &p))
		return false;
	io_uring_register_files(ring, &w->fd, 1);
	w->ring_bytes = ENTRIES * 64 << !!(p.flags & IORING_SETUP_SQE128);
	w->ring_entries = ring->sq.sqes;
	return true;
}

void *submit_commands(void *worker)
{
	struct worker *w = worker;
	struct rng r = rng_of(w->seed, w->child, w->generation, 20);
	struct io_uring ring;

	for (;;) {
		if (!open_ring(w, &r, &ring)) {
			pause_us(10000);
			continue;
		}
		for (unsigned int n = below(&r, 300); n; n--) {
			submit_some(w, &r, &ring);
			collect(w, &r, &ring);
		}
		w->ring_entries = NULL;
		/* With what is still under way */
		io_uring_queue_exit(&ring);
	}
}
