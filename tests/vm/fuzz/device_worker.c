/* SPDX-License-Identifier: MIT */
/* One hostile process: attached, mapped, and then four threads. */
#include "device.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

void remember_id(struct worker *w, uint64_t id)
{
	unsigned int at = __atomic_fetch_add(&w->next_id, 1, __ATOMIC_RELAXED);

	__atomic_store_n(&w->ids[at % N_IDS], id, __ATOMIC_RELAXED);
}

uint64_t some_id(struct worker *w, struct rng *r)
{
	/* Not more back than there are slots: older ones are stale */
	unsigned int back = 1 + below(r, w->attach.slots);
	unsigned int at = __atomic_load_n(&w->next_id, __ATOMIC_RELAXED) - back;
	uint64_t id = __atomic_load_n(&w->ids[at % N_IDS], __ATOMIC_RELAXED);

	switch (below(r, 16)) {
	case 0:
		return id ^ 1ULL << below(r, 64);
	case 1:
		return odd_number(r);
	default:
		return id;
	}
}

uint64_t some_address(struct worker *w, struct rng *r)
{
	switch (below(r, 24)) {
	case 0:
		return odd_number(r);
	case 1:
		return (uintptr_t)w->read_only;
	case 2:
		/* The slots are nothing that can be pinned or sent by reference */
		return (uintptr_t)w->slots + below(r, 65536);
	case 3:
		/* Ends in the middle */
		return (uintptr_t)w->buffer + BUFFER_SIZE - below(r, 8192);
	case 4:
		if (w->hang && once_in(r, 4))
			return (uintptr_t)w->hang + below(r, 65536);
		/* fall through */
	default:
		return (uintptr_t)w->buffer + below(r, 8192);
	}
}

/* Who unmaps what others use dies of it; that is an end as good as any */
static void on_fault(int signal)
{
	(void)signal;
	_exit(0);
}

static void on_timer(int signal)
{
	(void)signal;
}

static void set_up_process(void)
{
	struct sigaction fault = { .sa_handler = on_fault };
	struct sigaction timer = { .sa_handler = on_timer };
	struct rlimit none = { 0 };

	become_nobody();
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGSEGV, &fault, NULL);
	sigaction(SIGBUS, &fault, NULL);
	sigaction(SIGUSR1, &timer, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
}

static void map_memory(struct worker *w)
{
	w->buffer = mmap(NULL, BUFFER_SIZE, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	w->read_only = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	need("mmap", w->buffer != MAP_FAILED && w->read_only != MAP_FAILED);
}

/* The queue is there all the time, and the sizes are good */
static void attach(struct worker *w, struct rng *r, const char *queue)
{
	w->fd = open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC);
	need(KHTTP_DEVICE, w->fd >= 0);
	w->attach = (struct khttp_attach){
		.slots = 1 + below(r, 8),
		.request_area = 8192U << below(r, 3),
		.reply_area = 8192U << below(r, 3),
	};
	snprintf(w->attach.queue, sizeof(w->attach.queue), "%s", queue);
	need("ATTACH", !ioctl(w->fd, KHTTP_IOC_ATTACH, &w->attach));
	w->slots = mmap(NULL, w->attach.map_length, PROT_READ | PROT_WRITE,
			MAP_SHARED, w->fd, 0);
	need("mmap of the slots", w->slots != MAP_FAILED);
}

void hostile_worker(const char *queue, const char *hang, uint64_t seed,
		    unsigned int child, unsigned int generation)
{
	static struct worker w;
	struct rng r = rng_of(seed, child, generation, 0);
	void *(*const roles[])(void *worker) = {
		call_ioctls, call_ioctls, submit_commands, scribble,
	};

	w.seed = seed;
	w.child = child;
	w.generation = generation;
	/* The others show that they are not held up by it */
	w.hangs = child == 0;
	set_up_process();
	attach(&w, &r, queue);
	map_memory(&w);
	open_files(&w, &r, hang);
	for (size_t i = 0; i < COUNT(roles); i++) {
		pthread_t thread;

		need("thread", !pthread_create(&thread, NULL, roles[i], &w));
	}
	for (;;)
		pause();
}
