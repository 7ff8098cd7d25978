/* SPDX-License-Identifier: MIT */
/* What happens, as khttp::event_stream tells it. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>

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
	std::uint64_t missed = 0; /* such events left out before it */
};

} // namespace khttp
