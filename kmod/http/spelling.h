/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_SPELLING_H
#define KHTTP_HTTP_SPELLING_H

#include <linux/types.h>

/*
 * Paths that cook to the same are one to prefixes, rules and the cache, but a worker is
 * told the raw target, too, and what stands behind it may send who spells a path in his
 * own way elsewhere, or not find it. Nobody else may get that answer for the path as
 * others spell it.
 */
enum khttp_spelling {
	/* Only what has to be escaped is (RFC 3986 section 2.1), in upper case. */
	KHTTP_SPELLING_USUAL,
	/*
	 * Reserved characters are, too, which may mean something else then (section 2.2),
	 * or in lower case. Programs write so that escape whatever they are given.
	 */
	KHTTP_SPELLING_ESCAPED,
	/*
	 * Dot segments, escapes of what is never to be escaped (section 2.3), bytes that
	 * are not ASCII, and "%252F", which cooks to what "%2F" does.
	 */
	KHTTP_SPELLING_ODD,
};

/* Of a raw path; one that khttp_path_cook() would refuse has any. */
enum khttp_spelling khttp_spelling_of(const char *path, u32 len);

#endif
