// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

TEST_CASE("out: numbers of every length")
{
	u64 number = GENERATE(0ull, 9ull, 10ull, 65535ull, 65536ull,
			      4294967295ull, 4294967296ull, 9999999999ull,
			      10000000000ull, 18446744073709551615ull,
			      1000000000000000000ull, 253402300799ull,
			      9999999999999999999ull,
			      10000000000000000000ull, 99ull, 100ull);
	char buf[32];
	khttp_out out;

	khttp_out_init(&out, buf, sizeof(buf));
	khttp_out_number(&out, number);
	CHECK(std::string(buf, out.len) == std::to_string(number));
}

TEST_CASE("out: nothing is written behind the end, nor after it was reached")
{
	guard_page guard(16);
	char *buf = guard.room(5);
	khttp_out out;

	khttp_out_init(&out, buf, 5);
	khttp_out_text(&out, "abc");
	CHECK(khttp_out_ok(&out));
	khttp_out_text(&out, "def");
	CHECK_FALSE(khttp_out_ok(&out));
	khttp_out_text(&out, "g");
	CHECK_FALSE(khttp_out_ok(&out));
	CHECK(std::string(buf, out.len) == "abc");
}

TEST_CASE("out: exactly full is not too full")
{
	char buf[3];
	khttp_out out;

	khttp_out_init(&out, buf, sizeof(buf));
	khttp_out_text(&out, "abc");
	khttp_out_span(&out, khttp_span_of(nullptr, 0));
	CHECK(khttp_out_ok(&out));
	CHECK(out.len == 3);
}

TEST_CASE("out: a number without room is not begun")
{
	guard_page guard(16);
	char *buf = guard.room(4);
	khttp_out out;

	khttp_out_init(&out, buf, 4);
	khttp_out_number(&out, 1024);
	CHECK(khttp_out_ok(&out));
	CHECK(std::string(buf, out.len) == "1024");
	khttp_out_init(&out, buf, 4);
	khttp_out_number(&out, 10240);
	CHECK_FALSE(khttp_out_ok(&out));
	CHECK(out.len == 0);
}
