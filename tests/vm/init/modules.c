// SPDX-License-Identifier: MIT
/* Loading what the root needs, and the module under test in and out. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "init.h"

static int insert(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = syscall(SYS_finit_module, fd, "", 0);
	close(fd);
	return ret;
}

/* The host wrote the list in the order of their dependencies. */
void load_modules(const char *dir)
{
	char path[256], name[128];
	FILE *list;

	snprintf(path, sizeof(path), "%s/order", dir);
	list = fopen(path, "re");
	if (!list)
		fatal("%s", path);
	while (fscanf(list, "%127s", name) == 1) {
		snprintf(path, sizeof(path), "%s/%s", dir, name);
		if (insert(path) && errno != EEXIST)
			fatal("%s", name);
	}
	fclose(list);
}

void insert_module(const char *path)
{
	if (insert(path))
		fatal("insmod %s", path);
	/* What the udev rule does on a real system. */
	chmod("/dev/khttp", 0666);
}

/* A file that is just being released may hold the module a moment longer. */
static int try_remove(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	int tries;

	for (tries = 0; tries < 100; tries++) {
		if (!syscall(SYS_delete_module, "khttp", O_NONBLOCK))
			return 0;
		if (errno != EWOULDBLOCK && errno != EBUSY)
			break;
		nanosleep(&pause, NULL);
	}
	return errno;
}

/*
 * Returns NULL or what went wrong. The call sits in a child: an exit handler
 * of the module that waits for ever must not take PID 1 with it.
 */
const char *remove_module(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	pid_t pid = fork();
	int tries, status;

	if (!pid)
		_exit(try_remove());
	for (tries = 0; tries < 1000; tries++) {
		if (waitpid(pid, &status, WNOHANG) == pid) {
			if (WIFEXITED(status) && !WEXITSTATUS(status))
				return NULL;
			return WIFEXITED(status) ? strerrorname_np(WEXITSTATUS(status))
						 : "crashed";
		}
		nanosleep(&pause, NULL);
	}
	say("/proc/sysrq-trigger", "w");
	return "hangs";
}
