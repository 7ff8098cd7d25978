// SPDX-License-Identifier: GPL-2.0-only
/* A URL prefix with what it needs: listeners, a place in the router, a group. */

#include <linux/percpu.h>

#include "alloc.h"
#include "group.h"
#include "http/host.h"
#include "http/redirect.h"
#include "http/uri.h"
#include "net.h"
#include "port.h"
#include "queue.h"
#include "reservation.h"
#include "router.h"
#include "user.h"
#include "who.h"

static void free_url(struct khttp_url *url)
{
	free_percpu(url->requests);
	kfree(url);
}

static void free_url_rcu(struct rcu_head *rcu)
{
	free_url(container_of(rcu, struct khttp_url, rcu));
}

static void set_redirect(struct khttp_url *url, const struct khttp_redirect *r)
{
	char *at = url->prefix + url->prefix_len + 1;

	if (!r->to)
		return;
	memcpy(at, r->to, r->to_len);
	url->redirect = at;
	url->redirect_len = r->to_len;
	url->status = r->status;
}

/**
 * khttp_url_text - a prefix in normal form
 * @p: parsed
 * @len: set to its length, without a NUL, of which there is none
 *
 * Context: sleeps. Returns memory to kfree(), or NULL.
 */
char *khttp_url_text(const struct khttp_prefix *p, u32 *len)
{
	char *text = khttp_kmalloc(KHTTP_PREFIX_PRINT_MAX, GFP_KERNEL);

	if (text)
		*len = khttp_prefix_print(p, text, KHTTP_PREFIX_PRINT_MAX);
	return text;
}

/* In normal form, and @p parsed again from that */
static struct khttp_url *alloc_url(struct khttp_prefix *p,
				   const struct khttp_redirect *r)
{
	struct khttp_url *url = ERR_PTR(-ENOMEM);
	char *text;
	u32 len;

	text = khttp_url_text(p, &len);
	if (!text)
		return url;
	url = khttp_kzalloc(struct_size(url, prefix, len + 1 + r->to_len),
			    GFP_KERNEL_ACCOUNT);
	if (!url) {
		url = ERR_PTR(-ENOMEM);
		goto out;
	}
	url->requests = khttp_alloc_percpu(u64, GFP_KERNEL_ACCOUNT);
	memcpy(url->prefix, text, len);
	url->prefix_len = len;
	set_redirect(url, r);
	if (!url->requests) {
		free_url(url);
		url = ERR_PTR(-ENOMEM);
	} else if (khttp_prefix_parse(url->prefix, len, p)) {
		free_url(url);
		url = ERR_PTR(-EINVAL);
	} else {
		url->path_off = p->path.ptr - url->prefix;
	}
out:
	kfree(text);
	return url;
}

static int parse_order(const char *text, size_t len, struct khttp_prefix *p, const char **why)
{
	*why = khttp_prefix_parse(text, min_t(size_t, len, U32_MAX), p);
	return *why ? -EINVAL : 0;
}

static int check_redirect(const struct khttp_redirect *r, const char **why)
{
	if (!r->to)
		return 0;
	*why = khttp_redirect_check(khttp_span_of(r->to, r->to_len));
	if (!*why && !khttp_redirect_status_ok(r->status))
		*why = "the status of a redirect is 301, 302, 307 or 308";
	return *why ? -EINVAL : 0;
}

static int open_listeners(struct khttp_net *kn, struct khttp_url *url,
			  const struct khttp_prefix *p, bool granted,
			  const char **why)
{
	struct in6_addr addr;
	u8 family;

	if (p->bucket != KHTTP_BUCKET_ADDRESS)
		return khttp_port_need(kn, AF_UNSPEC, NULL, p->port, granted,
				       &url->need, why);
	family = p->host_kind == KHTTP_HOST_IPV6 ? AF_INET6 : AF_INET;
	memcpy(&addr, p->addr, sizeof(addr));
	return khttp_port_need(kn, family, &addr, p->port, granted, &url->need,
			       why);
}

static const char *why_not_added(int err)
{
	switch (err) {
	case -EEXIST:
		return "this URL prefix is taken; delete it there first";
	case -ENOSPC:
		return "no more than 1000000 URL prefixes in a network namespace";
	default:
		return "out of memory; try again later";
	}
}

/* Does the one that means the same URLs give way to it? */
static bool gives_way(const struct khttp_url *old,
		      const struct khttp_url_order *o)
{
	if (old->replaced)
		return false;
	return khttp_url_leaves(old) ||
	       (o->replace && khttp_url_may_end(old, o->who));
}

/* Parse it, and see whether he may have it, and any port with it */
static int check_order(struct khttp_net *kn, const struct khttp_url_order *o,
		       struct khttp_prefix *p, struct khttp_url **old, bool *granted,
		       const char **why)
{
	int err = parse_order(o->prefix, o->len, p, why);

	lockdep_assert_held(&kn->config);
	if (err)
		return err;
	if (p->scheme != KHTTP_SCHEME_HTTP) {
		*why = "https ends in front (HAProxy): add the http prefix it forwards to";
		return -EOPNOTSUPP;
	}
	/* Nothing needs to be opened to find that out */
	*old = khttp_router_find(kn->router, p);
	if (*old && !gives_way(*old, o)) {
		*why = why_not_added(-EEXIST);
		return -EEXIST;
	}
	return khttp_reservation_let(kn, o->who, p, granted, why);
}

/**
 * khttp_url_check - could it be made, as far as rights are concerned?
 * @kn: the namespace's root
 * @o: what it is to be
 * @why: text when it could not
 *
 * Context: net->config held. Returns 0, -EINVAL, -EOPNOTSUPP, -EEXIST, -EPERM.
 */
int khttp_url_check(struct khttp_net *kn, const struct khttp_url_order *o,
		    const char **why)
{
	struct khttp_prefix p;
	struct khttp_url *old;
	bool granted;

	return check_order(kn, o, &p, &old, &granted, why);
}

/* All but the text, that is: sockets and a place */
static int settle(struct khttp_net *kn, struct khttp_url *url,
		  const struct khttp_prefix *p, bool granted, const char **why)
{
	int err = open_listeners(kn, url, p, granted, why);

	if (err)
		return err;
	err = khttp_router_enter(kn->router, url, p);
	if (err) {
		*why = why_not_added(err);
		khttp_port_release(&url->need);
	}
	return err;
}

/* Checked and counted already */
static struct khttp_url *build_url(struct khttp_net *kn, const struct khttp_url_order *o,
				   struct khttp_prefix *p, bool granted, const char **why)
{
	struct khttp_url *url = alloc_url(p, &o->redirect);
	int err;

	if (IS_ERR(url)) {
		*why = why_not_added(PTR_ERR(url));
		return url;
	}
	url->context = o->context;
	url->user = khttp_who_counts(o->who);
	url->of_file = o->of_file;
	err = settle(kn, url, p, granted, why);
	if (!err)
		return url;
	free_url(url);
	return ERR_PTR(err);
}

/**
 * khttp_url_make - a prefix that is to feed a group
 * @kn: the namespace's root
 * @o: what it is to be, checked here; that who asks may use the group is the
 *	caller's affair
 * @group: the group; the prefix takes a reference to its queue
 * @old: set to the one that means the same URLs, or NULL
 * @why: text for the administrator when it fails
 *
 * Listeners are opened before the prefix can be found, so that a taken port
 * changes nothing.
 *
 * Context: net->config held, sleeps. Returns the prefix, or ERR_PTR: -EINVAL,
 * -EEXIST, -EPERM, -EDQUOT, -ENOSPC, -ENOMEM or what khttp_port_need() has.
 */
struct khttp_url *khttp_url_make(struct khttp_net *kn,
				 const struct khttp_url_order *o,
				 struct khttp_group *group,
				 struct khttp_url **old, const char **why)
{
	kuid_t user = khttp_who_counts(o->who);
	struct khttp_prefix p;
	struct khttp_url *url;
	bool granted;
	int err;

	err = check_order(kn, o, &p, old, &granted, why) ?:
	      check_redirect(&o->redirect, why) ?:
	      khttp_user_charge(kn, user, KHTTP_USER_URL, why);
	if (err)
		return ERR_PTR(err);
	url = build_url(kn, o, &p, granted, why);
	if (IS_ERR(url)) {
		khttp_user_uncharge(kn, user, KHTTP_USER_URL);
		return url;
	}
	url->group = group;
	khttp_queue_get(group->queue);
	list_add_tail(&url->link, &group->urls);
	group->n_urls++;
	return url;
}

/**
 * khttp_url_publish - readers find it
 * @kn: the namespace's root
 * @url: of khttp_url_make()
 * @old: the one whose place it takes, or NULL
 * @why: text for the administrator when it fails
 *
 * @old is in no group's list any more: that group may end now.
 *
 * Context: net->config held, sleeps. Returns 0, -EEXIST, -ENOMEM.
 */
int khttp_url_publish(struct khttp_net *kn, struct khttp_url *url,
		      struct khttp_url *old, const char **why)
{
	int err;

	if (old) {
		khttp_router_exchange(kn->router, old, url);
		list_del_init(&old->link);
		return 0;
	}
	err = khttp_router_show(kn->router, url);
	if (err)
		*why = why_not_added(err);
	return err;
}

/**
 * khttp_url_unpublish - the opposite of khttp_url_publish()
 * @kn: the namespace's root
 * @url: what was published
 * @old: in whose place, or NULL
 *
 * Context: net->config held, sleeps.
 */
void khttp_url_unpublish(struct khttp_net *kn, struct khttp_url *url,
			 struct khttp_url *old)
{
	if (old) {
		khttp_router_exchange(kn->router, url, old);
		list_add_tail(&old->link, &old->group->urls);
	} else {
		khttp_router_hide(kn->router, url);
	}
}

/**
 * khttp_url_leaves - does it end with the changes under way?
 * @url: a prefix that is in the router
 *
 * Context: net->config held.
 */
bool khttp_url_leaves(const struct khttp_url *url)
{
	return url->leaving || url->group->leaving;
}

/**
 * khttp_url_may_end - may he take it away?
 * @url: a prefix
 * @who: who asks
 *
 * Context: net->config held.
 */
bool khttp_url_may_end(const struct khttp_url *url, const struct khttp_who *who)
{
	return who->admin || (uid_valid(url->user) && khttp_who_is(who, url->user));
}

/**
 * khttp_url_mark - it is to end, or is not
 * @url: a prefix that is in the router
 * @leaving: which of the two
 *
 * Context: net->config held.
 */
void khttp_url_mark(struct khttp_url *url, bool leaving)
{
	url->leaving = leaving;
	url->group->n_urls += leaving ? -1 : 1;
}

/**
 * khttp_url_find - a registered prefix by its text
 * @kn: the namespace's root
 * @prefix: text as the administrator gave it
 * @len: its length
 * @why: text for the administrator when it fails
 *
 * Context: net->config held. Returns the prefix, or ERR_PTR: -EINVAL, -ENOENT.
 */
struct khttp_url *khttp_url_find(struct khttp_net *kn, const char *prefix,
				 size_t len, const char **why)
{
	struct khttp_prefix p;
	struct khttp_url *url;
	int err;

	lockdep_assert_held(&kn->config);
	err = parse_order(prefix, len, &p, why);
	if (err)
		return ERR_PTR(err);
	url = khttp_router_find(kn->router, &p);
	if (!url || khttp_url_leaves(url)) {
		*why = "no such URL prefix; 'khttpctl url list' shows them";
		return ERR_PTR(-ENOENT);
	}
	return url;
}

/**
 * khttp_url_drop - end of a prefix that stands in no group's list
 * @kn: the namespace's root
 * @url: it; readers that found it are waited for by RCU
 * @q: its queue, whose reference it gives up
 *
 * Context: net->config held, sleeps.
 */
void khttp_url_drop(struct khttp_net *kn, struct khttp_url *url,
		    struct khttp_queue *q)
{
	lockdep_assert_held(&kn->config);
	khttp_router_leave(kn->router, url);
	khttp_port_release(&url->need);
	khttp_user_uncharge(kn, url->user, KHTTP_USER_URL);
	call_rcu(&url->rcu, free_url_rcu);
	khttp_queue_put(q);
}

/**
 * khttp_url_del - a prefix ends
 * @kn: the namespace's root
 * @url: it; gone for the caller
 *
 * Out of the router before what it stored is dropped, so that nothing new comes
 * into the cache behind it.
 *
 * Context: net->config held, sleeps. Returns its id.
 */
u64 khttp_url_del(struct khttp_net *kn, struct khttp_url *url)
{
	struct khttp_group *group = url->group;
	u64 id = url->id;

	khttp_router_hide(kn->router, url);
	list_del(&url->link);
	if (!url->leaving)
		group->n_urls--;
	khttp_url_drop(kn, url, group->queue);
	return id;
}

/**
 * khttp_url_del_group - all prefixes of a group end
 * @kn: the namespace's root
 * @group: the group
 *
 * What they stored is the caller's to purge, behind them: that looks at every
 * stored response, and once is enough for more groups than one.
 *
 * Context: net->config held, sleeps. The caller holds the group's queue.
 */
void khttp_url_del_group(struct khttp_net *kn, struct khttp_group *group)
{
	struct khttp_url *url, *next;

	list_for_each_entry_safe(url, next, &group->urls, link) {
		khttp_url_del(kn, url);
		cond_resched();
	}
}

/**
 * khttp_url_del_all - all prefixes of a namespace that ends
 * @kn: the namespace's root, whose cache is about to go
 *
 * Context: net->config held, sleeps.
 */
void khttp_url_del_all(struct khttp_net *kn)
{
	struct khttp_url *url;

	while ((url = khttp_router_next(kn->router, 0))) {
		khttp_url_del(kn, url);
		cond_resched();
	}
}

/**
 * khttp_url_requests - requests a prefix got
 * @url: the prefix
 *
 * Context: any.
 */
u64 khttp_url_requests(const struct khttp_url *url)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(url->requests, cpu));
	return sum;
}
