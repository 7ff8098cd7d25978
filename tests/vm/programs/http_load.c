/* SPDX-License-Identifier: MIT */
/*
 * Many keep-alive connections that ask for one path over and over, or just
 * stand there. Every answer has to be 200 with a Content-Length and all of its
 * body; a connection that ends before an answer is a failure.
 *
 *	http-load [-c CONNECTIONS] [-n REQUESTS] [-t SECONDS] [-H HOST]
 *		  [-s STATUS] [-i] PORT PATH
 *
 * Without -n and -t it goes on until SIGTERM. -i: send nothing, print "open"
 * when all connections stand, and hold them until SIGTERM. -s: the status that
 * is expected, 0 for any. The last line of output is "ok=N failed=N".
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct client {
	int fd;
	bool asked;		/* an answer is due */
	size_t sent;
	size_t have;		/* of a head that is not complete */
	long long left;		/* of the body, -1 while in the head */
	char head[4096];
};

static struct {
	int epoll;
	int n_clients;
	long requests;		/* -1: no limit */
	long seconds;
	int status;
	bool idle;
	char request[1024];
	size_t request_len;
	struct sockaddr_in to;

	long started;
	long ok;
	long failed;
	int open;
} load = { .n_clients = 16, .requests = -1, .status = 200 };

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "http-load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void complain(const char *what)
{
	/* The first few tell enough */
	if (load.failed++ < 10)
		fprintf(stderr, "http-load: %s\n", what);
}

static bool more_wanted(void)
{
	return !stopped && (load.requests < 0 || load.started < load.requests);
}

static void watch(struct client *c, int operation, unsigned int events)
{
	struct epoll_event event = { .events = events, .data.ptr = c };

	if (epoll_ctl(load.epoll, operation, c->fd, &event))
		die("epoll_ctl");
}

static void connect_client(struct client *c)
{
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		die("socket");
	if (connect(c->fd, (struct sockaddr *)&load.to, sizeof(load.to)))
		die("connect");
	if (fcntl(c->fd, F_SETFL, O_NONBLOCK))
		die("fcntl");
	c->asked = false;
	load.open++;
	watch(c, EPOLL_CTL_ADD, EPOLLIN);
}

static void close_client(struct client *c)
{
	close(c->fd);
	c->fd = -1;
	load.open--;
}

static void send_rest(struct client *c)
{
	while (c->sent < load.request_len) {
		ssize_t n = send(c->fd, load.request + c->sent,
				 load.request_len - c->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN) {
			watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
			return;
		}
		if (n < 0)
			return;		/* reading tells what became of it */
		c->sent += (size_t)n;
	}
}

static void ask(struct client *c)
{
	if (!more_wanted()) {
		close_client(c);
		return;
	}
	load.started++;
	c->asked = true;
	c->sent = 0;
	c->have = 0;
	c->left = -1;
	send_rest(c);
}

/* The connection is of no use any more; another takes its place */
static void lost(struct client *c, const char *why)
{
	if (c->asked)
		complain(why);
	close_client(c);
	if (!load.idle && more_wanted()) {
		connect_client(c);
		ask(c);
	}
}

static const char *field(const char *head, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line;
	     line = strstr(line, "\r\n")) {
		line += 2;
		if (!strncasecmp(line, name, len) && line[len] == ':')
			return line + len + 1;
	}
	return NULL;
}

/* A head is complete; false when it is not what it should be */
static bool read_head(struct client *c)
{
	const char *length = field(c->head, "content-length");
	char text[80];
	int status;

	if (sscanf(c->head, "HTTP/1.1 %d ", &status) != 1 ||
	    (load.status && status != load.status) || !length) {
		snprintf(text, sizeof(text), "unexpected answer: %.40s",
			 c->head);
		lost(c, text);
		return false;
	}
	c->left = strtoll(length, NULL, 10);
	return true;
}

/* Bytes of one answer; returns how many of them were used, 0: client lost */
static size_t take(struct client *c, const char *data, size_t len)
{
	size_t room = sizeof(c->head) - 1 - c->have;
	size_t n = len < room ? len : room;
	size_t before = c->have;
	char *end;

	if (c->left >= 0) {
		n = (long long)len < c->left ? len : (size_t)c->left;
		c->left -= (long long)n;
		return n;
	}
	memcpy(c->head + c->have, data, n);
	c->have += n;
	c->head[c->have] = '\0';
	end = strstr(c->head, "\r\n\r\n");
	if (!end) {
		if (n)
			return n;
		lost(c, "an endless head");
		return 0;
	}
	n = (size_t)(end + 4 - c->head) - before;
	end[2] = '\0';
	return read_head(c) ? n : 0;
}

static void receive(struct client *c)
{
	static char buffer[65536];
	ssize_t n = recv(c->fd, buffer, sizeof(buffer), 0);
	size_t at = 0;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0) {
		lost(c, strerror(errno));
		return;
	}
	if (!n || !c->asked) {
		lost(c, "the connection ended before the answer");
		return;
	}
	while (at < (size_t)n) {
		size_t used = take(c, buffer + at, (size_t)n - at);

		if (!used)
			return;
		at += used;
		if (c->left)
			continue;
		load.ok++;
		c->asked = false;
		if (at < (size_t)n) {
			complain("bytes behind the answer");
			lost(c, "");
		} else {
			ask(c);
		}
		return;
	}
}

static void run(struct client *clients)
{
	struct epoll_event events[256];
	time_t end = time(NULL) + load.seconds;

	for (int i = 0; i < load.n_clients; i++) {
		connect_client(&clients[i]);
		if (!load.idle)
			ask(&clients[i]);
	}
	if (load.idle) {
		puts("open");
		fflush(stdout);
	}
	while (load.open && !(load.idle && stopped)) {
		int n = epoll_wait(load.epoll, events, 256, 100);

		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		if (load.seconds && time(NULL) >= end)
			stopped = 1;
		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;

			if (events[i].events & EPOLLOUT) {
				watch(c, EPOLL_CTL_MOD, EPOLLIN);
				send_rest(c);
			}
			if (c->fd >= 0 && events[i].events & ~(unsigned)EPOLLOUT)
				receive(c);
		}
	}
}

static void parse(int argc, char **argv)
{
	const char *host = "localhost";
	int option;

	while ((option = getopt(argc, argv, "c:n:t:H:s:i")) > 0) {
		switch (option) {
		case 'c': load.n_clients = atoi(optarg); break;
		case 'n': load.requests = atol(optarg); break;
		case 't': load.seconds = atol(optarg); break;
		case 'H': host = optarg; break;
		case 's': load.status = atoi(optarg); break;
		case 'i': load.idle = true; break;
		default: exit(2);
		}
	}
	if (argc - optind != 2) {
		fputs("usage: http-load [options] PORT PATH\n", stderr);
		exit(2);
	}
	load.to.sin_family = AF_INET;
	load.to.sin_port = htons((uint16_t)atoi(argv[optind]));
	load.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	load.request_len = (size_t)snprintf(load.request, sizeof(load.request),
		"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", argv[optind + 1], host);
}

int main(int argc, char **argv)
{
	struct rlimit files;
	struct client *clients;

	parse(argc, argv);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	load.epoll = epoll_create1(EPOLL_CLOEXEC);
	clients = calloc((size_t)load.n_clients, sizeof(*clients));
	if (load.epoll < 0 || !clients)
		die("start");
	run(clients);
	printf("ok=%ld failed=%ld\n", load.ok, load.failed);
	return load.failed ? 1 : 0;
}
