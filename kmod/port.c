// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who needs which sockets, and what they are opened with.
 *
 * A change opens what is missing, then closes what nobody needs any more. In
 * between both are there, and a change that fails half-way closes what it has
 * opened: at no time is a client refused who would have been served before.
 */

#include "port.h"

#include <net/ipv6.h>

#include "alloc.h"
#include "listener.h"
#include "net.h"
#include "setting.h"
#include "trust.h"

static struct khttp_port *find_port(struct khttp_net *kn, u16 port)
{
	struct khttp_port *p;

	list_for_each_entry(p, &kn->ports, link)
		if (p->port == port)
			return p;
	return NULL;
}

static const struct khttp_setting *setting_of(struct khttp_net *kn,
					      const struct khttp_place *at)
{
	const struct khttp_setting_row *row = khttp_setting_of(kn, at);

	return row ? &row->setting : &khttp_setting_defaults;
}

/* The listener there, opened if there is none yet */
static struct khttp_listener *obtain(struct khttp_net *kn,
				     const struct khttp_place *at, bool granted,
				     const char **why)
{
	struct khttp_listener *l = khttp_listener_find(kn, at);
	const struct khttp_setting_row *row;

	if (l)
		return l;
	row = khttp_setting_of(kn, at);
	l = khttp_listener_open(kn, at, setting_of(kn, at), granted, why);
	if (!IS_ERR(l))
		khttp_listener_trust(l, row ? row->trust : NULL);
	return l;
}

/* Of a port: nobody needs these any more */
static void close_spare(struct khttp_net *kn, u16 port)
{
	struct khttp_listener *l, *next;

	list_for_each_entry_safe(l, next, &kn->listeners, link)
		if (l->place.port == port && !l->users && !l->wild)
			khttp_listener_close(l);
}

static void forget_wanted(struct khttp_net *kn, u16 port)
{
	struct khttp_listener *l;

	list_for_each_entry(l, &kn->listeners, link)
		if (l->place.port == port)
			l->wanted = false;
}

/* From now on wildcard prefixes are served by those that are wanted */
static void take_wanted(struct khttp_net *kn, u16 port)
{
	struct khttp_listener *l;

	list_for_each_entry(l, &kn->listeners, link)
		if (l->place.port == port)
			l->wild = l->wanted;
}

static int want(struct khttp_net *kn, const struct khttp_place *at,
		bool granted, const char **why)
{
	struct khttp_listener *l = obtain(kn, at, granted, why);

	if (IS_ERR(l))
		return PTR_ERR(l);
	l->wanted = true;
	return 0;
}

static int want_everywhere(struct khttp_net *kn, u16 port, bool granted,
			   const char **why)
{
	const struct khttp_place v4 = { .port = port, .family = AF_INET };
	const struct khttp_place v6 = { .port = port, .family = AF_INET6 };
	int err;

	err = want(kn, &v4, granted, why);
	if (err)
		return err;
	err = want(kn, &v6, granted, why);
	/* ipv6.disable=1 */
	return err == -EAFNOSUPPORT ? 0 : err;
}

/*
 * Have all sockets that the port's wildcard prefixes need, and mark them as
 * wanted. On failure close_spare() takes back what was opened.
 */
static int want_wild(struct khttp_net *kn, u16 port, bool granted,
		     const char **why)
{
	const struct khttp_place all = { .port = port };
	const struct khttp_setting *s = setting_of(kn, &all);
	unsigned int i;
	int err = 0;

	forget_wanted(kn, port);
	if (!s->n_addresses)
		return want_everywhere(kn, port, granted, why);
	for (i = 0; i < s->n_addresses && !err; i++) {
		const struct khttp_address *a = &s->addresses[i];
		struct khttp_place at = {
			.port = port,
			.family = a->len == KHTTP_ADDRESS4_LEN ?
				  AF_INET : AF_INET6,
		};

		memcpy(&at.addr, a->bytes, sizeof(at.addr));
		err = want(kn, &at, granted, why);
	}
	return err;
}

static int need_wild(struct khttp_net *kn, u16 port, bool granted,
		     struct khttp_need *need, const char **why)
{
	struct khttp_port *p = find_port(kn, port);
	int err;

	if (!p) {
		p = khttp_kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
		if (!p) {
			*why = khttp_listener_why(-ENOMEM);
			return -ENOMEM;
		}
		p->net = kn;
		p->port = port;
		err = want_wild(kn, port, granted, why);
		if (err) {
			close_spare(kn, port);
			kfree(p);
			return err;
		}
		take_wanted(kn, port);
		list_add_tail(&p->link, &kn->ports);
	}
	p->users++;
	need->port = p;
	return 0;
}

/**
 * khttp_port_need - one more prefix needs a port
 * @kn: the namespace's root
 * @family: of @addr; not looked at without
 * @addr: local address, an IPv4 one in the first 4 bytes; NULL: as the port's
 *	settings say
 * @port: in host byte order
 * @granted: a reservation stands for CAP_NET_BIND_SERVICE
 * @need: filled with what the prefix has to release
 * @why: text for the administrator when it fails
 *
 * Context: net->config held, sleeps. Returns 0 or -errno.
 */
int khttp_port_need(struct khttp_net *kn, u8 family,
		    const struct in6_addr *addr, u16 port, bool granted,
		    struct khttp_need *need, const char **why)
{
	struct khttp_place at = { .port = port };
	struct khttp_listener *l;

	lockdep_assert_held(&kn->config);
	*need = (struct khttp_need){};
	if (!granted && !khttp_listener_allowed(kn, port)) {
		*why = khttp_listener_why(-EACCES);
		return -EACCES;
	}
	if (!addr)
		return need_wild(kn, port, granted, need, why);
	at.family = family;
	at.addr = *addr;
	l = obtain(kn, &at, granted, why);
	if (IS_ERR(l))
		return PTR_ERR(l);
	l->users++;
	need->listener = l;
	return 0;
}

/**
 * khttp_port_release - one prefix less needs it
 * @need: from khttp_port_need()
 *
 * Context: net->config held, sleeps.
 */
void khttp_port_release(struct khttp_need *need)
{
	struct khttp_port *p = need->port;
	struct khttp_listener *l = need->listener;

	if (l && !--l->users) {
		close_spare(l->net, l->place.port);
	} else if (p && !--p->users) {
		forget_wanted(p->net, p->port);
		take_wanted(p->net, p->port);
		close_spare(p->net, p->port);
		list_del(&p->link);
		kfree(p);
	}
}

/* Open what the settings that are in the table now want */
static int prepare(struct khttp_net *kn, u16 port, const char **why)
{
	struct khttp_listener *l;
	int err = 0;

	if (find_port(kn, port))
		err = want_wild(kn, port, false, why);
	if (err)
		return err;
	list_for_each_entry(l, &kn->listeners, link) {
		if (l->place.port != port)
			continue;
		err = khttp_listener_prepare(l, setting_of(kn, &l->place), why);
		if (err)
			return err;
	}
	return 0;
}

/* All sockets that had to be opened are there */
static void adopt(struct khttp_net *kn, u16 port)
{
	const struct khttp_setting_row *row;
	struct khttp_listener *l;

	list_for_each_entry(l, &kn->listeners, link) {
		if (l->place.port != port)
			continue;
		row = khttp_setting_of(kn, &l->place);
		khttp_listener_adopt(l, row ? &row->setting :
					&khttp_setting_defaults);
		khttp_listener_trust(l, row ? row->trust : NULL);
	}
	if (find_port(kn, port))
		take_wanted(kn, port);
	close_spare(kn, port);
}

static void give_up(struct khttp_net *kn, u16 port)
{
	struct khttp_listener *l;

	list_for_each_entry(l, &kn->listeners, link)
		if (l->place.port == port)
			khttp_listener_discard(l);
	close_spare(kn, port);
}

static bool too_many(const struct khttp_net *kn)
{
	const struct khttp_setting_row *row;
	u32 n = 0;

	list_for_each_entry(row, &kn->settings, link)
		n++;
	return n >= KHTTP_SETTINGS_MAX;
}

/* @new stands in @old's place, or is a new row, or (NULL) takes it away */
static void exchange(struct khttp_net *kn, struct khttp_setting_row *old,
		     struct khttp_setting_row *new)
{
	if (old && new) {
		new->id = old->id;
		list_replace(&old->link, &new->link);
	} else if (new) {
		new->id = ++kn->next_setting_id;
		list_add_tail(&new->link, &kn->settings);
	} else {
		list_del(&old->link);
	}
}

/* What exchange() did; the order of rows is that of their ids */
static void exchange_back(struct khttp_net *kn, struct khttp_setting_row *old,
			  struct khttp_setting_row *new)
{
	struct khttp_setting_row *behind;

	if (old && new) {
		list_replace(&new->link, &old->link);
	} else if (new) {
		list_del(&new->link);
	} else {
		behind = khttp_setting_next(kn, old->id);
		list_add_tail(&old->link, behind ? &behind->link : &kn->settings);
	}
}

/**
 * khttp_port_prepare - all that can fail of how it is to be listened somewhere
 * @kn: the namespace's root
 * @at: where: a port, or one address of it
 * @s: checked by the caller; NULL: back to the defaults
 * @plan: filled, for khttp_port_adopt() or khttp_port_give_up()
 * @why: text for the administrator when it fails
 *
 * Context: net->config held, sleeps. Returns 0, -ENOENT, -ENOSPC, -ENOMEM,
 * -ENODEV, or why a socket could not be opened.
 */
int khttp_port_prepare(struct khttp_net *kn, const struct khttp_place *at,
		       const struct khttp_setting *s,
		       struct khttp_port_plan *plan, const char **why)
{
	struct khttp_setting_row *old = khttp_setting_find(kn, at);
	struct khttp_setting_row *new = NULL;
	int err;

	if (!s && !old) {
		*why = "it has no settings; 'khttpctl listener list' shows which have";
		return -ENOENT;
	}
	if (s && !old && too_many(kn)) {
		*why = "no more than 1024 ports and addresses with settings";
		return -ENOSPC;
	}
	if (s)
		new = khttp_setting_alloc(at, s);
	if (IS_ERR(new)) {
		*why = khttp_listener_why(PTR_ERR(new));
		return PTR_ERR(new);
	}
	*plan = (struct khttp_port_plan){ .at = *at, .old = old, .new = new };
	exchange(kn, old, new);
	err = prepare(kn, at->port, why);
	if (err)
		khttp_port_give_up(kn, plan);
	return err;
}

/**
 * khttp_port_adopt - it is listened like that from now on
 * @kn: the namespace's root
 * @plan: of khttp_port_prepare()
 *
 * Context: net->config held, sleeps.
 */
void khttp_port_adopt(struct khttp_net *kn, struct khttp_port_plan *plan)
{
	adopt(kn, plan->at.port);
	khttp_setting_free(plan->old);
}

/**
 * khttp_port_give_up - it is listened as before
 * @kn: the namespace's root
 * @plan: of khttp_port_prepare()
 *
 * Context: net->config held, sleeps.
 */
void khttp_port_give_up(struct khttp_net *kn, struct khttp_port_plan *plan)
{
	give_up(kn, plan->at.port);
	exchange_back(kn, plan->old, plan->new);
	khttp_setting_free(plan->new);
}

/**
 * khttp_port_prefixes - how many prefixes need a listener
 * @l: the listener
 *
 * Context: net->config held.
 */
u32 khttp_port_prefixes(const struct khttp_listener *l)
{
	const struct khttp_port *p = find_port(l->net, l->place.port);

	return l->users + (l->wild && p ? p->users : 0);
}
