// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "http.hpp"

namespace {

constexpr u64 second = 1000000000;

khttp_rate rate_of(u64 interval, u32 burst)
{
	khttp_rate rate;

	REQUIRE(khttp_rate_set(&rate, interval, burst));
	return rate;
}

}  // namespace

TEST_CASE("rate: a burst passes at once, then one in each interval")
{
	khttp_rate rate = rate_of(second, 3);
	u64 full_at = 0, now = 5 * second;

	for (int i = 0; i < 3; i++)
		CHECK(khttp_rate_take(&rate, &full_at, now) == 0);
	CHECK(khttp_rate_take(&rate, &full_at, now) == second);
	CHECK(khttp_rate_take(&rate, &full_at, now + second - 1) == 1);
	CHECK(khttp_rate_take(&rate, &full_at, now + second) == 0);
	CHECK(khttp_rate_take(&rate, &full_at, now + second) == second);
	CHECK(!khttp_rate_idle(full_at, now + 3 * second));
	CHECK(khttp_rate_idle(full_at, now + 4 * second));
}

TEST_CASE("rate: what is refused costs nothing")
{
	khttp_rate rate = rate_of(second, 1);
	u64 full_at = 0;

	CHECK(khttp_rate_take(&rate, &full_at, 0) == 0);
	for (int i = 0; i < 1000; i++)
		CHECK(khttp_rate_take(&rate, &full_at, 0) == second);
	CHECK(khttp_rate_take(&rate, &full_at, second) == 0);
}

TEST_CASE("rate: an idle bucket is full and no fuller")
{
	khttp_rate rate = rate_of(second, 2);
	u64 full_at = 0, now = 1000000 * second;

	CHECK(khttp_rate_take(&rate, &full_at, now) == 0);
	CHECK(khttp_rate_take(&rate, &full_at, now) == 0);
	CHECK(khttp_rate_take(&rate, &full_at, now) != 0);
}

TEST_CASE("rate: the clock may wrap")
{
	khttp_rate rate = rate_of(second, 2);
	u64 now = 0 - second / 2;
	u64 full_at = now;

	CHECK(khttp_rate_take(&rate, &full_at, now) == 0);
	CHECK(full_at == second / 2);
	CHECK(khttp_rate_take(&rate, &full_at, now) == 0);
	CHECK(khttp_rate_take(&rate, &full_at, now) == second);
	CHECK(khttp_rate_take(&rate, &full_at, second / 2) == 0);
}

TEST_CASE("rate: the slowest with the largest burst does not overflow")
{
	khttp_rate rate = rate_of(KHTTP_RATE_INTERVAL_MAX, KHTTP_RATE_BURST_MAX);
	u64 now = ~0ULL / 3;
	u64 full_at = now;

	for (u32 i = 0; i < KHTTP_RATE_BURST_MAX; i++)
		if (khttp_rate_take(&rate, &full_at, now))
			FAIL("refused at " << i);
	CHECK(khttp_rate_take(&rate, &full_at, now) == KHTTP_RATE_INTERVAL_MAX);
	CHECK(!khttp_rate_idle(full_at, now));
}

TEST_CASE("rate: what makes no sense is refused")
{
	khttp_rate rate;

	CHECK(!khttp_rate_set(&rate, 0, 1));
	CHECK(!khttp_rate_set(&rate, KHTTP_RATE_INTERVAL_MAX + 1, 1));
	CHECK(!khttp_rate_set(&rate, 1, 0));
	CHECK(!khttp_rate_set(&rate, 1, KHTTP_RATE_BURST_MAX + 1));
}

TEST_CASE("rate: passes as a bucket that is counted would")
{
	for (unsigned seed = 0; seed < 50; seed++) {
		std::mt19937 random(seed);
		u64 interval = 1 + random() % 1000;
		u32 burst = 1 + static_cast<u32>(random() % 20);
		khttp_rate rate = rate_of(interval, burst);
		u64 now = 1000, full_at = 0;
		// Tokens in units of 1/interval, so that all is whole numbers.
		u64 level = burst * interval;

		for (int i = 0; i < 1000; i++) {
			u64 passed = random() % (2 * interval);

			now += passed;
			level = std::min(level + passed, burst * interval);
			bool taken = khttp_rate_take(&rate, &full_at, now) == 0;
			REQUIRE(taken == (level >= interval));
			if (taken)
				level -= interval;
		}
	}
}
