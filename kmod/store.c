// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers that their worker wants to have stored: filled piece by piece into a
 * cache entry that stands in the slot, and sent from there.
 *
 * The entry is touched under the slot's lock only. So it ends with the worker
 * whatever its commit is doing, and the cache may end after that.
 */

#include "cache.h"
#include "door.h"
#include "net.h"
#include "worker_i.h"

/**
 * khttp_store_begin - make room for an answer in the cache
 * @hand: the locked slot
 * @a: the answer's head
 * @body_len: its whole body
 *
 * False: it is not stored, and only sent.
 */
bool khttp_store_begin(struct khttp_hand *hand, const struct khttp_answer *a,
		       u64 body_len)
{
	struct khttp_worker *w = hand->worker;
	struct khttp_cache_key key;
	struct khttp_entry *e;

	lockdep_assert_held(&hand->lock);
	if (!hand->rq->cacheable)
		return false;
	khttp_store_drop(hand);
	khttp_request_cache_key(hand->rq, &key);
	e = khttp_entry_create(w->net->cache, &key, a,
			       khttp_door_server(hand->rq->door),
			       hand->rq->url_id, w->queue->id, body_len);
	if (IS_ERR(e))
		return false;
	if (!READ_ONCE(w->queue->stores))
		WRITE_ONCE(w->queue->stores, true);
	hand->entry = e;
	return true;
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
	khttp_cache_insert(hand->worker->net->cache, e, hand->rq->purges);
	hand->entry = NULL;
	ret = khttp_request_answer_entry(hand->rq, a, e);
	return ret < 0 ? ret : n;
}

/**
 * khttp_store_drop - what was not completed is not stored
 * @hand: the locked slot
 */
void khttp_store_drop(struct khttp_hand *hand)
{
	lockdep_assert_held(&hand->lock);
	if (hand->entry)
		khttp_entry_put(hand->entry);
	hand->entry = NULL;
}

/**
 * khttp_store_purge - drop what a worker's queue has stored
 * @w: checked
 * @url: its bytes
 * @len: how many
 * @recursive: everything at or below its path
 *
 * Context: sleeps. Returns the number of entries, -EINVAL, -ENOMEM or
 * -ESHUTDOWN.
 */
long khttp_store_purge(struct khttp_worker *w, const char *url, size_t len,
		       bool recursive)
{
	long n = -ESHUTDOWN;

	/* The cache is there while a worker is: its death waits for us */
	mutex_lock(&w->calls);
	if (READ_ONCE(w->state) != KHTTP_WORKER_GONE)
		n = khttp_cache_purge(w->net->cache, url, len, recursive,
				      w->queue->id);
	mutex_unlock(&w->calls);
	return n;
}
