// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

extern "C" {
#include "valve.h"
}

namespace {

constexpr u64 ms = 1000000;
constexpr u64 s = 1000 * ms;
constexpr u64 kib = 1024;
constexpr u64 mib = 1024 * kib;
/* Of a clock that is about to wrap: only differences count */
constexpr u64 start = u64{ 0 } - 3 * s;

u64 cost_of(u64 rate)
{
	return rate ? 1000000000 * mib / rate : 0;
}

/* A namespace, and whoever has something to send in it for ever */
struct world {
	struct client {
		khttp_leaf leaf{};
		std::size_t group = 0;
		u32 piece = 0;	/* what it wants at a time; 0: nothing any more */
		u64 got = 0;
	};

	khttp_main main{};
	std::vector<std::unique_ptr<khttp_valve>> valves;
	std::vector<std::unique_ptr<client>> clients;
	u64 now = start;
	u64 due = UINT64_MAX;	/* ns from start */
	u64 delay = ms;		/* of a timer */

	explicit world(u64 rate)
	{
		set_main(rate);
	}

	void set_main(u64 rate)
	{
		khttp_meter_set(&main.bucket, rate, cost_of(rate), now);
	}

	void set(std::size_t group, u64 rate)
	{
		khttp_meter_set(&valves[group]->bucket, rate, cost_of(rate), now);
	}

	std::size_t add(u64 rate)
	{
		valves.push_back(std::make_unique<khttp_valve>());
		set(valves.size() - 1, rate);
		return valves.size() - 1;
	}

	client &join(std::size_t group, u32 piece = KHTTP_QUANTUM_MAX)
	{
		clients.push_back(std::make_unique<client>());
		clients.back()->group = group;
		clients.back()->piece = piece;
		return *clients.back();
	}

	/* All that one may have at once, until it waits */
	void ask(client &c)
	{
		u64 wait;
		u32 n;

		while (c.piece && !khttp_leaf_waits(&c.leaf)) {
			n = khttp_valve_take(&main, valves[c.group].get(), &c.leaf, c.piece, now,
					     &wait);
			REQUIRE(n <= c.piece);
			c.got += n;
			if (!n && wait != UINT64_MAX)
				due = std::min(due, now - start + std::max(wait, delay));
		}
	}

	/* The timer fires: who was granted sends, and asks again behind all of them */
	void look()
	{
		std::vector<client *> woken;

		while (khttp_leaf *l = khttp_valve_serve(&main, now)) {
			auto *c = reinterpret_cast<client *>(l);

			REQUIRE(l->granted > 0);
			REQUIRE(l->granted <= l->want);
			c->got += l->granted;
			woken.push_back(c);
		}
		for (client *c : woken)
			ask(*c);
		u64 wait = khttp_valve_next(&main, now);
		due = wait == UINT64_MAX ? wait : now - start + std::max(wait, delay);
	}

	void run(u64 until)
	{
		for (auto &c : clients)
			ask(*c);
		while (due <= until) {
			now = start + due;
			look();
		}
		now = start + until;
	}

	u64 got() const
	{
		u64 sum = 0;

		for (const auto &c : clients)
			sum += c->got;
		return sum;
	}
};

bool near(u64 value, u64 wanted, unsigned int percent)
{
	INFO(value << " of " << wanted);
	CHECK(value * 100 >= wanted * (100 - percent));
	CHECK(value * 100 <= wanted * (100 + percent));
	return value * 100 >= wanted * (100 - percent) &&
	       value * 100 <= wanted * (100 + percent);
}

} // namespace

TEST_CASE("valve: a rate is kept over ten seconds, by one or by many, of any size")
{
	for (u64 rate : { 16 * kib, 100 * kib, mib, 10 * mib, 100 * mib, 1024 * mib })
		for (std::size_t n : { 1, 7, 100 })
			for (u32 piece : { 500U, 16384U, KHTTP_QUANTUM_MAX }) {
				/* More than a packet for each of them is more than there is */
				if (rate < mib && n > 7)
					continue;
				if (rate > 100 * mib && piece < 16384)
					continue;
				world of_group(0), of_all(rate);
				std::size_t a = of_group.add(rate), b = of_all.add(0);

				for (std::size_t i = 0; i < n; i++) {
					of_group.join(a, piece);
					of_all.join(b, piece);
				}
				INFO("rate " << rate << ", " << n << " of " << piece);
				of_group.run(10 * s);
				of_all.run(10 * s);
				near(of_group.got(), 10 * rate, 3);
				near(of_all.got(), 10 * rate, 3);
			}
}

TEST_CASE("valve: no more than the burst above the rate, at any time")
{
	for (u64 rate : { u64{ 1 }, 3 * kib, 16 * kib, mib, 100 * mib }) {
		u64 packet = std::min<u64>(KHTTP_QUANTUM_PACKET, std::max<u64>(rate / 8, 1));
		u64 quantum = std::clamp<u64>(rate / 256, packet, KHTTP_QUANTUM_MAX);
		u64 burst = std::max(rate / 50, 2 * quantum);
		world w(0);
		auto &c = w.join(w.add(rate));

		INFO("rate " << rate);
		/* After a rest of any length */
		for (u64 t = 0; t < 20 * s; t += 37 * ms) {
			if (t % (7 * s) > 5 * s)
				continue;
			u64 before = c.got;

			w.run(t);
			CHECK(c.got <= burst + 1 + rate * (t / ms) / 1000 * 101 / 100);
			CHECK(c.got - before <= burst + 1 + rate * 2037 / 1000 * 101 / 100);
		}
	}
}

TEST_CASE("valve: who is late by less than the burst loses nothing")
{
	world w(0);

	w.delay = 15 * ms;
	for (int i = 0; i < 30; i++)
		w.join(0);
	w.add(50 * mib);
	w.run(10 * s);
	near(w.got(), 500 * mib, 2);
}

TEST_CASE("valve: connections of a group share alike, whatever came first")
{
	world w(0);
	std::size_t g = w.add(mib);

	for (int i = 0; i < 10; i++)
		w.join(g);
	w.run(10 * s);
	for (auto &c : w.clients)
		near(c->got, mib, 5);
}

TEST_CASE("valve: groups share alike, however many connections they have")
{
	for (u64 rate : { 64 * kib, 4 * mib, 100 * mib }) {
		world w(rate);
		std::size_t one = w.add(0), many = w.add(0);
		auto &lone = w.join(one);

		for (int i = 0; i < 20; i++)
			w.join(many);
		INFO("rate " << rate);
		w.run(10 * s);
		near(lone.got, 5 * rate, 6);
		near(w.got(), 10 * rate, 3);
	}
}

TEST_CASE("valve: small answers and large ones of groups count by their bytes")
{
	world w(8 * mib);
	std::size_t small = w.add(0), large = w.add(0);
	u64 of_small = 0;

	for (int i = 0; i < 64; i++)
		w.join(small, 1000);
	for (int i = 0; i < 64; i++)
		w.join(large);
	w.run(10 * s);
	for (int i = 0; i < 64; i++)
		of_small += w.clients[static_cast<std::size_t>(i)]->got;
	near(of_small, 40 * mib, 6);
	near(w.got(), 80 * mib, 3);
}

TEST_CASE("valve: what a group does not use is the others'")
{
	world w(10 * mib);
	std::size_t slow = w.add(mib), free = w.add(0), idle = w.add(0);
	auto &a = w.join(slow), &b = w.join(free);

	w.join(idle, 0);
	w.run(10 * s);
	near(a.got, 10 * mib, 4);
	near(b.got, 90 * mib, 3);
}

TEST_CASE("valve: a new rate counts at once, and none lets all go")
{
	world w(0);
	std::size_t g = w.add(16 * kib);
	auto &c = w.join(g);

	w.run(5 * s);
	near(c.got, 80 * kib, 5);
	w.set(g, 10 * mib);
	w.look();
	u64 before = c.got;
	w.run(6 * s);
	near(c.got - before, 10 * mib, 5);
	w.set(g, 16 * kib);
	w.look();
	before = c.got;
	w.run(16 * s);
	near(c.got - before, 160 * kib, 5);
	c.piece = 0;
	w.set(g, 0);
	w.look();
	CHECK_FALSE(khttp_leaf_waits(&c.leaf));
	CHECK(w.main.first == nullptr);
}

TEST_CASE("valve: what was not used is there for the next")
{
	world w(mib);
	std::size_t g = w.add(mib);
	khttp_valve *v = w.valves[g].get();
	khttp_leaf l{};
	u64 wait;
	u32 n = khttp_valve_take(&w.main, v, &l, KHTTP_QUANTUM_MAX, w.now, &wait);

	for (int i = 0; i < 1000; i++) {
		REQUIRE(n == mib / 256);
		khttp_valve_return(&w.main, v, n);
		n = khttp_valve_take(&w.main, v, &l, KHTTP_QUANTUM_MAX, w.now, &wait);
	}
	/* But what was never taken is not made */
	for (int i = 0; i < 1000; i++)
		khttp_valve_return(&w.main, nullptr, n);
	u64 sum = 0;
	while ((n = khttp_valve_take(&w.main, v, &l, KHTTP_QUANTUM_MAX, w.now, &wait)))
		sum += n;
	CHECK(sum <= mib / 50 + 1);
	khttp_valve_leave(&w.main, &l);
}

TEST_CASE("valve: who does not wait goes by nobody who does")
{
	world w(mib);
	std::size_t a = w.add(0), b = w.add(0);
	auto &c = w.join(a);

	w.run(ms);
	REQUIRE(khttp_leaf_waits(&c.leaf));
	w.now += 10 * ms;
	CHECK_FALSE(khttp_valve_try(&w.main, w.valves[a].get(), 1, w.now));
	/* There is room for it by now, but another group has waited for that */
	CHECK_FALSE(khttp_valve_try(&w.main, w.valves[b].get(), 1, w.now));
	c.piece = 0;
	w.look();
	CHECK(khttp_valve_try(&w.main, w.valves[b].get(), 1, w.now));
	CHECK_FALSE(khttp_valve_try(&w.main, w.valves[b].get(), KHTTP_QUANTUM_MAX, w.now));
}

TEST_CASE("valve: whoever comes and goes, the rings hold, and the rate does")
{
	std::mt19937 random(1);
	world w(4 * mib);
	u64 taken = 0, wait;

	for (int i = 0; i < 5; i++)
		w.add(i ? static_cast<u64>(i) * mib : 0);
	for (int i = 0; i < 40; i++)
		w.join(random() % 5, 1 + random() % 100000);
	for (int step = 0; step < 200000; step++) {
		auto &c = *w.clients[random() % w.clients.size()];
		khttp_valve *v = w.valves[c.group].get();

		w.now += random() % (100 * 1000);
		switch (random() % 4) {
		case 0:
			khttp_valve_leave(&w.main, &c.leaf);
			break;
		case 1:
			while (khttp_leaf *l = khttp_valve_serve(&w.main, w.now)) {
				CHECK_FALSE(khttp_leaf_waits(l));
				taken += l->granted;
			}
			break;
		default:
			if (!khttp_leaf_waits(&c.leaf))
				taken += khttp_valve_take(&w.main, v, &c.leaf, c.piece, w.now,
							  &wait);
		}
		u32 waiting = 0;

		for (auto &each : w.valves)
			waiting += each->first != nullptr;
		REQUIRE(waiting == w.main.n);
		REQUIRE((w.main.first != nullptr) == (w.main.n != 0));
	}
	CHECK(taken <= 4 * mib / 50 + 4 * mib * ((w.now - start) / ms) / 1000 * 101 / 100);
	for (auto &c : w.clients)
		khttp_valve_leave(&w.main, &c->leaf);
	CHECK(w.main.first == nullptr);
	CHECK(w.main.n == 0);
	CHECK_FALSE(w.main.dry);
}
