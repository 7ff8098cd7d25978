// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "metrics/recent.hpp"

#include "looks.hpp"

extern "C" {
#include "histogram.h"
}

using metrics::recent;

namespace {

/* N requests of NS each, up to the last bucket that is not 0 */
std::vector<std::uint64_t> counted(std::uint64_t ns, std::uint64_t n)
{
	std::vector<std::uint64_t> counts(khttp_histogram_bucket(ns) + 1);

	counts.back() = n;
	return counts;
}

constexpr std::uint64_t ms = 1'000'000;

} // namespace

TEST_CASE("nothing took no time")
{
	recent none;

	none.add({}, {});
	none.add(counted(ms, 7), counted(ms, 7));
	CHECK(none.summary().count == 0);
	CHECK(none.summary().p99 == 0);
}

TEST_CASE("what was counted before does not count")
{
	std::vector<std::uint64_t> before = counted(900 * ms, 100), now = before;
	recent seen;

	now[khttp_histogram_bucket(2 * ms)] += 10;
	seen.add(before, now);
	CHECK(seen.summary().count == 10);
	CHECK(seen.summary().p50 == Approx(2 * ms).epsilon(0.04));
	CHECK(seen.summary().p99 == seen.summary().p50);
}

TEST_CASE("a histogram that lost something began anew and says nothing")
{
	recent seen;

	seen.add(counted(ms, 5), counted(ms, 4));
	seen.add(counted(900 * ms, 1), counted(ms, 4));
	CHECK(seen.summary().count == 0);
}

TEST_CASE("several together are as one")
{
	recent all, slow;

	all.add({}, counted(ms, 98));
	slow.add({}, counted(900 * ms, 2));
	all.add(slow);
	CHECK(all.summary().count == 100);
	CHECK(all.summary().p50 == Approx(ms).epsilon(0.04));
	CHECK(all.summary().p90 == all.summary().p50);
	CHECK(all.summary().p99 == Approx(900 * ms).epsilon(0.04));
}

TEST_CASE("more buckets than are known are no place to write to")
{
	recent seen;

	seen.add({}, std::vector<std::uint64_t>(KHTTP_HISTOGRAM_BUCKETS + 9, 1));
	CHECK(seen.summary().count == KHTTP_HISTOGRAM_BUCKETS);
}

TEST_CASE("each queue has its own times, and all have them together")
{
	metrics::look before = looks::look_at(1), now = looks::look_at(2);
	khttp::latency_info hit;

	hit.queue = "app";
	hit.stage = "hit";
	hit.count = 4;
	hit.counts = counted(ms, 4);
	before.latencies = { hit };
	hit.count = 9;
	hit.counts = counted(ms, 9);
	now.latencies = { hit };
	metrics::figures all = metrics::figures_of(before, now);
	CHECK(all.hit.count == 5);
	CHECK(all.miss.count == 0);
	for (const metrics::queue_row &row : all.queues)
		CHECK(row.hit.count == (row.queue.name == "app" ? 5 : 0));
	/* another queue of that name */
	now.queues[1].id = 9;
	CHECK(metrics::figures_of(before, now).hit.count == 0);
}
