/* SPDX-License-Identifier: MIT */
/* Facts in, findings out: why requests to a queue are refused or slow. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <khttp/control.hpp>

#include "../match.hpp"
#include "../rules.hpp"

namespace khttpctl {

/* What becomes of requests; the greater the worse */
enum class trouble {
	none,	 /* worth to know, harms nobody */
	delayed, /* they wait, or take long */
	refused,
};

struct finding {
	std::string cause; /* a word for programs */
	trouble harm = trouble::none;
	std::string text;
	std::string next; /* what to do about it, or empty */
	/* the kernel answers with it: these are not told again by themselves */
	std::string reason = {};
};

/* What the error log has of one reason */
struct refusals {
	std::string reason;
	std::uint64_t recent = 0; /* not older than recent_seconds */
	std::uint64_t all = 0;
	std::uint64_t latest_ns = 0; /* CLOCK_REALTIME */
};

constexpr std::uint64_t recent_seconds = 60;

/* What khttpctl run tells, where it looks after the queue */
struct supervisor_facts {
	std::string state;
	std::string last_failure;
	std::uint64_t failed = 0;
	bool on_demand = false;
};

/* Something counted that has a limit; 0: there is none, or it is not told */
struct usage {
	std::uint64_t used = 0;
	std::uint64_t limit = 0;

	[[nodiscard]] bool reached() const { return limit && used >= limit; }
};

struct queue_facts {
	khttp::queue_info queue;
	std::vector<khttp::group_info> groups; /* that feed it */
	std::vector<khttp::worker_info> workers;
	std::vector<khttp::latency_info> stages;
	std::vector<refusals> refused; /* the most recent ones first */
	std::optional<supervisor_facts> supervisor;
	usage connections; /* of the namespace */
	usage served;	   /* those of them whose requests are */
	usage memory;	   /* of its connections and requests */
	bool log_is_off = false;
};

/* What the workers of a queue have in hand */
struct hands {
	std::uint64_t slots = 0; /* of those who take requests */
	std::uint64_t held = 0;
	std::uint64_t owed = 0;	   /* wait for their worker, not for their client */
	std::size_t serving = 0;   /* workers */
};

[[nodiscard]] hands hands_of(const std::vector<khttp::worker_info> &workers);

/* What the kernel does with a URL before a queue gets it */
struct url_facts {
	request_url url;
	match_result match;
	std::vector<khttp::listener_info> listeners; /* of its port */
	std::string asker; /* "GET from 127.0.0.1" */
	khttp::filter_info filter;
	std::optional<tried> asked; /* the filter's rules; nothing: it has none */
	std::string not_asked = {}; /* or why they could not be */
};

/* The worst first */
[[nodiscard]] std::vector<finding> findings_of(const queue_facts &facts);
[[nodiscard]] std::vector<finding> findings_of(const url_facts &facts);

void worst_first(std::vector<finding> &findings);
[[nodiscard]] trouble worst_of(const std::vector<finding> &findings);

/* Parts of it: what took long, and what was refused in the last minute */
void find_slow(const queue_facts &facts, std::vector<finding> &found);
void find_refusals(const queue_facts &facts, std::vector<finding> &found);

} // namespace khttpctl
