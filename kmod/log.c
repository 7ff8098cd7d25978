// SPDX-License-Identifier: GPL-2.0-only
/* The access log: what is recorded, and for whom. See log.h. */

#include "log.h"

#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>

#include "alloc.h"
#include "body.h"
#include "canned.h"
#include "conn.h"
#include "dispatch.h"
#include "group.h"
#include "http/log_record.h"
#include "http/traceparent.h"
#include "log_i.h"
#include "net.h"
#include "origin.h"
#include "queue.h"
#include "request.h"
#include "router.h"

/* ---- for whom ---- */

/*
 * Who waits said so before he looked for the record, which is there before we look
 * whether somebody waits: one of the two sees the other. Under load one wake is for
 * all that comes within the lag.
 */
static __always_inline void tell(struct khttp_log_reader *r, enum khttp_log_fill fill)
{
	smp_mb();
	if (fill == KHTTP_LOG_FILL_HALF)
		mod_delayed_work(system_wq, &r->wake, 0);
	else if (READ_ONCE(r->awaited) && xchg(&r->awaited, false))
		queue_delayed_work(system_wq, &r->wake,
				   msecs_to_jiffies(KHTTP_LOG_LAG_MS));
}

static bool is_error(const struct khttp_log_record *rec)
{
	return rec->status >= 400 || !rec->status ||
	       rec->flags & KHTTP_LOG_F_BROKEN;
}

/* Of no other queue, now or later; 0: of none. Context: a url or a reference to it */
static u64 id_of(const struct khttp_queue *q)
{
	return q ? q->group->id : 0;
}

/* Of that queue, somebody. Context: as record() */
static bool wanted(const struct khttp_log *log, u64 queue)
{
	const struct khttp_log_reader *r;

	if (likely(READ_ONCE(log->n_wide)))
		return true;
	list_for_each_entry_rcu(r, &log->readers, link, rcu_read_lock_bh_held())
		if (r->queue == queue)
			return true;
	return false;
}

static __always_inline bool wants(const struct khttp_log_reader *r,
				  const struct khttp_log_record *rec, u64 queue)
{
	if (r->queue && r->queue != queue)
		return false;
	if (r->group && r->group != rec->group)
		return false;
	if (!r->only)
		return true;
	return is_error(rec) == (r->only == KHTTP_LOG_ONLY_ERRORS);
}

/*
 * Context: BH disabled. So the ring is this CPU's, we are alone in it, and readers that
 * are listed stay.
 */
static __always_inline void record(struct khttp_net *kn, struct khttp_log_entry *e,
				   u64 queue)
{
	struct khttp_log_reader *r;

	list_for_each_entry_rcu(r, &kn->log.readers, link, rcu_read_lock_bh_held()) {
		struct khttp_log_ring *ring = this_cpu_ptr(r->rings);

		if (!wants(r, &e->r, queue))
			continue;
		if (r->sample > 1 && ring->passed++ % r->sample)
			continue;
		tell(r, khttp_log_ring_put(ring, e, r->texts));
	}
}

/* ---- what ---- */

/*
 * Of an entry, which is large: a text that is not said is looked at by nobody, and of the
 * record each member is set, by fill_canned() or fill_told(), by who calls them and by
 * khttp_log_write(). A kernel with INIT_STACK_ALL_ZERO, as 6.12, would clear it before,
 * which is a tenth of what a record costs.
 */
#define UNINITIALIZED __attribute__((__uninitialized__))
/* Without holes, whose bytes nobody would set, before they go to user space */
static_assert(sizeof(struct khttp_log_record) ==
	      7 * sizeof(u64) + 2 * sizeof(struct khttp_endpoint) + 2 * sizeof(u64));
static_assert(sizeof(struct khttp_endpoint) == 16 + 2 * sizeof(u16) + sizeof(u32));

static void say_reason(struct khttp_log_entry *e, enum khttp_reason why)
{
	khttp_log_say(e, KHTTP_LOG_REASON, khttp_span_str(khttp_reason_word(why)));
}

static void fill_times(struct khttp_log_record *rec, u64 seen_ns, u64 now)
{
	rec->time_ns = ktime_mono_to_real(now);
	/* A PROXY header that was refused: no head was seen */
	rec->taken_ns = seen_ns ? now - seen_ns : 0;
}

#define SAID_FIELDS	(KHTTP_FIELD_BIT(KHTTP_FIELD_USER_AGENT) |	\
			 KHTTP_FIELD_BIT(KHTTP_FIELD_REFERER) |		\
			 KHTTP_FIELD_BIT(KHTTP_FIELD_COOKIE) |		\
			 KHTTP_FIELD_BIT(KHTTP_FIELD_TRACEPARENT))

static __always_inline void say_field(struct khttp_log_entry *e, enum khttp_log_text which,
				      const struct khttp_sketch *s, enum khttp_field_id id,
				      u32 texts)
{
	if (texts & BIT(which) && khttp_head_has(s->head, id))
		khttp_log_say(e, which, khttp_head_first(s->head, s->buf, id));
}

static __always_inline void fill_fields(struct khttp_log_entry *e,
					const struct khttp_sketch *s, u32 texts)
{
	say_field(e, KHTTP_LOG_USER_AGENT, s, KHTTP_FIELD_USER_AGENT, texts);
	say_field(e, KHTTP_LOG_REFERER, s, KHTTP_FIELD_REFERER, texts);
	say_field(e, KHTTP_LOG_COOKIE, s, KHTTP_FIELD_COOKIE, texts);
	if (texts & BIT(KHTTP_LOG_TRACE_ID) &&
	    khttp_head_has(s->head, KHTTP_FIELD_TRACEPARENT))
		khttp_log_say(e, KHTTP_LOG_TRACE_ID, khttp_traceparent_of(s->head, s->buf));
}

/* What somebody reads of a head, whole or not, and of what it was routed to */
static __always_inline void fill_texts(struct khttp_log_entry *e,
				       const struct khttp_sketch *s, u32 texts)
{
	const struct khttp_head *head = s->head;

	e->said = 0;
	khttp_log_say(e, KHTTP_LOG_METHOD, khttp_head_method(head, s->buf));
	khttp_log_say(e, KHTTP_LOG_TARGET, khttp_head_target_seen(head, s->buf));
	if (s->url) {
		if (texts & BIT(KHTTP_LOG_HOST))
			khttp_log_say(e, KHTTP_LOG_HOST,
				      khttp_span_of(s->buf + s->target.authority,
						    s->target.authority_len));
		if (texts & BIT(KHTTP_LOG_QUEUE))
			khttp_log_say(e, KHTTP_LOG_QUEUE,
				      khttp_queue_name(s->url->group->queue));
	} else if (head->head_len) {
		say_field(e, KHTTP_LOG_HOST, s, KHTTP_FIELD_HOST, texts);
	}
	/* Fields of a head that broke off are where nobody knows */
	if (head->head_len && head->seen & SAID_FIELDS)
		fill_fields(e, s, texts);
}

static u64 routed_to(const struct khttp_sketch *s)
{
	return s->url ? id_of(s->url->group->queue) : 0;
}

static __always_inline void fill_canned(struct khttp_log_entry *e, const struct khttp_conn *c,
					const struct khttp_sketch *s,
					const struct khttp_canned *a)
{
	const struct khttp_head *head = s->head;

	fill_texts(e, s, READ_ONCE(c->net->log.texts));
	if (a->reason)
		say_reason(e, a->reason);
	e->r.connection = c->id;
	e->r.stream = c->n_requests;
	e->r.group = s->url ? s->url->group->id : 0;
	e->r.received = head->head_len;
	e->r.local = c->local;
	e->r.status = a->status;
	e->r.version = khttp_head_version(head);
	e->r.flags = KHTTP_LOG_F_KERNEL | (a->hit ? KHTTP_LOG_F_HIT : 0);
	khttp_origin_client(c, head->fields, head->head_len ? head->n_fields : 0,
			    s->buf, &e->r.client);
}

void khttp_log_canned(struct khttp_conn *c, const struct khttp_sketch *s,
		      const struct khttp_canned *a, u64 sent, enum khttp_reason why)
{
	struct khttp_log_entry e UNINITIALIZED;
	u64 queue = routed_to(s);

	if (!wanted(&c->net->log, queue))
		return;
	fill_canned(&e, c, s, a);
	/* For the latency of a hit that went the clock has just been read */
	fill_times(&e.r, s->seen_ns, a->hit && !why ? s->now_ns : ktime_get_ns());
	e.r.sent = sent;
	if (why) {
		/* Of a refusal fill_canned() has said the one that the others say */
		if (!a->reason)
			say_reason(&e, why);
		e.r.flags |= KHTTP_LOG_F_BROKEN;
		/* Nobody saw it */
		if (!sent)
			e.r.status = 0;
	}
	record(c->net, &e, queue);
}

/* ---- what its worker adds ---- */

/* Of the longest, as a slab has it: charged once for a request */
#define SAID_BYTES roundup_pow_of_two(sizeof(struct khttp_log_said) + KHTTP_LOG_FIELDS_MAX)

static void replace_said(struct khttp_request *rq, struct khttp_log_said *said)
{
	struct khttp_log_said *old = unrcu_pointer(xchg(&rq->said,
							RCU_INITIALIZER(said)));

	if (old)
		kfree_rcu(old, rcu);
}

static struct khttp_log_said *keep_said(const char *block, u32 len)
{
	struct khttp_log_said *said;

	/* The record lacks it then, and the answer goes its way */
	said = khttp_kmalloc(struct_size(said, block, len),
			     GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!said)
		return NULL;
	said->len = len;
	memcpy(said->block, block, len);
	return said;
}

int khttp_log_add(struct khttp_request *rq, const char *block, u32 len)
{
	struct khttp_net *kn = rq->conn->net;
	char copy[KHTTP_LOG_FIELDS_MAX];
	struct khttp_log_said *said = NULL;

	memcpy(copy, block, len);
	/* From here on the compiler may not look at the original again */
	barrier();
	if (!khttp_log_fields_ok(copy, len))
		return -EINVAL;
	if (!rq->detached && READ_ONCE(kn->log.texts) & BIT(KHTTP_LOG_FIELDS))
		said = keep_said(copy, len);
	if (said && !rq->said_charged) {
		khttp_charge_answer(&kn->account, SAID_BYTES);
		rq->said_charged = true;
	}
	if (said || rcu_access_pointer(rq->said))
		replace_said(rq, said);
	return 0;
}

void khttp_log_forget(struct khttp_request *rq)
{
	replace_said(rq, NULL);
}

void khttp_log_said_end(struct khttp_request *rq)
{
	khttp_log_forget(rq);
	khttp_uncharge(&rq->conn->net->account, SAID_BYTES);
}

/* ---- of a request ---- */

/* Where its worker's slot would begin: it has none */
struct kept {
	u64 queue;			/* as record() has it */
	char record[];			/* of khttp_request.kept bytes */
};

static struct kept *kept_of(const struct khttp_request *rq)
{
	return (struct kept *)rq->own;
}

void khttp_log_keep(struct khttp_request *rq, const struct khttp_sketch *s,
		    const struct khttp_canned *a)
{
	u32 room = KHTTP_REQUEST_BYTES - offsetof(struct khttp_request, own) -
		   sizeof(struct kept);
	struct kept *kept = kept_of(rq);
	struct khttp_log_entry e UNINITIALIZED;

	BUILD_BUG_ON(KHTTP_REQUEST_BYTES - offsetof(struct khttp_request, own) <
		     sizeof(struct kept) + KHTTP_LOG_LEAST);
	fill_canned(&e, rq->conn, s, a);
	/* Not known yet */
	e.r.time_ns = e.r.taken_ns = e.r.sent = 0;
	rq->seen_ns = s->seen_ns;
	khttp_log_fit(&e, KHTTP_LOG_TEXT_ALL, room);
	rq->kept = khttp_log_write(&e, KHTTP_LOG_TEXT_ALL, kept->record);
	kept->queue = routed_to(s);
}

static void fill_told_fields(struct khttp_log_entry *e,
			     const struct khttp_request *rq)
{
	const struct khttp_slot_field *f = (void *)rq->told + rq->told->fields.off;
	u32 i;

	for (i = 0; i < rq->told->nfields; i++) {
		struct khttp_span name = khttp_told_span(rq, f[i].name);
		enum khttp_log_text which;

		if (khttp_span_is_fold(name, "user-agent"))
			which = KHTTP_LOG_USER_AGENT;
		else if (khttp_span_is_fold(name, "referer"))
			which = KHTTP_LOG_REFERER;
		else if (khttp_span_is_fold(name, "cookie"))
			which = KHTTP_LOG_COOKIE;
		else
			continue;
		/* The first of them, as in fill_texts() */
		if (!(e->said & (1U << which)))
			khttp_log_say(e, which, khttp_told_span(rq, f[i].value));
	}
}

/* Context: an RCU reader until the record is written */
static void fill_said(struct khttp_log_entry *e, const struct khttp_request *rq)
{
	const struct khttp_log_said *said;

	said = rcu_dereference_check(rq->said, rcu_read_lock_bh_held());
	if (unlikely(said))
		khttp_log_say(e, KHTTP_LOG_FIELDS, khttp_span_of(said->block, said->len));
}

/* As khttp_traceparent_of() says it of a head */
static struct khttp_span trace_of_told(const struct khttp_request *rq)
{
	const struct khttp_slot_field *f = (void *)rq->told + rq->told->fields.off;
	struct khttp_span value = { NULL, 0 };
	u32 i, n = 0;

	for (i = 0; i < rq->told->nfields; i++) {
		if (!khttp_span_is_fold(khttp_told_span(rq, f[i].name), "traceparent"))
			continue;
		value = khttp_told_span(rq, f[i].value);
		n++;
	}
	return n == 1 ? khttp_traceparent_id(value) : khttp_span_of(NULL, 0);
}

static void fill_told(struct khttp_log_entry *e, const struct khttp_request *rq)
{
	u32 texts = READ_ONCE(rq->conn->net->log.texts);
	const struct khttp_slot *told = rq->told;

	e->said = 0;
	khttp_log_say(e, KHTTP_LOG_METHOD, khttp_told_span(rq, told->method));
	khttp_log_say(e, KHTTP_LOG_TARGET, khttp_told_span(rq, told->target));
	if (texts & BIT(KHTTP_LOG_HOST))
		khttp_log_say(e, KHTTP_LOG_HOST, khttp_told_span(rq, told->authority));
	if (texts & BIT(KHTTP_LOG_QUEUE))
		khttp_log_say(e, KHTTP_LOG_QUEUE, khttp_queue_name(rq->queue));
	fill_told_fields(e, rq);
	fill_said(e, rq);
	if (texts & BIT(KHTTP_LOG_TRACE_ID))
		khttp_log_say(e, KHTTP_LOG_TRACE_ID, trace_of_told(rq));
	e->r.connection = told->connection;
	e->r.stream = rq->stream;
	e->r.group = rq->group_id;
	e->r.received = rq->head_len;
	e->r.client = told->client;
	e->r.local = told->local;
	e->r.version = rq->version;
	e->r.flags = 0;
}

/* False: it came when there was no log, and nothing is known of it */
static bool fill_request(struct khttp_log_entry *e, const struct khttp_request *rq)
{
	const char *pos = kept_of(rq)->record;

	if (rq->told) {
		fill_told(e, rq);
		return true;
	}
	return rq->kept &&
	       khttp_log_next(&pos, pos + rq->kept, e) == KHTTP_LOG_GOT_REQUEST;
}

static u64 had_by(const struct khttp_request *rq)
{
	if (rq->told)
		return id_of(rq->queue);
	return rq->kept ? kept_of(rq)->queue : 0;
}

/* Context: BH disabled */
static __always_inline void record_request(const struct khttp_request *rq)
{
	u64 queue = had_by(rq);
	struct khttp_log_entry e UNINITIALIZED;

	if (!wanted(&rq->conn->net->log, queue) || !fill_request(&e, rq))
		return;
	fill_times(&e.r, rq->seen_ns, rq->sent_ns ?: ktime_get_ns());
	if (rq->body)
		e.r.received += rq->body->received + rq->body->discarded;
	e.r.sent = rq->sent;
	e.r.status = rq->status;
	if (rq->reason) {
		say_reason(&e, rq->reason);
		e.r.flags |= rq->refused ? KHTTP_LOG_F_KERNEL : KHTTP_LOG_F_BROKEN;
	}
	if (rq->stored_late)
		e.r.flags |= KHTTP_LOG_F_KERNEL | KHTTP_LOG_F_HIT;
	if (rq->coalesced)
		e.r.flags |= KHTTP_LOG_F_COALESCED;
	if (!rq->ended || !list_empty(&rq->out))
		e.r.flags |= KHTTP_LOG_F_BROKEN;
	record(rq->conn->net, &e, queue);
}

void khttp_log_request(const struct khttp_request *rq)
{
	sock_owned_by_me(rq->conn->sk);
	if (rq->detached)
		return;
	rcu_read_lock_bh();
	record_request(rq);
	rcu_read_unlock_bh();
}
