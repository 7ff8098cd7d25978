/* SPDX-License-Identifier: MIT */
/* What the parts of hand-off share. */
#include "hand_off.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_MS 10000

const char *queue;
int port;
int wrong;
bool slow;

void expect(const char *what, long got, long want)
{
	if (got == want)
		return;
	wrong++;
	printf("%s: got %ld (%s), expected %ld\n", what, got,
	       got < 0 ? strerror((int)-got) : "no error", want);
	fflush(stdout);
}

void need(const char *what, bool ok)
{
	if (ok)
		return;
	perror(what);
	exit(2);
}

long call(int fd, unsigned long request, void *argument)
{
	long ret = ioctl(fd, request, argument);

	return ret < 0 ? -errno : ret;
}

long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void worker_open(struct worker *w, unsigned int slots)
{
	w->fd = open(KHTTP_DEVICE, O_RDWR);
	need(KHTTP_DEVICE, w->fd >= 0);
	w->attach = (struct khttp_attach){ .slots = slots };
	snprintf(w->attach.queue, sizeof(w->attach.queue), "%s", queue);
	need("attach", !ioctl(w->fd, KHTTP_IOC_ATTACH, &w->attach));
	w->slots = mmap(NULL, w->attach.map_length, PROT_READ | PROT_WRITE,
			MAP_SHARED, w->fd, 0);
	need("mmap", w->slots != MAP_FAILED);
}

void worker_close(struct worker *w)
{
	munmap(w->slots, w->attach.map_length);
	close(w->fd);
}

struct khttp_slot *slot_of(struct worker *w, uint64_t id)
{
	size_t size = w->attach.request_area + w->attach.reply_area;

	return (void *)(w->slots + (id & 0xffff) * size);
}

struct khttp_reply *reply_of(struct worker *w, uint64_t id)
{
	return (void *)((char *)slot_of(w, id) + w->attach.request_area);
}

long run(struct worker *w, struct khttp_event *events, unsigned int n,
	 unsigned int flags)
{
	struct khttp_run what = {
		.events = (uintptr_t)events, .n_events = n, .flags = flags,
	};

	return call(w->fd, KHTTP_IOC_RUN, &what);
}

uint64_t take(struct worker *w, int timeout_ms)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	struct khttp_event e = { 0 };

	if (poll(&p, 1, timeout_ms) != 1 || run(w, &e, 1, KHTTP_RUN_NOWAIT) != 1)
		return 0;
	return e.events & KHTTP_EV_REQUEST ? e.id : 0;
}

void write_reply(struct worker *w, uint64_t id, const char *body)
{
	struct khttp_reply *r = reply_of(w, id);

	*r = (struct khttp_reply){ .flags = KHTTP_REPLY_HEAD, .status = 200 };
	r->body_kind = KHTTP_BODY_SLOT;
	r->body_addr = sizeof(*r);
	r->body_len = strlen(body);
	memcpy(r + 1, body, strlen(body));
}

long commit(struct worker *w, uint64_t id, unsigned int flags)
{
	struct khttp_commit what = { .id = id, .flags = flags };

	return call(w->fd, KHTTP_IOC_COMMIT, &what);
}

int client(const char *bytes)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval limit = { .tv_sec = TIMEOUT_MS / 1000 };
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need("connect", s >= 0 && !connect(s, (void *)&to, sizeof(to)));
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	need("send", send(s, bytes, strlen(bytes), 0) == (ssize_t)strlen(bytes));
	return s;
}

int client_get(const char *path)
{
	char request[256];

	snprintf(request, sizeof(request),
		 "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
	return client(request);
}

void reset(int s)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(s, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(s);
}

int status_of(int s)
{
	char head[4096];
	size_t n = 0;
	ssize_t got;

	/* A byte at a time: what follows is not ours */
	while (n < sizeof(head) - 1) {
		got = recv(s, head + n, 1, 0);
		if (got <= 0)
			return got < 0 && errno == EAGAIN ? -1 : 0;
		head[++n] = '\0';
		if (n > 4 && !strcmp(head + n - 4, "\r\n\r\n"))
			break;
	}
	return n > 12 ? atoi(head + 9) : 0;
}

size_t receive(int s, char *buf, size_t n)
{
	ssize_t got = recv(s, buf, n, MSG_WAITALL);

	return got > 0 ? (size_t)got : 0;
}

struct io_uring_sqe *ring_entry(struct io_uring *ring, int fd, unsigned int cmd_op,
				uint64_t id, const void *addr, uint64_t tag)
{
	struct khttp_ucmd payload = { .id = id, .addr = (uintptr_t)addr };
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, fd, NULL, 0, 0);
	sqe->cmd_op = cmd_op;
	sqe->user_data = tag;
	memcpy(sqe->cmd, &payload, sizeof(payload));
	return sqe;
}

void ring_command(struct io_uring *ring, int fd, unsigned int cmd_op,
		  uint64_t id, const void *addr, uint64_t tag)
{
	ring_entry(ring, fd, cmd_op, id, addr, tag);
	need("submit", io_uring_submit(ring) >= 0);
}

long ring_result(struct io_uring *ring, uint64_t *tag, int timeout_ms)
{
	struct __kernel_timespec limit = {
		.tv_sec = timeout_ms / 1000,
		.tv_nsec = timeout_ms % 1000 * 1000000L,
	};
	struct io_uring_cqe *cqe;
	long result;

	if (io_uring_wait_cqe_timeout(ring, &cqe, &limit))
		return -ETIME;
	result = cqe->res;
	if (tag)
		*tag = cqe->user_data;
	io_uring_cqe_seen(ring, cqe);
	return result;
}
