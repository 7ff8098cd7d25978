/* SPDX-License-Identifier: MIT */
/*
 * The end of a worker, whatever it has under way: its process is gone, its file
 * free and its request with somebody else, all within a second.
 */
#include "hand_off.h"
#include "sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define FETCHES 4
/* A debug kernel in an emulator has another idea of a second */
#define LIMIT_MS (slow ? 10000 : 1000)

enum trick {
	PLAIN,
	REGISTERED,	/* only the ring has the file */
	PASSED,		/* another process has it, too */
	FORKED,		/* a child has it, too */
	SQPOLL,
	DEFER,
	BLOCKED,	/* in an ioctl, without a ring */
	EXEC,		/* the process goes on as something else */
	RING_CLOSED,	/* the worker lives, its ring does not */
	UNMAPPED,	/* the process lives, the worker does not */
};

static const char *const names[] = {
	"plain", "registered file", "passed file", "forked", "SQPOLL",
	"DEFER_TASKRUN", "blocked in RUN", "exec", "ring closed", "unmapped",
};

static long files_open(void)
{
	return number_in("/sys/module/khttp/refcnt");
}

static void pass(int to, int fd)
{
	char space[CMSG_SPACE(sizeof(int))] = "", byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	need("sendmsg", sendmsg(to, &msg, 0) == 1);
}

/* Waits for the child's word; the file that came with it, or -1 */
static int receive_word(int from)
{
	char space[CMSG_SPACE(sizeof(int))] = "", byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *c;
	int fd = -1;

	need("the child's word", recvmsg(from, &msg, 0) == 1);
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

static void ring_init(struct io_uring *ring, enum trick trick)
{
	struct io_uring_params p = { 0 };

	if (trick == SQPOLL)
		p.flags = IORING_SETUP_SQPOLL;
	if (trick == DEFER)
		p.flags = IORING_SETUP_SINGLE_ISSUER |
			  IORING_SETUP_DEFER_TASKRUN;
	need("ring", !io_uring_queue_init_params(32, ring, &p));
}

static void submit_fetches(struct io_uring *ring, struct worker *w,
			   enum trick trick)
{
	if (trick == REGISTERED) {
		need("register", !io_uring_register_files(ring, &w->fd, 1));
		close(w->fd);
	}
	for (int i = 0; i < FETCHES; i++) {
		struct khttp_ucmd payload = { 0 };
		struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

		io_uring_prep_rw(IORING_OP_URING_CMD, sqe,
				 trick == REGISTERED ? 0 : w->fd, NULL, 0, 0);
		sqe->cmd_op = KHTTP_U_FETCH;
		if (trick == REGISTERED)
			sqe->flags |= IOSQE_FIXED_FILE;
		memcpy(sqe->cmd, &payload, sizeof(payload));
	}
	need("submit", io_uring_submit(ring) >= 0);
}

static void last_act(struct worker *w, struct io_uring *ring, int to,
		     enum trick trick)
{
	struct khttp_event e[FETCHES];
	int i, n;

	switch (trick) {
	case PASSED:
		pass(to, w->fd);
		break;
	case FORKED:
		if (!fork()) {
			pause();
			_exit(0);
		}
		/* fallthrough */
	default:
		need("a word", write(to, "x", 1) == 1);
	}
	switch (trick) {
	case BLOCKED:
		while (run(w, e, FETCHES, 0) > 0)
			;
		break;
	case EXEC:
		execl("/bin/sleep", "sleep", "1000", NULL);
		break;
	case RING_CLOSED:
		io_uring_queue_exit(ring);
		break;
	case UNMAPPED:
		munmap(w->slots, w->attach.map_length);
		for (i = n = 0; i < FETCHES - 1; i++)
			n += ring_result(ring, NULL, LIMIT_MS) == -ESHUTDOWN;
		_exit(n == FETCHES - 1 ? 0 : 1);
	default:
		break;
	}
	pause();
	_exit(9);
}

/* A worker with one request in hand and more fetches waiting */
static void child(int to, enum trick trick)
{
	struct io_uring ring;
	struct worker w;

	worker_open(&w, FETCHES);
	if (trick == BLOCKED) {
		need("a request", take(&w, 5000));
	} else {
		ring_init(&ring, trick);
		submit_fetches(&ring, &w, trick);
		need("a fetch", ring_result(&ring, NULL, 5000) >= 0);
	}
	last_act(&w, &ring, to, trick);
}

static bool ended(pid_t pid, int *status, int limit_ms)
{
	long until = milliseconds() + limit_ms;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (milliseconds() > until)
			return false;
		usleep(2000);
	}
	return true;
}

static bool became(pid_t pid, const char *name)
{
	long until = milliseconds() + LIMIT_MS;
	char path[64], comm[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	do {
		usleep(2000);
		f = fopen(path, "re");
		if (!f || !fgets(comm, sizeof(comm), f))
			comm[0] = '\0';
		if (f)
			fclose(f);
	} while (strncmp(comm, name, strlen(name)) && milliseconds() < until);
	return !strncmp(comm, name, strlen(name));
}

static void end_of(pid_t pid, enum trick trick, const char *what)
{
	int status = 0;

	if (trick == UNMAPPED) {
		expect(what, ended(pid, &status, 2 * LIMIT_MS), 1);
		expect("its commands", status, 0);
		return;
	}
	if (trick == RING_CLOSED)
		return;
	if (trick == EXEC) {
		expect(what, became(pid, "sleep"), 1);
		return;
	}
	kill(pid, SIGKILL);
	expect(what, ended(pid, &status, LIMIT_MS), 1);
}

/* Another worker answers what the first one had, or, when that one lives and
 * only its ring is gone, what comes next
 */
static void take_over(int s, enum trick trick, const char *what)
{
	long begin = milliseconds();
	struct worker w;
	uint64_t id;

	worker_open(&w, 1);
	if (trick == RING_CLOSED) {
		usleep(LIMIT_MS * 1000);
		begin = milliseconds();
		reset(s);
		s = client_get("/next");
	}
	id = take(&w, LIMIT_MS);
	printf("  %s: %ld ms\n", what, milliseconds() - begin);
	expect("taken over", id != 0, 1);
	if (id) {
		/* Nobody looked at it: that does not count as a delivery */
		expect("redelivered", slot_of(&w, id)->attempt, 1);
		write_reply(&w, id, "");
		expect("answer", commit(&w, id, 0), 0);
		expect("status", status_of(s), 200);
	}
	close(s);
	worker_close(&w);
}

static void files_are_free(long before, const char *what)
{
	long until = milliseconds() + LIMIT_MS;

	while (files_open() != before && milliseconds() < until)
		usleep(2000);
	expect(what, files_open(), before);
}

static void die(enum trick trick)
{
	long before = files_open();
	int pair[2], s, kept;
	char what[64];
	pid_t pid;

	snprintf(what, sizeof(what), "death, %s", names[trick]);
	need("socketpair", !socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	s = client_get("/death");
	fflush(stdout);
	pid = fork();
	need("fork", pid >= 0);
	if (!pid) {
		/* A group of its own, so that its children go, too */
		setpgid(0, 0);
		close(pair[0]);
		close(s);
		child(pair[1], trick);
	}
	close(pair[1]);
	kept = receive_word(pair[0]);
	end_of(pid, trick, what);
	take_over(s, trick, what);
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (kept >= 0)
		close(kept);
	close(pair[0]);
	files_are_free(before, what);
}

void test_death(void)
{
	for (int trick = PLAIN; trick <= UNMAPPED; trick++)
		die((enum trick)trick);
}
