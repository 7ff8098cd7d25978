// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cstdlib>
#include <vector>

#include "metrics/buckets.hpp"

extern "C" {
#include "histogram.h"
}

using metrics::bounds;
using metrics::buckets;
using metrics::buckets_of;

namespace {

std::vector<std::uint64_t> counts_of(std::initializer_list<std::uint64_t> times)
{
	std::vector<std::uint64_t> counts(KHTTP_HISTOGRAM_BUCKETS);

	for (std::uint64_t ns : times)
		counts[khttp_histogram_bucket(ns)]++;
	return counts;
}

std::uint64_t below(const buckets &all, std::uint64_t ns)
{
	for (std::size_t i = 0; i < bounds.size(); i++)
		if (bounds[i].ns == ns)
			return all.below[i];
	FAIL("no such bound");
	return 0;
}

} // namespace

TEST_CASE("nothing is nothing in every bucket")
{
	const buckets none = buckets_of({});

	CHECK(none.count == 0);
	CHECK(none.sum == 0);
	for (std::uint64_t n : none.below)
		CHECK(n == 0);
}

TEST_CASE("each bucket holds those before it, and what is longer is only in the count")
{
	const buckets all = buckets_of(counts_of(
		{ 1, 20'000, 20'000, 3'000'000, 700'000'000, 60'000'000'000, 1ULL << 40 }));

	CHECK(below(all, 10'000) == 1);
	CHECK(below(all, 25'000) == 3);
	CHECK(below(all, 2'500'000) == 3);
	CHECK(below(all, 5'000'000) == 4);
	CHECK(below(all, 500'000'000) == 4);
	CHECK(below(all, 1'000'000'000) == 5);
	CHECK(below(all, 10'000'000'000) == 5);
	CHECK(all.count == 7);
}

TEST_CASE("counts that end early are as if zeros followed")
{
	std::vector<std::uint64_t> counts = counts_of({ 300, 40'000, 40'000 });
	const buckets whole = buckets_of(counts);

	while (counts.back() == 0)
		counts.pop_back();
	const buckets cut = buckets_of(counts);
	CHECK(cut.below == whole.below);
	CHECK(cut.count == 3);
	CHECK(cut.sum == whole.sum);
}

TEST_CASE("a bound and the sum are off by no more than the kernel's buckets are")
{
	for (std::size_t i = 0; i < bounds.size(); i++) {
		const std::uint64_t ns = bounds[i].ns;

		CHECK(below(buckets_of(counts_of({ ns * 95 / 100 })), ns) == 1);
		CHECK(below(buckets_of(counts_of({ ns * 105 / 100 })), ns) == 0);
		CHECK(buckets_of(counts_of({ ns, ns })).sum ==
		      Approx(2e-9 * static_cast<double>(ns)).epsilon(0.05));
	}
}

TEST_CASE("the bounds grow, and are shown as what they are")
{
	for (std::size_t i = 0; i < bounds.size(); i++) {
		CHECK(std::strtod(std::string(bounds[i].seconds).c_str(), nullptr) * 1e9 ==
		      Approx(static_cast<double>(bounds[i].ns)));
		if (i)
			CHECK(bounds[i - 1].ns < bounds[i].ns);
	}
}

TEST_CASE("large counts are neither lost nor wrapped")
{
	std::vector<std::uint64_t> counts(KHTTP_HISTOGRAM_BUCKETS, 1ULL << 44);

	const buckets all = buckets_of(counts);
	CHECK(all.count == KHTTP_HISTOGRAM_BUCKETS * (1ULL << 44));
	CHECK(all.sum > 1e15);
	CHECK(below(all, 10'000'000'000) < all.count);
}
