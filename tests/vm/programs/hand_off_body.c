/* SPDX-License-Identifier: MIT */
/* Bodies of replies: from memory, from a file, in pieces, stored. */
#include "hand_off.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BIG (3U << 20)

static char *pattern;

/* What arrived is what was sent */
static void expect_body(const char *what, int s, size_t n, size_t from)
{
	char *got = malloc(n);

	expect(what, (long)receive(s, got, n), (long)n);
	expect(what, memcmp(got, pattern + from, n), 0);
	free(got);
}

static int file_of(size_t n)
{
	char name[] = "/tmp/hand-off.XXXXXX";
	int fd = mkstemp(name);

	need("a file", fd >= 0 && !unlink(name));
	need("its bytes", write(fd, pattern, n) == (ssize_t)n);
	return fd;
}

static struct khttp_reply *reply(struct worker *w, uint64_t id,
				 unsigned int flags)
{
	struct khttp_reply *r = reply_of(w, id);

	*r = (struct khttp_reply){ .flags = flags, .status = 200 };
	return r;
}

static void test_sizes(struct worker *w)
{
	static const size_t sizes[] = { 1, 4096, 16383, 16384, 40000, 200000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		int s = client_get("/size");
		uint64_t id = take(w, 5000);
		struct khttp_reply *r = reply(w, id, KHTTP_REPLY_HEAD);

		r->body_kind = KHTTP_BODY_USER;
		r->body_addr = (uintptr_t)pattern + 5;
		r->body_len = sizes[i];
		expect("from memory", commit(w, id, 0), (long)sizes[i]);
		expect("status", status_of(s), 200);
		expect_body("from memory", s, sizes[i], 5);
		close(s);
	}
}

/* The client does not read: the worker is held back, and goes on later */
static void test_pressure(struct worker *w, int fd)
{
	struct khttp_event e = { 0 };
	int s = client_get("/pressure");
	uint64_t id = take(w, 5000);
	struct khttp_reply *r = reply(w, id, KHTTP_REPLY_HEAD);
	size_t done = 0, seen = 0;
	long n;

	r->body_kind = fd < 0 ? KHTTP_BODY_USER : KHTTP_BODY_FILE;
	r->fd = fd;
	r->body_addr = fd < 0 ? (uintptr_t)pattern : 0;
	r->body_len = BIG;
	while (done < BIG) {
		n = commit(w, id, KHTTP_OP_NONBLOCK);
		if (n == -EAGAIN || (n >= 0 && done + (size_t)n < BIG)) {
			if (seen == 0)
				expect("head first", status_of(s), 200);
			expect_body("under pressure", s, 65536, seen);
			seen += 65536;
		}
		if (n == -EAGAIN) {
			run(w, &e, 1, KHTTP_RUN_NOWAIT);
			continue;
		}
		need("commit", n >= 0);
		done += (size_t)n;
		r->flags &= ~KHTTP_REPLY_HEAD;
		r->body_addr += (size_t)n;
		r->body_len -= (size_t)n;
	}
	expect_body("the rest", s, BIG - seen, seen);
	close(s);
}

static void set_field(struct worker *w, struct khttp_reply *r, const char *name,
		      const char *value)
{
	uint16_t n = (uint16_t)strlen(name), v = (uint16_t)strlen(value);
	char *block = (char *)(r + 1);

	r->nfields = 1;
	r->fields.off = w->attach.request_area + (uint32_t)sizeof(*r);
	r->fields.len = 4U + n + v;
	memcpy(block, &n, 2);
	memcpy(block + 2, &v, 2);
	memcpy(block + 4, name, n);
	memcpy(block + 4 + n, value, v);
}

static void test_stream(struct worker *w)
{
	int s = client_get("/stream");
	uint64_t id = take(w, 5000);
	struct khttp_reply *r;
	char buf[64];

	r = reply(w, id, KHTTP_REPLY_HEAD | KHTTP_REPLY_MORE);
	expect("head alone", commit(w, id, 0), 0);
	expect("status", status_of(s), 200);
	r = reply(w, id, KHTTP_REPLY_HEAD | KHTTP_REPLY_MORE);
	expect("a second head", commit(w, id, 0), -EINVAL);
	r = reply(w, id, KHTTP_REPLY_MORE);
	r->body_kind = KHTTP_BODY_USER;
	r->body_addr = (uintptr_t)"piece";
	r->body_len = 5;
	expect("a piece", commit(w, id, 0), 5);
	r = reply(w, id, KHTTP_REPLY_TRAILERS);
	set_field(w, r, "x-sum", "7");
	expect("the end", commit(w, id, 0), 0);
	receive(s, buf, 25);
	expect("chunks and trailers",
	       memcmp(buf, "5\r\npiece\r\n0\r\nx-sum: 7\r\n\r\n", 25), 0);
	close(s);
}

static void test_files(struct worker *w)
{
	int fd = file_of(BIG), s = client_get("/file"), shut, pipes[2];
	uint64_t id = take(w, 5000);
	struct khttp_reply *r = reply(w, id, KHTTP_REPLY_HEAD);

	need("pipe", !pipe(pipes));
	r->body_kind = KHTTP_BODY_FILE;
	r->body_len = 100000;
	r->body_addr = 12345;
	r->fd = pipes[0];
	expect("a pipe", commit(w, id, 0), -EINVAL);
	shut = open("/dev/shm", O_WRONLY | O_TMPFILE, 0600);
	r->fd = shut;
	expect("not open for reading", commit(w, id, 0), -EBADF);
	r->fd = fd;
	expect("a range", commit(w, id, 0), 100000);
	expect("status", status_of(s), 200);
	expect_body("a range", s, 100000, 12345);
	close(s);

	s = client_get("/file");
	id = take(w, 5000);
	r = reply(w, id, KHTTP_REPLY_HEAD);
	r->body_kind = KHTTP_BODY_FILE;
	r->body_addr = BIG - 10;
	r->body_len = 20;
	r->fd = fd;
	expect("behind the end", commit(w, id, 0), -EMSGSIZE);
	expect("it is finished", commit(w, id, 0), -ESTALE);
	close(s);
	test_pressure(w, fd);
	close(fd);
	close(shut);
	close(pipes[0]);
	close(pipes[1]);
}

/* The second client is answered without a worker */
static void test_stored(struct worker *w, int fd, const char *path, size_t n)
{
	int s = client_get(path);
	uint64_t id = take(w, 5000);
	struct khttp_reply *r = reply(w, id, KHTTP_REPLY_HEAD |
				      KHTTP_REPLY_CACHE);

	r->ttl = 60;
	r->body_kind = fd < 0 ? KHTTP_BODY_USER : KHTTP_BODY_FILE;
	r->fd = fd;
	r->body_addr = fd < 0 ? (uintptr_t)pattern : 0;
	r->body_len = n;
	expect(path, commit(w, id, 0), (long)n);
	expect(path, status_of(s), 200);
	expect_body(path, s, n, 0);
	close(s);
	s = client_get(path);
	expect("a hit", status_of(s), 200);
	expect_body("a hit", s, n, 0);
	close(s);
}

static void test_purge(struct worker *w)
{
	static const char url[] = "http://a/stored/";
	struct khttp_purge p = {
		.url = (uintptr_t)url, .url_len = sizeof(url) - 1,
		.flags = KHTTP_PURGE_RECURSIVE,
	};

	expect("purge", call(w->fd, KHTTP_IOC_PURGE, &p), 0);
	expect("purged", (long)p.purged, 4);
	p.url_len = 0;
	expect("purge of nothing", call(w->fd, KHTTP_IOC_PURGE, &p), -EINVAL);
}

void test_bodies(void)
{
	struct worker w;
	int fd;

	pattern = malloc(BIG + 4096);
	for (size_t i = 0; i < BIG + 4096; i++)
		pattern[i] = (char)(i * 31 + (i >> 8) * 7 + (i >> 16));
	worker_open(&w, 2);
	test_sizes(&w);
	test_pressure(&w, -1);
	test_stream(&w);
	test_files(&w);
	fd = file_of(300000);
	test_stored(&w, -1, "/stored/small", 100);
	test_stored(&w, -1, "/stored/large", 100000);
	test_stored(&w, fd, "/stored/file", 300000);
	test_stored(&w, fd, "/stored/small-file", 500);
	test_purge(&w);
	close(fd);
	worker_close(&w);
	free(pattern);
}
