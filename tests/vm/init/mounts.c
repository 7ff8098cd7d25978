// SPDX-License-Identifier: MIT
/*
 * File systems: the host's root read-only over 9p, an overlay in memory on top
 * of it, and the usual kernel and temporary ones. Everything is gone with the
 * machine but what was written to the directory given with --out.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "init.h"

static const char new_root[] = "/newroot";

static void must_mount(const char *what, const char *where, const char *type,
		       unsigned long flags, const char *options)
{
	mkdir(where, 0755);
	if (mount(what, where, type, flags, options))
		fatal("mount %s on %s", type ? type : what, where);
}

static void may_mount(const char *type, const char *where)
{
	if (mount(type, where, type, 0, NULL) && errno != ENODEV && errno != ENOENT)
		fatal("mount %s on %s", type, where);
}

void mount_early(void)
{
	must_mount("devtmpfs", "/dev", "devtmpfs", 0, "mode=0755");
	must_mount("proc", "/proc", "proc", 0, NULL);
	must_mount("sysfs", "/sys", "sysfs", 0, NULL);
}

/* From here on, also for the helpers the kernel itself starts, / is the overlay. */
static void enter_overlay(void)
{
	static const char *const move[] = { "/dev", "/proc", "/sys" };
	char to[64];
	size_t i;

	must_mount("tmpfs", "/ovl", "tmpfs", 0, "mode=0755,size=80%");
	must_mount("host", "/ovl/lower", "9p", MS_RDONLY,
		   "trans=virtio,version=9p2000.L,cache=loose,msize=512000");
	mkdir("/ovl/upper", 0755);
	mkdir("/ovl/work", 0755);
	must_mount("overlay", new_root, "overlay", 0,
		   "lowerdir=/ovl/lower,upperdir=/ovl/upper,workdir=/ovl/work");
	for (i = 0; i < sizeof(move) / sizeof(*move); i++) {
		snprintf(to, sizeof(to), "%s%s", new_root, move[i]);
		must_mount(move[i], to, NULL, MS_MOVE, NULL);
	}
	if (chdir(new_root) || mount(".", "/", NULL, MS_MOVE, NULL) ||
	    chroot(".") || chdir("/"))
		fatal("cannot enter %s", new_root);
}

static void make_path(const char *path)
{
	char part[PATH_MAX];
	const char *slash = path;

	while ((slash = strchr(slash + 1, '/'))) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdir(part, 0755);
	}
	mkdir(path, 0755);
}

static void bind_fd(int fd, const char *path)
{
	char from[64];

	snprintf(from, sizeof(from), "/proc/self/fd/%d", fd);
	make_path(path);
	must_mount(from, path, NULL, MS_BIND, NULL);
	close(fd);
}

/* The host's own /tmp and /run stay out, but for what the job names in them. */
static void mount_temporary(const struct job *j)
{
	int fd[16], n = 0, i;

	for (; j->keep && j->keep[n] && n < 16; n++) {
		fd[n] = open(j->keep[n], O_PATH | O_CLOEXEC);
		if (fd[n] < 0)
			fatal("%s", j->keep[n]);
	}
	must_mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
	must_mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755");
	for (i = 0; i < n; i++)
		bind_fd(fd[i], j->keep[i]);
	mkdir("/run/lock", 01777);
}

static void mount_dev(void)
{
	must_mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777");
	must_mount("devpts", "/dev/pts", "devpts", 0, "gid=5,mode=620,ptmxmode=666");
	if (symlink("/proc/self/fd", "/dev/fd") ||
	    symlink("/proc/self/fd/0", "/dev/stdin") ||
	    symlink("/proc/self/fd/1", "/dev/stdout") ||
	    symlink("/proc/self/fd/2", "/dev/stderr"))
		fatal("symbolic links in /dev");
}

static void mount_kernel(void)
{
	static const char control[] = "/sys/fs/cgroup/cgroup.subtree_control";

	may_mount("debugfs", "/sys/kernel/debug");
	may_mount("tracefs", "/sys/kernel/tracing");
	may_mount("bpf", "/sys/fs/bpf");
	must_mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL);
	say(control, "+memory");
	say(control, "+pids");
	say(control, "+cpu");
}

/* For modprobe: the image is not installed on the host. */
static void mount_modules(const struct job *j)
{
	struct utsname u;
	char path[PATH_MAX];

	if (!j->modules)
		return;
	uname(&u);
	snprintf(path, sizeof(path), "/lib/modules/%s", u.release);
	make_path(path);
	must_mount(j->modules, path, NULL, MS_BIND, NULL);
}

/*
 * A checkout below a home directory is closed to others, and workers run as
 * others. It is opened in the overlay only.
 */
static void open_way(const char *path)
{
	char part[PATH_MAX];
	const char *slash = path;
	struct stat st;

	while (slash) {
		slash = strchr(slash + 1, '/');
		snprintf(part, sizeof(part), "%.*s",
			 slash ? (int)(slash - path) : (int)strlen(path), path);
		if (!stat(part, &st) && (st.st_mode & 0005) != 0005)
			chmod(part, (st.st_mode & 07777) | 0005);
	}
}

static void write_file(const char *path, const char *text)
{
	unlink(path);	/* it may be a link to something in /run */
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	say(path, text);
}

/* No name server can be reached: look-ups must fail at once, not in 30 s. */
static void name_services(void)
{
	write_file("/etc/resolv.conf", "nameserver 127.0.0.1\n");
	write_file("/etc/hosts", "127.0.0.1 localhost khttp-vm\n::1 localhost\n");
}

void mount_root(const struct job *j)
{
	const struct rlimit files = { 1 << 20, 1 << 20 };
	int i;

	enter_overlay();
	mount_kernel();
	mount_modules(j);
	for (i = 0; j->reach && j->reach[i]; i++)
		open_way(j->reach[i]);
	mount_temporary(j);
	mount_dev();
	name_services();
	if (j->out) {
		make_path(j->out);
		must_mount("out", j->out, "9p", 0,
			   "trans=virtio,version=9p2000.L,cache=none,msize=512000");
	}
	/* PID 1 starts with 1024 and 4096: too few to hold 10,000 connections. */
	setrlimit(RLIMIT_NOFILE, &files);
	umask(022);
}

void umount_out(const struct job *j)
{
	if (!j->out)
		return;
	sync();
	umount2(j->out, MNT_DETACH);
}
