/* SPDX-License-Identifier: MIT */
/*
 * Request filters, for C: part of khttp_control.h, whose conventions hold. The
 * language of rules is in khttpctl(8).
 */
#ifndef KHTTP_FILTER_H
#define KHTTP_FILTER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct khttp_control;

/* A rule of a filter that is to be: by its text, or by the id of one that stays */
struct khttp_filter_entry {
	uint64_t id;
	const char *text; /* where id is 0 */
};

/* A rule in force */
struct khttp_rule_info {
	const char *group;
	const char *text;
	uint64_t generation; /* of the group's filter */
	uint64_t id;
	uint64_t matched;
	uint64_t limited; /* rate: of those, answered 429 */
};

/* A network, or with all bits an address */
struct khttp_cidr {
	uint8_t address[16]; /* IPv4: the first 4 */
	uint8_t bits;
	uint8_t ipv6;
};

struct khttp_networks_info {
	const char *name;
	uint64_t generation; /* changes with each load */
	uint64_t bytes;
	uint32_t ipv4; /* networks */
	uint32_t ipv6;
	uint32_t rules; /* that name it */
};

/* Negative: as it is, or the default */
struct khttp_rate_settings {
	int64_t count;	/* requests of a client */
	int64_t period; /* in so many seconds */
	int64_t burst;	/* at once */
	int64_t ipv4_bits;
	int64_t ipv6_bits;
	int64_t addresses;
};
#define KHTTP_RATE_SETTINGS_INIT {-1, -1, -1, -1, -1, -1}

struct khttp_rate_info {
	const char *name;
	uint32_t count;
	uint32_t period;
	uint32_t burst;
	uint32_t ipv4_bits;
	uint32_t ipv6_bits;
	uint32_t addresses;
	uint32_t active; /* clients that were here a moment ago */
	uint32_t rules;
	uint64_t bytes;
};

/*
 * These rules and no others, at once; 0 of them end the filter. @generation:
 * that of the filter in force, 0 for none, else -ESTALE; or NULL.
 */
int khttp_control_set_filter(struct khttp_control *ctl, const char *group,
			     const struct khttp_filter_entry *rules, size_t count,
			     const uint64_t *generation);
/* Rules of all groups, each group's in their order */
int khttp_control_each_rule(struct khttp_control *ctl,
			    int (*each)(const struct khttp_rule_info *, void *),
			    void *arg);

/* In any order; what the set held before is replaced at once */
int khttp_control_load_networks(struct khttp_control *ctl, const char *name,
				const struct khttp_cidr *networks, size_t count,
				const uint64_t *generation);
int khttp_control_delete_networks(struct khttp_control *ctl, const char *name);
/* 1: it is in the set; 0: it is not; else a negative errno */
int khttp_control_in_networks(struct khttp_control *ctl, const char *name,
			      const struct khttp_cidr *address);
int khttp_control_each_networks(struct khttp_control *ctl,
				int (*each)(const struct khttp_networks_info *, void *),
				void *arg);
int khttp_control_each_network_of(struct khttp_control *ctl, const char *name,
				  int (*each)(const struct khttp_cidr *, void *),
				  void *arg);

int khttp_control_set_rate(struct khttp_control *ctl, const char *name,
			   const struct khttp_rate_settings *settings);
int khttp_control_delete_rate(struct khttp_control *ctl, const char *name);
int khttp_control_each_rate(struct khttp_control *ctl,
			    int (*each)(const struct khttp_rate_info *, void *),
			    void *arg);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
