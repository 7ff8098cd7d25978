// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ports that clients named and did not come in by (khttp_cache_named()), of what is
 * stored. A purge of a URL does not tell them, and means all that its worker answers by
 * it: so it looks for each of the few that there are, and what finds no place among
 * them makes it walk the table.
 */
#include "cache.h"
#include "cache_i.h"

/**
 * khttp_cache_name - an entry whose key has such a port comes into the table
 * @c: the cache
 * @e: the entry
 *
 * Context: cache->lock held.
 */
void khttp_cache_name(struct khttp_cache *c, struct khttp_entry *e)
{
	u8 i, free = KHTTP_NAMED_PORTS;

	lockdep_assert_held(&c->lock);
	for (i = 0; i < KHTTP_NAMED_PORTS; i++) {
		if (c->named[i].n && c->named[i].port == e->key.named)
			break;
		if (!c->named[i].n)
			free = i;
	}
	e->named_at = i < KHTTP_NAMED_PORTS ? i : free;
	if (e->named_at == KHTTP_NAMED_PORTS) {
		c->n_local++;
		return;
	}
	c->named[e->named_at].port = e->key.named;
	c->named[e->named_at].n++;
}

/**
 * khttp_cache_unname - it leaves the table
 * @c: the cache
 * @e: the entry
 *
 * Context: cache->lock held.
 */
void khttp_cache_unname(struct khttp_cache *c, const struct khttp_entry *e)
{
	lockdep_assert_held(&c->lock);
	if (e->named_at == KHTTP_NAMED_PORTS)
		c->n_local--;
	else
		c->named[e->named_at].n--;
}
