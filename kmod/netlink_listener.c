// SPDX-License-Identifier: GPL-2.0-only
/* Settings of listeners over netlink. */

#include <linux/if.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "alloc.h"
#include "control.h"
#include "net.h"
#include "netlink.h"
#include "setting.h"

static_assert(KHTTP_DEVICE_NAME_MAX == IFNAMSIZ);

/* ---- lists in a text ---- */

/* The next item of a list with commas, off the front; false at the end */
static bool next_item(const char **at, struct khttp_span *item)
{
	size_t n = strcspn(*at, ",");

	if (!**at)
		return false;
	*item = khttp_span_of(*at, n);
	*at += n;
	if (**at)
		(*at)++;
	return true;
}

static const char *parse_trusted(struct khttp_setting *s, const char *at)
{
	struct khttp_span item;
	const char *why;

	s->n_trusted = 0;
	while (next_item(&at, &item)) {
		if (s->n_trusted == KHTTP_TRUSTED_MAX)
			return "no more than 64 networks can be trusted";
		why = khttp_network_parse(item.ptr, item.len,
					  &s->trusted[s->n_trusted]);
		if (why)
			return why;
		s->n_trusted++;
	}
	return NULL;
}

static const char *parse_addresses(struct khttp_setting *s, const char *at)
{
	struct khttp_span item;

	s->n_addresses = 0;
	while (next_item(&at, &item)) {
		if (s->n_addresses == KHTTP_LISTEN_ADDRESSES_MAX)
			return "no more than 16 addresses can be chosen";
		if (!khttp_address_parse(item.ptr, item.len,
					 &s->addresses[s->n_addresses]))
			return "addresses are written like 192.0.2.1 or 2001:db8::1";
		s->n_addresses++;
	}
	return NULL;
}

static int put_trusted(struct sk_buff *skb, const struct khttp_setting *s)
{
	char *text = khttp_kmalloc(KHTTP_TRUSTED_MAX * (KHTTP_NETWORK_TEXT_MAX + 1),
				   GFP_KERNEL);
	unsigned int i;
	u32 n = 0;
	int err;

	if (!text)
		return -ENOMEM;
	for (i = 0; i < s->n_trusted; i++) {
		if (i)
			text[n++] = ',';
		n += khttp_network_print(&s->trusted[i], text + n);
	}
	err = khttp_nl_put_text(skb, KHTTP_LISTENER_A_TRUSTED, text, n);
	kfree(text);
	return err;
}

static int put_addresses(struct sk_buff *skb, const struct khttp_setting *s)
{
	char text[KHTTP_LISTEN_ADDRESSES_MAX * (KHTTP_NETWORK_TEXT_MAX + 1)];
	struct khttp_network one;
	unsigned int i;
	u32 n = 0;

	for (i = 0; i < s->n_addresses; i++) {
		one.address = s->addresses[i];
		one.bits = one.address.len * 8;
		if (i)
			text[n++] = ',';
		n += khttp_network_print(&one, text + n);
	}
	return khttp_nl_put_text(skb, KHTTP_LISTENER_A_ADDRESSES, text, n);
}

/* ---- changes ---- */

static int parse_place(struct genl_info *info, struct khttp_place *at)
{
	const struct nlattr *port = info->attrs[KHTTP_LISTENER_A_PORT];
	const struct nlattr *addr = info->attrs[KHTTP_LISTENER_A_ADDR];

	*at = (struct khttp_place){};
	if (!port || !nla_get_u32(port) || nla_get_u32(port) > U16_MAX)
		return khttp_nl_refuse(info, port, -EINVAL,
				       "say which port, from 1 to 65535");
	at->port = nla_get_u32(port);
	if (!addr)
		return 0;
	if (nla_len(addr) != 4 && nla_len(addr) != 16)
		return khttp_nl_refuse(info, addr, -EINVAL,
				       "an address has 4 bytes, or 16 with IPv6");
	at->family = nla_len(addr) == 4 ? AF_INET : AF_INET6;
	nla_memcpy(&at->addr, addr, sizeof(at->addr));
	if (at->family == AF_INET6 && ipv6_addr_v4mapped(&at->addr))
		return khttp_nl_refuse(info, addr, -EINVAL,
				       "write an IPv4 address as such");
	return 0;
}

/* A number of a certain range out of an attribute, if it is there */
static int parse_number(struct genl_info *info, int attr, u32 min, u32 max,
			u32 *value, const char *range)
{
	const struct nlattr *a = info->attrs[attr];

	if (!a)
		return 0;
	if (nla_get_u32(a) < min || nla_get_u32(a) > max)
		return khttp_nl_refuse(info, a, -ERANGE, range);
	*value = nla_get_u32(a);
	return 0;
}

static int parse_numbers(struct genl_info *info, struct khttp_setting *s)
{
	static const char seconds[] = "keep-alive times are 1 to 32767 seconds";
	u32 proxy = s->proxy, from = s->client_from, backlog = s->backlog;
	u32 idle = s->keep_idle, interval = s->keep_interval;
	u32 count = s->keep_count;
	int err;

	err = parse_number(info, KHTTP_LISTENER_A_PROXY, 0, KHTTP_PROXY_MAX,
			   &proxy, "proxy is off, v1, v2 or any");
	err = err ?: parse_number(info, KHTTP_LISTENER_A_CLIENT_FROM, 0,
				  KHTTP_CLIENT_FROM_MAX, &from,
				  "client-from is none, forwarded or x-forwarded-for");
	err = err ?: parse_number(info, KHTTP_LISTENER_A_BACKLOG, 1,
				  KHTTP_BACKLOG_MAX, &backlog,
				  "the backlog is 1 to 65535 connections");
	err = err ?: parse_number(info, KHTTP_LISTENER_A_KEEP_IDLE, 0,
				  KHTTP_KEEP_SECONDS_MAX, &idle, seconds);
	err = err ?: parse_number(info, KHTTP_LISTENER_A_KEEP_INTERVAL, 1,
				  KHTTP_KEEP_SECONDS_MAX, &interval, seconds);
	err = err ?: parse_number(info, KHTTP_LISTENER_A_KEEP_COUNT, 1,
				  KHTTP_KEEP_COUNT_MAX, &count,
				  "keep-alive sends 1 to 127 probes");
	s->proxy = proxy;
	s->client_from = from;
	s->backlog = backlog;
	s->keep_idle = idle;
	s->keep_interval = interval;
	s->keep_count = count;
	return err;
}

/* An attribute's text, checked; *@text stays NULL where there is none */
static int parse_text(struct genl_info *info, int attr, const char **text)
{
	if (!info->attrs[attr])
		return 0;
	*text = khttp_nl_text(info, attr, "");
	return *text ? 0 : -EINVAL;
}

static int parse_list(struct genl_info *info, int attr, struct khttp_setting *s,
		      const char *(*parse)(struct khttp_setting *s,
					   const char *at))
{
	const char *text = NULL, *why;
	int err = parse_text(info, attr, &text);

	if (err || !text)
		return err;
	why = parse(s, text);
	return why ? khttp_nl_refuse(info, info->attrs[attr], -EINVAL, why) : 0;
}

static int parse_device(struct genl_info *info, struct khttp_setting *s)
{
	const struct nlattr *a = info->attrs[KHTTP_LISTENER_A_DEVICE];
	const char *name = NULL;
	int err = parse_text(info, KHTTP_LISTENER_A_DEVICE, &name);

	if (err || !name)
		return err;
	if (strscpy_pad(s->device, name, sizeof(s->device)) < 0)
		return khttp_nl_refuse(info, a, -EINVAL,
			"names of network interfaces have up to 15 characters");
	return 0;
}

/* What the request changes of @s, and whether that makes sense together */
static int parse_setting(struct genl_info *info, const struct khttp_place *at,
			 struct khttp_setting *s)
{
	int err;

	err = parse_numbers(info, s);
	err = err ?: parse_list(info, KHTTP_LISTENER_A_TRUSTED, s, parse_trusted);
	err = err ?: parse_list(info, KHTTP_LISTENER_A_ADDRESSES, s,
				parse_addresses);
	err = err ?: parse_device(info, s);
	if (err)
		return err;
	if (at->family != AF_UNSPEC && s->n_addresses)
		return khttp_nl_refuse(info,
			info->attrs[KHTTP_LISTENER_A_ADDRESSES], -EINVAL,
			"addresses are chosen for a port, not for one of them");
	if (!s->n_trusted && (s->proxy || s->client_from))
		return khttp_nl_refuse(info, NULL, -EINVAL,
			"say who may speak for clients: trusted NETWORK[,NETWORK...]");
	return 0;
}

static int set(struct genl_info *info, struct khttp_net *kn,
	       const struct khttp_place *at)
{
	const struct khttp_setting_row *old = khttp_setting_find(kn, at);
	struct khttp_setting *s;
	const char *why;
	int err;

	s = khttp_kmalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	*s = old ? old->setting : khttp_setting_defaults;
	err = parse_setting(info, at, s);
	if (err)
		goto out;
	err = khttp_control_listener_set(kn, at, s, &why);
	if (err)
		khttp_nl_refuse(info, NULL, err, why);
out:
	kfree(s);
	return err;
}

int khttp_nl_listener_set(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_place at;
	struct khttp_net *kn;
	int err;

	err = parse_place(info, &at);
	if (err)
		return err;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	err = set(info, kn, &at);
	khttp_nl_end(kn);
	return err;
}

int khttp_nl_listener_reset(struct sk_buff *skb, struct genl_info *info)
{
	struct khttp_place at;
	struct khttp_net *kn;
	const char *why;
	int err;

	err = parse_place(info, &at);
	if (err)
		return err;
	err = khttp_nl_begin(info, &kn);
	if (err)
		return err;
	err = khttp_control_listener_set(kn, &at, NULL, &why);
	khttp_nl_end(kn);
	if (err)
		khttp_nl_refuse(info, NULL, err, why);
	return err;
}

/* ---- the dump ---- */

static int put_setting(struct sk_buff *skb, const struct khttp_place *at,
		       const struct khttp_setting *s)
{
	if (nla_put_u32(skb, KHTTP_LISTENER_A_PORT, at->port) ||
	    (at->family != AF_UNSPEC &&
	     nla_put(skb, KHTTP_LISTENER_A_ADDR,
		     at->family == AF_INET6 ? 16 : 4, &at->addr)) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_PROXY, s->proxy) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_CLIENT_FROM, s->client_from) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_BACKLOG, s->backlog) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_KEEP_IDLE, s->keep_idle) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_KEEP_INTERVAL,
			s->keep_interval) ||
	    nla_put_u32(skb, KHTTP_LISTENER_A_KEEP_COUNT, s->keep_count) ||
	    nla_put_string(skb, KHTTP_LISTENER_A_DEVICE, s->device))
		return -EMSGSIZE;
	return put_trusted(skb, s) ?: put_addresses(skb, s);
}

static int put_row(struct sk_buff *skb, struct netlink_callback *cb,
		   const struct khttp_setting_row *row)
{
	void *hdr = khttp_nl_dump_put(skb, cb, KHTTP_CMD_LISTENER_SETTINGS_GET);
	int err;

	if (!hdr)
		return -EMSGSIZE;
	err = put_setting(skb, &row->place, &row->setting);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

struct setting_cursor {
	u64 id;				/* go on with this or the next */
};

/* Shown to everybody, as the listeners are */
int khttp_nl_settings_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct khttp_net *kn = khttp_nl_dump_net(cb);
	struct setting_cursor *at = (struct setting_cursor *)cb->ctx;
	const struct khttp_setting_row *row;
	int err;

	err = khttp_control_lock(kn);
	if (err)
		return err;
	while (!err && (row = khttp_setting_next(kn, at->id))) {
		err = put_row(skb, cb, row);
		if (!err)
			at->id = row->id + 1;
	}
	khttp_control_unlock(kn);
	return khttp_nl_dump_end(skb, err);
}
