/* SPDX-License-Identifier: MIT */
/*
 * What a group says at its door, and redirects, for C: part of khttp_control.h,
 * whose conventions hold.
 */
#ifndef KHTTP_DOOR_H
#define KHTTP_DOOR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct khttp_control;

/* The body of refusals with that status; @body NULL: there is no page any more */
struct khttp_error_page {
	uint32_t status;
	const char *type; /* NULL: HTML in UTF-8 */
	const void *body;
	size_t length;
};

/*
 * What a group says at its door. NULL and -1 leave a setting as it is, and so are
 * the pages that are not named; start with KHTTP_DOOR_SETTINGS_INIT
 */
struct khttp_door_settings {
	const char *server;  /* the field's value; "": no field */
	int64_t maintenance; /* 1: everything is answered 503 */
	int64_t retry_after; /* seconds, told then; 0: not */
	const struct khttp_error_page *pages;
	size_t n_pages;
};
#define KHTTP_DOOR_SETTINGS_INIT {NULL, -1, -1, NULL, 0}

struct khttp_error_page_info {
	uint32_t status;
	const char *type;
	uint32_t length;
};

/* All of it, or nothing is done */
int khttp_control_set_door(struct khttp_control *ctl, const char *group,
			   const struct khttp_door_settings *settings);
/* To http://host/path/ or https, and there to the rest of the target; @status: 301,
 * 302, 307 or 308. What the group says holds for it; its queue gets nothing
 */
int khttp_control_add_redirect(struct khttp_control *ctl, const char *prefix,
			       const char *group, const char *to, uint32_t status);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
