// SPDX-License-Identifier: GPL-2.0-only
/* Requests that the cache may answer, where they arrived. */

#include "hit.h"

#include <linux/ktime.h>
#include <linux/rcupdate.h>

#include "cache.h"
#include "canned.h"
#include "conn.h"
#include "dispatch.h"
#include "flight.h"
#include "group.h"
#include "http/cache_policy.h"
#include "http/cache_status.h"
#include "http/freshness.h"
#include "http/reply.h"
#include "http/reuse.h"
#include "latency.h"
#include "net.h"
#include "partial.h"
#include "queue.h"
#include "request.h"
#include "respond.h"
#include "router.h"
#include "share.h"
#include "trace.h"

static bool not_modified(const struct khttp_head *head, const char *buf,
			 const struct khttp_entry *e)
{
	const struct khttp_cache_validators v = {
		.etag = e->etag,
		.last_modified = e->last_modified,
		.has_last_modified = e->last_modified != 0,
		.status = e->status,
	};

	return khttp_cache_not_modified(head, buf, &v, ktime_get_real_seconds());
}

/*
 * @now is ktime_get_seconds(), of one reading for each request: what was found fresh
 * is told as fresh, though its last second ends meanwhile.
 */

/* How old it is (RFC 9111 section 4.2.3) */
static u32 age_of(const struct khttp_entry *e, u64 now)
{
	return e->age + khttp_cache_age(e->stored, now);
}

/* How long it will be fresh; below 0: since when it is not any more */
static s64 ttl_of(const struct khttp_entry *e, u64 now)
{
	return (s64)READ_ONCE(e->ttl) - khttp_cache_age(e->stored, now);
}

/* What of @e answers this request: @a's status, entry and what is in front of @out,
 * which is s->wire. False: it has not changed since the client had it
 */
static __always_inline bool choose(struct khttp_canned *a, struct khttp_entry *e,
				   struct khttp_scratch *s, const char *buf,
				   struct khttp_out *out)
{
	const struct khttp_head *head = &s->head;
	bool modified = !not_modified(head, buf, e);
	struct khttp_span wire = modified ? e->head : e->head_304;

	khttp_out_init(out, s->wire, sizeof(s->wire));
	if (unlikely(khttp_head_has(head, KHTTP_FIELD_RANGE)) && modified &&
	    khttp_partial_choose(a, e, head, buf, &s->parts, out))
		return true;
	a->status = modified ? e->status : 304;
	a->iov[0].iov_base = (void *)wire.ptr;
	a->iov[0].iov_len = wire.len;
	a->n = 1;
	if (modified && head->method == KHTTP_METHOD_GET && e->body_len)
		a->entry = e;
	return modified;
}

/* Last of the head, behind what choose() found */
static __always_inline void add_wire(struct khttp_canned *a, const struct khttp_out *out)
{
	a->iov[a->n].iov_base = out->buf;
	a->iov[a->n++].iov_len = out->len;
}

static void answer_hit(struct khttp_conn *c, struct khttp_scratch *s,
		       struct khttp_entry *e)
{
	u64 now = s->sketch.second;
	bool keep = s->head.flags & KHTTP_HEAD_KEEP_ALIVE;
	struct khttp_reply_tail tail = {
		.age = age_of(e, now),
		.has_age = true,
		.closes = !keep,
		.version = s->head.version,
	};
	struct khttp_canned a = {
		.hit = s->sketch.url->group->queue,
		.close = !keep,
	};
	struct khttp_out out;

	khttp_stat_inc(c->net, cache_hits);
	khttp_share_inc(s->sketch.url->group->share, hits);
	if (!choose(&a, e, s, s->sketch.buf, &out))
		khttp_stat_inc(c->net, cache_not_modified);
	if (unlikely(s->sketch.caching & KHTTP_CACHING_STATUS))
		khttp_cache_status_hit(&out, ttl_of(e, now));
	khttp_reply_tail(&out, &tail);
	add_wire(&a, &out);
	khttp_trace(hit, c, &s->sketch, &a, ttl_of(e, now) < 0);
	khttp_respond(c, &s->sketch, &a);
}

#define ASKS_FOR (KHTTP_FIELD_BIT(KHTTP_FIELD_CACHE_CONTROL) |		\
		  KHTTP_FIELD_BIT(KHTTP_FIELD_PRAGMA))
#define CREDENTIALS (KHTTP_FIELD_BIT(KHTTP_FIELD_AUTHORIZATION) |	\
		     KHTTP_FIELD_BIT(KHTTP_FIELD_PROXY_AUTHORIZATION))

/* Of what is stored: may this request have it, and does its client want it? */
static bool does_for(const struct khttp_head *head, const char *buf, u32 caching,
		     const struct khttp_entry *e, u64 now)
{
	struct khttp_cache_control wish;

	if ((head->seen & CREDENTIALS) && !e->shared)
		return false;
	if (!(caching & KHTTP_CACHING_HONOUR))
		return true;
	khttp_cache_wish(head, buf, &wish);
	return khttp_cache_wish_met(&wish, age_of(e, now), max_t(s64, ttl_of(e, now), 0));
}

/*
 * It goes to a worker, who may say that @e is good still. A client that asks for
 * news of what it has gets his answer to that, which says nothing about @e.
 */
static void ask_about(struct khttp_sketch *k, struct khttp_entry *e)
{
	if (READ_ONCE(e->keep) && !k->why &&
	    k->head->method == KHTTP_METHOD_GET &&
	    !(k->head->seen & KHTTP_REUSE_CONDITIONS))
		k->stored = e;
}

static inline struct khttp_cache_key key_of(const struct khttp_conn *c,
					    const struct khttp_sketch *k)
{
	struct khttp_cache_key key = {
		.host = k->host,
		.path = k->path,
		.query = k->target.has_query ?
			 khttp_span_of(k->buf + k->target.query,
				       k->target.query_len) :
			 khttp_span_of(NULL, 0),
		.port = c->local.port,
		.scheme = KHTTP_SCHEME_HTTP,
		.named = khttp_cache_named(k->target.host.port, c->local.port),
	};

	if (k->by_ip) {
		key.family = c->local.family;
		memcpy(key.local_addr, c->local.addr, sizeof(key.local_addr));
	}
	return key;
}

static struct khttp_entry *look_up(struct khttp_conn *c,
				   struct khttp_scratch *s)
{
	struct khttp_sketch *k = &s->sketch;
	const struct khttp_cache_asker asker = { k->head, k->buf, s->wire, k->second };
	struct khttp_cache_key key = key_of(c, k);
	struct khttp_entry *e;

	e = khttp_cache_lookup(c->net->cache, &key, k->url->id, &asker);
	if (e && unlikely(k->head->seen & (ASKS_FOR | CREDENTIALS)) &&
	    !does_for(k->head, k->buf, k->caching, e, k->second)) {
		ask_about(k, e);
		khttp_entry_leave(e);
		k->fwd = KHTTP_CACHE_FWD_REQUEST;
		return NULL;
	}
	if (!e && unlikely(k->caching & KHTTP_CACHING_STATUS) &&
	    khttp_cache_varies(c->net->cache, &key))
		k->fwd = KHTTP_CACHE_FWD_VARY_MISS;
	return e;
}

/* It goes to a worker: is its answer for the cache, as far as that is known? */
static void note_miss(struct khttp_conn *c, struct khttp_sketch *k)
{
	bool honour = k->caching & KHTTP_CACHING_HONOUR;
	struct khttp_cache_control wish;

	khttp_stat_inc(c->net, cache_misses);
	khttp_trace(miss, c, k);
	khttp_share_inc(k->url->group->share, misses);
	if (k->head->method != KHTTP_METHOD_GET)
		k->why = KHTTP_CACHE_WHY_METHOD;
	if (honour) {
		khttp_cache_wish(k->head, k->buf, &wish);
		if (khttp_cc_says(&wish, KHTTP_CC_NO_STORE))
			k->why = KHTTP_CACHE_WHY_NO_STORE;
	}
	if (k->why)
		k->stored = NULL;
	if (likely(!READ_ONCE(k->url->group->policy.cache_coalesce)))
		return;
	k->part = khttp_reuse_part(k->head, k->why, honour ? &wish : NULL);
	/* Nobody is to wait for an answer that may not be for him */
	if (k->target.spelling != KHTTP_SPELLING_USUAL)
		k->part &= ~KHTTP_REUSE_LEADS;
}

/* ---- what is past its time ---- */

static enum khttp_reuse_stale use_of(const struct khttp_head *head,
				     const char *buf, u32 caching,
				     const struct khttp_entry *e, u64 now)
{
	const struct khttp_reuse_stored stored = {
		.age = age_of(e, now),
		.over = max_t(s64, -ttl_of(e, now), 0),
		.stale_while = READ_ONCE(e->stale_while),
		.stale_error = READ_ONCE(e->stale_error),
	};
	struct khttp_cache_control wish;

	if ((head->seen & CREDENTIALS) && !e->shared)
		return KHTTP_REUSE_NOT;
	if (!(caching & KHTTP_CACHING_HONOUR))
		return khttp_reuse_stale(&stored, NULL);
	khttp_cache_wish(head, buf, &wish);
	return khttp_reuse_stale(&stored, &wish);
}

/*
 * Of all that meet an entry past its time those of one second ask once: the flights
 * have a lock, which is not for every answer.
 */
static bool asks_now(struct khttp_entry *e, u64 now)
{
	u32 second = khttp_cache_age(e->stored, now) + 1;

	if (READ_ONCE(e->asked) == second)
		return false;
	WRITE_ONCE(e->asked, second);
	return true;
}

/*
 * A request like this one that is nobody's: what its worker answers is stored, if it
 * can be, and goes nowhere. One of a URL, and none within KHTTP_FLIGHT_MARK of one
 * that brought nothing: it leads a flight (flight.h).
 */
static void refresh(struct khttp_conn *c, struct khttp_sketch *k,
		    struct khttp_entry *e)
{
	const struct khttp_cache_key key = key_of(c, k);
	u64 hash = khttp_cache_hash(c->net->cache, &key);
	struct khttp_queue *q = k->url->group->queue;
	struct khttp_request *rq;

	if (k->head->method != KHTTP_METHOD_GET || !READ_ONCE(q->n_workers) ||
	    khttp_flight_known(c->net->flights, hash, k->url->id) ||
	    !khttp_queue_tryget(q))
		return;
	k->queue = q;
	k->refresh = true;
	k->stored = READ_ONCE(e->keep) ? e : NULL;
	k->now_ns = ktime_get_ns();
	khttp_told_judge(k);
	rq = khttp_request_create(c, k, KHTTP_CHARGE_REQUEST, GFP_ATOMIC);
	k->queue = NULL;
	if (IS_ERR(rq)) {
		khttp_queue_put(q);
		return;
	}
	rq->detached = true;
	rq->stage_ns = k->now_ns;
	khttp_request_unlink(rq);
	if (khttp_flight_join(rq, hash, KHTTP_REUSE_LEADS) ==
	    KHTTP_FLIGHT_LEADS) {
		khttp_stat_inc(c->net, cache_refreshes);
		if (!khttp_queue_push(q, rq))
			return;
	}
	khttp_request_answered(rq);
}

/* Nothing fresh is stored. True: answered by what is not */
static bool try_stale(struct khttp_conn *c, struct khttp_scratch *s)
{
	struct khttp_sketch *k = &s->sketch;
	const struct khttp_cache_asker asker = { k->head, k->buf, s->wire, k->second };
	const struct khttp_cache_key key = key_of(c, k);
	enum khttp_reuse_stale use;
	struct khttp_entry *e;
	bool now;

	e = khttp_cache_lookup_stale(c->net->cache, &key, k->url->id, &asker);
	if (!e)
		return false;
	k->fwd = KHTTP_CACHE_FWD_STALE;
	use = use_of(k->head, k->buf, k->caching, e, k->second);
	now = use == KHTTP_REUSE_NOW ||
	      (use == KHTTP_REUSE_ON_ERROR &&
	       !READ_ONCE(k->url->group->queue->n_workers));
	k->may_stale = !now && use != KHTTP_REUSE_NOT;
	if (now) {
		khttp_stat_inc(c->net, cache_stale);
		khttp_share_inc(k->url->group->share, stale);
		answer_hit(c, s, e);
		/* With credentials it would be asked for as that client, or for a part */
		if (!k->why && asks_now(e, k->second))
			refresh(c, k, e);
	} else {
		ask_about(k, e);
	}
	khttp_entry_leave(e);
	return now;
}

bool khttp_hit_try(struct khttp_conn *c, struct khttp_scratch *s)
{
	struct khttp_sketch *k = &s->sketch;
	struct khttp_entry *e = NULL;

	k->second = ktime_get_seconds();
	k->caching = READ_ONCE(k->url->group->policy.caching);
	k->why = khttp_cache_request(k->head);
	k->fwd = KHTTP_CACHE_FWD_URI_MISS;
	if (unlikely(k->target.spelling == KHTTP_SPELLING_ODD) && khttp_cache_looks(k->why))
		k->why = KHTTP_CACHE_WHY_SPELLING;
	if (unlikely(!khttp_cache_looks(k->why))) {
		k->fwd = k->why == KHTTP_CACHE_WHY_METHOD ?
			 KHTTP_CACHE_FWD_METHOD : KHTTP_CACHE_FWD_BYPASS;
		return false;
	}
	/* Most applications store nothing: the key is not hashed for them */
	if (READ_ONCE(k->url->group->queue->stores))
		e = look_up(c, s);
	if (e) {
		answer_hit(c, s, e);
		khttp_entry_leave(e);
		return true;
	}
	if (unlikely(READ_ONCE(k->url->group->queue->stale)) && try_stale(c, s))
		return true;
	/* Those with credentials are mostly not meant for it, and parts are not kept */
	if (k->why && k->why != KHTTP_CACHE_WHY_SPELLING)
		return false;
	note_miss(c, k);
	if (!khttp_cache_only(&s->head, k->buf))
		return false;
	khttp_respond_reason(c, s, KHTTP_REASON_ONLY_IF_CACHED);
	return true;
}

/* ---- requests that came before what is stored now ---- */

/*
 * The head it came with into s->head; what its offsets count from, or NULL. It was
 * accepted once, and limits that changed since do not count: who is in the middle of
 * the stream finds what he had there.
 */
static const char *read_again(struct khttp_scratch *s,
			      const struct khttp_request *rq)
{
	static const struct khttp_limits all = {
		.max_head = KHTTP_HEAD_MAX,
		.max_field = KHTTP_HEAD_MAX,
		.max_target = KHTTP_HEAD_MAX,
		.max_fields = KHTTP_FIELDS_MAX,
	};
	struct khttp_span raw = khttp_request_head(rq);

	khttp_head_init(&s->head);
	if (khttp_parse_head(&s->head, raw.ptr, raw.len, &all) !=
	    KHTTP_PARSE_DONE)
		return NULL;
	return raw.ptr;
}

/* Of @e, which does for it: what it is answered, in s->wire. Its order is kept */
static void answer_late(struct khttp_scratch *s, const char *buf,
			struct khttp_request *rq, struct khttp_entry *e,
			u64 now, bool stale)
{
	struct khttp_conn *c = rq->conn;
	struct khttp_reply_tail tail = {
		.age = age_of(e, now),
		.has_age = true,
		.version = s->head.version,
	};
	struct khttp_canned a = {};
	struct khttp_out out;

	rq->close |= !rq->keep_alive ||
		     (c->last && list_is_last(&rq->order, &c->order));
	tail.closes = rq->close;
	choose(&a, e, s, buf, &out);
	if (rq->caching & KHTTP_CACHING_STATUS && stale)
		khttp_cache_status_hit(&out, ttl_of(e, now));
	else if (rq->caching & KHTTP_CACHING_STATUS)
		khttp_cache_status_collapsed(&out, rq->fwd);
	khttp_reply_tail(&out, &tail);
	add_wire(&a, &out);
	if (trace_khttp_hit_enabled())
		khttp_trace_hit_late(rq, &a, stale);
	rq->status = a.status;
	rq->accepted = khttp_canned_body(&a);
	rq->begun = true;
	if (khttp_canned_keep(rq, &a, 0, 0)) {
		khttp_request_refuse_locked(rq, KHTTP_REASON_NO_MEMORY);
		return;
	}
	rq->ended = true;
	rq->stored_late = true;
	rq->coalesced = !stale;
	rq->stage_ns = ktime_get_ns();
	rq->timed = KHTTP_STAGE_TOTAL;
	if (stale) {
		khttp_stat_inc(c->net, cache_stale);
		khttp_share_inc(e->share, stale);
	} else {
		khttp_stat_inc(c->net, cache_coalesced);
		khttp_share_inc(e->share, coalesced);
	}
	khttp_conn_kick(c, KHTTP_TODO_WRITE);
	khttp_request_answered(rq);
}

/* What is stored for it, or @stale, past its time; its head is in @s then, and what
 * that counts from in *@buf
 */
static struct khttp_entry *find_again(struct khttp_scratch *s,
				      const struct khttp_request *rq, bool stale,
				      u64 now, const char **buf)
{
	struct khttp_cache_asker asker = {
		.head = &s->head,
		.room = s->wire,
		.now = now,
	};
	struct khttp_cache *c = rq->conn->net->cache;
	struct khttp_cache_key key;

	*buf = read_again(s, rq);
	if (!*buf)
		return NULL;
	asker.buf = *buf;
	khttp_request_cache_key(rq, &key);
	return stale ? khttp_cache_lookup_stale(c, &key, rq->url_id, &asker) :
		       khttp_cache_lookup(c, &key, rq->url_id, &asker);
}

/* False: there is nothing for it, and it is where it was */
static bool look_again(struct khttp_scratch *s, struct khttp_request *rq)
{
	u64 now = ktime_get_seconds();
	struct khttp_entry *e;
	const char *buf;
	bool does;

	e = find_again(s, rq, false, now, &buf);
	if (!e)
		return false;
	does = does_for(&s->head, buf, rq->caching, e, now);
	/* One that waits is taken out first; where it was already, nothing is left to
	 * do for it here
	 */
	if (does && (!rq->parked || khttp_queue_remove(rq->queue, rq))) {
		khttp_flight_end(rq, KHTTP_FLIGHT_LANDED);
		answer_late(s, buf, rq, e, now, false);
	}
	khttp_entry_leave(e);
	return does;
}

/* The same of what is past its time, for one that failed */
static bool look_for_stale(struct khttp_scratch *s, struct khttp_request *rq)
{
	u64 now = ktime_get_seconds();
	struct khttp_entry *e;
	const char *buf;
	bool does;

	e = find_again(s, rq, true, now, &buf);
	if (!e)
		return false;
	does = use_of(&s->head, buf, rq->caching, e, now) != KHTTP_REUSE_NOT;
	if (does)
		answer_late(s, buf, rq, e, now, true);
	khttp_entry_leave(e);
	return does;
}

static bool answer_from_cache(struct khttp_request *rq,
			      bool (*look)(struct khttp_scratch *s,
					   struct khttp_request *rq))
{
	bool answered;

	local_bh_disable();
	rcu_read_lock();
	answered = look(khttp_scratch_here(), rq);
	rcu_read_unlock();
	local_bh_enable();
	return answered;
}

bool khttp_hit_join(struct khttp_request *rq, u8 part, u64 now)
{
	struct khttp_cache *cache = rq->conn->net->cache;
	struct khttp_cache_key key;

	rq->stage_ns = now;
	khttp_request_cache_key(rq, &key);
	switch (khttp_flight_join(rq, khttp_cache_hash(cache, &key), part)) {
	case KHTTP_FLIGHT_WAITS:
		return true;
	case KHTTP_FLIGHT_LEADS:
		/* Who led before it may have landed since it looked */
		return READ_ONCE(rq->queue->stores) &&
		       answer_from_cache(rq, look_again);
	default:
		return false;
	}
}

void khttp_hit_land(struct khttp_conn *c)
{
	struct khttp_request *rq;

	sock_owned_by_me(c->sk);
	list_for_each_entry(rq, &c->order, order)
		if (READ_ONCE(rq->landed) && READ_ONCE(rq->parked) &&
		    !answer_from_cache(rq, look_again))
			khttp_queue_unpark(rq);
}

bool khttp_hit_instead_locked(struct khttp_request *rq, u16 status)
{
	sock_owned_by_me(rq->conn->sk);
	/* Once: what it is answered may fail for want of memory */
	if (rq->gone || rq->begun || !rq->may_stale || !khttp_reuse_error(status))
		return false;
	rq->may_stale = false;
	return answer_from_cache(rq, look_for_stale);
}

bool khttp_hit_instead(struct khttp_request *rq, u16 status)
{
	struct khttp_conn *c = rq->conn;
	bool answered;

	lock_sock(c->sk);
	answered = khttp_hit_instead_locked(rq, status);
	release_sock(c->sk);
	return answered;
}
