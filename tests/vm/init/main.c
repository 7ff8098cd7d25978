// SPDX-License-Identifier: MIT
/*
 * PID 1 of the test VM. It loads the modules that the root needs, mounts the
 * host's root read-only below an overlay in memory, runs one command there and
 * reports over a virtio port what became of it. Kernel messages, the command's
 * two outputs and the verdict are frames of that one port, so their order is
 * kept and nothing is ever read out of the console.
 *
 * The protocol (port.h) is spoken by scripts/vm on the other side.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "init.h"

struct job job;
static int kmsg_fd = -1;

void fatal(const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n, saved = errno;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (saved && n > 0 && n < (int)sizeof(text))
		snprintf(text + n, sizeof(text) - n, ": %s", strerror(saved));
	port_send(FRAME_FATAL, text, strlen(text));
	/* The host ends the machine; without it the kernel would panic. */
	for (;;)
		pause();
}

void say(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* A record that was overwritten before we came is reported, never skipped. */
static void forward_kmsg(void)
{
	static const char lost[] = "3,0,0,-;khttp-vm: kernel messages lost";
	char record[8192];
	ssize_t n;

	for (;;) {
		n = read(kmsg_fd, record, sizeof(record));
		if (n > 0)
			port_send(FRAME_KMSG, record, n);
		else if (n < 0 && errno == EPIPE)
			port_send(FRAME_KMSG, lost, sizeof(lost) - 1);
		else if (n < 0 && errno != EINTR)
			return;
	}
}

/* Returns false once the pipe is empty or ended. */
static bool forward_output(struct pollfd *p, char type)
{
	char buf[32768];
	ssize_t n;

	if (p->fd < 0)
		return false;
	n = read(p->fd, buf, sizeof(buf));
	if (n > 0) {
		port_send(type, buf, n);
		return true;
	}
	if (n == 0) {
		close(p->fd);
		p->fd = -1;
	}
	return false;
}

static void run_child(int out, int err)
{
	int in = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	if (chdir(job.cwd)) {
		fprintf(stderr, "%s: %s\n", job.cwd, strerror(errno));
		_exit(126);
	}
	environ = job.env;
	execvp(job.argv[0], job.argv);
	fprintf(stderr, "%s: %s\n", job.argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static pid_t start(struct pollfd *out, struct pollfd *err)
{
	int o[2], e[2];
	pid_t pid;

	if (pipe2(o, O_CLOEXEC) || pipe2(e, O_CLOEXEC))
		fatal("pipe");
	pid = fork();
	if (pid < 0)
		fatal("fork");
	if (!pid)
		run_child(o[1], e[1]);
	close(o[1]);
	close(e[1]);
	fcntl(o[0], F_SETFL, O_NONBLOCK);
	fcntl(e[0], F_SETFL, O_NONBLOCK);
	out->fd = o[0];
	err->fd = e[0];
	return pid;
}

/* As PID 1 we inherit every orphan; only one of them has our answer. */
static bool reap(pid_t pid, int *status)
{
	bool seen = false;
	pid_t got;
	int st;

	while ((got = waitpid(-1, &st, WNOHANG)) > 0) {
		if (got == pid) {
			*status = st;
			seen = true;
		}
	}
	return seen;
}

static void host_command(void)
{
	switch (port_command()) {
	case COMMAND_STACKS:
		say("/proc/sysrq-trigger", "l");
		say("/proc/sysrq-trigger", "w");
		break;
	}
}

static int run(void)
{
	struct pollfd p[5] = { { .events = POLLIN }, { .events = POLLIN },
			       { .events = POLLIN }, { .events = POLLIN },
			       { .events = POLLIN } };
	struct signalfd_siginfo info;
	sigset_t chld;
	int status = 0;
	pid_t pid;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	p[2].fd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	p[3].fd = kmsg_fd;
	p[4].fd = port_fd();
	pid = start(&p[0], &p[1]);
	for (;;) {
		if (poll(p, 5, -1) < 0)
			continue;
		if (p[0].revents)
			forward_output(&p[0], FRAME_OUT);
		if (p[1].revents)
			forward_output(&p[1], FRAME_ERR);
		if (p[3].revents)
			forward_kmsg();
		if (p[4].revents)
			host_command();
		if (p[2].revents) {
			while (read(p[2].fd, &info, sizeof(info)) > 0)
				;
			if (reap(pid, &status))
				break;
		}
	}
	/* What it left running may hold the pipes open: take what is there. */
	while (forward_output(&p[0], FRAME_OUT))
		;
	while (forward_output(&p[1], FRAME_ERR))
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	char verdict[512];
	int status;

	mount_early();
	load_modules("/modules");
	port_open();
	port_read_job(&job);
	kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	mount_root(&job);
	network_up();
	if (job.module)
		insert_module(job.module);
	forward_kmsg();
	port_send(FRAME_BEGIN, "", 0);
	status = run();
	check_out(verdict, sizeof(verdict), status);
	forward_kmsg();
	umount_out(&job);
	port_send(FRAME_VERDICT, verdict, strlen(verdict));
	for (;;)
		pause();
}
