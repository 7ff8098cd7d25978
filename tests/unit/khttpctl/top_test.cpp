// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "top/figures.hpp"
#include "top/screen.hpp"

using namespace khttpctl;
using namespace khttpctl::live;
using Catch::Contains;

namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

khttp::queue_info counted_queue(const std::string &name, std::uint32_t id, std::uint64_t received)
{
	khttp::queue_info queue;

	queue.name = name;
	queue.id = id;
	queue.length = 100;
	queue.workers = 1;
	queue.received = received;
	queue.answered = received / 2;
	return queue;
}

khttp::stat_info counted(const char *name, std::uint64_t value, const char *reason = "")
{
	khttp::stat_info figure;

	figure.name = name;
	figure.value = value;
	figure.reason = reason;
	return figure;
}

khttp::worker_info held_by(std::uint32_t id, std::uint32_t pid, std::uint64_t answered)
{
	khttp::worker_info worker;

	worker.queue = "app";
	worker.id = id;
	worker.pid = pid;
	worker.slots = 4;
	worker.in_hand = 1;
	worker.answered = answered;
	worker.command = "serve\033[2J";
	worker.state = khttp::worker_state::serving;
	return worker;
}

khttp::cache_entry_info stored_at(const char *url, std::uint64_t hits)
{
	khttp::cache_entry_info entry;

	entry.url = url;
	entry.hits = hits;
	return entry;
}

look look_at(std::uint64_t n)
{
	look seen;
	khttp::latency_info total;
	khttp::url_info url;

	seen.ns = (1 + n) * second_ns;
	seen.queues = { counted_queue("idle", 1, 5), counted_queue("app", 2, 1000 * n) };
	seen.workers = { held_by(1, 7, 10 * n), held_by(2, 7, 20 * n), held_by(3, 0, 0),
			 held_by(4, 0, 0) };
	total.queue = "app";
	total.stage = "total";
	total.count = 9;
	total.p50 = 1'500'000;
	total.p99 = 30'000'000;
	seen.latencies = { total };
	seen.figures = { counted("requests", 3000 * n), counted("cache_hits", 300 * n),
			 counted("cache_misses", 100 * n),
			 counted("refusals", 12 * n, "QueueFull"), counted("refusals", 0, "Chunk"),
			 counted("refusals", 3, "NoPrefix"), counted("connections", 17) };
	seen.entries = { stored_at("http://a/\x1b]0;owned\x07\xff", 500 * n),
			 stored_at("http://a/cold", 0), stored_at("http://a/luke", 7) };
	url.prefix = "http://a:80/";
	url.requests = 90 * n;
	seen.urls = { url };
	return seen;
}

std::string joined(const std::vector<screen_line> &lines)
{
	std::string text;

	for (const screen_line &line : lines)
		text += line.text + "\n";
	return text;
}

} // namespace

TEST_CASE("rates are differences over the time between two looks")
{
	const figures all = figures_of(look_at(1), look_at(3));

	CHECK(all.seconds == Approx(2));
	REQUIRE(all.queues.size() == 2);
	CHECK(all.queues[0].queue.name == "app");
	CHECK(all.queues[0].received == Approx(1000));
	CHECK(all.queues[0].answered == Approx(500));
	CHECK(all.queues[0].p99 == 30'000'000);
	CHECK(all.queues[1].received == Approx(0));
	look stuck = look_at(3);
	for (auto state : { khttp::queue_state::inactive, khttp::queue_state::offline }) {
		stuck.queues[0].state = state;
		CHECK(figures_of(look_at(1), stuck).queues[0].queue.name == "idle");
	}
	stuck.queues[0].state = khttp::queue_state::active;
	stuck.queues[0].waiting = 1;
	CHECK(figures_of(look_at(1), stuck).queues[0].queue.name == "app");
	stuck.queues[0].workers = 0;
	CHECK(figures_of(look_at(1), stuck).queues[0].queue.name == "idle");
	REQUIRE(all.totals);
	CHECK(all.totals->requests == Approx(3000));
	CHECK(all.totals->connections == 17);
	REQUIRE(all.reasons.size() == 2);
	CHECK(all.reasons[0].reason == "QueueFull");
	CHECK(all.reasons[0].rate == Approx(12));
	CHECK(all.reasons[0].total == 36);
	CHECK(all.reasons[1].rate == Approx(0));
}

TEST_CASE("workers of one process are one row, those that are not seen are not one")
{
	const figures all = figures_of(look_at(1), look_at(2));

	REQUIRE(all.workers.size() == 3);
	CHECK(all.workers[0].first.pid == 7);
	CHECK(all.workers[0].workers == 2);
	CHECK(all.workers[0].slots == 8);
	CHECK(all.workers[0].answered == Approx(30));
	CHECK(all.workers[1].workers == 1);
}

TEST_CASE("the hottest come first, and what nobody asked for not at all")
{
	const figures all = figures_of(look_at(1), look_at(2));

	REQUIRE(all.urls.size() == 3);
	CHECK(all.urls[0].rate == Approx(500));
	CHECK(all.urls[0].stored);
	CHECK(all.urls[1].url == "http://a:80/");
	CHECK(all.urls[1].rate == Approx(90));
	CHECK(all.urls[2].url == "http://a/luke");
}

TEST_CASE("what is new, gone, or began anew has no rate below zero and none out of nothing")
{
	look before = look_at(2), now = look_at(1);

	now.ns = before.ns + second_ns;
	figures all = figures_of(before, now);
	CHECK(all.queues[0].received == Approx(0));
	CHECK(all.reasons[0].rate == Approx(0));
	CHECK(all.urls[0].rate == Approx(0));
	/* of the same name, but another one */
	now = look_at(3);
	now.queues[1].id = 9;
	all = figures_of(before, now);
	CHECK(std::ranges::find(all.queues, "app", [](const queue_row &row) {
		      return row.queue.name;
	      })->received == Approx(0));
	/* the first look, and two in one moment */
	all = figures_of(now, now);
	CHECK(all.queues[0].received == Approx(0));
	CHECK(figures_of({}, {}).queues.empty());
	CHECK(figures_of(look_at(3), look_at(1)).seconds == Approx(0));
	CHECK(figures_of({}, now).urls[0].rate == Approx(0));
}

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
