/* SPDX-License-Identifier: MIT */
/* Messages of netlink, and khttp's commands in them. */
#include "races.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUEUE "races"
#define PREFIX "http://+:8080/"

static uint16_t family;

void message_begin(struct message *m, uint16_t type, uint16_t flags,
		   const void *header, size_t len)
{
	struct nlmsghdr *h = (void *)m->bytes;

	memset(m, 0, sizeof(*m));
	h->nlmsg_type = type;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	memcpy(m->bytes + NLMSG_HDRLEN, header, len);
	m->len = NLMSG_HDRLEN + NLMSG_ALIGN(len);
}

void message_put(struct message *m, unsigned int type, const void *data,
		 size_t len)
{
	struct nlattr *a = (void *)(m->bytes + m->len);

	if (m->len + NLA_HDRLEN + NLA_ALIGN(len) > sizeof(m->bytes))
		fail("a message is too long");
	a->nla_type = (uint16_t)type;
	a->nla_len = (uint16_t)(NLA_HDRLEN + len);
	if (len)
		memcpy(a + 1, data, len);
	m->len += NLA_HDRLEN + NLA_ALIGN(len);
}

void message_text(struct message *m, unsigned int type, const char *text)
{
	message_put(m, type, text, strlen(text) + 1);
}

size_t message_nest(struct message *m, unsigned int type)
{
	size_t nest = m->len;

	message_put(m, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void message_end(struct message *m, size_t nest)
{
	struct nlattr *a = (void *)(m->bytes + nest);

	a->nla_len = (uint16_t)(m->len - nest);
}

int netlink_open(int protocol)
{
	struct timeval limit = { .tv_sec = PATIENCE_MS / 1000 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		fail("a netlink socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

int netlink_call(int fd, struct message *m, size_t header, answer_fn *each,
		 void *arg)
{
	static char buf[32768] __attribute__((aligned(8)));
	struct nlmsghdr *h = (void *)m->bytes;
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(header);

	h->nlmsg_len = (uint32_t)m->len;
	if (send(fd, m->bytes, m->len, 0) < 0)
		fail("send to netlink: %s", strerror(errno));
	for (;;) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);
		size_t left = (size_t)n;

		if (n < 0)
			fail("netlink does not answer: %s", strerror(errno));
		for (h = (void *)buf; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
			/* Both begin with an error number */
			if (h->nlmsg_type == NLMSG_ERROR ||
			    h->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(h);
			if (each)
				each((char *)h + skip, h->nlmsg_len - skip, arg);
		}
	}
}

static uint64_t attribute(const char *attrs, size_t len, unsigned int type)
{
	while (len >= NLA_HDRLEN) {
		const struct nlattr *a = (const void *)attrs;
		uint64_t value = 0;
		size_t step = NLA_ALIGN((size_t)a->nla_len);

		if ((a->nla_type & NLA_TYPE_MASK) == type) {
			memcpy(&value, a + 1, a->nla_len - (size_t)NLA_HDRLEN);
			return value;
		}
		if (step > len)
			break;
		attrs += step;
		len -= step;
	}
	return 0;
}

/* ---- khttp's family ---- */

static void begin(struct message *m, uint8_t command, uint16_t flags)
{
	struct genlmsghdr g = { .cmd = command, .version = KHTTP_GENL_VERSION };

	message_begin(m, family, flags, &g, sizeof(g));
}

static int call(struct site *s, struct message *m, answer_fn *each, void *arg)
{
	return netlink_call(s->control, m, GENL_HDRLEN, each, arg);
}

static void note_family(const char *attrs, size_t len, void *arg)
{
	(void)arg;
	family = (uint16_t)attribute(attrs, len, CTRL_ATTR_FAMILY_ID);
}

/* The number is another one after the module was inserted anew */
void control_begin(void)
{
	struct genlmsghdr g = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	int fd = netlink_open(NETLINK_GENERIC), err;
	struct message m;

	message_begin(&m, GENL_ID_CTRL, 0, &g, sizeof(g));
	message_text(&m, CTRL_ATTR_FAMILY_NAME, KHTTP_GENL_NAME);
	err = netlink_call(fd, &m, GENL_HDRLEN, note_family, NULL);
	if (err)
		fail("no netlink family: %s", strerror(-err));
	close(fd);
}

static int queue_command(struct site *s, uint8_t command, answer_fn *each,
			 void *arg)
{
	struct message m;

	begin(&m, command, 0);
	message_text(&m, KHTTP_QUEUE_A_NAME, QUEUE);
	return call(s, &m, each, arg);
}

int queue_add(struct site *s)
{
	return queue_command(s, KHTTP_CMD_QUEUE_ADD, NULL, NULL);
}

int queue_del(struct site *s)
{
	return queue_command(s, KHTTP_CMD_QUEUE_DEL, NULL, NULL);
}

int queue_drain(struct site *s)
{
	return queue_command(s, KHTTP_CMD_QUEUE_DRAIN, NULL, NULL);
}

static void note_usage(const char *attrs, size_t len, void *arg)
{
	*(struct usage *)arg = (struct usage){
		.waiting = (uint32_t)attribute(attrs, len, KHTTP_QUEUE_A_WAITING),
		.in_hand = (uint32_t)attribute(attrs, len, KHTTP_QUEUE_A_IN_HAND),
		.workers = (uint32_t)attribute(attrs, len, KHTTP_QUEUE_A_WORKERS),
		.delivered = attribute(attrs, len, KHTTP_QUEUE_A_DELIVERED),
	};
}

int queue_usage(struct site *s, struct usage *u)
{
	return queue_command(s, KHTTP_CMD_QUEUE_GET, note_usage, u);
}

int url_add(struct site *s)
{
	struct message m;

	begin(&m, KHTTP_CMD_URL_ADD, 0);
	message_text(&m, KHTTP_URL_A_PREFIX, PREFIX);
	message_text(&m, KHTTP_URL_A_QUEUE, QUEUE);
	return call(s, &m, NULL, NULL);
}

int url_del(struct site *s)
{
	struct message m;

	begin(&m, KHTTP_CMD_URL_DEL, 0);
	message_text(&m, KHTTP_URL_A_PREFIX, PREFIX);
	return call(s, &m, NULL, NULL);
}

int limit_set(struct site *s, const char *name, uint64_t value)
{
	struct message m;
	size_t nest;

	begin(&m, KHTTP_CMD_LIMITS_SET, 0);
	nest = message_nest(&m, KHTTP_LIMIT_A_ENTRY);
	message_text(&m, KHTTP_LIMIT_A_NAME, name);
	message_put(&m, KHTTP_LIMIT_A_VALUE, &value, sizeof(value));
	message_end(&m, nest);
	return call(s, &m, NULL, NULL);
}

int cache_purge(struct site *s)
{
	struct message m;

	begin(&m, KHTTP_CMD_CACHE_PURGE, 0);
	message_put(&m, KHTTP_CACHE_A_ALL, NULL, 0);
	return call(s, &m, NULL, NULL);
}

static void count_entry(const char *attrs, size_t len, void *arg)
{
	(void)attrs;
	(void)len;
	++*(int *)arg;
}

int cache_entries(struct site *s)
{
	struct message m;
	int n = 0, err;

	begin(&m, KHTTP_CMD_CACHE_GET, NLM_F_DUMP);
	err = call(s, &m, count_entry, &n);
	return err ? err : n;
}

static void add_connections(const char *attrs, size_t len, void *arg)
{
	*(int *)arg += (int)attribute(attrs, len, KHTTP_LISTENER_A_CONNECTIONS);
}

int connections(struct site *s)
{
	struct message m;
	int n = 0, err;

	begin(&m, KHTTP_CMD_LISTENER_GET, NLM_F_DUMP);
	err = call(s, &m, add_connections, &n);
	return err ? err : n;
}
