// SPDX-License-Identifier: GPL-2.0-only
/* Changes of the reservations, each with its event. */

#include "control.h"

#include "event.h"
#include "net.h"
#include "reservation.h"
#include "step.h"

static void changed(struct khttp_net *kn, const struct khttp_reservation *r,
		    enum khttp_event_type type)
{
	const struct khttp_event_info e = {
		.type = type,
		.url = r->at.prefix,
		.url_len = r->at.prefix_len,
	};

	khttp_control_changed(kn, &e);
}

static int publish_add(struct khttp_net *kn, struct khttp_step *s, const char **why)
{
	return khttp_reservation_publish(kn, s->reservation.r, s->reservation.old, why);
}

static void commit_add(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_reservation *old = s->reservation.old;

	if (old) {
		changed(kn, old, KHTTP_EVENT_RESERVATION_DELETED);
		khttp_reservation_drop(kn, old);
	}
	changed(kn, s->reservation.r, KHTTP_EVENT_RESERVATION_ADDED);
}

static void undo_add(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_reservation *r = s->reservation.r, *old = s->reservation.old;

	if (s->published)
		khttp_reservation_unpublish(kn, r, old);
	khttp_reservation_drop(kn, r);
	if (old)
		old->at.replaced = false;
}

static const struct khttp_step_ops adding = {
	.rank = KHTTP_STEP_CHANGE,
	.publish = publish_add,
	.commit = commit_add,
	.undo = undo_add,
};

/**
 * khttp_control_reservation_add - reserve a prefix
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @to: to whom what is granted, checked by the caller
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns as khttp_reservation_make() and
 * khttp_reservation_publish().
 */
int khttp_control_reservation_add(struct khttp_net *kn,
				  const struct khttp_who *who,
				  const char *prefix, size_t len,
				  const struct khttp_grantee *to,
				  const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	struct khttp_reservation *r, *old;

	r = khttp_reservation_make(kn, who, prefix, len, to, &old, why);
	if (IS_ERR(r))
		return PTR_ERR(r);
	if (old)
		old->at.replaced = true;
	s->reservation.r = r;
	s->reservation.old = old;
	s->ops = &adding;
	return khttp_step_end(kn, s, why);
}

static void commit_del(struct khttp_net *kn, struct khttp_step *s)
{
	struct khttp_reservation *r = s->reservation.r;

	/* Then the change that does so sees to it */
	if (r->at.replaced)
		return;
	changed(kn, r, KHTTP_EVENT_RESERVATION_DELETED);
	khttp_reservation_del(kn, r);
}

static void undo_del(struct khttp_net *kn, struct khttp_step *s)
{
	s->reservation.r->at.leaving = false;
}

static const struct khttp_step_ops deleting = {
	.rank = KHTTP_STEP_CHANGE,
	.commit = commit_del,
	.undo = undo_del,
};

/**
 * khttp_control_reservation_del - end of a reservation
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @why: text when it fails
 *
 * Context: net->config held, sleeps. Returns 0, or as khttp_reservation_find().
 */
int khttp_control_reservation_del(struct khttp_net *kn,
				  const struct khttp_who *who,
				  const char *prefix, size_t len,
				  const char **why)
{
	struct khttp_step own, *s = khttp_step_begin(kn, &own);
	struct khttp_reservation *r;

	r = khttp_reservation_find(kn, who, prefix, len, why);
	if (IS_ERR(r))
		return PTR_ERR(r);
	r->at.leaving = true;
	s->reservation.r = r;
	s->ops = &deleting;
	return khttp_step_end(kn, s, why);
}
