/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who needs which sockets. A prefix with an IP literal needs the one on its
 * address; the others of a port need, together, those that the port's settings
 * name: one for each family, or one for each chosen address.
 */
#ifndef _KHTTP_PORT_H
#define _KHTTP_PORT_H

#include <linux/list.h>
#include <linux/types.h>

#include "setting.h"

struct in6_addr;
struct khttp_listener;
struct khttp_net;
struct khttp_setting_row;

/* A port with wildcard prefixes. Under net->config */
struct khttp_port {
	struct list_head link;		/* net->ports */
	struct khttp_net *net;
	u16 port;			/* host byte order */
	u32 users;			/* prefixes */
};

/* What one prefix needs; one of the two is set */
struct khttp_need {
	struct khttp_port *port;
	struct khttp_listener *listener;
};

/*
 * All below: net->config held, sleep; 0 or -errno with *@why.
 *
 * One more prefix needs @port on @addr (NULL: as the port's settings say);
 * @granted: whatever CAP_NET_BIND_SERVICE says of who asks.
 * -EADDRINUSE, -EADDRNOTAVAIL, -EACCES, -ENOSPC, -ENODEV, -ENOMEM, ...
 */
int khttp_port_need(struct khttp_net *kn, u8 family,
		    const struct in6_addr *addr, u16 port, bool granted,
		    struct khttp_need *need, const char **why);
/* The last prefix's release closes the sockets; their connections go on */
void khttp_port_release(struct khttp_need *need);

/* What is about to be set */
struct khttp_port_plan {
	struct khttp_place at;
	struct khttp_setting_row *old;	/* or NULL, like: */
	struct khttp_setting_row *new;
};

/*
 * Set how it is listened there, or (@s NULL) go back to the defaults: -ENOENT
 * where there are no settings. Sockets that have to be opened anew are opened
 * first; where one cannot be, nothing is changed. Then the old ones are closed, or
 * the new ones.
 */
int khttp_port_prepare(struct khttp_net *kn, const struct khttp_place *at,
		       const struct khttp_setting *s,
		       struct khttp_port_plan *plan, const char **why);
void khttp_port_adopt(struct khttp_net *kn, struct khttp_port_plan *plan);
void khttp_port_give_up(struct khttp_net *kn, struct khttp_port_plan *plan);

/* Prefixes that need this listener */
u32 khttp_port_prefixes(const struct khttp_listener *l);

#endif
