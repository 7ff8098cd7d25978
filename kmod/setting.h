/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a port is listened at. Settings are configuration of their own: they
 * apply whenever a prefix makes us listen there, and stay when none does.
 */
#ifndef _KHTTP_SETTING_H
#define _KHTTP_SETTING_H

#include <linux/in6.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/khttp.h>

#include "http/network.h"

struct khttp_net;
struct khttp_trust;

/* Ports and addresses with settings, in one namespace */
#define KHTTP_SETTINGS_MAX	1024

#define KHTTP_BACKLOG_MAX	65535
#define KHTTP_KEEP_SECONDS_MAX	32767
#define KHTTP_KEEP_COUNT_MAX	127

/* What it is about: all of a port, or one address */
struct khttp_place {
	u16 port;			/* host byte order */
	u8 family;			/* AF_UNSPEC: the port */
	struct in6_addr addr;		/* IPv4 in the first 4 bytes, else 0 */
};

struct khttp_setting {
	u32 backlog;
	u16 keep_idle;			/* seconds; 0: no keep-alive */
	u16 keep_interval;		/* seconds */
	u8 keep_count;
	u8 proxy;			/* enum khttp_proxy_mode */
	u8 client_from;			/* enum khttp_client_from */
	u8 n_trusted;
	u8 n_addresses;			/* 0: everywhere */
	char device[KHTTP_DEVICE_NAME_MAX]; /* "": any; ends in NUL */
	struct khttp_network trusted[KHTTP_TRUSTED_MAX];
	struct khttp_address addresses[KHTTP_LISTEN_ADDRESSES_MAX];
};

/* One row of the namespace's table; never changed, but replaced */
struct khttp_setting_row {
	struct list_head link;		/* net->settings */
	u64 id;				/* unique in the namespace for ever */
	struct khttp_place place;
	struct khttp_setting setting;
	struct khttp_trust *trust;	/* holds a reference; NULL: nobody */
};

extern const struct khttp_setting khttp_setting_defaults;

/* ERR_PTR(-ENOMEM). Context: sleeps */
struct khttp_setting_row *khttp_setting_alloc(const struct khttp_place *at,
					      const struct khttp_setting *s);
void khttp_setting_free(struct khttp_setting_row *row);	/* NULL is fine */

/*
 * The rest: net->config held. The row of exactly this place / the one that
 * applies to a socket there; NULL: defaults
 */
struct khttp_setting_row *khttp_setting_find(const struct khttp_net *kn,
					     const struct khttp_place *at);
struct khttp_setting_row *khttp_setting_of(const struct khttp_net *kn,
					   const struct khttp_place *at);
/* The first with an id of @id or more, or NULL */
struct khttp_setting_row *khttp_setting_next(const struct khttp_net *kn,
					     u64 id);
void khttp_settings_free(struct khttp_net *kn);

#endif
