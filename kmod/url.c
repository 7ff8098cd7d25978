// SPDX-License-Identifier: GPL-2.0-only
/* A URL prefix with what it needs: listeners, a place in the router, a group. */

#include <linux/percpu.h>

#include "alloc.h"
#include "cache.h"
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

/* In normal form, and @p parsed again from that */
static struct khttp_url *alloc_url(struct khttp_prefix *p,
				   const struct khttp_redirect *r)
{
	struct khttp_url *url = ERR_PTR(-ENOMEM);
	char *text;
	u32 len;

	text = khttp_kmalloc(KHTTP_PREFIX_TEXT_MAX, GFP_KERNEL);
	if (!text)
		return url;
	len = khttp_prefix_print(p, text, KHTTP_PREFIX_TEXT_MAX);
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

static int parse(const char *text, size_t len, struct khttp_prefix *p,
		 const char **why)
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

/* Parse it, and see whether he may have it, and any port with it */
static int check(struct khttp_net *kn, const struct khttp_who *who,
		 const char *prefix, size_t len, struct khttp_prefix *p,
		 bool *granted, const char **why)
{
	int err = parse(prefix, len, p, why);

	lockdep_assert_held(&kn->config);
	if (err)
		return err;
	if (p->scheme != KHTTP_SCHEME_HTTP) {
		*why = "https ends in front (HAProxy): add the http prefix it forwards to";
		return -EOPNOTSUPP;
	}
	/* Nothing needs to be opened to find that out */
	if (khttp_router_find(kn->router, p)) {
		*why = why_not_added(-EEXIST);
		return -EEXIST;
	}
	return khttp_reservation_let(kn, who, p, granted, why);
}

/**
 * khttp_url_check - could it be added, as far as rights are concerned?
 * @kn: the namespace's root
 * @who: who asks
 * @prefix: text as he gave it
 * @len: its length
 * @why: text when it could not
 *
 * Context: net->config held. Returns 0, -EINVAL, -EOPNOTSUPP, -EEXIST, -EPERM.
 */
int khttp_url_check(struct khttp_net *kn, const struct khttp_who *who,
		    const char *prefix, size_t len, const char **why)
{
	struct khttp_prefix p;
	bool granted;

	return check(kn, who, prefix, len, &p, &granted, why);
}

/**
 * khttp_url_add - a prefix feeds a group
 * @kn: the namespace's root
 * @who: who asks; that he may use the group is the caller's affair
 * @prefix: text as the administrator gave it
 * @len: its length
 * @group: the group; the prefix takes a reference to its queue
 * @context: handed to workers with each request
 * @redirect: what it answers instead, checked here
 * @why: text for the administrator when it fails
 *
 * Listeners are opened before the prefix can be found, so that a taken port
 * changes nothing.
 *
 * Context: net->config held, sleeps. Returns 0, or -EINVAL, -EEXIST, -EPERM,
 * -EDQUOT, -ENOSPC, -ENOMEM or what khttp_port_need() has.
 */
int khttp_url_add(struct khttp_net *kn, const struct khttp_who *who,
		  const char *prefix, size_t len, struct khttp_group *group,
		  u64 context, const struct khttp_redirect *redirect,
		  const char **why)
{
	struct khttp_prefix p;
	struct khttp_url *url;
	bool granted;
	int err;

	err = check(kn, who, prefix, len, &p, &granted, why) ?:
	      check_redirect(redirect, why) ?:
	      khttp_user_charge(kn, khttp_who_counts(who), KHTTP_USER_URL, why);
	if (err)
		return err;
	url = alloc_url(&p, redirect);
	if (IS_ERR(url)) {
		err = PTR_ERR(url);
		*why = why_not_added(err);
		goto err_user;
	}
	url->context = context;
	url->group = group;
	url->user = khttp_who_counts(who);
	err = open_listeners(kn, url, &p, granted, why);
	if (err)
		goto err_url;
	err = khttp_router_add(kn->router, url, &p);
	if (err) {
		*why = why_not_added(err);
		goto err_listeners;
	}
	khttp_queue_get(group->queue);
	list_add_tail(&url->link, &group->urls);
	group->n_urls++;
	return 0;
err_listeners:
	khttp_port_release(&url->need);
err_url:
	free_url(url);
err_user:
	khttp_user_uncharge(kn, khttp_who_counts(who), KHTTP_USER_URL);
	return err;
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
	err = parse(prefix, len, &p, why);
	if (err)
		return ERR_PTR(err);
	url = khttp_router_find(kn->router, &p);
	if (!url) {
		*why = "no such URL prefix; 'khttpctl url list' shows them";
		return ERR_PTR(-ENOENT);
	}
	return url;
}

/* No new request finds it; readers that did are waited for by RCU */
static void unlink_url(struct khttp_net *kn, struct khttp_url *url)
{
	struct khttp_group *group = url->group;

	lockdep_assert_held(&kn->config);
	khttp_router_del(kn->router, url);
	khttp_port_release(&url->need);
	khttp_user_uncharge(kn, url->user, KHTTP_USER_URL);
	list_del(&url->link);
	group->n_urls--;
	call_rcu(&url->rcu, free_url_rcu);
	khttp_queue_put(group->queue);
}

/**
 * khttp_url_del - a prefix ends
 * @kn: the namespace's root
 * @url: it; gone for the caller
 *
 * Out of the router before the purge, so that nothing new comes into the cache
 * behind it.
 *
 * Context: net->config held, sleeps.
 */
void khttp_url_del(struct khttp_net *kn, struct khttp_url *url)
{
	u64 id = url->id;

	unlink_url(kn, url);
	khttp_cache_purge_prefix(kn->cache, id);
}

/**
 * khttp_url_del_group - all prefixes of a group end
 * @kn: the namespace's root
 * @group: the group
 *
 * One purge for all of them, of all that its queue has: it looks at every stored
 * response.
 *
 * Context: net->config held, sleeps. The caller holds the group's queue.
 */
void khttp_url_del_group(struct khttp_net *kn, struct khttp_group *group)
{
	struct khttp_url *url, *next;

	list_for_each_entry_safe(url, next, &group->urls, link) {
		unlink_url(kn, url);
		cond_resched();
	}
	khttp_cache_purge(kn->cache, NULL, 0, false, group->queue->id);
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
		unlink_url(kn, url);
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
