/* SPDX-License-Identifier: MIT */
/*
 * Wrong use of /dev/khttp: each must get its errno and do no harm.
 *
 *	bad-operations QUEUE PORT
 *
 * The caller may attach to QUEUE, which nobody else serves and which PORT of
 * 127.0.0.1 feeds. Status 0 when every answer was the expected one.
 */
#include "bad_operations.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int wrong;

void expect(const char *what, long got, long want)
{
	if (got == want)
		return;
	wrong++;
	printf("%s: %s, expected %s\n", what,
	       got < 0 ? strerror((int)-got) : "no error",
	       want < 0 ? strerror((int)-want) : "no error");
}

static void need(const char *what, int ok)
{
	if (ok)
		return;
	perror(what);
	exit(2);
}

static long op(int fd, unsigned long request, void *argument)
{
	long ret = ioctl(fd, request, argument);

	return ret < 0 ? -errno : ret;
}

static int open_device(void)
{
	int fd = open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC);

	need(KHTTP_DEVICE, fd >= 0);
	return fd;
}

static struct khttp_attach attach_to(const char *queue)
{
	struct khttp_attach a = { .role = KHTTP_ROLE_WORKER, .slots = 2 };

	snprintf(a.queue, sizeof(a.queue), "%s", queue);
	return a;
}

void attach_and_map(struct worker *w, const char *queue)
{
	w->fd = open_device();
	w->attach = attach_to(queue);
	need("attach", !ioctl(w->fd, KHTTP_IOC_ATTACH, &w->attach));
	w->slots = mmap(NULL, w->attach.map_length, PROT_READ | PROT_WRITE,
			MAP_SHARED, w->fd, 0);
	need("mmap", w->slots != MAP_FAILED);
}

static void test_attach(const char *queue)
{
	const struct khttp_attach good = attach_to(queue);
	struct khttp_run run = { .flags = KHTTP_RUN_NOWAIT };
	int fd = open_device();
	struct khttp_attach a;

	expect("RUN before ATTACH", op(fd, KHTTP_IOC_RUN, &run), -ENXIO);
	expect("DRAIN before ATTACH", op(fd, KHTTP_IOC_DRAIN, NULL), -ENXIO);
	expect("unknown ioctl", op(fd, _IO(KHTTP_IOC_MAGIC, 99), NULL), -ENOTTY);
	expect("ATTACH at a bad address",
	       op(fd, KHTTP_IOC_ATTACH, (void *)8), -EFAULT);
	a = good;
	memset(a.queue, 'q', sizeof(a.queue));
	expect("ATTACH, name without end", op(fd, KHTTP_IOC_ATTACH, &a), -EINVAL);
	a = good;
	strcpy(a.queue, "no-such-queue");
	expect("ATTACH, no such queue", op(fd, KHTTP_IOC_ATTACH, &a), -ENOENT);
	a = good;
	a.role = 77;
	expect("ATTACH, unknown role", op(fd, KHTTP_IOC_ATTACH, &a), -EINVAL);
	a = good;
	a.flags = KHTTP_ATTACH_VALIDATES << 1;
	expect("ATTACH, unknown flag", op(fd, KHTTP_IOC_ATTACH, &a), -EINVAL);
	a = good;
	a.role = KHTTP_ROLE_CONTROLLER;
	a.slots = 0;
	a.flags = KHTTP_ATTACH_VALIDATES;
	expect("ATTACH, a worker's flag", op(fd, KHTTP_IOC_ATTACH, &a), -EINVAL);
	a = good;
	a.slots = 0;
	expect("ATTACH without slots", op(fd, KHTTP_IOC_ATTACH, &a), -EINVAL);
	a = good;
	a.slots = KHTTP_SLOTS_MAX + 1;
	expect("ATTACH, too many slots", op(fd, KHTTP_IOC_ATTACH, &a), -E2BIG);
	a = good;
	a.request_area = 12345;
	expect("ATTACH, odd area", op(fd, KHTTP_IOC_ATTACH, &a), -EINVAL);
	a = good;
	a.slots = KHTTP_SLOTS_MAX;
	a.request_area = a.reply_area = KHTTP_AREA_MAX;
	expect("ATTACH, too much memory", op(fd, KHTTP_IOC_ATTACH, &a), -E2BIG);
	close(fd);
}

static void test_map(const char *queue)
{
	struct khttp_run run = { .flags = KHTTP_RUN_NOWAIT };
	struct khttp_attach a = attach_to(queue);
	int fd = open_device();
	size_t length;
	void *p;

	need("attach", !ioctl(fd, KHTTP_IOC_ATTACH, &a));
	length = a.map_length;
	expect("second ATTACH", op(fd, KHTTP_IOC_ATTACH, &a), -EBUSY);
	expect("RUN before mmap", op(fd, KHTTP_IOC_RUN, &run), -ENXIO);
	p = mmap(NULL, length / 2, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect("mmap of a part", p == MAP_FAILED ? -errno : 0, -EINVAL);
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
	expect("mmap with an offset", p == MAP_FAILED ? -errno : 0, -EINVAL);
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	expect("private mmap", p == MAP_FAILED ? -errno : 0, -EINVAL);
	close(fd);
}

static void test_run(struct worker *w)
{
	struct khttp_event events[4];
	const struct khttp_run good = {
		.events = (uintptr_t)events, .n_events = 4,
		.flags = KHTTP_RUN_NOWAIT,
	};
	struct khttp_run r;

	r = good;
	r.flags |= 1U << 31;
	expect("RUN, unknown flag", op(w->fd, KHTTP_IOC_RUN, &r), -EINVAL);
	r = good;
	r.reserved = 1;
	expect("RUN, reserved", op(w->fd, KHTTP_IOC_RUN, &r), -EINVAL);
	r = good;
	r.n_events = KHTTP_RUN_MAX + 1;
	expect("RUN, too many events", op(w->fd, KHTTP_IOC_RUN, &r), -EINVAL);
	r = good;
	r.n_commits = 1;
	r.commits = 8;
	r.results = (uintptr_t)events;
	expect("RUN, commits at a bad address",
	       op(w->fd, KHTTP_IOC_RUN, &r), -EFAULT);
}

static void test_ids(struct worker *w)
{
	char buffer[16];
	const unsigned long long ids[] = { 0, 1, 0xffff, ~0ULL, 1ULL << 40 };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		struct khttp_commit commit = { .id = ids[i] };
		struct khttp_cancel cancel = { .id = ids[i] };
		struct khttp_read read = {
			.id = ids[i], .addr = (uintptr_t)buffer,
			.len = sizeof(buffer),
		};

		expect("COMMIT, stale id", op(w->fd, KHTTP_IOC_COMMIT, &commit),
		       -ESTALE);
		expect("CANCEL, stale id", op(w->fd, KHTTP_IOC_CANCEL, &cancel),
		       -ESTALE);
		expect("READ, stale id", op(w->fd, KHTTP_IOC_READ, &read),
		       -ESTALE);
	}
	struct khttp_commit commit = { .reserved = 1 };

	expect("COMMIT, reserved", op(w->fd, KHTTP_IOC_COMMIT, &commit), -EINVAL);
	commit = (struct khttp_commit){ .flags = 1U << 31 };
	expect("COMMIT, unknown flag", op(w->fd, KHTTP_IOC_COMMIT, &commit),
	       -EINVAL);
}

/* Only the address space with the mapping is the worker */
static void test_fork(struct worker *w)
{
	int status;
	pid_t pid = fork();

	need("fork", pid >= 0);
	if (!pid) {
		struct khttp_run run = { .flags = KHTTP_RUN_NOWAIT };

		_exit(op(w->fd, KHTTP_IOC_RUN, &run) == -EPERM ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	expect("RUN in a child", status ? 0 : -EPERM, -EPERM);
}

int request_in_slot(struct worker *w, int port, unsigned long long *id)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct khttp_event event;
	struct khttp_run run = {
		.events = (uintptr_t)&event, .n_events = 1,
	};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	need("connect", s >= 0 && !connect(s, (void *)&to, sizeof(to)));
	need("send", send(s, request, sizeof(request) - 1, 0) > 0);
	need("RUN", ioctl(w->fd, KHTTP_IOC_RUN, &run) == 1);
	need("a request", event.events & KHTTP_EV_REQUEST);
	*id = event.id;
	return s;
}

struct khttp_reply *reply_of(struct worker *w, unsigned long long id)
{
	size_t slot = w->attach.request_area + w->attach.reply_area;

	return (void *)(w->slots + (id & 0xffff) * slot +
			w->attach.request_area);
}

void good_reply(struct worker *w, unsigned long long id)
{
	struct khttp_reply *r = reply_of(w, id);
	unsigned char *block = (unsigned char *)(r + 1);

	memset(r, 0, sizeof(*r));
	r->flags = KHTTP_REPLY_HEAD;
	r->status = 200;
	r->nfields = 1;
	r->fields.off = w->attach.request_area + (uint32_t)sizeof(*r);
	r->fields.len = 6;
	memcpy(block, (const uint16_t[]){ 1, 1 }, 4);
	memcpy(block + 4, "xy", 2);
}

static long commit(struct worker *w, unsigned long long id)
{
	struct khttp_commit c = { .id = id };

	return op(w->fd, KHTTP_IOC_COMMIT, &c);
}

static void bad_field(struct worker *w, unsigned long long id,
		      const char *name, const char *value)
{
	struct khttp_reply *r = reply_of(w, id);
	unsigned char *block = (unsigned char *)(r + 1);
	uint16_t n = (uint16_t)strlen(name), v = (uint16_t)strlen(value);
	char what[64];

	good_reply(w, id);
	r->fields.len = 4U + n + v;
	memcpy(block, &n, 2);
	memcpy(block + 2, &v, 2);
	memcpy(block + 4, name, n);
	memcpy(block + 4 + n, value, v);
	snprintf(what, sizeof(what), "COMMIT, field '%s'", name);
	expect(what, commit(w, id), -EINVAL);
}

static void bad_flow(struct worker *w, unsigned long long id, struct khttp_flow flow)
{
	struct khttp_reply *r = reply_of(w, id);
	char what[64];

	good_reply(w, id);
	r->flow = w->attach.request_area + w->attach.reply_area - (unsigned int)sizeof(flow);
	memcpy((char *)r - w->attach.request_area + r->flow, &flow, sizeof(flow));
	snprintf(what, sizeof(what), "COMMIT, rate %u, peak %u, burst %u", flow.rate, flow.peak,
		 flow.burst);
	expect(what, commit(w, id), -EINVAL);
}

/* Sets one member of an otherwise good reply */
#define BAD_REPLY(error, member, value) do {				\
	good_reply(w, id);						\
	r->member = (value);						\
	expect("COMMIT, " #member " = " #value, commit(w, id), error);	\
} while (0)

static void test_replies(struct worker *w, int port)
{
	unsigned long long id;
	int s = request_in_slot(w, port, &id);
	struct khttp_reply *r = reply_of(w, id);
	char answer[12] = "";

	BAD_REPLY(-EINVAL, status, 99);
	BAD_REPLY(-EINVAL, status, 600);
	BAD_REPLY(-EINVAL, flags, KHTTP_REPLY_HEAD | 1U << 31);
	BAD_REPLY(-EINVAL, flags, 0);
	BAD_REPLY(-EINVAL, log_len, 1);
	BAD_REPLY(-EINVAL, log_len, KHTTP_LOG_FIELDS_MAX + 1);
	BAD_REPLY(-EINVAL, fragment.len, 1);
	BAD_REPLY(-EINVAL, flow, 1);
	BAD_REPLY(-EINVAL, flow, w->attach.request_area - 1);
	BAD_REPLY(-EINVAL, flow, w->attach.request_area + w->attach.reply_area - 11);
	BAD_REPLY(-EINVAL, flow, ~0U - 2);
	bad_flow(w, id, (struct khttp_flow){ .burst = 65536 });
	bad_flow(w, id, (struct khttp_flow){ .rate = KHTTP_FLOW_RATE_MIN - 1 });
	bad_flow(w, id, (struct khttp_flow){ .rate = 4096, .peak = 4095 });
	bad_flow(w, id, (struct khttp_flow){ .rate = 4096, .burst = 4095 });
	bad_flow(w, id, (struct khttp_flow){ .rate = 1U << 20, .burst = (1U << 15) - 1 });
	BAD_REPLY(-EINVAL, nfields, 2);
	BAD_REPLY(-EINVAL, fields.off, 0);
	BAD_REPLY(-EINVAL, fields.off, ~0U - 2);
	BAD_REPLY(-EINVAL, fields.len, ~0U);
	BAD_REPLY(-EINVAL, fields.len, 5);
	BAD_REPLY(-EINVAL, body_kind, 17);
	bad_field(w, id, "Content-Length", "5");
	bad_field(w, id, "transfer-encoding", "chunked");
	bad_field(w, id, "Connection", "close");
	bad_field(w, id, "a b", "c");
	bad_field(w, id, "", "c");
	bad_field(w, id, "x", "a\r\nSet-Cookie: b");

	good_reply(w, id);
	r->body_kind = KHTTP_BODY_SLOT;
	r->body_addr = w->attach.request_area + w->attach.reply_area - 4;
	r->body_len = 8;
	expect("COMMIT, body behind the slot", commit(w, id), -EINVAL);
	good_reply(w, id);
	r->body_kind = KHTTP_BODY_USER;
	r->body_addr = 8;
	r->body_len = 100;
	expect("COMMIT, body at a bad address", commit(w, id), -EFAULT);
	good_reply(w, id);
	r->body_kind = KHTTP_BODY_FILE;
	r->fd = 999;
	r->body_len = 1;
	expect("COMMIT, no such file", commit(w, id), -EBADF);

	/* After all of that the request is still ours to answer */
	good_reply(w, id);
	expect("COMMIT", commit(w, id), 0);
	need("recv", recv(s, answer, sizeof(answer), MSG_WAITALL) > 0);
	expect("the answer's status", memcmp(answer, "HTTP/1.1 200", 12), 0);
	expect("second COMMIT", commit(w, id), -ESTALE);
	close(s);
}

int main(int argc, char **argv)
{
	struct worker w;
	int port;

	if (argc != 3)
		return 2;
	port = atoi(argv[2]);
	test_attach(argv[1]);
	test_map(argv[1]);
	attach_and_map(&w, argv[1]);
	test_run(&w);
	test_ids(&w);
	test_fork(&w);
	test_replies(&w, port);
	close(w.fd);
	munmap(w.slots, w.attach.map_length);
	test_uring(argv[1], port);
	printf("%d wrong\n", wrong);
	return wrong ? 1 : 0;
}
