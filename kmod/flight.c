// SPDX-License-Identifier: GPL-2.0-only
/* Requests for what a worker is making already. See flight.h. */

#include "flight.h"

#include <linux/hash.h>
#include <linux/jiffies.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

#include "alloc.h"
#include "conn.h"
#include "http/reuse.h"
#include "net.h"
#include "queue.h"
#include "request.h"

#define BUCKET_BITS	9
/* Let go in one hold of the lock */
#define STEP		32

struct khttp_flight {
	/* set once */
	struct khttp_flights *home;
	u64 hash;
	u64 url_id;

	/* under home->lock */
	u32 ref;			/* its requests, the table */
	u32 n_waiting;
	struct hlist_node node;		/* home->table, or unhashed */
	struct list_head mark;		/* home->marks, or empty */
	unsigned long until;		/* jiffies: the end of the mark */
	struct khttp_request *leader;	/* no reference: its end says so; or NULL */
	struct list_head waiting;	/* khttp_request.flight_link, with a reference
					 * each, first come first
					 */
};

struct khttp_flights {
	struct khttp_net *net;
	spinlock_t lock;		/* guards: */
	struct hlist_head table[1 << BUCKET_BITS];
	struct list_head marks;		/* khttp_flight.mark, oldest first */
	u32 n;				/* in the table */
	u64 n_waiting;			/* requests */
};

static struct kmem_cache *flight_cache;

static u32 flight_bytes(void)
{
	return kmem_cache_size(flight_cache);
}

static void unref(struct khttp_flight *f)
{
	struct khttp_flights *fs = f->home;

	lockdep_assert_held(&fs->lock);
	if (--f->ref)
		return;
	WARN_ON_ONCE(!list_empty(&f->waiting) || f->leader);
	kmem_cache_free(flight_cache, f);
	khttp_uncharge(&fs->net->account, flight_bytes());
}

/* Nobody finds it any more */
static void unhash(struct khttp_flight *f)
{
	if (hlist_unhashed(&f->node))
		return;
	hlist_del_init(&f->node);
	list_del_init(&f->mark);
	f->home->n--;
	unref(f);
}

static struct hlist_head *bucket(struct khttp_flights *fs, u64 hash)
{
	return &fs->table[hash_64(hash, BUCKET_BITS)];
}

static struct khttp_flight *find(struct khttp_flights *fs, u64 hash, u64 url_id)
{
	struct khttp_flight *f;

	hlist_for_each_entry(f, bucket(fs, hash), node)
		if (f->hash == hash && f->url_id == url_id)
			return f;
	return NULL;
}

static bool is_mark(const struct khttp_flight *f)
{
	return !list_empty(&f->mark);
}

/* For one more: marks make room, the oldest first and those that are over */
static bool make_room(struct khttp_flights *fs)
{
	struct khttp_flight *f, *next;

	list_for_each_entry_safe(f, next, &fs->marks, mark) {
		if (fs->n < KHTTP_FLIGHTS_MAX && time_before(jiffies, f->until))
			break;
		unhash(f);
	}
	return fs->n < KHTTP_FLIGHTS_MAX;
}

static struct khttp_flight *create(struct khttp_flights *fs,
				   struct khttp_request *rq, u64 hash)
{
	struct khttp_account *account = &fs->net->account;
	struct khttp_flight *f;

	if (!make_room(fs) ||
	    !khttp_try_charge(account, flight_bytes(), KHTTP_CHARGE_REQUEST))
		return NULL;
	f = khttp_slab_zalloc(flight_cache, GFP_ATOMIC);
	if (!f) {
		khttp_uncharge(account, flight_bytes());
		return NULL;
	}
	f->home = fs;
	f->hash = hash;
	f->url_id = rq->url_id;
	f->ref = 1;
	f->leader = rq;
	INIT_LIST_HEAD(&f->mark);
	INIT_LIST_HEAD(&f->waiting);
	hlist_add_head(&f->node, bucket(fs, hash));
	fs->n++;
	return f;
}

/* The request knows it from now on */
static void know(struct khttp_request *rq, struct khttp_flight *f)
{
	INIT_LIST_HEAD(&rq->flight_link);
	rq->flight = f;
	f->ref++;
}

static bool wait_for(struct khttp_flight *f, struct khttp_request *rq)
{
	const struct khttp_net_limits *l = &f->home->net->limits;

	if (f->n_waiting >= READ_ONCE(l->cache_waiters) ||
	    f->home->n_waiting >= READ_ONCE(l->cache_waiting))
		return false;
	know(rq, f);
	if (!khttp_queue_park(rq->queue, rq)) {
		rq->flight = NULL;
		f->ref--;
		return false;
	}
	khttp_request_get(rq);
	list_add_tail(&rq->flight_link, &f->waiting);
	f->n_waiting++;
	f->home->n_waiting++;
	return true;
}

/* Its reference is the caller's then */
static void stop_waiting(struct khttp_flight *f, struct khttp_request *rq)
{
	lockdep_assert_held(&f->home->lock);
	list_del_init(&rq->flight_link);
	f->n_waiting--;
	f->home->n_waiting--;
}

/* One in the table, unless its mark is over */
static struct khttp_flight *find_valid(struct khttp_flights *fs, u64 hash,
				       u64 url_id)
{
	struct khttp_flight *f = find(fs, hash, url_id);

	if (!f || !is_mark(f) || time_before(jiffies, f->until))
		return f;
	unhash(f);
	return NULL;
}

bool khttp_flight_known(struct khttp_flights *fs, u64 hash, u64 url_id)
{
	bool known;

	spin_lock_bh(&fs->lock);
	known = find_valid(fs, hash, url_id);
	spin_unlock_bh(&fs->lock);
	return known;
}

enum khttp_flight_part khttp_flight_join(struct khttp_request *rq, u64 hash,
					 u8 part)
{
	struct khttp_flights *fs = rq->conn->net->flights;
	enum khttp_flight_part is = KHTTP_FLIGHT_ALONE;
	struct khttp_flight *f;

	sock_owned_by_me(rq->conn->sk);
	spin_lock_bh(&fs->lock);
	f = find_valid(fs, hash, rq->url_id);
	if (f) {
		if (!is_mark(f) && part & KHTTP_REUSE_WAITS && wait_for(f, rq))
			is = KHTTP_FLIGHT_WAITS;
	} else if (part & KHTTP_REUSE_LEADS) {
		f = create(fs, rq, hash);
		if (f) {
			know(rq, f);
			is = KHTTP_FLIGHT_LEADS;
		}
	}
	spin_unlock_bh(&fs->lock);
	return is;
}

/* Another one leads, if there is one. The others go on waiting */
static bool promote(struct khttp_flight *f)
{
	struct khttp_request *rq;

	while (!list_empty(&f->waiting)) {
		rq = list_first_entry(&f->waiting, struct khttp_request,
				      flight_link);
		stop_waiting(f, rq);
		f->leader = rq;
		/* Who lost it otherwise than by this comes to say that it is gone */
		if (khttp_queue_unpark(rq)) {
			khttp_request_put(rq);
			return true;
		}
		f->leader = NULL;
		khttp_request_put(rq);
	}
	return false;
}

static void mark(struct khttp_flight *f)
{
	f->until = jiffies + KHTTP_FLIGHT_MARK;
	list_add_tail(&f->mark, &f->home->marks);
}

/* Some of those that wait are let go; false when nobody does any more */
static bool release_some(struct khttp_flight *f, bool landed)
{
	struct khttp_flights *fs = f->home;
	struct khttp_request *some[STEP];
	unsigned int n = 0, i;

	spin_lock_bh(&fs->lock);
	while (n < STEP && !list_empty(&f->waiting)) {
		struct khttp_request *rq = list_first_entry(&f->waiting,
					struct khttp_request, flight_link);

		stop_waiting(f, rq);
		if (landed) {
			/* Its connection looks, under its own lock */
			WRITE_ONCE(rq->landed, true);
			khttp_conn_kick(rq->conn, KHTTP_TODO_LAND);
		} else {
			khttp_queue_unpark(rq);
		}
		some[n++] = rq;
	}
	spin_unlock_bh(&fs->lock);
	for (i = 0; i < n; i++)
		khttp_request_put(some[i]);
	return n == STEP;
}

void khttp_flight_end(struct khttp_request *rq, enum khttp_flight_end how)
{
	struct khttp_flight *f = rq->flight;
	bool led, waited, over = false;
	struct khttp_flights *fs;

	if (likely(!f))
		return;
	fs = f->home;
	spin_lock_bh(&fs->lock);
	led = f->leader == rq;
	waited = !led && !list_empty(&rq->flight_link);
	if (waited)
		stop_waiting(f, rq);
	if (led) {
		f->leader = NULL;
		over = how != KHTTP_FLIGHT_GONE || !promote(f);
	}
	if (over && how == KHTTP_FLIGHT_FAILED)
		mark(f);
	else if (over)
		unhash(f);
	spin_unlock_bh(&fs->lock);
	if (waited)
		khttp_request_put(rq);
	/* Nobody joins it any more; the request's reference keeps it */
	if (over)
		while (release_some(f, how == KHTTP_FLIGHT_LANDED))
			;
}

void khttp_flight_expire(struct khttp_request *rq)
{
	sock_owned_by_me(rq->conn->sk);
	khttp_flight_end(rq, KHTTP_FLIGHT_GONE);
	khttp_queue_unpark(rq);
}

void khttp_flight_put(struct khttp_request *rq)
{
	struct khttp_flights *fs = rq->flight->home;

	spin_lock_bh(&fs->lock);
	unref(rq->flight);
	spin_unlock_bh(&fs->lock);
}

struct khttp_flights *khttp_flights_create(struct khttp_net *kn)
{
	struct khttp_flights *fs = khttp_kzalloc(sizeof(*fs), GFP_KERNEL_ACCOUNT);

	if (!fs)
		return ERR_PTR(-ENOMEM);
	fs->net = kn;
	spin_lock_init(&fs->lock);
	INIT_LIST_HEAD(&fs->marks);
	return fs;
}

/* No connection is left, and so no request: only marks are */
void khttp_flights_destroy(struct khttp_flights *fs)
{
	struct khttp_flight *f, *next;

	spin_lock_bh(&fs->lock);
	list_for_each_entry_safe(f, next, &fs->marks, mark)
		unhash(f);
	spin_unlock_bh(&fs->lock);
	WARN_ON_ONCE(fs->n || fs->n_waiting);
	kfree(fs);
}

int khttp_flight_init(void)
{
	flight_cache = khttp_slab_create("khttp_flight", sizeof(struct khttp_flight), 0);
	return flight_cache ? 0 : -ENOMEM;
}

void khttp_flight_exit(void)
{
	kmem_cache_destroy(flight_cache);
}
