/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_REASON_H
#define KHTTP_HTTP_REASON_H

#include <linux/types.h>

/*
 * Why the kernel itself refused, cut or gave up a request or a connection.
 * The one list behind the answer, the counter, the tracepoint and the error
 * log; the words are what administrators of HTTP.sys search for.
 *
 * X(name, word, status, closes, text, knob)
 *   status  answered to the client; 0: no answer is possible, only a close
 *   closes  1: framing is in doubt or reading on is pointless, so that nothing
 *           after this request on its connection is interpreted
 *   knob    the setting that decides, or "" where the protocol does
 *
 * The words are part of the ABI (events, statistics, error log).
 */
#define KHTTP_REASON_LIST(X)						\
/* the request line and the fields */					\
X(BAD_REQUEST, "BadRequest", 400, 1,					\
  "The request line or the message is malformed.", "")			\
X(VERB, "Verb", 400, 1,							\
  "The method is not a token.", "")					\
X(URL, "URL", 400, 0,							\
  "The request target is malformed.", "")				\
X(URL_LENGTH, "URL_Length", 414, 1,					\
  "The request target is longer than allowed.",				\
  "limits set max_target")						\
X(URL_SEGMENT, "URL_Segment", 414, 0,					\
  "A path segment is too long or there are too many segments.",		\
  "limits set max_segment, max_segments")				\
X(VERSION, "Version_N/S", 505, 1,					\
  "Only HTTP/1.0 and HTTP/1.1 are spoken here.", "")			\
X(HEADER, "Header", 400, 1,						\
  "A header field is malformed.", "")					\
X(CR_LF, "Invalid_CR/LF", 400, 1,					\
  "A carriage return or a line feed stands alone.", "")			\
X(PROXY_HEADER, "ProxyHeader", 400, 1,					\
  "The PROXY protocol header is missing or malformed.",			\
  "listener set proxy")							\
X(FIELD_LENGTH, "FieldLength", 431, 1,					\
  "A header field is longer than allowed.", "limits set max_field")	\
X(FIELD_COUNT, "FieldCount", 431, 1,					\
  "There are more header fields than allowed.", "limits set max_fields") \
X(REQUEST_LENGTH, "RequestLength", 431, 1,				\
  "The request head is longer than allowed.", "limits set max_head")	\
X(HOSTNAME, "Hostname", 400, 0,						\
  "The Host field is missing, repeated or invalid.", "")		\
X(NUMBER, "Number", 400, 1,						\
  "The Content-Length field is not one valid number.", "")		\
X(FRAMING, "Framing", 400, 1,						\
  "The length of the body is stated in a contradictory way.", "")	\
X(NOT_IMPLEMENTED, "N/I", 501, 1,					\
  "The method or the transfer coding is not implemented.", "")		\
X(EXPECTATION, "Expectation", 417, 0,					\
  "Only the expectation 100-continue can be met.", "")			\
X(METHOD, "Method", 405, 0,						\
  "The method is not allowed for this target.", "")			\
/* the body */								\
X(LENGTH_REQUIRED, "LengthRequired", 411, 1,				\
  "A request with this method must state its length.", "")		\
X(ENTITY_TOO_LARGE, "EntityTooLarge", 413, 1,				\
  "The request body is larger than allowed.", "limits set max_body")	\
X(CHUNK, "Chunk", 400, 1,						\
  "The chunked coding of the body is malformed.", "")			\
X(CHUNK_LENGTH, "Chunk_Length", 413, 1,					\
  "A chunk size line or its extensions are longer than allowed.",	\
  "limits set max_chunk_line, max_chunk_ext")				\
X(TRAILER, "Trailer", 400, 1,						\
  "A trailer field is malformed.", "")					\
X(TRAILER_LENGTH, "Trailer_Length", 431, 1,				\
  "The trailer section is longer than allowed.", "limits set max_trailers") \
X(INCOMPLETE, "Incomplete", 400, 1,					\
  "The connection ended before the request was complete.", "")		\
/* routing and policy */						\
X(NO_PREFIX, "NoPrefix", 404, 0,					\
  "No URL prefix matches this request.", "url add")			\
X(MISDIRECTED, "Misdirected", 421, 0,					\
  "The target belongs to another scheme or server.", "")		\
X(FORBIDDEN, "Forbidden", 403, 0,					\
  "The request contains something this server forbids.", "")		\
X(FILTER, "Filter", 403, 0,						\
  "A filter rule denies this request.", "filter list")			\
X(RATE_LIMIT, "RateLimit", 429, 0,					\
  "Too many requests from this address.", "group set rate")		\
X(CONN_LIMIT, "ConnLimit", 503, 1,					\
  "The limit of connections is reached.",				\
  "group set max_group_connections, limits set max_served_connections")	\
X(ONLY_IF_CACHED, "OnlyIfCached", 504, 0,				\
  "The response is not stored and the request allows no other.", "")	\
/* queues and workers */						\
X(QUEUE_FULL, "QueueFull", 503, 0,					\
  "The request queue is full.", "queue set length")			\
X(DISABLED, "Disabled", 503, 0,						\
  "The application is paused.", "queue resume")				\
X(NO_QUEUE, "NoQueue", 503, 0,						\
  "The URL prefix has no queue.", "url add ... queue")			\
X(APP_OFFLINE, "AppOffline", 503, 0,					\
  "The application failed too often and was taken offline.", "run")	\
X(APP_SHUTDOWN, "AppShutdown", 503, 0,					\
  "The application is shutting down.", "queue resume")			\
X(TIMER_QUEUE, "Timer_ReqQueue", 503, 0,				\
  "No worker took the request in time.", "limits set queue_timeout")	\
X(WORKER_DIED, "WorkerDied", 502, 0,					\
  "The worker ended without answering.", "queue set redeliver")		\
X(WORKER_CANCEL, "WorkerCancel", 502, 1,				\
  "The worker gave the request up.", "")				\
X(RESPONSE_LENGTH, "ResponseLength", 0, 1,				\
  "The worker's body was longer or shorter than announced.", "")	\
X(ABANDONED, "Connection_Abandoned_By_ReqQueue", 0, 1,			\
  "The worker ended in the middle of its response.", "")		\
/* time */								\
X(TIMER_IDLE, "Timer_ConnectionIdle", 0, 1,				\
  "The connection was idle too long.", "limits set idle_timeout")	\
X(TIMER_HEADER, "Timer_HeaderWait", 408, 1,				\
  "The request head did not arrive in time.", "limits set header_timeout") \
X(TIMER_BODY, "Timer_EntityBody", 408, 1,				\
  "The request body did not arrive in time.", "limits set body_timeout") \
X(TIMER_RECEIVE, "Timer_ReceiveRate", 408, 1,				\
  "The request body arrived too slowly.", "limits set min_receive_rate") \
X(TIMER_DRAIN, "Timer_DrainEntityBody", 0, 1,				\
  "The unread rest of a body did not arrive in time or was too long.",	\
  "limits set drain_timeout")						\
X(TIMER_SEND, "Timer_MinBytesPerSecond", 0, 1,				\
  "The client took the response too slowly.", "limits set min_send_rate") \
/* the connection and the machine */					\
X(CLIENT_RESET, "Client_Reset", 0, 1,					\
  "The client reset the connection before a worker had the request.", "") \
X(DROPPED, "Connection_Dropped", 0, 1,					\
  "The connection was lost while the request was processed.", "")	\
X(CLOSED, "Connection_Closed", 0, 1,					\
  "The connection ended with an answer before this one's turn.", "")	\
X(REFUSED, "Connections_Refused", 0, 1,					\
  "Memory or the limit of connections left no room for another.",	\
  "limits set max_connections, max_client_connections, request_bytes")	\
X(SHUTDOWN, "Shutdown", 0, 1,						\
  "The listener, the namespace or the module went away.", "")		\
X(MEMORY_LIMIT, "MemoryLimit", 503, 1,					\
  "Connections and requests hold as much memory as they may.",		\
  "limits set request_bytes")						\
X(NO_MEMORY, "N/A", 503, 1,						\
  "The server is out of memory.", "")					\
X(INTERNAL, "Internal", 500, 1,						\
  "The server failed.", "")						\
/* what later versions have: the order of the words stays */		\
X(MAINTENANCE, "Maintenance", 503, 0,					\
  "The site is closed for maintenance.", "group set maintenance")	\
X(TIMER_UPGRADE, "Timer_Upgraded", 0, 1,				\
  "Nothing passed either way after an upgrade for too long.",		\
  "limits set upgrade_timeout")						\
X(RESERVED, "Reserved", 404, 0,						\
  "The URL is reserved, and nobody has registered it.",			\
  "reservation list")

enum khttp_reason {
	KHTTP_REASON_NONE,
#define KHTTP_REASON_ENUM(name, word, status, closes, text, knob) \
	KHTTP_REASON_##name,
	KHTTP_REASON_LIST(KHTTP_REASON_ENUM)
#undef KHTTP_REASON_ENUM
	KHTTP_REASON__COUNT
};

/* Values from outside the list are treated like KHTTP_REASON_NONE. */
const char *khttp_reason_word(enum khttp_reason reason);
const char *khttp_reason_text(enum khttp_reason reason);
const char *khttp_reason_knob(enum khttp_reason reason);
u16 khttp_reason_status(enum khttp_reason reason);
bool khttp_reason_closes(enum khttp_reason reason);

/* KHTTP_REASON_NONE where no reason has this word. */
enum khttp_reason khttp_reason_lookup(const char *word);

#endif
