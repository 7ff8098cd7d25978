/* SPDX-License-Identifier: MIT */
#ifndef BAD_OPERATIONS_H
#define BAD_OPERATIONS_H

#include <stddef.h>
#include <linux/khttp.h>

/* Prints and counts it when @got is not @want (errors as -errno) */
void expect(const char *what, long got, long want);

/* An attached and mapped file */
struct worker {
	int fd;
	struct khttp_attach attach;
	unsigned char *slots;
};

void attach_and_map(struct worker *w, const char *queue);
/* A client's request on @port that @w has fetched: its socket and the id */
int request_in_slot(struct worker *w, int port, unsigned long long *id);
struct khttp_reply *reply_of(struct worker *w, unsigned long long id);
/* Field block "x: y" of one field and status 200 */
void good_reply(struct worker *w, unsigned long long id);

void test_uring(const char *queue, int port);

#endif
