/* SPDX-License-Identifier: MIT */
/* What the fuzzers of the module's interfaces share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* xorshift64*: a thread's own, so that a seed gives it the same choices */
struct rng {
	uint64_t state;
};

struct rng rng_of(uint64_t seed, unsigned int child, unsigned int generation,
		  unsigned int thread);
uint64_t rng_next(struct rng *r);
/* 0 to n - 1; 0 for n = 0 */
uint32_t below(struct rng *r, uint32_t n);
/* True once in n times */
bool once_in(struct rng *r, uint32_t n);
/* Limits, powers of two, their neighbours, anything */
uint64_t odd_number(struct rng *r);
/* One to three changes in @bytes */
void mutate(struct rng *r, void *bytes, size_t size);

/* --seed N --seconds N; the others are left in argv[0..n-1], n is returned */
struct options {
	uint64_t seed;
	unsigned int seconds;
};

int read_options(struct options *o, int argc, char **argv);
long milliseconds(void);
void pause_us(unsigned int us);

/*
 * What was done and how often it succeeded, of all processes together: a
 * fuzzer of which everything is refused at the door tests only the door.
 */
#define COUNTERS 64
struct counter {
	const char *name;
	unsigned long done;
	unsigned long good;
};

/* In shared memory; before the first fork */
void counters_share(void);
void count(unsigned int index, const char *name, bool good);
unsigned long times_good(unsigned int index);
/* Each that was tried has succeeded by now */
bool counters_all_good(void);
/* Returns how many of them never succeeded */
unsigned int counters_print(void);

/*
 * Ends a child for good. False after 30 s: it does not die, and where it hangs
 * has been printed.
 */
bool kill_child(pid_t pid);
/* For good: who was root has no rights left */
void become_nobody(void);

/* Ends the program: without this nothing can be tested */
void need(const char *what, bool ok);
