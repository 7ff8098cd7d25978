/* SPDX-License-Identifier: MIT */
#include "echo/command.hpp"

#include <catch2/catch.hpp>

using namespace std::chrono_literals;
using echo::parse_command;

TEST_CASE("an empty query asks for the plain report")
{
	const auto parsed = parse_command("");

	CHECK(parsed.error.empty());
	CHECK(parsed.value.status == 200);
	CHECK_FALSE(parsed.value.digest);
	CHECK_FALSE(parsed.value.crash);
	CHECK_FALSE(parsed.value.padded);
	CHECK_FALSE(parsed.value.stream);
	CHECK(parsed.value.cache == 0s);
	CHECK(parsed.value.delay == 0ms);
}

TEST_CASE("each parameter is stored")
{
	const auto parsed = parse_command(
		"digest=1&cache=30&status=418&delay=250&size=7&crash=1&ends=1&stream=1"
		"&rate=4096&peak=8192&burst=5000");

	REQUIRE(parsed.error.empty());
	CHECK(parsed.value.digest);
	CHECK(parsed.value.crash);
	CHECK(parsed.value.ends);
	CHECK(parsed.value.stream);
	CHECK(parsed.value.flow.rate == 4096);
	CHECK(parsed.value.flow.peak == 8192);
	CHECK(parsed.value.flow.burst == 5000);
	CHECK(parsed.value.cache == 30s);
	CHECK(parsed.value.status == 418);
	CHECK(parsed.value.delay == 250ms);
	CHECK(parsed.value.padded);
	CHECK(parsed.value.pad == 7);
}

TEST_CASE("a bandwidth that cannot be kept is refused in a sentence")
{
	CHECK(parse_command("rate=1000").error ==
	      "the rate is 1024 bytes a second at least");
	CHECK(parse_command("rate=1024").error.empty());
}

TEST_CASE("a pad of no bytes is still a pad")
{
	CHECK(parse_command("size=0").value.padded);
}

TEST_CASE("other parameters are the client's own business")
{
	const auto parsed = parse_command("a=1&&=&b&status=201&=5&statusx=9");

	CHECK(parsed.error.empty());
	CHECK(parsed.value.status == 201);
}

TEST_CASE("the last of two values counts")
{
	CHECK(parse_command("status=201&status=202").value.status == 202);
}

TEST_CASE("a value that is no number in range is refused")
{
	const auto query = GENERATE(as<std::string>{},
		"status=199", "status=600", "status=", "status", "status=abc",
		"status=+200", "status=2e2", "status= 200", "status=-1",
		"status=99999999999999999999999", "digest=2", "digest=yes",
		"cache=31536001", "cache=-1", "delay=600001", "delay=1.5",
		"size=1099511627777", "size=0x10", "crash=2", "size=%31",
		"a=b&status=x");

	CAPTURE(query);
	CHECK_FALSE(parse_command(query).error.empty());
}

TEST_CASE("the refusal names the parameter and its range")
{
	CHECK(parse_command("status=1").error ==
	      "status must be a whole number from 200 to 599");
}
