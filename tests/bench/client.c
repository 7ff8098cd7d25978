/* SPDX-License-Identifier: MIT */
/*
 * A client that costs as little as a client can: it writes a request, reads the
 * answer, and looks at no more of it than where it ends. For counting in a
 * machine where one instruction takes one nanosecond (scripts/vm --icount).
 *
 *	bench-client [-c CONNECTIONS] [-p DEPTH] [-n REQUESTS] [-w REQUESTS]
 *		     [-u BYTES] [-i CONNECTIONS] [-o] [-b] [-s BYTES] [-l PERCENT]
 *		     PORT PATH
 *
 * -c: connections in use, each with one request under way or, with -p, DEPTH
 * pipelined ones. -u: POST with a body of this size. -i: more connections, which
 * stay silent. -o: a connection for each request. -b: the fields that a browser
 * sends. -s: no server: the process is both ends of one connection and answers
 * itself with so many bytes, so that half of the figure is what a client costs that
 * never waits. -l: on one connection, what so many of a hundred REQUESTS did not
 * exceed from the write to the end of the answer, in ns; nothing else.
 *
 * After the warm-up (-w) it makes REQUESTS and then twice as many: the
 * difference is what REQUESTS cost without a beginning or an end. The output is
 * a line of JSON with both times, how much of each the CPU was idle, and how
 * much was put on this process' account (softirqs that ran in it included).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "mark.h"

enum { BUFFER = 1 << 18 };

#define BROWSER_FIELDS							       \
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) "	       \
	"Gecko/20100101 Firefox/128.0\r\n"				       \
	"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n"	       \
	"Accept-Language: en-US,en;q=0.5\r\n"				       \
	"Accept-Encoding: gzip, deflate, br\r\n"			       \
	"Referer: http://127.0.0.1/where/it/came/from.html\r\n"	       \
	"Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"

/* Nanoseconds */
struct times {
	uint64_t clock;
	uint64_t idle;
	uint64_t own;
};

static struct {
	long connections;
	long depth;
	long requests;
	long warm_up;
	long upload;
	long idle;
	long self;
	long percent;
	bool once;
	bool browser;
	struct sockaddr_in to;
	int *fds;
	int other_end;		/* of fds[0] */
	long turn;		/* whose answer is read next */
	char *request;		/* DEPTH of them */
	size_t request_len;
	size_t head_len;	/* of the last answer */
	size_t body_len;
} run = { .connections = 1, .depth = 1, .requests = 1000, .warm_up = 100 };

static char buffer[BUFFER + 1];

static void die(const char *what)
{
	fprintf(stderr, "bench-client: %s\n", what);
	exit(1);
}

static void die_errno(const char *what)
{
	fprintf(stderr, "bench-client: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t read_clock(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* To the nanosecond, where /proc/stat has hundredths of a second. A server that waits
 * for a ring waits for I/O.
 */
static uint64_t read_idle(void)
{
	unsigned long long sum = 0, value;
	char line[256];
	FILE *f = fopen("/proc/timer_list", "r");

	if (!f)
		die_errno("/proc/timer_list");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " .idle_sleeptime : %llu", &value) == 1 ||
		    sscanf(line, " .iowait_sleeptime : %llu", &value) == 1)
			sum += value;
	}
	fclose(f);
	return sum;
}

static struct times read_times(void)
{
	struct times t = { .idle = read_idle() };

	t.own = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	t.clock = read_clock(CLOCK_MONOTONIC);
	return t;
}

static int open_connection(void)
{
	static const struct timeval limit = { .tv_sec = 20 };
	static const int on = 1;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die_errno("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&run.to, sizeof(run.to)))
		die_errno("connect");
	return fd;
}

static void send_request(int fd)
{
	size_t sent = 0;

	while (sent < run.request_len) {
		ssize_t n = write(fd, run.request + sent, run.request_len - sent);

		if (n < 0)
			die_errno("write");
		sent += (size_t)n;
	}
}

static size_t receive(int fd, size_t at)
{
	ssize_t n = read(fd, buffer + at, BUFFER - at);

	if (n < 0)
		die_errno("read");
	if (!n)
		die("the server closed the connection");
	buffer[at + (size_t)n] = 0;
	return (size_t)n;
}

static void measure_head(const char *from)
{
	const char *end = strstr(from, "\r\n\r\n");
	const char *length = strcasestr(from, "\r\nContent-Length:");

	if (strncmp(from, "HTTP/1.1 200", 12))
		die(from);
	if (!length || length > end)
		die("an answer without Content-Length");
	run.head_len = (size_t)(end + 4 - from);
	run.body_len = strtoul(length + 17, NULL, 10);
}

/* An answer has the length of the one before, but when Age gets another digit. */
static bool head_is_whole(const char *from, size_t len)
{
	if (len >= run.head_len && run.head_len &&
	    !memcmp(from + run.head_len - 4, "\r\n\r\n", 4) &&
	    !memcmp(from, "HTTP/1.1 200", 12))
		return true;
	if (!strstr(from, "\r\n\r\n"))
		return false;
	measure_head(from);
	return true;
}

static void read_answers(int fd, long count)
{
	size_t at = 0, have = 0, left;

	while (count) {
		if (have == at || !head_is_whole(buffer + at, have - at)) {
			memmove(buffer, buffer + at, have - at);
			have -= at;
			at = 0;
			have += receive(fd, have);
			continue;
		}
		left = run.head_len + run.body_len;
		while (have - at < left) {
			left -= have - at;
			at = 0;
			have = receive(fd, 0);
		}
		at += left;
		count--;
	}
	if (at != have)
		die("more bytes than were asked for");
}

static void ask_once(void)
{
	int fd = open_connection();

	send_request(fd);
	read_answers(fd, 1);
	if (read(fd, buffer, BUFFER))
		die("the server does not close the connection");
	close(fd);
}

static void ask_self(void)
{
	static char body[BUFFER];
	size_t sent = 0, received = 0;
	ssize_t n;

	send_request(run.fds[0]);
	if (read(run.other_end, buffer, BUFFER) != (ssize_t)run.request_len)
		die("a request in pieces");
	while (received < (size_t)run.self) {
		n = send(run.other_end, body, (size_t)run.self - sent, MSG_DONTWAIT);
		sent += n > 0 ? (size_t)n : 0;
		received += receive(run.fds[0], 0);
	}
}

/* All connections have something under way, before and after. */
static void ask_next(void)
{
	int fd = run.fds[run.turn];

	run.turn = (run.turn + 1) % run.connections;
	read_answers(fd, run.depth);
	send_request(fd);
}

static void make_requests(long count)
{
	for (; count > 0; count -= run.depth) {
		if (run.self)
			ask_self();
		else if (run.once)
			ask_once();
		else
			ask_next();
	}
}

static struct times measure(long count)
{
	struct times begin = read_times(), end;

	/* Counted from outside, if at all: the last count is what remains */
	bench_mark_begin();
	make_requests(count);
	bench_mark_end();
	end.clock = read_clock(CLOCK_MONOTONIC);
	end.own = read_clock(CLOCK_PROCESS_CPUTIME_ID);
	end.idle = read_idle();
	return (struct times){ end.clock - begin.clock, end.idle - begin.idle,
			       end.own - begin.own };
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *one = a, *two = b;

	return (*one > *two) - (*one < *two);
}

/* That many of a hundred took no longer */
static uint64_t latency(long count)
{
	uint64_t *took = calloc((size_t)count, sizeof(*took)), found;
	long i;

	if (!took)
		die("no memory");
	read_answers(run.fds[0], 1);
	for (i = 0; i < count; i++) {
		uint64_t begin = read_clock(CLOCK_MONOTONIC);

		send_request(run.fds[0]);
		read_answers(run.fds[0], 1);
		took[i] = read_clock(CLOCK_MONOTONIC) - begin;
	}
	qsort(took, (size_t)count, sizeof(*took), by_size);
	found = took[(count * run.percent + 99) / 100 - 1];
	free(took);
	return found;
}

static void make_request_text(const char *path)
{
	char head[1024];
	size_t head_len, each;
	long i;

	snprintf(head, sizeof(head), "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s",
		 run.upload ? "POST" : "GET", path, ntohs(run.to.sin_port),
		 run.once ? "Connection: close\r\n" : "",
		 run.browser ? BROWSER_FIELDS : "");
	head_len = strlen(head);
	if (run.upload)
		snprintf(head + head_len, sizeof(head) - head_len,
			 "Content-Length: %ld\r\n", run.upload);
	strcat(head, "\r\n");
	head_len = strlen(head);
	each = head_len + (size_t)run.upload;
	run.request_len = each * (size_t)run.depth;
	run.request = malloc(run.request_len);
	if (!run.request)
		die("no memory");
	memset(run.request, 'x', run.request_len);
	for (i = 0; i < run.depth; i++)
		memcpy(run.request + (size_t)i * each, head, head_len);
}

static void allow_files(void)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static void open_both_ends(void)
{
	socklen_t len = sizeof(run.to);
	static const int on = 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&run.to, len) || listen(listener, 1))
		die_errno("bind");
	run.fds[0] = open_connection();
	run.other_end = accept(listener, NULL, NULL);
	if (run.other_end < 0)
		die_errno("accept");
}

static void open_connections(void)
{
	long i;

	allow_files();
	for (i = 0; i < run.idle; i++)
		open_connection();
	if (run.once)
		return;
	run.fds = calloc((size_t)run.connections, sizeof(*run.fds));
	if (!run.fds)
		die("no memory");
	if (run.self) {
		open_both_ends();
		return;
	}
	for (i = 0; i < run.connections; i++) {
		run.fds[i] = open_connection();
		send_request(run.fds[i]);
	}
}

static void parse_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "c:p:n:w:u:i:obs:l:")) != -1) {
		long number = option != 'o' && option != 'b' && optarg ? atol(optarg) : 0;

		switch (option) {
		case 'c': run.connections = number; break;
		case 'p': run.depth = number; break;
		case 'n': run.requests = number; break;
		case 'w': run.warm_up = number; break;
		case 'u': run.upload = number; break;
		case 'i': run.idle = number; break;
		case 's': run.self = number; break;
		case 'l': run.percent = number; break;
		case 'o': run.once = true; break;
		case 'b': run.browser = true; break;
		default: exit(2);
		}
	}
	if (argc - optind != 2 || run.connections < 1 || run.depth < 1 ||
	    run.self > BUFFER || run.percent < 0 || run.percent > 100)
		die("usage: bench-client [options] PORT PATH");
	run.to.sin_family = AF_INET;
	run.to.sin_port = htons((uint16_t)atoi(argv[optind]));
	run.to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

int main(int argc, char **argv)
{
	struct times one, two;

	parse_options(argc, argv);
	make_request_text(argv[optind + 1]);
	open_connections();
	make_requests(run.warm_up);
	if (run.percent) {
		printf("{\"requests\": %ld, \"latency\": %ju}\n", run.requests,
		       (uintmax_t)latency(run.requests));
		return 0;
	}
	one = measure(run.requests);
	two = measure(2 * run.requests);
	printf("{\"requests\": %ld, \"clock\": [%ju, %ju], \"idle\": [%ju, %ju], "
	       "\"own\": [%ju, %ju], \"head\": %zu, \"body\": %zu}\n",
	       run.requests, one.clock, two.clock, one.idle, two.idle,
	       one.own, two.own, run.head_len, run.body_len);
	return 0;
}
