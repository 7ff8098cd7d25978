/* SPDX-License-Identifier: GPL-2.0-only */
/* Tracepoints: one per outcome, with the reason words of http/reason.h. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM khttp

#if !defined(_KHTTP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KHTTP_TRACE_H

#include <linux/tracepoint.h>

#include "http/reason.h"

/*
 * The kernel itself refused, cut or gave up: @stream is the request's number
 * on the connection, 0 when it is the connection's affair; @status what it
 * answered, 0: nothing.
 */
TRACE_EVENT(khttp_reason,
	TP_PROTO(u64 connection, u64 stream, u8 reason, u16 status),
	TP_ARGS(connection, stream, reason, status),
	TP_STRUCT__entry(
		__field(u64, connection)
		__field(u64, stream)
		__field(u16, status)
		__string(word, khttp_reason_word(reason))
	),
	TP_fast_assign(
		__entry->connection = connection;
		__entry->stream = stream;
		__entry->status = status;
		khttp_assign_str(word, khttp_reason_word(reason));
	),
	TP_printk("connection=%llu stream=%llu status=%u reason=%s",
		  __entry->connection, __entry->stream, __entry->status,
		  __get_str(word))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
