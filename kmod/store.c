// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that their worker wants to have stored: filled piece by piece into a
 * cache entry that stands in the slot, and sent from there.
 *
 * One that is there as a whole, and is not large, is stored first and then sent
 * as a hit would be. Of others each piece is filled in and sent, in the same call;
 * what waits for the client refers to the pages alone, within the send window as
 * if nothing were stored. With the last piece the entry goes into the table. When
 * the client, or the worker, goes before, what there is of it is dropped: nobody
 * waits for the rest of what nobody may want.
 *
 * The entry is touched under the slot's lock only. So it ends with the worker
 * whatever its commit is doing, and the cache may end after that.
 */

#include <linux/ktime.h>
#include <linux/math64.h>

#include "alloc.h"
#include "cache.h"
#include "door.h"
#include "flight.h"
#include "http/host.h"
#include "http/path.h"
#include "http/uri.h"
#include "net.h"
#include "purge.h"
#include "share.h"
#include "worker_i.h"

/*
 * It is not filled any more: it is stored, or that is why it is not. Of what was
 * broken off the request's end says what it means to those that wait for it.
 */
void khttp_store_settle(struct khttp_hand *hand, enum khttp_cache_why why)
{
	/* What has to be validated each time is for nobody who waits */
	bool lands = !why && hand->entry->ttl;

	khttp_entry_put(hand->entry);
	hand->entry = NULL;
	hand->why = why;
	if (why != KHTTP_CACHE_WHY_ABORTED && unlikely(hand->rq->flight))
		khttp_flight_end(hand->rq, lands ? KHTTP_FLIGHT_LANDED :
						   KHTTP_FLIGHT_FAILED);
	if (why)
		khttp_share_why(hand->worker->net, hand->rq->group_id, why);
}

/* What the request has in the fields that the answer varies by, into @key, at
 * memory that the caller frees
 */
static char *note_variant(const struct khttp_request *rq,
			  const struct khttp_vary_list *vary,
			  struct khttp_cache_key *key)
{
	char *room = khttp_kmalloc(KHTTP_VARY_KEY_MAX, GFP_KERNEL);
	struct khttp_out out;

	if (!room)
		return ERR_PTR(-ENOMEM);
	khttp_out_init(&out, room, KHTTP_VARY_KEY_MAX);
	khttp_request_vary_key(rq, khttp_span_of(vary->text, vary->len), &out);
	key->variant = khttp_span_of(out.buf, out.len);
	if (khttp_out_ok(&out))
		return room;
	kfree(room);
	return ERR_PTR(-EFBIG);
}

/**
 * khttp_store_make - the entry that was judged to be stored
 * @hand: the locked slot
 * @p: judged; its key is set here
 *
 * Context: sleeps. Returns and errors as khttp_entry_create().
 */
struct khttp_entry *khttp_store_make(struct khttp_hand *hand,
				     struct khttp_entry_plan *p)
{
	struct khttp_cache_key key;
	struct khttp_entry *e;
	char *variant = NULL;

	/* Its group is gone, and so is its prefix */
	p->share = khttp_share_find(hand->worker->net, hand->rq->group_id);
	if (!p->share)
		return ERR_PTR(-ESTALE);
	khttp_request_cache_key(hand->rq, &key);
	if (p->vary.len)
		variant = note_variant(hand->rq, &p->vary, &key);
	p->key = &key;
	e = IS_ERR(variant) ? ERR_CAST(variant) :
			      khttp_entry_create(hand->worker->net->cache, p);
	if (!IS_ERR(variant))
		kfree(variant);
	khttp_share_put(p->share);
	return e;
}

/**
 * khttp_store_judge - may an answer be stored?
 * @hand: the locked slot
 * @a: the answer
 * @p: says how long its body is, and where that comes from; the rest is set here, but
 *	for what khttp_store_make() sets
 *
 * Returns KHTTP_CACHE_YES, or why not.
 */
enum khttp_cache_why khttp_store_judge(struct khttp_hand *hand,
				       const struct khttp_answer *a,
				       struct khttp_entry_plan *p)
{
	const struct khttp_request *rq = hand->rq;
	const struct khttp_worker *w = hand->worker;
	const struct khttp_cache_request asked = {
		.caching = rq->caching,
		.delay = div_u64(ktime_get_ns() - rq->stage_ns, NSEC_PER_SEC),
		.stale_while = rq->stale_while,
		.stale_error = rq->stale_error,
		.keep = rq->keep,
		.why = rq->why,
		.spelling = rq->spelling,
	};

	p->answer = a;
	p->server = khttp_door_server(rq->door);
	p->url_id = rq->url_id;
	p->queue_id = w->queue->id;
	return khttp_cache_judge(w->net->cache, p, &asked);
}

/* Those who look for what is stored find it from now on */
static void announce(struct khttp_queue *q, const struct khttp_entry *e)
{
	if (!READ_ONCE(q->stores))
		WRITE_ONCE(q->stores, true);
	if ((e->stale_while || e->stale_error || e->keep) && !READ_ONCE(q->stale))
		WRITE_ONCE(q->stale, true);
}

/**
 * khttp_store_begin - make room for an answer in the cache
 * @hand: the locked slot
 * @a: the answer's head
 * @body_len: its whole body, or KHTTP_LENGTH_UNKNOWN
 * @streams: khttp_store_send() follows; else khttp_store_add()
 *
 * Returns KHTTP_CACHE_YES, or why it is not stored, and only sent.
 */
enum khttp_cache_why khttp_store_begin(struct khttp_hand *hand,
				       struct khttp_answer *a, u64 body_len,
				       bool streams)
{
	struct khttp_entry_plan p = { .body_len = body_len, .streams = streams };
	enum khttp_cache_why why;
	struct khttp_entry *e;

	lockdep_assert_held(&hand->lock);
	why = khttp_store_judge(hand, a, &p);
	if (why)
		return why;
	e = khttp_store_make(hand, &p);
	if (IS_ERR(e))
		return khttp_cache_why_error(PTR_ERR(e));
	announce(hand->worker->queue, e);
	hand->entry = e;
	return KHTTP_CACHE_YES;
}

/**
 * khttp_store_add - the next bytes of the body; with the last ones, answer
 * @hand: the locked slot
 * @a: the answer's head
 * @from: bytes in kernel memory
 *
 * Returns the bytes taken; with the last of them the request is answered.
 * -ECONNRESET: the client is gone. Either way its owner's reference is gone.
 * -EIO: @from is not what was announced; nothing was answered.
 */
ssize_t khttp_store_add(struct khttp_hand *hand, const struct khttp_answer *a,
			struct iov_iter *from)
{
	ssize_t n = iov_iter_count(from), ret;
	struct khttp_entry *e = hand->entry;

	lockdep_assert_held(&hand->lock);
	ret = khttp_entry_fill(e, from);
	if (ret)
		return -EIO;
	if (!khttp_entry_full(e))
		return n;
	khttp_entry_get(e);
	khttp_store_settle(hand, khttp_cache_insert(hand->worker->net->cache, e, hand->rq->purges));
	ret = khttp_request_answer_entry(hand->rq, a, e);
	return ret < 0 ? ret : n;
}

/* All of it came: into the table */
static void conclude(struct khttp_hand *hand)
{
	struct khttp_entry *whole = khttp_entry_finish(hand->entry);
	enum khttp_cache_why why;

	if (IS_ERR(whole)) {
		khttp_store_settle(hand, khttp_cache_why_error(PTR_ERR(whole)));
		return;
	}
	why = khttp_cache_insert(hand->worker->net->cache, whole, hand->rq->purges);
	khttp_entry_put(whole);
	khttp_store_settle(hand, why);
}

/* Into the entry, as far as the client has room. Bytes, or -errno */
static ssize_t take_in(struct khttp_hand *hand, const struct iov_iter *from)
{
	size_t n = min3(iov_iter_count(from), khttp_request_room(hand->rq),
			KHTTP_ENTRY_VIEW_BYTES);
	struct iov_iter part = *from;
	int err = khttp_entry_grow(hand->entry, n);

	iov_iter_truncate(&part, n);
	if (!err)
		err = khttp_entry_fill(hand->entry, &part);
	return err ?: n;
}

/**
 * khttp_store_send - a piece of the answer, into the entry and to the client
 * @hand: the locked slot
 * @head: as for khttp_request_answer()
 * @from: the piece, in kernel memory; moves on by what was taken
 * @last: the answer ends with this piece
 *
 * Does to the request, and returns, what khttp_request_answer() does: that it could
 * not be stored is not its failure. An entry is in the table before the client has
 * the last byte, and may ask for it again: with the bytes that were announced, or
 * else with the last piece.
 */
ssize_t khttp_store_send(struct khttp_hand *hand, const struct khttp_answer *head,
			 struct iov_iter *from, bool last)
{
	struct khttp_request *rq = hand->rq;
	size_t count = iov_iter_count(from);
	struct khttp_entry *e = hand->entry;
	struct khttp_entry_view view;
	u64 pos = e->filled;
	ssize_t n, sent;

	lockdep_assert_held(&hand->lock);
	n = READ_ONCE(rq->gone) ? -EINTR : take_in(hand, from);
	if (n < 0) {
		khttp_store_settle(hand, khttp_cache_why_error(n));
		return khttp_request_answer(rq, head, from, last);
	}
	if (count && !n && !head)
		return -EAGAIN;
	khttp_entry_view(e, pos, n, &view);
	last &= n == count;
	khttp_entry_get(e);
	if (last || khttp_entry_full(e))
		conclude(hand);
	sent = khttp_request_answer(rq, head, &view.iter, last);
	if (sent > 0)
		iov_iter_advance(from, sent);
	/* What the client had no room for will be filled in again */
	if (sent < n && hand->entry)
		e->filled = pos + max_t(ssize_t, sent, 0);
	khttp_entry_put(e);
	return sent;
}

/**
 * khttp_store_drop - what was not completed is not stored
 * @hand: the locked slot
 */
void khttp_store_drop(struct khttp_hand *hand)
{
	lockdep_assert_held(&hand->lock);
	if (hand->entry)
		khttp_store_settle(hand, KHTTP_CACHE_WHY_ABORTED);
}

static const u8 told[KHTTP_CACHE_WHY__COUNT] = {
	[KHTTP_CACHE_YES] = KHTTP_STORED_YES,
#define TOLD(name, ...) [KHTTP_CACHE_WHY_##name] = KHTTP_STORED_NOT_##name,
	KHTTP_CACHE_WHY_LIST(TOLD)
#undef TOLD
};

/**
 * khttp_store_told - what its worker is told of the answer's being stored
 * @hand: the locked slot, whose answer has begun
 *
 * Returns the value of khttp_reply.stored.
 */
u32 khttp_store_told(const struct khttp_hand *hand)
{
	u32 of = hand->id >> KHTTP_SLOT_BITS << 8;

	lockdep_assert_held(&hand->lock);
	return of | (hand->entry ? KHTTP_STORED_FILLING : told[hand->why]);
}

/**
 * khttp_store_purge - drop what a worker's queue has stored
 * @w: checked
 * @text: a URL, or a tag; its bytes
 * @len: how many
 * @flags: KHTTP_PURGE_*, checked
 *
 * Context: sleeps. Returns the number of entries, -EINVAL, -ENOMEM or
 * -ESHUTDOWN.
 */
long khttp_store_purge(struct khttp_worker *w, const char *text, size_t len,
		       u32 flags)
{
	const struct khttp_purge_order order = {
		.text = text,
		.len = len,
		.is_tag = flags & KHTTP_PURGE_TAG,
		.recursive = flags & KHTTP_PURGE_RECURSIVE,
		.soft = flags & KHTTP_PURGE_SOFT,
		.queue_id = w->queue->id,
		.queue = w->queue->name,
		.worker = w->id,
		.pid = w->pid,
	};
	long n = -ESHUTDOWN;

	/* The cache is there while a worker is: its death waits for us */
	mutex_lock(&w->calls);
	if (READ_ONCE(w->state) != KHTTP_WORKER_GONE)
		n = khttp_purge_order(w->net, &order);
	mutex_unlock(&w->calls);
	return n;
}

/* ---- what an unsafe method changed (RFC 9111 section 4.4) ---- */

/*
 * What @value, a Location, has behind the origin of @key, or an empty span: it is
 * of another one. A path that is relative to the target's is left alone.
 */
static struct khttp_span behind_origin(struct khttp_span value,
				       const struct khttp_cache_key *key)
{
	const struct khttp_span none = { NULL, 0 };
	char text[KHTTP_HOST_TEXT_MAX];
	struct khttp_host host;
	u32 from = 0, at;

	if (value.len >= 5 && !strncasecmp(value.ptr, "http:", 5))
		from = 5;
	if (value.len - from < 2 || value.ptr[from] != '/' ||
	    value.ptr[from + 1] != '/')
		return !from && value.len && value.ptr[0] == '/' ? value : none;
	from += 2;
	for (at = from; at < value.len && !strchr("/?#", value.ptr[at]); at++)
		;
	if (!khttp_host_parse(value.ptr + from, at - from, &host) ||
	    khttp_cache_named(host.port, key->port) != key->named)
		return none;
	if (!khttp_span_eq(key->host,
			   khttp_span_of(text, khttp_host_print(&host, value.ptr + from,
								text, sizeof(text)))))
		return none;
	return khttp_span_of(value.ptr + at, value.len - at);
}

static void invalidate_also(struct khttp_hand *hand, struct khttp_cache_key key,
			    struct khttp_span value)
{
	const struct khttp_limits *limits =
		&hand->worker->net->limits.policy.http;
	struct khttp_span rest = behind_origin(value, &key);
	u32 end = 0, query, len;
	char *path;

	if (!rest.len)
		return;
	while (end < rest.len && rest.ptr[end] != '#')
		end++;
	for (query = 0; query < end && rest.ptr[query] != '?'; query++)
		;
	path = khttp_kmalloc(query + 1, GFP_KERNEL);
	if (!path)
		return;
	key.query = query == end ? khttp_span_of(NULL, 0) :
		    khttp_span_of(rest.ptr + query + 1, end - query - 1);
	if (query && !khttp_path_cook(rest.ptr, query, limits, path, query + 1,
				      &len)) {
		key.path = khttp_span_of(path, len);
		khttp_cache_invalidate(hand->worker->net->cache, &key, 0,
				       hand->worker->queue->id);
	}
	kfree(path);
}

/**
 * khttp_store_invalidate - what is stored under the target is out of date
 * @hand: the locked slot, its request by a method that is not safe
 * @a: its answer, no error
 *
 * The target is its prefix', and so is what is stored of it, also where a worker of
 * that queue has handed the request on to this one. Also what Location and
 * Content-Location name, where that is of the same origin, but only what this queue
 * has stored.
 */
void khttp_store_invalidate(struct khttp_hand *hand, const struct khttp_answer *a)
{
	struct khttp_worker *w = hand->worker;
	const char *pos = a->fields;
	struct khttp_block_field f;
	struct khttp_cache_key key;

	lockdep_assert_held(&hand->lock);
	/* Nothing is there, and what is under way was asked for before */
	if (!READ_ONCE(w->queue->stores) && !hand->rq->hops)
		return;
	khttp_request_cache_key(hand->rq, &key);
	khttp_cache_invalidate(w->net->cache, &key, hand->rq->url_id, 0);
	while (khttp_block_next(&pos, a->fields + a->fields_len, &f)) {
		enum khttp_field_id id = khttp_field_lookup(f.name, f.name_len);

		if (id == KHTTP_FIELD_LOCATION ||
		    id == KHTTP_FIELD_CONTENT_LOCATION)
			invalidate_also(hand, key,
					khttp_span_of(f.value, f.value_len));
	}
}
