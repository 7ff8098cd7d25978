// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "top/screen.hpp"

#include "../metrics/looks.hpp"

using namespace khttpctl;
using namespace khttpctl::live;
using namespace looks;
using Catch::Contains;
using metrics::figures_of;
using metrics::look;

namespace {

std::string joined(const std::vector<screen_line> &lines)
{
	std::string text;

	for (const screen_line &line : lines)
		text += line.text + "\n";
	return text;
}

} // namespace

TEST_CASE("the screen has every list, and fits where it is shown")
{
	look before = look_at(1), now = look_at(2);

	for (std::uint32_t i = 0; i < 50; i++) {
		std::string name(i, 'n');

		now.queues.push_back(counted_queue("q" + name, 100 + i, UINT64_MAX - i));
		now.workers.push_back(held_by(100 + i, 4000000 + i, UINT64_MAX));
		now.figures.push_back(counted("refusals", UINT64_MAX, "Some_Reason"));
		now.entries.push_back(stored_at(("http://" + name + name).c_str(), 7));
	}
	const figures all = figures_of(before, now);
	for (std::size_t columns : { 1U, 20U, 79U, 80U, 110U, 200U })
		for (std::size_t rows : { 0U, 1U, 2U, 3U, 5U, 10U, 24U, 25U, 50U, 1000U }) {
			const auto lines = screen_of(all, "12:00:00", { columns, rows });

			CHECK(lines.size() <= rows);
			for (const screen_line &line : lines)
				CHECK(line.text.size() <= columns);
		}
	const auto lines = screen_of(all, "12:00:00", { 80, 24 });
	CHECK(lines.size() >= 23);
	CHECK_THAT(joined(lines), Contains("QUEUE (") && Contains("WORKERS OF (") &&
					  Contains("REFUSED") && Contains("HOTTEST"));
	CHECK_THAT(joined(lines), Contains("requests 3k/s  hits 300/s (75 %)"));
}

TEST_CASE("a row at 80 columns is whole")
{
	look now = look_at(2);

	now.queues[1].waiting = 12345;
	const auto lines = screen_of(figures_of(look_at(1), now), "12:00:00", { 80, 24 });
	const std::string text = joined(lines);

	CHECK_THAT(text, Contains("QUEUE                STATE      WAIT  HAND WORK REQ/s ANS/s "
				  "REF/s   P50   P99\n"));
	CHECK_THAT(text, Contains("app                  active    12345     0    1    1k   500 "
				  "    0 1.5ms  30ms\n"));
	CHECK_THAT(text, Contains("QueueFull                           12           24\n"));
	auto full = std::ranges::find_if(lines, [](const screen_line &line) {
		return line.text.starts_with("app   ");
	});
	/* more wait than the queue is long */
	CHECK(full->colour == tint::bad);
}

TEST_CASE("what clients and others chose cannot steer the terminal")
{
	const auto lines = screen_of(figures_of(look_at(1), look_at(2)), "12:00:00", { 200, 50 });

	for (const screen_line &line : lines)
		for (char c : line.text)
			CHECK((c >= 0x20 && c < 0x7f));
	CHECK_THAT(joined(lines), Contains("http://a/\\x1b]0;owned\\x07\\xff") &&
					  Contains("serve\\x1b[2J"));
}

TEST_CASE("who may see little is shown that, and who has nothing what to do")
{
	look before = look_at(1), now = look_at(2);

	before.figures.clear();
	now.figures.clear();
	std::string text = joined(screen_of(figures_of(before, now), "x", { 80, 24 }));
	CHECK_THAT(text, !Contains("requests") && !Contains("REFUSED") && Contains("app "));
	CHECK_THAT(joined(screen_of({}, "x", { 80, 24 })), Contains("queue add"));
	now.too_many_entries = true;
	text = joined(screen_of(figures_of(before, now), "x", { 80, 24 }));
	CHECK_THAT(text, Contains("cache top"));
}

TEST_CASE("numbers are short")
{
	CHECK(short_rate(0) == "0");
	CHECK(short_rate(0.04) == "0");
	CHECK(short_rate(0.3) == "0.3");
	CHECK(short_rate(9.96) == "10");
	CHECK(short_rate(999.4) == "999");
	CHECK(short_rate(999.5) == "1k");
	CHECK(short_rate(12345) == "12k");
	CHECK(short_rate(3'400'000) == "3.4M");
	CHECK(short_ns(0) == "-");
	CHECK(short_ns(512) == "512ns");
	CHECK(short_ns(1'234'567) == "1.2ms");
	CHECK(short_ns(137'000'000'000) == "137s");
	for (double rate = 0.01; rate < 1e15; rate *= 1.07)
		CHECK(short_rate(rate).size() <= 4);
	for (std::uint64_t ns = 1; ns < 900 * second_ns; ns += ns / 9 + 1)
		CHECK(short_ns(ns).size() <= 5);
}
