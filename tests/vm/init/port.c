// SPDX-License-Identifier: MIT
/* The virtio port to the host: frames out, the job and commands in. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "init.h"

static const char path[] = "/dev/vport0p1";
static int fd = -1;

int port_fd(void)
{
	return fd;
}

/* The driver adds ports from a work item, a little after it was loaded. */
void port_open(void)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	int tries;

	for (tries = 0; tries < 6000; tries++) {
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 || errno != ENOENT)
			break;
		nanosleep(&pause, NULL);
	}
	if (fd < 0)
		fatal("%s", path);
}

static void write_all(const char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			_exit(1);	/* the host is gone */
		if (n > 0) {
			data += n;
			len -= n;
		}
	}
}

void port_send(char type, const void *data, size_t len)
{
	char head[5] = { type, len, len >> 8, len >> 16, len >> 24 };

	write_all(head, sizeof(head));
	write_all(data, len);
}

static void read_all(void *to, size_t len)
{
	char *p = to;
	ssize_t n;

	while (len) {
		n = read(fd, p, len);
		if (n <= 0 && errno != EINTR && errno != EAGAIN)
			_exit(1);
		if (n > 0) {
			p += n;
			len -= n;
		}
	}
}

static char *read_frame(char *type, size_t *len)
{
	unsigned char head[5];
	char *data;

	read_all(head, sizeof(head));
	*type = head[0];
	*len = head[1] | head[2] << 8 | head[3] << 16 | (size_t)head[4] << 24;
	data = malloc(*len + 1);
	if (!data)
		fatal("a frame of %zu bytes", *len);
	read_all(data, *len);
	data[*len] = 0;
	return data;
}

char port_command(void)
{
	char type;
	size_t len;

	free(read_frame(&type, &len));
	return type;
}

/* Appends to a NULL-terminated vector; jobs are small and are never freed. */
static char **append(char **list, char *text)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	list = realloc(list, (n + 2) * sizeof(*list));
	if (!list)
		fatal("out of memory");
	list[n] = text;
	list[n + 1] = NULL;
	return list;
}

void port_read_job(struct job *j)
{
	char type, *p, *data;
	size_t len;

	data = read_frame(&type, &len);
	if (type != FRAME_JOB)
		fatal("the host sent frame '%c', not a job", type);
	for (p = data; p < data + len; p += strlen(p) + 1) {
		switch (*p) {
		case 'C': j->cwd = p + 1; break;
		case 'O': j->out = p + 1; break;
		case 'M': j->modules = p + 1; break;
		case 'I': j->module = p + 1; break;
		case 'K': j->keep = append(j->keep, p + 1); break;
		case 'R': j->reach = append(j->reach, p + 1); break;
		case 'A': j->argv = append(j->argv, p + 1); break;
		case 'E': j->env = append(j->env, p + 1); break;
		default: fatal("the job has a line '%s'", p);
		}
	}
	if (!j->cwd || !j->argv)
		fatal("the job has no command");
}
