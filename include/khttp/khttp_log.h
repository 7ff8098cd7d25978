/* SPDX-License-Identifier: MIT */
/*
 * The C face of khttp/access_log.hpp. What is read are the records of
 * <khttp/uapi/linux/khttp.h>. Errors as in khttp_control.h: a negative errno, with a
 * text from khttp_control_error().
 */
#ifndef KHTTP_KHTTP_LOG_H
#define KHTTP_KHTTP_LOG_H

#include <khttp/khttp_control.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* Which requests, and what of them. All zero: all of them, without any text */
struct khttp_log_wish {
	const char *group; /* only requests to it; NULL: all */
	uint32_t only;	   /* KHTTP_LOG_ONLY_* */
	uint32_t sample;   /* each so many-th of a CPU's; 0 and 1: all */
	uint32_t texts;	   /* 1 << KHTTP_LOG_METHOD and so on */
	uint32_t ring;	   /* bytes of one CPU's ring, a power of two; 0: the default */
	const char *queue; /* only requests to it, instead of a group; NULL: all */
};

/* A new descriptor, for poll(2), close(2) and read(2) of KHTTP_LOG_RECORD_MAX bytes or
 * more, which gives whole records, and 0 when the network namespace is gone; -1 and
 * EIDRM when QUEUE is, EACCES when it may not be controlled any more */
int khttp_control_open_log(struct khttp_control *ctl, const struct khttp_log_wish *wish);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
