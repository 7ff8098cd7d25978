// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>

#include "looks.hpp"

using namespace looks;
using namespace metrics;

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
