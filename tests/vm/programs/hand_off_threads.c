/* SPDX-License-Identifier: MIT */
/*
 * Fetches that the ring's own threads run (IOSQE_ASYNC) go to lie down while
 * their worker begins to drain, again and again: each ends once, and nothing of it
 * stays at the queue.
 */
#include "hand_off.h"

#include <errno.h>
#include <unistd.h>

#define FETCHES 8
#define ROUNDS 300
#define ROUNDS_SLOW 60

static void drain_beside(struct io_uring *ring)
{
	struct worker w;
	uint64_t tag;

	worker_open(&w, FETCHES);
	for (uint64_t i = 0; i < FETCHES; i++)
		ring_entry(ring, w.fd, KHTTP_U_FETCH, 0, NULL, 1)->flags = IOSQE_ASYNC;
	ring_entry(ring, w.fd, KHTTP_U_DRAIN, 0, NULL, 2);
	need("submit", io_uring_submit(ring) == FETCHES + 1);
	for (int i = 0; i < FETCHES + 1; i++) {
		long result = ring_result(ring, &tag, 5000);

		expect("FETCH and DRAIN", result, tag == 1 ? -ESHUTDOWN : 0);
	}
	worker_close(&w);
}

/* Some lie there, and are woken */
static void serve(struct io_uring *ring)
{
	struct worker w;
	uint64_t tag;
	long slot;
	int s;

	worker_open(&w, FETCHES);
	for (uint64_t i = 0; i < 2; i++)
		ring_entry(ring, w.fd, KHTTP_U_FETCH, 0, NULL, i)->flags = IOSQE_ASYNC;
	need("submit", io_uring_submit(ring) == 2);
	for (int i = 0; i < 2; i++) {
		s = client_get("/thread");
		slot = ring_result(ring, &tag, 5000);
		need("a request", slot >= 0);
		write_reply(&w, slot_of(&w, (uint64_t)slot)->id, "thread");
		ring_command(ring, w.fd, KHTTP_U_COMMIT,
			     slot_of(&w, (uint64_t)slot)->id, NULL, 2);
		expect("COMMIT", ring_result(ring, &tag, 5000), 0);
		expect("a status", status_of(s), 200);
		close(s);
	}
	worker_close(&w);
}

void test_threads(void)
{
	struct io_uring ring;

	need("ring", !io_uring_queue_init(64, &ring, 0));
	for (int i = 0; i < (slow ? ROUNDS_SLOW : ROUNDS); i++) {
		drain_beside(&ring);
		if (i % 16 == 0)
			serve(&ring);
	}
	io_uring_queue_exit(&ring);
}
