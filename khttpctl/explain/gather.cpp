/* SPDX-License-Identifier: MIT */
#include "gather.hpp"

#include <algorithm>
#include <ctime>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <khttp/error.hpp>

#include "../failures.hpp"
#include "../live_limits.hpp"
#include "../run/state.hpp"

namespace khttpctl {

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

std::uint64_t clock_ns()
{
	timespec now{};

	clock_gettime(CLOCK_REALTIME, &now);
	return static_cast<std::uint64_t>(now.tv_sec) * second_ns +
	       static_cast<std::uint64_t>(now.tv_nsec);
}

/* Before a request is routed nobody knows whose it would have been */
bool concerns(const khttp::error_record &record, std::string_view queue)
{
	if (!record.queue.empty())
		return record.queue == queue;
	khttp_reason reason = khttp_reason_lookup(record.reason.c_str());

	return reason == KHTTP_REASON_REFUSED || reason == KHTTP_REASON_MEMORY_LIMIT ||
	       reason == KHTTP_REASON_NO_MEMORY;
}

template <typename T> std::vector<T> of_queue(std::vector<T> all, const std::string &name)
{
	std::erase_if(all, [&](const T &one) { return one.queue != name; });
	return all;
}

std::optional<supervisor_facts> gather_supervisor(context &ctx, const khttp::queue_info &queue)
{
	std::optional<json> told = supervision::supervisor_of(ctx.netns, queue.name, queue.uid);

	if (!told)
		return std::nullopt;
	return supervisor_facts{told->value("state", ""), told->value("last_failure", ""),
				told->value("failed", std::uint64_t{0}),
				told->value("on_demand", false)};
}

/* Of the namespace; who may not see them is told nothing */
void gather_usage(context &ctx, queue_facts &facts)
{
	for (const khttp::stat_info &figure : ctx.control().stats()) {
		if (figure.name == "connections")
			facts.connections.used = facts.served.used = figure.value;
		if (figure.name == "request_bytes")
			facts.memory.used = figure.value;
	}
	for (const khttp::limit_info &limit : ctx.control().limits()) {
		if (limit.name == "max_connections")
			facts.connections.limit = limit.value;
		if (limit.name == "max_served_connections")
			facts.served.limit = limit.value;
		if (limit.name == "request_bytes")
			facts.memory.limit = limit.value;
		if (limit.name == "error_log")
			facts.log_is_off = !limit.value;
	}
}

tried ask_filter(context &ctx, const khttp::filter_info &filter, const question &asked,
		 const request_url &url)
{
	const std::string whole = whole_url(asked.url);
	tried_request request{asked.from, asked.method,
			      whole.substr(whole.find('/', whole.find("://") + 3)),
			      {fmt::format("Host: {}:{}", url.host_text, url.port)}};

	return try_request(filter, request, live_limits(ctx),
			   [&](const std::string &set, const khttp::network &client) {
				   return ctx.control().in_networks(set, client);
			   });
}

} // namespace

std::vector<refusals> tally(const std::vector<khttp::error_record> &records,
			    std::string_view queue, std::uint64_t now_ns)
{
	std::vector<refusals> all;

	for (const khttp::error_record &record : records) {
		if (!concerns(record, queue))
			continue;
		auto one = std::ranges::find(all, record.reason, &refusals::reason);
		if (one == all.end())
			one = all.insert(one, {record.reason});
		one->all++;
		one->recent += record.time_ns + recent_seconds * second_ns >= now_ns;
		one->latest_ns = std::max(one->latest_ns, record.time_ns);
	}
	std::ranges::stable_sort(all, std::ranges::greater{}, [](const refusals &r) {
		return std::pair(r.recent, r.latest_ns);
	});
	return all;
}

queue_facts gather_queue(context &ctx, const std::string &name, const std::string &group)
{
	queue_facts facts;

	on_queue(ctx, name, [&] { facts.queue = ctx.control().find_queue(name); });
	facts.groups = of_queue(ctx.control().groups(), name);
	if (!group.empty())
		std::erase_if(facts.groups, [&](const auto &one) { return one.name != group; });
	facts.workers = of_queue(ctx.control().workers(), name);
	facts.stages = of_queue(ctx.control().latencies(), name);
	facts.refused = tally(ctx.control().errors().records, name, clock_ns());
	facts.supervisor = gather_supervisor(ctx, facts.queue);
	gather_usage(ctx, facts);
	return facts;
}

url_facts gather_url(context &ctx, const question &asked)
{
	url_facts facts;

	facts.asker = fmt::format("a {} from {}", asked.method, network_text(asked.from));
	facts.url = parse_request_url(asked.url, live_limits(ctx));
	if (facts.url.refused != KHTTP_REASON_NONE)
		return facts;
	facts.listeners = ctx.control().listeners();
	std::erase_if(facts.listeners, [&](const auto &l) { return l.port != facts.url.port; });
	facts.match = match_url(ctx.control().urls(), facts.url, asked.at,
				ctx.control().reservations());
	if (!facts.match.winner)
		return facts;
	facts.filter = ctx.control().find_filter(facts.match.winner->group);
	if (facts.filter.rules.empty())
		return facts;
	try {
		facts.asked = ask_filter(ctx, facts.filter, asked, facts.url);
	} catch (const khttp::error &failure) {
		/* sets of networks are the administrator's alone */
		facts.not_asked = failure.what();
	}
	return facts;
}

} // namespace khttpctl
