/* SPDX-License-Identifier: MIT */
/*
 * A client that opens connections as fast as it can.
 *
 *	storm [-h CONNECTIONS] [-n COUNT] PORT [PATH]
 *
 * Without -n it goes on until SIGTERM and holds the last CONNECTIONS of them, each
 * with a request for PATH under way if there is one; it prints "full" when so many
 * were opened for the first time. With -n it opens COUNT, one after another, asks
 * each for PATH, and waits for what comes.
 *
 * The last line of output is "opened=N served=N told=N refused=N ns=N": how many
 * were opened, and of those that are over were answered 200, were answered something
 * else, and were ended without a word; and what one of them took.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct {
	struct sockaddr_in to;
	char request[1024];
	size_t len;
	long hold;
	long count;		/* -1: until SIGTERM */
	long opened;
	long served;
	long told;
	long refused;
} storm = { .hold = 100, .count = -1 };

static volatile sig_atomic_t stopped;

static void on_signal(int signal)
{
	(void)signal;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int start(void)
{
	static const struct timeval limit = { .tv_sec = 30 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	/* Who was refused meanwhile finds out when it listens */
	if (connect(fd, (struct sockaddr *)&storm.to, sizeof(storm.to)) && errno != ECONNRESET)
		die("connect");
	storm.opened++;
	if (storm.len && send(fd, storm.request, storm.len, MSG_NOSIGNAL) < 0 &&
	    errno != EPIPE && errno != ECONNRESET)
		die("send");
	return fd;
}

/* With a reset: thousands in TIME_WAIT would use up the ports */
static void end(int fd, int flags)
{
	static const struct linger at_once = { .l_onoff = 1 };
	char buffer[4096];
	ssize_t n = recv(fd, buffer, sizeof(buffer), flags);

	if (n < 0 && errno == EAGAIN && !flags)
		die("no answer");
	if (n > 12)
		*(memcmp(buffer + 9, "200", 3) ? &storm.told : &storm.served) += 1;
	else if (n == 0 || (n < 0 && errno != EAGAIN))
		storm.refused++;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
}

static void one_by_one(void)
{
	while (storm.opened < storm.count && !stopped)
		end(start(), 0);
}

static void crowd(void)
{
	int *fds = calloc((size_t)storm.hold, sizeof(*fds));
	long i;

	if (!fds)
		die("memory");
	for (i = 0; !stopped; i++) {
		int *fd = &fds[i % storm.hold];

		if (i >= storm.hold)
			end(*fd, MSG_DONTWAIT);
		*fd = start();
		if (i + 1 == storm.hold) {
			puts("full");
			fflush(stdout);
		}
	}
	while (i-- > storm.opened - storm.hold && i >= 0)
		end(fds[i % storm.hold], MSG_DONTWAIT);
}

static unsigned long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000000000 + (unsigned long long)now.tv_nsec;
}

static void parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "h:n:")) > 0) {
		if (option == 'h')
			storm.hold = atol(optarg);
		else if (option == 'n')
			storm.count = atol(optarg);
		else
			exit(2);
	}
	if (argc - optind < 1 || argc - optind > 2 || storm.hold < 1 || !storm.count) {
		fputs("usage: storm [-h CONNECTIONS] [-n COUNT] PORT [PATH]\n", stderr);
		exit(2);
	}
	storm.to.sin_family = AF_INET;
	storm.to.sin_port = htons((uint16_t)atoi(argv[optind]));
	storm.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (argv[optind + 1])
		storm.len = (size_t)snprintf(storm.request, sizeof(storm.request),
					     "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
					     argv[optind + 1]);
}

int main(int argc, char **argv)
{
	unsigned long long begun;
	struct rlimit files;

	parse(argc, argv);
	signal(SIGTERM, on_signal);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	begun = now_ns();
	if (storm.count > 0)
		one_by_one();
	else
		crowd();
	printf("opened=%ld served=%ld told=%ld refused=%ld ns=%llu\n", storm.opened, storm.served,
	       storm.told, storm.refused, (now_ns() - begun) / (unsigned long long)storm.opened);
	return 0;
}
