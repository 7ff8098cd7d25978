// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cstdint>

extern "C" {
#include "pace.h"
}

namespace {

constexpr u64 window = KHTTP_PACE_WINDOW_MS;
constexpr u64 step = KHTTP_PACE_STEP_MS;

/* Looks at the end of each step; when it was too slow, or 0 */
template <typename F>
u64 cut_at(F bytes_at, u64 rate, u64 until)
{
	khttp_pace r;

	khttp_pace_begin(&r, bytes_at(u64{ 0 }));
	for (u64 ms = step; ms <= until; ms += step)
		if (!khttp_pace_look(&r, ms, bytes_at(ms), rate))
			return ms;
	return 0;
}

} // namespace

TEST_CASE("pace: a window of exactly the rate is enough, a byte less is not")
{
	for (u64 rate : { u64{ 1 }, u64{ 1024 }, u64{ 1 } << 30 }) {
		auto all_at_once = [=](u64 bytes) {
			return [=](u64 ms) { return ms ? bytes : 0; };
		};

		CHECK(cut_at(all_at_once(rate * 30), rate, window) == 0);
		CHECK(cut_at(all_at_once(rate * 30 - 1), rate, window) == window);
		CHECK(cut_at(all_at_once(rate * 30 + 1), rate, window) == 0);
	}
}

TEST_CASE("pace: nobody is cut before a window has passed")
{
	CHECK(cut_at([](u64) { return 7; }, 1000, window - 1) == 0);
	CHECK(cut_at([](u64) { return 7; }, 1000, window) == window);
}

TEST_CASE("pace: what was fast before buys no right to stall")
{
	/* a gigabyte in the first ten seconds, then nothing */
	CHECK(cut_at([](u64 ms) { return ms ? u64{ 1 } << 30 : 0; }, 1024, 10 * window) ==
	      window + step);
}

TEST_CASE("pace: the window slides: a stall that lies across two of them is seen")
{
	/* 45000 bytes in 0-10 s and in 60-70 s: 0-30 and 50-80 are fine, 10-60 is empty */
	auto bursts = [](u64 ms) { return ms < step ? 0 : ms < 7 * step ? 45000 : 90000; };

	CHECK(cut_at(bursts, 1000, 10 * window) == 4 * step);
}

TEST_CASE("pace: looks in between do not move the window, late ones judge by their time")
{
	khttp_pace r;

	khttp_pace_begin(&r, 0);
	for (u64 ms = 0; ms < window; ms += 7)
		REQUIRE(khttp_pace_look(&r, ms, ms, 1000));
	CHECK(khttp_pace_next(&r) > window - step);
	khttp_pace_begin(&r, 5);
	CHECK(khttp_pace_look(&r, 45000, 45005, 1000));
	khttp_pace_begin(&r, 5);
	CHECK_FALSE(khttp_pace_look(&r, 45000, 45004, 1000));
}

TEST_CASE("pace: the whole is late when more time has gone than it takes at the rate")
{
	/* 100000 bytes at 1000 a second: 100 s */
	CHECK_FALSE(khttp_pace_overdue(99999, 100000, 1000));
	CHECK_FALSE(khttp_pace_overdue(100000, 100000, 1000));
	CHECK(khttp_pace_overdue(100001, 100000, 1000));
	/* and never within the first window */
	CHECK_FALSE(khttp_pace_overdue(window - 1, 1, 1000));
	CHECK(khttp_pace_overdue(window, 1, 1000));
}

TEST_CASE("pace: numbers that do not fit are as good as the largest")
{
	CHECK_FALSE(khttp_pace_overdue(window, UINT64_MAX, 1 << 30));
	CHECK_FALSE(khttp_pace_overdue(UINT64_MAX, UINT64_MAX, UINT64_MAX));
	CHECK(cut_at([](u64 ms) { return ms * (UINT64_MAX / 100000); }, 1 << 30, 90000) == 0);
}

TEST_CASE("pace: bursts that please every window are late as a whole")
{
	/* 25000 bytes within each second half minute, 5000 within the others */
	auto bursts = [](u64 ms) { return ms / 30000 * 30000 + (ms % 30000 >= 20000 ? 25000 : 0); };

	CHECK(cut_at(bursts, 1000, 290000) == 0);
	CHECK(khttp_pace_overdue(45001, 45000, 1000));
}
