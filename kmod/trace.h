/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: one per stage of a request's life, and one per outcome with the
 * reason words of http/reason.h. khttp.4 has the table of when each comes.
 *
 * Their fields are an interface: new ones go to the end, none changes its
 * meaning or goes. @netns (the namespace, by its number in /proc/PID/ns/net),
 * @connection and @stream (the request's number on it, from 1; 0: the connection's
 * own affair) say which request it is, @id how its worker knows it. Times are in
 * ns, sizes of bodies in bytes. Text is cut to what fits in KHTTP_TRACE_TEXT, and
 * in what a client may have sent all that is not printable ASCII stands as %XX. A
 * @url is "http://host:port/path?query", host and path in normal form.
 *
 * Of a tracepoint that is off nothing may be left but its branch: what has to
 * be made of the objects first is made in khttp_trace_STAGE(), which is called
 * through khttp_trace(STAGE, ...).
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM khttp

#if !defined(_KHTTP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KHTTP_TRACE_H

#include <linux/tracepoint.h>
#include <linux/types.h>

struct khttp_canned;
struct khttp_conn;
struct khttp_error_info;
struct khttp_event_info;
struct khttp_net;
struct khttp_purge_order;
struct khttp_request;
struct khttp_sketch;

#ifndef KHTTP_TRACE_TEXT
/* Of one field, with the NUL at its end */
#define KHTTP_TRACE_TEXT 256

/* Whose request it is, and where it goes; see of_sketch(), of_request() */
struct khttp_trace_rq {
	u32 netns;
	u64 connection;
	u64 stream;
	u64 id;				/* of its last delivery, or 0 */
	u32 queue_id;			/* or 0 */
	const char *queue;		/* or empty */
	char url[KHTTP_TRACE_TEXT];
};
#endif

/* A connection was taken over. Addresses of IPv4 are mapped into IPv6 */
TRACE_EVENT(khttp_accepted,
	TP_PROTO(const struct khttp_conn *c),
	TP_ARGS(c),
	TP_STRUCT__entry(
		__field(u64, connection)
		__array(u8, client, 16)
		__array(u8, local, 16)
		__field(u16, client_port)
		__field(u16, local_port)
		__field(u32, netns)
	),
	TP_fast_assign(
		__entry->netns = c->net->inum;
		__entry->connection = c->id;
		put_address(__entry->client, &c->client);
		put_address(__entry->local, &c->local);
		__entry->client_port = c->client.port;
		__entry->local_port = c->local.port;
	),
	TP_printk("netns=%u connection=%llu client=[%pI6c]:%u local=[%pI6c]:%u",
		  __entry->netns, __entry->connection, __entry->client,
		  __entry->client_port, __entry->local, __entry->local_port)
);

/*
 * A head is complete and understood; @receive_ns after its first byte was seen.
 * @bytes: of the head. @target: as it came
 */
TRACE_EVENT(khttp_parsed,
	TP_PROTO(const struct khttp_conn *c, u64 receive_ns, u32 bytes,
		 const char *method, const char *target),
	TP_ARGS(c, receive_ns, bytes, method, target),
	TP_STRUCT__entry(
		__field(u64, connection)
		__field(u64, stream)
		__field(u64, receive_ns)
		__field(u32, bytes)
		__field(u32, netns)
		__string(method, method)
		__string(target, target)
	),
	TP_fast_assign(
		__entry->netns = c->net->inum;
		__entry->connection = c->id;
		__entry->stream = c->n_requests;
		__entry->receive_ns = receive_ns;
		__entry->bytes = bytes;
		khttp_assign_str(method, method);
		khttp_assign_str(target, target);
	),
	TP_printk("netns=%u connection=%llu stream=%llu receive_ns=%llu bytes=%u "
		  "method=%s target=%s",
		  __entry->netns, __entry->connection, __entry->stream,
		  __entry->receive_ns, __entry->bytes, __get_str(method),
		  __get_str(target))
);

/*
 * The kernel itself refused, cut or gave up: @stream is the request's number
 * on the connection, 0 when it is the connection's affair; @status what it
 * answered, 0: nothing. @queue: that it was for, or empty. @method and @target
 * as they came, as far as they were seen
 */
TRACE_EVENT(khttp_reason,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_error_info *e,
		 const char *method, const char *target),
	TP_ARGS(kn, e, method, target),
	TP_STRUCT__entry(
		__field(u64, connection)
		__field(u64, stream)
		__field(u16, status)
		__string(word, khttp_reason_word(e->reason))
		__field(u16, client_port)
		__field(u32, queue_id)
		__field(u32, netns)
		__array(u8, client, 16)
		__string(queue, e->queue ? e->queue->name : "")
		__string(method, method)
		__string(target, target)
	),
	TP_fast_assign(
		__entry->netns = kn->inum;
		__entry->connection = e->connection;
		__entry->stream = e->stream;
		__entry->status = e->status;
		khttp_assign_str(word, khttp_reason_word(e->reason));
		__entry->client_port = e->client->port;
		__entry->queue_id = e->queue ? e->queue->id : 0;
		put_address(__entry->client, e->client);
		khttp_assign_str(queue, e->queue ? e->queue->name : "");
		khttp_assign_str(method, method);
		khttp_assign_str(target, target);
	),
	TP_printk("netns=%u connection=%llu stream=%llu status=%u reason=%s "
		  "client=[%pI6c]:%u queue_id=%u queue=%s method=%s target=%s",
		  __entry->netns, __entry->connection, __entry->stream,
		  __entry->status, __get_str(word), __entry->client,
		  __entry->client_port, __entry->queue_id, __get_str(queue),
		  __get_str(method), __get_str(target))
);

/* What the events of a request have in common, as struct khttp_trace_rq says it */
#define RQ_ENTRY							\
	__field(u64, connection)					\
	__field(u64, stream)						\
	__field(u32, queue_id)						\
	__field(u32, netns)						\
	__string(queue, r->queue)					\
	__string(url, r->url)
#define RQ_ASSIGN							\
	__entry->connection = r->connection;				\
	__entry->stream = r->stream;					\
	__entry->queue_id = r->queue_id;				\
	__entry->netns = r->netns;					\
	khttp_assign_str(queue, r->queue);				\
	khttp_assign_str(url, r->url);
#define RQ_FORMAT "netns=%u connection=%llu stream=%llu queue_id=%u"
#define RQ_ARGS								\
	__entry->netns, __entry->connection, __entry->stream, __entry->queue_id
/* Text of any length at the end of the line */
#define RQ_FORMAT_END " queue=%s url=%s"
#define RQ_ARGS_END __get_str(queue), __get_str(url)

/* It belongs to the prefix @url_id of the queue */
TRACE_EVENT(khttp_routed,
	TP_PROTO(const struct khttp_trace_rq *r, u64 url_id, const char *prefix),
	TP_ARGS(r, url_id, prefix),
	TP_STRUCT__entry(
		RQ_ENTRY
		__field(u64, url_id)
		__string(prefix, prefix)
	),
	TP_fast_assign(
		RQ_ASSIGN
		__entry->url_id = url_id;
		khttp_assign_str(prefix, prefix);
	),
	TP_printk(RQ_FORMAT " url_id=%llu prefix=%s" RQ_FORMAT_END,
		  RQ_ARGS, __entry->url_id, __get_str(prefix), RQ_ARGS_END)
);

/* The cache answers it, with @bytes of a body; @stale: past its time */
TRACE_EVENT(khttp_hit,
	TP_PROTO(const struct khttp_trace_rq *r, u16 status, u64 bytes, bool stale),
	TP_ARGS(r, status, bytes, stale),
	TP_STRUCT__entry(
		RQ_ENTRY
		__field(u64, bytes)
		__field(u16, status)
		__field(u8, stale)
	),
	TP_fast_assign(
		RQ_ASSIGN
		__entry->bytes = bytes;
		__entry->status = status;
		__entry->stale = stale;
	),
	TP_printk(RQ_FORMAT " bytes=%llu status=%u stale=%u" RQ_FORMAT_END,
		  RQ_ARGS, __entry->bytes, __entry->status, __entry->stale, RQ_ARGS_END)
);

/* It might have been a hit, and was not */
TRACE_EVENT(khttp_miss,
	TP_PROTO(const struct khttp_trace_rq *r),
	TP_ARGS(r),
	TP_STRUCT__entry(RQ_ENTRY),
	TP_fast_assign(RQ_ASSIGN),
	TP_printk(RQ_FORMAT RQ_FORMAT_END, RQ_ARGS, RQ_ARGS_END)
);

/*
 * It waits for a worker. @id: of its last delivery, where that worker gave it back
 * or died; @attempt: deliveries so far to workers that began with it
 */
TRACE_EVENT(khttp_queued,
	TP_PROTO(const struct khttp_trace_rq *r, u16 attempt),
	TP_ARGS(r, attempt),
	TP_STRUCT__entry(
		RQ_ENTRY
		__field(u64, id)
		__field(u16, attempt)
	),
	TP_fast_assign(
		RQ_ASSIGN
		__entry->id = r->id;
		__entry->attempt = attempt;
	),
	TP_printk(RQ_FORMAT " id=%#llx attempt=%u" RQ_FORMAT_END,
		  RQ_ARGS, __entry->id, __entry->attempt, RQ_ARGS_END)
);

/*
 * It is in a slot of @worker, @wait_ns after it was queued; @attempt: as for
 * queued, and this one
 */
TRACE_EVENT(khttp_fetched,
	TP_PROTO(const struct khttp_trace_rq *r, u64 wait_ns, u32 worker, u16 attempt),
	TP_ARGS(r, wait_ns, worker, attempt),
	TP_STRUCT__entry(
		RQ_ENTRY
		__field(u64, id)
		__field(u64, wait_ns)
		__field(u32, worker)
		__field(u16, attempt)
	),
	TP_fast_assign(
		RQ_ASSIGN
		__entry->id = r->id;
		__entry->wait_ns = wait_ns;
		__entry->worker = worker;
		__entry->attempt = attempt;
	),
	TP_printk(RQ_FORMAT " id=%#llx wait_ns=%llu worker=%u attempt=%u" RQ_FORMAT_END,
		  RQ_ARGS, __entry->id, __entry->wait_ns, __entry->worker,
		  __entry->attempt, RQ_ARGS_END)
);

/* Its worker has @bytes more of the body, and @total altogether */
TRACE_EVENT(khttp_body_read,
	TP_PROTO(const struct khttp_request *rq, u64 bytes),
	TP_ARGS(rq, bytes),
	TP_STRUCT__entry(
		__field(u64, connection)
		__field(u64, stream)
		__field(u64, id)
		__field(u64, bytes)
		__field(u64, total)
		__field(u32, netns)
	),
	TP_fast_assign(
		__entry->netns = rq->conn->net->inum;
		__entry->connection = rq->conn->id;
		__entry->stream = rq->stream;
		__entry->id = rq->told->id;
		__entry->bytes = bytes;
		__entry->total = READ_ONCE(rq->body->read);
	),
	TP_printk("netns=%u connection=%llu stream=%llu id=%#llx bytes=%llu "
		  "total=%llu",
		  __entry->netns, __entry->connection, __entry->stream,
		  __entry->id, __entry->bytes, __entry->total)
);

/*
 * All of its worker's answer was taken, with @bytes of a body, @worker_ns after
 * it was fetched
 */
TRACE_EVENT(khttp_responded,
	TP_PROTO(const struct khttp_trace_rq *r, u16 status, u64 bytes, u64 worker_ns),
	TP_ARGS(r, status, bytes, worker_ns),
	TP_STRUCT__entry(
		RQ_ENTRY
		__field(u64, id)
		__field(u64, bytes)
		__field(u64, worker_ns)
		__field(u16, status)
	),
	TP_fast_assign(
		RQ_ASSIGN
		__entry->id = r->id;
		__entry->bytes = bytes;
		__entry->worker_ns = worker_ns;
		__entry->status = status;
	),
	TP_printk(RQ_FORMAT " id=%#llx bytes=%llu worker_ns=%llu status=%u" RQ_FORMAT_END,
		  RQ_ARGS, __entry->id, __entry->bytes, __entry->worker_ns,
		  __entry->status, RQ_ARGS_END)
);

/*
 * All of the answer, whoever made it, was given to TCP, and the next one has its
 * turn. @bytes: of a body that a worker or the cache gave. @total_ns: since the
 * first byte of the head was seen; 0: not known. @url: the target as it came,
 * where there is no prefix for it; empty, where the answer had to wait and no
 * worker was asked
 */
TRACE_EVENT(khttp_sent,
	TP_PROTO(const struct khttp_trace_rq *r, u16 status, u64 bytes, u64 total_ns),
	TP_ARGS(r, status, bytes, total_ns),
	TP_STRUCT__entry(
		RQ_ENTRY
		__field(u64, bytes)
		__field(u64, total_ns)
		__field(u16, status)
	),
	TP_fast_assign(
		RQ_ASSIGN
		__entry->bytes = bytes;
		__entry->total_ns = total_ns;
		__entry->status = status;
	),
	TP_printk(RQ_FORMAT " bytes=%llu total_ns=%llu status=%u" RQ_FORMAT_END,
		  RQ_ARGS, __entry->bytes, __entry->total_ns, __entry->status, RQ_ARGS_END)
);

/* The connection ends, after so many @requests; @reset: not in good order */
TRACE_EVENT(khttp_closed,
	TP_PROTO(const struct khttp_conn *c, u8 reason),
	TP_ARGS(c, reason),
	TP_STRUCT__entry(
		__field(u64, connection)
		__field(u64, requests)
		__field(u8, reset)
		__field(u32, netns)
		__string(word, reason ? khttp_reason_word(reason) : "")
	),
	TP_fast_assign(
		__entry->netns = c->net->inum;
		__entry->connection = c->id;
		__entry->requests = c->n_requests;
		__entry->reset = c->reset;
		khttp_assign_str(word, reason ? khttp_reason_word(reason) : "");
	),
	TP_printk("netns=%u connection=%llu requests=%llu reset=%u reason=%s",
		  __entry->netns, __entry->connection, __entry->requests,
		  __entry->reset, __get_str(word))
);

/* A worker came or went. @pid: the host's number; @in_hand: requests then */
DECLARE_EVENT_CLASS(khttp_worker,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_event_info *e),
	TP_ARGS(kn, e),
	TP_STRUCT__entry(
		__field(u64, in_hand)
		__field(u32, queue_id)
		__field(u32, worker)
		__field(u32, pid)
		__field(u32, netns)
		__string(queue, e->queue)
	),
	TP_fast_assign(
		__entry->netns = kn->inum;
		__entry->in_hand = e->count;
		__entry->queue_id = e->of->id;
		__entry->worker = e->worker;
		__entry->pid = pid_nr(e->pid);
		khttp_assign_str(queue, e->queue);
	),
	TP_printk("netns=%u in_hand=%llu queue_id=%u worker=%u pid=%u queue=%s",
		  __entry->netns, __entry->in_hand, __entry->queue_id,
		  __entry->worker, __entry->pid, __get_str(queue))
);

DEFINE_EVENT(khttp_worker, khttp_worker_attached,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_event_info *e),
	TP_ARGS(kn, e)
);

DEFINE_EVENT(khttp_worker, khttp_worker_draining,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_event_info *e),
	TP_ARGS(kn, e)
);

/* With nothing in hand */
DEFINE_EVENT(khttp_worker, khttp_worker_detached,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_event_info *e),
	TP_ARGS(kn, e)
);

DEFINE_EVENT(khttp_worker, khttp_worker_lost,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_event_info *e),
	TP_ARGS(kn, e)
);

/*
 * @count stored responses were dropped because somebody said so: @worker, of
 * @queue; or an administrator, then 0 and empty. @what: a URL, with @recursive all
 * below it; with @is_tag a tag; empty: everything
 */
TRACE_EVENT(khttp_purged,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_purge_order *o,
		 u64 count, const char *what),
	TP_ARGS(kn, o, count, what),
	TP_STRUCT__entry(
		__field(u64, count)
		__field(u32, worker)
		__field(u8, is_tag)
		__field(u8, recursive)
		__field(u8, soft)
		__field(u32, netns)
		__string(queue, o->queue ? o->queue : "")
		__string(what, what)
	),
	TP_fast_assign(
		__entry->netns = kn->inum;
		__entry->count = count;
		__entry->worker = o->worker;
		__entry->is_tag = o->is_tag;
		__entry->recursive = o->recursive;
		__entry->soft = o->soft;
		khttp_assign_str(queue, o->queue ? o->queue : "");
		khttp_assign_str(what, what);
	),
	TP_printk("netns=%u count=%llu worker=%u is_tag=%u recursive=%u soft=%u "
		  "queue=%s what=%s",
		  __entry->netns, __entry->count, __entry->worker,
		  __entry->is_tag, __entry->recursive, __entry->soft,
		  __get_str(queue), __get_str(what))
);

/*
 * The configuration is another one, in its @generation. @what: the word that
 * "khttpctl events" has for it; the other fields as it concerns them, or empty
 */
TRACE_EVENT(khttp_config_changed,
	TP_PROTO(const struct khttp_net *kn, const struct khttp_event_info *e,
		 const char *what, const char *url),
	TP_ARGS(kn, e, what, url),
	TP_STRUCT__entry(
		__field(u64, generation)
		__field(u32, netns)
		__string(what, what)
		__string(queue, e->queue ? e->queue : "")
		__string(group, e->group ? e->group : "")
		__string(listener, e->listener ? e->listener : "")
		__string(url, url)
	),
	TP_fast_assign(
		__entry->netns = kn->inum;
		__entry->generation = READ_ONCE(kn->generation);
		khttp_assign_str(what, what);
		khttp_assign_str(queue, e->queue ? e->queue : "");
		khttp_assign_str(group, e->group ? e->group : "");
		khttp_assign_str(listener, e->listener ? e->listener : "");
		khttp_assign_str(url, url);
	),
	TP_printk("netns=%u generation=%llu what=%s queue=%s group=%s listener=%s "
		  "url=%s",
		  __entry->netns, __entry->generation, __get_str(what),
		  __get_str(queue), __get_str(group), __get_str(listener),
		  __get_str(url))
);

#ifndef khttp_trace
/* Looked at before anything is made of the arguments */
#define khttp_trace(stage, ...)						\
do {									\
	if (trace_khttp_##stage##_enabled())				\
		khttp_trace_##stage(__VA_ARGS__);			\
} while (0)

/* Context of all: any; the objects are the caller's to read */
void khttp_trace_parsed(const struct khttp_conn *c, const struct khttp_sketch *s);
void khttp_trace_reason(const struct khttp_net *kn, const struct khttp_error_info *e);
void khttp_trace_routed(const struct khttp_conn *c, const struct khttp_sketch *s);
void khttp_trace_hit(const struct khttp_conn *c, const struct khttp_sketch *s,
		     const struct khttp_canned *a, bool stale);
void khttp_trace_miss(const struct khttp_conn *c, const struct khttp_sketch *s);
void khttp_trace_queued(const struct khttp_request *rq);
void khttp_trace_fetched(const struct khttp_request *rq, u64 wait_ns, u32 worker);
void khttp_trace_responded(const struct khttp_request *rq, u64 worker_ns);
void khttp_trace_sent(const struct khttp_request *rq);
void khttp_trace_purged(const struct khttp_net *kn,
			const struct khttp_purge_order *o, u64 count);
/* The same stages, of a request that waited for what the cache has now, and of
 * an answer that went out where the request arrived
 */
void khttp_trace_hit_late(const struct khttp_request *rq,
			  const struct khttp_canned *a, bool stale);
void khttp_trace_sent_now(const struct khttp_conn *c, const struct khttp_sketch *s,
			  const struct khttp_canned *a);

/* What is told to those who listen, as far as it has a tracepoint */
void khttp_trace_event(const struct khttp_net *kn, const struct khttp_event_info *e);
#endif

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
