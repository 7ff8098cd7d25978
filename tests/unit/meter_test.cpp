// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cstdint>

extern "C" {
#include "meter.h"
}

namespace {

constexpr u64 s = 1000000000;
constexpr u64 mib = 1024 * 1024;
/* Of a clock that is about to wrap: only differences count */
constexpr u64 start = u64{ 0 } - s / 2;

khttp_meter meter_of(u64 rate)
{
	khttp_meter m{};

	khttp_meter_set(&m, rate, rate ? s * mib / rate : 0, start);
	return m;
}

/* All that goes at once, in steps of a KiB */
u64 spend_all(khttp_meter &m, u64 now)
{
	u64 got = 0;

	for (; got < 64 * mib && !khttp_meter_lacks(&m, 1024, now); got += 1024)
		khttp_meter_spend(&m, 1024, now);
	return got;
}

/* A step, and what a step costs is whole ns */
bool about(u64 got, u64 wanted)
{
	return got + 1024 >= wanted && got <= wanted + wanted / 1000;
}

} // namespace

TEST_CASE("a meter without a rate always has room")
{
	auto m = meter_of(0);

	CHECK(spend_all(m, start) == 64 * mib);
	khttp_meter_deepen(&m, UINT32_MAX);
	CHECK(khttp_meter_lacks(&m, KHTTP_QUANTUM_MAX, start) == 0);
}

TEST_CASE("a deep meter gives as much at once, and the rate from then on")
{
	for (u64 rate : { u64{ 1024 }, 16 * u64{ 1024 }, mib, 1024 * mib }) {
		auto m = meter_of(rate);
		u32 burst = 3 * mib + 1024;

		khttp_meter_deepen(&m, burst);
		CHECK(about(spend_all(m, start), burst));
		CHECK(khttp_meter_lacks(&m, 1024, start) > 0);
		CHECK(about(spend_all(m, start + s), rate < burst ? rate : burst));
	}
}

TEST_CASE("the deepest meter of the least rate does not overflow")
{
	auto m = meter_of(1024);

	khttp_meter_deepen(&m, UINT32_MAX);
	CHECK(m.depth / s == UINT32_MAX / 1024);
	CHECK(spend_all(m, start) == 64 * mib);
}

TEST_CASE("what was not sent is there again, and no more than that")
{
	auto m = meter_of(mib);
	u64 all = spend_all(m, start);

	khttp_meter_put_back(&m, 4096);
	CHECK(spend_all(m, start) == 4096);
	khttp_meter_put_back(&m, UINT32_MAX);
	CHECK(spend_all(m, start) <= all);
}

TEST_CASE("what it lacks is the time until there is room")
{
	auto m = meter_of(mib);

	spend_all(m, start);
	u64 wait = khttp_meter_lacks(&m, 1024, start);

	REQUIRE(wait > 0);
	CHECK(khttp_meter_lacks(&m, 1024, start + wait - 1) > 0);
	CHECK(khttp_meter_lacks(&m, 1024, start + wait) == 0);
}
