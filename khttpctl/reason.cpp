/* SPDX-License-Identifier: MIT */
/* khttpctl reason: needs no module, the list is in the program */
#include <fmt/format.h>

#include "command.hpp"
#include "reasons.hpp"
#include "table.hpp"

namespace khttpctl {

namespace {

json json_of(const reason_info &reason)
{
	return {{"word", reason.word},
		{"text", reason.text},
		{"status", reason.status},
		{"closes", reason.closes},
		{"knob", reason.knob}};
}

std::string status_text(const reason_info &reason)
{
	return reason.status ? fmt::format("{}", reason.status) : "-";
}

const char *connection_text(const reason_info &reason)
{
	if (!reason.status)
		return "is cut";
	return reason.closes ? "closes" : "stays open";
}

std::string knob_text(const reason_info &reason)
{
	return reason.knob.empty() ? "no setting decides this" : "khttpctl " + reason.knob;
}

} // namespace

int reason_list(context &ctx, const arguments &args)
{
	table t({{"REASON"}, {"STATUS", align::right}, {"CONNECTION"}, {"MEANING"}});
	json list = json::array();

	args.expect_none();
	for (const reason_info &reason : all_reasons()) {
		list.push_back(json_of(reason));
		t.add({reason.word, status_text(reason), connection_text(reason), reason.text});
	}
	if (ctx.json)
		print_json(ctx.out, list);
	else
		t.print(ctx.out, ctx.colour);
	return 0;
}

int reason_show(context &ctx, const arguments &args)
{
	const reason_info reason = find_reason(args.only("reason"));
	listing all;

	if (ctx.json) {
		print_json(ctx.out, json_of(reason));
		return 0;
	}
	all.add("reason", reason.word);
	all.add("meaning", reason.text);
	all.add("status", status_text(reason));
	all.add("connection", connection_text(reason));
	all.add("setting", knob_text(reason));
	all.print(ctx.out, ctx.colour);
	return 0;
}

} // namespace khttpctl
