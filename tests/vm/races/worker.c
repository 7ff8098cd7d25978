/* SPDX-License-Identifier: MIT */
/*
 * A worker process. It serves one request a turn, as its plan says, and stops
 * in the state that is asked for until it may go on. A second thread strikes:
 * closes the file, drains or purges while the first one is at work.
 */
#include "races.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE "races"
#define BODY_MAX 65536

struct worker {
	struct order *order;
	int fd;
	struct khttp_attach attach;
	/* Guards the mapping, which one thread takes away from the other */
	pthread_mutex_t lock;
	unsigned char *slots;
	struct io_uring ring;
	uint64_t tag;

	/* The request in hand */
	uint64_t id;
	unsigned int seed;
	uint32_t flags;
	size_t read;		/* bytes of its body */
	unsigned char body[BODY_MAX];
};

/* ---- operations, by both transports ---- */

static void submit(struct worker *w, unsigned int op, uint64_t id,
		   const void *addr)
{
	struct khttp_ucmd payload = { .id = id, .addr = (uintptr_t)addr };
	struct io_uring_sqe *sqe = io_uring_get_sqe(&w->ring);

	io_uring_prep_rw(IORING_OP_URING_CMD, sqe, w->fd, NULL, 0, 0);
	sqe->cmd_op = op;
	sqe->user_data = ++w->tag;
	memcpy(sqe->cmd, &payload, sizeof(payload));
	if (io_uring_submit(&w->ring) < 0)
		fail("io_uring_submit");
}

/* The last one that was submitted; others end when they like */
static long result(struct worker *w)
{
	struct io_uring_cqe *cqe;
	bool mine = false;
	long res = 0;

	while (!mine) {
		if (io_uring_wait_cqe(&w->ring, &cqe))
			continue;
		res = cqe->res;
		mine = cqe->user_data == w->tag;
		io_uring_cqe_seen(&w->ring, cqe);
	}
	return res;
}

static long call(struct worker *w, unsigned long request, void *arg)
{
	long ret = ioctl(w->fd, request, arg);

	return ret < 0 ? -errno : ret;
}

static struct khttp_slot *slot(const struct worker *w, unsigned int index)
{
	size_t size = w->attach.request_area + w->attach.reply_area;

	return (void *)(w->slots + index * size);
}

static struct khttp_reply *reply(const struct worker *w)
{
	return (void *)((char *)slot(w, w->id & 0xffff) +
			w->attach.request_area);
}

static void expect_bytes(struct worker *w, const unsigned char *bytes, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (bytes[i] != byte_of(w->seed, w->read + i))
			w->order->wrong = 1;
	w->read += n;
}

/* What the slot says about the request; 0, or the mapping is gone */
static long look(struct worker *w, unsigned int index)
{
	const struct khttp_slot *s;
	long ret = -ESHUTDOWN;

	pthread_mutex_lock(&w->lock);
	if (w->slots) {
		s = slot(w, index);
		w->id = s->id;
		w->flags = s->flags;
		w->seed = (unsigned int)atoi((char *)s + s->path.off + 1);
		w->read = 0;
		expect_bytes(w, (unsigned char *)s + s->body.off, s->body.len);
		if (w->order->plan.takes)
			reply(w)->taken = w->id;
		ret = 0;
	}
	pthread_mutex_unlock(&w->lock);
	return ret;
}

static long fetch(struct worker *w)
{
	struct khttp_event e = { 0 };
	struct khttp_run run = {
		.events = (uintptr_t)&e, .n_events = 1,
	};
	long ret;

	if (w->order->plan.ring) {
		submit(w, KHTTP_U_FETCH, 0, NULL);
		ret = result(w);
		if (ret >= 0)
			ret = look(w, (unsigned int)ret);
		/* Stays beside the rest and ends when the request does */
		if (!ret)
			submit(w, KHTTP_U_WAIT, w->id, NULL);
		return ret;
	}
	/* News of earlier requests, too, may come */
	do {
		ret = call(w, KHTTP_IOC_RUN, &run);
		if (ret == 1 && e.events & KHTTP_EV_DRAIN)
			return -ESHUTDOWN;
	} while (ret == -EINTR || (ret == 1 && !(e.events & KHTTP_EV_REQUEST)));
	return ret < 0 ? ret : look(w, e.id & 0xffff);
}

static long read_body(struct worker *w)
{
	struct khttp_read r = {
		.id = w->id, .addr = (uintptr_t)w->body, .len = BODY_MAX,
	};

	if (!w->order->plan.ring)
		return call(w, KHTTP_IOC_READ, &r);
	submit(w, KHTTP_U_READ, w->id, &r);
	return result(w);
}

static long commit(struct worker *w)
{
	struct khttp_commit c = { .id = w->id };

	if (!w->order->plan.ring)
		return call(w, KHTTP_IOC_COMMIT, &c);
	submit(w, KHTTP_U_COMMIT, w->id, NULL);
	return result(w);
}

/* ---- one turn ---- */

static void wait_go(struct order *o)
{
	await(&o->going, 1, -1);
	sleep_until(o->go);
}

static void reach(struct order *o, enum stage stage)
{
	tell(&o->stage, stage);
}

static long upload(struct worker *w)
{
	long n;

	while (w->flags & KHTTP_REQ_BODY_MORE) {
		if (w->read)
			reach(w->order, READ);
		n = read_body(w);
		if (n <= 0)
			return n;
		expect_bytes(w, w->body, (size_t)n);
	}
	return 0;
}

static long piece(struct worker *w, unsigned int i)
{
	const struct plan *p = &w->order->plan;
	struct khttp_reply r = {
		.taken = p->takes ? w->id : 0,
		.flags = (i ? 0 : KHTTP_REPLY_HEAD) |
			 (i + 1 < p->pieces ? KHTTP_REPLY_MORE : 0),
		.status = i ? 0 : 200, .body_kind = KHTTP_BODY_USER,
		.body_addr = (uintptr_t)w->body, .body_len = p->piece,
	};
	bool mapped;
	size_t k;

	if (!i && !p->chunked) {
		r.flags |= KHTTP_REPLY_LENGTH;
		r.content_length = p->pieces * p->piece;
	}
	if (!i && p->cache) {
		r.flags |= KHTTP_REPLY_CACHE;
		r.ttl = 600;
	}
	for (k = 0; k < p->piece; k++)
		w->body[k] = byte_of(w->seed, i * p->piece + k);
	pthread_mutex_lock(&w->lock);
	mapped = w->slots;
	if (mapped)
		*reply(w) = r;
	pthread_mutex_unlock(&w->lock);
	return mapped ? commit(w) : -ESHUTDOWN;
}

static long answer(struct worker *w)
{
	const struct plan *p = &w->order->plan;
	unsigned int i;
	long ret = 0;

	for (i = 0; i < p->pieces && ret >= 0; i++) {
		ret = piece(w, i);
		if (ret >= 0 && !i && p->pieces > 1) {
			reach(w->order, PIECE);
			wait_go(w->order);
		}
	}
	return ret;
}

static long serve(struct worker *w)
{
	struct order *o = w->order;
	long ret;

	if (o->plan.state == WAITING)
		wait_go(o);
	ret = fetch(w);
	if (ret)
		return ret;
	reach(o, TAKEN);
	if (o->plan.state == IN_HAND)
		wait_go(o);
	ret = upload(w);
	/* The client's failure is no reason to give it no answer */
	if (!ret || ret == -ETIMEDOUT || ret == -EBADMSG)
		ret = answer(w);
	return ret;
}

/* It can serve no more: says nothing about the one request */
static bool is_the_end(long error)
{
	return error == -ESHUTDOWN || error == -EBADF || error == -ENXIO ||
	       error == -ECANCELED;
}

static void serve_all(struct worker *w)
{
	struct order *o = w->order;
	uint32_t turn;
	long ret;

	for (turn = 1; await(&o->turn, turn, -1); turn++) {
		ret = serve(w);
		o->result = ret;
		if (is_the_end(ret))
			break;
		/* Of these each belongs to a request that has ended */
		if (ret < 0 && ret != -ECONNRESET && ret != -ESTALE &&
		    ret != -EALREADY)
			o->strange = ret;
		reach(o, DONE);
	}
	reach(o, ENDED);
	for (;;)
		pause();
}

/* ---- strikes ---- */

static void strike_close(struct worker *w)
{
	void *slots;

	pthread_mutex_lock(&w->lock);
	slots = w->slots;
	w->slots = NULL;
	pthread_mutex_unlock(&w->lock);
	if (now_ns() & 1)
		close(w->fd);
	munmap(slots, w->attach.map_length);
}

static void strike_purge(struct worker *w)
{
	static const char url[] = "http://races:8080/";
	struct khttp_purge p = {
		.url = (uintptr_t)url, .url_len = sizeof(url) - 1,
		.flags = KHTTP_PURGE_RECURSIVE,
	};
	long ret = call(w, KHTTP_IOC_PURGE, &p);

	if (ret < 0)
		w->order->strange = ret;
}

static void *run_strikes(void *arg)
{
	struct worker *w = arg;
	struct order *o = w->order;
	uint32_t n;

	for (n = 1; await(&o->strikes, n, -1); n++) {
		sleep_until(o->strike_at);
		if (o->strike == CLOSE)
			strike_close(w);
		else if (o->strike == DRAIN)
			call(w, KHTTP_IOC_DRAIN, NULL);
		else
			strike_purge(w);
		tell(&o->struck, n);
	}
	return NULL;
}

/* ---- the process ---- */

static bool attach(struct worker *w, const struct site *s)
{
	w->attach = (struct khttp_attach){
		.queue = QUEUE, .slots = 2,
		.request_area = KHTTP_AREA_MIN, .reply_area = KHTTP_AREA_MIN,
	};
	w->fd = site_open_device(s);
	if (w->fd < 0 || ioctl(w->fd, KHTTP_IOC_ATTACH, &w->attach))
		return false;
	w->slots = mmap(NULL, w->attach.map_length, PROT_READ | PROT_WRITE,
			MAP_SHARED, w->fd, 0);
	return w->slots != MAP_FAILED;
}

static void worker_main(struct order *o, const struct site *s, bool late)
{
	static struct worker w;
	pthread_t thread;

	w.order = o;
	pthread_mutex_init(&w.lock, NULL);
	if (o->plan.ring && io_uring_queue_init(16, &w.ring, 0))
		fail("io_uring: %s", strerror(errno));
	if (late)
		wait_go(o);
	if (!attach(&w, s)) {
		o->result = -errno;
		tell(&o->attached, 2);
		for (;;)
			pause();
	}
	if (pthread_create(&thread, NULL, run_strikes, &w))
		fail("no memory for a thread");
	tell(&o->attached, 1);
	serve_all(&w);
}

/* Everything but what the site is made of: a copy would keep connections and
 * namespaces alive
 */
static void close_others(const struct site *s)
{
	int fd;

	for (fd = 3; fd < 256; fd++)
		if (!site_keeps(s, fd))
			close(fd);
}

void crew_start(struct crew *c, const struct site *s, const struct plan *plan,
		bool late)
{
	pid_t parent = getpid();

	c->order = mmap(NULL, sizeof(*c->order), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->order == MAP_FAILED)
		fail("no memory for orders");
	c->order->plan = *plan;
	fflush(stdout);
	c->pid = fork();
	if (c->pid < 0)
		fail("fork: %s", strerror(errno));
	if (!c->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		close_others(s);
		worker_main(c->order, s, late);
	}
	if (late)
		return;
	if (!await(&c->order->attached, 1, PATIENCE_MS))
		fail("a worker does not attach");
	if (word_of(&c->order->attached) == 2)
		fail("a worker cannot attach: %s", strerror((int)-c->order->result));
}

void crew_turn(struct crew *c, const struct plan *plan)
{
	struct order *o = c->order;

	o->plan = *plan;
	o->stage = ASKED;
	o->going = 0;
	tell(&o->turn, o->turn + 1);
}

void crew_go(struct crew *c, uint64_t when)
{
	c->order->go = when;
	tell(&c->order->going, 1);
}

void crew_strike(struct crew *c, enum strike what, uint64_t when)
{
	struct order *o = c->order;

	o->strike = what;
	o->strike_at = when;
	tell(&o->strikes, o->strikes + 1);
	if (!await(&o->struck, o->strikes, PATIENCE_MS))
		fail("a worker is stuck while it %s",
		     what == CLOSE ? "closes" : what == DRAIN ? "drains" : "purges");
}

void crew_end(struct crew *c)
{
	int status;

	if (!c->pid)
		return;
	kill(c->pid, SIGKILL);
	waitpid(c->pid, &status, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail("a worker ended by itself: %x", (unsigned int)status);
	if (c->order->wrong)
		fail("the worker read bytes that nobody sent");
	if (c->order->strange)
		fail("the worker got error %ld", -c->order->strange);
	munmap(c->order, sizeof(*c->order));
	c->pid = 0;
	c->order = NULL;
}
