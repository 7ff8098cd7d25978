// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "command.hpp"
#include "match.hpp"

using namespace khttpctl;
using Catch::Contains;

namespace {

const std::vector<khttp::url_info> site = {
	{ "http://+:80/vroot/", "app1", 0, 0 },
	{ "http://adatum.com:80/", "app2", 0, 0 },
	{ "http://*:80/", "app3", 0, 0 },
	{ "http://adatum.com:80/dir/", "app4", 0, 0 },
	{ "http://*.adatum.com:80/", "app5", 0, 0 },
	{ "http://192.0.2.1:80/ip/", "app6", 0, 0 },
	{ "http://adatum.com:8080/", "other", 0, 0 },
};

match_result match(const std::string &url, std::optional<local_address> at = {})
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;

	return match_url(site, parse_request_url(url, limits), at);
}

std::string loser(const match_result &result, const std::string &queue)
{
	for (const match_loser &one : result.losers)
		if (one.queue == queue)
			return one.because;
	return "?";
}

} // namespace

TEST_CASE("what is reserved and not bound stands in the way of what is bound")
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	auto reserved = [&](const char *prefix, const char *url) {
		return match_url(site, parse_request_url(url, limits), {}, { { prefix, 7 } });
	};

	/* An earlier kind of host, a longer path, a longer sub-domain */
	CHECK(reserved("http://+:80/", "http://adatum.com/dir/x").reserved);
	CHECK(reserved("http://adatum.com:80/dir/x/", "http://adatum.com/dir/x/y").reserved);
	CHECK(reserved("http://*.a.adatum.com:80/", "http://b.a.adatum.com/").reserved);
	CHECK_FALSE(reserved("http://+:80/", "http://adatum.com/dir/x").winner);
	/* As long, shorter, a later kind, another port */
	for (const char *prefix : { "http://adatum.com:80/dir/", "http://adatum.com:80/",
				    "http://*:80/dir/x/", "http://adatum.com:81/dir/x/" }) {
		match_result result = reserved(prefix, "http://adatum.com/dir/x");

		INFO(prefix);
		CHECK_FALSE(result.reserved);
		REQUIRE(result.winner);
		CHECK(result.winner->queue == "app4");
	}
}

TEST_CASE("the strong wildcard goes first, and the others are told why not")
{
	match_result result = match("http://adatum.com/vroot/x");

	REQUIRE(result.winner);
	CHECK(result.winner->queue == "app1");
	CHECK_THAT(loser(result, "app2"), Contains("is tried after"));
	CHECK_THAT(loser(result, "app4"), Contains("path does not hold"));
	CHECK_THAT(loser(result, "app5"), Contains("another host"));
	CHECK_THAT(loser(result, "app6"), Contains("path does not hold") || Contains("address"));
	CHECK(result.elsewhere == 1);
}

TEST_CASE("in a bucket the longest path goes first")
{
	match_result result = match("http://adatum.com/dir/x");

	REQUIRE(result.winner);
	CHECK(result.winner->queue == "app4");
	CHECK_THAT(loser(result, "app2"), Contains("shorter"));
	CHECK(match("http://ADATUM.com/dirt").winner->queue == "app2");
}

TEST_CASE("sub-domains and the weak wildcard come later")
{
	CHECK(match("http://x.adatum.com/y").winner->queue == "app5");
	CHECK(match("http://elsewhere.org/y").winner->queue == "app3");
}

TEST_CASE("an address decides by where the connection comes in")
{
	CHECK(match("http://192.0.2.1/ip/x").winner->queue == "app6");
	CHECK(match("http://192.0.2.1/x").winner->queue == "app3");
	match_result unknown = match("http://elsewhere.org/ip/x");
	CHECK(unknown.winner->queue == "app3");
	CHECK_THAT(loser(unknown, "app6"), Contains("at ADDRESS"));
	match_result known = match("http://elsewhere.org/ip/x", parse_local_address("192.0.2.1"));
	CHECK(known.winner->queue == "app6");
	match_result other = match("http://elsewhere.org/ip/x", parse_local_address("192.0.2.2"));
	CHECK_THAT(loser(other, "app6"), Contains("another address"));
}

TEST_CASE("no prefix is an answer too")
{
	match_result result = match("http://adatum.com:81/");

	CHECK(!result.winner);
	CHECK(result.losers.empty());
	CHECK(result.elsewhere == site.size());
	CHECK(!match_url({}, parse_request_url("http://a/", KHTTP_LIMITS_DEFAULT), {}).winner);
}

TEST_CASE("local addresses come with or without brackets")
{
	CHECK(parse_local_address("2001:db8::1").kind == KHTTP_HOST_IPV6);
	CHECK(parse_local_address("[::1]").kind == KHTTP_HOST_IPV6);
	CHECK(parse_local_address("127.0.0.1").kind == KHTTP_HOST_IPV4);
	for (const char *bad : { "", "name", "1.2.3", "::g", "[::1", "1.2.3.4:80" })
		CHECK_THROWS_AS(parse_local_address(bad), usage_error);
}
