/* SPDX-License-Identifier: MIT */
/* Requests of every command: valid skeletons, then what spoils them. */
#include "netlink.h"

#include <linux/genetlink.h>
#include <linux/khttp.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#define ATTRS_MAX 11
#define BEHIND 66000		/* left free for what is appended */

enum kind {
	NONE, NAME, PREFIX, URL, LENGTH, SMALL, MODE, NUMBER64, FLAG, ENTRY,
	PORT, ADDRESS, TRUSTED, ADDRESSES, DEVICE, RULE, NETWORKS, CLIENT,
	SERVER, PAGE, REDIRECT, STATUS,
};

struct attr {
	uint16_t type;
	uint8_t kind;		/* enum kind */
	uint8_t often;		/* in ten requests; 10: it is required */
};

#define QUEUE_ATTRS							\
	{ KHTTP_QUEUE_A_NAME, NAME, 10 }, { KHTTP_QUEUE_A_LENGTH, LENGTH, 3 },	\
	{ KHTTP_QUEUE_A_UID, LENGTH, 2 }, { KHTTP_QUEUE_A_MODE, MODE, 2 },	\
	{ KHTTP_QUEUE_A_REDELIVER, SMALL, 2 },				\
	{ KHTTP_QUEUE_A_REDELIVER_BODY, LENGTH, 2 },			\
	{ KHTTP_QUEUE_A_STATE, SMALL, 2 },				\
	{ KHTTP_QUEUE_A_DELEGATES, NAME, 2 },				\
	{ KHTTP_QUEUE_A_VERBOSITY, SMALL, 2 },				\
	{ KHTTP_QUEUE_A_RETRY_AFTER, LENGTH, 2 }

#define DOOR_ATTRS							\
	{ KHTTP_GROUP_A_SERVER, SERVER, 4 }, { KHTTP_GROUP_A_PAGE, PAGE, 6 },	\
	{ KHTTP_GROUP_A_PAGE, PAGE, 3 }, { KHTTP_GROUP_A_MAINTENANCE, SMALL, 2 }, \
	{ KHTTP_GROUP_A_RETRY_AFTER, LENGTH, 2 }

static const struct skeleton {
	const char *name;
	uint8_t command;
	bool dump;
	struct attr attrs[ATTRS_MAX];
} skeletons[] = {
	{ "QUEUE_ADD", KHTTP_CMD_QUEUE_ADD, false, { QUEUE_ATTRS } },
	{ "QUEUE_SET", KHTTP_CMD_QUEUE_SET, false, { QUEUE_ATTRS } },
	{ "QUEUE_DEL", KHTTP_CMD_QUEUE_DEL, false,
	  { { KHTTP_QUEUE_A_NAME, NAME, 10 } } },
	{ "QUEUE_GET", KHTTP_CMD_QUEUE_GET, false,
	  { { KHTTP_QUEUE_A_NAME, NAME, 10 } } },
	{ "QUEUE_GET dump", KHTTP_CMD_QUEUE_GET, true, { { 0 } } },
	{ "QUEUE_DRAIN", KHTTP_CMD_QUEUE_DRAIN, false,
	  { { KHTTP_QUEUE_A_NAME, NAME, 10 } } },
	{ "URL_ADD", KHTTP_CMD_URL_ADD, false,
	  { { KHTTP_URL_A_PREFIX, PREFIX, 10 }, { KHTTP_URL_A_QUEUE, NAME, 10 },
	    { KHTTP_URL_A_CONTEXT, NUMBER64, 3 } } },
	{ "URL_ADD group", KHTTP_CMD_URL_ADD, false,
	  { { KHTTP_URL_A_PREFIX, PREFIX, 10 }, { KHTTP_URL_A_GROUP, NAME, 10 } } },
	{ "URL_ADD redirect", KHTTP_CMD_URL_ADD, false,
	  { { KHTTP_URL_A_PREFIX, PREFIX, 10 }, { KHTTP_URL_A_GROUP, NAME, 10 },
	    { KHTTP_URL_A_REDIRECT, REDIRECT, 10 }, { KHTTP_URL_A_STATUS, STATUS, 5 } } },
	{ "URL_ADD in a place", KHTTP_CMD_URL_ADD, false,
	  { { KHTTP_URL_A_PREFIX, PREFIX, 10 }, { KHTTP_URL_A_GROUP, NAME, 10 },
	    { KHTTP_URL_A_REPLACE, FLAG, 10 } } },
	{ "TRANSACTION_BEGIN", KHTTP_CMD_TRANSACTION_BEGIN, false, { { 0 } } },
	{ "TRANSACTION_COMMIT", KHTTP_CMD_TRANSACTION_COMMIT, false, { { 0 } } },
	{ "TRANSACTION_COMMIT of one", KHTTP_CMD_TRANSACTION_COMMIT, false,
	  { { KHTTP_TRANSACTION_A_GENERATION, NUMBER64, 5 } } },
	{ "TRANSACTION_ABORT", KHTTP_CMD_TRANSACTION_ABORT, false, { { 0 } } },
	{ "GROUP_ADD door", KHTTP_CMD_GROUP_ADD, false,
	  { { KHTTP_GROUP_A_NAME, NAME, 10 }, { KHTTP_GROUP_A_QUEUE, NAME, 10 }, DOOR_ATTRS } },
	{ "GROUP_SET door", KHTTP_CMD_GROUP_SET, false,
	  { { KHTTP_GROUP_A_NAME, NAME, 10 }, { KHTTP_GROUP_A_LIMIT, ENTRY, 2 }, DOOR_ATTRS } },
	{ "GROUP_ADD", KHTTP_CMD_GROUP_ADD, false,
	  { { KHTTP_GROUP_A_NAME, NAME, 10 }, { KHTTP_GROUP_A_QUEUE, NAME, 10 },
	    { KHTTP_GROUP_A_LIMIT, ENTRY, 5 }, { KHTTP_GROUP_A_LIMIT, ENTRY, 5 } } },
	{ "GROUP_SET", KHTTP_CMD_GROUP_SET, false,
	  { { KHTTP_GROUP_A_NAME, NAME, 10 }, { KHTTP_GROUP_A_LIMIT, ENTRY, 10 } } },
	{ "GROUP_DEL", KHTTP_CMD_GROUP_DEL, false,
	  { { KHTTP_GROUP_A_NAME, NAME, 10 }, { KHTTP_GROUP_A_FORCE, FLAG, 5 } } },
	{ "GROUP_GET", KHTTP_CMD_GROUP_GET, false,
	  { { KHTTP_GROUP_A_NAME, NAME, 10 }, { KHTTP_GROUP_A_BODY_OF, STATUS, 3 } } },
	{ "GROUP_GET dump", KHTTP_CMD_GROUP_GET, true, { { 0 } } },
	{ "URL_DEL", KHTTP_CMD_URL_DEL, false,
	  { { KHTTP_URL_A_PREFIX, PREFIX, 10 } } },
	{ "URL_GET dump", KHTTP_CMD_URL_GET, true, { { 0 } } },
	{ "LISTENER_GET dump", KHTTP_CMD_LISTENER_GET, true, { { 0 } } },
	{ "LISTENER_SET", KHTTP_CMD_LISTENER_SET, false,
	  { { KHTTP_LISTENER_A_PORT, PORT, 10 }, { KHTTP_LISTENER_A_ADDR, ADDRESS, 2 },
	    { KHTTP_LISTENER_A_TRUSTED, TRUSTED, 6 }, { KHTTP_LISTENER_A_PROXY, SMALL, 3 },
	    { KHTTP_LISTENER_A_CLIENT_FROM, SMALL, 3 },
	    { KHTTP_LISTENER_A_BACKLOG, LENGTH, 2 }, { KHTTP_LISTENER_A_KEEP_IDLE, SMALL, 2 },
	    { KHTTP_LISTENER_A_KEEP_COUNT, SMALL, 1 },
	    { KHTTP_LISTENER_A_DEVICE, DEVICE, 2 },
	    { KHTTP_LISTENER_A_ADDRESSES, ADDRESSES, 3 } } },
	{ "LISTENER_RESET", KHTTP_CMD_LISTENER_RESET, false,
	  { { KHTTP_LISTENER_A_PORT, PORT, 10 }, { KHTTP_LISTENER_A_ADDR, ADDRESS, 2 } } },
	{ "LISTENER_SETTINGS_GET dump", KHTTP_CMD_LISTENER_SETTINGS_GET, true, { { 0 } } },
	{ "WORKER_GET dump", KHTTP_CMD_WORKER_GET, true, { { 0 } } },
	{ "GRANT_GET dump", KHTTP_CMD_GRANT_GET, true, { { 0 } } },
	{ "GRANT_REVOKE", KHTTP_CMD_GRANT_REVOKE, false,
	  { { KHTTP_GRANT_A_QUEUE, NAME, 10 }, { KHTTP_GRANT_A_ID, SMALL, 5 },
	    { KHTTP_GRANT_A_ALL, FLAG, 5 }, { KHTTP_GRANT_A_DETACH, FLAG, 5 } } },
	{ "CACHE_GET dump", KHTTP_CMD_CACHE_GET, true, { { 0 } } },
	{ "CACHE_PURGE", KHTTP_CMD_CACHE_PURGE, false,
	  { { KHTTP_CACHE_A_URL, URL, 10 }, { KHTTP_CACHE_A_RECURSIVE, FLAG, 5 } } },
	{ "CACHE_PURGE all", KHTTP_CMD_CACHE_PURGE, false,
	  { { KHTTP_CACHE_A_ALL, FLAG, 10 } } },
	{ "LIMITS_GET dump", KHTTP_CMD_LIMITS_GET, true, { { 0 } } },
	{ "LIMITS_SET", KHTTP_CMD_LIMITS_SET, false,
	  { { KHTTP_LIMIT_A_ENTRY, ENTRY, 10 }, { KHTTP_LIMIT_A_ENTRY, ENTRY, 5 },
	    { KHTTP_LIMIT_A_ENTRY, ENTRY, 5 } } },
	{ "RATE_SET", KHTTP_CMD_RATE_SET, false,
	  { { KHTTP_RATE_A_NAME, NAME, 10 }, { KHTTP_RATE_A_COUNT, LENGTH, 9 },
	    { KHTTP_RATE_A_PERIOD, LENGTH, 3 }, { KHTTP_RATE_A_BURST, LENGTH, 3 },
	    { KHTTP_RATE_A_BITS4, SMALL, 2 }, { KHTTP_RATE_A_BITS6, SMALL, 2 },
	    { KHTTP_RATE_A_ADDRESSES, LENGTH, 3 } } },
	{ "RATE_DEL", KHTTP_CMD_RATE_DEL, false, { { KHTTP_RATE_A_NAME, NAME, 10 } } },
	{ "RATE_GET dump", KHTTP_CMD_RATE_GET, true, { { 0 } } },
	{ "NETWORKS_LOAD", KHTTP_CMD_NETWORKS_LOAD, false,
	  { { KHTTP_NETWORKS_A_NAME, NAME, 10 }, { KHTTP_NETWORKS_A_IPV4, NETWORKS, 8 },
	    { KHTTP_NETWORKS_A_IPV6, NETWORKS, 5 }, { KHTTP_NETWORKS_A_MORE, FLAG, 3 },
	    { KHTTP_NETWORKS_A_ABORT, FLAG, 1 },
	    { KHTTP_NETWORKS_A_GENERATION, NUMBER64, 1 } } },
	{ "NETWORKS_DEL", KHTTP_CMD_NETWORKS_DEL, false,
	  { { KHTTP_NETWORKS_A_NAME, NAME, 10 } } },
	{ "NETWORKS_GET", KHTTP_CMD_NETWORKS_GET, false,
	  { { KHTTP_NETWORKS_A_NAME, NAME, 10 }, { KHTTP_NETWORKS_A_START, LENGTH, 5 },
	    { KHTTP_NETWORKS_A_ADDRESS, CLIENT, 5 } } },
	{ "NETWORKS_GET dump", KHTTP_CMD_NETWORKS_GET, true, { { 0 } } },
	{ "FILTER_SET", KHTTP_CMD_FILTER_SET, false,
	  { { KHTTP_FILTER_A_GROUP, NAME, 10 }, { KHTTP_FILTER_A_RULE, RULE, 8 },
	    { KHTTP_FILTER_A_RULE, RULE, 5 }, { KHTTP_FILTER_A_RULE, RULE, 3 },
	    { KHTTP_FILTER_A_GENERATION, NUMBER64, 1 } } },
	{ "FILTER_GET dump", KHTTP_CMD_FILTER_GET, true, { { 0 } } },
	{ "RESERVATION_ADD", KHTTP_CMD_RESERVATION_ADD, false,
	  { { KHTTP_RESERVATION_A_PREFIX, PREFIX, 10 },
	    { KHTTP_RESERVATION_A_UID, LENGTH, 8 }, { KHTTP_RESERVATION_A_GID, LENGTH, 4 },
	    { KHTTP_RESERVATION_A_RIGHTS, SMALL, 5 } } },
	{ "RESERVATION_DEL", KHTTP_CMD_RESERVATION_DEL, false,
	  { { KHTTP_RESERVATION_A_PREFIX, PREFIX, 10 } } },
	{ "RESERVATION_GET", KHTTP_CMD_RESERVATION_GET, false,
	  { { KHTTP_RESERVATION_A_PREFIX, PREFIX, 10 } } },
	{ "RESERVATION_GET dump", KHTTP_CMD_RESERVATION_GET, true, { { 0 } } },
	{ "EVENT_SUBSCRIBE", KHTTP_CMD_EVENT_SUBSCRIBE, false, { { 0 } } },
	{ "STATS_GET dump", KHTTP_CMD_STATS_GET, true, { { 0 } } },
	{ "FEATURES_GET", KHTTP_CMD_FEATURES_GET, false, { { 0 } } },
	{ "ERROR_GET dump", KHTTP_CMD_ERROR_GET, true,
	  { { KHTTP_ERROR_A_FROM, NUMBER64, 5 }, { KHTTP_ERROR_A_QUEUE, NAME, 3 },
	    { KHTTP_ERROR_A_REASON, NAME, 2 } } },
};

const char *skeleton_name(unsigned int index)
{
	return skeletons[index].name;
}

unsigned int skeleton_count(void)
{
	return COUNT(skeletons);
}

static struct nlattr *put(struct message *m, unsigned int type, const void *data,
			  size_t size)
{
	struct nlattr *a = (struct nlattr *)(m->bytes + m->size);

	*a = (struct nlattr){
		.nla_type = (uint16_t)type, .nla_len = (uint16_t)(NLA_HDRLEN + size),
	};
	memset(a + 1, 0, NLA_ALIGN(size));
	if (size)
		memcpy(a + 1, data, size);
	m->size += NLA_HDRLEN + NLA_ALIGN(size);
	return a;
}

static void put_text(struct message *m, unsigned int type, const char *text)
{
	put(m, type, text, strlen(text) + 1);
}

static void put_prefix(struct message *m, struct rng *r, unsigned int type,
		       bool literal)
{
	static const char *const hosts[] = {
		"example.org", "127.0.0.1", "[::1]", "+", "*", "*.example.org",
	};
	static const char *const paths[] = { "/", "/a/", "/a/b/", "/%41/" };
	char text[128];

	snprintf(text, sizeof(text), "http://%s:%u%s",
		 hosts[below(r, literal ? 3 : COUNT(hosts))], 8000 + below(r, 4),
		 paths[below(r, 3 + once_in(r, 8))]);
	put_text(m, type, text);
}

static void put_entry(struct message *m, struct rng *r, unsigned int type)
{
	static const struct {
		const char *name;
		uint32_t least;
		uint32_t range;
	} limits[] = {
		{ "max_head", 256, 16000 }, { "max_fields", 1, 60 },
		{ "max_connections", 1, 1000 }, { "cache_bytes", 0, 1 << 26 },
		{ "cache_object", 0, 1 << 20 }, { "idle_timeout", 100, 60000 },
		{ "queue_timeout", 100, 60000 },
		{ "max_group_connections", 0, 100 }, { "max_requests", 0, 100 },
		{ "cache_auto", 0, 2 }, { "cache_status", 0, 2 },
		{ "cache_coalesce", 0, 3 }, { "cache_stale", 0, 3 },
		{ "max_client_connections", 0, 100 },
		{ "max_served_connections", 0, 100 }, { "min_receive_rate", 0, 5000 },
		{ "send_window", 16384, 100000 },
		{ "max_group_bandwidth", 1 << 20, 1 << 30 }, { "traceparent", 0, 3 },
	};
	unsigned int i = below(r, COUNT(limits));
	uint64_t value = limits[i].least + below(r, limits[i].range);
	struct nlattr *nest = put(m, type | NLA_F_NESTED, NULL, 0);
	unsigned char *start = (unsigned char *)nest;

	put_text(m, KHTTP_LIMIT_A_NAME, limits[i].name);
	put(m, KHTTP_LIMIT_A_VALUE, &value, sizeof(value));
	nest->nla_len = (uint16_t)(m->bytes + m->size - start);
}

/* What a listener's settings are made of */
static void put_listener(struct message *m, struct rng *r, const struct attr *a)
{
	static const char *const networks[] = {
		"", "10.0.0.0/8", "127.0.0.1,::1", "0.0.0.0/0,::/0", "10.0.0.1/8",
	};
	static const char *const addresses[] = {
		"", "127.0.0.1", "::1,127.0.0.2", "127.0.0.1,192.0.2.1", "::/0",
	};
	static const char *const devices[] = { "", "lo", "none0" };
	static const unsigned char v4[] = { 127, 0, 0, 1 }, v6[16] = { [15] = 1 };
	bool six = once_in(r, 2);

	switch (a->kind) {
	case ADDRESS:
		put(m, a->type, six ? v6 : v4, six ? sizeof(v6) : sizeof(v4));
		break;
	case TRUSTED:
		put_text(m, a->type, networks[below(r, COUNT(networks))]);
		break;
	case ADDRESSES:
		put_text(m, a->type, addresses[below(r, COUNT(addresses))]);
		break;
	default:
		put_text(m, a->type, devices[below(r, COUNT(devices))]);
	}
}

/* Sets and rates are called f0 to f3 like the queues, and may be there */
static void put_rule(struct message *m, struct rng *r, unsigned int type)
{
	static const char *const rules[] = {
		"allow path /a", "deny 404 segment .git", "close not method GET,POST",
		"rate f%u", "deny from @f%u", "allow not from @f%u,10.0.0.0/8,::/0",
		"deny field user-agent='Bad bot'", "deny field \"user-agent=Bad bot\"",
	};
	struct nlattr *nest = put(m, type | NLA_F_NESTED, NULL, 0);
	unsigned char *start = (unsigned char *)nest;
	uint64_t id = 1 + below(r, 50);
	char text[128];

	snprintf(text, sizeof(text), rules[below(r, COUNT(rules))], below(r, 4));
	if (once_in(r, 6))
		put(m, KHTTP_FILTER_A_ID, &id, sizeof(id));
	else
		put_text(m, KHTTP_FILTER_A_TEXT, text);
	nest->nla_len = (uint16_t)(m->bytes + m->size - start);
}

/* Small ones and large ones, and that there is none any more */
static void put_page(struct message *m, struct rng *r, unsigned int type)
{
	static const char *const types[] = { "text/plain", "", "a\nb", "text/html" };
	static unsigned char body[KHTTP_PAGE_MAX + 8];
	struct nlattr *nest = put(m, type | NLA_F_NESTED, NULL, 0);
	unsigned char *start = (unsigned char *)nest;
	uint32_t status = once_in(r, 10) ? below(r, 1000) : 400 + below(r, 20);
	size_t size = once_in(r, 8) ? KHTTP_PAGE_MAX - 4 + below(r, 8) : below(r, 300);

	put(m, KHTTP_PAGE_A_STATUS, &status, sizeof(status));
	if (once_in(r, 2))
		put_text(m, KHTTP_PAGE_A_TYPE, types[below(r, COUNT(types))]);
	/* One large one is all that a message has room for */
	if (m->size > BEHIND / 2)
		size = 0;
	if (!once_in(r, 4))
		put(m, KHTTP_PAGE_A_BODY, body, size);
	nest->nla_len = (uint16_t)(m->bytes + m->size - start);
}

/* What answers have in their heads, or lead to */
static void put_door(struct message *m, struct rng *r, const struct attr *a)
{
	static const char *const servers[] = { "", "khttp", "other/1", " a", "a\r\nb: c" };
	static const char *const places[] = {
		"http://a/", "https://a:81/b/", "http://a", "http://a/?/", "ftp://a/",
	};
	static const uint32_t statuses[] = { 301, 302, 307, 308, 303, 0 };
	uint32_t status = statuses[below(r, COUNT(statuses))];

	switch (a->kind) {
	case SERVER:
		put_text(m, a->type, servers[below(r, COUNT(servers))]);
		break;
	case REDIRECT:
		put_text(m, a->type, places[below(r, COUNT(places))]);
		break;
	case STATUS:
		put(m, a->type, &status, sizeof(status));
		break;
	default:
		put_page(m, r, a->type);
	}
}

/* Ascending, as they have to be: what is wrong with them comes later */
static void put_networks(struct message *m, struct rng *r, unsigned int type)
{
	unsigned int width = type == KHTTP_NETWORKS_A_IPV4 ? 4 : 16;
	unsigned int n = below(r, once_in(r, 4) ? 1000 : 10);
	unsigned char packed[17 * 1000] = { 0 };
	unsigned int at = 0;

	for (unsigned int i = 0; i < n; i++) {
		at += 1 + below(r, 60);
		packed[i * (width + 1)] = 0x20;
		packed[i * (width + 1) + 1] = (unsigned char)(at >> 8);
		packed[i * (width + 1) + 2] = (unsigned char)at;
		packed[i * (width + 1) + width] = (unsigned char)(24 + below(r, 8));
	}
	put(m, type, packed, n * (width + 1));
}

static void put_attr(struct message *m, struct rng *r, const struct attr *a)
{
	uint32_t number = 0;
	uint64_t wide = odd_number(r);
	char name[8];

	switch (a->kind) {
	case NAME:
		snprintf(name, sizeof(name), "f%u", below(r, 4));
		put_text(m, a->type, name);
		return;
	case PREFIX:
	case URL:
		put_prefix(m, r, a->type, a->kind == URL);
		return;
	case ENTRY:
		put_entry(m, r, a->type);
		return;
	case RULE:
		put_rule(m, r, a->type);
		return;
	case NETWORKS:
		put_networks(m, r, a->type);
		return;
	case CLIENT:
		put(m, a->type, &wide, 4);
		return;
	case FLAG:
		put(m, a->type, NULL, 0);
		return;
	case NUMBER64:
		put(m, a->type, &wide, sizeof(wide));
		return;
	case ADDRESS:
	case TRUSTED:
	case ADDRESSES:
	case DEVICE:
		put_listener(m, r, a);
		return;
	case SERVER:
	case PAGE:
	case REDIRECT:
	case STATUS:
		put_door(m, r, a);
		return;
	case PORT:
		number = 8000 + below(r, 4);
		break;
	case LENGTH:
		number = 1 + below(r, 1000);
		break;
	case SMALL:
		number = below(r, 2);
		break;
	case MODE:
		number = below(r, 01000);
		break;
	}
	put(m, a->type, &number, sizeof(number));
}

/* ---- what spoils them: all of it between the header and m->size ---- */

static void deep_nest(struct message *m, struct rng *r)
{
	unsigned int depth = 1 + below(r, 100);
	struct nlattr *a[100];

	for (unsigned int i = 0; i < depth; i++)
		a[i] = put(m, (1 + below(r, 4)) | NLA_F_NESTED, NULL, 0);
	for (unsigned int i = 0; i < depth; i++)
		a[i]->nla_len = (uint16_t)((depth - i) * NLA_HDRLEN);
}

static void change_header(struct rng *r, struct nlattr *a)
{
	switch (below(r, 4)) {
	case 0:
		a->nla_len = (uint16_t)odd_number(r);
		break;
	case 1:
		a->nla_len = (uint16_t)(a->nla_len + 2 - below(r, 5));
		break;
	case 2:
		a->nla_type ^= (uint16_t)(1U << below(r, 16));
		break;
	case 3:
		a->nla_type = (uint16_t)below(r, 30);
		break;
	}
}

/* Everything that carries bytes is for somebody who checks their number */
static void append(struct message *m, struct rng *r)
{
	static unsigned char bytes[60000];

	mutate(r, bytes, sizeof(bytes));
	put(m, below(r, 20), bytes, below(r, once_in(r, 4) ? sizeof(bytes) : 100));
}

static void repeat(struct message *m, struct rng *r, size_t start)
{
	unsigned char copy[512];
	size_t size = m->size - start;

	if (!size || size > sizeof(copy))
		return;
	memcpy(copy, m->bytes + start, size);
	for (unsigned int n = 1 + below(r, once_in(r, 8) ? 100 : 3); n; n--) {
		memcpy(m->bytes + m->size, copy, size);
		m->size += size;
	}
}

static void spoil(struct message *m, struct rng *r, size_t start)
{
	size_t attrs = start + NLMSG_HDRLEN + GENL_HDRLEN;
	size_t room = m->size - attrs;

	switch (below(r, 7)) {
	case 0:
		mutate(r, m->bytes + start + sizeof(uint32_t) + sizeof(uint16_t),
		       m->size - start - 6);
		break;
	case 1:
		mutate(r, m->bytes + attrs, room);
		break;
	case 2:
		if (room >= NLA_HDRLEN)
			change_header(r, (struct nlattr *)(m->bytes + attrs));
		break;
	case 3:
		deep_nest(m, r);
		break;
	case 4:
		append(m, r);
		break;
	case 5:
		repeat(m, r, attrs);
		break;
	case 6:
		m->size -= below(r, (uint32_t)room) & ~3U;
		break;
	}
}

void add_message(struct message *m, struct rng *r, uint16_t family)
{
	unsigned int index = below(r, COUNT(skeletons));
	const struct skeleton *s = &skeletons[index];
	size_t start = m->size;
	struct nlmsghdr *h = (struct nlmsghdr *)(m->bytes + start);
	struct genlmsghdr *g = (struct genlmsghdr *)(h + 1);

	if (start > MESSAGE_MAX - 2 * BEHIND + 1000)
		return;
	*h = (struct nlmsghdr){
		.nlmsg_type = family, .nlmsg_seq = below(r, 1 << 20) << 8 | index,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	if (s->dump)
		h->nlmsg_flags |= NLM_F_DUMP;
	*g = (struct genlmsghdr){ .cmd = s->command, .version = KHTTP_GENL_VERSION };
	m->size += NLMSG_HDRLEN + GENL_HDRLEN;
	for (unsigned int i = 0; i < ATTRS_MAX && s->attrs[i].kind; i++)
		if (below(r, 10) < s->attrs[i].often)
			put_attr(m, r, &s->attrs[i]);
	if (once_in(r, 2))
		spoil(m, r, start);
	if (once_in(r, 40))
		h->nlmsg_flags = (uint16_t)rng_next(r);
	h->nlmsg_len = (uint32_t)(m->size - start);
	if (once_in(r, 60))
		h->nlmsg_len = (uint32_t)odd_number(r);
	m->size = start + NLMSG_ALIGN(m->size - start);
}
