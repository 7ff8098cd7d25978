// SPDX-License-Identifier: GPL-2.0-only
/*
 * A worker's 304 to what the kernel asked about a stored response: that is good
 * still (RFC 9111 section 4.3).
 *
 * A request that goes to a worker although something is stored for it has a reference
 * to that, and fields that ask whether it has changed (told.c), which only a worker
 * sees who knows what they are for (deliver.c). His 304 is nobody's answer: the
 * stored body and the fields of both become a new entry, which takes the place of
 * the old one and is what the request, and those that wait for it, are answered.
 *
 * The 304 is of use only while the old entry is in the table. Where it was purged
 * meanwhile, replaced, or made room, and where memory is short, the request is given
 * out once more, and asks about nothing: so that happens once.
 */

#include <linux/ktime.h>

#include "alloc.h"
#include "cache.h"
#include "http/block.h"
#include "http/renew.h"
#include "net.h"
#include "worker_i.h"

/* The answer that both make together, with its fields behind it */
struct renewed {
	struct khttp_answer answer;
	char block[];
};

static bool is_about(const struct khttp_entry *old, const struct khttp_answer *a)
{
	const struct khttp_cache_validators v = {
		.etag = old->etag,
		.last_modified = old->last_modified,
		.has_last_modified = old->last_modified != 0,
		.status = old->status,
	};

	return khttp_renew_matches(&v, khttp_span_of(a->fields, a->fields_len),
				   ktime_get_real_seconds());
}

static struct renewed *merge(const struct khttp_request *rq, const struct khttp_answer *a)
{
	const struct khttp_entry *old = rq->stored;
	const struct khttp_renewal r = {
		.head = old->head,
		.tags = old->tag_text,
		.fields = khttp_span_of(a->fields, a->fields_len),
	};
	/* Neither part has more than some 10 KiB */
	u32 room = khttp_renew_room(&r);
	struct renewed *n = khttp_kvmalloc(struct_size(n, block, room), GFP_KERNEL_ACCOUNT);
	struct khttp_out out;

	if (!n)
		return NULL;
	memset(&n->answer, 0, sizeof(n->answer));
	khttp_out_init(&out, n->block, room);
	n->answer.n_fields = khttp_renew_fields(&r, &out);
	n->answer.fields = n->block;
	n->answer.fields_len = out.len;
	n->answer.status = old->status;
	n->answer.close = a->close;
	n->answer.age = a->age;
	n->answer.has_age = a->has_age;
	n->answer.ttl = a->ttl;
	n->answer.caching = a->caching;
	n->answer.flow = a->flow;
	n->answer.renewed = true;
	/* As where a whole answer is stored: commit.c */
	n->answer.hides_tags = !(rq->caching & KHTTP_CACHING_TAGS);
	if (a->caching == KHTTP_ANSWER_UNSAID && rq->caching & KHTTP_CACHING_AUTO)
		n->answer.caching = KHTTP_ANSWER_AUTO;
	if (khttp_out_ok(&out))
		return n;
	kvfree(n);
	return NULL;
}

/* The new entry, with the body of the old one. Why it may not be stored, in @a->why:
 * then it is there to be sent once
 */
static struct khttp_entry *make(struct khttp_hand *hand, struct khttp_answer *a)
{
	struct khttp_entry_plan p = {
		.body_len = hand->rq->stored->body_len,
		.body_of = hand->rq->stored,
	};

	a->why = khttp_store_judge(hand, a, &p);
	if (a->why) {
		memset(&p.vary, 0, sizeof(p.vary));
		memset(&p.tags, 0, sizeof(p.tags));
		p.term.age = a->age;
	}
	return khttp_store_make(hand, &p);
}

/* Into the table, and to its client */
static ssize_t use(struct khttp_hand *hand, struct khttp_answer *a, struct khttp_entry *e)
{
	struct khttp_request *rq = hand->rq;
	struct khttp_net *kn = hand->worker->net;

	if (!a->why)
		a->why = khttp_cache_renew(kn->cache, e, rq->stored, rq->purges);
	if (a->why == KHTTP_CACHE_WHY_PURGED) {
		khttp_entry_put(e);
		return -EAGAIN;
	}
	khttp_stat_inc(kn, cache_revalidated);
	khttp_entry_get(e);
	hand->entry = e;
	khttp_store_settle(hand, a->why);
	return khttp_request_answer_entry(rq, a, e);
}

/**
 * khttp_renew - what is stored for a request is good still
 * @hand: the locked slot, whose request validates
 * @a: the 304, which is the whole answer
 *
 * Context: sleeps. Returns 0 or more, or -ECONNRESET: it is answered, its owner's
 * reference is gone; -EAGAIN: it has to be asked again, and is in hand still.
 */
ssize_t khttp_renew(struct khttp_hand *hand, const struct khttp_answer *a)
{
	struct khttp_entry *old = hand->rq->stored, *e;
	ssize_t ret = -EAGAIN;
	struct renewed *n;

	lockdep_assert_held(&hand->lock);
	/* Of a commit that failed before anything was sent */
	khttp_store_drop(hand);
	hand->why = KHTTP_CACHE_WHY_PURGED;
	if (!khttp_entry_linked(old) || !is_about(old, a))
		return -EAGAIN;
	n = merge(hand->rq, a);
	if (!n)
		return -EAGAIN;
	e = make(hand, &n->answer);
	if (!IS_ERR(e))
		ret = use(hand, &n->answer, e);
	kvfree(n);
	return ret;
}
