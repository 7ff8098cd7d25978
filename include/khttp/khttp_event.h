/* SPDX-License-Identifier: MIT */
/* What happens: the C mirror of event.hpp, for khttp_control.h. */
#ifndef KHTTP_EVENT_INFO_H
#define KHTTP_EVENT_INFO_H

#include <stdint.h>

/* Made by the library where the reader was too slow */
#define KHTTP_EVENT_LOST UINT32_MAX

struct khttp_event_info {
	uint32_t type;	   /* enum khttp_event_type, or KHTTP_EVENT_LOST */
	uint32_t worker;   /* 0 where it does not apply, like the next two */
	uint32_t pid;
	uint64_t count;
	uint64_t time_ns;  /* CLOCK_REALTIME */
	const char *queue; /* or NULL; until the next event is asked for */
	const char *url;   /* likewise */
	const char *listener; /* likewise */
	const char *group;    /* likewise */
	const char *tag;      /* likewise, of a purge */
	int recursive;	      /* a purge of everything below the URL, too */
	int soft;	      /* khttp::purge_mode */
	uint64_t missed;      /* purges by workers left out before this one */
};

#endif
