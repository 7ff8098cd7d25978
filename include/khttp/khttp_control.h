/* SPDX-License-Identifier: MIT */
/*
 * The C face of khttp::control: everything the kernel's control interface
 * offers. Calls return 0 or a negative errno; what to do about a failure is
 * told by khttp_control_error(). Numbers for states and kinds are those of
 * <linux/khttp.h>. Strings handed to a callback live until it returns.
 */
#ifndef KHTTP_KHTTP_CONTROL_H
#define KHTTP_KHTTP_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#include <khttp/khttp_cache.h>
#include <khttp/khttp_event.h>
#include <khttp/khttp_door.h>
#include <khttp/khttp_filter.h>
#include <khttp/khttp_transaction.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the shared library shows; everything else in it is hidden */
#pragma GCC visibility push(default)

struct khttp_control;
struct khttp_errors;
struct khttp_events;

/* -1 leaves a setting as it is; start with KHTTP_QUEUE_SETTINGS_INIT */
struct khttp_queue_settings {
	int64_t length;
	int64_t uid;
	int64_t gid;
	int64_t mode;
	int64_t redeliver;
	int64_t redeliver_body;
	int64_t state;
	int64_t verbosity;
	int64_t retry_after;
};
#define KHTTP_QUEUE_SETTINGS_INIT {-1, -1, -1, -1, -1, -1, -1, -1, -1}

struct khttp_queue_info {
	const char *name;
	uint32_t id;
	uint32_t length;
	uint32_t uid;
	uint32_t gid;
	uint32_t mode;
	uint32_t redeliver;
	uint32_t redeliver_body;
	uint32_t state;
	uint32_t verbosity;
	uint32_t retry_after;
	uint32_t waiting;
	uint32_t in_hand;
	uint32_t workers;
	uint32_t oldest_ms;
	uint64_t received;
	uint64_t delivered;
	uint64_t answered;
	uint64_t refused;
	uint64_t redelivered;
	uint64_t died;
	uint64_t timeout;
	uint64_t upgraded, upgrades; /* answered 101; of these, still open */
};

struct khttp_url_info {
	const char *prefix;
	const char *queue;
	uint64_t context;
	uint64_t requests;
	const char *group; /* the queue's name: its default group */
	const char *redirect; /* where it redirects to, or NULL: the queue gets it */
	uint32_t status;      /* of the redirect */
};

/* One limit of a group; @inherit: none of its own, the namespace's holds */
struct khttp_group_setting {
	const char *name;
	uint64_t value;
	int inherit;
};

struct khttp_group_limit {
	const char *name;
	uint64_t value; /* in force */
	uint64_t own;	/* what the group says, with has_own */
	int has_own;
};

struct khttp_group_info {
	const char *name;
	const char *queue;
	uint64_t id;
	uint32_t urls;
	int is_default; /* of its queue; ends with that */
	int64_t connections; /* whose last request it got; -1: not counted */
	const struct khttp_group_limit *limits; /* all that a group may set */
	size_t n_limits;
	const char *server; /* value of the field; "": there is none */
	int maintenance;
	uint32_t retry_after;
	const struct khttp_error_page_info *pages;
	size_t n_pages;
	struct khttp_cache_share cache;
};

struct khttp_listener_info {
	const char *address; /* as text, without brackets */
	int ipv6;
	uint16_t port;
	uint32_t prefixes;
	uint64_t connections;
	uint64_t accepted;
};

/*
 * -1 and NULL leave a setting as it is; start with
 * KHTTP_LISTENER_SETTINGS_INIT. Lists have commas between their items and may
 * be empty.
 */
struct khttp_listener_settings {
	int64_t proxy;	     /* enum khttp_proxy_mode */
	int64_t client_from; /* enum khttp_client_from */
	int64_t backlog;
	int64_t keep_idle;     /* seconds; 0: no keep-alive */
	int64_t keep_interval; /* seconds */
	int64_t keep_count;
	const char *trusted;   /* networks */
	const char *device;    /* interface; "": any */
	const char *addresses; /* "": everywhere */
};
#define KHTTP_LISTENER_SETTINGS_INIT {-1, -1, -1, -1, -1, -1, NULL, NULL, NULL}

struct khttp_listener_settings_info {
	const char *address; /* or NULL: the port's */
	uint16_t port;
	uint32_t proxy;
	uint32_t client_from;
	uint32_t backlog;
	uint32_t keep_idle;
	uint32_t keep_interval;
	uint32_t keep_count;
	const char *trusted;
	const char *device;
	const char *addresses;
};

struct khttp_worker_info {
	const char *queue;
	const char *command;
	uint32_t id;
	uint32_t pid;
	uint32_t uid;
	uint32_t slots;
	uint32_t in_hand;
	uint32_t state;
	uint64_t fetched;
	uint64_t answered;
	uint64_t since;
	uint32_t owed;	 /* in hand and waiting for it, not for their client */
	uint32_t pieces; /* grows, and wraps: it went on with a request */
	uint32_t grant;	 /* by which it came; 0: by its own right */
};

struct khttp_limit_info {
	const char *name;
	const char *unit;
	const char *help;
	uint64_t value;
	uint64_t initial;
	uint64_t min;
	uint64_t max;
	int per_group; /* a group may set it, too */
};

struct khttp_limit_setting {
	const char *name;
	uint64_t value;
};

struct khttp_stat_info {
	const char *name;
	const char *help;
	const char *queue;  /* label, or NULL */
	const char *reason; /* label, or NULL */
	uint32_t kind;
	uint64_t value;
};

/* How long requests to a queue took: in ns, each within 5 % */
struct khttp_latency_info {
	const char *queue;
	const char *stage; /* receive, queue, worker, send, total; hit */
	uint64_t count;
	uint64_t p50; /* what half of them did not exceed */
	uint64_t p90;
	uint64_t p99;
	uint64_t p999; /* 99.9 % */
	uint64_t longest;
	/* Of each bucket up to the last that is not 0: see KHTTP_CMD_LATENCY_GET */
	const uint64_t *counts;
	size_t n_counts;
	/* Of the stage total: the answer that took longest in the last one or two
	 * minutes, and the id of its request; 0: there was none */
	uint64_t slowest;
	uint64_t connection;
	uint64_t stream;
};

struct khttp_feature_info {
	uint32_t abi;
	uint64_t features;
	uint64_t generation;
};

/* Something that the kernel refused, cut or gave up, with the one reason */
struct khttp_error_record {
	uint64_t seq;	     /* each has the next number */
	uint64_t lost;	     /* that stood before this one, but were overwritten */
	uint64_t time_ns;    /* CLOCK_REALTIME */
	uint64_t connection; /* 0: none was made */
	uint64_t stream;     /* request's number on it; 0: no request's affair */
	const char *client;  /* addresses as text, "fe80::1%2" with a scope */
	const char *local;
	uint16_t client_port;
	uint16_t local_port;
	uint32_t version;    /* 0x0100, 0x0101; 0: not known */
	uint32_t status;     /* that the kernel answered; 0: none */
	uint32_t queue_id;
	const char *method;  /* bytes as they came, which may hold a NUL */
	size_t method_len;
	const char *target;  /* likewise, cut after 256 */
	size_t target_len;
	size_t target_whole; /* the length of all of it */
	const char *reason;  /* the word */
	const char *queue;   /* or NULL: did not come so far */
	const char *prefix;  /* that matched, while it is registered, or NULL */
};

/* Which of them; all 0: all */
struct khttp_error_filter {
	const char *queue;  /* or NULL */
	const char *reason; /* the word as the kernel writes it, or NULL */
	uint64_t from;	    /* first sequence number */
};

/* Behind those that were shown */
struct khttp_error_end {
	uint64_t next; /* from: what goes on there */
	uint64_t lost; /* overwritten behind the last one */
};

/* Text of this thread's last call that failed; until its next one */
const char *khttp_control_error(void);

/* @netns: a name below /run/netns, a path, or NULL for the caller's own */
int khttp_control_open(const char *netns, struct khttp_control **out);
void khttp_control_close(struct khttp_control *ctl); /* NULL is fine */

int khttp_control_add_queue(struct khttp_control *ctl, const char *name,
			    const struct khttp_queue_settings *settings);
int khttp_control_set_queue(struct khttp_control *ctl, const char *name,
			    const struct khttp_queue_settings *settings);
int khttp_control_delete_queue(struct khttp_control *ctl, const char *name);
int khttp_control_drain_queue(struct khttp_control *ctl, const char *name);
/* The same of one; @id as in struct khttp_worker_info */
int khttp_control_drain_worker(struct khttp_control *ctl, const char *queue,
			       uint32_t id);
/* out->name is @name */
int khttp_control_find_queue(struct khttp_control *ctl, const char *name,
			     struct khttp_queue_info *out);

/* All of the settings, or nothing is done */
int khttp_control_add_group(struct khttp_control *ctl, const char *name,
			    const char *queue,
			    const struct khttp_group_setting *settings,
			    size_t count);
int khttp_control_set_group(struct khttp_control *ctl, const char *name,
			    const struct khttp_group_setting *settings,
			    size_t count);
/* -EBUSY while it has prefixes, unless they are to end with it */
int khttp_control_delete_group(struct khttp_control *ctl, const char *name,
			       int with_urls);

int khttp_control_add_url(struct khttp_control *ctl, const char *prefix,
			  const char *queue, uint64_t context);
int khttp_control_add_url_to_group(struct khttp_control *ctl, const char *prefix,
				   const char *group, uint64_t context);
int khttp_control_delete_url(struct khttp_control *ctl, const char *prefix);

/* @soft: khttp::purge_mode; @dropped may be NULL */
int khttp_control_purge_url(struct khttp_control *ctl, const char *url, int soft,
			    uint64_t *dropped);
int khttp_control_purge_below(struct khttp_control *ctl, const char *url, int soft,
			      uint64_t *dropped);
int khttp_control_purge_all(struct khttp_control *ctl, int soft, uint64_t *dropped);
int khttp_control_purge_tag(struct khttp_control *ctl, const char *tag, int soft,
			    uint64_t *dropped);

/* @address: NULL for all of the port that have no settings of their own */
int khttp_control_set_listener(struct khttp_control *ctl, uint16_t port,
			       const char *address,
			       const struct khttp_listener_settings *settings);
int khttp_control_reset_listener(struct khttp_control *ctl, uint16_t port,
				 const char *address);

/* All are set, or none */
int khttp_control_set_limits(struct khttp_control *ctl,
			     const struct khttp_limit_setting *settings,
			     size_t count);
int khttp_control_features(struct khttp_control *ctl,
			   struct khttp_feature_info *out);

/*
 * Listings: one call of @each per object, with @arg. What it returns other
 * than 0 ends the listing and is returned.
 */
int khttp_control_each_queue(struct khttp_control *ctl,
			     int (*each)(const struct khttp_queue_info *, void *),
			     void *arg);
int khttp_control_each_group(struct khttp_control *ctl,
			     int (*each)(const struct khttp_group_info *, void *),
			     void *arg);
int khttp_control_each_url(struct khttp_control *ctl,
			   int (*each)(const struct khttp_url_info *, void *),
			   void *arg);
int khttp_control_each_listener(struct khttp_control *ctl,
				int (*each)(const struct khttp_listener_info *, void *),
				void *arg);
int khttp_control_each_listener_settings(
	struct khttp_control *ctl,
	int (*each)(const struct khttp_listener_settings_info *, void *), void *arg);
int khttp_control_each_worker(struct khttp_control *ctl,
			      int (*each)(const struct khttp_worker_info *, void *),
			      void *arg);
int khttp_control_each_cached(struct khttp_control *ctl,
			      int (*each)(const struct khttp_cache_info *, void *),
			      void *arg);
int khttp_control_each_limit(struct khttp_control *ctl,
			     int (*each)(const struct khttp_limit_info *, void *),
			     void *arg);
int khttp_control_each_stat(struct khttp_control *ctl,
			    int (*each)(const struct khttp_stat_info *, void *),
			    void *arg);

int khttp_control_each_latency(struct khttp_control *ctl,
			       int (*each)(const struct khttp_latency_info *, void *),
			       void *arg);

/* What happens, from here on; lives on without the control */
int khttp_events_open(struct khttp_control *ctl, struct khttp_events **out);
void khttp_events_close(struct khttp_events *events); /* NULL is fine */
/* Readable while khttp_events_next() would return at once */
int khttp_events_fd(const struct khttp_events *events);
/* 1: an event; 0: a signal interrupted the wait; else a negative errno */
int khttp_events_next(struct khttp_events *events, struct khttp_event_info *out);

/*
 * The error log. @filter may be NULL. @each as for listings: when it ends one,
 * @end is not filled in, and a stream goes on behind what it had read.
 */
int khttp_control_each_error(struct khttp_control *ctl,
			     const struct khttp_error_filter *filter,
			     int (*each)(const struct khttp_error_record *, void *),
			     void *arg, struct khttp_error_end *end);
/* As it grows; lives on without the control */
int khttp_errors_open(struct khttp_control *ctl,
		      const struct khttp_error_filter *filter,
		      struct khttp_errors **out);
void khttp_errors_close(struct khttp_errors *errors); /* NULL is fine */
/* Readable when there may be more */
int khttp_errors_fd(const struct khttp_errors *errors);
/* What has come since the last time; the first time what is there */
int khttp_errors_read(struct khttp_errors *errors,
		      int (*each)(const struct khttp_error_record *, void *),
		      void *arg, struct khttp_error_end *end);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
