/* SPDX-License-Identifier: MIT */
/*
 * Everything the kernel's control interface offers, as one class: queues, groups,
 * URL prefixes, listeners, workers, the response cache, limits, figures, events,
 * the error log.
 *
 * A khttp::control is one netlink session. It may be moved, and used by one
 * thread at a time. All calls wait for the kernel's verdict and throw
 * khttp::error, whose text is the kernel's own explanation where it gave one
 * and says what to do next.
 *
 * Changing anything needs CAP_NET_ADMIN in the network namespace, but for what a
 * queue's mode and reservations allow; listings show the queues, and what belongs
 * to them, that the mode lets one see.
 */
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <khttp/access_log.hpp>
#include <khttp/cache.hpp>
#include <khttp/door.hpp>
#include <khttp/error_log.hpp>
#include <khttp/event.hpp>
#include <khttp/export.hpp>
#include <khttp/filter.hpp>
#include <khttp/grant.hpp>
#include <khttp/listener.hpp>
#include <khttp/reservation.hpp>
#include <khttp/worker.hpp>

namespace khttp {

enum class queue_state : std::uint32_t {
	active,	  /* requests are taken in */
	inactive, /* new requests get 503; waiting ones stay */
	offline,  /* it failed: waiting ones get 503, too */
};

/* What a client sees of a 503 that the kernel makes */
enum class verbosity : std::uint32_t {
	full,	 /* the body names the reason */
	limited, /* it does not */
	basic,	 /* the connection is reset */
};

enum class stat_kind : std::uint32_t { counter, gauge };

/* What is absent keeps its value, or gets the kernel's default in add_queue */
struct queue_settings {
	std::optional<std::uint32_t> length;	     /* requests that may wait */
	std::optional<std::uint32_t> uid;	     /* owner */
	std::optional<std::uint32_t> gid;
	std::optional<std::uint32_t> mode;	     /* r see, w attach, x control */
	std::optional<std::uint32_t> redeliver;	     /* times, after a worker died */
	std::optional<std::uint32_t> redeliver_body; /* bytes kept for that */
	std::optional<queue_state> state;
	std::optional<khttp::verbosity> verbosity;
	std::optional<std::uint32_t> retry_after; /* seconds, told in a 503 */
	std::optional<std::string> delegates = {}; /* see queue_info */
};

struct queue_info {
	std::string name;
	std::uint32_t id = 0;
	std::uint32_t length = 0;
	std::uint32_t uid = 0;
	std::uint32_t gid = 0;
	std::uint32_t mode = 0;
	std::uint32_t redeliver = 0;
	std::uint32_t redeliver_body = 0;
	queue_state state = queue_state::active;
	khttp::verbosity verbosity = khttp::verbosity::full;
	std::uint32_t retry_after = 0;
	std::uint32_t waiting = 0;
	std::uint32_t in_hand = 0;
	std::uint32_t workers = 0;
	std::uint32_t oldest_ms = 0; /* how long the oldest waiting one waits */
	std::uint64_t received = 0;
	std::uint64_t delivered = 0;
	std::uint64_t answered = 0;
	std::uint64_t refused = 0;
	std::uint64_t redelivered = 0;
	std::uint64_t died = 0;	   /* requests lost with their worker: 502 */
	std::uint64_t timeout = 0; /* waited too long: 503 */
	std::uint64_t upgraded = 0; /* answered 101 */
	std::uint32_t upgrades = 0; /* of these, still open */
	std::string delegates = {}; /* queues its workers may hand on to: "a,b" */
	std::uint64_t delegated_out = 0;
	std::uint64_t delegated_in = 0;
	bool of_file = false; /* made for a khttp::registration; ends with it */
};

struct url_info {
	std::string prefix; /* normal form: scheme://host:port/path/ */
	std::string queue;
	std::uint64_t context = 0; /* handed to the worker with each request */
	std::uint64_t requests = 0;
	std::string group = {}; /* the queue's name: its default group */
	std::optional<khttp::redirect> redirect = {}; /* then the queue gets nothing */
	std::optional<std::uint32_t> user = {}; /* who bound it without CAP_NET_ADMIN */
	bool of_file = false; /* bound by a khttp::registration; ends with it */
};

/* One limit of a group: absent, the namespace's holds */
struct group_setting {
	std::string name;
	std::optional<std::uint64_t> value;
};

struct group_limit {
	std::string name;
	std::uint64_t value = 0;	  /* in force */
	std::optional<std::uint64_t> own; /* what the group says, if anything */
};

struct group_info {
	std::string name;
	std::string queue;
	std::uint64_t id = 0;
	bool is_default = false; /* of its queue; ends with that */
	std::uint32_t urls = 0;
	/* whose last request it got; counted while it has limits of its own */
	std::optional<std::uint32_t> connections;
	std::vector<group_limit> limits; /* all that a group may set */
	std::string server; /* value of the field; empty: there is none */
	std::vector<error_page_info> pages;
	bool maintenance = false;
	std::uint32_t retry_after = 0; /* seconds, told in maintenance */
	cache_share_info cache;

	/* In force; 0: none, or the kernel does not know it */
	[[nodiscard]] std::uint64_t limit(std::string_view limit_name) const noexcept
	{
		for (const group_limit &one : limits)
			if (one.name == limit_name)
				return one.value;
		return 0;
	}
};

struct limit_info {
	std::string name;
	std::uint64_t value = 0;
	std::uint64_t initial = 0; /* the default */
	std::uint64_t min = 0;
	std::uint64_t max = 0;
	std::string unit; /* "bytes", "ms", ... */
	std::string help;
	bool per_group = false; /* a group may set it, too */
};

struct limit_setting {
	std::string name;
	std::uint64_t value = 0;
};

struct stat_info {
	std::string name;
	stat_kind kind = stat_kind::counter;
	std::uint64_t value = 0;
	std::string help;
	std::string queue;  /* label; empty: not about one queue */
	std::string reason; /* label; empty: not about one reason */
};

/* The request whose answer took longest in the last one or two minutes */
struct slow_request {
	std::uint64_t ns = 0;
	std::uint64_t connection = 0; /* both: its id, see request_id() */
	std::uint64_t stream = 0;
};

/* How long requests to a queue took: in ns, each within 5 % */
struct latency_info {
	std::string queue;
	std::string stage; /* receive, queue, worker, send, total; hit */
	std::uint64_t count = 0;
	std::uint64_t p50 = 0; /* what half of them did not exceed */
	std::uint64_t p90 = 0;
	std::uint64_t p99 = 0;
	std::uint64_t p999 = 0; /* 99.9 % */
	std::uint64_t longest = 0;
	/* Of each bucket up to the last that is not 0, as in KHTTP_CMD_LATENCY_GET of
	 * the kernel's header; from a module that does not tell them, none */
	std::vector<std::uint64_t> counts = {};
	std::optional<slow_request> slowest = {}; /* of the stage total */
};

struct feature_info {
	std::string version; /* of the module */
	std::uint32_t abi = 0;
	std::uint64_t features = 0; /* KHTTP_FEATURE_* bits */
	std::uint64_t generation = 0; /* of the configuration */
};

/* Names as the command line and the JSON output use them */
[[nodiscard]] KHTTP_EXPORT std::string_view to_string(queue_state state) noexcept;
[[nodiscard]] KHTTP_EXPORT std::string_view to_string(verbosity value) noexcept;
[[nodiscard]] KHTTP_EXPORT std::string_view to_string(worker_state state) noexcept;
[[nodiscard]] KHTTP_EXPORT std::string_view to_string(stat_kind kind) noexcept;

/* The address: "192.0.2.1", "fe80::1%2" with a scope */
[[nodiscard]] KHTTP_EXPORT std::string to_string(const endpoint_info &endpoint);

struct control_options {
	/*
	 * The network namespace to work in: a name below /run/netns, or a path
	 * if it holds a slash; empty = the caller's own. Entered by a thread
	 * that only opens the socket, which stays in it; the caller never moves.
	 */
	std::string netns;
};

/* The error log as it grows; one reader */
class KHTTP_EXPORT error_stream {
public:
	error_stream(error_stream &&) noexcept;
	error_stream &operator=(error_stream &&) noexcept;
	~error_stream();

	/* Readable when there may be more */
	[[nodiscard]] int fd() const noexcept;

	/**
	 * What has come since the last time, the first time what is there; may
	 * be nothing. Does not wait: poll fd() for that.
	 */
	[[nodiscard]] error_records read();

	struct impl; /* the library's own */
	explicit error_stream(std::unique_ptr<impl> state) noexcept;

private:
	std::unique_ptr<impl> impl_;
};

class KHTTP_EXPORT control {
public:
	/* Throws khttp::error: ENOENT = module not loaded, no such namespace */
	explicit control(const control_options &options = {});
	control(control &&) noexcept;
	control &operator=(control &&) noexcept;
	~control();

	void add_queue(std::string_view name, const queue_settings &settings = {});
	void set_queue(std::string_view name, const queue_settings &settings);
	void delete_queue(std::string_view name);
	/* Ask every attached worker to finish what it holds and to go */
	void drain_queue(std::string_view name);
	/* The same of one; @id as in worker_info. ESRCH: not attached there */
	void drain_worker(std::string_view queue, std::uint32_t id);
	/* For so many workers at once, 0: the default; see khttp/grant.hpp */
	[[nodiscard]] grant grant_queue(std::string_view name, std::uint32_t workers = 0);
	[[nodiscard]] std::vector<grant_info> grants();
	/* Nobody attaches by it any more; @detach: who did is gone, too */
	grants_revoked revoke_grant(std::string_view queue, std::uint32_t id,
				    bool detach = false);
	grants_revoked revoke_grants(std::string_view queue, bool detach = false);
	/* Records of requests from now on; see khttp/access_log.hpp */
	[[nodiscard]] access_log open_log(const log_filter &filter);
	[[nodiscard]] queue_info find_queue(std::string_view name);
	[[nodiscard]] std::vector<queue_info> queues();

	/* All of the settings, or nothing is done */
	void add_group(std::string_view name, std::string_view queue,
		       const std::vector<group_setting> &settings = {},
		       const door_settings &door = {});
	void set_group(std::string_view name, const std::vector<group_setting> &settings,
		       const door_settings &door = {});
	/* EBUSY while it has prefixes, unless they are to end with it */
	void delete_group(std::string_view name, bool with_urls = false);
	[[nodiscard]] group_info find_group(std::string_view name);
	/* Of the page that the group has for that status; absent: it has none */
	[[nodiscard]] std::optional<std::string> page_body(std::string_view group,
							   std::uint32_t status);
	[[nodiscard]] std::vector<group_info> groups();

	/* The prefix in normal form: scheme://host:port/path/ */
	void add_url(std::string_view prefix, std::string_view queue,
		     std::uint64_t context = 0);
	void add_url_to_group(std::string_view prefix, std::string_view group,
			      std::uint64_t context = 0);
	/* What the group says holds for it; its queue gets nothing */
	void add_redirect(std::string_view prefix, std::string_view group,
			  const khttp::redirect &to);
	/*
	 * The prefix is that group's from now on, whether it is new or was another's: no
	 * request finds neither
	 */
	void set_url(std::string_view prefix, std::string_view group, std::uint64_t context = 0,
		     const std::optional<khttp::redirect> &redirect = {});
	void delete_url(std::string_view prefix);
	[[nodiscard]] std::vector<url_info> urls();

	/* EPERM unless the reservation above it delegates to us */
	void reserve(std::string_view prefix, const reservation_settings &to);
	void unreserve(std::string_view prefix);
	[[nodiscard]] std::vector<reservation_info> reservations();
	/* The one that says who may bind it; nothing: CAP_NET_ADMIN alone */
	[[nodiscard]] std::optional<reservation_info> deciding_reservation(std::string_view prefix);

	/* Of the groups that have rules */
	[[nodiscard]] std::vector<filter_info> filters();
	/* Of a group without rules: generation 0 */
	[[nodiscard]] filter_info find_filter(std::string_view group);
	/*
	 * These rules and no others, at once. @generation: ESTALE unless the rules
	 * in force have it.
	 */
	void set_filter(std::string_view group, const std::vector<filter_entry> &rules,
			std::optional<std::uint64_t> generation = {});

	[[nodiscard]] std::vector<networks_info> network_sets();
	[[nodiscard]] networks_content networks(std::string_view name);
	[[nodiscard]] bool in_networks(std::string_view name, const network &address);
	/* In any order; what the set held before is replaced at once */
	void load_networks(std::string_view name, const std::vector<network> &list,
			   std::optional<std::uint64_t> generation = {});
	void delete_networks(std::string_view name);

	[[nodiscard]] std::vector<rate_info> rates();
	/* Makes it, or changes it in place */
	void set_rate(std::string_view name, const rate_settings &settings);
	void delete_rate(std::string_view name);

	[[nodiscard]] std::vector<listener_info> listeners();
	/* Effective at once, and whenever a prefix needs the port */
	void set_listener(const listener_place &place,
			  const khttp::listener_settings &settings);
	void reset_listener(const listener_place &place);
	[[nodiscard]] std::vector<listener_settings_info> listener_settings();
	[[nodiscard]] std::vector<worker_info> workers();

	/* All return how many entries it did something to */
	std::uint64_t purge_url(std::string_view url, purge_mode how = purge_mode::hard);
	std::uint64_t purge_below(std::string_view url, purge_mode how = purge_mode::hard);
	std::uint64_t purge_all(purge_mode how = purge_mode::hard);
	/* All that has it */
	std::uint64_t purge_tag(std::string_view tag, purge_mode how = purge_mode::hard);
	[[nodiscard]] std::vector<cache_entry_info> cache_entries();

	[[nodiscard]] std::vector<limit_info> limits();
	/* All are set, or none */
	void set_limits(const std::vector<limit_setting> &settings);

	[[nodiscard]] std::vector<stat_info> stats();
	/* Every stage of every queue, also where nothing was counted */
	[[nodiscard]] std::vector<latency_info> latencies();
	[[nodiscard]] feature_info features();

	/* In the same namespace; lives on without the control. Without CAP_NET_ADMIN
	 * only what happens to queues that we may see
	 */
	[[nodiscard]] event_stream subscribe() const;

	/* A queue's owner sees what came to his queue, CAP_NET_ADMIN all */
	[[nodiscard]] error_records errors(const error_filter &filter = {});
	/* Lives on without the control */
	[[nodiscard]] error_stream follow_errors(const error_filter &filter = {}) const;

	struct impl; /* the library's own */
	explicit control(std::unique_ptr<impl> state) noexcept;

private:
	friend class transaction;
	std::unique_ptr<impl> impl_;
};

} // namespace khttp
