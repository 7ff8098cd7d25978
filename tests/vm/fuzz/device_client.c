/* SPDX-License-Identifier: MIT */
/* Requests, so that there is something in hand; and all the ways to leave. */
#include "device.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_CLIENTS 3

static int to_port;

static int connect_to(struct rng *r)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)to_port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int small = 4096;

	if (once_in(r, 4))
		setsockopt(s, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (connect(s, (void *)&to, sizeof(to))) {
		close(s);
		return -1;
	}
	return s;
}

static void put(int s, const char *text, size_t n)
{
	/* Who has hung up already is none of this end's business */
	if (send(s, text, n, MSG_NOSIGNAL) < 0)
		return;
}

static void send_body(struct rng *r, int s, bool chunked)
{
	static const char bytes[20000];
	char line[32];

	for (unsigned int n = below(r, 6); n; n--) {
		size_t size = 1 + below(r, sizeof(bytes) - 1);

		if (chunked)
			put(s, line, (size_t)snprintf(line, sizeof(line), "%zx\r\n", size));
		put(s, bytes, size);
		if (chunked)
			put(s, "\r\n", 2);
		if (once_in(r, 3))
			pause_us(below(r, 3000));
	}
	if (chunked && !once_in(r, 6))
		put(s, "0\r\nx-t: 1\r\n\r\n", once_in(r, 4) ? 5 : 13);
}

static void send_request(struct rng *r, int s)
{
	static const char *const methods[] = {
		"GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "X",
	};
	const char *method = methods[below(r, COUNT(methods))];
	bool chunked = once_in(r, 4), body = chunked || once_in(r, 4);
	char head[512];
	int n = snprintf(head, sizeof(head), "%s /%u?%u HTTP/1.%d\r\nHost: a\r\n",
			 method, below(r, 4), below(r, 100), !once_in(r, 8));

	if (chunked)
		n += snprintf(head + n, sizeof(head) - (size_t)n,
			      "Transfer-Encoding: chunked\r\n");
	else if (body)
		n += snprintf(head + n, sizeof(head) - (size_t)n,
			      "Content-Length: %u\r\n", below(r, 60000));
	if (body && once_in(r, 3))
		n += snprintf(head + n, sizeof(head) - (size_t)n,
			      "Expect: 100-continue\r\n");
	if (once_in(r, 3))
		n += snprintf(head + n, sizeof(head) - (size_t)n,
			      "Connection: upgrade\r\nUpgrade: x, raw\r\n");
	n += snprintf(head + n, sizeof(head) - (size_t)n, "\r\n");
	if (once_in(r, 20))
		mutate(r, head, (size_t)n);
	put(s, head, (size_t)n);
	if (body)
		send_body(r, s, chunked);
}

/* As long as something comes, but nobody is waited for */
static bool listen_for_answers(struct rng *r, int s)
{
	struct pollfd p = { .fd = s, .events = POLLIN };
	char bytes[16384];
	bool some = false;

	for (unsigned int n = below(r, 30); n; n--) {
		if (poll(&p, 1, (int)below(r, 60)) == 1 &&
		    recv(s, bytes, 1 + below(r, sizeof(bytes) - 1), 0) <= 0)
			break;
		some |= p.revents & POLLIN;
	}
	return some;
}

static void one_connection(struct rng *r)
{
	struct linger now = { .l_onoff = 1 };
	int s = connect_to(r);

	if (s < 0) {
		pause_us(1000);
		return;
	}
	for (unsigned int n = 1 + below(r, 4); n; n--)
		send_request(r, s);
	if (once_in(r, 4))
		shutdown(s, SHUT_WR);
	count(DID_CLIENT, "an answer to a client", listen_for_answers(r, s));
	if (once_in(r, 3))
		setsockopt(s, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(s);
}

static void *client(void *rng)
{
	while (to_port)
		one_connection(rng);
	return NULL;
}

void clients(int port, uint64_t seed)
{
	static struct rng rngs[N_CLIENTS];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	to_port = port;
	for (unsigned int i = 0; i < N_CLIENTS; i++) {
		pthread_t thread;

		rngs[i] = rng_of(seed, 100 + i, 0, 0);
		need("thread", !pthread_create(&thread, NULL, client, &rngs[i]));
	}
	for (;;)
		pause();
}
