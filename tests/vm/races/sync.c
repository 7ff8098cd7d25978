/* SPDX-License-Identifier: MIT */
/* Time, chance, and words that processes wait for. */
#include "races.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* A sleep ends late; the last bit is waited for awake */
#define AWAKE_NS 200000

char where[128] = "at the beginning";
static uint64_t random_state;

void fail(const char *format, ...)
{
	va_list args;

	printf("FAILED: %s: ", where);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	_exit(1);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 * MS + (uint64_t)t.tv_nsec;
}

void sleep_until(uint64_t when)
{
	uint64_t early = when - AWAKE_NS;
	struct timespec t = {
		.tv_sec = (time_t)(early / (1000 * MS)),
		.tv_nsec = (long)(early % (1000 * MS)),
	};

	if (when < AWAKE_NS)
		return;
	while (now_ns() < early)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	while (now_ns() < when)
		sched_yield();
}

void chance_begin(uint64_t seed)
{
	random_state = seed * 0x9e3779b97f4a7c15ULL + 1;
}

uint64_t chance(uint64_t below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 11) % below;
}

uint32_t word_of(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

void tell(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

bool await(uint32_t *word, uint32_t least, int ms)
{
	uint64_t end = ms < 0 ? UINT64_MAX : now_ns() + (uint64_t)ms * MS;
	/* A look now and then costs nothing and needs no arithmetic */
	const struct timespec a_while = { .tv_nsec = 100 * MS };
	uint32_t value;

	while ((value = word_of(word)) < least) {
		if (now_ns() >= end)
			return false;
		syscall(SYS_futex, word, FUTEX_WAIT, value, &a_while, NULL, 0);
	}
	return true;
}
