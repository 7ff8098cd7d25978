/* SPDX-License-Identifier: MIT */
#include <catch2/catch.hpp>

#include <thread>

#include <khttp/error.hpp>
#include <khttp/queue.hpp>

#include "world.hpp"

using khttp::transport;

namespace {

/* A queue with one request in hand. */
struct one {
	khttp::queue q{fresh(transport::ioctl)};
	fake_device &dev = world::now().device();
	khttp::exchange ex;

	explicit one(fake_request rq)
	{
		dev.add(std::move(rq));
		ex = std::move(*q.next());
	}
	const khttp::request &rq() { return ex.request(); }
};

} // namespace

TEST_CASE("fields_are_found_in_any_letter_case_and_in_order")
{
	one t{{.fields = {{"Host", "h"}, {"X-A", "1"}, {"x-a", "2"}}}};

	CHECK(t.rq().fields().size() == 3);
	CHECK(t.rq().find("HOST") == "h");
	CHECK(t.rq().find("x-A") == "1");
	CHECK_FALSE(t.rq().find("x"));
	std::string all;
	for (auto [name, value] : t.rq().fields())
		all.append(name).append("=").append(value).append(";");
	CHECK(all == "Host=h;X-A=1;x-a=2;");
}

TEST_CASE("what_the_slot_says_is_what_one_gets")
{
	one t{{}};

	CHECK(t.rq().authority() == "host:80");
	CHECK(t.rq().prefix() == "http://+:80/");
	CHECK(t.rq().version() == "1.1");
	CHECK(t.rq().query().empty());
	CHECK(t.rq().attempt() == 1);
	CHECK_FALSE(t.rq().redelivered());
	CHECK_FALSE(t.rq().has_body());
	CHECK(t.rq().body_complete());
	CHECK_FALSE(t.rq().content_length());
	CHECK(t.rq().body().data.empty());
	CHECK(t.rq().trailers().fields.empty());
}

TEST_CASE("the_peer_is_the_client_unless_the_slot_says_otherwise")
{
	one plain{{}};
	CHECK(plain.rq().peer().to_string() == "0.0.0.0:0");

	one proxied{{.peer_port = 4711}};
	CHECK(proxied.rq().peer().to_string() == "127.0.0.1:4711");
	CHECK(proxied.rq().client().to_string() == "0.0.0.0:0");
}

TEST_CASE("a_peer_that_lies_outside_the_slot_is_not_read")
{
	const std::uint32_t at = GENERATE(0xffffffffU, 0xffffffe8U, 1U << 20);
	one t{{.peer_at = at}};

	CHECK(t.rq().peer().to_string() == "0.0.0.0:0");
}

TEST_CASE("endpoints_are_written_as_users_write_them")
{
	khttp::endpoint v4;
	v4.address = {192, 0, 2, 1};
	v4.port = 80;
	CHECK(v4.to_string() == "192.0.2.1:80");
	khttp::endpoint v6;
	v6.ipv6 = true;
	v6.address = {0x20, 0x01, 0x0d, 0xb8};
	v6.address[15] = 1;
	v6.port = 8080;
	CHECK(v6.host() == "2001:db8::1");
	CHECK(v6.to_string() == "[2001:db8::1]:8080");
}

TEST_CASE("reading_gives_the_slots_bytes_first_and_each_byte_once")
{
	one t{{.body = "0123456789", .in_slot = 4}};
	char buffer[3];
	std::string got;

	CHECK(t.rq().body_start() == "0123");
	CHECK_FALSE(t.rq().body_complete());
	for (;;) {
		khttp::read_result r = t.rq().read(std::span{buffer});
		REQUIRE_FALSE(r.error);
		if (r.size == 0)
			break;
		got.append(buffer, r.size);
	}
	CHECK(got == "0123456789");
}

TEST_CASE("a_body_too_long_for_the_slot_is_read_from_its_first_byte")
{
	one t{{.body = "0123456789", .in_slot = 0}};

	CHECK(t.rq().has_body());
	CHECK(t.rq().body_start().empty());
	CHECK_FALSE(t.rq().body_complete());
	CHECK(t.rq().body().data == "0123456789");
}

TEST_CASE("reading_waits_for_a_slow_client")
{
	one t{{.body = "ab", .in_slot = 2, .body_ends = false}};
	std::thread client{[&] {
		t.dev.feed(0, "cd", false);
		t.dev.feed(0, "ef", true);
	}};
	auto [data, error] = t.rq().body();
	client.join();
	CHECK_FALSE(error);
	CHECK(data == "abcdef");
}

TEST_CASE("a_body_over_the_limit_is_refused_without_being_kept")
{
	std::string large(5000, 'b');
	one fits{{.body = large, .in_slot = 100}};
	CHECK(fits.rq().body(5000).data == large);
	one over{{.body = large, .in_slot = 100}};
	khttp::body_result r = over.rq().body(4999);
	CHECK(r.error == khttp::misuse::body_too_large);
	CHECK(r.data.empty());
}

TEST_CASE("a_client_that_breaks_off_is_an_error_not_an_end")
{
	one t{{.body = "ab", .in_slot = 2, .body_ends = false}};
	t.dev.disconnect(0);
	CHECK(t.rq().body().error == std::errc::bad_message);
}

TEST_CASE("trailers_come_after_the_body")
{
	std::string block("\1\0\2\0abc", 7);
	one t{{.body = "xyz", .in_slot = 1, .trailers = block}};
	auto got = t.rq().trailers();
	REQUIRE(got.fields.size() == 1);
	CHECK(got.fields[0] == std::pair<std::string, std::string>{"a", "bc"});

	std::string value(40000, 'v');
	std::string large("\1\0\x40\x9c" "n", 5);
	one big{{.body = "x", .in_slot = 1, .trailers = large + value}};
	CHECK(big.rq().has_trailers());
	got = big.rq().trailers();
	REQUIRE(got.fields.size() == 1);
	CHECK(got.fields[0].second == value);
}
