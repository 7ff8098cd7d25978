/* SPDX-License-Identifier: MIT */
/*
 * A file that never answers.
 *
 *	fuse-hang FOLDER
 *
 * Mounts a file system there whose file "hang", of 1 MiB, can be opened and
 * mapped by everybody, and read by nobody: its reads are taken and forgotten.
 * Prints "mounted" and serves until it is killed; then every read fails.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NODE 2
#define FILE_SIZE (1U << 20)
#define FOR_EVER (1U << 30)

static int device;

static struct fuse_attr attr_of(uint64_t node)
{
	struct fuse_attr a = { .ino = node, .nlink = 1, .blksize = 4096 };

	a.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0666;
	a.size = node == FUSE_ROOT_ID ? 0 : FILE_SIZE;
	return a;
}

static void answer(const struct fuse_in_header *in, int error,
		   const void *data, size_t size)
{
	struct {
		struct fuse_out_header head;
		char data[256];
	} out = { .head = { .error = error, .unique = in->unique } };

	out.head.len = (uint32_t)(sizeof(out.head) + size);
	memcpy(out.data, data, size);
	/* Fails when the asker has gone: nobody misses it */
	if (write(device, &out, out.head.len) < 0 && errno != ENOENT)
		perror("fuse-hang: write");
}

static void begin(const struct fuse_in_header *in)
{
	/*
	 * Who waits for an answer himself cannot be killed once his question
	 * was taken: that is FUSE's own rule, for every reader. With ASYNC_READ
	 * he waits for the page instead, and without AUTO_INVAL_DATA he does not
	 * ask for the size first. Many reads may be under way for ever.
	 */
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31,
		.flags = FUSE_ASYNC_READ,
		.max_write = 4096, .max_background = 60000,
		.congestion_threshold = 60000, .max_readahead = 131072,
	};

	answer(in, 0, &init, sizeof(init));
}

static void look_up(const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out entry = {
		.nodeid = FILE_NODE, .entry_valid = FOR_EVER,
		.attr_valid = FOR_EVER, .attr = attr_of(FILE_NODE),
	};
	bool known = !strcmp(name, "hang");

	answer(in, known ? 0 : -ENOENT, &entry, known ? sizeof(entry) : 0);
}

static void serve(const struct fuse_in_header *in)
{
	struct fuse_attr_out attr = {
		.attr_valid = FOR_EVER, .attr = attr_of(in->nodeid),
	};
	/* Else who opens it waits for the pages that are on their way */
	struct fuse_open_out open = { .open_flags = FOPEN_KEEP_CACHE };

	switch (in->opcode) {
	case FUSE_INIT:
		begin(in);
		break;
	case FUSE_LOOKUP:
		look_up(in, (const char *)(in + 1));
		break;
	case FUSE_GETATTR:
		answer(in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(in, 0, &open, sizeof(open));
		break;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
		answer(in, 0, NULL, 0);
		break;
	case FUSE_READ:
	case FUSE_INTERRUPT:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break;
	default:
		answer(in, -ENOSYS, NULL, 0);
		break;
	}
}

int main(int argc, char **argv)
{
	static char request[1 << 17];
	char options[128];

	if (argc != 2)
		return 2;
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
	if (device < 0 || mount("fuse-hang", argv[1], "fuse", MS_NOSUID | MS_NODEV,
				options)) {
		perror("fuse-hang");
		return 1;
	}
	puts("mounted");
	fflush(stdout);
	for (;;) {
		ssize_t n = read(device, request, sizeof(request));

		if (n >= (ssize_t)sizeof(struct fuse_in_header))
			serve((const struct fuse_in_header *)request);
		else if (n < 0 && errno == ENODEV)
			return 0;
	}
}
