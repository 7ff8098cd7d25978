/* SPDX-License-Identifier: MIT */
/* Part of khttp_control.h: many changes at once, or none. */
#ifndef KHTTP_KHTTP_TRANSACTION_H
#define KHTTP_KHTTP_TRANSACTION_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct khttp_control;

/*
 * Many changes at once, or none: those between begin and commit are staged.
 * Commit: -ESTALE unless the configuration has *@generation, where that is not
 * NULL; *@now (or NULL) is set to what it has then. Either way it is over.
 */
int khttp_control_begin(struct khttp_control *ctl);
int khttp_control_commit(struct khttp_control *ctl, const uint64_t *generation,
			 uint64_t *now);
int khttp_control_abort(struct khttp_control *ctl);

/* That group's from now on, whether it is new or was another's; @redirect: NULL, or
 * where to, with that status
 */
int khttp_control_set_url(struct khttp_control *ctl, const char *prefix,
			  const char *group, uint64_t context, const char *redirect,
			  uint32_t status);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
