// SPDX-License-Identifier: GPL-2.0-only
/* Where the tracepoints are made, and the one way to count a reason. */

#include "compat.h"
#include "conn.h"
#include "net.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

void khttp_conn_reason(const struct khttp_conn *c, u64 stream,
		       enum khttp_reason reason)
{
	khttp_stat_reason(c->net, reason);
	trace_khttp_reason(c->id, stream, reason);
}
