// SPDX-License-Identifier: GPL-2.0-only
/* What a group says at its door, over netlink. */

#include <net/genetlink.h>

#include "door.h"
#include "genl.h"
#include "http/field.h"
#include "netlink.h"

#define PAGE_TYPE	"text/html; charset=utf-8"

/* A string without a NUL within, and fit for the value of a field */
static bool is_value(const struct nlattr *a)
{
	size_t len = strlen(nla_data(a));

	return len + 1 == nla_len(a) && khttp_field_value_ok(nla_data(a), len);
}

static int get_server(struct genl_info *info, struct khttp_door_change *ch)
{
	const struct nlattr *a = info->attrs[KHTTP_GROUP_A_SERVER];

	if (!a)
		return 0;
	if (nla_len(a) > KHTTP_SERVER_MAX)
		return khttp_nl_refuse(info, a, -E2BIG,
			"a Server field has no more than 127 characters here");
	if (nla_len(a) > 1 && !is_value(a))
		return khttp_nl_refuse(info, a, -EINVAL,
			"no control characters in a Server field, and no space at its ends");
	ch->server = nla_data(a);
	return 0;
}

static int get_maintenance(struct genl_info *info, struct khttp_door_change *ch)
{
	const struct nlattr *a = info->attrs[KHTTP_GROUP_A_MAINTENANCE];
	const struct nlattr *retry = info->attrs[KHTTP_GROUP_A_RETRY_AFTER];

	if (a && nla_get_u32(a) > 1)
		return khttp_nl_refuse(info, a, -EINVAL,
				       "maintenance is 1, on, or 0, off");
	if (a) {
		ch->has_maintenance = true;
		ch->maintenance = nla_get_u32(a);
	}
	if (retry) {
		ch->has_retry_after = true;
		ch->retry_after = nla_get_u32(retry);
	}
	return 0;
}

static int check_type(struct genl_info *info, const struct nlattr *type)
{
	if (nla_len(type) > KHTTP_PAGE_TYPE_MAX)
		return khttp_nl_refuse(info, type, -E2BIG,
			"a page's type has no more than 63 characters");
	if (nla_len(type) < 2 || !is_value(type))
		return khttp_nl_refuse(info, type, -EINVAL,
			"a page's type is as in text/html; charset=utf-8");
	return 0;
}

static int parse_page(struct genl_info *info, const struct nlattr *page,
		      struct khttp_page_change *ch)
{
	struct nlattr *tb[KHTTP_PAGE_A_MAX + 1];
	const struct nlattr *status, *body;
	int err;

	err = nla_parse_nested(tb, KHTTP_PAGE_A_MAX, page,
			       khttp_genl_page_policy, info->extack);
	if (err)
		return err;
	status = tb[KHTTP_PAGE_A_STATUS];
	body = tb[KHTTP_PAGE_A_BODY];
	if (!status || nla_get_u32(status) < 400 || nla_get_u32(status) > 599)
		return khttp_nl_refuse(info, status ?: page, -EINVAL,
			"a page is for a status from 400 to 599");
	if (body && nla_len(body) > KHTTP_PAGE_MAX)
		return khttp_nl_refuse(info, body, -E2BIG,
			"a page has no more than 61440 bytes");
	err = tb[KHTTP_PAGE_A_TYPE] ? check_type(info, tb[KHTTP_PAGE_A_TYPE]) : 0;
	if (err)
		return err;
	ch->status = nla_get_u32(status);
	ch->type = tb[KHTTP_PAGE_A_TYPE] ? nla_data(tb[KHTTP_PAGE_A_TYPE]) :
					   PAGE_TYPE;
	ch->body = body ? nla_data(body) : NULL;
	ch->len = body ? nla_len(body) : 0;
	return 0;
}

static int get_pages(struct genl_info *info, struct khttp_door_change *ch)
{
	const struct nlattr *a;
	int left, err;

	nla_for_each_attr(a, genlmsg_data(info->genlhdr),
			  genlmsg_len(info->genlhdr), left) {
		if (nla_type(a) != KHTTP_GROUP_A_PAGE)
			continue;
		if (ch->n == KHTTP_PAGES_MAX)
			return khttp_nl_refuse(info, a, -E2BIG,
				"no more than 16 pages in one message");
		err = parse_page(info, a, &ch->pages[ch->n]);
		if (err)
			return err;
		ch->n++;
	}
	return 0;
}

int khttp_nl_door(struct genl_info *info, struct khttp_door_change *ch)
{
	return get_server(info, ch) ?: get_maintenance(info, ch) ?:
	       get_pages(info, ch);
}

static bool put_row(struct sk_buff *skb, const struct khttp_page *p, bool body)
{
	struct nlattr *nest = nla_nest_start(skb, KHTTP_GROUP_A_PAGE);

	if (!nest || nla_put_u32(skb, KHTTP_PAGE_A_STATUS, p->status) ||
	    nla_put_string(skb, KHTTP_PAGE_A_TYPE, p->type) ||
	    nla_put_u32(skb, KHTTP_PAGE_A_LENGTH, p->len) ||
	    (body && nla_put(skb, KHTTP_PAGE_A_BODY, p->len, p->body)))
		return false;
	nla_nest_end(skb, nest);
	return true;
}

bool khttp_nl_put_door(struct sk_buff *skb, const struct khttp_door *d, u32 body_of)
{
	u32 i;

	if (nla_put_string(skb, KHTTP_GROUP_A_SERVER,
			   khttp_door_server(d) ?: "") ||
	    nla_put_u32(skb, KHTTP_GROUP_A_MAINTENANCE, d && d->maintenance) ||
	    nla_put_u32(skb, KHTTP_GROUP_A_RETRY_AFTER,
			d ? d->retry_after : KHTTP_DOOR_RETRY_AFTER))
		return false;
	for (i = 0; d && i < d->n; i++)
		if (!put_row(skb, d->pages[i],
			     d->pages[i]->status == body_of))
			return false;
	return true;
}
