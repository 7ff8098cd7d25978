/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_RULE_TEXT_H
#define KHTTP_HTTP_RULE_TEXT_H

#include "http/rule.h"

/*
 * A rule of a request filter, written as
 *
 *	ACTION { [not] CONDITION }
 *
 *	allow			the request goes on, later rules are not asked
 *	deny [STATUS]		403, or 404, 410, 451 (reason Filter)
 *	close			the connection ends without an answer
 *	rate NAME		429 when its client is above that rate; else the
 *				next rule is asked
 *
 *	from LIST		the client is in one of these: networks in CIDR
 *				notation and @NAME for a set, with commas between
 *	method LIST		one of these methods, with commas between
 *	path PATH		the cooked path is PATH or below it
 *	segment TEXT		one segment of the cooked path is TEXT
 *	field NAME[=START]	a field of this name is there, whose value
 *				begins with START
 *
 * Words stand apart by blanks. A word that holds some is put into "" or '' as
 * a whole; it cannot hold the quote it stands in. Paths and segments are
 * compared without regard to ASCII case, like URL prefixes, and repeated
 * slashes count as one; names of fields likewise; values and methods exactly,
 * but for the value of Host, which is that of an absolute target where there is
 * one.
 */

/*
 * Returns NULL, or one sentence without a full stop that says what to change
 * (fit for extack).
 */
const char *khttp_rule_parse(const char *text, u32 len, struct khttp_rule *rule);

/*
 * The rule as one would write it. Returns the length, or 0 when @size is too
 * small: KHTTP_RULE_PRINT_MAX is enough for every rule that was parsed. No NUL.
 */
#define KHTTP_RULE_PRINT_MAX	2048
u32 khttp_rule_print(const struct khttp_rule *rule, char *out, u32 size);

/* May this be the name of a set or a rate? */
bool khttp_rule_name_ok(const char *name, u32 len);

#endif
