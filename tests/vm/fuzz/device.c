/* SPDX-License-Identifier: MIT */
/*
 * Hostile workers of one queue, and clients that keep them busy.
 *
 *	fuzz-device [--seed N] [--seconds N] QUEUE PORT [HANG]
 *
 * Three processes call /dev/khttp in any order with arguments that are mostly
 * good, from three threads each, while a fourth changes what the kernel reads
 * from the shared slots. Every moment one of them is killed and followed by
 * another. They have no rights; the program must be run by root. HANG is a file
 * whose reads never end; it is used by one of the three.
 *
 * Status 0: all of them died when they were told to, and requests were fetched
 * and answered; whether the kernel is well others have to say.
 */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_WORKERS 3

static struct options options;
static const char *queue;
static const char *hang;
static struct {
	pid_t pid;
	unsigned int generation;
} children[N_WORKERS];

static void start(unsigned int i)
{
	pid_t pid = fork();

	need("fork", pid >= 0);
	if (!pid)
		hostile_worker(queue, hang, options.seed, i, children[i].generation);
	children[i].pid = pid;
	children[i].generation++;
}

static bool replace(unsigned int i)
{
	if (!kill_child(children[i].pid))
		return false;
	start(i);
	return true;
}

/* By what was done, not by the clock: machines differ by a factor of hundred */
static void wait_for_progress(struct rng *r)
{
	unsigned long until = times_good(DID_RUN) + below(r, 60);
	long end = milliseconds() + 2000;

	while (times_good(DID_RUN) < until && milliseconds() < end)
		pause_us(10000);
}

/* One that ended by itself: 2 is what need() ends with */
static bool look_after(unsigned int i)
{
	int status;

	if (waitpid(children[i].pid, &status, WNOHANG) != children[i].pid)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return false;
	start(i);
	return true;
}

static bool hunt(void)
{
	struct rng r = rng_of(options.seed, 200, 0, 0);
	long end = milliseconds() + options.seconds * 1000L;

	while (milliseconds() < end) {
		wait_for_progress(&r);
		for (unsigned int i = 0; i < N_WORKERS; i++)
			if (!look_after(i))
				return false;
		if (!replace(below(&r, N_WORKERS)))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	int n = read_options(&options, argc, argv);
	unsigned int lives = 0;
	bool good;
	pid_t client;

	if (n != 2 && n != 3)
		return 2;
	queue = argv[0];
	hang = argv[2];
	counters_share();
	client = fork();
	need("fork", client >= 0);
	if (!client)
		clients(atoi(argv[1]), options.seed);
	for (unsigned int i = 0; i < N_WORKERS; i++)
		start(i);
	good = hunt();
	for (unsigned int i = 0; i < N_WORKERS; i++) {
		good &= kill_child(children[i].pid);
		lives += children[i].generation;
	}
	kill_child(client);
	printf("%u workers lived and died\n", lives);
	printf("%u of these never succeeded\n", counters_print());
	good &= times_good(DID_REQUEST) + times_good(DID_RING_FETCH) > 0 &&
		times_good(DID_COMMIT) + times_good(DID_RING_COMMIT) > 0;
	return good ? 0 : 1;
}
