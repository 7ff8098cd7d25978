/* SPDX-License-Identifier: MIT */
/* What the parts of races share; races.c tells what it is about. */
#pragma once

#include <linux/khttp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PORT 8080
#define MS 1000000ULL		/* in nanoseconds */
/* Longer than anything may take, on a debug kernel in an emulator, too */
#define PATIENCE_MS 60000

/* What a request is doing when the event comes */
enum state {
	RECEIVED,	/* half of its head is here */
	WAITING,	/* in the queue */
	IN_HAND,	/* a worker has it and did nothing yet */
	READING,	/* its body is half here and the worker reads it */
	SENDING,	/* the worker is done, the client takes its time */
	STREAMING,	/* the first piece is out, the rest comes in pieces */
	HIT,		/* answered from the cache, the client takes its time */
	N_STATES
};

/* ---- sync.c: time, chance, and words in memory that processes share ---- */

uint64_t now_ns(void);
void sleep_until(uint64_t when);
/* 0 to @below - 1 */
uint64_t chance(uint64_t below);
void chance_begin(uint64_t seed);
void tell(uint32_t *word, uint32_t value);
/* Until *@word is @least or more; false: not in time. @ms < 0: for ever */
bool await(uint32_t *word, uint32_t least, int ms);
uint32_t word_of(const uint32_t *word);
/* Ends the program: says where it was, and why it failed */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
extern char where[128];

/* The byte that stands at @i in the bodies that belong to @seed */
static inline unsigned char byte_of(unsigned int seed, size_t i)
{
	return (unsigned char)(seed * 31 + i * 7 + (i >> 8));
}

/* ---- netlink.c: messages of netlink, and khttp's commands ---- */

struct message {
	size_t len;
	char bytes[4096];
};

void message_begin(struct message *m, uint16_t type, uint16_t flags,
		   const void *header, size_t len);
void message_put(struct message *m, unsigned int type, const void *data,
		 size_t len);
void message_text(struct message *m, unsigned int type, const char *text);
size_t message_nest(struct message *m, unsigned int type);
void message_end(struct message *m, size_t nest);

/* Attributes of an answer */
typedef void answer_fn(const char *attrs, size_t len, void *arg);
/* 0 or -errno; @each, which may be NULL, sees every answer */
int netlink_call(int fd, struct message *m, size_t header, answer_fn *each,
		 void *arg);
int netlink_open(int protocol);

struct usage {
	uint32_t waiting;
	uint32_t in_hand;
	uint32_t workers;
	uint64_t delivered;
};

/* Where khttp runs: the namespace we are in, or one of its own */
struct site {
	int ns;			/* of its own, or -1 */
	int control;		/* the family's socket there */
	struct in_addr host;	/* where a client finds it */
};

void control_begin(void);
int queue_add(struct site *s);
int queue_del(struct site *s);
int queue_drain(struct site *s);
int queue_usage(struct site *s, struct usage *u);
int url_add(struct site *s);
int url_del(struct site *s);
int limit_set(struct site *s, const char *name, uint64_t value);
int cache_purge(struct site *s);
int cache_entries(struct site *s);
/* Of all listeners */
int connections(struct site *s);

/* ---- site.c: namespaces and the module ---- */

void site_here(struct site *s);
/* A namespace that only @s->ns holds, a cable to it, and khttp set up there */
void site_beyond(struct site *s);
/* The calling process moves into a new namespace, for good */
void site_enter_new(struct site *s);
void site_set_up(struct site *s);
void site_close(struct site *s);
/* A worker needs this descriptor to get there */
bool site_keeps(const struct site *s, int fd);
/* Opens the device as a process of the site, and forgets the way there */
int site_open_device(const struct site *s);

/* 0 or -errno */
int module_remove(void);
void module_insert(void);
long module_users(void);
/* Objects in the slab caches of the module, without those kept for later */
long module_objects(void);

/* ---- worker.c: a process that serves the queue as it is told ---- */

enum stage {
	ASKED,		/* a turn was given */
	TAKEN,		/* it has a request */
	READ,		/* it has read the first part of the body */
	PIECE,		/* the first piece of the answer is accepted */
	DONE,		/* the turn is over */
	ENDED,		/* and there can be no other */
};

enum strike { NO_STRIKE, CLOSE, DRAIN, PURGE };

struct plan {
	enum state state;
	bool ring;		/* which transport */
	bool takes;		/* says in the slot that it took the request up */
	bool cache;
	bool chunked;		/* the answer's length is not announced */
	unsigned int pieces;
	size_t piece;		/* bytes */
};

/* Shared by a worker and who commands it */
struct order {
	struct plan plan;
	uint32_t attached;	/* 1, or 2: it could not */
	uint32_t turn;		/* counts up */
	uint32_t stage;
	uint32_t going;
	uint64_t go;		/* when the worker may leave the state */
	uint32_t strikes;	/* counts up */
	uint32_t struck;
	enum strike strike;
	uint64_t strike_at;
	long result;		/* of its last operation */
	long strange;		/* a result that no case expects */
	uint32_t wrong;		/* it read bytes that nobody sent */
};

struct crew {
	pid_t pid;		/* 0: none */
	struct order *order;
};

/* @late: opens the device only when it may go */
void crew_start(struct crew *c, const struct site *s, const struct plan *plan,
		bool late);
void crew_turn(struct crew *c, const struct plan *plan);
void crew_go(struct crew *c, uint64_t when);
void crew_strike(struct crew *c, enum strike strike, uint64_t when);
/* SIGKILL, and what it found out */
void crew_end(struct crew *c);

/* ---- client.c ---- */

enum outcome {
	OK = 1,			/* 200 and every byte right */
	CUT = 2,		/* the connection ended before that */
	NOT_FOUND = 4,
	TIMEOUT = 8,
	BAD_GATEWAY = 16,
	UNAVAILABLE = 32,
};

struct client {
	int fd;
	unsigned int seed;
	bool small;		/* takes in little at once */
	bool reads;
	size_t length;		/* of a right answer */
	char text[8192];	/* the request */
	size_t text_len;
	size_t sent;
	uint64_t at;		/* when the rest is sent and the answer read */
	char *got;
	size_t n;
	unsigned int outcome;
	uint32_t done;		/* 1: there is one */
	pthread_t thread;
};

void client_ask(struct client *c, const struct plan *plan, bool put);
void client_connect(struct client *c, const struct site *s);
/* The first @n bytes; the kernel has them when it returns */
void client_send(struct client *c, size_t n);
void client_readable(struct client *c);
void client_start(struct client *c);
unsigned int client_join(struct client *c);
void client_close(struct client *c, bool reset);

/* ---- round.c: one request meets one event ---- */

enum event {
	CLIENT_CLOSES,
	CLIENT_RESETS,
	WORKER_KILLED,
	WORKER_CLOSES,
	WORKER_DRAINS,
	PURGES,
	PREFIX_DELETED,
	QUEUE_DELETED,
	TIMER_FIRES,
	NAMESPACE_ENDS,
	RMMOD,
	N_EVENTS
};

#define ANY 0xff	/* the client went, or nothing can reach it any more */
#define SLOW 0x100	/* the timer takes 30 s: see begin_slow_timers() */
#define REFUSED 0x200	/* the event must not take place */

struct meeting {
	const char *name;
	unsigned int allowed[N_STATES];	/* what its client may get */
};

struct round {
	enum event event;
	enum state state;
	unsigned int number;
	struct site *site;
	struct crew *crew;
	struct plan plan;
	struct client client;
	uint64_t begun;
	uint64_t timer_ms;	/* from then on, where a timer fires */
	uint64_t strike_at;
};

struct plan plan_of(const struct round *r);
void start_worker(struct round *r);
void bring(struct round *r);
void choose_moments(struct round *r);
void strike(struct round *r);
void check_outcome(struct round *r, unsigned int allowed);
void check_queue(struct site *s, unsigned int workers);
struct usage usage_of(struct site *s);
void play(struct round *r);

/* ---- special.c: rounds that need more than that ---- */

void play_namespace(struct round *r);
void play_rmmod(struct round *r);
pid_t begin_slow_timers(void);
void end_slow_timers(pid_t pid);

/* ---- races.c ---- */

extern unsigned int rounds;
extern const struct meeting table[N_EVENTS];
extern const char *const state_names[N_STATES];
/* Of the clients of a cell */
extern unsigned int outcomes[UNAVAILABLE + 1];

/* Ends the program unless @err is 0 */
void must(const char *what, int err);
void report(enum event event, const char *state, uint64_t begun);
