/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEATH_MS 30000
#define NOBODY 65534

static struct counter *counters;

struct rng rng_of(uint64_t seed, unsigned int child, unsigned int generation,
		  unsigned int thread)
{
	struct rng r = { seed * 0x9e3779b97f4a7c15ULL + 1 };

	r.state ^= (uint64_t)child << 48 ^ (uint64_t)generation << 16 ^ thread;
	r.state |= 1ULL << 63;
	for (int i = 0; i < 8; i++)
		rng_next(&r);
	return r;
}

uint64_t rng_next(struct rng *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1dULL;
}

uint32_t below(struct rng *r, uint32_t n)
{
	return n ? (uint32_t)(rng_next(r) >> 32) % n : 0;
}

bool once_in(struct rng *r, uint32_t n)
{
	return !below(r, n);
}

uint64_t odd_number(struct rng *r)
{
	uint64_t power = 1ULL << below(r, 64);

	switch (below(r, 8)) {
	case 0:
		return 0;
	case 1:
		return ~0ULL;
	case 2:
		return power;
	case 3:
		return power - 1;
	case 4:
		return power + 1;
	case 5:
		return -power;
	case 6:
		return below(r, 70000);
	default:
		return rng_next(r);
	}
}

void mutate(struct rng *r, void *bytes, size_t size)
{
	unsigned char *at = bytes;

	for (unsigned int left = 1 + below(r, 3); size && left; left--) {
		size_t width = 1U << below(r, 4);
		uint64_t value = odd_number(r);

		if (width > size)
			width = 1;
		if (once_in(r, 3)) {
			at[below(r, (uint32_t)size)] ^= (unsigned char)(1U << below(r, 8));
			continue;
		}
		/* Members are aligned to their width */
		memcpy(at + below(r, (uint32_t)(size / width)) * width, &value,
		       width);
	}
}

static uint64_t random_seed(void)
{
	uint32_t seed = 0;

	need("getrandom", getrandom(&seed, sizeof(seed), 0) == sizeof(seed));
	return seed;
}

int read_options(struct options *o, int argc, char **argv)
{
	static const struct option known[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "seconds", required_argument, NULL, 't' },
		{ 0 },
	};
	int c;

	*o = (struct options){ .seed = random_seed(), .seconds = 10 };
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == 's')
			o->seed = strtoull(optarg, NULL, 0);
		else if (c == 't')
			o->seconds = (unsigned int)strtoul(optarg, NULL, 0);
		else
			exit(2);
	}
	memmove(argv, argv + optind,
		(size_t)(argc - optind + 1) * sizeof(*argv));
	printf("--seed %llu --seconds %u\n", (unsigned long long)o->seed,
	       o->seconds);
	fflush(stdout);
	return argc - optind;
}

long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void pause_us(unsigned int us)
{
	struct timespec t = { .tv_nsec = (long)us * 1000 };

	nanosleep(&t, NULL);
}

void counters_share(void)
{
	counters = mmap(NULL, COUNTERS * sizeof(*counters),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	need("counters", counters != MAP_FAILED);
}

void count(unsigned int index, const char *name, bool good)
{
	struct counter *c = &counters[index];

	c->name = name;
	__atomic_fetch_add(&c->done, 1, __ATOMIC_RELAXED);
	if (good)
		__atomic_fetch_add(&c->good, 1, __ATOMIC_RELAXED);
}

unsigned long times_good(unsigned int index)
{
	return __atomic_load_n(&counters[index].good, __ATOMIC_RELAXED);
}

bool counters_all_good(void)
{
	for (size_t i = 0; i < COUNTERS; i++)
		if (counters[i].name && !times_good(i))
			return false;
	return true;
}

unsigned int counters_print(void)
{
	unsigned int never = 0;

	for (size_t i = 0; i < COUNTERS; i++) {
		const struct counter *c = &counters[i];

		if (!c->name)
			continue;
		printf("%-24s %8lu, %8lu succeeded\n", c->name, c->done, c->good);
		never += !c->good;
	}
	fflush(stdout);
	return never;
}

static void show_file(const char *folder, const char *thread, const char *name)
{
	char path[96], text[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, thread, name);
	fd = open(path, O_RDONLY);
	n = read(fd, text, sizeof(text));
	if (n > 0)
		printf("%.*s", (int)n, text);
	close(fd);
}

/* The stacks of its threads. Needs root */
static void show_threads(pid_t pid)
{
	const struct dirent *entry;
	char folder[32];
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%d/task", pid);
	dir = opendir(folder);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		show_file(folder, entry->d_name, "stat");
		show_file(folder, entry->d_name, "stack");
	}
	if (dir)
		closedir(dir);
}

void become_nobody(void)
{
	need("nobody", !setgroups(0, NULL) &&
	     !setresgid(NOBODY, NOBODY, NOBODY) &&
	     !setresuid(NOBODY, NOBODY, NOBODY));
}

bool kill_child(pid_t pid)
{
	long until = milliseconds() + DEATH_MS;

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (milliseconds() > until) {
			printf("process %d does not die:\n", pid);
			show_threads(pid);
			return false;
		}
		pause_us(1000);
	}
	return true;
}

void need(const char *what, bool ok)
{
	if (ok)
		return;
	perror(what);
	exit(2);
}
