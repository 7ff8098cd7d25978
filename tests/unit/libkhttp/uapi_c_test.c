/* SPDX-License-Identifier: MIT */
/* The ABI header and the C headers compile as strict C, and the layout stays. */
#include <linux/khttp.h>

#include <stddef.h>

#include <khttp/khttp.h>
#include <khttp/khttp_control.h>
#include <khttp/khttp_grant.h>
#include <khttp/khttp_log.h>

_Static_assert(sizeof(struct khttp_attach) == 104, "attach");
_Static_assert(sizeof(struct khttp_grant_new) == 80, "grant");
_Static_assert(sizeof(struct khttp_delegate) == 80, "delegate");
_Static_assert(sizeof(struct khttp_endpoint) == 24, "endpoint");
_Static_assert(sizeof(struct khttp_slot) == 184, "slot");
_Static_assert(offsetof(struct khttp_slot, method) == 64, "slot");
_Static_assert(offsetof(struct khttp_slot, peer) == 60, "slot");
_Static_assert(sizeof(struct khttp_reply) == 80, "reply");
_Static_assert(sizeof(struct khttp_flow) == 12, "flow");
_Static_assert(offsetof(struct khttp_reply, taken) == 0, "reply");
_Static_assert(sizeof(struct khttp_ucmd) == 16, "ucmd");
_Static_assert(sizeof(struct khttp_read) == 24, "read");
_Static_assert(sizeof(struct khttp_commit) == 16, "commit");
_Static_assert(sizeof(struct khttp_event) == 16, "event");
_Static_assert(sizeof(struct khttp_run) == 40, "run");
_Static_assert(sizeof(struct khttp_log_open) == KHTTP_QUEUE_NAME_MAX + 16, "log");
_Static_assert(sizeof(struct khttp_log_record) == 120, "log record");
_Static_assert(offsetof(struct khttp_log_record, status) == 112, "log record");
_Static_assert(sizeof(struct khttp_log_lost) == 16, "log lost");

int uapi_from_c(void);

int uapi_from_c(void)
{
	return KHTTP_ABI;
}
