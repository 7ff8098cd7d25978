/* SPDX-License-Identifier: MIT */
/*
 * Requests of every command of the netlink family, half of them spoiled.
 *
 *	fuzz-netlink [--seed N] [--seconds N]
 *
 * Sent by processes of two threads each: one with all rights, one with none,
 * one in a network namespace of its own, one in a user namespace of its own.
 * Their sockets have small buffers, are shared, closed in the middle of a dump
 * and not read. Every moment a process is killed and followed by another. Must
 * be run by root. Uses queues f0 to f3 and the ports 8000 to 8003, and leaves
 * what it has made.
 *
 * Status 0: every command was accepted at least once.
 */
#include "netlink.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/khttp.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct options options;
static uint16_t family;
static int shared = -1;		/* socket of both threads of a process */

enum { PRIVILEGED, POWERLESS, OWN_NETWORK, OWN_USERS, N_CHILDREN };

static struct {
	pid_t pid;
	unsigned int generation;
} children[N_CHILDREN];

struct thread {
	struct rng rng;
	int socket;
	struct message message;
};

static int open_socket(void)
{
	struct sockaddr_nl any = { .nl_family = AF_NETLINK };
	int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	need("a netlink socket", s >= 0 && !bind(s, (void *)&any, sizeof(any)));
	return s;
}

static int odd_socket(struct rng *r)
{
	static const int options_known[] = {
		NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK,
		NETLINK_NO_ENOBUFS, NETLINK_PKTINFO,
	};
	int s = open_socket(), on = 1, small = 2048, group = (int)below(r, 40);

	for (size_t i = 0; i < COUNT(options_known); i++)
		if (once_in(r, 2))
			setsockopt(s, SOL_NETLINK, options_known[i], &on, sizeof(on));
	if (once_in(r, 4))
		setsockopt(s, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	/* One of these numbers is that of the events */
	if (once_in(r, 4))
		setsockopt(s, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			   sizeof(group));
	return s;
}

uint16_t family_number(void)
{
	struct {
		struct nlmsghdr h;
		struct genlmsghdr g;
		struct nlattr a;
		char name[8];
	} ask = {
		.h = { sizeof(ask), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 },
		.g = { CTRL_CMD_GETFAMILY, 2, 0 },
		.a = { NLA_HDRLEN + sizeof(KHTTP_GENL_NAME), CTRL_ATTR_FAMILY_NAME },
		.name = KHTTP_GENL_NAME,
	};
	unsigned char answer[4096];
	uint16_t number = 0;
	int s = open_socket();
	ssize_t n = -1;

	if (send(s, &ask, sizeof(ask), 0) == sizeof(ask))
		n = recv(s, answer, sizeof(answer), 0);
	for (ssize_t at = NLMSG_HDRLEN + GENL_HDRLEN; at + NLA_HDRLEN <= n;) {
		struct nlattr *a = (struct nlattr *)(answer + at);

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&number, a + 1, sizeof(number));
		at += NLA_ALIGN(a->nla_len);
		if (!a->nla_len)
			break;
	}
	close(s);
	return number;
}

/* What was accepted: an acknowledgement without an error, the end of a dump */
static void note_answers(const unsigned char *bytes, ssize_t n)
{
	while (n >= NLMSG_HDRLEN) {
		const struct nlmsghdr *h = (const struct nlmsghdr *)bytes;
		const int *error = (const int *)(h + 1);
		unsigned int index = h->nlmsg_seq & 0xff;
		ssize_t size = NLMSG_ALIGN(h->nlmsg_len);

		if (h->nlmsg_len < NLMSG_HDRLEN + sizeof(*error) || size > n)
			return;
		if (h->nlmsg_seq && index < skeleton_count() &&
		    (h->nlmsg_type == NLMSG_ERROR || h->nlmsg_type == NLMSG_DONE))
			count(index, skeleton_name(index), !*error);
		bytes += size;
		n -= size;
	}
}

static void receive_some(struct thread *t, int s)
{
	static _Thread_local unsigned char bytes[65536];
	size_t room = once_in(&t->rng, 10) ? below(&t->rng, 200) : sizeof(bytes);

	/* Mostly to the end: a socket has one dump at a time */
	for (unsigned int n = once_in(&t->rng, 8) ? below(&t->rng, 3) : 1000; n; n--) {
		ssize_t got = recv(s, bytes, room, MSG_DONTWAIT);

		if (got < 0 && errno != ENOBUFS)
			return;
		note_answers(bytes, got);
	}
}

static void one_datagram(struct thread *t)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct rng *r = &t->rng;
	int s = once_in(r, 3) ? shared : t->socket;
	unsigned int n = once_in(r, 6) ? 1 + below(r, 8) : 1;

	t->message.size = 0;
	while (n--)
		add_message(&t->message, r, family);
	if (once_in(r, 60))
		t->message.size -= below(r, (uint32_t)t->message.size);
	sendto(s, t->message.bytes, t->message.size, MSG_DONTWAIT,
	       (void *)&kernel, sizeof(kernel));
	receive_some(t, s);
	if (once_in(r, 50)) {
		close(t->socket);
		t->socket = odd_socket(r);
	}
}

static void *thread(void *argument)
{
	struct thread *t = argument;

	t->socket = odd_socket(&t->rng);
	while (family)
		one_datagram(t);
	return NULL;
}

static void take_place(unsigned int child)
{
	switch (child) {
	case POWERLESS:
		become_nobody();
		break;
	case OWN_NETWORK:
		need("a network namespace", !unshare(CLONE_NEWNET));
		break;
	case OWN_USERS:
		need("a user namespace", !unshare(CLONE_NEWUSER | CLONE_NEWNET));
		break;
	}
}

static void child(unsigned int i)
{
	static struct thread threads[2];
	pthread_t other;

	take_place(i);
	/* Behind the change of user, which takes it back */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int n = 0; n < COUNT(threads); n++)
		threads[n].rng = rng_of(options.seed, i, children[i].generation, n);
	shared = odd_socket(&threads[0].rng);
	need("thread", !pthread_create(&other, NULL, thread, &threads[1]));
	thread(&threads[0]);
}

static void start(unsigned int i)
{
	pid_t pid = fork();

	need("fork", pid >= 0);
	if (!pid)
		child(i);
	children[i].pid = pid;
	children[i].generation++;
}

/* The rarest message must have passed once, which on a slow host takes longer */
static bool hunt(void)
{
	struct rng r = rng_of(options.seed, 200, 0, 0);
	long end = milliseconds() + options.seconds * 1000L;
	long last = end + 120000;

	while (milliseconds() < end || (!counters_all_good() && milliseconds() < last)) {
		unsigned int i = below(&r, N_CHILDREN);

		pause_us(1000 * (100 + below(&r, 400)));
		/* None of them ends by itself */
		if (waitpid(children[i].pid, NULL, WNOHANG))
			return false;
		if (!kill_child(children[i].pid))
			return false;
		start(i);
	}
	return true;
}

int main(int argc, char **argv)
{
	bool good;

	if (read_options(&options, argc, argv))
		return 2;
	family = family_number();
	need("the family", family);
	counters_share();
	for (unsigned int i = 0; i < N_CHILDREN; i++)
		start(i);
	good = hunt();
	for (unsigned int i = 0; i < N_CHILDREN; i++)
		good &= kill_child(children[i].pid);
	return good && !counters_print() ? 0 : 1;
}
