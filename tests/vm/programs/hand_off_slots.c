/* SPDX-License-Identifier: MIT */
/*
 * RUN in one thread goes to wait for a slot while two commits in another free one
 * each, again and again. A slot that is lost on the way stops everything: each
 * round needs both.
 */
#include "hand_off.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SLOTS 2
#define ROUNDS 500
#define ROUNDS_SLOW 200
#define AT_ONCE 20
#define TIMEOUT_S 30

struct shared {
	struct worker w;
	struct khttp_event in_hand[SLOTS];
	_Atomic bool theirs;	/* in_hand is the other thread's */
	int rounds;
};

static void *commit_all(void *p)
{
	struct shared *sh = p;
	uint64_t id[SLOTS];

	for (int i = 0; i < sh->rounds; i++) {
		while (!atomic_load(&sh->theirs))
			sched_yield();
		for (int k = 0; k < SLOTS; k++) {
			id[k] = sh->in_hand[k].id;
			write_reply(&sh->w, id[k], "");
		}
		/* RUN may begin now, beside the commits */
		atomic_store(&sh->theirs, false);
		for (int k = 0; k < SLOTS; k++)
			expect("commit", commit(&sh->w, id[k], 0), 0);
	}
	return NULL;
}

/* A request waits for each slot, on a connection of its own */
static void *ask_all(void *p)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
	struct shared *sh = p;
	int s[SLOTS];

	for (int k = 0; k < SLOTS; k++)
		s[k] = client("");
	for (int i = 0; i < sh->rounds; i++) {
		for (int k = 0; i % AT_ONCE == 0 && k < SLOTS * AT_ONCE; k++)
			need("send", send(s[k % SLOTS], get, strlen(get), 0) > 0);
		for (int k = 0; k < SLOTS; k++)
			expect("a status", status_of(s[k]), 200);
	}
	for (int k = 0; k < SLOTS; k++)
		close(s[k]);
	return NULL;
}

static void too_late(int signal)
{
	(void)signal;
}

static void take_all(struct shared *sh)
{
	long got;

	/* A RUN that has waited so long ends with EINTR */
	alarm(TIMEOUT_S);
	for (int n = 0; n < SLOTS; n += (int)got) {
		got = run(&sh->w, sh->in_hand + n, (unsigned int)(SLOTS - n), 0);
		need("every slot again", got > 0);
	}
	alarm(0);
}

void test_slots(void)
{
	struct sigaction act = { .sa_handler = too_late };
	struct shared sh = { .rounds = slow ? ROUNDS_SLOW : ROUNDS };
	pthread_t committer, asker;
	sigset_t timer;

	sigaction(SIGALRM, &act, NULL);
	sigemptyset(&timer);
	sigaddset(&timer, SIGALRM);
	worker_open(&sh.w, SLOTS);
	/* The signal is for this thread only */
	pthread_sigmask(SIG_BLOCK, &timer, NULL);
	pthread_create(&committer, NULL, commit_all, &sh);
	pthread_create(&asker, NULL, ask_all, &sh);
	pthread_sigmask(SIG_UNBLOCK, &timer, NULL);
	for (int i = 0; i < sh.rounds; i++) {
		take_all(&sh);
		atomic_store(&sh.theirs, true);
		while (atomic_load(&sh.theirs))
			sched_yield();
	}
	pthread_join(committer, NULL);
	pthread_join(asker, NULL);
	worker_close(&sh.w);
}
