/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_METHOD_H
#define KHTTP_HTTP_METHOD_H

#include "http/span.h"

/*
 * X(name, safe, idempotent): RFC 9110 section 9.2, RFC 5789, RFC 4918, RFC 5323
 * and the IANA registry of methods. TRACK is TRACE under another name. The
 * most frequent ones first: the lookup goes through them in this order.
 */
#define KHTTP_METHOD_LIST(X)	\
	X(GET, 1, 1)		\
	X(HEAD, 1, 1)		\
	X(POST, 0, 0)		\
	X(PUT, 0, 1)		\
	X(DELETE, 0, 1)		\
	X(CONNECT, 0, 0)	\
	X(OPTIONS, 1, 1)	\
	X(TRACE, 1, 1)		\
	X(PATCH, 0, 0)		\
	X(TRACK, 1, 1)		\
	X(MOVE, 0, 1)		\
	X(COPY, 0, 1)		\
	X(PROPFIND, 1, 1)	\
	X(PROPPATCH, 0, 1)	\
	X(MKCOL, 0, 1)		\
	X(LOCK, 0, 0)		\
	X(UNLOCK, 0, 1)		\
	X(SEARCH, 1, 1)

enum khttp_method {
	KHTTP_METHOD_UNKNOWN,
#define KHTTP_METHOD_ENUM(name, safe, idempotent) KHTTP_METHOD_##name,
	KHTTP_METHOD_LIST(KHTTP_METHOD_ENUM)
#undef KHTTP_METHOD_ENUM
	KHTTP_METHOD__COUNT
};

/* Methods are case-sensitive (RFC 9110 section 9.1). */
enum khttp_method khttp_method_lookup(const char *name, u32 len);

/* An empty span for KHTTP_METHOD_UNKNOWN. */
struct khttp_span khttp_method_name(enum khttp_method method);

/* Unknown methods are neither. */
bool khttp_method_is_safe(enum khttp_method method);
bool khttp_method_is_idempotent(enum khttp_method method);

#endif
