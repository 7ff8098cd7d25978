/* SPDX-License-Identifier: MIT */
/* What happens to the configuration, to queues and to workers: see khttp::control. */
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <khttp/export.hpp>

namespace khttp {

enum class event_type : std::uint32_t {
	unknown, /* of a newer module */
	queue_added,
	queue_changed,
	queue_deleted,
	queue_needs_worker, /* a request waits and nobody is attached */
	queue_full,	    /* first refusal since it had room */
	worker_attached,
	worker_draining, /* count = in hand */
	worker_detached, /* left with nothing in hand */
	worker_lost,	 /* count = was in hand */
	url_added,
	url_deleted,
	limits_changed,
	cache_purged, /* count = entries; no URL and no tag: everything */
	listener_changed,
	group_added,
	group_changed,
	group_deleted,
	filter_changed, /* no group: a set of networks or a rate */
	reservation_added,
	reservation_deleted,

	lost = UINT32_MAX, /* made by the library: the reader was too slow */
};

struct event_info {
	event_type type = event_type::unknown;
	std::uint64_t time_ns = 0; /* CLOCK_REALTIME */
	std::optional<std::string> queue;
	std::optional<std::string> url;
	std::optional<std::uint32_t> worker;
	std::optional<std::uint32_t> pid;
	std::optional<std::uint64_t> count;
	std::optional<std::string> listener; /* "80", "192.0.2.1:80", "[::1]:80" */
	std::optional<std::string> group;
	/* Of a purge: by a worker with queue, worker and pid */
	std::optional<std::string> tag;
	bool recursive = false;	  /* everything below the URL, too */
	bool soft = false;	  /* purge_mode */
	std::uint64_t missed = 0; /* such events left out before it */
};

/* As the command line and the JSON output have it */
[[nodiscard]] KHTTP_EXPORT std::string_view to_string(event_type type) noexcept;

/* What happens, from the subscription on; one reader */
class KHTTP_EXPORT event_stream {
public:
	event_stream(event_stream &&) noexcept;
	event_stream &operator=(event_stream &&) noexcept;
	~event_stream();

	/* Readable while next() would return at once */
	[[nodiscard]] int fd() const noexcept;

	/**
	 * Wait for the next event. A reader that was too slow gets one of type
	 * event_type::lost where the gap is. Returns nothing when a signal
	 * interrupted the wait.
	 */
	[[nodiscard]] std::optional<event_info> next();

	struct impl; /* the library's own */
	explicit event_stream(std::unique_ptr<impl> state) noexcept;

private:
	std::unique_ptr<impl> impl_;
};

} // namespace khttp
