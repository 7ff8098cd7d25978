/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * khttp: HTTP accepted, parsed, routed, queued and cached by the kernel.
 *
 * Two interfaces share this header:
 *
 *   control   generic netlink family "khttp", multicast groups "events" and
 *             "errors"
 *   data      character device /dev/khttp: ioctl + poll, or io_uring commands
 *
 * Rules for both. Unknown flag bits, unknown attributes and padding that is
 * not zero are refused with -EINVAL. Nothing the kernel writes holds a
 * pointer: offsets count from the start of the slot they stand in. Optional
 * behaviour is announced by feature bits (KHTTP_FEATURE_*), never by version.
 *
 * ============================ Control: netlink ============================
 *
 * Every refusal carries an extack text that says what to do next. Strings are
 * not longer than the limits below and end in NUL. Numbers are u32 unless
 * marked. Attributes marked < are accepted, > are reported. Changing commands
 * need CAP_NET_ADMIN in the user namespace that owns the network namespace, but
 * for what a queue's MODE or a reservation allows. Dumps show of the queues, and
 * what belongs to them, those that may be seen, CAP_NET_ADMIN everything.
 *
 * KHTTP_CMD_QUEUE_ADD, _SET, _GET (do by NAME, dump)
 *     NAME <>         string, KHTTP_QUEUE_NAME_MAX, [A-Za-z0-9._-], no "-" first, required
 *     ID >            unique in the namespace while it exists
 *     LENGTH <>       requests that may wait, 1 to KHTTP_QUEUE_LENGTH_MAX
 *     UID GID MODE <> owner and permission bits, as of a file:
 *                     r  see it: GET, and what dumps have of it
 *                     w  attach to it as a worker
 *                     x  control it: SET, DRAIN, WORKER_DRAIN, attach as a
 *                        controller, bind prefixes to it that are reserved for him
 *                     Its owner may always see and control it, and, besides
 *                     CAP_NET_ADMIN, is the only one to change MODE, and GID to a
 *                     group of his. UID, DELEGATES and a higher LENGTH need
 *                     CAP_NET_ADMIN in any case. A change asks nobody to go who
 *                     is attached
 *     REDELIVER <>    times a request is given out again after a worker died
 *     REDELIVER_BODY <> bytes of body kept for that, up to 64 KiB
 *     STATE <>        enum khttp_queue_state
 *     VERBOSITY <>    enum khttp_verbosity, of 503 answers made by the kernel
 *     RETRY_AFTER <>  seconds, the field's value in those answers
 *     DELEGATES <>    string: queues to which its workers may hand requests on,
 *                     with commas between them, up to KHTTP_DELEGATES_MAX of
 *                     this namespace, there or not; empty, the default: none
 *     WAITING IN_HAND WORKERS OLDEST_MS >
 *     UPGRADES >      connections that its workers answered 101 on, now
 *     RECEIVED DELIVERED ANSWERED REFUSED REDELIVERED DIED TIMEOUT UPGRADED > u64
 *     DELEGATED_OUT DELEGATED_IN > u64, requests handed on to others, and by them
 *     OF_FILE >       flag: made by KHTTP_IOC_REGISTER, and ends with that file
 * KHTTP_CMD_QUEUE_DEL      NAME <      waiting requests get 503, workers detach
 * KHTTP_CMD_QUEUE_DRAIN    NAME <      ask every attached worker to finish and go
 *
 * KHTTP_CMD_GROUP_ADD, _SET, _GET (do by NAME, dump)
 *     NAME <>         string as a queue's name, required. Each queue has a default
 *                     group of its own name; no two groups have the same
 *     QUEUE <>        name of the queue it feeds; ADD only, required there
 *     LIMIT { NAME <> VALUE(u64) <> INHERIT(flag) < OWN(u64) > }...
 *                     < the value that the group sets, or INHERIT: none, all or
 *                     nothing; > of each limit that a group may set the value in
 *                     force, and in OWN what it sets itself
 *     SERVER <>       string, the Server field of answers whose worker sets none,
 *                     and of the kernel's own; empty: no such field; up to
 *                     KHTTP_SERVER_MAX, KHTTP_SERVER_DEFAULT at first. What the
 *                     queue has in the cache is dropped when it changes
 *     PAGE { STATUS <> TYPE(string) <> BODY(binary) < LENGTH > }...
 *                     < the body of refusals with that status, 400 to 599, of
 *                     what was routed to the group, up to KHTTP_PAGE_MAX, and
 *                     its Content-Type, text/html in UTF-8 if absent; without
 *                     BODY: there is none any more. The others stay. > each
 *                     that there is, its LENGTH instead of the bytes
 *     MAINTENANCE <>  1: all that is routed to the group is answered 503 from now
 *                     on, also what is stored; what waits or is in hand is
 *                     finished. 0: no more
 *     RETRY_AFTER <>  seconds, the field's value then; 0: no field
 *     ID >            u64, unique in the namespace for ever
 *     BODY_OF <       GET of one: a status, whose PAGE > has its BODY then
 *     DEFAULT >       flag: it came with its queue and ends with it
 *     URLS >          prefixes in it
 *     CONNECTIONS >   whose last request it got; only counted, and only told,
 *                     while it or the namespace sets a limit for that
 *     CACHE > { ENTRIES BYTES HITS MISSES STALE COALESCED STORED EVICTED > u64
 *             NOT_STORED { REASON COUNT(u64) }... }
 *                     what it has of the cache, and what came of its requests there
 * KHTTP_CMD_GROUP_DEL      NAME < FORCE(flag) <    -EBUSY while it has prefixes;
 *                          with FORCE they end, too
 *
 * KHTTP_CMD_URL_ADD
 *     PREFIX <        UrlPrefix in normal form: scheme://host:port/path/
 *     QUEUE <         name of the queue it feeds, by that one's default group; or
 *     GROUP <         name of the group it belongs to
 *     CONTEXT <       u64, handed to the worker with each request
 *     REDIRECT <      string, http://host/path/ or https, up to KHTTP_REDIRECT_MAX:
 *                     its requests are answered with a redirect to it, behind
 *                     which comes what their target has behind the prefix, with
 *                     the query. What the group says holds, but its queue gets
 *                     none of them
 *     STATUS <        301, 302, 307, or 308, which it is if absent
 *     REPLACE <       flag: it takes the place of one that means the same URLs, at
 *                     once: no request finds neither. Where there is none it is
 *                     new; of who may delete that one
 * KHTTP_CMD_URL_DEL        PREFIX <
 * KHTTP_CMD_URL_GET        (dump) PREFIX QUEUE GROUP CONTEXT REQUESTS(u64) >,
 *                          of a redirect REDIRECT STATUS >
 *     USER >          who bound it without CAP_NET_ADMIN
 *     OF_FILE >       flag: bound by KHTTP_IOC_REGISTER, and ends with that file
 *
 * KHTTP_CMD_RESERVATION_ADD  who may bind at or below a prefix
 *     PREFIX <>       as of a url. It is reserved for requests, too: those that
 *                     it matches, and no registered prefix of the same or an
 *                     earlier kind of host that is at least as long, are
 *                     answered 404, Reserved
 *     UID < GID <>    the user, the group, or both: either of them. One at least
 *     RIGHTS <>       KHTTP_RIGHT_* bits; KHTTP_RIGHT_LISTEN if absent
 *     CREATOR >       the user who made it
 *     BIND >          flag: also to ports that need CAP_NET_BIND_SERVICE, which
 *                     who made it had, or the reservation under which he could
 *     DELEGATED >     flag: made without CAP_NET_ADMIN
 * KHTTP_CMD_RESERVATION_DEL  PREFIX <
 * KHTTP_CMD_RESERVATION_GET  (do, dump) for everybody, as permission bits are
 *     PREFIX <        do only: whatever is there to bind. The reservation that
 *                     decides about it is shown; -ENOENT: there is none, only
 *                     CAP_NET_ADMIN may
 *
 * A prefix is bound by CAP_NET_ADMIN, or by whom the longest reservation with
 * the same scheme, host and port that covers it grants KHTTP_RIGHT_LISTEN, and
 * then to a queue that he may control. Nothing is inherited from a shorter one.
 * To reserve needs CAP_NET_ADMIN, or KHTTP_RIGHT_DELEGATE in the longest that is
 * shorter; to delete a reservation, the same or to have made it. A prefix that
 * is bound stays bound whatever becomes of the reservation; it is taken away by
 * CAP_NET_ADMIN or who bound it.
 *
 * KHTTP_CMD_FILTER_SET     the rules of a group, all at once: these and no others
 *     GROUP <         its name
 *     GENERATION <    u64: -ESTALE unless the rules in force have it; 0: none are
 *     RULE { TEXT < or ID(u64) < }...
 *                     in their order: a new one by its text, of up to 1024 bytes
 *                     (khttpctl(8) has the language), or one that is there and
 *                     goes on counting. None: there is no filter any more
 * KHTTP_CMD_FILTER_GET     (dump) one message a rule: GROUP GENERATION(u64) INDEX
 *                          ID(u64) TEXT MATCHED(u64) LIMITED(u64) >
 *                          Those of a group whose rules change meanwhile begin
 *                          anew, with another generation.
 *
 * KHTTP_CMD_NETWORKS_LOAD  a named set of networks, all at once
 *     NAME <          as a queue's name
 *     IPV4 < IPV6 <   packed: each the 4 or 16 bytes of its address and 1 of its
 *                     length; ascending, none within another, no IPv4-mapped one
 *     MORE <          flag: others follow, by this socket. Nothing changes before
 *                     the message without it has come, and nothing at all when
 *                     one of them is refused or the socket is closed
 *     ABORT <         flag: what this socket has sent is dropped
 *     GENERATION <    u64, with the last: -ESTALE unless the set in force has it;
 *                     0: there is none
 * KHTTP_CMD_NETWORKS_DEL   NAME <      -EBUSY while rules name it
 * KHTTP_CMD_NETWORKS_GET   (do by NAME, dump) NAME <> GENERATION(u64) COUNT4 COUNT6
 *                          BYTES(u64) RULES >   do also: START < a number, of the
 *                          networks from that one on IPV4 or IPV6 >, as many as one
 *                          message takes; ADDRESS(4 or 16 bytes) < FOUND(flag) >
 *
 * KHTTP_CMD_RATE_SET       make a rate by client address, or change it in place
 *     NAME <          as a queue's name
 *     COUNT < PERIOD <  requests in so many seconds (1, or as it was)
 *     BURST <         of them at once (as many as COUNT, or as it was)
 *     BITS4 < BITS6 < of an address, that make one client (32 and 64)
 *     ADDRESSES <     clients that it can tell apart; only when it is made
 * KHTTP_CMD_RATE_DEL       NAME <      -EBUSY while rules name it
 * KHTTP_CMD_RATE_GET       (dump) NAME COUNT PERIOD BURST BITS4 BITS6 ADDRESSES
 *                          ACTIVE RULES BYTES(u64) >
 * Sets and rates are of no queue: to see them, too, needs CAP_NET_ADMIN.
 *
 * KHTTP_CMD_LISTENER_GET   (dump) FAMILY ADDR(4 or 16 bytes) PORT PREFIXES
 *                          CONNECTIONS(u64) ACCEPTED(u64) >
 * KHTTP_CMD_LISTENER_SET   how a port is listened at, while a prefix needs it
 *     PORT <>         1 to 65535
 *     ADDR <>         one local address of it that is listened on by itself,
 *                     because a prefix or ADDRESSES names it; absent: all that
 *                     have no settings of their own. What is absent below
 *                     keeps its value, which is the default at first
 *     PROXY <>        enum khttp_proxy_mode: those who are trusted have to
 *                     begin with a PROXY protocol header
 *     TRUSTED <>      string: networks with commas between them, as
 *                     "10.0.0.0/8,2001:db8::1"; up to KHTTP_TRUSTED_MAX
 *     CLIENT_FROM <>  enum khttp_client_from: the field in which they name
 *                     the client
 *     BACKLOG <>      connections that wait to be accepted, 1 to 65535
 *     KEEP_IDLE KEEP_INTERVAL KEEP_COUNT <>  TCP keep-alive: seconds of
 *                     silence, between probes, 1 to 32767, and probes, 1 to
 *                     127; KEEP_IDLE 0: none
 *     DEVICE <>       string: only connections that come in at this network
 *                     interface; empty: at any
 *     ADDRESSES <>    string: where wildcard prefixes listen, with commas
 *                     between them, up to KHTTP_LISTEN_ADDRESSES_MAX; empty:
 *                     everywhere. Not together with ADDR
 * KHTTP_CMD_LISTENER_RESET PORT < ADDR <   back to the defaults
 * KHTTP_CMD_LISTENER_SETTINGS_GET (dump) as for LISTENER_SET >
 * KHTTP_CMD_WORKER_GET     (dump) QUEUE ID PID UID COMM SLOTS IN_HAND STATE
 *                          FETCHED(u64) ANSWERED(u64) SINCE(u64, s of uptime) >
 *     OWED >          requests in hand that wait for the worker, and not for
 *                     their client to send or to receive
 *     PIECES >        counts, and wraps, when a worker went on with a request
 *                     that it did not finish by that
 *     GRANT >         number of the grant by which it came, if it did
 * KHTTP_CMD_WORKER_DRAIN   QUEUE < ID <  nothing new for this worker, who finishes
 *                          what it holds; -ESRCH: it is not attached there
 *
 * KHTTP_CMD_GRANT_GET      (dump) of each grant (KHTTP_IOC_GRANT), while somebody
 *                          has its descriptor or came by it:
 *     QUEUE ID >      unique in the namespace
 *     PID UID COMM >  who made it
 *     MAX_WORKERS WORKERS >  that may be, and that are attached by it
 *     ATTACHED(u64) > so many have been
 *     SINCE(u64) >    s of uptime, when it was made
 *     REVOKED(flag) >
 * KHTTP_CMD_GRANT_REVOKE   QUEUE < and ID <, or ALL(flag) <: nobody attaches by it
 *                          any more. For the queue's owner, too. COUNT of grants >
 *     DETACH(flag) <  who came by it is gone, WORKERS > of them
 *
 * KHTTP_CMD_CACHE_GET      (dump) URL QUEUE STATUS AGE TTL LENGTH(u64)
 *                          CHARGED(u64) HITS(u64) >   TTL is the AGE at which it
 *                          ends, KHTTP_TTL_UNTIL_PURGED: none
 *     TAG >           all its tags, with a blank between two
 *     FRAGMENT(flag) >  no response, but bytes by that name: see struct
 *                     khttp_fragment_add; STATUS is 0
 * KHTTP_CMD_CACHE_PURGE    URL < RECURSIVE(flag) <, or TAG <, or ALL(flag) <
 *                          PURGED(u64) >
 *     SOFT(flag) <    only their time is over, where they may serve past it
 *
 * KHTTP_CMD_LIMITS_GET     (dump) one message a limit:
 *                          NAME VALUE DEFAULT MIN MAX (u64) UNIT HELP >
 *                          GROUP(flag: a group may set it, too) >
 * KHTTP_CMD_LIMITS_SET     ENTRY { NAME VALUE }... <  all or none
 *
 * KHTTP_CMD_STATS_GET      (dump) one message a figure:
 *                          NAME KIND VALUE(u64) HELP, QUEUE or REASON as label >
 * KHTTP_CMD_LATENCY_GET    (dump) one message for each queue and stage:
 *                          QUEUE STAGE(string) COUNT(u64), and in ns (u64) P50
 *                          P90 P99 P999 LONGEST, each within 5 % >
 *                          From 1 us, below which they are 512, to 2^37 ns,
 *                          which stands for everything above.
 *     COUNTS >        what they are made of: u64 in the machine's order, one for
 *                     each bucket, at most KHTTP_LATENCY_BUCKETS. Bucket 0 is
 *                     below 2^10 ns; then each power of two has 16 of the same
 *                     width; the last is 2^37 ns and above. Those behind the
 *                     last that is not 0 are left out, the others add up to COUNT
 *     SLOWEST CONNECTION STREAM > u64: of the stage total, in ns how long that
 *                     answer took which was the slowest in the last one or two
 *                     minutes, and the id of its request; none: there was none
 * KHTTP_CMD_FEATURES_GET   VERSION(string) ABI FEATURES(u64) GENERATION(u64) >
 * KHTTP_CMD_ERROR_GET      (dump) what the kernel refused, cut or gave up, the
 *                          oldest first, one message a record:
 *     FROM <          u64, the first sequence number to show; 0: the oldest
 *     QUEUE REASON <> string; as a filter: only those
 *     SEQ >           u64, from 1 on; one number for each record ever made
 *     TIME >          u64 ns, realtime
 *     CONNECTION STREAM > u64; STREAM is the request's number on it, from 1;
 *                     0: the connection's affair, or no connection was made
 *     CLIENT CLIENT_PORT CLIENT_SCOPE LOCAL LOCAL_PORT LOCAL_SCOPE >
 *                     addresses of 4 or 16 bytes; scope only where there is one
 *     VERSION >       0x0100, 0x0101; as far as known, like the next three
 *     METHOD TARGET > bytes as they came, neither checked nor ended by NUL, up
 *                     to KHTTP_ERROR_METHOD_MAX and KHTTP_ERROR_TARGET_MAX
 *     TARGET_LENGTH > bytes of the whole target, where it is longer than that
 *     STATUS >        that the kernel answered; 0: none
 *     QUEUE_ID PREFIX > PREFIX only while it is registered
 *     LOST >          u64, records that stood between this and the one before
 *                     but were overwritten, whatever they were about
 *                          At the end one message of only NEXT (u64), which as
 *                          FROM goes on behind this dump, and LOST, if any
 *                          behind the last record.
 *                          A queue's owner is shown the records of requests to
 *                          queues that were his when it happened.
 * KHTTP_CMD_ERROR_READY    (multicast, group "errors", no attributes) the log
 *                          goes on: sent once, with the first record that comes
 *                          after a dump began. To follow: join the group, dump,
 *                          wait for this or ENOBUFS, dump from NEXT, and so on.
 *                          It says nothing else, so everybody may join.
 *
 * KHTTP_CMD_TRANSACTION_BEGIN   from now on what this socket changes is staged:
 *                          nothing happens, and it is acknowledged, up to the limit
 *                          transaction_bytes. To ask, to drain and to purge is as
 *                          ever
 * KHTTP_CMD_TRANSACTION_COMMIT  all that was staged, in its order and under one
 *                          lock, or nothing; either way the transaction is over.
 *                          What is deleted is deleted last, and may be named no
 *                          more behind that; so one name may be deleted and added.
 *                          A prefix, a reservation and the filter of a group are
 *                          changed once at most. Who deletes one of the first two
 *                          and adds it replaces it
 *     GENERATION <>   u64: -ESTALE unless the configuration has it; > which it has
 *                     now
 *     CHANGES >       that were made
 *     INDEX >         from 0 on, of the change that was refused: told in a message
 *                     of its own before the refusal, whose text is about that change
 * KHTTP_CMD_TRANSACTION_ABORT   what was staged is dropped; so it is when the
 *                          socket is closed
 * KHTTP_CMD_EVENT          (multicast) TYPE TIME(u64 ns, realtime), and as it
 *                          applies QUEUE GROUP URL WORKER PID COUNT(u64)
 *                          LISTENER >
 * KHTTP_CMD_EVENT_SUBSCRIBE (no attributes) without CAP_NET_ADMIN, which the
 *                          multicast group needs: until it is closed this socket
 *                          is sent the events that have a QUEUE which its opener
 *                          may see then
 */
#ifndef _UAPI_LINUX_KHTTP_H
#define _UAPI_LINUX_KHTTP_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define KHTTP_GENL_NAME		"khttp"
#define KHTTP_GENL_VERSION	1
#define KHTTP_GENL_MCGRP_EVENTS	"events"
#define KHTTP_GENL_MCGRP_ERRORS	"errors"
#define KHTTP_DEVICE		"/dev/khttp"
#define KHTTP_ABI		1

/* Lengths include the final NUL where the thing is a string. */
#define KHTTP_QUEUE_NAME_MAX	64
#define KHTTP_PREFIX_MAX	2048
#define KHTTP_LIMIT_NAME_MAX	32
#define KHTTP_QUEUE_LENGTH_MAX	1000000
#define KHTTP_REDELIVER_MAX	100
#define KHTTP_REDELIVER_BODY_MAX 65536
#define KHTTP_DELEGATES_MAX	16
#define KHTTP_DELEGATE_HOPS	8	/* of a request, from queue to queue */
#define KHTTP_ERROR_METHOD_MAX	24
#define KHTTP_ERROR_TARGET_MAX	256
#define KHTTP_LATENCY_BUCKETS	434
#define KHTTP_TRUSTED_MAX	64
#define KHTTP_LISTEN_ADDRESSES_MAX 16
#define KHTTP_DEVICE_NAME_MAX	16
#define KHTTP_FILTER_RULES_MAX	256
#define KHTTP_SERVER_MAX	128
#define KHTTP_SERVER_DEFAULT	"khttp"
#define KHTTP_PAGE_MAX		61440	/* bytes of its body */
#define KHTTP_PAGE_TYPE_MAX	64
#define KHTTP_PAGES_MAX		16	/* in a group */
#define KHTTP_REDIRECT_MAX	1024
#define KHTTP_RESERVATIONS_MAX	4096	/* in a network namespace */
/* Of one user without CAP_NET_ADMIN in a network namespace */
#define KHTTP_USER_RESERVATIONS_MAX 256
#define KHTTP_USER_URLS_MAX	256
#define KHTTP_USER_QUEUES_MAX	64	/* made by KHTTP_IOC_REGISTER */
#define KHTTP_USER_SUBSCRIBERS_MAX 64
#define KHTTP_USER_LOG_READERS_MAX 2
/* And of all of them */
#define KHTTP_USERS_URLS_MAX	16384
#define KHTTP_USERS_QUEUES_MAX	4096
#define KHTTP_USERS_SUBSCRIBERS_MAX 1024
#define KHTTP_USERS_LOG_READERS_MAX 16
#define KHTTP_RATE_PERIOD_MAX	86400
#define KHTTP_RATE_ADDRESSES	32768	/* unless it is said */
#define KHTTP_RATE_ADDRESSES_MIN 64
#define KHTTP_RATE_ADDRESSES_MAX 16777216

enum khttp_cmd {
	KHTTP_CMD_UNSPEC,
	KHTTP_CMD_QUEUE_ADD,
	KHTTP_CMD_QUEUE_SET,
	KHTTP_CMD_QUEUE_DEL,
	KHTTP_CMD_QUEUE_GET,
	KHTTP_CMD_QUEUE_DRAIN,
	KHTTP_CMD_URL_ADD,
	KHTTP_CMD_URL_DEL,
	KHTTP_CMD_URL_GET,
	KHTTP_CMD_LISTENER_GET,
	KHTTP_CMD_WORKER_GET,
	KHTTP_CMD_CACHE_GET,
	KHTTP_CMD_CACHE_PURGE,
	KHTTP_CMD_LIMITS_GET,
	KHTTP_CMD_LIMITS_SET,
	KHTTP_CMD_STATS_GET,
	KHTTP_CMD_FEATURES_GET,
	KHTTP_CMD_EVENT,
	KHTTP_CMD_LATENCY_GET,
	KHTTP_CMD_ERROR_GET,
	KHTTP_CMD_ERROR_READY,
	KHTTP_CMD_LISTENER_SET,
	KHTTP_CMD_LISTENER_RESET,
	KHTTP_CMD_LISTENER_SETTINGS_GET,
	KHTTP_CMD_GROUP_ADD,
	KHTTP_CMD_GROUP_SET,
	KHTTP_CMD_GROUP_DEL,
	KHTTP_CMD_GROUP_GET,
	KHTTP_CMD_FILTER_SET,
	KHTTP_CMD_FILTER_GET,
	KHTTP_CMD_NETWORKS_LOAD,
	KHTTP_CMD_NETWORKS_DEL,
	KHTTP_CMD_NETWORKS_GET,
	KHTTP_CMD_RATE_SET,
	KHTTP_CMD_RATE_DEL,
	KHTTP_CMD_RATE_GET,
	KHTTP_CMD_WORKER_DRAIN,
	KHTTP_CMD_TRANSACTION_BEGIN,
	KHTTP_CMD_TRANSACTION_COMMIT,
	KHTTP_CMD_TRANSACTION_ABORT,
	KHTTP_CMD_GRANT_GET,
	KHTTP_CMD_GRANT_REVOKE,
	KHTTP_CMD_RESERVATION_ADD,
	KHTTP_CMD_RESERVATION_DEL,
	KHTTP_CMD_RESERVATION_GET,
	KHTTP_CMD_EVENT_SUBSCRIBE,
	__KHTTP_CMD_LAST
};
#define KHTTP_CMD_MAX (__KHTTP_CMD_LAST - 1)

enum khttp_queue_attr {
	KHTTP_QUEUE_A_UNSPEC,
	KHTTP_QUEUE_A_PAD,
	KHTTP_QUEUE_A_NAME,
	KHTTP_QUEUE_A_ID,
	KHTTP_QUEUE_A_LENGTH,
	KHTTP_QUEUE_A_UID,
	KHTTP_QUEUE_A_GID,
	KHTTP_QUEUE_A_MODE,
	KHTTP_QUEUE_A_REDELIVER,
	KHTTP_QUEUE_A_REDELIVER_BODY,
	KHTTP_QUEUE_A_STATE,
	KHTTP_QUEUE_A_VERBOSITY,
	KHTTP_QUEUE_A_RETRY_AFTER,
	KHTTP_QUEUE_A_WAITING,
	KHTTP_QUEUE_A_IN_HAND,
	KHTTP_QUEUE_A_WORKERS,
	KHTTP_QUEUE_A_OLDEST_MS,
	KHTTP_QUEUE_A_RECEIVED,
	KHTTP_QUEUE_A_DELIVERED,
	KHTTP_QUEUE_A_ANSWERED,
	KHTTP_QUEUE_A_REFUSED,
	KHTTP_QUEUE_A_REDELIVERED,
	KHTTP_QUEUE_A_DIED,
	KHTTP_QUEUE_A_TIMEOUT,
	KHTTP_QUEUE_A_UPGRADED,
	KHTTP_QUEUE_A_UPGRADES,
	KHTTP_QUEUE_A_DELEGATES,
	KHTTP_QUEUE_A_DELEGATED_OUT,
	KHTTP_QUEUE_A_DELEGATED_IN,
	KHTTP_QUEUE_A_OF_FILE,
	__KHTTP_QUEUE_A_LAST
};
#define KHTTP_QUEUE_A_MAX (__KHTTP_QUEUE_A_LAST - 1)

enum khttp_queue_state {
	KHTTP_QUEUE_ACTIVE,	/* requests are taken in */
	KHTTP_QUEUE_INACTIVE,	/* new requests get 503; waiting ones stay */
	KHTTP_QUEUE_OFFLINE,	/* it failed: waiting ones get 503, too */
	__KHTTP_QUEUE_STATE_LAST
};
#define KHTTP_QUEUE_STATE_MAX (__KHTTP_QUEUE_STATE_LAST - 1)

/* What a client sees of a 503 that the kernel makes (HTTP.sys' 503 verbosity) */
enum khttp_verbosity {
	KHTTP_VERBOSITY_FULL,	 /* 503 whose body names the reason; the default */
	KHTTP_VERBOSITY_LIMITED, /* 503 without the reason */
	KHTTP_VERBOSITY_BASIC,	 /* connection reset, for layer-4 balancers */
	__KHTTP_VERBOSITY_LAST
};
#define KHTTP_VERBOSITY_MAX (__KHTTP_VERBOSITY_LAST - 1)

enum khttp_group_attr {
	KHTTP_GROUP_A_UNSPEC,
	KHTTP_GROUP_A_PAD,
	KHTTP_GROUP_A_NAME,
	KHTTP_GROUP_A_QUEUE,
	KHTTP_GROUP_A_LIMIT,
	KHTTP_GROUP_A_ID,
	KHTTP_GROUP_A_DEFAULT,
	KHTTP_GROUP_A_URLS,
	KHTTP_GROUP_A_FORCE,
	KHTTP_GROUP_A_CONNECTIONS,
	KHTTP_GROUP_A_SERVER,
	KHTTP_GROUP_A_PAGE,
	KHTTP_GROUP_A_MAINTENANCE,
	KHTTP_GROUP_A_RETRY_AFTER,
	KHTTP_GROUP_A_BODY_OF,
	KHTTP_GROUP_A_CACHE,
	__KHTTP_GROUP_A_LAST
};
#define KHTTP_GROUP_A_MAX (__KHTTP_GROUP_A_LAST - 1)

/* in KHTTP_GROUP_A_CACHE; all but the last are u64 */
enum khttp_share_attr {
	KHTTP_SHARE_A_UNSPEC,
	KHTTP_SHARE_A_PAD,
	KHTTP_SHARE_A_ENTRIES,		/* stored responses */
	KHTTP_SHARE_A_BYTES,		/* charged: objects, keys, pages */
	KHTTP_SHARE_A_HITS,		/* as the figures cache_* of the namespace: */
	KHTTP_SHARE_A_MISSES,
	KHTTP_SHARE_A_STALE,
	KHTTP_SHARE_A_COALESCED,
	KHTTP_SHARE_A_STORED,
	KHTTP_SHARE_A_EVICTED,
	KHTTP_SHARE_A_NOT_STORED,	/* nest, one for each reason that there was */
	__KHTTP_SHARE_A_LAST
};
#define KHTTP_SHARE_A_MAX (__KHTTP_SHARE_A_LAST - 1)

/* in KHTTP_SHARE_A_NOT_STORED */
enum khttp_why_attr {
	KHTTP_WHY_A_UNSPEC,
	KHTTP_WHY_A_PAD,
	KHTTP_WHY_A_REASON,		/* string, as in Cache-Status */
	KHTTP_WHY_A_COUNT,		/* u64 */
	__KHTTP_WHY_A_LAST
};
#define KHTTP_WHY_A_MAX (__KHTTP_WHY_A_LAST - 1)

enum khttp_page_attr {
	KHTTP_PAGE_A_UNSPEC,
	KHTTP_PAGE_A_STATUS,
	KHTTP_PAGE_A_TYPE,
	KHTTP_PAGE_A_BODY,
	KHTTP_PAGE_A_LENGTH,
	__KHTTP_PAGE_A_LAST
};
#define KHTTP_PAGE_A_MAX (__KHTTP_PAGE_A_LAST - 1)

enum khttp_url_attr {
	KHTTP_URL_A_UNSPEC,
	KHTTP_URL_A_PAD,
	KHTTP_URL_A_PREFIX,
	KHTTP_URL_A_QUEUE,
	KHTTP_URL_A_CONTEXT,
	KHTTP_URL_A_REQUESTS,
	KHTTP_URL_A_GROUP,
	KHTTP_URL_A_REDIRECT,
	KHTTP_URL_A_STATUS,
	KHTTP_URL_A_REPLACE,
	KHTTP_URL_A_USER,
	KHTTP_URL_A_OF_FILE,
	__KHTTP_URL_A_LAST
};
#define KHTTP_URL_A_MAX (__KHTTP_URL_A_LAST - 1)

enum khttp_reservation_attr {
	KHTTP_RESERVATION_A_UNSPEC,
	KHTTP_RESERVATION_A_PREFIX,
	KHTTP_RESERVATION_A_UID,
	KHTTP_RESERVATION_A_GID,
	KHTTP_RESERVATION_A_RIGHTS,
	KHTTP_RESERVATION_A_CREATOR,
	KHTTP_RESERVATION_A_BIND,
	KHTTP_RESERVATION_A_DELEGATED,
	__KHTTP_RESERVATION_A_LAST
};
#define KHTTP_RESERVATION_A_MAX (__KHTTP_RESERVATION_A_LAST - 1)

#define KHTTP_RIGHT_LISTEN	(1U << 0) /* bind at or below it */
#define KHTTP_RIGHT_DELEGATE	(1U << 1) /* reserve below it */
#define KHTTP_RIGHT_ALL		(KHTTP_RIGHT_LISTEN | KHTTP_RIGHT_DELEGATE)

enum khttp_filter_attr {
	KHTTP_FILTER_A_UNSPEC,
	KHTTP_FILTER_A_PAD,
	KHTTP_FILTER_A_GROUP,
	KHTTP_FILTER_A_GENERATION,
	KHTTP_FILTER_A_RULE,
	KHTTP_FILTER_A_INDEX,
	KHTTP_FILTER_A_ID,
	KHTTP_FILTER_A_TEXT,
	KHTTP_FILTER_A_MATCHED,
	KHTTP_FILTER_A_LIMITED,
	__KHTTP_FILTER_A_LAST
};
#define KHTTP_FILTER_A_MAX (__KHTTP_FILTER_A_LAST - 1)

enum khttp_networks_attr {
	KHTTP_NETWORKS_A_UNSPEC,
	KHTTP_NETWORKS_A_PAD,
	KHTTP_NETWORKS_A_NAME,
	KHTTP_NETWORKS_A_IPV4,
	KHTTP_NETWORKS_A_IPV6,
	KHTTP_NETWORKS_A_MORE,
	KHTTP_NETWORKS_A_ABORT,
	KHTTP_NETWORKS_A_GENERATION,
	KHTTP_NETWORKS_A_COUNT4,
	KHTTP_NETWORKS_A_COUNT6,
	KHTTP_NETWORKS_A_BYTES,
	KHTTP_NETWORKS_A_RULES,
	KHTTP_NETWORKS_A_START,
	KHTTP_NETWORKS_A_ADDRESS,
	KHTTP_NETWORKS_A_FOUND,
	__KHTTP_NETWORKS_A_LAST
};
#define KHTTP_NETWORKS_A_MAX (__KHTTP_NETWORKS_A_LAST - 1)

enum khttp_rate_attr {
	KHTTP_RATE_A_UNSPEC,
	KHTTP_RATE_A_PAD,
	KHTTP_RATE_A_NAME,
	KHTTP_RATE_A_COUNT,
	KHTTP_RATE_A_PERIOD,
	KHTTP_RATE_A_BURST,
	KHTTP_RATE_A_BITS4,
	KHTTP_RATE_A_BITS6,
	KHTTP_RATE_A_ADDRESSES,
	KHTTP_RATE_A_ACTIVE,
	KHTTP_RATE_A_RULES,
	KHTTP_RATE_A_BYTES,
	__KHTTP_RATE_A_LAST
};
#define KHTTP_RATE_A_MAX (__KHTTP_RATE_A_LAST - 1)

enum khttp_listener_attr {
	KHTTP_LISTENER_A_UNSPEC,
	KHTTP_LISTENER_A_PAD,
	KHTTP_LISTENER_A_FAMILY,
	KHTTP_LISTENER_A_ADDR,
	KHTTP_LISTENER_A_PORT,
	KHTTP_LISTENER_A_PREFIXES,
	KHTTP_LISTENER_A_CONNECTIONS,
	KHTTP_LISTENER_A_ACCEPTED,
	KHTTP_LISTENER_A_PROXY,
	KHTTP_LISTENER_A_TRUSTED,
	KHTTP_LISTENER_A_CLIENT_FROM,
	KHTTP_LISTENER_A_BACKLOG,
	KHTTP_LISTENER_A_KEEP_IDLE,
	KHTTP_LISTENER_A_KEEP_INTERVAL,
	KHTTP_LISTENER_A_KEEP_COUNT,
	KHTTP_LISTENER_A_DEVICE,
	KHTTP_LISTENER_A_ADDRESSES,
	__KHTTP_LISTENER_A_LAST
};
#define KHTTP_LISTENER_A_MAX (__KHTTP_LISTENER_A_LAST - 1)

/*
 * The PROXY protocol of HAProxy. Who is trusted begins every connection with
 * such a header, or is refused; whoever else sends one has sent a malformed
 * request.
 */
enum khttp_proxy_mode {
	KHTTP_PROXY_OFF,
	KHTTP_PROXY_V1,
	KHTTP_PROXY_V2,
	KHTTP_PROXY_ANY,	/* either */
	__KHTTP_PROXY_LAST
};
#define KHTTP_PROXY_MAX (__KHTTP_PROXY_LAST - 1)

/* Who the client is, where who sent the request is trusted */
enum khttp_client_from {
	KHTTP_CLIENT_FROM_NONE,		/* who sent it */
	KHTTP_CLIENT_FROM_FORWARDED,	/* RFC 7239 */
	KHTTP_CLIENT_FROM_X_FORWARDED_FOR,
	__KHTTP_CLIENT_FROM_LAST
};
#define KHTTP_CLIENT_FROM_MAX (__KHTTP_CLIENT_FROM_LAST - 1)

enum khttp_worker_attr {
	KHTTP_WORKER_A_UNSPEC,
	KHTTP_WORKER_A_PAD,
	KHTTP_WORKER_A_QUEUE,
	KHTTP_WORKER_A_ID,
	KHTTP_WORKER_A_PID,
	KHTTP_WORKER_A_UID,
	KHTTP_WORKER_A_COMM,
	KHTTP_WORKER_A_SLOTS,
	KHTTP_WORKER_A_IN_HAND,
	KHTTP_WORKER_A_STATE,
	KHTTP_WORKER_A_FETCHED,
	KHTTP_WORKER_A_ANSWERED,
	KHTTP_WORKER_A_SINCE,
	KHTTP_WORKER_A_OWED,
	KHTTP_WORKER_A_PIECES,
	KHTTP_WORKER_A_GRANT,
	__KHTTP_WORKER_A_LAST
};
#define KHTTP_WORKER_A_MAX (__KHTTP_WORKER_A_LAST - 1)

enum khttp_worker_state {
	KHTTP_WORKER_ATTACHED,	/* attached, slots not mapped yet */
	KHTTP_WORKER_SERVING,
	KHTTP_WORKER_DRAINING,	/* gets nothing new, finishes what it holds */
	KHTTP_WORKER_GONE,	/* its address space ended; being cleaned up */
};

enum khttp_grant_attr {
	KHTTP_GRANT_A_UNSPEC,
	KHTTP_GRANT_A_PAD,
	KHTTP_GRANT_A_QUEUE,
	KHTTP_GRANT_A_ID,
	KHTTP_GRANT_A_ALL,
	KHTTP_GRANT_A_DETACH,
	KHTTP_GRANT_A_PID,
	KHTTP_GRANT_A_UID,
	KHTTP_GRANT_A_COMM,
	KHTTP_GRANT_A_MAX_WORKERS,
	KHTTP_GRANT_A_WORKERS,
	KHTTP_GRANT_A_ATTACHED,
	KHTTP_GRANT_A_SINCE,
	KHTTP_GRANT_A_REVOKED,
	KHTTP_GRANT_A_COUNT,
	__KHTTP_GRANT_A_LAST
};
#define KHTTP_GRANT_A_MAX (__KHTTP_GRANT_A_LAST - 1)

enum khttp_cache_attr {
	KHTTP_CACHE_A_UNSPEC,
	KHTTP_CACHE_A_PAD,
	KHTTP_CACHE_A_URL,
	KHTTP_CACHE_A_RECURSIVE,
	KHTTP_CACHE_A_ALL,
	KHTTP_CACHE_A_QUEUE,
	KHTTP_CACHE_A_STATUS,
	KHTTP_CACHE_A_AGE,
	KHTTP_CACHE_A_TTL,
	KHTTP_CACHE_A_LENGTH,
	KHTTP_CACHE_A_CHARGED,
	KHTTP_CACHE_A_HITS,
	KHTTP_CACHE_A_PURGED,
	KHTTP_CACHE_A_TAG,
	KHTTP_CACHE_A_SOFT,
	KHTTP_CACHE_A_FRAGMENT,
	__KHTTP_CACHE_A_LAST
};
#define KHTTP_CACHE_A_MAX (__KHTTP_CACHE_A_LAST - 1)

enum khttp_limit_attr {
	KHTTP_LIMIT_A_UNSPEC,
	KHTTP_LIMIT_A_PAD,
	KHTTP_LIMIT_A_ENTRY,
	KHTTP_LIMIT_A_NAME,
	KHTTP_LIMIT_A_VALUE,
	KHTTP_LIMIT_A_DEFAULT,
	KHTTP_LIMIT_A_MIN,
	KHTTP_LIMIT_A_MAX_VALUE,
	KHTTP_LIMIT_A_UNIT,
	KHTTP_LIMIT_A_HELP,
	KHTTP_LIMIT_A_INHERIT,
	KHTTP_LIMIT_A_OWN,
	KHTTP_LIMIT_A_GROUP,
	__KHTTP_LIMIT_A_LAST
};
#define KHTTP_LIMIT_A_MAX (__KHTTP_LIMIT_A_LAST - 1)

enum khttp_stat_attr {
	KHTTP_STAT_A_UNSPEC,
	KHTTP_STAT_A_PAD,
	KHTTP_STAT_A_NAME,
	KHTTP_STAT_A_KIND,
	KHTTP_STAT_A_VALUE,
	KHTTP_STAT_A_HELP,
	KHTTP_STAT_A_QUEUE,
	KHTTP_STAT_A_REASON,
	__KHTTP_STAT_A_LAST
};
#define KHTTP_STAT_A_MAX (__KHTTP_STAT_A_LAST - 1)

enum khttp_stat_kind {
	KHTTP_STAT_COUNTER,	/* only grows while the namespace lives */
	KHTTP_STAT_GAUGE,
};

enum khttp_latency_attr {
	KHTTP_LATENCY_A_UNSPEC,
	KHTTP_LATENCY_A_PAD,
	KHTTP_LATENCY_A_QUEUE,
	KHTTP_LATENCY_A_STAGE,
	KHTTP_LATENCY_A_COUNT,
	KHTTP_LATENCY_A_P50,
	KHTTP_LATENCY_A_P90,
	KHTTP_LATENCY_A_P99,
	KHTTP_LATENCY_A_P999,
	KHTTP_LATENCY_A_LONGEST,
	KHTTP_LATENCY_A_COUNTS,
	KHTTP_LATENCY_A_SLOWEST,
	KHTTP_LATENCY_A_CONNECTION,
	KHTTP_LATENCY_A_STREAM,
	__KHTTP_LATENCY_A_LAST
};
#define KHTTP_LATENCY_A_MAX (__KHTTP_LATENCY_A_LAST - 1)

enum khttp_error_attr {
	KHTTP_ERROR_A_UNSPEC,
	KHTTP_ERROR_A_PAD,
	KHTTP_ERROR_A_FROM,
	KHTTP_ERROR_A_NEXT,
	KHTTP_ERROR_A_LOST,
	KHTTP_ERROR_A_SEQ,
	KHTTP_ERROR_A_TIME,
	KHTTP_ERROR_A_CONNECTION,
	KHTTP_ERROR_A_STREAM,
	KHTTP_ERROR_A_CLIENT,
	KHTTP_ERROR_A_CLIENT_PORT,
	KHTTP_ERROR_A_CLIENT_SCOPE,
	KHTTP_ERROR_A_LOCAL,
	KHTTP_ERROR_A_LOCAL_PORT,
	KHTTP_ERROR_A_LOCAL_SCOPE,
	KHTTP_ERROR_A_VERSION,
	KHTTP_ERROR_A_METHOD,
	KHTTP_ERROR_A_TARGET,
	KHTTP_ERROR_A_TARGET_LENGTH,
	KHTTP_ERROR_A_STATUS,
	KHTTP_ERROR_A_REASON,
	KHTTP_ERROR_A_QUEUE,
	KHTTP_ERROR_A_QUEUE_ID,
	KHTTP_ERROR_A_PREFIX,
	__KHTTP_ERROR_A_LAST
};
#define KHTTP_ERROR_A_MAX (__KHTTP_ERROR_A_LAST - 1)

enum khttp_feature_attr {
	KHTTP_FEATURE_A_UNSPEC,
	KHTTP_FEATURE_A_PAD,
	KHTTP_FEATURE_A_VERSION,
	KHTTP_FEATURE_A_ABI,
	KHTTP_FEATURE_A_FEATURES,
	KHTTP_FEATURE_A_GENERATION,
	__KHTTP_FEATURE_A_LAST
};
#define KHTTP_FEATURE_A_MAX (__KHTTP_FEATURE_A_LAST - 1)

enum khttp_transaction_attr {
	KHTTP_TRANSACTION_A_UNSPEC,
	KHTTP_TRANSACTION_A_PAD,
	KHTTP_TRANSACTION_A_GENERATION,
	KHTTP_TRANSACTION_A_CHANGES,
	KHTTP_TRANSACTION_A_INDEX,
	__KHTTP_TRANSACTION_A_LAST
};
#define KHTTP_TRANSACTION_A_MAX (__KHTTP_TRANSACTION_A_LAST - 1)

enum khttp_event_attr {
	KHTTP_EVENT_A_UNSPEC,
	KHTTP_EVENT_A_PAD,
	KHTTP_EVENT_A_TYPE,
	KHTTP_EVENT_A_TIME,
	KHTTP_EVENT_A_QUEUE,
	KHTTP_EVENT_A_URL,
	KHTTP_EVENT_A_WORKER,
	KHTTP_EVENT_A_PID,
	KHTTP_EVENT_A_COUNT,
	KHTTP_EVENT_A_LISTENER,
	KHTTP_EVENT_A_GROUP,
	KHTTP_EVENT_A_TAG,
	KHTTP_EVENT_A_RECURSIVE,
	KHTTP_EVENT_A_MISSED,
	KHTTP_EVENT_A_SOFT,
	__KHTTP_EVENT_A_LAST
};
#define KHTTP_EVENT_A_MAX (__KHTTP_EVENT_A_LAST - 1)

enum khttp_event_type {
	KHTTP_EVENT_UNSPEC,
	KHTTP_EVENT_QUEUE_ADDED,	/* QUEUE */
	KHTTP_EVENT_QUEUE_CHANGED,	/* QUEUE */
	KHTTP_EVENT_QUEUE_DELETED,	/* QUEUE */
	KHTTP_EVENT_QUEUE_NEEDS_WORKER,	/* QUEUE: a request waits, nobody attached */
	KHTTP_EVENT_QUEUE_FULL,		/* QUEUE: first refusal since it had room */
	KHTTP_EVENT_WORKER_ATTACHED,	/* QUEUE WORKER PID */
	KHTTP_EVENT_WORKER_DRAINING,	/* QUEUE WORKER PID COUNT = in hand */
	KHTTP_EVENT_WORKER_DETACHED,	/* QUEUE WORKER PID: left with nothing in hand */
	KHTTP_EVENT_WORKER_LOST,	/* QUEUE WORKER PID COUNT = was in hand */
	KHTTP_EVENT_URL_ADDED,		/* URL QUEUE GROUP */
	KHTTP_EVENT_URL_DELETED,	/* URL QUEUE GROUP */
	KHTTP_EVENT_LIMITS_CHANGED,
	KHTTP_EVENT_CACHE_PURGED,	/* URL, with RECURSIVE(flag) all below it; or
					 * TAG; or none of them: everything. COUNT,
					 * SOFT(flag). By
					 * a worker, of its queue: QUEUE WORKER PID,
					 * and MISSED(u64): so many of these were left
					 * out before it, for there were too many
					 */
	KHTTP_EVENT_LISTENER_CHANGED,	/* LISTENER: "80", "192.0.2.1:80" */
	KHTTP_EVENT_GROUP_ADDED,	/* GROUP QUEUE; no default group */
	KHTTP_EVENT_GROUP_CHANGED,	/* GROUP QUEUE */
	KHTTP_EVENT_GROUP_DELETED,	/* GROUP QUEUE; no default group */
	KHTTP_EVENT_FILTER_CHANGED,	/* GROUP QUEUE; absent: a set or a rate */
	KHTTP_EVENT_RESERVATION_ADDED,	/* URL */
	KHTTP_EVENT_RESERVATION_DELETED, /* URL */
	__KHTTP_EVENT_LAST
};
#define KHTTP_EVENT_MAX (__KHTTP_EVENT_LAST - 1)

/*
 * ========================= Data path: /dev/khttp =========================
 *
 * A worker opens the device, attaches the file to a queue (KHTTP_IOC_ATTACH)
 * and maps its slots (mmap, offset 0, PROT_READ|PROT_WRITE, MAP_SHARED, the
 * length that ATTACH reported). From then on the worker IS the address space
 * that holds the mapping: only it may use the file, and when the mapping goes
 * (munmap, exec, exit, SIGKILL) the worker is gone and what it held is given
 * to another worker or answered 502. The mapping is not inherited by fork.
 *
 * A slot holds one request in hand. Its first request_area bytes are written
 * by the kernel (struct khttp_slot, then what its offsets point to), the rest
 * by the worker (struct khttp_reply, then what its offsets point to). What
 * offsets point to may overlap, and bytes that none points to mean nothing.
 * The kernel never trusts either: it reads a reply once, into its own memory.
 *
 * A request id names one delivery of one request to one worker: the slot in
 * its low 16 bits, a generation above. After the last commit, a cancel or the
 * worker's end it is stale, and using it gives -ESTALE.
 *
 * Operations, with the same meaning on both transports:
 *
 *   FETCH    the next request, put into a free slot
 *   READ     body bytes that are not in the slot already
 *   COMMIT   what the slot's struct khttp_reply says: head, a piece of body,
 *            or the end; may be followed by FETCH in the same command
 *   CANCEL   give the request up: the client's connection is closed
 *   WAIT     tell me when this request's client is gone
 *   DRAIN    nothing new for me; I finish what I hold
 *   PURGE    drop what my queue has in the response cache: by URL or by tag
 *   DELEGATE the request is for another queue's workers (by ioctl, also beside a
 *            ring, like PURGE)
 *   FRAGMENT_ADD, FRAGMENT_READ  keep named bytes, of which answers can be made
 *            with KHTTP_BODY_FRAGMENT; have them back (by ioctl likewise)
 *
 * io_uring: SQE opcode IORING_OP_URING_CMD, cmd_op one of KHTTP_U_*, struct
 * khttp_ucmd in its 16 bytes of payload (SQE128 is not needed). Many commands
 * may be in flight. The CQE's res is 0 or more, or a negative errno:
 *
 *   KHTTP_U_FETCH             slot index of the request (0 to slots - 1)
 *   KHTTP_U_READ              bytes read, 0 at the end of the body
 *   KHTTP_U_COMMIT            0: everything was accepted
 *   KHTTP_U_COMMIT_AND_FETCH  slot index as for FETCH. Should the commit fail,
 *                             its errno, and nothing is fetched
 *   KHTTP_U_WAIT              0: client gone; -ECANCELED: request finished
 *
 * A command whose ring or task goes away ends with -ECANCELED; so does a fetch whose
 * task the freezer of its cgroup holds, and may be posted again. COMMIT_AND_FETCH that
 * ends so, or with -ESHUTDOWN, may have committed: post COMMIT, and -ESTALE means that
 * it had.
 *
 * ioctl: the same with KHTTP_IOC_READ, _COMMIT, _CANCEL; these wait like a
 * blocking read (a signal ends them with -EINTR) unless KHTTP_OP_NONBLOCK is
 * given: then they do what they can, return -EAGAIN if that is nothing, and
 * KHTTP_IOC_RUN reports the request as readable or writable once it is worth
 * another try. KHTTP_IOC_RUN commits a batch and collects a batch of events;
 * the file polls readable (EPOLLIN) while it would return at least one.
 *
 * Errors common to all: -ENXIO not attached or not mapped, -EPERM not the
 * address space that mapped the slots, -ESHUTDOWN the worker drains, or its
 * queue or namespace is gone, -ESTALE unknown or finished id, -EBUSY an
 * operation of this kind is already under way on this request, -ECONNRESET
 * the client is gone (the id is finished by this), -EINVAL, -EFAULT.
 */

#define KHTTP_FEATURE_IOCTL	(1ULL << 0) /* the ioctl transport */
#define KHTTP_FEATURE_URING	(1ULL << 1) /* the io_uring transport */
#define KHTTP_FEATURE_FILE_BODY	(1ULL << 2) /* KHTTP_BODY_FILE */
#define KHTTP_FEATURE_CACHE	(1ULL << 3) /* KHTTP_REPLY_CACHE, PURGE */
#define KHTTP_FEATURE_FILTER	(1ULL << 4) /* FILTER_*, NETWORKS_*, RATE_* */
#define KHTTP_FEATURE_DOOR	(1ULL << 5) /* a group's SERVER, PAGE, MAINTENANCE;
					     * a url's REDIRECT
					     */
#define KHTTP_FEATURE_TRANSACTION (1ULL << 6) /* TRANSACTION_*, a url's REPLACE */
#define KHTTP_FEATURE_UPGRADE	(1ULL << 7) /* 101, KHTTP_REPLY_SHUT */
#define KHTTP_FEATURE_GRANT	(1ULL << 8) /* KHTTP_IOC_GRANT, GRANT_* */
#define KHTTP_FEATURE_DELEGATE	(1ULL << 9) /* KHTTP_IOC_DELEGATE, DELEGATES */
#define KHTTP_FEATURE_CACHE_AUTO (1ULL << 10) /* KHTTP_REPLY_CACHE_AUTO, _NEVER,
					      * KHTTP_TTL_UNTIL_PURGED, Vary
					      */
#define KHTTP_FEATURE_RESERVE	(1ULL << 11) /* RESERVATION_*, KHTTP_IOC_REGISTER */

#define KHTTP_FEATURE_CACHE_STREAM (1ULL << 12) /* answers in pieces are stored, too;
						* KHTTP_REPLY_TELL
						*/
#define KHTTP_FEATURE_CACHE_VALIDATE (1ULL << 13) /* KHTTP_ATTACH_VALIDATES,
						  * KHTTP_REQ_VALIDATE
						  */
#define KHTTP_FEATURE_CACHE_TAGS (1ULL << 14) /* Cache-Tag and the like,
					       * KHTTP_PURGE_TAG, CACHE_A_TAG
					       */
#define KHTTP_FEATURE_FRAGMENT	(1ULL << 15) /* KHTTP_IOC_FRAGMENT_*,
					      * KHTTP_BODY_FRAGMENT
					      */
#define KHTTP_FEATURE_LOG	(1ULL << 16) /* KHTTP_IOC_LOG: the access log */
#define KHTTP_FEATURE_FLOW	(1ULL << 17) /* khttp_reply.flow */
#define KHTTP_FEATURE_LOG_FIELDS (1ULL << 18) /* khttp_reply.log_len, KHTTP_LOG_FIELDS,
					       * KHTTP_LOG_OF_QUEUE
					       */
#define KHTTP_FEATURE_TRACE	(1ULL << 19) /* the limit traceparent,
					      * KHTTP_LOG_TRACE_ID
					      */

enum khttp_role {
	KHTTP_ROLE_WORKER,	/* serves requests */
	KHTTP_ROLE_CONTROLLER,	/* may only poll: readable while a request waits */
};

/* khttp_attach.flags of a worker: it answers what a request's If-None-Match and
 * If-Modified-Since ask, so the kernel may ask by them: KHTTP_REQ_VALIDATE
 */
#define KHTTP_ATTACH_VALIDATES	(1U << 0)

#define KHTTP_SLOTS_MAX		1024
#define KHTTP_AREA_MIN		8192	/* a page multiple, each of the two areas */
#define KHTTP_AREA_MAX		262144
#define KHTTP_SLOTS_BYTES_MAX	(64U << 20) /* slots * (request + reply area) */
#define KHTTP_GRANTS_MAX	1024	/* of a queue */
#define KHTTP_GRANT_WORKERS	256	/* attached by a grant, unless it is said */
#define KHTTP_GRANT_WORKERS_MAX	16384

/**
 * struct khttp_attach - KHTTP_IOC_ATTACH: bind this file to a queue
 * @queue: name of the queue, NUL-terminated
 * @role: enum khttp_role
 * @flags: KHTTP_ATTACH_*; where the kernel does not know one, -EINVAL
 * @slots: requests this worker can hold at once, 1 to KHTTP_SLOTS_MAX
 *	(0 for a controller)
 * @request_area: bytes of a slot the kernel writes; a request whose head does
 *	not fit is answered 431. 0 = 32 KiB. Out: the value in force
 * @reply_area: bytes of a slot the worker writes. 0 = 32 KiB. Out: in force
 * @worker: out: id of this worker, as in netlink and events
 * @map_length: out: bytes to mmap: slots * (request_area + reply_area)
 * @features: out: KHTTP_FEATURE_* bits
 *
 * A file that KHTTP_IOC_OPEN gave is bound to its grant's queue: @queue is
 * empty, and out: that one's name; @role is the grant's.
 *
 * Errors: -ENOENT no such queue, -EACCES the queue's owner and mode do not
 * let you, -EBUSY attached already, -ENOMEM, -E2BIG over a limit above; by a
 * grant -EKEYREVOKED it was revoked, -EUSERS as many as it may are attached.
 */
struct khttp_attach {
	char queue[KHTTP_QUEUE_NAME_MAX];
	__u32 role;
	__u32 flags;
	__u32 slots;
	__u32 request_area;
	__u32 reply_area;
	__u32 worker;
	__u64 map_length;
	__u64 features;
};

/**
 * struct khttp_grant_new - KHTTP_IOC_GRANT: let others attach to a queue
 * @queue: name of the queue, NUL-terminated
 * @role: of who attaches by it: KHTTP_ROLE_WORKER
 * @flags: must be 0
 * @workers: that may be attached by it at once, 1 to KHTTP_GRANT_WORKERS_MAX;
 *	0: KHTTP_GRANT_WORKERS. Out: the value in force
 * @id: out: its number, as in netlink
 *
 * Returns a new descriptor, close-on-exec. Who has it, or gets it passed, can
 * do one thing: KHTTP_IOC_OPEN gives a file like an open /dev/khttp, for as
 * many workers as @workers says, which attaches to this queue and to nothing
 * else, whatever namespaces and user its holder has. Rights are looked at
 * here only: the queue's owner, or CAP_NET_ADMIN in the namespace, of this
 * file's opener and of the caller both. It polls EPOLLHUP once it is good for
 * nothing any more: revoked, or its queue is gone.
 *
 * Errors: -ENOENT, -EPERM not yours to grant, or this file came by a grant,
 * -ENOSPC KHTTP_GRANTS_MAX are there, -EINVAL, -ENOMEM, -EMFILE; of
 * KHTTP_IOC_OPEN -EKEYREVOKED, -ESHUTDOWN the queue is gone.
 */
struct khttp_grant_new {
	char queue[KHTTP_QUEUE_NAME_MAX];
	__u32 role;
	__u32 flags;
	__u32 workers;
	__u32 id;
};

/* Offset from the start of the slot, and length in bytes */
struct khttp_ref {
	__u32 off;
	__u32 len;
};

struct khttp_slot_field {
	struct khttp_ref name;
	struct khttp_ref value;
};

/* IPv4 addresses stand in the first 4 bytes. Port in host byte order. */
struct khttp_endpoint {
	__u8 addr[16];
	__u16 family;		/* AF_INET or AF_INET6 */
	__u16 port;
	__u32 scope_id;
};

#define KHTTP_LENGTH_UNKNOWN	(~0ULL)

#define KHTTP_REQ_BODY		(1U << 0) /* a body follows or followed */
#define KHTTP_REQ_BODY_MORE	(1U << 1) /* not all of it is in the slot: READ */
#define KHTTP_REQ_EXPECT	(1U << 2) /* client waits for 100 (sent at READ) */
#define KHTTP_REQ_REDELIVERED	(1U << 3) /* a worker before you died with it */
#define KHTTP_REQ_TRAILERS	(1U << 4) /* body complete and trailers came */
#define KHTTP_REQ_UPGRADE	(1U << 5) /* it asks for another protocol, in
					   * Upgrade: 101 may answer it
					   */
#define KHTTP_REQ_VALIDATE	(1U << 6) /* the kernel asks, not the client:
					   * the last of fields say about what
					   */

/**
 * struct khttp_slot - start of a slot: the request, written by the kernel
 * @id: names this delivery in every operation
 * @connection: the client's connection, unique in the namespace
 * @stream: request number on that connection, from 1. Both are the request's id,
 *	whoever has it: in words two decimal numbers with "-" between them
 * @received_ns: CLOCK_REALTIME when the head was complete
 * @context: the number given when the prefix was added
 * @content_length: KHTTP_LENGTH_UNKNOWN for a chunked body, 0 for none
 * @flags: KHTTP_REQ_*
 * @status: reserved, 0
 * @version: 0x0100 or 0x0101
 * @nfields: entries in the field table
 * @attempt: 1 for the first delivery
 * @peer: offset of a struct khttp_endpoint: the other end of the connection,
 *	where that is a proxy trusted to say for whom it speaks; 0: @client is
 * @method: the method's name
 * @scheme: "http"
 * @authority: host[:port] as the client named it (RFC 9112 3.2: the target's
 *	authority replaces Host); empty for HTTP/1.0 without either
 * @target: request-target, the bytes as received
 * @path: cooked path: decoded once, dot segments removed, UTF-8
 * @query: after the "?", as received; len 0 when absent
 * @prefix: the URL prefix that routed it, in normal form
 * @fields: off = array of struct khttp_slot_field, len = its bytes. Those of the
 *	client, and what the kernel adds: a traceparent where the group says so and
 *	the client sent none that is valid, in its place and that of tracestate; with
 *	KHTTP_REQ_VALIDATE what that says
 * @body: first part of the body, as much as was here and fits; none of one with a length
 *	that does not fit whole
 * @client: who asks: the peer of the connection, or whom trusted proxies name
 *	(PROXY protocol, Forwarded, X-Forwarded-For); its port is 0 where they
 *	do not tell
 * @local: the address that the peer connected to, always our own
 */
struct khttp_slot {
	__u64 id;
	__u64 connection;
	__u64 stream;
	__u64 received_ns;
	__u64 context;
	__u64 content_length;
	__u32 flags;
	__u16 status;
	__u16 version;
	__u16 nfields;
	__u16 attempt;
	__u32 peer;
	struct khttp_ref method;
	struct khttp_ref scheme;
	struct khttp_ref authority;
	struct khttp_ref target;
	struct khttp_ref path;
	struct khttp_ref query;
	struct khttp_ref prefix;
	struct khttp_ref fields;
	struct khttp_ref body;
	struct khttp_endpoint client;
	struct khttp_endpoint local;
};

#define KHTTP_REPLY_HEAD	(1U << 0) /* status and fields: first commit only */
#define KHTTP_REPLY_MORE	(1U << 1) /* more commits follow for this request */
#define KHTTP_REPLY_CLOSE	(1U << 2) /* close the connection after it */
#define KHTTP_REPLY_CACHE	(1U << 3) /* store it for ttl seconds */
#define KHTTP_REPLY_LENGTH	(1U << 4) /* content_length is announced */
#define KHTTP_REPLY_TRAILERS	(1U << 5) /* last commit: fields are trailers,
					   * sent where the body is chunked
					   */
#define KHTTP_REPLY_SHUT	(1U << 6) /* after 101, with MORE and nothing
					   * else: no more bytes will follow
					   */
#define KHTTP_REPLY_CACHE_AUTO	(1U << 7) /* store it as its fields say: RFC 9111,
					   * a shared cache; no ttl
					   */
#define KHTTP_REPLY_CACHE_NEVER	(1U << 8) /* not even if its group says so */
#define KHTTP_REPLY_TELL	(1U << 9) /* write into stored what became of that */

/* khttp_reply.ttl: fresh until it is purged or makes room */
#define KHTTP_TTL_UNTIL_PURGED	(~0U)

/* khttp_reply.stored: what became of it, and of which request that is told */
#define KHTTP_STORED_WHAT(stored) ((stored) & 0xff)
#define KHTTP_STORED_OF(stored, id) \
	((__u32)(stored) >> 8 == (((__u64)(id) >> 16) & 0xffffff))

/* More may come; what is not known here means "not stored" */
enum khttp_stored {
	KHTTP_STORED_UNKNOWN,
	KHTTP_STORED_FILLING,	/* so far; more of it has to come */
	KHTTP_STORED_YES,
	/* the request: */
	KHTTP_STORED_NOT_METHOD,	/* only an answer to GET is */
	KHTTP_STORED_NOT_BODY,		/* it has a body */
	KHTTP_STORED_NOT_AUTHORIZATION,	/* it has credentials */
	KHTTP_STORED_NOT_RANGE,		/* it asks for a part */
	KHTTP_STORED_NOT_CONDITION,	/* If-Match, If-Unmodified-Since */
	KHTTP_STORED_NOT_EXPECT,
	KHTTP_STORED_NOT_UPGRADE,
	KHTTP_STORED_NOT_TARGET,	/* that is no path */
	KHTTP_STORED_NOT_DELEGATED,	/* another queue's worker handed it on */
	/* the answer: */
	KHTTP_STORED_NOT_NOT_ASKED,	/* nobody said that it should be */
	KHTTP_STORED_NOT_TTL,		/* a lifetime of 0 */
	KHTTP_STORED_NOT_STATUS,	/* never with this one */
	KHTTP_STORED_NOT_VARY,		/* by everything, or by too much */
	KHTTP_STORED_NOT_TAGS,		/* too many, too long or malformed */
	KHTTP_STORED_NOT_NEVER,		/* KHTTP_REPLY_CACHE_NEVER */
	KHTTP_STORED_NOT_NO_STORE,	/* of the answer, or of the request */
	KHTTP_STORED_NOT_PRIVATE,
	KHTTP_STORED_NOT_NO_CACHE,
	KHTTP_STORED_NOT_UNDERSTAND,	/* must-understand, and unknown here */
	KHTTP_STORED_NOT_NO_LIFETIME,	/* no field says for how long */
	KHTTP_STORED_NOT_STALE,		/* older than it may become */
	KHTTP_STORED_NOT_SET_COOKIE,
	KHTTP_STORED_NOT_PARTIAL,	/* 206 */
	KHTTP_STORED_NOT_SIZE,		/* over the limit cache_object */
	KHTTP_STORED_NOT_BUDGET,	/* over the limit cache_bytes */
	KHTTP_STORED_NOT_ABORTED,	/* another length, or the client went */
	KHTTP_STORED_NOT_PURGED,	/* while it was on its way */
	KHTTP_STORED_NOT_SHARE,		/* over its group's limit cache_share */
	KHTTP_STORED_NOT_MEMORY,	/* the machine had none for it */
	/* the request again: */
	KHTTP_STORED_NOT_SPELLING,	/* its path is not spelled as others do */
};

enum khttp_body_kind {
	KHTTP_BODY_NONE,
	KHTTP_BODY_SLOT,	/* body_addr = offset from the reply area's start */
	KHTTP_BODY_USER,	/* body_addr = address in the worker's memory */
	KHTTP_BODY_FILE,	/* body_addr = offset in the regular file fd */
	KHTTP_BODY_FRAGMENT,	/* body_addr = offset in the fragment named */
};

#define KHTTP_FLOW_RATE_MIN	1024U	/* bytes/s */
/* The least burst of a rate, and the one it has unless it is said: what the rate is
 * in a 32nd of a second, which a timer may be late, or a few packets
 */
#define KHTTP_FLOW_BURST_MIN	4096U
#define KHTTP_FLOW_BURST_LEAST(rate)	((rate) / 32 > KHTTP_FLOW_BURST_MIN ? \
					 (rate) / 32 : KHTTP_FLOW_BURST_MIN)

/**
 * struct khttp_flow - at what bandwidth one answer goes out
 * @rate: bytes/s, KHTTP_FLOW_RATE_MIN at least
 * @peak: bytes/s, not less than @rate: what it never exceeds; 0: nothing
 * @burst: bytes, KHTTP_FLOW_BURST_LEAST(@rate) at least; 0: that
 *
 * At no time more has been given to TCP than @burst and what @rate makes of the time
 * since the answer began: so it begins with @burst, at up to @peak, and settles to
 * @rate. What the client did not take when it could have, or the worker had not got
 * ready, it may have later, @burst at most, again at up to @peak. In the same way
 * @peak allows KHTTP_FLOW_BURST_LEAST(@peak) at once. What counts is the whole
 * answer, its head and its framing.
 *
 * It is the limit of this answer and of no other on its connection. Those of the
 * namespace and of the group count beside it: the tightest of them is kept. What is
 * stored of the answer has it, too: each client that is answered from the cache is
 * answered at this bandwidth, of its own, and begins with @burst; also the one that
 * wants a range. A 304 that renews what is stored says anew what that has.
 *
 * Any other values, and a limit of an answer 101, are -EINVAL.
 */
struct khttp_flow {
	__u32 rate;
	__u32 peak;
	__u32 burst;
};

/**
 * struct khttp_reply - start of a slot's reply area: what COMMIT shall do
 * @taken: the library stores the request's id here before anyone looks at the
 *	request; read once by the kernel, when the worker died, to tell a request
 *	that was never looked at (always given to another worker) from others
 * @flags: KHTTP_REPLY_*
 * @status: 200 to 599 with KHTTP_REPLY_HEAD, or 101: see below
 * @nfields: records in the field block
 * @fields: the field block: per field __u16 name length, __u16 value length
 *	(host byte order, no alignment), name, value. off counts from the start
 *	of the slot and must lie in the reply area. Framing fields (Connection,
 *	Content-Length, Transfer-Encoding, TE, Keep-Alive, Proxy-Connection,
 *	Trailer) are the kernel's and refused, and so are Upgrade, but with
 *	status 101 or 426, and a second one of what RFC 9110 lets stand once
 *	(Content-Type, Location, ETag and the like); Date and Server are added
 *	when absent
 * @content_length: with KHTTP_REPLY_LENGTH, of the whole body; also what a
 *	HEAD or 304 answer announces. Without it the kernel knows the length
 *	when the first commit is the last, and else sends chunks (or closes,
 *	to HTTP/1.0)
 * @body_kind: enum khttp_body_kind of this commit's piece of body
 * @fd: file for KHTTP_BODY_FILE: regular, open for reading; -EIO when its file
 *	system cannot deliver
 * @body_addr: see enum khttp_body_kind
 * @body_len: bytes of this piece. To an answer that has no body (HEAD, 204,
 *	205, 304) it is accepted and dropped. With KHTTP_BODY_FRAGMENT
 *	KHTTP_LENGTH_UNKNOWN means all from body_addr on, and out: how many these
 *	are
 * @ttl: seconds, with KHTTP_REPLY_CACHE: 1 to 31536000, or
 *	KHTTP_TTL_UNTIL_PURGED. Of KHTTP_REPLY_CACHE, _AUTO and _NEVER one
 *	at most; without any of them the limit cache_auto of its group
 *	decides between the last two. What is stored is answered to requests that
 *	have the same in the fields that Vary names
 * @fragment: name of the fragment, with KHTTP_BODY_FRAGMENT, else zero. off counts
 *	from the start of the slot and must lie in the reply area
 * @flow: with KHTTP_REPLY_HEAD: where a struct khttp_flow stands, at what bandwidth
 *	the answer goes out; counts from the start of the slot and must lie in the
 *	reply area. 0: there is no limit of its own
 * @log_len: bytes of what the worker has to say in the request's record of the
 *	access log: a field block that stands right behind @fields, KHTTP_LOG_FIELDS_MAX
 *	bytes at most. Names are tokens, values any bytes. Kept while somebody reads the
 *	log with KHTTP_LOG_FIELDS, and written with the record of this request, not with
 *	those of others that are answered with what was stored. Of several commits of an
 *	answer the last one that has some counts, and one with KHTTP_REPLY_HEAD begins
 *	anew. 0: nothing
 * @stored: out, with KHTTP_REPLY_TELL: when something of the answer was taken, an
 *	enum khttp_stored in the low 8 bits, and above them as many of the id's
 *	generation as there is room for. The slot may soon hold another request:
 *	KHTTP_STORED_OF() tells. Without that flag it must be zero
 *
 * An answer is stored as it comes, in one commit or in several, with an announced
 * length or without; whole bodies of up to 1 MiB before they are sent. It is in the
 * cache when the client can have its last byte, without its trailers (RFC 9111 3.1
 * leaves that to the cache). Not stored, and only sent on, is what turns out to be
 * larger than the limit cache_object or than what cache_bytes has room for, or is
 * purged meanwhile; what ends early, by the worker or by its client, is dropped.
 * Age is sent on where the answer is not stored.
 *
 * Where something is stored that is past its time, or not new enough for who asks,
 * and cache_revalidate of its group lets it be kept, a worker that attached with
 * KHTTP_ATTACH_VALIDATES finds If-None-Match, If-Modified-Since or both behind the
 * request's own fields, and KHTTP_REQ_VALIDATE. 304 says then that what is stored is
 * good still (RFC 9111 4.3): its fields replace those of the same name, KHTTP_REPLY_CACHE
 * and the like say what they would of a whole answer, and the client is answered 200
 * from the cache. It comes in one commit, without KHTTP_REPLY_MORE, else -EINVAL. If
 * what was stored is gone meanwhile, or the 304's ETag is another one, the request is
 * given out once more without these fields. Any other status is an answer as always.
 *
 * A fragment that this worker's queue has not, or not any more, or that is shorter
 * than what is asked of it: -ENODATA. Nothing of this commit was taken then, not
 * even the head: commit again, with the bytes. A piece of which something was taken
 * goes on, as below, with the bytes that it began with, whatever has become of the
 * fragment since.
 *
 * Longer or shorter than announced: -EMSGSIZE, the connection is closed.
 *
 * 101 hands the connection over (RFC 9110 7.8). It answers a request that has
 * KHTTP_REQ_UPGRADE and whose body, if any, was read to its end, with an Upgrade
 * field that names what the request's Upgrade offers; else it is -EPROTO, and the
 * request can be answered otherwise. From then on READ gives what the client sends
 * behind its request, byte by byte as it comes, and 0 once it has shut down its
 * side; the bodies of commits go to the client as they are. Who does not read
 * holds the client back, and is himself held at the send window. With
 * KHTTP_REPLY_SHUT the client is told that nothing more comes, while READ goes
 * on; bytes after that are -EPIPE. The last commit, without KHTTP_REPLY_MORE, ends
 * both: what the client still sends is thrown away. A worker's end resets the
 * connection, and so does CANCEL.
 *
 * A commit that accepted fewer bytes than body_len (ioctl only; a ring command
 * goes on by itself) has taken the head: clear KHTTP_REPLY_HEAD, advance
 * body_addr, shorten body_len, commit again once KHTTP_EV_WRITABLE came.
 */
struct khttp_reply {
	__u64 taken;
	__u32 flags;
	__u16 status;
	__u16 nfields;
	struct khttp_ref fields;
	__u64 content_length;
	__u32 body_kind;
	__s32 fd;
	__u64 body_addr;
	__u64 body_len;
	__u32 ttl;
	struct khttp_ref fragment;
	__u32 flow;
	__u32 log_len;
	__u32 stored;
};

#define KHTTP_OP_NONBLOCK	(1U << 0) /* ioctl only */
#define KHTTP_READ_TRAILERS	(1U << 1) /* READ the trailer fields instead */

/**
 * struct khttp_ucmd - payload of an io_uring command (16 bytes)
 * @id: request id; 0 for KHTTP_U_FETCH and KHTTP_U_DRAIN
 * @addr: KHTTP_U_READ: address of a struct khttp_read with the same id, read
 *	when the command is issued; 0 for all others
 */
struct khttp_ucmd {
	__u64 id;
	__u64 addr;
};

/**
 * struct khttp_read - READ: body bytes into the worker's memory
 * @id: the request
 * @addr: buffer in the worker's memory
 * @len: its size in bytes, 1 to 0x7fffffff
 * @flags: KHTTP_OP_NONBLOCK, KHTTP_READ_TRAILERS
 *
 * With KHTTP_READ_TRAILERS: waits for the end of the body, drops what of it
 * was not read, and returns the trailer fields as a field block (see struct
 * khttp_reply), 0 when there are none; -EMSGSIZE when @len is too small.
 *
 * ioctl: returns the bytes read, 0 at the end of the body. The kernel sends
 * "100 Continue" before the first read that has to wait, once per request.
 * Errors: -EBADMSG the body's framing is broken or the client went away in
 * the middle of it, -ETIMEDOUT the client stopped sending, -EFBIG over the
 * body limit, -EALREADY the answer has been completed. After the first three
 * the client has had its 4xx, unless the answer had begun: a commit says
 * -ECONNRESET.
 */
struct khttp_read {
	__u64 id;
	__u64 addr;
	__u32 len;
	__u32 flags;
};

/* KHTTP_IOC_COMMIT: returns body bytes accepted by this call */
struct khttp_commit {
	__u64 id;
	__u32 flags;		/* KHTTP_OP_NONBLOCK */
	__u32 reserved;
};

struct khttp_cancel {
	__u64 id;
	__u32 flags;		/* must be 0 */
	__u32 reserved;
};

/**
 * struct khttp_delegate - KHTTP_IOC_DELEGATE: it is for another queue
 * @id: the request
 * @queue: name of the queue, NUL-terminated; the worker's own has it among its
 *	DELEGATES
 * @flags: must be 0
 * @reserved: must be zero
 *
 * On 0 the id is over, and the request waits there as if it had just come. What
 * its group sets holds as before: limits, filters, pages. What the other queue's
 * rules say of a worker's death holds from now on, with the attempts it has had.
 * Its answer is not stored, for its URL is not the other queue's to fill.
 *
 * Errors, with which it stays in hand: -EACCES not among the DELEGATES, -ENOENT
 * there is no such queue, -ENOSPC that is full, -EHOSTDOWN that is not active,
 * -EALREADY its answer has begun or its body could not be read from the
 * beginning, -ELOOP handed on KHTTP_DELEGATE_HOPS times before, -EBUSY an
 * operation is under way, -EINVAL the worker's own queue.
 */
struct khttp_delegate {
	__u64 id;
	char queue[KHTTP_QUEUE_NAME_MAX];
	__u32 flags;
	__u32 reserved;
};

struct khttp_purge {
	__u64 url;		/* address of the URL's, or tag's, bytes */
	__u32 url_len;		/* up to KHTTP_PREFIX_MAX - 1 */
	__u32 flags;		/* KHTTP_PURGE_*; not RECURSIVE with TAG */
	__u64 purged;		/* out: entries dropped, or past their time now */
};
#define KHTTP_PURGE_RECURSIVE	(1U << 0)
#define KHTTP_PURGE_TAG		(1U << 1) /* it is a tag: all that has it */
#define KHTTP_PURGE_SOFT	(1U << 2) /* what may serve past its time stays, and
					   * that is over: the next request renews it
					   */

/**
 * struct khttp_fragment_add - KHTTP_IOC_FRAGMENT_ADD: keep bytes by a name
 * @name: address of the name's bytes: a URL, http://host[:port]/path[?query], that
 *	routes, now, to a prefix of this worker's queue. The host is no wildcard
 * @name_len: up to KHTTP_PREFIX_MAX - 1
 * @ttl: seconds, as in struct khttp_reply
 * @addr: the bytes
 * @len: how many, 1 to the limit cache_object
 * @tags: address of tags to purge it by, with commas or blanks between them as in
 *	Cache-Tag; or 0
 * @tags_len: their bytes, up to KHTTP_FRAGMENT_TAGS_MAX
 * @flags: must be 0
 *
 * It stands in the cache like a response: charged to its budget, dropped to make
 * room or with its prefix, purged by URL and by tag. But no request is answered with
 * it; all it can do is to be a piece of answers by workers of its queue. One of that
 * name that is there is replaced at once, and goes on where it is being sent.
 *
 * Errors: -EACCES the name is not one of this queue's, -EINVAL no name, ttl or tag,
 * -EFBIG, -ENOSPC cache_bytes has no room for it, -EDQUOT nor has its group's
 * cache_share, -ECANCELED it was purged meanwhile, -ENOMEM, -EINTR.
 */
struct khttp_fragment_add {
	__u64 name;
	__u32 name_len;
	__u32 ttl;
	__u64 addr;
	__u64 len;
	__u64 tags;
	__u32 tags_len;
	__u32 flags;
};
#define KHTTP_FRAGMENT_TAGS_MAX	8192

/**
 * struct khttp_fragment_read - KHTTP_IOC_FRAGMENT_READ: bytes of a fragment
 * @name: address of its name's bytes, as for KHTTP_IOC_FRAGMENT_ADD
 * @name_len: up to KHTTP_PREFIX_MAX - 1
 * @flags: must be 0
 * @offset: where they begin
 * @addr: buffer in the worker's memory
 * @len: its size in bytes, 0 to 0x7fffffff
 * @length: out: bytes that the fragment has
 *
 * Returns the bytes read, all of one fragment; 0 at its end. -ENODATA: this
 * worker's queue has none of that name.
 */
struct khttp_fragment_read {
	__u64 name;
	__u32 name_len;
	__u32 flags;
	__u64 offset;
	__u64 addr;
	__u64 len;
	__u64 length;
};

#define KHTTP_REGISTER_MAX	16	/* prefixes of one file */
#define KHTTP_REGISTER_TEXT_MAX	256

/**
 * struct khttp_register - KHTTP_IOC_REGISTER: bind a URL prefix while this is open
 * @queue: in: the queue that gets the requests, which the caller may control;
 *	or empty: the one that this file has made before, or makes now, the
 *	caller's own with mode 0600. Out: its name
 * @context: handed to workers with each request
 * @url: address of the prefix' bytes
 * @url_len: up to KHTTP_PREFIX_MAX - 1
 * @flags: must be 0
 * @text: address of KHTTP_REGISTER_TEXT_MAX bytes for why it was refused and
 *	what to do about it, NUL-terminated; or 0
 *
 * The file may be attached or not, also to another queue. When it is released,
 * its prefixes end, and with them the queue if the file made that: what waits in
 * it is answered 503. Who may bind what: see KHTTP_CMD_RESERVATION_ADD.
 *
 * Errors: -EPERM no reservation that lets him, or a file that was opened by a
 * grant, -EEXIST the prefix is taken, -ENOENT no such queue, -EDQUOT, -ENOSPC over a
 * limit, -EINVAL, -EADDRINUSE and what else opening sockets can say, -ESHUTDOWN,
 * -EINTR, -ENOMEM, -EFAULT.
 */
struct khttp_register {
	char queue[KHTTP_QUEUE_NAME_MAX];
	__u64 context;
	__u64 url;
	__u32 url_len;
	__u32 flags;
	__u64 text;
};

/*
 * The access log: KHTTP_IOC_LOG of an open file of the device gives a descriptor,
 * from which records are read: one for each request that is over, whoever
 * answered it. The log is written while such a descriptor is open, and each
 * has rings of its own, one for each CPU, from when it was made: readers do not
 * take records from each other.
 *
 * read() gives as many whole records as there are and fit, at least one, and waits
 * for it unless the descriptor is O_NONBLOCK (-EAGAIN). @count: KHTTP_LOG_RECORD_MAX
 * bytes or more, else -EINVAL. 0: the network namespace is gone; -EIDRM: the queue that
 * it was limited to is; -EACCES: who opened it may not control that any more, and gets
 * nothing from then on. Who waits, in poll()
 * as well, is told within KHTTP_LOG_LAG_MS, or at once when a ring is half full.
 * Records of one CPU come in the order in which they were made, which is that of
 * their time_ns but for those that came in each other's way.
 *
 * A request is never held up by its record: where a ring is full the record is
 * dropped, and a struct khttp_log_lost says how many were, behind what the ring held
 * then.
 */
#define KHTTP_LOG_READERS_MAX	8	/* with CAP_NET_ADMIN, in a network namespace;
					 * others: KHTTP_USER_LOG_READERS_MAX
					 */
#define KHTTP_LOG_RING_MIN	65536	/* bytes of one CPU's ring: a power of two */
#define KHTTP_LOG_RING_DEFAULT	262144
#define KHTTP_LOG_RING_MAX	4194304
#define KHTTP_LOG_RECORD_MAX	8192
#define KHTTP_LOG_LAG_MS	20
#define KHTTP_LOG_FIELDS_MAX	512	/* bytes that a worker adds to a record */

/* What a record tells in words; bits of khttp_log_open.texts. Only ever grows */
enum khttp_log_text {
	KHTTP_LOG_METHOD,
	KHTTP_LOG_TARGET,		/* as it came */
	KHTTP_LOG_HOST,			/* as the client named it, with its port */
	KHTTP_LOG_USER_AGENT,
	KHTTP_LOG_REFERER,
	KHTTP_LOG_COOKIE,
	KHTTP_LOG_QUEUE,		/* that it was routed to */
	KHTTP_LOG_REASON,		/* why the kernel refused it, or gave it up */
	KHTTP_LOG_FIELDS,		/* what its worker adds: a field block, see
					 * khttp_reply.log_len
					 */
	KHTTP_LOG_TRACE_ID,		/* of its traceparent, where that is valid */
	KHTTP_LOG_TEXT_COUNT
};
#define KHTTP_LOG_TEXT_ALL	((1U << KHTTP_LOG_TEXT_COUNT) - 1)

#define KHTTP_LOG_ONLY_ERRORS	(1U << 0) /* status from 400 on, or broken off */
#define KHTTP_LOG_ONLY_SUCCESS	(1U << 1) /* all others; not both */
#define KHTTP_LOG_OF_QUEUE	(1U << 2) /* khttp_log_open.group names a queue */

/**
 * struct khttp_log_open - KHTTP_IOC_LOG: read the access log
 * @group: in: only requests to that group, or, with KHTTP_LOG_OF_QUEUE, to that
 *	queue; empty: all. One that a worker handed on is the other queue's
 * @flags: KHTTP_LOG_ONLY_*, KHTTP_LOG_OF_QUEUE
 * @sample: only each @sample-th of a CPU's; 0 and 1: all
 * @texts: which of them the records have, a bit each
 * @ring: bytes of one CPU's ring; 0: KHTTP_LOG_RING_DEFAULT. Out: what it got
 *
 * Returns a descriptor. Both who opened the device and who calls need CAP_NET_ADMIN
 * in the namespace's user namespace, or may control the queue that is named, or that
 * the group feeds; of which they read then, for as long as they may, what that queue
 * was the last to have. -EPERM: they name none, or the file is of a
 * grant, -EACCES: none that they may control,
 * or none at all, -EDQUOT: over KHTTP_USER_LOG_READERS_MAX or
 * KHTTP_USERS_LOG_READERS_MAX. Of CAP_NET_ADMIN: -ENOENT no such group or queue, -EUSERS
 * KHTTP_LOG_READERS_MAX are open. -EINVAL, -ENOMEM, -EMFILE, -ESHUTDOWN, -EFAULT.
 */
struct khttp_log_open {
	char group[KHTTP_QUEUE_NAME_MAX];
	__u32 flags;
	__u32 sample;
	__u32 texts;
	__u32 ring;
};

/* Types of record. Others may come: who does not know one skips @size bytes */
#define KHTTP_LOG_REQUEST	1	/* struct khttp_log_record */
#define KHTTP_LOG_LOST		2	/* struct khttp_log_lost */

#define KHTTP_LOG_F_CUT		(1U << 0) /* a text was longer than it is here */
#define KHTTP_LOG_F_KERNEL	(1U << 1) /* the kernel made the answer, */
#define KHTTP_LOG_F_HIT		(1U << 2) /* of a stored response */
#define KHTTP_LOG_F_BROKEN	(1U << 3) /* TCP did not get all of the answer */
#define KHTTP_LOG_F_COALESCED	(1U << 4) /* with HIT: it waited for another request,
					   * whose answer was stored
					   */

/**
 * struct khttp_log_record - what stands at the start of a request's record
 * @size: bytes of all of it: a multiple of 8, KHTTP_LOG_RECORD_MAX at most
 * @type: KHTTP_LOG_REQUEST
 * @head: bytes of this structure; may grow
 * @time_ns: CLOCK_REALTIME when it was over: TCP had its answer
 * @taken_ns: from the first byte of its head to that
 * @connection: the pair of these is the request's id, the one that its worker
 * @stream:	was told in struct khttp_slot
 * @group: id of its group; 0: it was routed to none
 * @received: bytes of its head and, without its chunk framing, of its body
 * @sent: bytes of the answer that TCP took, all of them
 * @client: who asked, as in struct khttp_slot
 * @local: likewise
 * @status: of the answer; 0: there was none
 * @version: 0x0100 or 0x0101; 0: it did not come so far
 * @flags: KHTTP_LOG_F_*
 * @n_texts: texts that follow
 *
 * Behind it stand @n_texts lengths, __u16 each, in the order of enum khttp_log_text,
 * and then the texts, one behind the other without any end. What was not asked for
 * or is not known has length 0.
 */
struct khttp_log_record {
	__u32 size;
	__u16 type;
	__u16 head;
	__u64 time_ns;
	__u64 taken_ns;
	__u64 connection;
	__u64 stream;
	__u64 group;
	__u64 received;
	__u64 sent;
	struct khttp_endpoint client;
	struct khttp_endpoint local;
	__u16 status;
	__u16 version;
	__u16 flags;
	__u16 n_texts;
};

/* @lost: records of one CPU that had no room, before those that follow of it */
struct khttp_log_lost {
	__u32 size;
	__u16 type;
	__u16 head;
	__u64 lost;
};

#define KHTTP_EV_REQUEST	(1U << 0) /* a new request is in this slot */
#define KHTTP_EV_READABLE	(1U << 1) /* a READ that gave -EAGAIN may go on */
#define KHTTP_EV_WRITABLE	(1U << 2) /* a COMMIT that gave -EAGAIN may go on */
#define KHTTP_EV_GONE		(1U << 3) /* its client is gone */
#define KHTTP_EV_DRAIN		(1U << 4) /* id 0: nothing new comes any more */

struct khttp_event {
	__u64 id;
	__u32 events;		/* KHTTP_EV_* */
	__u32 reserved;
};

#define KHTTP_RUN_NOWAIT	(1U << 0) /* do not wait for a first event */
#define KHTTP_RUN_MAX		1024	  /* commits and events in one call */

/**
 * struct khttp_run - KHTTP_IOC_RUN: commit a batch, collect a batch
 * @commits: address of an array of struct khttp_commit, done in order
 * @results: address of an array of __s64, one per commit: bytes or -errno
 * @events: address of an array of struct khttp_event to fill
 * @n_commits: entries in @commits and @results, up to KHTTP_RUN_MAX
 * @n_events: entries there is room for in @events, up to KHTTP_RUN_MAX; 0 to
 *	only commit
 * @flags: KHTTP_RUN_*
 * @reserved: must be zero
 *
 * Returns the number of events, at least one unless KHTTP_RUN_NOWAIT is given,
 * or a commit was refused or not taken whole (see @results), or a signal came
 * (-EINTR; the commits are done and @results written, so call again without
 * them). New requests are put into free slots while there are any.
 */
struct khttp_run {
	__u64 commits;
	__u64 results;
	__u64 events;
	__u32 n_commits;
	__u32 n_events;
	__u32 flags;
	__u32 reserved;
};

#define KHTTP_IOC_MAGIC		0xb8
#define KHTTP_IOC_ATTACH	_IOWR(KHTTP_IOC_MAGIC, 1, struct khttp_attach)
#define KHTTP_IOC_RUN		_IOWR(KHTTP_IOC_MAGIC, 2, struct khttp_run)
#define KHTTP_IOC_READ		_IOW(KHTTP_IOC_MAGIC, 3, struct khttp_read)
#define KHTTP_IOC_COMMIT	_IOW(KHTTP_IOC_MAGIC, 4, struct khttp_commit)
#define KHTTP_IOC_CANCEL	_IOW(KHTTP_IOC_MAGIC, 5, struct khttp_cancel)
#define KHTTP_IOC_DRAIN		_IO(KHTTP_IOC_MAGIC, 6)
#define KHTTP_IOC_PURGE		_IOWR(KHTTP_IOC_MAGIC, 7, struct khttp_purge)
#define KHTTP_IOC_GRANT		_IOWR(KHTTP_IOC_MAGIC, 8, struct khttp_grant_new)
#define KHTTP_IOC_OPEN		_IO(KHTTP_IOC_MAGIC, 9) /* of a grant's descriptor */
#define KHTTP_IOC_DELEGATE	_IOW(KHTTP_IOC_MAGIC, 10, struct khttp_delegate)
#define KHTTP_IOC_FRAGMENT_ADD	_IOW(KHTTP_IOC_MAGIC, 11, struct khttp_fragment_add)
#define KHTTP_IOC_FRAGMENT_READ	_IOWR(KHTTP_IOC_MAGIC, 12, struct khttp_fragment_read)
#define KHTTP_IOC_REGISTER	_IOWR(KHTTP_IOC_MAGIC, 16, struct khttp_register)
#define KHTTP_IOC_LOG		_IOWR(KHTTP_IOC_MAGIC, 17, struct khttp_log_open)

#define KHTTP_U_FETCH		_IO(KHTTP_IOC_MAGIC, 32)
#define KHTTP_U_READ		_IOW(KHTTP_IOC_MAGIC, 33, struct khttp_ucmd)
#define KHTTP_U_COMMIT		_IOW(KHTTP_IOC_MAGIC, 34, struct khttp_ucmd)
#define KHTTP_U_COMMIT_AND_FETCH _IOW(KHTTP_IOC_MAGIC, 35, struct khttp_ucmd)
#define KHTTP_U_CANCEL		_IOW(KHTTP_IOC_MAGIC, 36, struct khttp_ucmd)
#define KHTTP_U_WAIT		_IOW(KHTTP_IOC_MAGIC, 37, struct khttp_ucmd)
#define KHTTP_U_DRAIN		_IO(KHTTP_IOC_MAGIC, 38)

#endif /* _UAPI_LINUX_KHTTP_H */
