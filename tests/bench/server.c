/* SPDX-License-Identifier: MIT */
/*
 * The least a process can do to answer HTTP: epoll, read, find the end of the
 * head, write. What our workers are compared with, alone and behind a proxy.
 *
 *	bench-server [-u PATH] [-f] [-o] [-b BYTES] [PORT]
 *
 * -u: on a unix socket. -f: as a FastCGI responder. -o: close the connection
 * after an answer. -b: size of the body.
 * Bodies of requests are read and dropped.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	FILES = 65536,
	BUFFER = 1 << 16,
	FCGI_HEADER = 8,
	FCGI_END = 3,
	FCGI_PARAMS = 4,
	FCGI_STDIN = 5,
	FCGI_STDOUT = 6,
	FCGI_MOST = 65528,	/* bytes in a record, a multiple of eight */
};

/* What a connection has not finished: an incomplete head, or a body to drop. */
struct connection {
	char *rest;
	size_t rest_len;
	size_t drop;
};

static struct connection connections[FILES];
static char buffer[BUFFER + 1];
static char *answer;
static size_t answer_len;
static bool fastcgi;
static bool once;

static void die(const char *what)
{
	fprintf(stderr, "bench-server: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int listen_on(const char *path, int port)
{
	static const int on = 1;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int error;

	if (path) {
		snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
		error = bind(fd, (struct sockaddr *)&un, sizeof(un));
	} else {
		in.sin_port = htons((uint16_t)port);
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
		error = bind(fd, (struct sockaddr *)&in, sizeof(in));
	}
	if (error || listen(fd, 65535))
		die("listen");
	return fd;
}

static void put_header(char *at, int type, size_t len)
{
	const unsigned char header[FCGI_HEADER] = {
		1, (unsigned char)type, 0, 1,
		(unsigned char)(len >> 8), (unsigned char)len, 0, 0
	};

	memcpy(at, header, sizeof(header));
}

static void make_answer(size_t body_len)
{
	char head[256];
	size_t head_len, len, i;

	snprintf(head, sizeof(head), fastcgi ?
		 "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n" :
		 "HTTP/1.1 200 OK\r\nServer: bench\r\n"
		 "Date: Sun, 22 Nov 2026 12:00:00 GMT\r\n"
		 "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n", body_len);
	head_len = strlen(head);
	len = head_len + body_len;
	answer = malloc(len + FCGI_HEADER * (len / FCGI_MOST + 4));
	if (!answer)
		die("malloc");
	memset(answer, 'x', len);
	memcpy(answer, head, head_len);
	answer_len = len;
	if (!fastcgi)
		return;
	/* Records, from the last one to the first, in place */
	for (i = (len - 1) / FCGI_MOST + 1; i-- > 0;) {
		size_t part = i * FCGI_MOST;
		size_t part_len = len - part < FCGI_MOST ? len - part : FCGI_MOST;
		char *at = answer + part + i * FCGI_HEADER;

		memmove(at + FCGI_HEADER, answer + part, part_len);
		put_header(at, FCGI_STDOUT, part_len);
		answer_len += FCGI_HEADER;
	}
	put_header(answer + answer_len, FCGI_STDOUT, 0);
	put_header(answer + answer_len + FCGI_HEADER, FCGI_END, FCGI_HEADER);
	memset(answer + answer_len + 2 * FCGI_HEADER, 0, FCGI_HEADER);
	answer_len += 3 * FCGI_HEADER;
}

/* One request, or as much of it as there is: the bytes used. */
static size_t take_http(struct connection *c, char *from, size_t len, bool *whole)
{
	char *end = memmem(from, len, "\r\n\r\n", 4);
	char *length;

	if (!end)
		return 0;
	*whole = true;
	if (from[0] == 'P') {
		*end = 0;
		length = strcasestr(from, "\r\nContent-Length:");
		c->drop = length ? strtoul(length + 17, NULL, 10) : 0;
	}
	return (size_t)(end + 4 - from);
}

static size_t take_fastcgi(const char *from, size_t len, bool *whole)
{
	const unsigned char *h = (const unsigned char *)from;
	size_t record;

	if (len < FCGI_HEADER)
		return 0;
	record = FCGI_HEADER + (size_t)(h[4] << 8 | h[5]) + h[6];
	if (len < record)
		return 0;
	*whole = h[1] == FCGI_STDIN && !h[4] && !h[5];
	return record;
}

static void send_answer(int fd)
{
	size_t sent = 0;

	while (sent < answer_len) {
		ssize_t n = write(fd, answer + sent, answer_len - sent);

		if (n < 0)
			return;
		sent += (size_t)n;
	}
}

static void close_connection(int fd)
{
	free(connections[fd].rest);
	connections[fd] = (struct connection){ 0 };
	close(fd);
}

static void keep_rest(struct connection *c, const char *from, size_t len)
{
	char *rest = NULL;

	if (len) {
		rest = malloc(len);
		if (!rest)
			die("malloc");
		memcpy(rest, from, len);
	}
	free(c->rest);
	c->rest = rest;
	c->rest_len = len;
}

static size_t drop(struct connection *c, size_t len)
{
	size_t n = c->drop < len ? c->drop : len;

	c->drop -= n;
	return n;
}

static void serve(int fd)
{
	struct connection *c = &connections[fd];
	size_t at = 0, have = c->rest_len, used;
	bool asked = c->drop > 0, whole = false;
	ssize_t n;

	if (have)
		memcpy(buffer, c->rest, have);
	n = read(fd, buffer + have, BUFFER - have);
	if (n <= 0) {
		close_connection(fd);
		return;
	}
	have += (size_t)n;
	while (at < have) {
		if (c->drop) {
			at += drop(c, have - at);
		} else {
			used = fastcgi ? take_fastcgi(buffer + at, have - at, &whole) :
					 take_http(c, buffer + at, have - at, &whole);
			if (!used)
				break;
			at += used;
			asked |= whole;
			whole = false;
		}
		if (asked && !c->drop) {
			send_answer(fd);
			asked = false;
			if (once) {
				close_connection(fd);
				return;
			}
		}
	}
	if (c->rest_len || at < have)
		keep_rest(c, buffer + at, have - at);
}

static void parse_options(int argc, char **argv, const char **path, int *port)
{
	size_t body_len = 1024;
	int option;

	while ((option = getopt(argc, argv, "u:fob:")) != -1) {
		switch (option) {
		case 'u': *path = optarg; break;
		case 'f': fastcgi = true; break;
		case 'o': once = true; break;
		case 'b': body_len = strtoul(optarg, NULL, 10); break;
		default: exit(2);
		}
	}
	*port = optind < argc ? atoi(argv[optind]) : 0;
	make_answer(body_len);
}

static void accept_all(int epoll, int listener)
{
	struct epoll_event event = { .events = EPOLLIN };

	while ((event.data.fd = accept(listener, NULL, NULL)) >= 0) {
		if (event.data.fd >= FILES)
			close(event.data.fd);
		else
			epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
	}
}

int main(int argc, char **argv)
{
	const struct rlimit files = { FILES, FILES };
	struct epoll_event events[64], event = { .events = EPOLLIN };
	const char *path = NULL;
	int port, epoll, n, i;

	parse_options(argc, argv, &path, &port);
	setrlimit(RLIMIT_NOFILE, &files);
	epoll = epoll_create1(0);
	event.data.fd = listen_on(path, port);
	epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
	while ((n = epoll_wait(epoll, events, 64, -1)) >= 0) {
		for (i = 0; i < n; i++) {
			if (events[i].data.fd == event.data.fd)
				accept_all(epoll, event.data.fd);
			else
				serve(events[i].data.fd);
		}
	}
	die("epoll_wait");
}
