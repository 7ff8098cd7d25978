/* SPDX-License-Identifier: MIT */
/* The parts of fuzz-netlink: see netlink.c. */
#pragma once

#include "fuzz.h"

#define MESSAGE_MAX 131072

/* Bytes of one message, and of all that will be sent together */
struct message {
	size_t size;
	unsigned char bytes[MESSAGE_MAX];
};

/* The family's number; 0: it is not there */
uint16_t family_number(void);

/* netlink_message.c: one more behind those that are there. Most are good. What
 * an answer is for stands in the low byte of its sequence number
 */
void add_message(struct message *m, struct rng *r, uint16_t family);
/* The name of what is asked for there */
const char *skeleton_name(unsigned int index);
unsigned int skeleton_count(void);
