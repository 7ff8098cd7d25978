/* SPDX-License-Identifier: MIT */
/* khttpctl stats */
#include <algorithm>

#include <fmt/format.h>

#include "command.hpp"
#include "error_text.hpp"
#include "json.hpp"
#include "metrics/prometheus.hpp"
#include "pure.hpp"
#include "share.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

std::string group_of(const khttp::stat_info &figure)
{
	return figure.name.substr(0, figure.name.find('_'));
}

std::string value_text(const khttp::stat_info &figure)
{
	bool bytes = group_of(figure) == "bytes" || figure.name.ends_with("_bytes");

	return bytes ? format_size(figure.value) : fmt::format("{}", figure.value);
}

bool has_label(const khttp::stat_info &figure)
{
	return !figure.queue.empty() || !figure.reason.empty();
}

/* Like to like, though counters and gauges come apart */
std::vector<std::string> groups_of(const std::vector<khttp::stat_info> &figures)
{
	std::vector<std::string> groups;

	for (const khttp::stat_info &figure : figures)
		if (!has_label(figure) &&
		    std::ranges::find(groups, group_of(figure)) == groups.end())
			groups.push_back(group_of(figure));
	return groups;
}

/* The tables of one output, with a blank line between them */
class sheet {
public:
	explicit sheet(context &ctx) : ctx_(ctx) {}

	void add(const table &t)
	{
		if (t.empty())
			return;
		next();
		t.print(ctx_.out, ctx_.colour);
	}
	void add(const char *line)
	{
		next();
		ctx_.out << line << '\n';
	}

private:
	void next()
	{
		if (!first_)
			ctx_.out << '\n';
		first_ = false;
	}

	context &ctx_;
	bool first_ = true;
};

table general(const std::vector<khttp::stat_info> &figures)
{
	table t({{"FIGURE"}, {"VALUE", align::right}, {"MEANING"}});

	for (const std::string &group : groups_of(figures))
		for (const khttp::stat_info &figure : figures)
			if (!has_label(figure) && group == group_of(figure))
				t.add({figure.name, value_text(figure), figure.help});
	return t;
}

table by_queue(std::vector<khttp::stat_info> figures)
{
	table t({{"QUEUE"}, {"FIGURE"}, {"VALUE", align::right}, {"MEANING"}});
	std::string queue;

	std::ranges::stable_sort(figures, {}, &khttp::stat_info::queue);
	for (const khttp::stat_info &figure : figures) {
		if (figure.queue.empty())
			continue;
		t.add({figure.queue == queue ? "" : figure.queue, figure.name, value_text(figure),
		       figure.help});
		queue = figure.queue;
	}
	return t;
}

/* How long it took; queues of which nothing was counted are left out */
table by_stage(const std::vector<khttp::latency_info> &latencies)
{
	table t({{"QUEUE"}, {"STAGE"}, {"COUNT", align::right}, {"P50", align::right},
		 {"P90", align::right}, {"P99", align::right}, {"P99.9", align::right},
		 {"LONGEST", align::right}});
	std::string queue;

	for (const khttp::latency_info &l : latencies) {
		if (!l.count)
			continue;
		t.add({l.queue == queue ? "" : l.queue, l.stage, fmt::format("{}", l.count),
		       format_ns(l.p50), format_ns(l.p90), format_ns(l.p99), format_ns(l.p999),
		       format_ns(l.longest)});
		queue = l.queue;
	}
	return t;
}

/* Where to look in the logs; queues that gave no answer of late are left out */
table by_slowest(const std::vector<khttp::latency_info> &latencies)
{
	table t({{"QUEUE"}, {"SLOWEST OF LATE", align::right}, {"REQUEST ID"}});

	for (const khttp::latency_info &l : latencies)
		if (l.slowest)
			t.add({l.queue, format_ns(l.slowest->ns), request_id(*l.slowest)});
	return t;
}

constexpr std::string_view not_stored = "cache_not_stored";

/* What was to be cached and was not; what never happened is left out */
table by_why(const std::vector<khttp::stat_info> &figures)
{
	table t({{"NOT STORED"}, {"COUNT", align::right}, {"MEANING"}});

	for (const khttp::stat_info &figure : figures) {
		if (figure.name != not_stored || !figure.value)
			continue;
		for (int i = 0; i < KHTTP_CACHE_WHY__COUNT; i++) {
			auto why = static_cast<khttp_cache_why>(i);

			if (figure.reason == khttp_cache_why_word(why))
				t.add({figure.reason, fmt::format("{}", figure.value),
				       khttp_cache_why_text(why)});
		}
	}
	return t;
}

/* What the kernel answered or closed by itself; what never happened is left out */
table by_reason(const std::vector<khttp::stat_info> &figures)
{
	table t({{"REASON"}, {"STATUS", align::right}, {"COUNT", align::right}, {"MEANING"}});

	for (const khttp::stat_info &figure : figures) {
		if (figure.reason.empty() || !figure.value || figure.name == not_stored)
			continue;
		khttp_reason reason = khttp_reason_lookup(figure.reason.c_str());
		unsigned status = khttp_reason_status(reason);
		const char *text = khttp_reason_text(reason);
		t.add({figure.reason,
		       status ? fmt::format("{}", status) : "close",
		       {fmt::format("{}", figure.value), tint::warn},
		       text ? text : ""});
	}
	return t;
}

void print_all(context &ctx, const std::vector<khttp::stat_info> &figures,
	       const std::vector<khttp::latency_info> &latencies,
	       const std::vector<khttp::group_info> &groups)
{
	bool reasons_known = std::ranges::any_of(figures, [](const khttp::stat_info &f) {
		return !f.reason.empty() && f.name != not_stored;
	});
	table reasons = by_reason(figures);
	sheet out(ctx);

	if (figures.empty())
		out.add("nothing to show: a queue's figures are its owner's, all others need "
			"CAP_NET_ADMIN");
	out.add(general(figures));
	out.add(by_queue(figures));
	out.add(by_stage(latencies));
	out.add(by_slowest(latencies));
	out.add(table_of_shares(groups));
	out.add(by_why(figures));
	out.add(reasons);
	if (reasons_known && reasons.empty())
		out.add("the kernel refused and cut nothing by itself");
}

/* Among the others, by a name as they have */
json figures_of(const khttp::group_info &group)
{
	json object = json_of_named_share(group);

	object["name"] = "group_cache";
	return object;
}

} // namespace

int stats(context &ctx, const arguments &args)
{
	args.expect_none();
	if (args.has("prometheus") && ctx.json)
		throw usage_error("either --json or --prometheus");
	if (args.has("prometheus")) {
		ctx.out << metrics::prometheus_text(metrics::take(ctx.control()));
		return 0;
	}
	std::vector<khttp::stat_info> figures = ctx.control().stats();
	std::vector<khttp::latency_info> latencies = ctx.control().latencies();
	std::vector<khttp::group_info> groups = ctx.control().groups();
	if (ctx.json) {
		json all = json_list(figures);
		for (const khttp::group_info &group : groups)
			all.push_back(figures_of(group));
		for (const khttp::latency_info &l : latencies)
			all.push_back(json_of(l));
		print_json(ctx.out, all);
	} else {
		print_all(ctx, figures, latencies, groups);
	}
	return 0;
}

} // namespace khttpctl
