/* SPDX-License-Identifier: MIT */
/*
 * The C face of reservations and registrations; calls as in khttp_control.h.
 */
#ifndef KHTTP_KHTTP_RESERVATION_H
#define KHTTP_KHTTP_RESERVATION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct khttp_control;
struct khttp_registration;

/* -1: for no user, for no group; start with KHTTP_RESERVATION_SETTINGS_INIT */
struct khttp_reservation_settings {
	int64_t uid;
	int64_t gid;
	uint32_t rights; /* KHTTP_RIGHT_* of <linux/khttp.h>; 1: to listen */
};
#define KHTTP_RESERVATION_SETTINGS_INIT {-1, -1, 1}

struct khttp_reservation_info {
	const char *prefix;
	int64_t uid; /* -1: no user */
	int64_t gid; /* -1: no group */
	uint32_t rights;
	uint32_t creator; /* uid */
	int any_port;	  /* also those that need CAP_NET_BIND_SERVICE */
};

int khttp_control_reserve(struct khttp_control *ctl, const char *prefix,
			  const struct khttp_reservation_settings *to);
int khttp_control_unreserve(struct khttp_control *ctl, const char *prefix);
/* One call of @each for every reservation; another value than 0 ends it */
int khttp_control_each_reservation(struct khttp_control *ctl,
				   int (*each)(const struct khttp_reservation_info *, void *),
				   void *arg);
/* One call of @each with the one that says who may bind @prefix; -ENOENT: none */
int khttp_control_deciding_reservation(struct khttp_control *ctl, const char *prefix,
				       int (*each)(const struct khttp_reservation_info *, void *),
				       void *arg);

/*
 * Bind @url for as long as this is open: see registration.hpp. @queue: NULL for a
 * new one. What went wrong is told by khttp_control_error().
 */
int khttp_registration_open(const char *url, const char *queue, uint64_t context,
			    struct khttp_registration **to);
int khttp_registration_add(struct khttp_registration *r, const char *url, uint64_t context);
const char *khttp_registration_queue(const struct khttp_registration *r);
void khttp_registration_close(struct khttp_registration *r);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
