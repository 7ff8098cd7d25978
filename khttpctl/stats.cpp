/* SPDX-License-Identifier: MIT */
/* khttpctl stats */
#include <fmt/format.h>

#include "command.hpp"
#include "json.hpp"
#include "prometheus.hpp"
#include "pure.hpp"
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

void print_general(context &ctx, const std::vector<khttp::stat_info> &figures)
{
	table t({{"FIGURE"}, {"VALUE", align::right}, {"MEANING"}});
	std::string group;

	for (const khttp::stat_info &figure : figures) {
		if (!figure.queue.empty() || !figure.reason.empty())
			continue;
		if (!group.empty() && group != group_of(figure))
			t.add({"", "", ""});
		group = group_of(figure);
		t.add({figure.name, value_text(figure), figure.help});
	}
	if (!t.empty())
		t.print(ctx.out, ctx.colour);
}

void print_by_queue(context &ctx, const std::vector<khttp::stat_info> &figures)
{
	table t({{"QUEUE"}, {"FIGURE"}, {"VALUE", align::right}, {"MEANING"}});

	for (const khttp::stat_info &figure : figures)
		if (!figure.queue.empty())
			t.add({figure.queue, figure.name, value_text(figure), figure.help});
	if (t.empty())
		return;
	ctx.out << '\n';
	t.print(ctx.out, ctx.colour);
}

/* What the kernel answered or closed by itself; what never happened is left out */
void print_by_reason(context &ctx, const std::vector<khttp::stat_info> &figures)
{
	table t({{"REASON"}, {"STATUS", align::right}, {"COUNT", align::right}, {"MEANING"}});
	bool any = false;

	for (const khttp::stat_info &figure : figures) {
		any = any || !figure.reason.empty();
		if (figure.reason.empty() || !figure.value)
			continue;
		khttp_reason reason = khttp_reason_lookup(figure.reason.c_str());
		unsigned status = khttp_reason_status(reason);
		const char *text = khttp_reason_text(reason);
		t.add({figure.reason, status ? fmt::format("{}", status) : "close",
		       {fmt::format("{}", figure.value), tint::warn}, text ? text : ""});
	}
	if (!t.empty()) {
		ctx.out << '\n';
		t.print(ctx.out, ctx.colour);
	} else if (any) {
		ctx.out << "\nthe kernel refused nothing by itself\n";
	}
}

} // namespace

int stats(context &ctx, const arguments &args)
{
	args.expect_none();
	if (args.has("prometheus") && ctx.json)
		throw usage_error("either --json or --prometheus");
	std::vector<khttp::stat_info> figures = ctx.control().stats();

	if (args.has("prometheus")) {
		ctx.out << prometheus_text(figures);
	} else if (ctx.json) {
		print_json(ctx.out, json_list(figures));
	} else {
		print_general(ctx, figures);
		print_by_queue(ctx, figures);
		print_by_reason(ctx, figures);
	}
	return 0;
}

} // namespace khttpctl
