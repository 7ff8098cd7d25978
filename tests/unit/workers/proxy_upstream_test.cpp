/* SPDX-License-Identifier: MIT */
#include "proxy/upstream.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

using proxy::parse_upstream;

TEST_CASE("an upstream is a host with its port, a URL or a socket")
{
	CHECK(parse_upstream("127.0.0.1:3000").authority == "127.0.0.1:3000");
	CHECK(parse_upstream("[2001:db8::1]:80").authority == "[2001:db8::1]:80");
	CHECK(parse_upstream("http://app").authority == "app");
	CHECK(parse_upstream("http://app").base.empty());
	CHECK(parse_upstream("http://app:81/a/b/").authority == "app:81");
	CHECK(parse_upstream("http://app:81/a/b/").base == "/a/b");
	CHECK(parse_upstream("http://[::1]/").authority == "[::1]");
	CHECK(parse_upstream("unix:/run/app.sock").socket == "/run/app.sock");
	CHECK(parse_upstream("unix:/run/app.sock").authority == "localhost");
}

TEST_CASE("what is none is refused")
{
	for (const auto *text :
	     {"", "app", ":80", "app:0", "app:65536", "app:x", "app:80/x",
	      "https://app", "http://", "http://:80", "http://a b", "[::1:80",
	      "[]:80", "http://u@app", "http://app/?q", "http://app/#f",
	      "unix:app", "unix:", "[::1]x:80", "app:80:81"}) {
		CAPTURE(text);
		CHECK_THROWS_AS(parse_upstream(text), std::invalid_argument);
	}
	CHECK_THROWS(parse_upstream("unix:/" + std::string(107, 'x')));
}
