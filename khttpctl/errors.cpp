/* SPDX-License-Identifier: MIT */
/* khttpctl errors */
#include <algorithm>
#include <cerrno>

#include <khttp/error.hpp>

#include "command.hpp"
#include "error_text.hpp"
#include "failures.hpp"
#include "follow.hpp"
#include "json.hpp"
#include "reasons.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

constexpr std::size_t everything = SIZE_MAX;

khttp::error_filter filter_of(const arguments &args)
{
	khttp::error_filter filter;

	filter.queue = args.value("queue").value_or("");
	if (auto word = args.value("reason"))
		filter.reason = find_reason(*word).word;
	return filter;
}

std::size_t last_of(const arguments &args)
{
	std::optional<std::string> text = args.value("last");
	std::optional<std::uint64_t> number = parse_number(text.value_or("0"));

	if (!number)
		throw usage_error("--last takes a number of records");
	return text ? *number : everything;
}

void print_lost(context &ctx, std::uint64_t lost)
{
	if (!lost)
		return;
	if (ctx.json)
		print_json_line(ctx.out, json{{"lost", lost}});
	else
		ctx.out << lost_line(lost) << '\n';
}

void print_records(context &ctx, const khttp::error_records &found, std::size_t last)
{
	std::size_t skipped = found.records.size() - std::min(last, found.records.size());

	for (std::size_t i = skipped; i < found.records.size(); i++) {
		const khttp::error_record &record = found.records[i];

		print_lost(ctx, record.lost);
		if (ctx.json)
			print_json_line(ctx.out, json_of(record));
		else
			ctx.out << error_line(record) << '\n';
	}
	print_lost(ctx, found.lost);
	ctx.out.flush();
}

bool is_off(context &ctx)
{
	return std::ranges::any_of(ctx.control().limits(), [](const khttp::limit_info &limit) {
		return limit.name == "error_log" && !limit.value;
	});
}

/* Why there is nothing, where that is because of how one asked */
void explain_nothing(context &ctx, const khttp::error_filter &filter)
{
	if (is_off(ctx))
		throw khttp::error(ENOENT, "the error log is off: 'khttpctl limits set error_log "
					   "default' turns it on");
	if (filter.queue.empty())
		return;
	std::vector<khttp::queue_info> queues = ctx.control().queues();
	if (std::ranges::find(queues, filter.queue, &khttp::queue_info::name) == queues.end())
		no_such_queue(ctx, filter.queue);
}

void follow(context &ctx, const khttp::error_filter &filter, std::size_t last)
{
	khttp::unique_fd signals = end_signals();
	khttp::error_stream stream = ctx.control().follow_errors(filter);

	do {
		print_records(ctx, stream.read(), last);
		last = everything;
	} while (ctx.out && wait_for_more(signals.get(), stream.fd()));
}

} // namespace

int errors(context &ctx, const arguments &args)
{
	const khttp::error_filter filter = filter_of(args);
	const std::size_t last = last_of(args);

	args.expect_none();
	khttp::error_records found = ctx.control().errors(filter);
	if (found.records.empty())
		explain_nothing(ctx, filter);
	if (!ctx.json)
		ctx.out << error_fields << '\n';
	if (args.has("follow"))
		follow(ctx, filter, last);
	else
		print_records(ctx, found, last);
	return 0;
}

} // namespace khttpctl
