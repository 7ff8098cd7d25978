/* SPDX-License-Identifier: MIT */
/*
 * The hand-off of requests to workers, by both transports and to their end.
 *
 *	hand-off QUEUE PORT
 *
 * The caller may attach to QUEUE, which nobody else serves and which PORT of
 * 127.0.0.1 feeds. Status 0 when everything went as khttp.h says.
 */
#include "hand_off.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int events_of(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	poll(&p, 1, 0);
	return p.revents;
}

static void test_map(void)
{
	struct worker w;
	size_t length;
	void *p;

	worker_open(&w, 2);
	length = w.attach.map_length;
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, w.fd, 0);
	expect("second mapping", p == MAP_FAILED ? -errno : 0, -EBUSY);
	expect("unmap a part", munmap(w.slots, 4096) ? -errno : 0, -EINVAL);
	p = mremap(w.slots, length, length, MREMAP_MAYMOVE | MREMAP_FIXED,
		   w.slots + 64 * length);
	expect("move", p == MAP_FAILED ? -errno : 0, -EINVAL);
	p = mremap(w.slots, length, 2 * length, MREMAP_MAYMOVE);
	expect("grow", p == MAP_FAILED, 1);
	p = mremap(w.slots, length, length / 2, 0);
	expect("shrink", p == MAP_FAILED, 1);
	expect("still serving", run(&w, NULL, 0, 0), 0);
	expect("poll while nothing waits", events_of(w.fd), 0);
	munmap(w.slots, length);
	expect("RUN without the mapping", run(&w, NULL, 0, 0), -ESHUTDOWN);
	expect("poll without the mapping", events_of(w.fd) & POLLHUP, POLLHUP);
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, w.fd, 0);
	expect("map again", p == MAP_FAILED ? -errno : 0, -ESHUTDOWN);
	close(w.fd);
}

/* The child has the descriptor, but neither the mapping nor the right; and a
 * mapping that it got by MADV_DOFORK does not keep the worker alive
 */
static void test_fork(void)
{
	struct worker w, next;
	int status, s, go[2], tried[2];
	uint64_t id;
	pid_t pid;
	char c;

	worker_open(&w, 2);
	need("pipe", !pipe(tried));
	need("madvise", !madvise(w.slots, w.attach.map_length, MADV_DOFORK));
	need("pipe", !pipe(go));
	s = client_get("/fork");
	id = take(&w, 5000);
	pid = fork();
	need("fork", pid >= 0);
	if (!pid) {
		long ret = run(&w, NULL, 0, 0);

		close(go[1]);
		if (write(tried[1], "x", 1) != 1 || read(go[0], &c, 1) < 0)
			_exit(2);
		_exit(ret == -EPERM ? 0 : 1);
	}
	need("the child", read(tried[0], &c, 1) == 1);
	close(tried[0]);
	close(tried[1]);
	close(go[0]);
	worker_close(&w);
	worker_open(&next, 2);
	id = take(&next, 1000);
	expect("request came back although a child holds the file", id != 0, 1);
	write_reply(&next, id, "");
	expect("its answer", commit(&next, id, 0), 0);
	expect("its status", status_of(s), 200);
	worker_close(&next);
	close(go[1]);
	waitpid(pid, &status, 0);
	expect("RUN in the child", status, 0);
	close(s);
}

static void test_exchange(void)
{
	char body[8] = "";
	struct khttp_slot *slot;
	struct worker w;
	uint64_t id;
	int s;

	worker_open(&w, 2);
	s = client_get("/exchange?a=b");
	id = take(&w, 5000);
	need("request", id);
	slot = slot_of(&w, id);
	expect("id in the slot", slot->id == id, 1);
	expect("path", memcmp((char *)slot + slot->path.off, "/exchange", 9), 0);
	expect("query", memcmp((char *)slot + slot->query.off, "a=b", 3), 0);
	expect("attempt", slot->attempt, 1);
	write_reply(&w, id, "hello");
	expect("commit", commit(&w, id, 0), 5);
	expect("status", status_of(s), 200);
	receive(s, body, 5);
	expect("body", strcmp(body, "hello"), 0);
	expect("second commit", commit(&w, id, 0), -ESTALE);

	/* The next delivery has another id, though the same slot */
	send(s, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 0);
	expect("next request", take(&w, 5000), (long)(id + 0x10000));
	expect("old id", commit(&w, id, 0), -ESTALE);
	expect("cancel", call(w.fd, KHTTP_IOC_CANCEL,
			      &(struct khttp_cancel){ .id = id + 0x10000 }), 0);
	expect("status after cancel", status_of(s), 502);
	close(s);
	worker_close(&w);
}

static void test_nonblock(void)
{
	char buf[16];
	struct khttp_read read = {
		.addr = (uintptr_t)buf, .len = sizeof(buf),
		.flags = KHTTP_OP_NONBLOCK,
	};
	struct khttp_event e[2];
	struct worker w;
	uint64_t id;
	int s;

	worker_open(&w, 2);
	expect("RUN without waiting", run(&w, e, 2, KHTTP_RUN_NOWAIT), 0);
	s = client("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
	id = take(&w, 5000);
	need("request", id);
	expect("more to read", slot_of(&w, id)->flags &
	       KHTTP_REQ_BODY_MORE, KHTTP_REQ_BODY_MORE);
	read.id = id;
	expect("READ too early", call(w.fd, KHTTP_IOC_READ, &read), -EAGAIN);
	expect("nothing rings", events_of(w.fd), 0);
	send(s, "abcdef", 6, 0);
	expect("RUN after a byte", run(&w, e, 2, 0), 1);
	expect("readable", e[0].events, KHTTP_EV_READABLE);
	expect("whose", e[0].id == id, 1);
	expect("READ", call(w.fd, KHTTP_IOC_READ, &read), 6);
	expect("READ at the end", call(w.fd, KHTTP_IOC_READ, &read), 0);
	reset(s);
	expect("RUN after the client went", run(&w, e, 2, 0), 1);
	expect("gone", e[0].events, KHTTP_EV_GONE);
	write_reply(&w, id, "late");
	expect("commit to nobody", commit(&w, id, 0), -ECONNRESET);
	expect("and the id is finished", commit(&w, id, 0), -ESTALE);
	worker_close(&w);
}

/* Edge-triggered: one report for each request that comes */
static void test_edge(void)
{
	struct epoll_event want = { .events = EPOLLIN | EPOLLET }, got;
	int ep = epoll_create1(EPOLL_CLOEXEC), s[4];
	struct khttp_event e[4];
	struct worker w;

	worker_open(&w, 2);
	need("epoll", !epoll_ctl(ep, EPOLL_CTL_ADD, w.fd, &want));
	expect("nothing yet", epoll_wait(ep, &got, 1, 0), 0);
	for (int i = 0; i < 4; i++) {
		s[i] = client_get("/edge");
		/* From the third one on no slot is free: not ready */
		expect("an edge", epoll_wait(ep, &got, 1, i < 2 ? 5000 : 200),
		       i < 2);
		expect("requests", run(&w, e, 4, KHTTP_RUN_NOWAIT), i < 2);
		expect("no edge", epoll_wait(ep, &got, 1, 0), 0);
		if (i != 1)
			continue;
		write_reply(&w, e[0].id, "");
		expect("commit", commit(&w, e[0].id, 0), 0);
		s[0] = client_get("/edge");
		expect("an edge", epoll_wait(ep, &got, 1, 5000), 1);
		expect("a request", run(&w, e, 4, KHTTP_RUN_NOWAIT), 1);
	}
	write_reply(&w, e[0].id, "");
	expect("commit", commit(&w, e[0].id, 0), 0);
	expect("an edge for the free slot", epoll_wait(ep, &got, 1, 5000), 1);
	close(ep);
	worker_close(&w);
	for (int i = 0; i < 4; i++)
		reset(s[i]);
	/* What was not answered went with its client */
	worker_open(&w, 2);
	while (run(&w, e, 1, KHTTP_RUN_NOWAIT) == 1)
		call(w.fd, KHTTP_IOC_CANCEL,
		     &(struct khttp_cancel){ .id = e[0].id });
	worker_close(&w);
}

#define BATCH 20

static void test_batch(void)
{
	struct khttp_commit commits[BATCH];
	struct khttp_event events[BATCH];
	struct khttp_run what = {
		.commits = (uintptr_t)commits, .n_commits = BATCH,
		.events = (uintptr_t)events, .n_events = BATCH,
	};
	int64_t results[BATCH];
	int s[BATCH], i, n = 0;
	struct worker w;

	worker_open(&w, BATCH - 1);
	for (i = 0; i < BATCH; i++)
		s[i] = client_get("/batch");
	while (n < BATCH - 1) {
		long got = run(&w, events + n, (unsigned int)(BATCH - n), 0);

		need("RUN", got > 0);
		n += (int)got;
	}
	/* No slot is free for the last one: no reason to wake anybody */
	expect("poll without a free slot", events_of(w.fd), 0);
	for (i = 0; i < BATCH - 1; i++) {
		write_reply(&w, events[i].id, "ok");
		commits[i] = (struct khttp_commit){ .id = events[i].id };
	}
	commits[BATCH - 1] = (struct khttp_commit){ .id = 12345 };
	what.results = (uintptr_t)results;
	expect("commits and an event", call(w.fd, KHTTP_IOC_RUN, &what), 1);
	for (i = 0; i < BATCH - 1; i++)
		expect("a result", results[i], 2);
	expect("the wrong one's", results[BATCH - 1], -ESTALE);
	write_reply(&w, events[0].id, "ok");
	expect("the last one", commit(&w, events[0].id, 0), 2);
	for (i = 0; i < BATCH; i++) {
		expect("a status", status_of(s[i]), 200);
		close(s[i]);
	}
	worker_close(&w);
}

static void *send_soon(void *arg)
{
	int *s = arg;

	usleep(100000);
	*s = client_get("/next");
	return NULL;
}

/* RUN waits behind a commit that was taken, and not behind one that was not */
static void test_commit_and_wait(void)
{
	struct khttp_commit done = { .id = 12345 };
	struct khttp_event event;
	int64_t result = 0;
	struct khttp_run what = {
		.commits = (uintptr_t)&done, .n_commits = 1,
		.events = (uintptr_t)&event, .n_events = 1,
		.results = (uintptr_t)&result,
	};
	struct worker w;
	pthread_t thread;
	int first, second;

	worker_open(&w, 2);
	expect("a wrong id and no event", call(w.fd, KHTTP_IOC_RUN, &what), 0);
	expect("its result", result, -ESTALE);
	first = client_get("/first");
	done.id = take(&w, 5000);
	need("a request", done.id);
	write_reply(&w, done.id, "ok");
	pthread_create(&thread, NULL, send_soon, &second);
	expect("a commit and the next request", call(w.fd, KHTTP_IOC_RUN, &what), 1);
	expect("its result", result, 2);
	expect("the event", event.events, KHTTP_EV_REQUEST);
	pthread_join(thread, NULL);
	write_reply(&w, event.id, "ok");
	expect("its commit", commit(&w, event.id, 0), 2);
	expect("a status", status_of(first), 200);
	expect("a status", status_of(second), 200);
	close(first);
	close(second);
	worker_close(&w);
}

/* One that waits in RUN while another thread drains */
static void *drain_soon(void *w)
{
	usleep(100000);
	expect("DRAIN", call(((struct worker *)w)->fd, KHTTP_IOC_DRAIN, NULL), 0);
	return NULL;
}

static void test_drain(void)
{
	struct khttp_event e[2];
	struct worker w, next;
	pthread_t thread;
	uint64_t id;
	int s, late;

	worker_open(&w, 2);
	s = client_get("/drain");
	id = take(&w, 5000);
	pthread_create(&thread, NULL, drain_soon, &w);
	expect("RUN across DRAIN", run(&w, e, 2, 0), 1);
	expect("its event", e[0].events, KHTTP_EV_DRAIN);
	pthread_join(thread, NULL);
	late = client_get("/late");
	usleep(100000);
	expect("nothing new", run(&w, e, 2, KHTTP_RUN_NOWAIT), 0);
	write_reply(&w, id, "bye");
	expect("what it holds", commit(&w, id, 0), 3);
	expect("its status", status_of(s), 200);
	expect("RUN at the end", run(&w, e, 2, 0), -ESHUTDOWN);
	worker_open(&next, 1);
	id = take(&next, 5000);
	write_reply(&next, id, "");
	expect("the late one goes elsewhere", commit(&next, id, 0), 0);
	expect("its status", status_of(late), 200);
	close(s);
	close(late);
	worker_close(&w);
	worker_close(&next);
}

static void test_controller(void)
{
	struct khttp_attach a = { .role = KHTTP_ROLE_CONTROLLER };
	int fd = open(KHTTP_DEVICE, O_RDWR), s;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct worker w;
	uint64_t id;

	snprintf(a.queue, sizeof(a.queue), "%s", queue);
	expect("attach a controller", call(fd, KHTTP_IOC_ATTACH, &a), 0);
	expect("nothing waits", events_of(fd), 0);
	s = client_get("/controller");
	expect("a request waits", poll(&p, 1, 5000), 1);
	expect("and nothing else is said", p.revents, POLLIN);
	expect("but is not for it",
	       call(fd, KHTTP_IOC_RUN, &(struct khttp_run){ 0 }), -ENXIO);
	worker_open(&w, 1);
	id = take(&w, 5000);
	write_reply(&w, id, "");
	expect("the worker's answer", commit(&w, id, 0), 0);
	expect("nothing waits any more", events_of(fd), 0);
	close(s);
	close(fd);
	worker_close(&w);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "map", test_map },
		{ "fork", test_fork },
		{ "exchange", test_exchange },
		{ "nonblock", test_nonblock },
		{ "edge", test_edge },
		{ "batch", test_batch },
		{ "commit-and-wait", test_commit_and_wait },
		{ "drain", test_drain },
		{ "controller", test_controller },
		{ "bodies", test_bodies },
		{ "ring", test_ring },
		{ "slots", test_slots },
		{ "threads", test_threads },
		{ "death", test_death },
	};

	if (argc < 3) {
		fprintf(stderr, "usage: hand-off QUEUE PORT [PART]\n");
		return 2;
	}
	queue = argv[1];
	port = atoi(argv[2]);
	slow = getenv("KHTTP_VM") && !strcmp(getenv("KHTTP_VM"), "debug");
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		/* These want two processors: only by their name */
		if (argc > 3 ? strcmp(argv[3], tests[i].name) != 0 :
			       tests[i].run == test_slots ||
			       tests[i].run == test_threads)
			continue;
		printf("%s\n", tests[i].name);
		fflush(stdout);
		tests[i].run();
	}
	printf("%d wrong\n", wrong);
	return wrong ? 1 : 0;
}
