// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <numeric>
#include <random>

extern "C" {
#include "histogram.h"
}

namespace {

constexpr unsigned last = KHTTP_HISTOGRAM_BUCKETS - 1;

struct histogram {
	std::array<u64, KHTTP_HISTOGRAM_BUCKETS> counts{};

	void add(u64 ns, u64 times = 1)
	{
		counts[khttp_histogram_bucket(ns)] += times;
	}
	u64 at(unsigned per_mille) const
	{
		return khttp_histogram_percentile(
			counts.data(), std::accumulate(counts.begin(), counts.end(), u64{ 0 }),
			per_mille);
	}
};

/* Of what is shown against what was, in per cent */
double off_by(u64 shown, u64 real)
{
	return 100 * std::abs(static_cast<double>(shown) - static_cast<double>(real)) /
	       static_cast<double>(real);
}

} // namespace

TEST_CASE("every bucket begins where the one before it ends")
{
	CHECK(khttp_histogram_lower(0) == 0);
	CHECK(khttp_histogram_lower(1) == 1024);
	CHECK(khttp_histogram_lower(2) == 1088);
	CHECK(khttp_histogram_lower(17) == 2048);
	CHECK(khttp_histogram_lower(last) == 1ULL << 37);
	for (unsigned bucket = 1; bucket <= last; bucket++) {
		u64 lower = khttp_histogram_lower(bucket);

		CAPTURE(bucket, lower);
		REQUIRE(khttp_histogram_bucket(lower) == bucket);
		REQUIRE(khttp_histogram_bucket(lower - 1) == bucket - 1);
	}
}

TEST_CASE("the first and the last bucket take what is outside")
{
	CHECK(khttp_histogram_bucket(0) == 0);
	CHECK(khttp_histogram_bucket(1023) == 0);
	CHECK(khttp_histogram_bucket(1024) == 1);
	CHECK(khttp_histogram_bucket((1ULL << 37) - 1) == last - 1);
	CHECK(khttp_histogram_bucket(1ULL << 37) == last);
	CHECK(khttp_histogram_bucket(~0ULL) == last);
	CHECK(khttp_histogram_lower(last + 1) == 1ULL << 37);
	CHECK(khttp_histogram_middle(0) == 512);
	CHECK(khttp_histogram_middle(last) == 1ULL << 37);
}

TEST_CASE("a bucket's middle is at most 5 % away from what is in it")
{
	double worst = 0;

	/* Dense: about 9000 steps for a power of two, and both sides of each edge */
	for (u64 ns = 1024; ns < 1ULL << 37; ns += 1 + ns / 9000)
		worst = std::max(worst,
				 off_by(khttp_histogram_middle(khttp_histogram_bucket(ns)), ns));
	for (unsigned bucket = 1; bucket < last; bucket++) {
		u64 middle = khttp_histogram_middle(bucket);
		u64 highest = khttp_histogram_lower(bucket + 1) - 1;

		worst = std::max({ worst, off_by(middle, khttp_histogram_lower(bucket)),
				   off_by(middle, highest) });
	}
	CHECK(worst <= 5);
	CHECK(worst > 3); /* the sweep has met the edges */
}

TEST_CASE("nothing has no percentiles")
{
	histogram h;

	CHECK(h.at(500) == 0);
	CHECK(h.at(1000) == 0);
}

TEST_CASE("percentiles of one value are that value")
{
	histogram h;

	h.add(300'000'000);
	for (unsigned per_mille : { 1U, 500U, 900U, 990U, 999U, 1000U })
		CHECK(off_by(h.at(per_mille), 300'000'000) <= 5);
}

TEST_CASE("percentiles of 1 to 1000 ms")
{
	histogram h;

	for (u64 ms = 1; ms <= 1000; ms++)
		h.add(ms * 1'000'000);
	for (unsigned per_mille : { 1U, 500U, 900U, 990U, 999U, 1000U })
		CHECK(off_by(h.at(per_mille), per_mille * 1'000'000ULL) <= 5);
}

TEST_CASE("a percentile is the smallest value that is enough")
{
	histogram h;

	h.add(10'000, 990);
	h.add(1'000'000, 9);
	h.add(1ULL << 40);
	CHECK(off_by(h.at(500), 10'000) <= 5);
	CHECK(off_by(h.at(990), 10'000) <= 5);
	CHECK(off_by(h.at(991), 1'000'000) <= 5);
	CHECK(off_by(h.at(999), 1'000'000) <= 5);
	CHECK(h.at(1000) == 1ULL << 37);
}

TEST_CASE("what is too short to tell counts, too")
{
	histogram h;

	h.add(0, 6);
	h.add(5'000, 4);
	CHECK(h.at(500) == 512);
	CHECK(h.at(600) == 512);
	CHECK(off_by(h.at(601), 5'000) <= 5);
}

TEST_CASE("counts of years do not overflow")
{
	histogram h;

	h.add(10'000, 1ULL << 53);
	h.add(20'000, (1ULL << 53) - 1);
	CHECK(off_by(h.at(500), 10'000) <= 5);
	CHECK(off_by(h.at(999), 20'000) <= 5);
}

TEST_CASE("percentiles of many values are those of the sorted list")
{
	std::mt19937_64 random(1);
	std::lognormal_distribution<double> times(13, 2);
	std::vector<u64> all;
	histogram h;

	for (int i = 0; i < 20'000; i++) {
		all.push_back(2'000 + static_cast<u64>(times(random)));
		h.add(all.back());
	}
	std::sort(all.begin(), all.end());
	for (unsigned per_mille : { 500U, 900U, 990U, 999U, 1000U })
		CHECK(off_by(h.at(per_mille), all[all.size() * per_mille / 1000 - 1]) <= 5);
}
