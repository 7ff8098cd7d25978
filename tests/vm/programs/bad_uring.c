/* SPDX-License-Identifier: MIT */
/* The same through io_uring: the errno stands in the completion. */
#include "bad_operations.h"

#include <errno.h>
#include <liburing.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* One command and its result */
static long command(struct io_uring *ring, int fd, unsigned int cmd_op,
		    unsigned long long id, const void *addr)
{
	struct khttp_ucmd payload = { .id = id, .addr = (uintptr_t)addr };
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	struct io_uring_cqe *cqe;
	long result;

	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, fd, NULL, 0, 0);
	sqe->cmd_op = cmd_op;
	memcpy(sqe->cmd, &payload, sizeof(payload));
	if (io_uring_submit_and_wait(ring, 1) < 0 ||
	    io_uring_wait_cqe(ring, &cqe)) {
		perror("io_uring");
		exit(2);
	}
	result = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return result;
}

static void test_commands(struct io_uring *ring, struct worker *w, int port)
{
	char buffer[16], answer[12] = "";
	struct khttp_read read = { .addr = (uintptr_t)buffer, .len = 16 };
	unsigned long long id;
	int s;

	expect("ring: unknown command",
	       command(ring, w->fd, _IO(KHTTP_IOC_MAGIC, 99), 0, NULL), -EINVAL);
	expect("ring: FETCH with an id",
	       command(ring, w->fd, KHTTP_U_FETCH, 5, NULL), -EINVAL);
	expect("ring: COMMIT, stale id",
	       command(ring, w->fd, KHTTP_U_COMMIT, 12345, NULL), -ESTALE);
	expect("ring: COMMIT_AND_FETCH, stale id",
	       command(ring, w->fd, KHTTP_U_COMMIT_AND_FETCH, 12345, NULL),
	       -ESTALE);
	expect("ring: CANCEL, stale id",
	       command(ring, w->fd, KHTTP_U_CANCEL, ~0ULL, NULL), -ESTALE);
	expect("ring: WAIT, stale id",
	       command(ring, w->fd, KHTTP_U_WAIT, 12345, NULL), -ESTALE);
	expect("ring: READ at a bad address",
	       command(ring, w->fd, KHTTP_U_READ, 0, (void *)8), -EFAULT);
	expect("ring: READ, stale id",
	       command(ring, w->fd, KHTTP_U_READ, 0, &read), -ESTALE);

	s = request_in_slot(w, port, &id);
	good_reply(w, id);
	reply_of(w, id)->status = 99;
	expect("ring: COMMIT, bad status",
	       command(ring, w->fd, KHTTP_U_COMMIT, id, NULL), -EINVAL);
	good_reply(w, id);
	expect("ring: COMMIT", command(ring, w->fd, KHTTP_U_COMMIT, id, NULL), 0);
	if (recv(s, answer, sizeof(answer), MSG_WAITALL) <= 0)
		perror("recv");
	expect("ring: the answer's status", memcmp(answer, "HTTP/1.1 200", 12), 0);
	close(s);
}

void test_uring(const char *queue, int port)
{
	struct io_uring ring;
	struct worker w;

	if (io_uring_queue_init(8, &ring, 0)) {
		perror("io_uring_queue_init");
		exit(2);
	}
	attach_and_map(&w, queue);
	test_commands(&ring, &w, port);
	io_uring_queue_exit(&ring);
	close(w.fd);
	munmap(w.slots, w.attach.map_length);
}
