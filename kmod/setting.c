// SPDX-License-Identifier: GPL-2.0-only
/* How ports are listened at: the namespace's table of settings. */

#include "setting.h"

#include <net/ipv6.h>

#include "alloc.h"
#include "net.h"
#include "trust.h"

const struct khttp_setting khttp_setting_defaults = {
	/* As many as ordinary servers allow */
	.backlog = 4096,
	/* Where keep-alive is on and nothing else is said */
	.keep_interval = 15,
	.keep_count = 4,
};

/**
 * khttp_setting_alloc - make a row
 * @at: for where
 * @s: checked by the caller; copied
 *
 * Context: sleeps. Returns ERR_PTR(-ENOMEM) without memory.
 */
struct khttp_setting_row *khttp_setting_alloc(const struct khttp_place *at,
					      const struct khttp_setting *s)
{
	struct khttp_setting_row *row;

	row = khttp_kzalloc(sizeof(*row), GFP_KERNEL_ACCOUNT);
	if (!row)
		return ERR_PTR(-ENOMEM);
	row->place = *at;
	row->setting = *s;
	row->trust = khttp_trust_create(s);
	if (IS_ERR(row->trust)) {
		kfree(row);
		return ERR_PTR(-ENOMEM);
	}
	return row;
}

void khttp_setting_free(struct khttp_setting_row *row)
{
	if (!row)
		return;
	khttp_trust_put(row->trust);
	kfree(row);
}

static bool same_place(const struct khttp_place *a, const struct khttp_place *b)
{
	return a->port == b->port && a->family == b->family &&
	       ipv6_addr_equal(&a->addr, &b->addr);
}

struct khttp_setting_row *khttp_setting_find(const struct khttp_net *kn,
					     const struct khttp_place *at)
{
	struct khttp_setting_row *row;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(row, &kn->settings, link)
		if (same_place(&row->place, at))
			return row;
	return NULL;
}

/**
 * khttp_setting_of - what applies to a socket
 * @kn: the namespace's root
 * @at: where it listens
 *
 * An address with settings of its own takes nothing from those of its port.
 *
 * Context: net->config held. Returns NULL where the defaults apply.
 */
struct khttp_setting_row *khttp_setting_of(const struct khttp_net *kn,
					   const struct khttp_place *at)
{
	const struct khttp_place port = { .port = at->port };
	struct khttp_setting_row *row = khttp_setting_find(kn, at);

	return row ? row : khttp_setting_find(kn, &port);
}

struct khttp_setting_row *khttp_setting_next(const struct khttp_net *kn, u64 id)
{
	struct khttp_setting_row *row;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(row, &kn->settings, link)
		if (row->id >= id)
			return row;
	return NULL;
}

/**
 * khttp_settings_free - the namespace ends
 * @kn: its root, which listens nowhere any more
 *
 * Context: net->config held.
 */
void khttp_settings_free(struct khttp_net *kn)
{
	struct khttp_setting_row *row, *next;

	list_for_each_entry_safe(row, next, &kn->settings, link) {
		list_del(&row->link);
		khttp_setting_free(row);
	}
}
