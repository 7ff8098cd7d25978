// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

extern "C" {
#include "slowest.h"
}

namespace {

constexpr u64 period = 1ULL << KHTTP_SLOWEST_BITS;

} // namespace

TEST_CASE("of one period the slower answer has the greater key")
{
	CHECK(khttp_slowest_key(7 * period, 5) > khttp_slowest_key(8 * period - 1, 4));
	CHECK(khttp_slowest_key(7 * period + 9, 5) == khttp_slowest_key(7 * period + 1, 5));
	/* Longer than a period: as much as a key can say, and no other period */
	CHECK(khttp_slowest_key(7 * period, 3 * period) < khttp_slowest_key(8 * period, 1));
}

TEST_CASE("of the same place the later period has the greater key")
{
	const u64 old = khttp_slowest_key(7 * period, period - 1);
	const u64 next = khttp_slowest_key(9 * period, 1);

	CHECK(khttp_slowest_place(old) == khttp_slowest_place(next));
	CHECK(khttp_slowest_place(old) != khttp_slowest_place(khttp_slowest_key(8 * period, 1)));
	CHECK(next > old);
}

TEST_CASE("it is told in its own period and in the next one")
{
	const u64 key = khttp_slowest_key(7 * period + 5, 1234);

	CHECK(khttp_slowest_ns(key, 7 * period + 5) == 1234);
	CHECK(khttp_slowest_ns(key, 9 * period - 1) == 1234);
	CHECK(khttp_slowest_ns(key, 9 * period) == 0);
	CHECK(khttp_slowest_ns(0, 9 * period) == 0);
}
