/* SPDX-License-Identifier: MIT */
/* What counters, times and the error log tell of requests that are over. */
#include "finding.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "../error_text.hpp"
#include "../pure.hpp"
#include "../reasons.hpp"
#include "../units.hpp"

namespace khttpctl {

namespace {

/* Where people begin to notice, for half of the requests and for one in a hundred */
constexpr std::uint64_t slow_half_ns = 500'000'000;
constexpr std::uint64_t slow_few_ns = 2'000'000'000;

/*
 * Refusals that say something about the application, its settings or the machine.
 * The others are the client's doing, or what rules were made for.
 */
constexpr std::array our_doing{
	KHTTP_REASON_CONN_LIMIT,      KHTTP_REASON_QUEUE_FULL,	 KHTTP_REASON_DISABLED,
	KHTTP_REASON_NO_QUEUE,	      KHTTP_REASON_APP_OFFLINE,	 KHTTP_REASON_APP_SHUTDOWN,
	KHTTP_REASON_TIMER_QUEUE,     KHTTP_REASON_WORKER_DIED,	 KHTTP_REASON_WORKER_CANCEL,
	KHTTP_REASON_RESPONSE_LENGTH, KHTTP_REASON_ABANDONED,	 KHTTP_REASON_REFUSED,
	KHTTP_REASON_MEMORY_LIMIT,    KHTTP_REASON_NO_MEMORY,	 KHTTP_REASON_INTERNAL,
	KHTTP_REASON_MAINTENANCE,
};

std::string answer_of(const reason_info &reason)
{
	return reason.status ? fmt::format("answered {} {}", reason.status, reason.word) :
			       fmt::format("cut, {}", reason.word);
}

std::string next_of(const reason_info &reason)
{
	return reason.knob.empty() ? fmt::format("khttpctl reason show {}", reason.word) :
				     "khttpctl " + reason.knob;
}

/* "3 requests were answered 503 QueueFull in the last minute" */
std::string counted(const refusals &refused, const reason_info &reason)
{
	return fmt::format("{} {} {} in the last minute", refused.recent,
			   refused.recent == 1 ? "was" : "were", answer_of(reason));
}

/* A cause that is there now has its refusals told with it; true: there is one */
bool add_to_cause(std::vector<finding> &found, const refusals &refused, const reason_info &reason)
{
	auto cause = std::ranges::find(found, refused.reason, &finding::reason);

	if (cause == found.end())
		return false;
	cause->text += fmt::format("; {}", counted(refused, reason));
	cause->harm = trouble::refused;
	return true;
}

const khttp::latency_info *stage_of(const queue_facts &facts, std::string_view name)
{
	auto found = std::ranges::find(facts.stages, name, &khttp::latency_info::stage);

	return found == facts.stages.end() || !found->count ? nullptr : &*found;
}

/* The stage that takes most of a time, and who is behind it */
struct suspect {
	const char *stage;
	const char *cause;
	const char *text;
	const char *next;
};

constexpr suspect suspects[] = {
	{"queue", "slow-queue", "waiting for a worker", "more workers, or more threads in each"},
	{"worker", "slow-worker", "with the worker", "look at what the application does"},
	{"receive", "slow-clients", "receiving the head from the client",
	 "khttpctl group set header_timeout"},
	{"send", "slow-clients", "sending to the client", "khttpctl group set min_send_rate"},
};

void blame(const queue_facts &facts, std::uint64_t khttp::latency_info::*share,
	   const char *whom, std::vector<finding> &found)
{
	const khttp::latency_info &total = *stage_of(facts, "total");
	std::string text, example;
	const suspect *worst = nullptr;
	std::uint64_t longest = 0;

	for (const suspect &s : suspects) {
		const khttp::latency_info *stage = stage_of(facts, s.stage);

		if (!stage || stage->*share <= longest)
			continue;
		worst = &s;
		longest = stage->*share;
	}
	if (!worst)
		return;
	if (total.slowest)
		example = fmt::format("; the slowest of late, request {}, {}",
				      request_id(*total.slowest), format_ns(total.slowest->ns));
	text = fmt::format("{} took {} or more; {} of that {} (since the queue was made){}", whom,
			   format_ns(total.*share), format_ns(longest), worst->text, example);
	found.push_back({worst->cause, trouble::delayed, std::move(text), worst->next});
}

} // namespace

void find_slow(const queue_facts &facts, std::vector<finding> &found)
{
	const khttp::latency_info *total = stage_of(facts, "total");

	if (!total)
		return;
	if (total->p50 >= slow_half_ns)
		blame(facts, &khttp::latency_info::p50, "half of the requests", found);
	else if (total->p99 >= slow_few_ns)
		blame(facts, &khttp::latency_info::p99, "the slowest hundredth", found);
}

void find_refusals(const queue_facts &facts, std::vector<finding> &found)
{
	for (const refusals &refused : facts.refused) {
		const khttp_reason known = khttp_reason_lookup(refused.reason.c_str());
		const reason_info reason = reason_of(known);
		bool ours = std::ranges::find(our_doing, known) != our_doing.end();

		if (!refused.recent || known == KHTTP_REASON_NONE ||
		    add_to_cause(found, refused, reason))
			continue;
		found.push_back({"recent", ours ? trouble::refused : trouble::none,
				 fmt::format("{}: {}", counted(refused, reason), reason.text),
				 next_of(reason), refused.reason});
	}
	if (facts.log_is_off)
		found.push_back({"log-off", trouble::none,
				 fmt::format("the error log is off: what was refused, {} in all, "
					     "has no reasons",
					     facts.queue.refused),
				 "khttpctl limits set error_log default"});
}

} // namespace khttpctl
