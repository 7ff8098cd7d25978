/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Limits and timers of a namespace and of its groups: one table, from which the
 * structs, the netlink dumps and the range checks are made.
 *
 * What a group may set is a policy. The value in force is the group's own, or
 * else the namespace's. What the parser judges is known before the group is: of
 * those the namespace's value holds first, and a group can only be stricter.
 */
#ifndef _KHTTP_LIMITS_H
#define _KHTTP_LIMITS_H

#include <linux/types.h>

#include "http/limits.h"

/* Listening sockets of one namespace: what a walk of them may cost */
#define KHTTP_LISTENERS_MAX	16384
/* A TiB/s: what a byte costs then can still be counted in ns, of many */
#define KHTTP_BANDWIDTH_MAX	1099511627776

/*
 * Members of struct khttp_limits of the same name, with the defaults of
 * KHTTP_LIMITS_DEFAULT. First those of which a group may only have a stricter
 * one, then those of the body, which nobody judges before the group is known.
 *
 * X(name, min, max, unit, help)
 */
#define KHTTP_HEAD_LIMITS(X)						\
	X(max_head, 256, KHTTP_HEAD_MAX, "bytes",			\
	  "request line and all fields; 431 above")			\
	X(max_field, 64, KHTTP_HEAD_MAX, "bytes",			\
	  "one field line; 431 above")					\
	X(max_target, 64, KHTTP_HEAD_MAX, "bytes",			\
	  "request-target; 414 above")					\
	X(max_fields, 1, KHTTP_FIELDS_MAX, "fields",			\
	  "fields in one request; 431 above")				\
	X(max_segment, 0, 32766, "characters",				\
	  "one path segment, 0 = unlimited; 414 above")			\
	X(max_segments, 0, 16383, "segments",				\
	  "segments in a path, 0 = unlimited; 414 above")

#define KHTTP_BODY_LIMITS(X)						\
	X(max_chunk_line, 16, 8192, "bytes",				\
	  "chunk size with its extensions; 413 above")			\
	X(max_chunk_ext, 0, 1048576, "bytes",				\
	  "chunk extensions in one body; 413 above")			\
	X(max_trailers, 0, 16384, "bytes",				\
	  "trailer section of a chunked body; 431 above")		\
	X(max_body, 0, S64_MAX, "bytes",				\
	  "request body, 0 = unlimited; 413 above")

#define KHTTP_PARSE_LIMITS(X) KHTTP_HEAD_LIMITS(X) KHTTP_BODY_LIMITS(X)

/*
 * The rest of what a group may set.
 *
 * X(name, default, min, max, unit, help)
 */
#define KHTTP_GROUP_LIMITS(X)						\
	X(idle_timeout, 75000, 100, 86400000, "ms",			\
	  "waiting for a first or next request")			\
	X(header_timeout, 20000, 100, 86400000, "ms",			\
	  "from a request's first byte to the end of its head")		\
	X(body_timeout, 30000, 100, 86400000, "ms",			\
	  "gap between two pieces of a request body")			\
	X(drain_timeout, 10000, 100, 86400000, "ms",			\
	  "discarding what the client still sends")			\
	X(queue_timeout, 60000, 100, 86400000, "ms",			\
	  "waiting in the queue for a worker; 503 after")		\
	X(min_send_rate, 1024, 0, 1073741824, "bytes/s",		\
	  "over 30 s while an answer waits to be sent, 0 = off")	\
	X(min_receive_rate, 240, 0, 1073741824, "bytes/s",		\
	  "over 30 s while a request body is awaited, 0 = off")		\
	X(max_requests, 0, 0, S64_MAX, "requests",			\
	  "on one connection, which the last one ends; 0 = unlimited")	\
	X(max_group_connections, 0, 0, 10000000, "connections",		\
	  "whose last request one group got, 0 = any; 503 above")	\
	X(upgrade_timeout, 3600000, 0, 86400000, "ms",			\
	  "without a byte either way after an upgrade; 0 = unlimited")	\
	X(cache_auto, 0, 0, 1, "off|on",				\
	  "answers whose worker says nothing are stored by their fields") \
	X(cache_heuristic, 0, 0, 100, "percent",			\
	  "of their time since Last-Modified such are fresh, 0 = off")	\
	X(cache_set_cookie, 0, 0, 1, "off|on",				\
	  "such may be stored although they set a cookie")		\
	X(cache_status, 0, 0, 1, "off|on",				\
	  "answers tell in Cache-Status what the cache did")		\
	X(client_cache_control, 0, 0, 1, "ignore|honour",		\
	  "what clients want of the cache: Cache-Control, Pragma")	\
	X(cache_coalesce, 0, 0, 86400000, "ms",				\
	  "misses of a URL wait for the answer to its first, 0 = off")	\
	X(cache_stale, 0, 0, 31536000, "s",				\
	  "past its time a response is sent while asked for anew")	\
	X(cache_stale_error, 0, 0, 31536000, "s",			\
	  "past its time a response is sent where asking fails")	\
	X(cache_show_tags, 0, 0, 1, "off|on",				\
	  "clients get Cache-Tag, Surrogate-Key and xkey of answers, too") \
	X(cache_revalidate, 0, 0, 31536000, "s",			\
	  "past its time a response is kept to be validated, 0 = off") \
	X(cache_share, 0, 0, S64_MAX, "bytes",				\
	  "of cache_bytes that one group's responses may have, 0 = any") \
	X(max_group_bandwidth, 0, 0, KHTTP_BANDWIDTH_MAX, "bytes/s",	\
	  "of one group's answers, which share it; 0 = unlimited")	\
	X(traceparent, 0, 0, KHTTP_TRACE_SAMPLED, "off|unsampled|sampled", \
	  "workers get one where the client sent none that is valid")

/* Of the namespace only */
#define KHTTP_NET_LIMITS(X)						\
	X(max_connections, 100000, 1, 10000000, "connections",		\
	  "open connections in the namespace; refused above")		\
	X(max_served_connections, 0, 0, 10000000, "connections",	\
	  "of the namespace, 0 = all; others' requests get 503")	\
	X(max_bandwidth, 0, 0, KHTTP_BANDWIDTH_MAX, "bytes/s",		\
	  "of all answers, which groups share; 0 = unlimited")		\
	X(max_client_connections, 0, 0, 10000000, "connections",	\
	  "of an IPv4 address or IPv6 /64, 0 = any; refused above")	\
	X(max_listeners, 16384, 1, KHTTP_LISTENERS_MAX, "sockets",	\
	  "that listen; another prefix that needs one is refused")	\
	X(request_bytes, 268435456, 1048576, S64_MAX, "bytes",		\
	  "connections, requests and unsent answers; 503 above")	\
	X(send_window, 262144, 16384, 16777216, "bytes",		\
	  "answer taken from a worker and not yet sent")		\
	X(max_unsent, 65536, 4096, 1073741824, "bytes",			\
	  "of answers that TCP may queue unsent, new connections")	\
	X(cache_bytes, 67108864, 0, S64_MAX, "bytes",			\
	  "memory of the response cache, 0 = no caching")		\
	X(cache_object, 16777216, 0, 1073741824, "bytes",		\
	  "body of one stored response")				\
	X(cache_waiters, 10000, 0, 10000000, "requests",		\
	  "that wait for one URL's answer; a worker gets more")	\
	X(cache_waiting, 100000, 0, 10000000, "requests",		\
	  "that wait so, all together; a worker gets more")		\
	X(error_log, 1024, 0, 65536, "records",				\
	  "refusals and cuts kept for 'khttpctl errors', 0 = none")	\
	X(filter_bytes, 67108864, 0, S64_MAX, "bytes",			\
	  "rules of filters, sets of networks, rates; refused above")	\
	X(page_bytes, 16777216, 0, S64_MAX, "bytes",			\
	  "error pages of groups; another one is refused above")	\
	X(transaction_bytes, 16777216, 0, S64_MAX, "bytes",		\
	  "changes staged in transactions; refused above, 0 = none")

/* khttp_policy.traceparent: what it says of a trace that begins here */
enum khttp_trace_begin {
	KHTTP_TRACE_OFF,	/* nothing: the client's field passes as it is */
	KHTTP_TRACE_UNSAMPLED,
	KHTTP_TRACE_SAMPLED,
};

#define KHTTP_LIMIT_MEMBER(name, ...) u64 name;

/* khttp_policy.caching */
#define KHTTP_CACHING_AUTO	0x0001
#define KHTTP_CACHING_COOKIE	0x0002	/* cache_set_cookie */
#define KHTTP_CACHING_STATUS	0x0004
#define KHTTP_CACHING_HONOUR	0x0008	/* client_cache_control */
#define KHTTP_CACHING_STALE	0x0010	/* cache_stale, cache_stale_error or
					 * cache_revalidate
					 */
#define KHTTP_CACHING_TAGS	0x0020	/* cache_show_tags */
#define KHTTP_CACHING_HEURISTIC	8	/* per cent, from this bit on */

/* Of a group, or what its groups start from in a namespace. Members are written
 * one by one, under net->config; readers use READ_ONCE
 */
struct khttp_policy {
	struct khttp_limits http;
	KHTTP_GROUP_LIMITS(KHTTP_LIMIT_MEMBER)
	/* Jiffies, follows from the above: nothing that begins between two
	 * requests or when one is queued is looked at sooner
	 */
	unsigned long soonest;
	/* The rows about the cache, in a word that a request takes along */
	u32 caching;
};

struct khttp_net_limits {
	struct khttp_policy policy;
	KHTTP_NET_LIMITS(KHTTP_LIMIT_MEMBER)
};

#undef KHTTP_LIMIT_MEMBER

enum {
#define KHTTP_LIMIT_COUNT(...) + 1
	KHTTP_HEAD_ROWS = 0 KHTTP_HEAD_LIMITS(KHTTP_LIMIT_COUNT),
	KHTTP_HEAD_ROWS_MASK = (1 << KHTTP_HEAD_ROWS) - 1,
	/* rows of a policy: the first ones of the table */
	KHTTP_POLICY_ROWS = 0 KHTTP_PARSE_LIMITS(KHTTP_LIMIT_COUNT)
			      KHTTP_GROUP_LIMITS(KHTTP_LIMIT_COUNT),
#undef KHTTP_LIMIT_COUNT
};

struct khttp_limit {
	const char *name;
	const char *unit;
	const char *help;
	u64 min;
	u64 max;
};

/* One row per limit, in the order of the tables above */
extern const struct khttp_limit khttp_limit_table[];
extern const unsigned int khttp_limit_count;

void khttp_limits_init(struct khttp_net_limits *l);
u64 khttp_limits_default(unsigned int i);
u64 khttp_limits_get(const struct khttp_net_limits *l, unsigned int i);
/* Context: config mutex. The value has been checked against the row */
void khttp_limits_set(struct khttp_net_limits *l, unsigned int i, u64 value);

/* The same of a policy; @i below KHTTP_POLICY_ROWS */
u64 khttp_policy_get(const struct khttp_policy *p, unsigned int i);
void khttp_policy_set(struct khttp_policy *p, unsigned int i, u64 value);
/* What holds where a group says @own and its namespace @base */
u64 khttp_policy_effective(unsigned int i, u64 own, u64 base);

#endif
