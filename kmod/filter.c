// SPDX-License-Identifier: GPL-2.0-only
/* The rules of a group: asked for each request, replaced as a whole. */

#include "filter.h"

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <net/net_namespace.h>

#include "alloc.h"
#include "dispatch.h"
#include "group.h"
#include "http/reason.h"
#include "net.h"
#include "networks.h"
#include "rates.h"

static unsigned long filter_netns_max = 64UL << 20;
module_param(filter_netns_max, ulong, 0444);
MODULE_PARM_DESC(filter_netns_max,
		 "bytes that filters of a namespace other than the initial one may take");

/* ---- a request ---- */

static bool in_set(const struct khttp_rule_query *query,
		   const struct khttp_rule *rule, u32 net)
{
	const struct khttp_filter_rule *r =
		container_of(rule, struct khttp_filter_rule, rule);

	return khttp_networks_have(r->sets[net], &query->client);
}

/* The rule matches. True: so the next one is asked */
static bool next_one(const struct khttp_filter_rule *r,
		     const struct khttp_rule_query *query,
		     struct khttp_verdict *v)
{
	u64 wait;

	switch (r->rule.action) {
	case KHTTP_RULE_RATE:
		wait = khttp_limiter_take(r->limiter, &query->client,
					  ktime_get_ns());
		if (!wait)
			return true;
		this_cpu_inc(r->count->limited);
		v->reason = KHTTP_REASON_RATE_LIMIT;
		v->retry_after = min_t(u64, U32_MAX,
				       div_u64(wait + NSEC_PER_SEC - 1,
					       NSEC_PER_SEC));
		return false;
	case KHTTP_RULE_CLOSE:
		v->close = true;
		fallthrough;
	case KHTTP_RULE_DENY:
		v->reason = KHTTP_REASON_FILTER;
		v->status = r->rule.status;
		return false;
	default:
		return false;
	}
}

/**
 * khttp_filter_pass - may the request go on?
 * @f: the rules of its group
 * @client: where it comes from
 * @k: what is known of it: head, cooked path
 * @v: filled where it may not
 *
 * The first rule that matches decides, but for a rate that is not used up.
 *
 * Context: rcu_read_lock held, BH disabled.
 */
bool khttp_filter_pass(const struct khttp_filter *f,
		       const struct khttp_endpoint *client,
		       const struct khttp_sketch *k, struct khttp_verdict *v)
{
	struct khttp_rule_query query = {
		.method = k->head->method,
		.path = k->path,
		.authority = khttp_span_of(k->buf + k->target.authority,
					   k->target.authority_len),
		.head = k->head,
		.buf = k->buf,
		.in_set = in_set,
	};
	u32 i;

	*v = (struct khttp_verdict){ .reason = KHTTP_REASON_NONE };
	khttp_address_set(&query.client, client->addr,
			  client->family == AF_INET6 ? KHTTP_ADDRESS6_LEN :
						       KHTTP_ADDRESS4_LEN);
	for (i = 0; i < f->n; i++) {
		const struct khttp_filter_rule *r = f->rules[i];

		if (!khttp_rule_matches(&r->rule, &query))
			continue;
		this_cpu_inc(r->count->matched);
		if (!next_one(r, &query, v))
			break;
	}
	return v->reason == KHTTP_REASON_NONE;
}

/* ---- memory ---- */

/**
 * khttp_filter_charge - memory for filters
 * @kn: the namespace's root
 * @bytes: how much
 * @why: text when there is no room
 *
 * Context: net->config held.
 */
int khttp_filter_charge(struct khttp_net *kn, u64 bytes, const char **why)
{
	u64 max = kn->limits.filter_bytes;

	lockdep_assert_held(&kn->config);
	if (!net_eq(kn->net, &init_net))
		max = min_t(u64, max, filter_netns_max);
	if (kn->filter_used > max || bytes > max - kn->filter_used) {
		*why = "no memory left for filters; see 'khttpctl limits show filter_bytes'";
		return -EDQUOT;
	}
	kn->filter_used += bytes;
	return 0;
}

/**
 * khttp_filter_uncharge - memory that is given back
 * @kn: the namespace's root
 * @bytes: how much
 *
 * Context: net->config held.
 */
void khttp_filter_uncharge(struct khttp_net *kn, u64 bytes)
{
	lockdep_assert_held(&kn->config);
	kn->filter_used -= bytes;
}

/* ---- rules ---- */

static void free_rule(struct khttp_filter_rule *r)
{
	free_percpu(r->count);
	kfree(r);
}

static void free_rule_rcu(struct rcu_head *rcu)
{
	free_rule(container_of(rcu, struct khttp_filter_rule, rcu));
}

static void drop_names(struct khttp_filter_rule *r)
{
	u32 i;

	for (i = 0; i < KHTTP_RULE_NETS_MAX; i++)
		if (r->sets[i])
			khttp_networks_unuse(r->sets[i]);
	if (r->limiter)
		khttp_limiter_unuse(r->limiter);
}

/* The sets and the rate that it names, counted as used */
static int take_names(struct khttp_net *kn, struct khttp_filter_rule *r,
		      const char **why)
{
	const struct khttp_rule *rule = &r->rule;
	u32 i;

	for (i = 0; i < rule->n_nets; i++) {
		if (!rule->nets[i].set.len)
			continue;
		r->sets[i] = khttp_networks_use(kn, rule->nets[i].set);
		if (!r->sets[i]) {
			*why = "no such set; 'khttpctl networks list' shows them";
			return -ENOENT;
		}
	}
	if (rule->action != KHTTP_RULE_RATE)
		return 0;
	r->limiter = khttp_limiter_use(kn, rule->rate);
	if (r->limiter)
		return 0;
	*why = "no such rate; 'khttpctl rate list' shows them";
	return -ENOENT;
}

/* The normal form of @text comes to @normal */
static int normalize(const char *text, char *normal, u32 *len, const char **why)
{
	struct khttp_rule *rule = khttp_kmalloc(sizeof(*rule), GFP_KERNEL);
	const char *error;

	if (!rule)
		return -ENOMEM;
	error = khttp_rule_parse(text, strnlen(text, KHTTP_RULE_TEXT_MAX + 1),
				 rule);
	if (!error) {
		*len = khttp_rule_print(rule, normal, KHTTP_RULE_PRINT_MAX);
		/* An address in another notation, a list of methods */
		if (*len > KHTTP_RULE_TEXT_MAX)
			error = "the rule is longer than 1024 bytes in its normal form";
	}
	kfree(rule);
	if (!error)
		return 0;
	*why = error;
	return -EINVAL;
}

/* Parsed again from its normal form: the rule points into its own text */
static struct khttp_filter_rule *alloc_rule(const char *normal, u32 len)
{
	struct khttp_filter_rule *r;

	r = khttp_kzalloc(struct_size(r, text, len + 1), GFP_KERNEL_ACCOUNT);
	if (!r)
		return NULL;
	r->len = len;
	memcpy(r->text, normal, len);
	r->count = khttp_alloc_percpu(struct khttp_filter_count,
				      GFP_KERNEL_ACCOUNT);
	if (r->count && !khttp_rule_parse(r->text, len, &r->rule))
		return r;
	free_rule(r);
	return NULL;
}

static struct khttp_filter_rule *make_rule(struct khttp_net *kn, const char *text,
					   char *normal, const char **why)
{
	struct khttp_filter_rule *r;
	u32 bytes, len;
	int err;

	err = normalize(text, normal, &len, why);
	if (err)
		return ERR_PTR(err);
	bytes = struct_size(r, text, len + 1) +
		sizeof(*r->count) * num_possible_cpus();
	err = khttp_filter_charge(kn, bytes, why);
	if (err)
		return ERR_PTR(err);
	err = -ENOMEM;
	r = alloc_rule(normal, len);
	if (!r)
		goto err_charge;
	r->bytes = bytes;
	err = take_names(kn, r, why);
	if (err)
		goto err_names;
	r->id = ++kn->last_rule_id;
	return r;
err_names:
	drop_names(r);
	free_rule(r);
err_charge:
	khttp_filter_uncharge(kn, bytes);
	return ERR_PTR(err);
}

/* A list has it no longer */
static void put_rule(struct khttp_net *kn, struct khttp_filter_rule *r)
{
	if (--r->lists)
		return;
	drop_names(r);
	khttp_filter_uncharge(kn, r->bytes);
	call_rcu(&r->rcu, free_rule_rcu);
}

/* ---- lists ---- */

static struct khttp_filter *filter_in_force(struct khttp_net *kn, struct khttp_group *g)
{
	return rcu_dereference_protected(g->filter,
					 lockdep_is_held(&kn->config));
}

static u64 list_bytes(const struct khttp_filter *f)
{
	return struct_size(f, rules, f->n);
}

static void put_list(struct khttp_net *kn, struct khttp_filter *f)
{
	u32 i;

	for (i = 0; i < f->n; i++)
		put_rule(kn, f->rules[i]);
	khttp_filter_uncharge(kn, list_bytes(f));
	list_del(&f->link);
	kfree_rcu(f, rcu);
}

static struct khttp_filter_rule *find_rule(const struct khttp_filter *f, u64 id)
{
	u32 i;

	for (i = 0; f && i < f->n; i++)
		if (f->rules[i]->id == id)
			return f->rules[i];
	return NULL;
}

static bool stands_in(const struct khttp_filter *f, u32 n,
		      const struct khttp_filter_rule *r)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (f->rules[i] == r)
			return true;
	return false;
}

/* A rule that stays, or a new one */
static struct khttp_filter_rule *entry_rule(struct khttp_net *kn,
					    const struct khttp_filter *old,
					    const struct khttp_filter *f,
					    const struct khttp_filter_entry *e,
					    char *normal, const char **why)
{
	struct khttp_filter_rule *r;

	if (!e->id)
		return make_rule(kn, e->text, normal, why);
	r = find_rule(old, e->id);
	if (!r || stands_in(f, f->n, r)) {
		*why = "no such rule, or twice the same; 'khttpctl filter list' shows them";
		return ERR_PTR(-ENOENT);
	}
	return r;
}

/* All rules of the next list; @f->n of them where it fails */
static int fill_list(struct khttp_net *kn, const struct khttp_filter *old,
		     struct khttp_filter *f,
		     const struct khttp_filter_entry *list, u32 n,
		     const char **why)
{
	char *normal = khttp_kmalloc(KHTTP_RULE_PRINT_MAX, GFP_KERNEL);
	struct khttp_filter_rule *r;
	int err = 0;

	if (!normal)
		return -ENOMEM;
	while (f->n < n && !err) {
		r = entry_rule(kn, old, f, &list[f->n], normal, why);
		err = PTR_ERR_OR_ZERO(r);
		if (err)
			break;
		r->lists++;
		f->rules[f->n++] = r;
		cond_resched();
	}
	kfree(normal);
	return err;
}

static struct khttp_filter *make_list(struct khttp_net *kn,
				      const struct khttp_filter *old,
				      const struct khttp_filter_entry *list,
				      u32 n, const char **why, u32 *at)
{
	struct khttp_filter *f;
	u64 bytes = struct_size(f, rules, n);
	u32 i;
	int err;

	err = khttp_filter_charge(kn, bytes, why);
	if (err)
		return ERR_PTR(err);
	f = khttp_kzalloc(bytes, GFP_KERNEL_ACCOUNT);
	if (!f) {
		khttp_filter_uncharge(kn, bytes);
		return ERR_PTR(-ENOMEM);
	}
	err = fill_list(kn, old, f, list, n, why);
	if (!err)
		return f;
	*at = f->n;
	for (i = 0; i < f->n; i++)
		put_rule(kn, f->rules[i]);
	kfree(f);
	khttp_filter_uncharge(kn, bytes);
	return ERR_PTR(err);
}

/**
 * khttp_filter_make - the rules that a group is to have
 * @kn: the namespace's root
 * @g: the group
 * @list: its rules
 * @n: how many; 0: no filter
 * @generation: what the list in force has to have, or NULL
 * @why: text for the administrator when it fails
 * @at: the entry at fault, or @n
 *
 * Context: net->config held, sleeps. Returns them for khttp_filter_publish() or
 * khttp_filter_drop(), NULL for none, or ERR_PTR.
 */
struct khttp_filter *khttp_filter_make(struct khttp_net *kn,
				       struct khttp_group *g,
				       const struct khttp_filter_entry *list,
				       u32 n, const u64 *generation,
				       const char **why, u32 *at)
{
	struct khttp_filter *old = filter_in_force(kn, g), *f = NULL;

	*why = "out of memory; try again later";
	*at = n;
	if (g->filter_staged) {
		*why = "the transaction sets the rules of this group already";
		return ERR_PTR(-EBUSY);
	}
	if (generation && *generation != (old ? old->generation : 0)) {
		*why = "the filter has changed meanwhile; read it again";
		return ERR_PTR(-ESTALE);
	}
	if (n > KHTTP_FILTER_RULES_MAX) {
		*why = "no more than 256 rules; sets hold more networks";
		return ERR_PTR(-E2BIG);
	}
	if (n) {
		f = make_list(kn, old, list, n, why, at);
		if (IS_ERR(f))
			return f;
		list_add_tail(&f->link, &kn->filters);
	}
	khttp_filter_mark(kn, g, true);
	g->filter_staged = true;
	return f;
}

/**
 * khttp_filter_publish - the rules of the group from now on
 * @kn: the namespace's root
 * @g: the group
 * @f: of khttp_filter_make(); or what was in force, to take that back
 *
 * Context: net->config held. Returns what was in force, for khttp_filter_settle().
 */
struct khttp_filter *khttp_filter_publish(struct khttp_net *kn, struct khttp_group *g,
					  struct khttp_filter *f)
{
	return rcu_replace_pointer(g->filter, f, lockdep_is_held(&kn->config));
}

/**
 * khttp_filter_settle - it is for good
 * @kn: the namespace's root
 * @g: the group
 * @before: of khttp_filter_publish()
 *
 * Context: net->config held.
 */
void khttp_filter_settle(struct khttp_net *kn, struct khttp_group *g,
			 struct khttp_filter *before)
{
	struct khttp_filter *f = filter_in_force(kn, g);

	g->filter_staged = false;
	/* The change itself is about to be counted */
	if (f)
		f->generation = kn->generation + 1;
	if (before)
		put_list(kn, before);
}

/**
 * khttp_filter_drop - it keeps its rules
 * @kn: the namespace's root
 * @g: the group
 * @f: of khttp_filter_make()
 *
 * Context: net->config held.
 */
void khttp_filter_drop(struct khttp_net *kn, struct khttp_group *g,
		       struct khttp_filter *f)
{
	g->filter_staged = false;
	khttp_filter_mark(kn, g, false);
	if (f)
		put_list(kn, f);
}

/**
 * khttp_filter_mark - the rules of a group are about to end, or are not after all
 * @kn: the namespace's root
 * @g: the group
 * @leaving: which of the two
 *
 * Context: net->config held.
 */
void khttp_filter_mark(struct khttp_net *kn, struct khttp_group *g, bool leaving)
{
	struct khttp_filter *f = filter_in_force(kn, g);

	if (f)
		f->leaving = leaving;
}

static bool names(const struct khttp_filter_rule *r, const void *object)
{
	u32 i;

	for (i = 0; i < KHTTP_RULE_NETS_MAX; i++)
		if (r->sets[i] == object)
			return true;
	return r->limiter == object;
}

/**
 * khttp_filters_name - does a rule name a set or a rate, behind the changes?
 * @kn: the namespace's root
 * @object: the set or the rate
 *
 * Context: net->config held, sleeps.
 */
bool khttp_filters_name(struct khttp_net *kn, const void *object)
{
	const struct khttp_filter *f;
	u32 i;

	list_for_each_entry(f, &kn->filters, link) {
		for (i = 0; !f->leaving && i < f->n; i++)
			if (names(f->rules[i], object))
				return true;
		cond_resched();
	}
	return false;
}

/**
 * khttp_filter_end - a group goes
 * @kn: the namespace's root
 * @g: the group, which no new request finds
 *
 * The group keeps the pointer: a request that found it before its prefixes
 * went is judged by these rules, and must not pass because they are gone.
 *
 * Context: net->config held.
 */
void khttp_filter_end(struct khttp_net *kn, struct khttp_group *g)
{
	struct khttp_filter *old = filter_in_force(kn, g);

	if (old)
		put_list(kn, old);
}

/**
 * khttp_filters_destroy - the filters of a namespace that ends
 * @kn: the namespace's root, without urls
 *
 * Not one by one with their groups: until the last url is gone, no request
 * may pass because its group went first.
 *
 * Context: net->config held.
 */
void khttp_filters_destroy(struct khttp_net *kn)
{
	struct khttp_filter *f, *next;

	list_for_each_entry_safe(f, next, &kn->filters, link)
		put_list(kn, f);
}

/**
 * khttp_filter_read - what a rule counted
 * @r: the rule
 * @sum: filled
 *
 * Context: net->config held, or rcu_read_lock.
 */
void khttp_filter_read(const struct khttp_filter_rule *r,
		       struct khttp_filter_count *sum)
{
	int cpu;

	*sum = (struct khttp_filter_count){ 0 };
	for_each_possible_cpu(cpu) {
		const struct khttp_filter_count *c = per_cpu_ptr(r->count, cpu);

		sum->matched += READ_ONCE(c->matched);
		sum->limited += READ_ONCE(c->limited);
	}
}
