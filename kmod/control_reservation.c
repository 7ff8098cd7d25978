// SPDX-License-Identifier: GPL-2.0-only
/* Changes of the reservations, each with its event. */

#include "control.h"
#include "event.h"
#include "net.h"
#include "reservation.h"

static void changed(struct khttp_net *kn, enum khttp_event_type type,
		    const char *prefix, size_t len)
{
	const struct khttp_event_info e = {
		.type = type,
		.url = prefix,
		.url_len = len,
	};

	khttp_control_changed(kn, &e);
}

/**
 * khttp_control_reservation_add - reserve a prefix
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @to: to whom what is granted, checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_reservation_add().
 */
int khttp_control_reservation_add(struct khttp_net *kn,
				  const struct khttp_who *who,
				  const char *prefix, size_t len,
				  const struct khttp_grantee *to,
				  const char **why)
{
	int err = khttp_reservation_add(kn, who, prefix, len, to, why);

	if (!err)
		changed(kn, KHTTP_EVENT_RESERVATION_ADDED, prefix, len);
	return err;
}

/**
 * khttp_control_reservation_del - end of a reservation
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_reservation_del().
 */
int khttp_control_reservation_del(struct khttp_net *kn,
				  const struct khttp_who *who,
				  const char *prefix, size_t len,
				  const char **why)
{
	int err = khttp_reservation_del(kn, who, prefix, len, why);

	if (!err)
		changed(kn, KHTTP_EVENT_RESERVATION_DELETED, prefix, len);
	return err;
}
