// SPDX-License-Identifier: GPL-2.0-only
/*
 * COMMIT: what a slot's reply says goes to the client, as fast as there is
 * room for it.
 */

#include "flight.h"
#include "hit.h"
#include "http/method.h"
#include "http/reply.h"
#include "limits.h"
#include "log.h"
#include "net.h"
#include "opaque.h"
#include "share.h"
#include "worker_i.h"

/*
 * What the first commit says is all there will be, so its length is known; but
 * an empty body of an answer that has none says nothing about its length.
 */
static void know_length(struct khttp_commit_state *c, bool bodyless)
{
	if (!c->head || !c->end || c->answer.has_length ||
	    (bodyless && !c->reply.body_len) || c->answer.status == 101)
		return;
	c->answer.has_length = true;
	c->answer.content_length = c->reply.body_len;
}

/* The answer has no body: what there is of one is not even read */
static void drop_body(struct khttp_op *op)
{
	struct khttp_commit_state *c = &op->commit;

	c->taken = c->reply.body_len;
	c->reply.body_kind = KHTTP_BODY_NONE;
	c->reply.body_len = 0;
	khttp_stat_add(op->worker->net, body_dropped, c->taken);
}

/*
 * Bodies up to this, when they are there, are stored before they are sent: that
 * takes no longer than a client notices, and their worker need not wait for it.
 */
#define WHOLE_MAX (1U << 20)

/* Bytes of the body that an entry will have */
static u64 length_of(const struct khttp_commit_state *c, bool bodyless)
{
	if (bodyless)
		return 0;
	return c->answer.has_length ? c->answer.content_length :
				      KHTTP_LENGTH_UNKNOWN;
}

/*
 * Into the cache: as a whole, with c->whole, or while it is sent. Why it is not, or
 * KHTTP_CACHE_YES.
 */
static enum khttp_cache_why store(struct khttp_commit_state *c,
				  struct khttp_hand *hand, bool bodyless)
{
	const struct khttp_request *rq = hand->rq;
	struct khttp_answer *a = &c->answer;
	enum khttp_cache_why why = KHTTP_CACHE_WHY_METHOD;
	u64 len = length_of(c, bodyless);

	/* Its group's policy counts where the worker says nothing */
	if (a->caching == KHTTP_ANSWER_UNSAID &&
	    (rq->caching & KHTTP_CACHING_AUTO))
		a->caching = KHTTP_ANSWER_AUTO;
	if (a->caching == KHTTP_ANSWER_UNSAID)
		return KHTTP_CACHE_WHY_NOT_ASKED;
	c->whole = c->end && len == c->reply.body_len && len <= WHOLE_MAX;
	/* HEAD's answer lacks the body that its entry would need */
	if (rq->method == KHTTP_METHOD_GET)
		why = khttp_store_begin(hand, a, len, !c->whole);
	c->whole &= !why;
	if (why)
		khttp_share_why(hand->worker->net, rq->group_id, why);
	return why;
}

/* The head is here, and where its body comes from: what of it is for the cache? */
static void keep_head(struct khttp_commit_state *c, struct khttp_hand *hand,
		      bool bodyless)
{
	/* Of a commit that failed before anything was sent */
	khttp_store_drop(hand);
	if (unlikely(c->answer.seen & KHTTP_TAG_FIELDS))
		c->answer.hides_tags = !(hand->rq->caching & KHTTP_CACHING_TAGS);
	hand->why = store(c, hand, bodyless);
	c->answer.why = hand->why;
	if (hand->why && unlikely(hand->rq->flight))
		khttp_flight_end(hand->rq, KHTTP_FLIGHT_FAILED);
	if (unlikely(!khttp_method_is_safe(hand->rq->method)) &&
	    c->answer.status < 400)
		khttp_store_invalidate(hand, &c->answer);
}

/* What only the request tells: is this its turn, and may it take this form? */
static int check_turn(const struct khttp_commit_state *c, struct khttp_request *rq)
{
	bool shut = c->reply.flags & KHTTP_REPLY_SHUT;

	/* The head comes first, and once */
	if (c->head == READ_ONCE(rq->begun))
		return -EINVAL;
	if (c->head && c->answer.status == 101)
		return khttp_opaque_ok(rq, &c->answer);
	if (shut && !READ_ONCE(rq->opaque))
		return -EINVAL;
	return READ_ONCE(rq->shut) && (shut || c->reply.body_len) ? -EPIPE : 0;
}

/* What the worker adds to the request's record; its place has been checked */
static int add_to_log(const struct khttp_commit_state *c, struct khttp_request *rq,
		      const void *slot)
{
	const struct khttp_reply *r = &c->reply;

	if (r->log_len)
		return khttp_log_add(rq, slot + r->fields.off + r->fields.len, r->log_len);
	/* Of a commit that came to nothing, maybe another worker's */
	if (c->head)
		khttp_log_forget(rq);
	return 0;
}

/* The answer and where its body comes from, read out of the slot once */
static int load_locked(struct khttp_op *op, struct khttp_hand *hand)
{
	struct khttp_commit_state *c = &op->commit;
	struct khttp_request *rq = hand->rq;
	struct khttp_worker *w = op->worker;
	void *slot = khttp_slot_memory(w, khttp_slot_of(op->id));
	bool bodyless;
	int err;

	err = khttp_response_copy(&c->reply, &c->answer, slot, w->request_area,
				  w->slot_size);
	if (err)
		return err;
	c->loaded = true;
	c->head = c->reply.flags & KHTTP_REPLY_HEAD;
	c->end = !(c->reply.flags & KHTTP_REPLY_MORE);
	err = check_turn(c, rq);
	if (!err && unlikely(c->reply.log_len || rcu_access_pointer(rq->said)))
		err = add_to_log(c, rq, slot);
	if (!err && unlikely(c->reply.body_kind == KHTTP_BODY_FRAGMENT))
		err = khttp_store_splice(hand, &c->reply, slot + w->request_area,
					 &c->source);
	if (err)
		return err;
	bodyless = c->head ? !khttp_reply_has_body(rq->method,
						   c->answer.status) :
			     READ_ONCE(rq->bodyless);
	/* Neither 204 nor 304 has a length of its own (RFC 9110 8.6) */
	if (!bodyless || rq->method == KHTTP_METHOD_HEAD)
		know_length(c, bodyless);
	if (bodyless)
		drop_body(op);
	err = khttp_source_open(&c->source, &c->reply, slot + w->request_area);
	if (err || !c->head)
		return err;
	c->renews = rq->validates && c->answer.status == 304;
	if (unlikely(c->renews))
		return c->end ? 0 : -EINVAL;
	keep_head(c, hand, bodyless);
	return 0;
}

/* What stands for the head in the next call, if anything */
static const struct khttp_answer *head_of(const struct khttp_commit_state *c,
					  bool last)
{
	return c->head || (c->answer.trailers && last) ? &c->answer : NULL;
}

/* What is stored is good still: see renew.c */
static int renew(struct khttp_commit_state *c, struct khttp_hand *hand, long *result)
{
	ssize_t n = khttp_renew(hand, &c->answer);

	c->again = n == -EAGAIN;
	*result = n == -ECONNRESET ? n : c->taken;
	return 1;
}

/* 1: the request is finished, with *@result; 0: it goes on; or -errno */
static int give(struct khttp_op *op, struct khttp_hand *hand, long *result)
{
	struct khttp_commit_state *c = &op->commit;
	struct iov_iter *iter = &c->source.iter;
	size_t count = iov_iter_count(iter);
	bool last = c->end && !c->source.left;
	ssize_t n;

	if (unlikely(c->renews))
		return renew(c, hand, result);
	if (unlikely(hand->rq->may_stale) && c->head && c->end && !hand->entry &&
	    khttp_hit_instead(hand->rq, c->answer.status)) {
		/* Or all that was taken, where it has no body */
		*result = c->taken + c->reply.body_len;
		return 1;
	}
	if (c->whole)
		n = khttp_store_add(hand, &c->answer, iter);
	else if (unlikely(hand->entry))
		n = khttp_store_send(hand, head_of(c, last), iter, last);
	else if (unlikely(c->reply.flags & KHTTP_REPLY_SHUT))
		n = khttp_request_shut(hand->rq);
	else
		n = khttp_request_answer(hand->rq, head_of(c, last), iter,
					 last);
	if (n == -ECONNRESET || n == -EMSGSIZE) {
		*result = n;
		return 1;
	}
	if (n < 0)
		return n;
	if (c->head)
		hand->opaque = c->answer.status == 101;
	c->head = false;
	c->begun = true;
	c->taken += n;
	*result = c->taken;
	return last && n == count;
}

/* What became of its being stored, into the slot that may soon be another's */
static void tell(struct khttp_op *op, struct khttp_hand *hand, bool finished)
{
	struct khttp_worker *w = op->worker;
	struct khttp_reply *reply = khttp_slot_memory(w, khttp_slot_of(op->id)) +
				    w->request_area;

	if (finished)
		khttp_store_drop(hand);
	WRITE_ONCE(reply->stored, khttp_store_told(hand));
}

/* One piece into the answer; PARKED or -EAGAIN when it has to wait */
static long piece_locked(struct khttp_op *op, struct khttp_hand *hand,
			 bool *finished)
{
	struct khttp_commit_state *c = &op->commit;
	struct khttp_request *rq = hand->rq;
	long result = 0;
	int ret;

	khttp_request_get(rq);
	ret = give(op, hand, &result);
	*finished = ret > 0;
	if (unlikely(c->reply.flags & KHTTP_REPLY_TELL) && ret >= 0)
		tell(op, hand, *finished);
	if (*finished) {
		if (!op->waited)
			khttp_op_leave(op, hand);
		if (unlikely(c->again))
			khttp_hand_ask_again(hand);
		else
			khttp_hand_empty(hand, result >= 0);
		khttp_request_put(rq);
		return result;
	}
	khttp_request_put(rq);
	if (ret < 0 && ret != -EAGAIN)
		return ret;
	if (!c->source.left && !iov_iter_count(&c->source.iter) && !ret) {
		if (unlikely(hand->fragment))
			khttp_store_unsplice(hand);
		hand->pieces++;
		return result;
	}
	if (!c->whole && (ret || iov_iter_count(&c->source.iter) ||
			    !khttp_request_room(rq)))
		return khttp_op_await(op, hand, KHTTP_WAIT_SEND);
	return KHTTP_STEP_AGAIN;
}

/* The same, and the slot is unlocked, and free if the request is finished */
static long piece_unlock(struct khttp_op *op, struct khttp_hand *hand)
{
	bool finished;
	long ret = piece_locked(op, hand, &finished);

	khttp_hand_unlock(hand);
	if (finished)
		khttp_slot_left(op->worker, khttp_slot_of(op->id), ret >= 0);
	return ret;
}

/* What is in the slot goes at once; what has to be fetched, outside the lock */
static long load(struct khttp_op *op)
{
	struct khttp_source *source = &op->commit.source;
	struct khttp_hand *hand = khttp_op_begin(op);
	long ret;

	if (IS_ERR(hand))
		return PTR_ERR(hand);
	ret = load_locked(op, hand);
	if (!ret && !khttp_source_is_here(source))
		ret = KHTTP_STEP_AGAIN;
	if (!ret)
		return piece_unlock(op, hand);
	khttp_hand_unlock(hand);
	return ret;
}

static long piece(struct khttp_op *op)
{
	struct khttp_commit_state *c = &op->commit;
	struct khttp_hand *hand;
	long ret;

	ret = khttp_source_fill(&c->source, KHTTP_SOURCE_BYTES);
	/* It cannot come any more: the client must not take it for whole */
	if (ret == -EMSGSIZE)
		khttp_hand_cancel(op->worker, op->id);
	if (ret)
		return ret;
	hand = khttp_op_begin(op);
	if (IS_ERR(hand))
		return PTR_ERR(hand);
	if (c->source.kind == KHTTP_BODY_FRAGMENT)
		khttp_store_splice_next(hand, &c->source);
	return piece_unlock(op, hand);
}

/**
 * khttp_commit_step - answer, as far as there is room
 * @op: a commit
 *
 * Context: sleeps, in the worker's task. Returns body bytes taken, or -errno;
 * -EAGAIN only when nothing was, not even the head.
 */
long khttp_commit_step(struct khttp_op *op)
{
	struct khttp_commit_state *c = &op->commit;
	long ret = c->loaded ? KHTTP_STEP_AGAIN : load(op);

	while (ret == KHTTP_STEP_AGAIN)
		ret = piece(op);
	if (ret == -EAGAIN && c->begun)
		return c->taken;
	return ret;
}

/**
 * khttp_commit_end - give back what a commit holds
 * @op: has left its slot
 */
void khttp_commit_end(struct khttp_op *op)
{
	khttp_source_close(&op->commit.source);
	if (op->commit.loaded)
		khttp_response_free(&op->commit.answer);
}
