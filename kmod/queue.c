// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue between the network and an application: its life. What goes through
 * it is shard.c's.
 *
 *   phase     moved by             meaning
 *   alive     khttp_queue_create   takes requests and workers
 *   dead      khttp_queue_kill     takes nothing; what waited was answered;
 *                                  memory stays until the last reference
 */

#include "queue.h"

#include <linux/cred.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>

#include "alloc.h"
#include "event.h"
#include "grant.h"
#include "group.h"
#include "latency.h"
#include "log.h"
#include "net.h"
#include "request.h"
#include "shard.h"
#include "who.h"
#include "worker.h"

static void tell(struct khttp_queue *q, enum khttp_event_type type)
{
	const struct khttp_event_info e = {
		.type = type,
		.of = q,
		.queue = q->name,
	};

	khttp_event_send(q->net, &e);
}

void khttp_queue_tell_full(struct khttp_queue *q)
{
	tell(q, KHTTP_EVENT_QUEUE_FULL);
}

/**
 * khttp_queue_next - walk the queues in the order of their ids
 * @kn: the namespace's root
 * @id: where to go on, 0 for the first
 *
 * Context: net->config held; the queue is valid while it is.
 */
struct khttp_queue *khttp_queue_next(struct khttp_net *kn, u64 id)
{
	struct khttp_queue *q;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(q, &kn->queues, link)
		if (q->id >= id)
			return q;
	return NULL;
}

static struct khttp_queue *by_name(struct khttp_net *kn, const char *name)
{
	struct khttp_queue *q;

	lockdep_assert_held(&kn->config);
	list_for_each_entry(q, &kn->queues, link)
		if (!q->leaving && !strcmp(q->name, name))
			return q;
	return NULL;
}

/**
 * khttp_queue_find - look a queue up by name
 * @kn: the namespace's root
 * @name: NUL-terminated
 *
 * Context: net->config held. Returns a reference, or NULL.
 */
struct khttp_queue *khttp_queue_find(struct khttp_net *kn, const char *name)
{
	struct khttp_queue *q = by_name(kn, name);

	return q ? khttp_queue_get(q) : NULL;
}

/**
 * khttp_queue_find_lock - look a queue up by name, from the device
 * @kn: the namespace's root
 * @name: NUL-terminated
 *
 * Context: sleeps. Returns a reference, with net->config held and the namespace
 * there until it is given up; or ERR_PTR(-EINTR, -ESHUTDOWN, -ENOENT), without.
 */
struct khttp_queue *khttp_queue_find_lock(struct khttp_net *kn, const char *name)
{
	struct khttp_queue *q = NULL;
	int err = -ESHUTDOWN;

	if (mutex_lock_killable(&kn->config))
		return ERR_PTR(-EINTR);
	if (!READ_ONCE(kn->dead)) {
		q = khttp_queue_find(kn, name);
		err = -ENOENT;
	}
	if (q)
		return q;
	mutex_unlock(&kn->config);
	return ERR_PTR(err);
}

/* The list stays sorted by id, also after the numbers wrapped */
static int link_queue(struct khttp_net *kn, struct khttp_queue *q)
{
	struct list_head *after;
	struct khttp_queue *other;
	u32 id = kn->next_queue_id;
	u32 n = 0;

	list_for_each_entry(other, &kn->queues, link)
		n++;
	if (n >= KHTTP_QUEUES_MAX)
		return -ENOSPC;
again:
	after = &kn->queues;
	id = id ?: 1;
	list_for_each_entry(other, &kn->queues, link) {
		if (other->id > id)
			break;
		after = &other->link;
		if (other->id == id) {
			id++;
			if (!id)
				goto again;
		}
	}
	q->id = id;
	kn->next_queue_id = id + 1;
	list_add(&q->link, after);
	return 0;
}

static void khttp_queue_release(struct percpu_ref *ref);

/* What it consists of; charged to who configures it, who decides how long it lives */
static struct khttp_queue *alloc_queue(void)
{
	struct khttp_queue *q;

	q = khttp_kzalloc(struct_size(q, idle_cpus, BITS_TO_LONGS(nr_cpu_ids)),
			  GFP_KERNEL_ACCOUNT);
	if (!q)
		return NULL;
	if (khttp_may_fail(percpu_ref_init(&q->ref, khttp_queue_release, 0,
					   GFP_KERNEL_ACCOUNT)))
		goto err_queue;
	if (khttp_shards_create(q))
		goto err_ref;
	q->latency = khttp_latency_create();
	if (!q->latency)
		goto err_shards;
	return q;
err_shards:
	free_percpu(q->shards);
err_ref:
	percpu_ref_exit(&q->ref);
err_queue:
	kfree(q);
	return NULL;
}

static void free_queue(struct rcu_head *rcu)
{
	struct khttp_queue *q = container_of(rcu, struct khttp_queue, rcu);

	kfree(q->delegates);
	khttp_latency_free(q->latency);
	free_percpu(q->shards);
	percpu_ref_exit(&q->ref);
	kfree(q);
}

/**
 * khttp_queue_create - a new, active queue
 * @kn: the namespace's root
 * @name: checked by the caller, shorter than KHTTP_QUEUE_NAME_MAX
 * @policy: checked by the caller
 *
 * Context: net->config held, sleeps. Returns the queue, whose one reference
 * khttp_queue_kill() gives up, or ERR_PTR: -EEXIST, -ENOSPC, -ENOMEM.
 */
struct khttp_queue *khttp_queue_create(struct khttp_net *kn, const char *name,
				       const struct khttp_queue_policy *policy)
{
	struct khttp_queue *q;
	int err;

	if (by_name(kn, name))
		return ERR_PTR(-EEXIST);
	q = alloc_queue();
	if (!q)
		return ERR_PTR(-ENOMEM);
	q->net = kn;
	strscpy(q->name, name, sizeof(q->name));
	q->name_len = strlen(q->name);
	spin_lock_init(&q->lock);
	INIT_LIST_HEAD(&q->workers);
	INIT_LIST_HEAD(&q->grants);
	q->group = khttp_group_create(kn, q, name, true);
	if (IS_ERR(q->group)) {
		err = PTR_ERR(q->group);
		goto err_queue;
	}
	khttp_queue_set(q, policy, KHTTP_QUEUE_ACTIVE);
	err = link_queue(kn, q);
	if (err)
		goto err_group;
	khttp_net_get(kn);
	return q;
err_group:
	khttp_group_destroy(q->group);
err_queue:
	free_queue(&q->rcu);
	return ERR_PTR(err);
}

/*
 * What waits is answered. Nothing comes in behind it: push and requeue look at
 * what was written before under their shard's lock, which is taken here. Each is
 * ours meanwhile as a worker would have it: RECEIVED would mean that it belongs
 * to who holds the socket lock.
 */
static void refuse_waiting(struct khttp_queue *q, enum khttp_reason why)
{
	struct khttp_request *rq;
	int cpu;

	for_each_possible_cpu(cpu)
		while ((rq = khttp_shard_take(q, per_cpu_ptr(q->shards, cpu))))
			khttp_request_refuse(rq, why);
}

/**
 * khttp_queue_set - change policy and state
 * @q: the queue
 * @policy: checked by the caller
 * @state: enum khttp_queue_state
 *
 * What waits already stays, also when the new length is smaller, unless the
 * queue goes offline. Context: net->config held, sleeps.
 */
void khttp_queue_set(struct khttp_queue *q,
		     const struct khttp_queue_policy *policy, u8 state)
{
	lockdep_assert_held(&q->net->config);
	khttp_shards_resize(q, policy->length);
	spin_lock_bh(&q->lock);
	WRITE_ONCE(q->policy.redeliver, policy->redeliver);
	WRITE_ONCE(q->policy.redeliver_body, policy->redeliver_body);
	WRITE_ONCE(q->policy.verbosity, policy->verbosity);
	WRITE_ONCE(q->policy.retry_after, policy->retry_after);
	WRITE_ONCE(q->policy.mode, policy->mode);
	WRITE_ONCE(q->policy.uid, policy->uid);
	WRITE_ONCE(q->policy.gid, policy->gid);
	WRITE_ONCE(q->state, state);
	spin_unlock_bh(&q->lock);
	khttp_log_queue_set(q);
	if (state == KHTTP_QUEUE_OFFLINE)
		refuse_waiting(q, KHTTP_REASON_APP_OFFLINE);
}

/**
 * khttp_queue_copy_delegates - memory for a queue's list of names
 * @names: checked by the caller
 *
 * Context: sleeps. Returns the copy, for khttp_queue_set_delegates() or kfree(), or
 * NULL: out of memory.
 */
char *khttp_queue_copy_delegates(const char *names)
{
	size_t bytes = strlen(names) + 1;
	char *copy = khttp_kmalloc(bytes, GFP_KERNEL_ACCOUNT);

	return copy ? memcpy(copy, names, bytes) : NULL;
}

/**
 * khttp_queue_set_delegates - where its workers may hand requests on
 * @q: the queue
 * @names: of khttp_queue_copy_delegates(); the queue's now
 *
 * Context: net->config held.
 */
void khttp_queue_set_delegates(struct khttp_queue *q, char *names)
{
	lockdep_assert_held(&q->net->config);
	kfree(q->delegates);
	q->delegates = names;
}

/**
 * khttp_queue_delegates - may its workers hand requests on to that one?
 * @q: the queue
 * @name: NUL-terminated
 *
 * Context: net->config held.
 */
bool khttp_queue_delegates(const struct khttp_queue *q, const char *name)
{
	const char *at = q->delegates;
	size_t len = strlen(name);

	lockdep_assert_held(&q->net->config);
	while (at && *at) {
		const char *end = strchrnul(at, ',');

		if (end - at == len && !memcmp(at, name, len))
			return true;
		at = *end ? end + 1 : end;
	}
	return false;
}

/**
 * khttp_queue_kill - the queue ends
 * @q: a queue that stands in net->queues
 *
 * Afterwards nothing can come in, no request (refuse_waiting()), and no worker:
 * attach sees that it is dead under the lock that is held for it.
 *
 * Context: net->config held, sleeps. Gives up the reference of net->queues.
 */
void khttp_queue_kill(struct khttp_queue *q)
{
	lockdep_assert_held(&q->net->config);
	list_del_init(&q->link);
	khttp_group_unlist(q->group);
	spin_lock_bh(&q->lock);
	WRITE_ONCE(q->dead, true);
	spin_unlock_bh(&q->lock);
	refuse_waiting(q, KHTTP_REASON_APP_SHUTDOWN);
	khttp_workers_kill(q);
	khttp_grants_wake(q);
	khttp_log_queue_gone(q);
	/* What still lies there are controllers: they see that it is dead */
	khttp_shards_wake_all(q);
	percpu_ref_kill(&q->ref);
}

/*
 * The last reference is gone, mostly a grace period after khttp_queue_kill(),
 * and then in a callback of RCU. Readers that came through a url may still look
 * at the queue and try for a reference.
 *
 * Context: any.
 */
static void khttp_queue_release(struct percpu_ref *ref)
{
	struct khttp_queue *q = container_of(ref, struct khttp_queue, ref);
	struct khttp_net *kn = q->net;
	struct khttp_queue_usage u;

	khttp_queue_usage(q, &u);
	WARN_ON_ONCE(u.waiting || u.in_hand || u.workers);
	khttp_group_put(q->group);
	call_rcu(&q->rcu, free_queue);
	khttp_net_put(kn);
}

/* When the oldest came, if it did so before *@since */
static void look_oldest(struct khttp_shard *s, unsigned long *since)
{
	const struct khttp_request *rq;

	spin_lock_bh(&s->lock);
	rq = list_first_entry_or_null(&s->waiting, struct khttp_request, link);
	if (rq && time_before(rq->queued, *since))
		*since = rq->queued;
	rq = list_first_entry_or_null(&s->parked, struct khttp_request, link);
	if (rq && time_before(rq->queued, *since))
		*since = rq->queued;
	spin_unlock_bh(&s->lock);
}

/**
 * khttp_queue_usage - what the queue holds and did
 * @q: the queue
 * @u: filled
 *
 * Sums over all CPUs; what moves meanwhile may be seen at both places or at
 * none. Context: any but hard interrupt.
 */
void khttp_queue_usage(struct khttp_queue *q, struct khttp_queue_usage *u)
{
	unsigned long now = jiffies, since = now;
	u64 left = 0, over = 0;
	int cpu;

	*u = (struct khttp_queue_usage){ .workers = READ_ONCE(q->n_workers) };
	for_each_possible_cpu(cpu) {
		struct khttp_shard *s = per_cpu_ptr(q->shards, cpu);

		if (READ_ONCE(s->n_waiting) || READ_ONCE(s->n_parked))
			look_oldest(s, &since);
		u->waiting += READ_ONCE(s->n_waiting) + READ_ONCE(s->n_parked);
		u->received += READ_ONCE(s->received);
		u->answered += READ_ONCE(s->answered);
		u->refused += READ_ONCE(s->refused);
		u->redelivered += READ_ONCE(s->redelivered);
		u->died += READ_ONCE(s->died);
		u->timeout += READ_ONCE(s->timeout);
		u->delegated_out += READ_ONCE(s->delegated_out);
		u->delegated_in += READ_ONCE(s->delegated_in);
		left += READ_ONCE(s->left);
		over += READ_ONCE(s->upgrades_over);
	}
	/* Read last: what left was delivered before */
	for_each_possible_cpu(cpu) {
		u->delivered += READ_ONCE(per_cpu_ptr(q->shards, cpu)->delivered);
		u->upgraded += READ_ONCE(per_cpu_ptr(q->shards, cpu)->upgraded);
	}
	u->upgrades = u->upgraded - min(over, u->upgraded);
	u->in_hand = u->delivered - min(left, u->delivered);
	u->oldest_ms = jiffies_to_msecs(now - since);
}

/**
 * khttp_queue_lets - owner and mode, as of a file
 * @q: the queue
 * @cred: whose right is asked
 * @right: one
 *
 * The owner may always see and control it, so that he can set another mode.
 *
 * Context: any.
 */
bool khttp_queue_lets(const struct khttp_queue *q, const struct cred *cred,
		      enum khttp_queue_right right)
{
	u32 mode = READ_ONCE(q->policy.mode);

	if (uid_eq(cred->fsuid, READ_ONCE(q->policy.uid)))
		return right != KHTTP_QUEUE_ATTACH || mode & right << 6;
	if (khttp_cred_in(cred, READ_ONCE(q->policy.gid)))
		return mode & right << 3;
	return mode & right;
}

/**
 * khttp_queue_want_worker - something waits, and nobody may be there for it
 * @q: the queue
 *
 * Context: any but hard interrupt, no lock of the queue held.
 */
void khttp_queue_want_worker(struct khttp_queue *q)
{
	bool now;

	spin_lock_bh(&q->lock);
	now = !q->n_workers && !q->needs_worker && !q->dead;
	if (now)
		WRITE_ONCE(q->needs_worker, true);
	spin_unlock_bh(&q->lock);
	if (now)
		tell(q, KHTTP_EVENT_QUEUE_NEEDS_WORKER);
}

/**
 * khttp_queue_attach - one more worker
 * @q: the queue; the caller holds a reference for the worker
 * @w: the worker
 *
 * Context: any but hard interrupt. Returns 0, -ESHUTDOWN: the queue ends, or as
 * khttp_grant_enter(), where it came by a grant.
 */
int khttp_queue_attach(struct khttp_queue *q, struct khttp_worker *w)
{
	struct khttp_grant *by = khttp_worker_grant(w);
	int err = -ESHUTDOWN;

	spin_lock_bh(&q->lock);
	if (!q->dead)
		err = by ? khttp_grant_enter(by) : 0;
	if (!err) {
		list_add_tail(khttp_worker_link(w), &q->workers);
		WRITE_ONCE(q->n_workers, q->n_workers + 1);
		WRITE_ONCE(q->needs_worker, false);
	}
	spin_unlock_bh(&q->lock);
	return err;
}

/**
 * khttp_queue_detach - a worker has gone and holds nothing any more
 * @q: the queue
 * @w: a worker that was attached
 *
 * Context: any but hard interrupt.
 */
void khttp_queue_detach(struct khttp_queue *q, struct khttp_worker *w)
{
	spin_lock_bh(&q->lock);
	list_del_init(khttp_worker_link(w));
	if (khttp_worker_grant(w))
		khttp_grant_leave(khttp_worker_grant(w));
	WRITE_ONCE(q->n_workers, q->n_workers - 1);
	spin_unlock_bh(&q->lock);
	/* A push counts its request first and looks for workers then: one of us
	 * sees the other
	 */
	smp_mb();
	if (!khttp_queue_empty(q))
		khttp_queue_want_worker(q);
}

#ifdef KHTTP_DEBUG
#include "selftest/queue.c"
#else
static int khttp_queue_selftest(void)
{
	return 0;
}
#endif

int khttp_queue_init(void)
{
	return khttp_queue_selftest();
}
