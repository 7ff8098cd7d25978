/* SPDX-License-Identifier: MIT */
/* Calls on the device's file, in any order. */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* One in so many times the argument itself is spoiled, or where it stands */
#define SPOILED 12

static long call(struct rng *r, int fd, unsigned long request, void *argument,
		 size_t size)
{
	if (once_in(r, SPOILED))
		mutate(r, argument, size);
	if (once_in(r, 200))
		argument = (void *)(uintptr_t)odd_number(r);
	return ioctl(fd, request, argument);
}

static void op_run(struct worker *w, struct rng *r)
{
	struct khttp_commit commits[8] = { 0 };
	struct khttp_event events[16];
	int64_t results[8];
	struct khttp_run run = {
		.commits = (uintptr_t)commits, .results = (uintptr_t)results,
		.events = (uintptr_t)events, .n_commits = below(r, 9),
		.n_events = once_in(r, 6) ? 0 : 1 + below(r, 16),
		.flags = once_in(r, 4) ? 0 : KHTTP_RUN_NOWAIT,
	};
	long n;

	for (unsigned int i = 0; i < run.n_commits; i++) {
		commits[i].id = some_id(w, r);
		commits[i].flags = KHTTP_OP_NONBLOCK;
		write_reply(w, r, commits[i].id);
	}
	if (once_in(r, 40))
		run.events = some_address(w, r);
	n = call(r, w->fd, KHTTP_IOC_RUN, &run, sizeof(run));
	count(DID_RUN, "RUN", n >= 0);
	if (n > (long)COUNT(events) || run.events != (uintptr_t)events)
		return;
	for (long i = 0; i < n; i++) {
		if (!(events[i].events & KHTTP_EV_REQUEST))
			continue;
		count(DID_REQUEST, "a request", true);
		remember_id(w, events[i].id);
	}
}

static void op_read(struct worker *w, struct rng *r)
{
	struct khttp_read read = {
		.id = some_id(w, r), .addr = some_address(w, r),
		.len = 1 + below(r, 100000),
		.flags = once_in(r, 3) ? 0 : KHTTP_OP_NONBLOCK,
	};

	if (once_in(r, 6))
		read.flags |= KHTTP_READ_TRAILERS;
	count(DID_READ, "READ", call(r, w->fd, KHTTP_IOC_READ, &read,
				     sizeof(read)) > 0);
}

static void op_commit(struct worker *w, struct rng *r)
{
	struct khttp_commit commit = {
		.id = some_id(w, r),
		.flags = once_in(r, 3) ? 0 : KHTTP_OP_NONBLOCK,
	};
	bool file = write_reply(w, r, commit.id);
	bool splice = reply_of(w, commit.id)->body_kind == KHTTP_BODY_FRAGMENT;
	long n = call(r, w->fd, KHTTP_IOC_COMMIT, &commit, sizeof(commit));

	count(DID_COMMIT, "COMMIT", n >= 0);
	if (file)
		count(DID_FILE, "COMMIT of a file", n > 0);
	if (splice)
		count(DID_SPLICE, "COMMIT of a fragment", n > 0);
}

static void op_cancel(struct worker *w, struct rng *r)
{
	struct khttp_cancel cancel = { .id = some_id(w, r) };

	if (once_in(r, 3))
		count(DID_CANCEL, "CANCEL", !call(r, w->fd, KHTTP_IOC_CANCEL,
						  &cancel, sizeof(cancel)));
}

static void op_purge(struct worker *w, struct rng *r)
{
	char url[64];
	int n = snprintf(url, sizeof(url), "http://a/%u", below(r, 4));
	struct khttp_purge purge = {
		.url = (uintptr_t)url, .url_len = (uint32_t)n,
		.flags = below(r, 2) ? KHTTP_PURGE_RECURSIVE : 0,
	};

	if (once_in(r, 4))
		mutate(r, url, (size_t)n);
	if (once_in(r, 20))
		purge.url = some_address(w, r);
	count(DID_PURGE, "PURGE", !call(r, w->fd, KHTTP_IOC_PURGE, &purge,
					sizeof(purge)));
}

uint32_t fragment_name(struct rng *r, char *into)
{
	int n = snprintf(into, 64, "http://a/%s%u", once_in(r, 8) ? "other/" : "", below(r, 4));

	if (once_in(r, 20))
		mutate(r, into, (size_t)n);
	return (uint32_t)n;
}

static void op_keep(struct worker *w, struct rng *r)
{
	static const uint32_t lengths[] = { 0, 1, 16383, 16384, 200000, 3000000 };
	char name[64];
	struct khttp_fragment_add f = {
		.name = (uintptr_t)name, .name_len = fragment_name(r, name),
		.ttl = 1 + below(r, 3), .addr = some_address(w, r),
		.len = lengths[below(r, COUNT(lengths))],
		.tags = (uintptr_t)"one, two", .tags_len = below(r, 9),
	};

	count(DID_KEEP, "FRAGMENT_ADD",
	      !call(r, w->fd, KHTTP_IOC_FRAGMENT_ADD, &f, sizeof(f)));
}

static void op_back(struct worker *w, struct rng *r)
{
	char name[64];
	struct khttp_fragment_read f = {
		.name = (uintptr_t)name, .name_len = fragment_name(r, name),
		.offset = below(r, 20000), .addr = some_address(w, r),
		.len = below(r, 100000),
	};

	count(DID_BACK, "FRAGMENT_READ",
	      call(r, w->fd, KHTTP_IOC_FRAGMENT_READ, &f, sizeof(f)) > 0);
}

static void op_drain(struct worker *w, struct rng *r)
{
	/* After it nothing new comes: the rest of this process' life is dull */
	if (once_in(r, 300))
		count(DID_DRAIN, "DRAIN", !ioctl(w->fd, KHTTP_IOC_DRAIN, 0));
}

static void op_poll(struct worker *w, struct rng *r)
{
	struct pollfd p = { .fd = w->fd, .events = (short)rng_next(r) };

	count(DID_POLL, "poll", poll(&p, 1, (int)below(r, 3)) == 1);
}

static void op_attach(struct worker *w, struct rng *r)
{
	struct khttp_attach a = w->attach;
	int fd = once_in(r, 3) ? w->fd : open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC);
	size_t length;
	void *p;

	a.slots = 1 + below(r, 4);
	a.role = once_in(r, 4) ? KHTTP_ROLE_CONTROLLER : KHTTP_ROLE_WORKER;
	if (a.role == KHTTP_ROLE_CONTROLLER)
		a.slots = 0;
	if (once_in(r, 3))
		mutate(r, &a, sizeof(a));
	count(DID_ATTACH, "ATTACH", !call(r, fd, KHTTP_IOC_ATTACH, &a, sizeof(a)));
	length = a.map_length <= KHTTP_SLOTS_BYTES_MAX ? a.map_length : 8192;
	p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	count(DID_MMAP, "mmap", p != MAP_FAILED);
	/* The file first or the mapping: each is an end */
	if (once_in(r, 2) && fd != w->fd)
		close(fd);
	if (p != MAP_FAILED)
		munmap(p, length);
	if (fd != w->fd)
		close(fd);
}

/* The queue's owner lets others attach, this process itself among them */
static void op_grant(struct worker *w, struct rng *r)
{
	struct khttp_grant_new g = { .workers = below(r, 4) };
	struct khttp_attach a = w->attach;
	struct pollfd p = { .events = POLLIN };
	bool early = once_in(r, 2);
	int fd;

	memcpy(g.queue, a.queue, sizeof(g.queue));
	if (once_in(r, 4))
		mutate(r, &g, sizeof(g));
	p.fd = (int)call(r, w->fd, KHTTP_IOC_GRANT, &g, sizeof(g));
	count(DID_GRANT, "GRANT", p.fd >= 0);
	fd = ioctl(p.fd, KHTTP_IOC_OPEN, once_in(r, 8));
	count(DID_OPEN, "OPEN", fd >= 0);
	poll(&p, 1, 0);
	if (once_in(r, 8))
		ioctl(p.fd, _IOWR(KHTTP_IOC_MAGIC, below(r, 64), a), &a);
	/* The grant first or who came by it */
	if (early)
		close(p.fd);
	memset(a.queue, once_in(r, 8), sizeof(a.queue));
	a.slots = 1;
	count(DID_GRANTED, "ATTACH by a grant",
	      !call(r, fd, KHTTP_IOC_ATTACH, &a, sizeof(a)));
	ioctl(fd, KHTTP_IOC_GRANT, &g);
	close(fd);
	if (!early)
		close(p.fd);
}

/* Where it may, where it may not, and to itself */
static void op_delegate(struct worker *w, struct rng *r)
{
	static const char *const names[] = { "steady", "files", "", "none" };
	struct khttp_delegate d = { .id = some_id(w, r) };
	const char *name = once_in(r, 4) ? w->attach.queue : names[below(r, 4)];

	snprintf(d.queue, sizeof(d.queue), "%s", name);
	if (once_in(r, 8))
		mutate(r, &d, sizeof(d));
	count(DID_DELEGATE, "DELEGATE", !call(r, w->fd, KHTTP_IOC_DELEGATE, &d, sizeof(d)));
}

/* Some of the prefixes are reserved for us, and end with the file */
static void op_register(struct worker *w, struct rng *r)
{
	static const char *const urls[] = {
		"http://+:80/fuzz/", "http://+:80/fuzz/a/", "http://*:80/", "https://+:443/",
		"http://127.0.0.1:80/fuzz/", "http://+:99999/", "",
	};
	const char *url = urls[below(r, sizeof(urls) / sizeof(urls[0]))];
	int fd = once_in(r, 2) ? w->fd : open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC);
	char why[KHTTP_REGISTER_TEXT_MAX];
	struct khttp_register a = {
		.url = (uintptr_t)url,
		.url_len = (uint32_t)strlen(url),
		.text = (uintptr_t)why,
	};

	if (once_in(r, 3))
		memcpy(a.queue, w->attach.queue, sizeof(a.queue));
	if (once_in(r, 3))
		mutate(r, &a, sizeof(a));
	count(DID_REGISTER, "REGISTER",
	      !call(r, fd, KHTTP_IOC_REGISTER, &a, sizeof(a)));
	if (fd != w->fd)
		close(fd);
}

static void op_map(struct worker *w, struct rng *r)
{
	size_t length = w->attach.map_length;
	unsigned char *part = w->slots + below(r, (uint32_t)(length / 4096)) * 4096;
	void *p;

	switch (below(r, 8)) {
	case 0:
		p = mmap(NULL, length, (int)below(r, 8), 1 + (int)below(r, 2), w->fd,
			 below(r, 2) * 4096);
		if (p != MAP_FAILED)
			munmap(p, length);
		break;
	case 1:
		p = mremap(w->slots, length, 4096 + below(r, 4) * length,
			   MREMAP_MAYMOVE);
		if (p != MAP_FAILED)
			munmap(p, 4096);
		break;
	case 2:
		mprotect(part, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
		break;
	case 3:
		munmap(part, 4096);
		break;
	case 4:
		madvise(part, 4096, (int)below(r, 26));
		break;
	case 5:
		msync(part, 4096, MS_SYNC);
		break;
	case 6:
		mlock(part, 4096);
		break;
	case 7:
		if (once_in(r, 300))
			munmap(w->slots, length);
		break;
	}
}

/* A child has the file but not the mapping, unless it was asked for */
static void op_fork(struct worker *w, struct rng *r)
{
	struct khttp_run run = { .flags = KHTTP_RUN_NOWAIT };
	pid_t pid;

	if (!once_in(r, 10))
		return;
	madvise(w->slots, w->attach.map_length,
		once_in(r, 2) ? MADV_DOFORK : MADV_DONTFORK);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ioctl(w->fd, KHTTP_IOC_RUN, &run);
		op_commit(w, r);
		_exit(0);
	}
	/* Not waitpid(): another thread may be forking, too */
	if (pid > 0)
		syscall(SYS_wait4, pid, NULL, 0, NULL);
}

static void op_other(struct worker *w, struct rng *r)
{
	char bytes[64];
	int fd;

	switch (below(r, 6)) {
	case 0:
		ioctl(w->fd, (unsigned long)odd_number(r), odd_number(r));
		break;
	case 1:
		ioctl(w->fd, _IOWR(KHTTP_IOC_MAGIC, below(r, 64), bytes), bytes);
		break;
	case 2:
		if (read(w->fd, bytes, sizeof(bytes)) > 0 ||
		    write(w->fd, bytes, sizeof(bytes)) > 0)
			printf("the device reads or writes\n");
		break;
	case 3:
		fcntl(w->fd, F_SETFL, O_NONBLOCK | (below(r, 2) ? O_ASYNC : 0));
		break;
	case 4:
		fd = dup(w->fd);
		op_commit(w, r);
		close(fd);
		break;
	case 5:
		if (lseek(w->fd, 4096, SEEK_SET) > 0 || !ftruncate(w->fd, 0))
			printf("the device has a length\n");
		break;
	}
}

static void (*const operations[])(struct worker *w, struct rng *r) = {
	op_run, op_run, op_run, op_run, op_read, op_read, op_commit, op_commit,
	op_commit, op_cancel, op_purge, op_drain, op_poll, op_attach, op_grant,
	op_delegate, op_register, op_keep, op_keep, op_back,
	op_map, op_fork, op_other,
};

/* Whatever waits is interrupted soon */
static void start_timer(void)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1,
	};
	struct itimerspec often = {
		.it_value.tv_nsec = 20000000, .it_interval.tv_nsec = 20000000,
	};
	timer_t timer;

	event._sigev_un._tid = gettid();
	need("timer", !timer_create(CLOCK_MONOTONIC, &event, &timer));
	timer_settime(timer, 0, &often, NULL);
}

void *call_ioctls(void *worker)
{
	static unsigned int threads;
	struct worker *w = worker;
	struct rng r = rng_of(w->seed, w->child, w->generation,
			      __atomic_fetch_add(&threads, 1, __ATOMIC_RELAXED));

	start_timer();
	for (;;)
		operations[below(&r, COUNT(operations))](w, &r);
}
