/* SPDX-License-Identifier: MIT */
/*
 * A client: one connection, one request, and a judgement of what came back.
 * The path of a request is its seed, and so is the answer's body; an answer
 * that belongs to another request is wrong.
 */
#include "races.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROOM 262144
#define BODY 6000

void client_ask(struct client *c, const struct plan *plan, bool put)
{
	static unsigned int seed;
	size_t i;

	*c = (struct client){ .fd = -1, .seed = ++seed, .reads = true };
	c->length = plan->pieces * plan->piece;
	c->small = plan->state >= SENDING;
	c->text_len = (size_t)snprintf(c->text, sizeof(c->text),
		"%s /%u HTTP/1.1\r\nHost: races\r\n",
		plan->state != READING ? "GET" : put ? "PUT" : "POST", c->seed);
	if (plan->state == READING)
		c->text_len += (size_t)sprintf(c->text + c->text_len,
					       "Content-Length: %d\r\n", BODY);
	c->text_len += (size_t)sprintf(c->text + c->text_len, "\r\n");
	for (i = 0; plan->state == READING && i < BODY; i++)
		c->text[c->text_len++] = (char)byte_of(c->seed, i);
}

void client_connect(struct client *c, const struct site *s)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
		.sin_addr = s->host,
	};
	struct timeval limit = { .tv_sec = PATIENCE_MS / 1000 };
	int small = 4096, mss = 1000;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->small) {
		/* The other side takes in little as well when segments are small */
		setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
		setsockopt(c->fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof(mss));
	}
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(c->fd, (void *)&to, sizeof(to)))
		fail("connect: %s", strerror(errno));
}

static void send_to(struct client *c, size_t end)
{
	while (c->sent < end) {
		ssize_t n = send(c->fd, c->text + c->sent, end - c->sent,
				 MSG_NOSIGNAL);

		/* The answer, or its absence, tells what became of it */
		if (n < 0)
			return;
		c->sent += (size_t)n;
	}
}

void client_send(struct client *c, size_t n)
{
	uint64_t end = now_ns() + PATIENCE_MS * MS;
	int unsent = 1;

	send_to(c, n);
	while (!ioctl(c->fd, SIOCOUTQ, &unsent) && unsent) {
		if (now_ns() > end)
			fail("the kernel does not take %zu bytes", n);
		sleep_until(now_ns() + MS / 4);
	}
}

void client_readable(struct client *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail("no byte of an answer comes");
}

/* ---- the answer ---- */

struct answer {
	const char *head_end;	/* NULL: it is not complete */
	unsigned int status;
	size_t length;
	bool chunked;
};

static void parse_head(const struct client *c, struct answer *a)
{
	const char *end = memmem(c->got, c->n, "\r\n\r\n", 4), *field;

	*a = (struct answer){ 0 };
	if (!end || c->n < 12)
		return;
	a->head_end = end + 4;
	a->status = (unsigned int)atoi(c->got + 9);
	field = memmem(c->got, (size_t)(end - c->got), "Content-Length: ", 16);
	if (field)
		a->length = (size_t)atol(field + 16);
	a->chunked = memmem(c->got, (size_t)(end - c->got),
			    "Transfer-Encoding: chunked", 26);
}

/* Is this a part of the right body, from @at on? */
static void compare(const struct client *c, const char *bytes, size_t n,
		    size_t at)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)bytes[i] != byte_of(c->seed, at + i))
			fail("the body is wrong from byte %zu on", at + i);
	if (at + n > c->length)
		fail("%zu bytes of body, not %zu", at + n, c->length);
}

/* Bytes of body in what came; *@whole: it is complete, and nothing follows */
static size_t walk_chunks(const struct client *c, const char *at, bool *whole)
{
	const char *end = c->got + c->n;
	size_t total = 0;

	while (at < end) {
		const char *line_end = memmem(at, (size_t)(end - at), "\r\n", 2);
		size_t size, here;

		if (!line_end)
			return total;
		size = strtoul(at, NULL, 16);
		at = line_end + 2;
		here = size < (size_t)(end - at) ? size : (size_t)(end - at);
		compare(c, at, here, total);
		total += here;
		at += here;
		if (here < size || end - at < 2)
			return total;
		if (memcmp(at, "\r\n", 2))
			fail("a chunk does not end where it should");
		at += 2;
		if (size)
			continue;
		*whole = true;
		if (at != end)
			fail("%zd bytes after the answer", (ssize_t)(end - at));
	}
	return total;
}

static unsigned int outcome_of(unsigned int status)
{
	switch (status) {
	case 200: return OK;
	case 404: return NOT_FOUND;
	case 408: return TIMEOUT;
	case 502: return BAD_GATEWAY;
	case 503: return UNAVAILABLE;
	default: fail("status %u", status);
	}
}

/* 0: there is more to come. Looks at the bytes when that is decided */
static unsigned int judge(const struct client *c, bool ended)
{
	bool whole = false;
	struct answer a;
	size_t have, total;

	parse_head(c, &a);
	if (!a.head_end)
		return ended ? CUT : 0;
	have = c->n - (size_t)(a.head_end - c->got);
	if (a.chunked && !ended && memcmp(c->got + c->n - 5, "0\r\n\r\n", 5))
		return 0;
	if (!a.chunked && !ended && have < a.length)
		return 0;
	if (a.status != 200) {
		if (have > a.length)
			fail("%zu bytes after the answer", have - a.length);
		return have < a.length ? CUT : outcome_of(a.status);
	}
	if (a.chunked) {
		total = walk_chunks(c, a.head_end, &whole);
	} else {
		total = have;
		compare(c, a.head_end, have, 0);
		whole = have == a.length;
	}
	if (whole && total != c->length)
		fail("an answer of %zu bytes, not %zu", total, c->length);
	return whole ? OK : ended ? CUT : 0;
}

static void receive(struct client *c)
{
	while (!c->outcome) {
		ssize_t n;

		if (c->n == ROOM)
			fail("an endless answer");
		n = recv(c->fd, c->got + c->n, ROOM - c->n, 0);
		if (n < 0 && errno == EAGAIN)
			fail("the client waits for %d ms, after %zu bytes",
			     PATIENCE_MS, c->n);
		if (n > 0)
			c->n += (size_t)n;
		c->outcome = judge(c, n <= 0);
	}
}

static void *run(void *arg)
{
	struct client *c = arg;

	sleep_until(c->at);
	send_to(c, c->text_len);
	if (c->reads)
		receive(c);
	tell(&c->done, 1);
	return NULL;
}

void client_start(struct client *c)
{
	c->got = malloc(ROOM);
	if (!c->got || pthread_create(&c->thread, NULL, run, c))
		fail("no memory for a client");
}

unsigned int client_join(struct client *c)
{
	pthread_join(c->thread, NULL);
	free(c->got);
	c->got = NULL;
	return c->outcome;
}

void client_close(struct client *c, bool reset)
{
	struct linger now = { .l_onoff = 1 };

	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(c->fd);
	c->fd = -1;
}
