/* SPDX-License-Identifier: MIT */
/*
 * Clients that are slow on purpose, as many as the machine has room for.
 *
 *	slow-load [-p MILLISECONDS] header|body|read CONNECTIONS PORT PATH
 *
 * header: half a head, and then a field now and then. body: a head that announces
 * more than will ever come, and then a byte now and then. read: a request whose
 * answer is taken a few bytes at a time, through a window of a few KiB. -p: the
 * time between two such signs of life of one connection; default ten seconds.
 *
 * Prints "open" when all stand, then goes on until SIGTERM or until none is left.
 * The last line of output is "alive=N told=N cut=N": how many still stand, how
 * many the server ended with an answer, and how many without a word.
 */
#include <arpa/inet.h>
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

enum {
	TICK_MS = 20,
	READ_BYTES = 64,
	WINDOW = 4096,
};

struct mode {
	const char *name;
	const char *begin;	/* for PATH */
	const char *more;	/* of the request, or NULL: read instead */
};

static const struct mode modes[] = {
	{ "header", "GET %s HTTP/1.1\r\nHost: localhost\r\n", "X: y\r\n" },
	{ "body", "POST %s HTTP/1.1\r\nHost: localhost\r\n"
		  "Content-Length: 10000000\r\n\r\n", "x" },
	{ "read", "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", NULL },
};

static struct {
	const struct mode *mode;
	int *fds;		/* -1: ended */
	int n;
	int alive;
	int told;
	int cut;
	long period_ms;
	int epoll;
	char begin[1024];
	struct sockaddr_in to;
} slow = { .period_ms = 10000 };

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "slow-load: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void end(int i, bool told)
{
	close(slow.fds[i]);
	slow.fds[i] = -1;
	slow.alive--;
	if (told)
		slow.told++;
	else
		slow.cut++;
}

/* Something is there to read that nobody asked for, or the end is */
static void hear(int i)
{
	char buffer[4096];
	ssize_t n = recv(slow.fds[i], buffer, sizeof(buffer), MSG_DONTWAIT);

	if (n > 0)
		end(i, !strncmp(buffer, "HTTP/1.1 4", 10) ||
		       !strncmp(buffer, "HTTP/1.1 5", 10));
	else if (!n || errno != EAGAIN)
		end(i, false);
}

static void start(int i)
{
	static const int window = WINDOW;
	struct epoll_event event = { .data.u32 = (unsigned int)i };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	/* Before the connection: it decides about the scale of the window */
	if (!slow.mode->more &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window)))
		die("SO_RCVBUF");
	if (connect(fd, (struct sockaddr *)&slow.to, sizeof(slow.to)))
		die("connect");
	if (send(fd, slow.begin, strlen(slow.begin), MSG_NOSIGNAL) < 0)
		die("send");
	/* Who reads slowly does not want to be told that there is something */
	event.events = slow.mode->more ? EPOLLIN : 0;
	if (epoll_ctl(slow.epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
	slow.fds[i] = fd;
	slow.alive++;
}

static void sign_of_life(int i)
{
	const char *more = slow.mode->more;
	char buffer[READ_BYTES];
	ssize_t n;

	if (slow.fds[i] < 0)
		return;
	n = more ? send(slow.fds[i], more, strlen(more), MSG_NOSIGNAL | MSG_DONTWAIT) :
		   recv(slow.fds[i], buffer, sizeof(buffer), MSG_DONTWAIT);
	if ((n < 0 && errno != EAGAIN) || (!n && !more))
		end(i, false);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void go_on(void)
{
	struct epoll_event events[256];
	long begin = now_ms();
	long done = 0;		/* signs of life given */

	while (slow.alive && !stopped) {
		int n = epoll_wait(slow.epoll, events, 256, TICK_MS);
		long due = (now_ms() - begin) * slow.n / slow.period_ms;

		if (n < 0 && errno != EINTR)
			die("epoll_wait");
		for (int i = 0; i < n; i++) {
			int which = (int)events[i].data.u32;

			if (slow.fds[which] < 0)
				continue;
			if (slow.mode->more)
				hear(which);
			else
				end(which, false);
		}
		while (done < due)
			sign_of_life((int)(done++ % slow.n));
	}
}

static void parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "p:")) > 0) {
		if (option != 'p')
			exit(2);
		slow.period_ms = atol(optarg);
	}
	for (size_t i = 0; argc - optind == 4 && i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(argv[optind], modes[i].name))
			slow.mode = &modes[i];
	if (!slow.mode || slow.period_ms <= 0) {
		fputs("usage: slow-load [-p MS] header|body|read CONNECTIONS PORT PATH\n", stderr);
		exit(2);
	}
	slow.n = atoi(argv[optind + 1]);
	slow.to.sin_family = AF_INET;
	slow.to.sin_port = htons((uint16_t)atoi(argv[optind + 2]));
	slow.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	snprintf(slow.begin, sizeof(slow.begin), slow.mode->begin, argv[optind + 3]);
}

int main(int argc, char **argv)
{
	struct rlimit files;

	parse(argc, argv);
	signal(SIGTERM, on_signal);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	slow.epoll = epoll_create1(EPOLL_CLOEXEC);
	slow.fds = calloc((size_t)slow.n, sizeof(*slow.fds));
	if (slow.epoll < 0 || !slow.fds)
		die("start");
	for (int i = 0; i < slow.n; i++)
		start(i);
	puts("open");
	fflush(stdout);
	go_on();
	printf("alive=%d told=%d cut=%d\n", slow.alive, slow.told, slow.cut);
	return 0;
}
