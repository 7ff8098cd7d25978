// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "command.hpp"
#include "url_text.hpp"

using namespace khttpctl;
using Catch::Contains;

TEST_CASE("prefixes as people type them come out in normal form")
{
	CHECK(normal_prefix("http://example.com") == "http://example.com:80/");
	CHECK(normal_prefix("http://example.com/app") == "http://example.com:80/app/");
	CHECK(normal_prefix("HTTP://Example.COM:8080/App/") == "http://example.com:8080/App/");
	CHECK(normal_prefix("https://example.com/") == "https://example.com:443/");
	CHECK(normal_prefix("http://+/") == "http://+:80/");
	CHECK(normal_prefix("http://*:81/x") == "http://*:81/x/");
	CHECK(normal_prefix("http://*.example.com/x") == "http://*.example.com:80/x/");
	CHECK(normal_prefix("http://192.0.2.1/") == "http://192.0.2.1:80/");
	CHECK(normal_prefix("http://[2001:DB8:0::1]/") == "http://[2001:db8::1]:80/");
	CHECK(normal_prefix("http://[::1]:8080") == "http://[::1]:8080/");
	CHECK(normal_prefix("http://a:/") == "http://a:80/");
}

TEST_CASE("a path copied from a browser is decoded")
{
	CHECK(normal_prefix("http://a/b%20c/%C3%A9") == "http://a:80/b c/\xc3\xa9/");
	CHECK(normal_prefix("http://a/b%2Fc") == "http://a:80/b%2Fc/");
	CHECK_THROWS_WITH(normal_prefix("http://a/%41%zz"), Contains("%"));
}

TEST_CASE("a normal form stays as it is")
{
	for (const char *prefix :
	     { "http://+:80/", "http://example.com:8080/a/b/", "http://[::1]:1/" })
		CHECK(normal_prefix(prefix) == prefix);
}

TEST_CASE("what is no prefix is told what to change")
{
	CHECK_THROWS_WITH(normal_prefix("example.com/app"),
			  Contains("write http://example.com/app"));
	CHECK_THROWS_WITH(normal_prefix("ftp://x/"), Contains("http or https"));
	CHECK_THROWS_WITH(normal_prefix("http://"), Contains("has no host"));
	CHECK_THROWS_WITH(normal_prefix("http:///x"), Contains("has no host"));
	CHECK_THROWS_WITH(normal_prefix("http://:80/"), Contains("has no host"));
	for (const char *bad : { "http://a:0/", "http://a:65536/", "http://a:x/", "http://a b/",
				 "http://[::1/", "http://[::g]/", "http://1.2.3/x/..",
				 "http://a/?q", "http://**/", "http://+.a/", "http://a/../b" })
		CHECK_THROWS_AS(normal_prefix(bad), usage_error);
	CHECK_THROWS_AS(normal_prefix("http://a/" + std::string(5000, 'x')), usage_error);
}

TEST_CASE("a request's URL is cooked as the kernel does it")
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	request_url url = parse_request_url("HTTP://Example.com/a/./b/../c%20d?x=%20#frag", limits);

	CHECK(url.refused == KHTTP_REASON_NONE);
	CHECK(url.host_text == "example.com");
	CHECK(url.port == 80);
	CHECK(url.path == "/a/c d");
	CHECK(parse_request_url("https://[::1]", limits).host_text == "[::1]");
	CHECK(parse_request_url("http://h?q", limits).path == "/");
}

TEST_CASE("a URL to purge gets what is missing and keeps the rest as typed")
{
	CHECK(whole_url("HTTP://Host/a%20b?q#frag") == "http://Host:80/a%20b?q");
	CHECK(whole_url("https://[::1]") == "https://[::1]:443/");
	CHECK(whole_url("http://*.a:8080?q") == "http://*.a:8080/?q");
	CHECK_THROWS_AS(whole_url("a/b"), usage_error);
}

TEST_CASE("a URL that the kernel refuses keeps its path and the reason")
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;
	request_url bad = parse_request_url("http://a/%zz", limits);

	CHECK(bad.refused == KHTTP_REASON_URL);
	CHECK(bad.path == "/%zz");
	limits.max_segment = 4;
	CHECK(parse_request_url("http://a/12345", limits).refused == KHTTP_REASON_URL_SEGMENT);
}

TEST_CASE("hosts that no request can name are refused")
{
	khttp_limits limits = KHTTP_LIMITS_DEFAULT;

	for (const char *bad : { "http://+/", "http://*.a/", "http://a:0/", "http://a:99999/",
				 "http://a b/", "a/b", "http://" })
		CHECK_THROWS_AS(parse_request_url(bad, limits), usage_error);
	CHECK_THROWS_AS(parse_request_url("http://a/" + std::string(70000, 'x'), limits),
			usage_error);
}
