// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

extern "C" {
#include "tap.h"
}

namespace {

constexpr u64 ms = 1000000;
constexpr u64 s = 1000 * ms;
constexpr u32 kib = 1024;
constexpr u32 mib = 1024 * kib;
/* Of a clock that is about to wrap: only differences count */
constexpr u64 start = u64{ 0 } - 3 * s;

u64 cost_of(u64 rate)
{
	return rate ? s * mib / rate : 0;
}

/* A client that always takes more, woken by a timer that is late */
struct answer {
	khttp_flow flow;
	khttp_tap tap{};
	u64 now = start;
	u64 got = 0;
	u64 worst_burst = 0;	/* above the line of the rate */
	u64 worst_peak = 0;	/* and of the peak */

	explicit answer(khttp_flow f) : flow{ f }
	{
		khttp_tap_open(&tap, &f, cost_of(f.rate), cost_of(f.peak), now);
	}

	u64 above(u64 rate) const
	{
		u64 line = static_cast<u64>(static_cast<double>(now - start) * rate / s);

		return got > line ? got - line : 0;
	}

	void run(u64 until, u64 late)
	{
		while (now - start < until) {
			u64 wait;
			u32 n = khttp_tap_room(&tap, UINT32_MAX, now, &wait);

			if (!n) {
				now += std::max(wait, ms) + late;
				continue;
			}
			REQUIRE(n <= KHTTP_QUANTUM_MAX);
			khttp_tap_spend(&tap, n, now);
			got += n;
			worst_burst = std::max(worst_burst, above(flow.rate));
			if (flow.peak)
				worst_peak = std::max(worst_peak, above(flow.peak));
		}
	}
};

bool within(u64 got, u64 wanted, double percent)
{
	return std::abs(static_cast<double>(got) / wanted - 1) * 100 <= percent;
}

} // namespace

TEST_CASE("a rate, peak and burst that can be kept are ok, others are not")
{
	auto ok = [](khttp_flow f) { return khttp_tap_ok(&f); };

	CHECK(ok({ KHTTP_FLOW_RATE_MIN, 0, 0 }));
	CHECK(ok({ UINT32_MAX, UINT32_MAX, UINT32_MAX }));
	CHECK(ok({ mib, mib, mib / 32 }));
	CHECK(ok({ kib, 0, KHTTP_FLOW_BURST_MIN }));
	CHECK_FALSE(ok({ 0, 0, 0 }));
	CHECK_FALSE(ok({ 0, mib, mib }));
	CHECK_FALSE(ok({ KHTTP_FLOW_RATE_MIN - 1, 0, 0 }));
	CHECK_FALSE(ok({ mib, mib - 1, 0 }));
	CHECK_FALSE(ok({ mib, 0, mib / 32 - 1 }));
	CHECK_FALSE(ok({ kib, 0, KHTTP_FLOW_BURST_MIN - 1 }));
}

TEST_CASE("the rate is kept from 1 KiB/s to 1 GiB/s, above it is the burst and no more")
{
	for (u32 rate : { kib, 16 * kib, mib, 100 * mib, 1024 * mib })
		for (u32 burst : { 0U, 4 * mib, 256 * mib })
			for (u64 late : { u64{ 0 }, 5 * ms }) {
				if (burst && burst < rate / 32)
					continue;
				answer a{ { rate, 0, burst } };
				u64 all = burst ? burst : KHTTP_FLOW_BURST_LEAST(rate);

				INFO(rate << " bytes/s, burst " << burst << ", late " << late);
				a.run(100 * ms, late);
				u64 settled = a.got, since = a.now;

				CHECK(settled >= all / 2);
				a.run(100 * ms + 20 * s, late);
				/* What a MiB costs is whole ns */
				CHECK(a.worst_burst <= all + a.got / 100000 + 1);
				CHECK(a.worst_burst + 2 * KHTTP_QUANTUM_MAX >= all);
				CHECK(within(a.got - settled,
					     static_cast<u64>(static_cast<double>(a.now - since) *
							      rate / s), 2));
			}
}

TEST_CASE("the peak is what the burst is sent at")
{
	answer a{ { mib, 4 * mib, 12 * mib } };

	a.run(2 * s, 0);
	CHECK(within(a.got, 8 * u64{ mib }, 3));
	a.run(4 * s, 0);
	CHECK(within(a.got, 16 * u64{ mib }, 3));
	a.run(14 * s, 0);
	CHECK(within(a.got, 26 * u64{ mib }, 3));
	CHECK(a.worst_peak <= KHTTP_FLOW_BURST_LEAST(4 * mib) + 1);
}

TEST_CASE("a peak of the rate leaves no burst")
{
	answer a{ { mib, mib, 12 * mib } };

	a.run(10 * s, 0);
	CHECK(a.worst_burst <= KHTTP_FLOW_BURST_LEAST(mib) + 1);
	CHECK(within(a.got, 10 * u64{ mib }, 1));
}

TEST_CASE("who fell behind has the burst again, and not more")
{
	answer a{ { mib, 0, 2 * mib } };

	a.run(s, 0);
	for (u64 rest : { s / 2, 2 * s, 100 * s }) {
		u64 before = a.got, then = a.now;

		a.now += rest;
		a.run(a.now - start + ms, 0);
		u64 had = a.got - before;
		u64 may = std::min<u64>(static_cast<u64>(static_cast<double>(rest) * mib / s),
					2 * mib);

		INFO("after " << rest << " ns from " << then);
		CHECK(had <= may + 2 * KHTTP_QUANTUM_PACKET + mib / 100);
		CHECK(had + mib / 100 >= may);
	}
}

TEST_CASE("what the burst and the peak cover needs no tap")
{
	khttp_flow f{ mib, 0, 0 }, peaked{ mib, 2 * mib, mib };

	CHECK(khttp_tap_passes(&f, mib / 32));
	CHECK_FALSE(khttp_tap_passes(&f, mib / 32 + 1));
	CHECK_FALSE(khttp_tap_passes(&f, KHTTP_LENGTH_UNKNOWN));
	CHECK(khttp_tap_passes(&peaked, 2 * mib / 32));
	CHECK_FALSE(khttp_tap_passes(&peaked, 2 * mib / 32 + 1));
}

TEST_CASE("few bytes wait for no more room than they need")
{
	khttp_flow f{ mib, 0, 0 };
	khttp_tap t{};
	u64 wait;

	khttp_tap_open(&t, &f, cost_of(f.rate), 0, start);
	khttp_tap_spend(&t, mib / 32 - 10, start);
	CHECK(khttp_tap_room(&t, 10, start, &wait) == 10);
	CHECK(khttp_tap_room(&t, 1000, start, &wait) == 0);
	CHECK(wait <= s * 1000 / mib);
}
