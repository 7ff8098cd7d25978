// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "evict.hpp"

namespace {

khttp_fate judge(khttp_fifo which, std::uint8_t &freq, bool sent = false)
{
	return khttp_s3fifo_judge(which, &freq, sent);
}

khttp_fifo next(std::uint32_t small, std::uint32_t main, std::uint64_t small_bytes)
{
	const std::uint32_t len[KHTTP_FIFO_COUNT] = { small, main };

	return khttp_s3fifo_next(len, small_bytes, 1000);
}

} // namespace

TEST_CASE("s3fifo: the small queue gives while it has a tenth, or all")
{
	CHECK(next(5, 5, 100) == KHTTP_FIFO_SMALL);
	CHECK(next(5, 5, 99) == KHTTP_FIFO_MAIN);
	CHECK(next(5, 0, 1) == KHTTP_FIFO_SMALL);
	CHECK(next(0, 5, 0) == KHTTP_FIFO_MAIN);
}

TEST_CASE("s3fifo: two hits lead up, and each one is a round in the main queue")
{
	std::uint8_t freq = 1;

	CHECK(judge(KHTTP_FIFO_SMALL, freq) == KHTTP_FATE_GOES);
	freq = 2;
	CHECK(judge(KHTTP_FIFO_SMALL, freq) == KHTTP_FATE_RISES);
	CHECK(freq == 0);
	freq = KHTTP_FREQ_MAX;
	for (int round = 0; round < KHTTP_FREQ_MAX; round++)
		CHECK(judge(KHTTP_FIFO_MAIN, freq) == KHTTP_FATE_STAYS);
	CHECK(judge(KHTTP_FIFO_MAIN, freq) == KHTTP_FATE_GOES);
}

TEST_CASE("s3fifo: what is being sent stays where it is")
{
	std::uint8_t freq = 0;

	CHECK(judge(KHTTP_FIFO_SMALL, freq, true) == KHTTP_FATE_STAYS);
	CHECK(judge(KHTTP_FIFO_MAIN, freq, true) == KHTTP_FATE_STAYS);
	freq = 3;
	CHECK(judge(KHTTP_FIFO_SMALL, freq, true) == KHTTP_FATE_STAYS);
	CHECK(freq == 3);
}

TEST_CASE("s3fifo: a ghost counts once, and only while it is young")
{
	std::vector<khttp_ghost> places(khttp_ghost_places(0));
	khttp_ghosts ghosts{ places.data(), static_cast<std::uint32_t>(places.size() - 1) };
	std::uint32_t clock = KHTTP_GHOST_EPOCH;
	constexpr std::uint64_t hash = 0x123456789abcdef0;

	REQUIRE(places.size() == KHTTP_GHOST_MIN);
	CHECK_FALSE(khttp_ghost_take(&ghosts, clock, 0, 0));
	khttp_ghost_add(&ghosts, &clock, hash);
	CHECK_FALSE(khttp_ghost_take(&ghosts, clock, 0, hash ^ 1ULL << 40));
	CHECK(khttp_ghost_take(&ghosts, clock, 0, hash));
	CHECK_FALSE(khttp_ghost_take(&ghosts, clock, 0, hash));
	khttp_ghost_add(&ghosts, &clock, hash);
	CHECK(khttp_ghost_take(&ghosts, clock + KHTTP_GHOST_MIN - 1, 0, hash));
	khttp_ghost_add(&ghosts, &clock, hash);
	CHECK_FALSE(khttp_ghost_take(&ghosts, clock + KHTTP_GHOST_MIN, 0, hash));
	CHECK(khttp_ghost_take(&ghosts, clock + KHTTP_GHOST_MIN, KHTTP_GHOST_MIN + 1, hash));
}

TEST_CASE("s3fifo: without memory for them there are no ghosts")
{
	khttp_ghosts none{};
	std::uint32_t clock = KHTTP_GHOST_EPOCH;

	khttp_ghost_add(&none, &clock, 1);
	CHECK_FALSE(khttp_ghost_take(&none, clock, 0, 1));
	CHECK(khttp_ghost_places(UINT64_MAX) == KHTTP_GHOST_MAX);
	CHECK(khttp_ghost_places(1ULL << 30) == 1ULL << 18);
}

TEST_CASE("s3fifo: on a trace with scans no fewer are hits than with LRU")
{
	for (double alpha : { 0.8, 1.0 })
		for (std::uint64_t part : { 10, 100 }) {
			const evict::shape s{ alpha, 10000, 100000, 5000, 1600, part };
			std::uint64_t budget = evict::footprint(s) / part;
			double lru = evict::hit_ratio<evict::lru>(s, budget);
			double own = evict::hit_ratio<evict::s3fifo>(s, budget);

			CAPTURE(alpha, part, lru, own);
			CHECK(own >= lru);
		}
}
