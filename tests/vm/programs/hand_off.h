/* SPDX-License-Identifier: MIT */
#pragma once

#include <liburing.h>
#include <linux/khttp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A worker as the kernel sees one: an open file and the mapping */
struct worker {
	int fd;
	struct khttp_attach attach;
	unsigned char *slots;
};

extern const char *queue;
extern int port;
extern int wrong;
extern bool slow;

/* Counts and tells what is not as expected */
void expect(const char *what, long got, long want);
/* Ends the program: without this nothing can be tested */
void need(const char *what, bool ok);
long call(int fd, unsigned long request, void *argument);
long milliseconds(void);

void worker_open(struct worker *w, unsigned int slots);
void worker_close(struct worker *w);
struct khttp_slot *slot_of(struct worker *w, uint64_t id);
struct khttp_reply *reply_of(struct worker *w, uint64_t id);
/* The next request through RUN; 0 when none came in time */
uint64_t take(struct worker *w, int timeout_ms);
/* A reply in the slot: status 200, and this much of the reply area as body */
void write_reply(struct worker *w, uint64_t id, const char *body);
long commit(struct worker *w, uint64_t id, unsigned int flags);
long run(struct worker *w, struct khttp_event *events, unsigned int n,
	 unsigned int flags);

/* A client's connection with these bytes sent */
int client(const char *bytes);
int client_get(const char *path);
/* An end that is none of half a connection */
void reset(int s);
/* Status of the next response; 0: the connection ended; -1: none in time */
int status_of(int s);
/* Everything up to the connection's end or to @n bytes */
size_t receive(int s, char *buf, size_t n);

/* A command that is not submitted yet, to be given flags */
struct io_uring_sqe *ring_entry(struct io_uring *ring, int fd, unsigned int cmd_op,
				uint64_t id, const void *addr, uint64_t tag);
void ring_command(struct io_uring *ring, int fd, unsigned int cmd_op,
		  uint64_t id, const void *addr, uint64_t tag);
/* Result of the next completion; its tag in *@tag. -ETIME: none in time */
long ring_result(struct io_uring *ring, uint64_t *tag, int timeout_ms);

void test_death(void);
void test_ring(void);
void test_bodies(void);
void test_slots(void);
void test_threads(void);
