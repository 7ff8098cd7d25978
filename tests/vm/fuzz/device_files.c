/* SPDX-License-Identifier: MIT */
/* What a worker may name as the file of a body. */
#include "device.h"

#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILE_BYTES (1 << 20)
#define FILE_NAME "body.fuzz"

static void add(struct worker *w, int fd)
{
	if (w->n_files < N_FILES)
		w->files[w->n_files++] = fd;
}

static int sealed_memfd(void)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (ftruncate(fd, 100000) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_SEAL))
		perror("memfd");
	return fd;
}

static void add_not_regular(struct worker *w)
{
	int pair[2] = { -1, -1 };

	if (!pipe2(pair, O_CLOEXEC | O_NONBLOCK))
		add(w, pair[0]);
	if (!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		add(w, pair[0]);
	add(w, open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	add(w, open("/dev/zero", O_RDONLY | O_CLOEXEC));
	add(w, open("/dev/null", O_RDWR | O_CLOEXEC));
	add(w, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	add(w, epoll_create1(EPOLL_CLOEXEC));
	add(w, w->fd);
	add(w, open(KHTTP_DEVICE, O_RDWR | O_CLOEXEC));
}

static void add_special(struct worker *w)
{
	add(w, open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
	add(w, open("/proc/stat", O_RDONLY | O_CLOEXEC));
	add(w, open("/sys/kernel/uevent_seqnum", O_RDONLY | O_CLOEXEC));
	add(w, open(FILE_NAME, O_WRONLY | O_CLOEXEC));
	add(w, open(FILE_NAME, O_PATH | O_CLOEXEC));
	add(w, open(FILE_NAME, O_RDONLY | O_DIRECT | O_CLOEXEC));
	add(w, sealed_memfd());
	add(w, -1);
	add(w, 1 << 30);
}

void open_files(struct worker *w, struct rng *r, const char *hang)
{
	char name[64];

	/* The first two are those that work most of the time */
	add(w, open(FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	need(FILE_NAME, w->files[0] >= 0 && !ftruncate(w->files[0], FILE_BYTES));
	snprintf(name, sizeof(name), "shrinking.%u", w->child);
	w->shrinking = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	need(name, w->shrinking >= 0);
	add(w, w->shrinking);
	add_not_regular(w);
	add_special(w);
	w->hang_fd = -1;
	if (!hang || !w->hangs)
		return;
	w->hang_fd = open(hang, O_RDWR | O_CLOEXEC);
	need(hang, w->hang_fd >= 0);
	w->hang = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED,
		       w->hang_fd, 0);
	need("mmap of the file that hangs", w->hang != MAP_FAILED);
	/* Not from the start: this thread's body of the first commit */
	if (once_in(r, 2))
		add(w, w->hang_fd);
}

void resize_file(struct worker *w, struct rng *r)
{
	if (once_in(r, 4) && ftruncate(w->shrinking, below(r, FILE_BYTES)))
		perror("ftruncate");
}
