/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef KHTTP_HTTP_RULE_H
#define KHTTP_HTTP_RULE_H

#include "http/network.h"
#include "http/parse.h"

/*
 * A rule of a request filter; rule_text.h has its language. A rule matches
 * where all its conditions hold; without one it always does. Of a list, the
 * first rule that matches and decides, decides; where none does the request
 * goes on.
 */
#define KHTTP_RULE_TEXT_MAX	1024	/* bytes of a rule */
#define KHTTP_RULE_CONDS_MAX	8	/* conditions of a rule */
#define KHTTP_RULE_NETS_MAX	8	/* networks and sets of a rule */
#define KHTTP_RULE_NAME_MAX	63	/* of a set or a rate, as of queues */
#define KHTTP_RULE_FIELD_MAX	256	/* name of a field */

enum khttp_rule_action {
	KHTTP_RULE_ALLOW,
	KHTTP_RULE_DENY,
	KHTTP_RULE_CLOSE,
	KHTTP_RULE_RATE,
};

enum khttp_cond_kind {
	KHTTP_COND_FROM,
	KHTTP_COND_METHOD,
	KHTTP_COND_PATH,
	KHTTP_COND_SEGMENT,
	KHTTP_COND_FIELD,
};

struct khttp_cond {
	u8 kind;		/* enum khttp_cond_kind */
	u8 field;		/* FIELD: enum khttp_field_id */
	u8 first;		/* FROM: rule->nets[first] */
	u8 n;			/* to [first + n - 1] */
	bool negated;
	bool has_value;		/* FIELD: START was written */
	u32 methods;		/* METHOD: bits of enum khttp_method */
	struct khttp_span text;	/* PATH without its last slash, SEGMENT, FIELD */
	struct khttp_span value;
};

struct khttp_rule_net {
	struct khttp_network network;	/* unless */
	struct khttp_span set;		/* it is the set of this name */
};

/* Spans point into the text, which has to outlive it. */
struct khttp_rule {
	u8 action;		/* enum khttp_rule_action */
	u8 n_conds;
	u8 n_nets;
	u16 status;		/* DENY: 403, ...; else 0 */
	struct khttp_span rate;	/* RATE: its name */
	struct khttp_cond conds[KHTTP_RULE_CONDS_MAX];
	struct khttp_rule_net nets[KHTTP_RULE_NETS_MAX];
};

/* A request as rules see it. */
struct khttp_rule_query {
	struct khttp_address client;
	u8 method;			/* enum khttp_method */
	struct khttp_span path;		/* cooked */
	struct khttp_span authority;	/* what is in force as Host; or empty */
	const struct khttp_head *head;
	const char *buf;		/* what its offsets count from */
	/* Is the client in the set of rule->nets[net]? */
	bool (*in_set)(const struct khttp_rule_query *query,
		       const struct khttp_rule *rule, u32 net);
	const void *arg;		/* the asker's own */
};

/*
 * Do all conditions hold? Of what they look at, nothing is remembered: the
 * cost is the length of the path, or of the fields, for each condition.
 */
bool khttp_rule_matches(const struct khttp_rule *rule,
			const struct khttp_rule_query *query);

#endif
