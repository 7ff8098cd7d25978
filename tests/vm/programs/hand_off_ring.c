/* SPDX-License-Identifier: MIT */
/* io_uring: several commands in flight, waits, drain. */
#include "hand_off.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOTS 4
#define ROUNDS 50

enum { FETCHED = 1, COMMITTED };

static uint64_t id_in(struct worker *w, long slot)
{
	return slot_of(w, (uint64_t)slot)->id;
}

/* More fetches than slots: they take turns, and one is left for each slot */
static void test_in_flight(struct io_uring *ring, struct worker *w)
{
	int s[ROUNDS], done = 0;
	uint64_t tag;
	long result;

	for (int i = 0; i < 2 * SLOTS; i++)
		ring_command(ring, w->fd, KHTTP_U_FETCH, 0, NULL, FETCHED);
	for (int i = 0; i < ROUNDS; i++)
		s[i] = client_get("/ring");
	for (int i = 0; done < ROUNDS;) {
		result = ring_result(ring, &tag, 5000);
		need("a result", result >= 0 && result < SLOTS);
		if (tag == COMMITTED) {
			done++;
			continue;
		}
		/* what is fetched now was committed before */
		done += i++ >= 2 * SLOTS;
		write_reply(w, id_in(w, result), "ring");
		if (i <= ROUNDS - 2 * SLOTS)
			ring_command(ring, w->fd, KHTTP_U_COMMIT_AND_FETCH,
				     id_in(w, result), NULL, FETCHED);
		else
			ring_command(ring, w->fd, KHTTP_U_COMMIT,
				     id_in(w, result), NULL, COMMITTED);
	}
	for (int i = 0; i < ROUNDS; i++) {
		expect("a status", status_of(s[i]), 200);
		close(s[i]);
	}
	/* These are left over, and go with their ring */
	ring_command(ring, w->fd, KHTTP_U_FETCH, 0, NULL, FETCHED);
	ring_command(ring, w->fd, KHTTP_U_FETCH, 0, NULL, FETCHED);
}

static uint64_t fetch(struct io_uring *ring, struct worker *w)
{
	long slot;

	ring_command(ring, w->fd, KHTTP_U_FETCH, 0, NULL, 1);
	slot = ring_result(ring, NULL, 5000);
	need("a request", slot >= 0);
	return id_in(w, slot);
}

static void test_wait(struct io_uring *ring, struct worker *w)
{
	int s = client_get("/wait");
	uint64_t id = fetch(ring, w);

	ring_command(ring, w->fd, KHTTP_U_WAIT, id, NULL, 3);
	expect("WAIT while the client is there", ring_result(ring, NULL, 100),
	       -ETIME);
	ring_command(ring, w->fd, KHTTP_U_WAIT, id, NULL, 4);
	expect("a second WAIT", ring_result(ring, NULL, 5000), -EBUSY);
	reset(s);
	expect("WAIT after it went", ring_result(ring, NULL, 5000), 0);
	write_reply(w, id, "");
	ring_command(ring, w->fd, KHTTP_U_COMMIT, id, NULL, 5);
	expect("COMMIT to nobody", ring_result(ring, NULL, 5000), -ECONNRESET);

	s = client_get("/wait");
	id = fetch(ring, w);
	ring_command(ring, w->fd, KHTTP_U_WAIT, id, NULL, 3);
	write_reply(w, id, "");
	ring_command(ring, w->fd, KHTTP_U_COMMIT, id, NULL, 5);
	for (int i = 0; i < 2; i++) {
		uint64_t tag = 0;
		long result = ring_result(ring, &tag, 5000);

		expect("WAIT and COMMIT", result, tag == 3 ? -ECANCELED : 0);
	}
	close(s);
}

static void test_read(struct io_uring *ring, struct worker *w)
{
	int s = client("POST / HTTP/1.1\r\nHost: a\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n");
	char buf[16] = "", block[64] = "";
	uint64_t id = fetch(ring, w);
	struct khttp_read read = {
		.id = id, .addr = (uintptr_t)buf, .len = sizeof(buf),
	};

	ring_command(ring, w->fd, KHTTP_U_READ, id, &read, 3);
	expect("READ of nothing", ring_result(ring, NULL, 100), -ETIME);
	send(s, "3\r\nabc\r\n", 8, 0);
	expect("READ", ring_result(ring, NULL, 5000), 3);
	expect("bytes", memcmp(buf, "abc", 3), 0);
	read.addr = (uintptr_t)block;
	read.len = sizeof(block);
	read.flags = KHTTP_READ_TRAILERS;
	ring_command(ring, w->fd, KHTTP_U_READ, id, &read, 3);
	expect("trailers too early", ring_result(ring, NULL, 100), -ETIME);
	send(s, "0\r\nx-t: yes\r\n\r\n", 15, 0);
	expect("trailers", ring_result(ring, NULL, 5000), 4 + 3 + 3);
	expect("a field", memcmp(block + 4, "x-tyes", 6), 0);
	write_reply(w, id, "");
	ring_command(ring, w->fd, KHTTP_U_COMMIT, id, NULL, 5);
	expect("COMMIT", ring_result(ring, NULL, 5000), 0);
	expect("status", status_of(s), 200);
	close(s);
}

/*
 * A result above 0 is no failure: what is linked to the command runs, and a
 * command of the ring's own thread is completed. The first READ waits for the
 * bytes, those after it need not.
 */
static void test_flags(struct io_uring *ring, struct worker *w)
{
	int s = client("POST / HTTP/1.1\r\nHost: a\r\n"
		       "Transfer-Encoding: chunked\r\n\r\n");
	char buf[2] = "";
	uint64_t id = fetch(ring, w), tag;
	struct khttp_read read = {
		.id = id, .addr = (uintptr_t)buf, .len = sizeof(buf),
	};
	long result;

	send(s, "6\r\nabcdef\r\n0\r\n\r\n", 16, 0);
	ring_command(ring, w->fd, KHTTP_U_READ, id, &read, 3);
	expect("READ", ring_result(ring, NULL, 5000), 2);
	ring_entry(ring, w->fd, KHTTP_U_READ, id, &read, 3)->flags = IOSQE_ASYNC;
	need("submit", io_uring_submit(ring) >= 0);
	expect("READ in the ring's thread", ring_result(ring, NULL, 5000), 2);

	ring_entry(ring, w->fd, KHTTP_U_READ, id, &read, 3)->flags = IOSQE_IO_LINK;
	write_reply(w, id, "");
	ring_command(ring, w->fd, KHTTP_U_COMMIT, id, NULL, 4);
	for (int i = 0; i < 2; i++) {
		result = ring_result(ring, &tag, 5000);
		expect("READ and the linked COMMIT", result, tag == 3 ? 2 : 0);
	}
	expect("bytes", memcmp(buf, "ef", 2), 0);
	expect("status", status_of(s), 200);
	close(s);
}

static void test_ring_drain(struct io_uring *ring, struct worker *w)
{
	uint64_t tag;

	for (int i = 0; i < SLOTS + 2; i++)
		ring_command(ring, w->fd, KHTTP_U_FETCH, 0, NULL, 1);
	ring_command(ring, w->fd, KHTTP_U_DRAIN, 0, NULL, 2);
	for (int i = 0; i < SLOTS + 3; i++) {
		long result = ring_result(ring, &tag, 5000);

		expect("FETCH and DRAIN", result, tag == 1 ? -ESHUTDOWN : 0);
	}
	ring_command(ring, w->fd, KHTTP_U_FETCH, 0, NULL, 1);
	expect("FETCH after DRAIN", ring_result(ring, NULL, 5000), -ESHUTDOWN);
}

static void with_ring(unsigned int flags)
{
	struct io_uring ring;
	struct worker w;

	need("ring", !io_uring_queue_init(64, &ring, flags));
	worker_open(&w, SLOTS);
	test_in_flight(&ring, &w);
	io_uring_queue_exit(&ring);
	worker_close(&w);

	need("ring", !io_uring_queue_init(64, &ring, flags));
	worker_open(&w, SLOTS);
	test_wait(&ring, &w);
	test_read(&ring, &w);
	test_flags(&ring, &w);
	test_ring_drain(&ring, &w);
	io_uring_queue_exit(&ring);
	worker_close(&w);
}

void test_ring(void)
{
	with_ring(0);
	with_ring(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
	with_ring(IORING_SETUP_SQPOLL);
}
