/* SPDX-License-Identifier: MIT */
/* khttpctl top */
#include <algorithm>
#include <ctime>
#include <optional>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include "../command.hpp"
#include "../table.hpp"
#include "../units.hpp"
#include "metrics/live_json.hpp"
#include "screen.hpp"
#include "terminal.hpp"

namespace khttpctl {

namespace {

using namespace live;
using metrics::look;
using metrics::monotonic_ns;
using metrics::take_look;

constexpr std::uint64_t shortest_ms = 100;
constexpr std::uint64_t longest_ms = 86'400'000;

struct manner {
	std::uint64_t delay_ms = 1000;
	std::uint64_t count = 0; /* 0: without end */
	bool drawn = false;
};

manner manner_of(context &ctx, const arguments &args)
{
	std::optional<std::string> delay = args.value("delay"), count = args.value("count");
	manner how;

	args.expect_none();
	how.drawn = !ctx.json && !args.has("batch") && !count && isatty(STDOUT_FILENO);
	how.count = how.drawn || args.has("batch") ? 0 : 1;
	if (delay) {
		std::optional<std::uint64_t> ms = parse_ms(*delay);

		if (!ms || *ms < shortest_ms || *ms > longest_ms)
			throw usage_error("--delay takes a time from 100ms to 1d, like 2s");
		how.delay_ms = *ms;
	}
	if (count) {
		std::optional<std::uint64_t> number = parse_number(*count);

		if (!number || !*number)
			throw usage_error("--count takes a number, at least 1");
		how.count = *number;
	}
	return how;
}

std::string clock_text()
{
	return fmt::format("{:%H:%M:%S}", fmt::localtime(std::time(nullptr)));
}

/* False: somebody wants us to end */
bool wait_out(terminal &screen, std::uint64_t until_ns, const auto &draw)
{
	for (;;) {
		std::uint64_t now = monotonic_ns();
		/* also when the time is over: a key may have come meanwhile */
		wake why = screen.wait(now < until_ns ? (until_ns - now) / 1'000'000 + 1 : 0);

		if (why == wake::end)
			return false;
		if (why == wake::resize)
			draw();
		else if (monotonic_ns() >= until_ns)
			return true;
	}
}

} // namespace

int top(context &ctx, const arguments &args)
{
	const manner how = manner_of(ctx, args);
	look before = take_look(ctx.control());
	terminal screen(ctx.out, how.drawn, ctx.colour);
	figures shown = figures_of(before, before);
	std::uint64_t next = before.ns;

	auto draw = [&] {
		if (how.drawn)
			screen.draw(screen_of(shown, clock_text(), screen.size()));
	};
	draw();
	for (std::uint64_t n = 0; !how.count || n < how.count; n++) {
		next = std::max(next + how.delay_ms * 1'000'000, monotonic_ns());
		if (!wait_out(screen, next, draw) || !ctx.out)
			break;
		look now = take_look(ctx.control());
		shown = figures_of(before, now);
		before = std::move(now);
		if (ctx.json)
			print_json_line(ctx.out, json_of(shown));
		else
			screen.draw(screen_of(shown, clock_text(), screen.size()));
	}
	return 0;
}

} // namespace khttpctl
