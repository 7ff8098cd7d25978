// SPDX-License-Identifier: GPL-2.0-only
/* Named sets of networks: loaded in pieces, published at once. */

#include "networks.h"

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "alloc.h"
#include "filter.h"
#include "net.h"

/* Nodes that are built before others get the CPU */
#define STEP		1024
/* Room for the first networks of a stage, in bytes */
#define ROOM_MIN	4096U

static const u32 widths[2] = { KHTTP_ADDRESS4_LEN, KHTTP_ADDRESS6_LEN };

/* What a set holds. It never changes: the next one replaces it */
struct khttp_networks_load {
	struct {
		struct khttp_netset set;
		u8 *packed;		/* what it was made from, to be shown */
		u32 n;
	} family[2];
	u64 generation;
	u64 bytes;			/* charged */
	struct rcu_head rcu;
};

struct khttp_networks {
	/* set once */
	u64 id;				/* unique in the namespace for ever */
	char name[KHTTP_QUEUE_NAME_MAX];
	struct rcu_head rcu;

	struct khttp_networks_load __rcu *now;	/* written under net->config */

	/* under net->config */
	struct list_head link;		/* net->networks */
	u32 users;			/* rules that name it */
	bool leaving;			/* see step.h: no lookup finds it */
};

/* Of one socket, under net->config */
struct stage {
	struct list_head link;		/* net->stages */
	u32 portid;
	char name[KHTTP_QUEUE_NAME_MAX];
	struct {
		struct khttp_netset_sizer sizer;
		u8 *packed;
		u32 room;		/* bytes */
	} family[2];
};

/**
 * khttp_networks_have - is an address in a set?
 * @set: the set
 * @address: the address
 *
 * Context: rcu_read_lock held.
 */
bool khttp_networks_have(const struct khttp_networks *set,
			 const struct khttp_address *address)
{
	const struct khttp_networks_load *now = rcu_dereference(set->now);

	return khttp_netset_has(&now->family[address->len != KHTTP_ADDRESS4_LEN].set,
				address->bytes);
}

/* ---- what a set holds ---- */

static void free_networks(struct khttp_networks_load *n)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		kvfree(n->family[i].set.nodes);
		kvfree(n->family[i].packed);
	}
	kfree(n);
}

static void free_networks_rcu(struct rcu_head *rcu)
{
	free_networks(container_of(rcu, struct khttp_networks_load, rcu));
}

/* No new reader finds it */
static void put_networks(struct khttp_net *kn, struct khttp_networks_load *n)
{
	khttp_filter_uncharge(kn, n->bytes);
	kn->n_networks -= n->family[0].n + n->family[1].n;
	call_rcu(&n->rcu, free_networks_rcu);
}

static struct khttp_networks_load *load_in_force(struct khttp_net *kn,
						 const struct khttp_networks *set)
{
	return rcu_dereference_protected(set->now, lockdep_is_held(&kn->config));
}

/* Make the trie of one family */
static int build_load(struct khttp_networks_load *n, const struct stage *s, u32 i)
{
	const struct khttp_netset_sizer *sizer = &s->family[i].sizer;
	struct khttp_netset *set = &n->family[i].set;
	struct khttp_netset_build b;

	if (sizer->nodes) {
		set->nodes = khttp_kvcalloc(sizer->nodes, sizeof(*set->nodes),
					    GFP_KERNEL_ACCOUNT);
		if (!set->nodes)
			return -ENOMEM;
	}
	khttp_netset_build_begin(&b, set, s->family[i].packed, sizer);
	while (khttp_netset_build_step(&b, STEP))
		cond_resched();
	return 0;
}

/* What was staged becomes the set's, and its charge with it */
static void take_over(struct khttp_networks_load *n, struct stage *s)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		n->family[i].n = s->family[i].sizer.n;
		n->family[i].packed = s->family[i].packed;
		n->bytes += s->family[i].room;
		s->family[i].packed = NULL;
		s->family[i].room = 0;
		s->family[i].sizer.n = 0;
	}
}

static struct khttp_networks_load *make(struct khttp_net *kn, struct stage *s,
			     const char **why)
{
	u64 bytes = sizeof(struct khttp_networks_load);
	struct khttp_networks_load *n;
	int err = 0;
	u32 i;

	for (i = 0; i < 2; i++) {
		khttp_netset_sizer_end(&s->family[i].sizer);
		bytes += (u64)s->family[i].sizer.nodes *
			 sizeof(struct khttp_netset_node);
	}
	err = khttp_filter_charge(kn, bytes, why);
	if (err)
		return ERR_PTR(err);
	n = khttp_kzalloc(sizeof(*n), GFP_KERNEL_ACCOUNT);
	for (i = 0; n && i < 2 && !err; i++)
		err = build_load(n, s, i);
	if (!n || err) {
		if (n)
			free_networks(n);
		khttp_filter_uncharge(kn, bytes);
		return ERR_PTR(-ENOMEM);
	}
	n->bytes = bytes;
	take_over(n, s);
	return n;
}

/* ---- stages ---- */

static struct stage *find_stage(struct khttp_net *kn, u32 portid)
{
	struct stage *s;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(s, &kn->stages, link)
		if (s->portid == portid)
			return s;
	return NULL;
}

/* With what it holds, unless a set has taken that over */
static void drop_stage(struct khttp_net *kn, struct stage *s)
{
	u32 i;

	for (i = 0; i < 2; i++) {
		kn->n_networks -= s->family[i].sizer.n;
		khttp_filter_uncharge(kn, s->family[i].room);
		kvfree(s->family[i].packed);
	}
	khttp_filter_uncharge(kn, sizeof(*s));
	list_del(&s->link);
	kfree(s);
}

static struct stage *make_stage(struct khttp_net *kn, u32 portid,
				const char *name, const char **why)
{
	struct stage *s;
	u32 i;
	int err = khttp_filter_charge(kn, sizeof(*s), why);

	if (err)
		return ERR_PTR(err);
	s = khttp_kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	if (!s) {
		khttp_filter_uncharge(kn, sizeof(*s));
		return ERR_PTR(-ENOMEM);
	}
	s->portid = portid;
	strscpy(s->name, name, sizeof(s->name));
	for (i = 0; i < 2; i++)
		khttp_netset_sizer_init(&s->family[i].sizer, widths[i]);
	list_add_tail(&s->link, &kn->stages);
	return s;
}

/* Twice as much as is needed now, so that all in all little is copied */
static int make_room(struct khttp_net *kn, struct stage *s, u32 i, u32 used,
		     u32 more, const char **why)
{
	u32 room = s->family[i].room;
	u8 *packed;
	int err;

	if (more <= room - used)
		return 0;
	room = max3(ROOM_MIN, used + more, 2 * room);
	err = khttp_filter_charge(kn, room, why);
	if (err)
		return err;
	packed = khttp_kvmalloc(room, GFP_KERNEL_ACCOUNT);
	if (!packed) {
		khttp_filter_uncharge(kn, room);
		return -ENOMEM;
	}
	if (used)
		memcpy(packed, s->family[i].packed, used);
	kvfree(s->family[i].packed);
	khttp_filter_uncharge(kn, s->family[i].room);
	s->family[i].packed = packed;
	s->family[i].room = room;
	return 0;
}

static int stage_family(struct khttp_net *kn, struct stage *s, u32 i,
			const u8 *packed, u32 bytes, const char **why)
{
	u32 size = widths[i] + 1, n = bytes / size;
	u32 used = s->family[i].sizer.n * size;
	const char *error;
	int err;

	if (bytes % size) {
		*why = "networks are packed: 4 or 16 bytes of address, 1 of length";
		return -EINVAL;
	}
	if (!n)
		return 0;
	if (n > KHTTP_NETWORKS_MAX - kn->n_networks) {
		*why = "no more than 1000000 networks in a network namespace, loading ones too";
		return -ENOSPC;
	}
	err = make_room(kn, s, i, used, bytes, why);
	if (err)
		return err;
	memcpy(s->family[i].packed + used, packed, bytes);
	used = s->family[i].sizer.n;
	error = khttp_netset_sizer_add(&s->family[i].sizer,
				       s->family[i].packed + used * size, n);
	/* Those in front of a wrong one count until the stage goes */
	kn->n_networks += s->family[i].sizer.n - used;
	if (!error)
		return 0;
	*why = error;
	return -EINVAL;
}

/* ---- sets ---- */

static struct khttp_networks *create_networks(struct khttp_net *kn, const char *name,
					      const char **why)
{
	struct khttp_networks *set;
	struct list_head *at;
	u32 n = 0;

	list_for_each(at, &kn->networks)
		n++;
	if (n >= KHTTP_NETWORKS_SETS_MAX) {
		*why = "no more than 1024 sets of networks in a network namespace";
		return ERR_PTR(-ENOSPC);
	}
	set = khttp_kzalloc(sizeof(*set), GFP_KERNEL_ACCOUNT);
	if (!set)
		return ERR_PTR(-ENOMEM);
	set->id = ++kn->last_networks_id;
	strscpy(set->name, name, sizeof(set->name));
	list_add_tail(&set->link, &kn->networks);
	return set;
}

static u64 generation_of(struct khttp_net *kn, const char *name)
{
	struct khttp_networks *set = khttp_networks_find(kn, khttp_span_str(name));

	const struct khttp_networks_load *now = set ? load_in_force(kn, set) : NULL;

	return now ? now->generation : 0;
}

/* Not counted and not held by any set */
static void drop_load(struct khttp_net *kn, struct khttp_networks_load *n)
{
	kn->n_networks -= n->family[0].n + n->family[1].n;
	khttp_filter_uncharge(kn, n->bytes);
	free_networks(n);
}

static int load(struct khttp_net *kn, struct stage *s,
		const struct khttp_networks_chunk *chunk,
		struct khttp_networks_load **out, const char **why)
{
	int err = 0;
	u32 i;

	*out = NULL;
	for (i = 0; i < 2 && !err; i++)
		err = stage_family(kn, s, i, chunk->packed[i], chunk->bytes[i],
				   why);
	if (err || chunk->more)
		return err;
	if (chunk->has_generation &&
	    chunk->generation != generation_of(kn, s->name)) {
		*why = "the set has changed meanwhile; read it again";
		return -ESTALE;
	}
	*out = make(kn, s, why);
	return PTR_ERR_OR_ZERO(*out);
}

/**
 * khttp_networks_load - networks of a set that is to be
 * @kn: the namespace's root
 * @portid: the socket they come from
 * @name: the set's name, checked by the caller
 * @chunk: some of them, or the last
 * @out: set to what khttp_networks_hold() gets with the last, else to NULL
 * @why: text for the administrator when it fails
 *
 * Whatever fails ends the load, but for -EBUSY: that one is not meant.
 *
 * Context: net->config held, sleeps.
 */
int khttp_networks_load(struct khttp_net *kn, u32 portid, const char *name,
			const struct khttp_networks_chunk *chunk,
			struct khttp_networks_load **out, const char **why)
{
	struct stage *s = find_stage(kn, portid);
	int err;

	*why = "out of memory; try again later";
	if (!s)
		s = make_stage(kn, portid, name, why);
	if (IS_ERR(s))
		return PTR_ERR(s);
	if (strcmp(s->name, name)) {
		*why = "another set is being loaded by this socket; end that first";
		return -EBUSY;
	}
	err = load(kn, s, chunk, out, why);
	if (err || !chunk->more)
		drop_stage(kn, s);
	return err;
}

/**
 * khttp_networks_hold - the set for what was loaded
 * @kn: the namespace's root
 * @name: its name
 * @load: what was loaded; dropped where it fails
 * @made: set to whether it is a new one
 * @why: text for the administrator when it fails
 *
 * Context: net->config held, sleeps. Returns the set for khttp_networks_publish()
 * or khttp_networks_undo(), or ERR_PTR: -ENOSPC, -ENOMEM.
 */
struct khttp_networks *khttp_networks_hold(struct khttp_net *kn, const char *name,
					   struct khttp_networks_load *load,
					   bool *made, const char **why)
{
	struct khttp_networks *set = khttp_networks_find(kn, khttp_span_str(name));

	*made = !set;
	if (!set)
		set = create_networks(kn, name, why);
	if (IS_ERR(set))
		drop_load(kn, load);
	return set;
}

struct khttp_networks_load *khttp_networks_publish(struct khttp_net *kn,
						   struct khttp_networks *set,
						   struct khttp_networks_load *load)
{
	return rcu_replace_pointer(set->now, load, lockdep_is_held(&kn->config));
}

void khttp_networks_settle(struct khttp_net *kn, struct khttp_networks_load *load,
			   struct khttp_networks_load *before)
{
	/* The change itself is about to be counted */
	load->generation = kn->generation + 1;
	if (before)
		put_networks(kn, before);
}

/**
 * khttp_networks_undo - a set keeps what it has
 * @kn: the namespace's root
 * @set: the set
 * @load: what was loaded for it
 * @made: for nothing: the set goes
 *
 * Context: net->config held.
 */
void khttp_networks_undo(struct khttp_net *kn, struct khttp_networks *set,
			 struct khttp_networks_load *load, bool made)
{
	/* It may have been published, and taken back */
	put_networks(kn, load);
	if (!made)
		return;
	list_del(&set->link);
	kfree_rcu(set, rcu);
}

/**
 * khttp_networks_loading - has a socket a load that is not complete?
 * @kn: the namespace's root
 * @portid: the socket
 *
 * Context: net->config held.
 */
bool khttp_networks_loading(struct khttp_net *kn, u32 portid)
{
	return find_stage(kn, portid);
}

/**
 * khttp_networks_abort - what a socket has staged is dropped
 * @kn: the namespace's root
 * @portid: the socket
 *
 * Context: net->config held.
 */
void khttp_networks_abort(struct khttp_net *kn, u32 portid)
{
	struct stage *s = find_stage(kn, portid);

	if (s)
		drop_stage(kn, s);
}

/**
 * khttp_networks_end - end of a set that no rule names
 * @kn: the namespace's root
 * @set: the set
 *
 * Context: net->config held.
 */
void khttp_networks_end(struct khttp_net *kn, struct khttp_networks *set)
{
	WARN_ON_ONCE(set->users);
	list_del(&set->link);
	put_networks(kn, load_in_force(kn, set));
	kfree_rcu(set, rcu);
}

/* Context: net->config held */
void khttp_networks_mark(struct khttp_networks *set, bool leaving)
{
	set->leaving = leaving;
}

/**
 * khttp_networks_find - a set by its name
 * @kn: the namespace's root
 * @name: its name
 *
 * Context: net->config held. Returns NULL when there is none.
 */
struct khttp_networks *khttp_networks_find(struct khttp_net *kn,
					   struct khttp_span name)
{
	struct khttp_networks *set;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(set, &kn->networks, link)
		if (!set->leaving && khttp_span_is(name, set->name))
			return set;
	return NULL;
}

/**
 * khttp_networks_next - walk the sets in the order of their ids
 * @kn: the namespace's root
 * @id: where to go on, 0 for the first
 *
 * Context: net->config held. Returns NULL at the end.
 */
struct khttp_networks *khttp_networks_next(struct khttp_net *kn, u64 id)
{
	struct khttp_networks *set;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(set, &kn->networks, link)
		if (set->id >= id)
			return set;
	return NULL;
}

/**
 * khttp_networks_use - a rule names a set
 * @kn: the namespace's root
 * @name: its name
 *
 * Context: net->config held. Returns NULL when there is none.
 */
struct khttp_networks *khttp_networks_use(struct khttp_net *kn,
					  struct khttp_span name)
{
	struct khttp_networks *set = khttp_networks_find(kn, name);

	if (set)
		set->users++;
	return set;
}

/**
 * khttp_networks_unuse - a rule that named it goes
 * @set: the set
 *
 * Context: net->config held.
 */
void khttp_networks_unuse(struct khttp_networks *set)
{
	set->users--;
}

/**
 * khttp_networks_show - what a set is and holds
 * @kn: the namespace's root
 * @set: the set
 * @info: filled; its pointers are valid while net->config is held
 *
 * Context: net->config held.
 */
void khttp_networks_show(struct khttp_net *kn, const struct khttp_networks *set,
			 struct khttp_networks_info *info)
{
	const struct khttp_networks_load *now = load_in_force(kn, set);
	u32 i;

	*info = (struct khttp_networks_info){
		.id = set->id,
		.name = set->name,
		.generation = now->generation,
		.users = set->users,
		.bytes = now->bytes,
	};
	for (i = 0; i < 2; i++) {
		info->packed[i] = now->family[i].packed;
		info->n[i] = now->family[i].n;
	}
}

/**
 * khttp_networks_destroy - the sets of a namespace that ends
 * @kn: the namespace's root, without filters
 *
 * Context: net->config held.
 */
void khttp_networks_destroy(struct khttp_net *kn)
{
	struct khttp_networks *set;
	struct stage *s, *next;

	while ((set = khttp_networks_next(kn, 0)))
		khttp_networks_end(kn, set);
	list_for_each_entry_safe(s, next, &kn->stages, link)
		drop_stage(kn, s);
}
