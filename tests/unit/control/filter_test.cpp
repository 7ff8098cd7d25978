// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <linux/khttp.h>
#include <random>

#include <khttp/error.hpp>
#include <khttp/khttp_control.h>

#include "codec.hpp"
#include "control.hpp"
#include "control_c.hpp"
#include "fake_kernel.hpp"
#include "networks.hpp"

using khttp::control;
using khttp::network;
using khttp::detail::attribute_table;
using khttp::detail::byte_vector;
using khttp::detail::message;

namespace {

network v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint8_t bits)
{
	return { false, { a, b, c, d }, bits };
}

/* Remembers all requests and answers each with what @answer makes of it */
struct kernel {
	std::vector<fake::request> seen;
	std::function<fake::datagrams(const fake::request &)> answer = [](const fake::request &) {
		return fake::datagrams{ fake::verdict(0) };
	};

	control make()
	{
		khttp::detail::genl_link link;

		link.port = std::make_unique<fake::port>([this](const fake::request &request) {
			seen.push_back(request);
			return answer(request);
		});
		link.family = fake::family;
		return control(std::make_unique<control::impl>(std::move(link)));
	}
};

byte_vector rule(const char *group, std::uint64_t generation, std::uint64_t id, const char *text)
{
	return fake::answer([=](message &msg) {
		msg.put(KHTTP_FILTER_A_GROUP, group);
		msg.put_u64(KHTTP_FILTER_A_GENERATION, generation);
		msg.put_u64(KHTTP_FILTER_A_ID, id);
		msg.put(KHTTP_FILTER_A_TEXT, text);
		msg.put_u64(KHTTP_FILTER_A_MATCHED, id * 10);
	});
}

} // namespace

TEST_CASE("networks: sorted, without those within others, IPv4 where they are that")
{
	network mapped{ true, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1 }, 112 };
	network v6{ true, { 0x20, 1, 0xd, 0xb8, 1 }, 32 };
	std::vector<network> list =
		khttp::tidy_networks({ v6, v4(192, 0, 2, 1, 32), v4(10, 1, 2, 3, 8), mapped,
				       v4(192, 0, 2, 0, 24), v4(192, 0, 2, 0, 24) });

	REQUIRE(list.size() == 3);
	CHECK(list[0] == v4(10, 0, 0, 0, 8));
	CHECK(list[1] == v4(192, 0, 2, 0, 24));
	CHECK(list[2] == network{ true, { 0x20, 1, 0xd, 0xb8 }, 32 });
	CHECK(khttp::tidy_networks({ mapped })[0] == v4(10, 1, 0, 0, 16));
	CHECK(khttp::tidy_networks({ v4(0, 0, 0, 0, 0), v4(1, 2, 3, 4, 32), v6 }).size() == 2);
	CHECK_THROWS_AS(khttp::tidy_networks({ v4(1, 2, 3, 4, 33) }), khttp::error);
}

TEST_CASE("networks: packed and back; half of one is refused")
{
	std::vector<network> back;
	byte_vector packed;

	khttp::detail::pack(v4(192, 0, 2, 0, 24), packed);
	khttp::detail::pack(v4(192, 0, 3, 0, 24), packed);
	REQUIRE(packed.size() == 10);
	khttp::detail::unpack(packed, false, back);
	CHECK(back == std::vector<network>{ v4(192, 0, 2, 0, 24), v4(192, 0, 3, 0, 24) });
	packed.pop_back();
	CHECK_THROWS_AS(khttp::detail::unpack(packed, false, back), khttp::error);
}

TEST_CASE("a set is loaded in pieces, of which the last has no more behind it")
{
	std::vector<network> list;
	kernel k;

	for (unsigned i = 0; i < 20000; i++)
		list.push_back(v4(10, static_cast<std::uint8_t>(i >> 8),
				  static_cast<std::uint8_t>(i), 0, 24));
	std::shuffle(list.begin(), list.end(), std::mt19937(1));
	k.make().load_networks("bad", list, 7);
	REQUIRE(k.seen.size() > 2);
	byte_vector all;
	for (const fake::request &request : k.seen) {
		const attribute_table a(request.attributes);
		bool last = &request == &k.seen.back();

		CHECK(request.command == KHTTP_CMD_NETWORKS_LOAD);
		CHECK(a.text(KHTTP_NETWORKS_A_NAME) == "bad");
		CHECK(a.has(KHTTP_NETWORKS_A_MORE) == !last);
		CHECK(a.has(KHTTP_NETWORKS_A_GENERATION) == last);
		fake::append(all, a.raw(KHTTP_NETWORKS_A_IPV4));
	}
	REQUIRE(all.size() == 100000);
	std::vector<network> back;
	khttp::detail::unpack(all, false, back);
	CHECK(back == khttp::tidy_networks(list));
}

TEST_CASE("a load that is refused is given up")
{
	kernel k;

	k.answer = [](const fake::request &request) {
		bool abort = attribute_table(request.attributes).has(KHTTP_NETWORKS_A_ABORT);
		return fake::datagrams{ fake::verdict(abort ? 0 : -ENOSPC) };
	};
	CHECK_THROWS_AS(k.make().load_networks("bad", { v4(1, 0, 0, 0, 8) }), khttp::error);
	REQUIRE(k.seen.size() == 2);
	CHECK(attribute_table(k.seen[1].attributes).has(KHTTP_NETWORKS_A_ABORT));
}

TEST_CASE("a set is read piece by piece, and anew when it changes meanwhile")
{
	std::uint64_t generation = 5;
	kernel k;

	k.answer = [&](const fake::request &request) {
		const attribute_table asked(request.attributes);
		std::uint32_t start = asked.u32(KHTTP_NETWORKS_A_START);
		byte_vector one;

		khttp::detail::pack(v4(10, static_cast<std::uint8_t>(start), 0, 0, 16), one);
		if (start == 2 && generation == 5)
			generation = 6;
		return fake::datagrams{ fake::answer([&](message &msg) {
						msg.put(KHTTP_NETWORKS_A_NAME, "bad");
						msg.put_u64(KHTTP_NETWORKS_A_GENERATION,
							    generation);
						msg.put(KHTTP_NETWORKS_A_COUNT4, 3U);
						msg.put_bytes(KHTTP_NETWORKS_A_IPV4, one);
					}),
					fake::verdict(0) };
	};
	khttp::networks_content content = k.make().networks("bad");
	CHECK(content.generation == 6);
	CHECK(content.networks.size() == 3);
	CHECK(k.seen.size() == 6);
}

TEST_CASE("rules stay by their ids and are new by their texts")
{
	kernel k;

	k.make().set_filter("app", { { 4, "" }, { 0, "deny" } }, 9);
	REQUIRE(k.seen.size() == 1);
	const attribute_table a(k.seen[0].attributes);
	CHECK(k.seen[0].command == KHTTP_CMD_FILTER_SET);
	CHECK(a.text(KHTTP_FILTER_A_GROUP) == "app");
	CHECK(a.u64(KHTTP_FILTER_A_GENERATION) == 9);
	const attribute_table last(a.raw(KHTTP_FILTER_A_RULE));
	CHECK(last.text(KHTTP_FILTER_A_TEXT) == "deny");
	CHECK(!last.has(KHTTP_FILTER_A_ID));
}

TEST_CASE("a filter that was replaced while it was listed is its last one")
{
	kernel k;

	k.answer = [](const fake::request &) {
		return fake::datagrams{ rule("app", 1, 1, "deny"), rule("app", 2, 3, "allow"),
					rule("app", 2, 4, "close"), rule("site", 1, 2, "deny"),
					fake::end_of_dump() };
	};
	std::vector<khttp::filter_info> filters = k.make().filters();
	REQUIRE(filters.size() == 2);
	CHECK(filters[0].generation == 2);
	REQUIRE(filters[0].rules.size() == 2);
	CHECK(filters[0].rules[0].text == "allow");
	CHECK(filters[0].rules[1].matched == 40);
	CHECK(k.make().find_filter("site").rules.size() == 1);
	CHECK(k.make().find_filter("none").generation == 0);
}

TEST_CASE("a rate says only what is set")
{
	kernel k;
	khttp::rate_settings settings;

	settings.count = 10;
	settings.ipv6_bits = 56;
	k.make().set_rate("login", settings);
	const attribute_table a(k.seen[0].attributes);
	CHECK(a.u32(KHTTP_RATE_A_COUNT) == 10);
	CHECK(a.u32(KHTTP_RATE_A_BITS6) == 56);
	CHECK(!a.has(KHTTP_RATE_A_BURST));
	k.make().delete_rate("login");
	CHECK(k.seen[1].command == KHTTP_CMD_RATE_DEL);
}

TEST_CASE("the C face of filters hands on what it is given")
{
	kernel k;
	khttp_control ctl{ k.make() };
	khttp_filter_entry rules[] = { { 3, nullptr }, { 0, "deny" } };
	khttp_cidr networks[] = { { { 10 }, 8, 0 } };
	khttp_rate_settings settings = KHTTP_RATE_SETTINGS_INIT;
	std::uint64_t generation = 4;

	CHECK(khttp_control_set_filter(&ctl, "app", rules, 2, &generation) == 0);
	CHECK(attribute_table(k.seen[0].attributes).u64(KHTTP_FILTER_A_GENERATION) == 4);
	CHECK(khttp_control_load_networks(&ctl, "bad", networks, 1, nullptr) == 0);
	CHECK(attribute_table(k.seen[1].attributes).raw(KHTTP_NETWORKS_A_IPV4).size() == 5);
	settings.burst = 6;
	CHECK(khttp_control_set_rate(&ctl, "login", &settings) == 0);
	CHECK(attribute_table(k.seen[2].attributes).u32(KHTTP_RATE_A_BURST) == 6);
	CHECK(!attribute_table(k.seen[2].attributes).has(KHTTP_RATE_A_COUNT));
	networks[0].bits = 33;
	CHECK(khttp_control_load_networks(&ctl, "bad", networks, 1, nullptr) == -EINVAL);
	CHECK_THAT(khttp_control_error(), Catch::Contains("length"));
}
