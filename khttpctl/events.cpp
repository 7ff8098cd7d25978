/* SPDX-License-Identifier: MIT */
/* khttpctl events */
#include "command.hpp"
#include "event_text.hpp"
#include "follow.hpp"
#include "json.hpp"
#include "units.hpp"

namespace khttpctl {

namespace {

void print_event(context &ctx, const khttp::event_info &event)
{
	if (ctx.json)
		print_json_line(ctx.out, json_of(event));
	else
		ctx.out << format_clock(event.time_ns) << "  "
			<< painted(event_text(event), event_tint(event.type), ctx.colour) << '\n';
	ctx.out.flush();
}

} // namespace

int events(context &ctx, const arguments &args)
{
	args.expect_none();
	khttp::unique_fd signals = end_signals();
	khttp::event_stream stream = ctx.control().subscribe();

	while (ctx.out && wait_for_more(signals.get(), stream.fd()))
		if (auto event = stream.next())
			print_event(ctx, *event);
	return 0;
}

} // namespace khttpctl
