// SPDX-License-Identifier: MIT
/* What must be true of the kernel once the command has ended. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/wait.h>

#include "init.h"

static void nap(void)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	nanosleep(&pause, NULL);
}

static size_t read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n > 0 ? n : 0;
}

/*
 * What the command left running must die at once: a task that does not is
 * stuck in the kernel. Returns false then.
 */
static bool kill_all(void)
{
	int tries;
	pid_t pid;

	kill(-1, SIGKILL);
	for (tries = 0; tries < 1000; tries++) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid < 0 && errno == ECHILD)
			return true;
		nap();
	}
	say("/proc/sysrq-trigger", "w");
	return false;
}

static bool module_loaded(void)
{
	char line[256];
	bool found = false;
	FILE *f = fopen("/proc/modules", "re");

	while (f && fgets(line, sizeof(line), f))
		found |= !strncmp(line, "khttp ", 6);
	if (f)
		fclose(f);
	return found;
}

/* One slab cache of ours that is still there, or NULL. */
static const char *slab_left(void)
{
	static char name[NAME_MAX + 1];
	DIR *dir = opendir("/sys/kernel/slab");
	struct dirent *d;
	bool found = false;

	while (dir && !found && (d = readdir(dir))) {
		found = !strncmp(d->d_name, "khttp", 5);
		if (found)
			strcpy(name, d->d_name);
	}
	if (dir)
		closedir(dir);
	return found ? name : NULL;
}

/* A cache disappears from sysfs a little after it was destroyed. */
static const char *wait_for_slabs(void)
{
	const char *left = slab_left();
	int tries;

	for (tries = 0; left && tries < 300; tries++) {
		nap();
		left = slab_left();
	}
	return left;
}

/* A report switches lockdep off; a run without it has shown nothing. */
static bool lockdep_died(void)
{
	char buf[8192];
	const char *p;

	if (!read_text("/proc/lockdep_stats", buf, sizeof(buf)))
		return false;
	p = strstr(buf, "debug_locks:");
	return p && atoi(p + strlen("debug_locks:")) != 1;
}

void check_out(char *verdict, size_t size, int status)
{
	const char *rmmod = "none", *slab;
	bool killed = kill_all();
	char taint[32];

	if (module_loaded()) {
		rmmod = remove_module();
		rmmod = rmmod ? rmmod : "ok";
	}
	slab = module_loaded() ? NULL : wait_for_slabs();
	read_text("/proc/sys/kernel/tainted", taint, sizeof(taint));
	snprintf(verdict, size, "status=%d killed=%s rmmod=%s slab=%s taint=%ld lockdep=%s",
		 status, killed ? "ok" : "stuck", rmmod, slab ? slab : "none",
		 atol(taint), lockdep_died() ? "off" : "ok");
}
