/* SPDX-License-Identifier: MIT */
/*
 * The parts of the VM's PID 1, and the protocol it speaks with scripts/vm.
 *
 * A frame is one type byte, a little-endian u32 length and that many bytes.
 * The host sends the job first: strings, each ended by NUL, whose first byte
 * says what it is (see port_read_job()); later only single command frames.
 */
#ifndef TESTS_VM_INIT_H
#define TESTS_VM_INIT_H

#include <stdbool.h>
#include <stddef.h>

enum {
	/* guest to host */
	FRAME_BEGIN = 'B',	/* the command starts now */
	FRAME_OUT = 'o',	/* bytes of its stdout */
	FRAME_ERR = 'e',	/* bytes of its stderr */
	FRAME_KMSG = 'k',	/* one record as /dev/kmsg gives it */
	FRAME_FATAL = 'F',	/* the VM could not be set up, and why */
	FRAME_VERDICT = 'V',	/* NAME=VALUE words; nothing follows */
	/* host to guest */
	FRAME_JOB = 'J',
	COMMAND_STACKS = 'S',	/* print what the CPUs and blocked tasks do */
};

struct job {
	char *cwd;
	char *out;		/* directory shared for writing, or NULL */
	char *modules;		/* the kernel's modules on the host, or NULL */
	char *module;		/* module to insert before the command, or NULL */
	char **keep;		/* directories to keep visible below /tmp, /run */
	char **reach;		/* directories that any user must get to */
	char **argv;
	char **env;
};

extern char **environ;
extern struct job job;

void fatal(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void say(const char *path, const char *text);

/* port.c */
void port_open(void);
int port_fd(void);
void port_send(char type, const void *data, size_t len);
void port_read_job(struct job *job);
char port_command(void);

/* mounts.c */
void mount_early(void);
void mount_root(const struct job *job);
void umount_out(const struct job *job);

/* modules.c */
void load_modules(const char *dir);
void insert_module(const char *path);
const char *remove_module(void);

/* network.c */
void network_up(void);

/* check.c */
void check_out(char *verdict, size_t size, int status);

#endif
