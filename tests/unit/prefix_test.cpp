// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

namespace {

// The normal form, or the error in brackets.
std::string normal(std::string_view text)
{
	guard_page guard(4096);
	char out[KHTTP_PREFIX_PRINT_MAX];
	khttp_prefix prefix;
	const char *error = khttp_prefix_parse(
		guard.put(text), static_cast<u32>(text.size()), &prefix);

	if (error)
		return std::string("[") + error + "]";
	return std::string(out, khttp_prefix_print(&prefix, out, sizeof(out)));
}

khttp_bucket bucket(std::string_view text)
{
	khttp_prefix prefix;

	CHECK(khttp_prefix_parse(text.data(), static_cast<u32>(text.size()),
				 &prefix) == nullptr);
	return static_cast<khttp_bucket>(prefix.bucket);
}

}  // namespace

TEST_CASE("prefix: every kind of host is understood")
{
	CHECK(bucket("http://+:80/") == KHTTP_BUCKET_STRONG);
	CHECK(bucket("http://*:80/") == KHTTP_BUCKET_WEAK);
	CHECK(bucket("https://a.b:443/") == KHTTP_BUCKET_NAME);
	CHECK(bucket("http://*.a.b:80/") == KHTTP_BUCKET_SUBDOMAIN);
	CHECK(bucket("http://1.2.3.4:80/") == KHTTP_BUCKET_ADDRESS);
	CHECK(bucket("http://[::1]:80/") == KHTTP_BUCKET_ADDRESS);
}

TEST_CASE("prefix: the normal form is stable")
{
	CHECK(normal("http://+:80/") == "http://+:80/");
	CHECK(normal("https://*:65535/A/b/") == "https://*:65535/A/b/");
	CHECK(normal("http://WWW.Example.org:8080/Shop/") ==
	      "http://www.example.org:8080/Shop/");
	CHECK(normal("http://*.Example.org:80/") == "http://*.example.org:80/");
	CHECK(normal("http://[2001:DB8:0::1]:80/a/") ==
	      "http://[2001:db8::1]:80/a/");
	CHECK(normal("http://1.2.3.4:80/") == "http://1.2.3.4:80/");
	CHECK(normal("http://+:80/caf\xc3\xa9/a b/100%/%2f/") ==
	      "http://+:80/caf\xc3\xa9/a b/100%/%2f/");
}

TEST_CASE("prefix: what is wrong is said with what to do")
{
	auto error = [](std::string_view text, std::string_view part) {
		std::string result = normal(text);

		INFO(text << " gives " << result);
		CHECK(result[0] == '[');
		CHECK(result.find(part) != std::string::npos);
	};

	error("", "http:// or https://");
	error("HTTP://+:80/", "lower case");
	error("ftp://+:80/", "http:// or https://");
	error("http://", "name a host");
	error("http://:80/", "name a host");
	error("http://+/", "add the port");
	error("http://a", "add the port");
	error("http://+:/", "1 to 65535");
	error("http://+:0/", "1 to 65535");
	error("http://+:65536/", "1 to 65535");
	error("http://+:99999999999/", "1 to 65535");
	error("http://+:*/", "1 to 65535");
	error("http://+:080/", "leading zeros");
	error("http://+:80", "slash");
	error("http://+:80a/", "slash");
	error("http://+:80/a", "end the path with a slash");
	error("http://+:80/a//b/", "empty segment");
	error("http://+:80//", "empty segment");
	error("http://+:80/a/../", "segment . or ..");
	error("http://+:80/./", "segment . or ..");
	error("http://+:80/a?b/", "before ? or #");
	error("http://+:80/a#b/", "before ? or #");
	error("http://+:80/a%20b/", "character itself");
	error("http://+:80/\xff/", "UTF-8");
	error("http://+:80/a\nb/", "control");
	error("http://*a:80/", "stand alone");
	error("http://a.*.b:80/", "stand alone");
	error("http://**:80/", "stand alone");
	error("http://*.:80/", "needs a host name");
	error("http://*.1.2.3.4:80/", "not an address");
	error("http://[::1:80/", "close");
	error("http://[x]:80/", "brackets is not valid");
	error("http://[::]:80/", "every address");
	error("http://0.0.0.0:80/", "every address");
	error("http://[::ffff:1.2.3.4]:80/", "IPv4 address itself");
	error("http://1.2.3:80/", "no IPv4 address");
	error("http://user@a:80/", "user name");
	error("http://\xc3\xa9:80/", "xn--");
	error("http://a b:80/", "neither");
	error("http://a.:80/", "dot at the end");
	error("http://+:80/" + std::string(2040, 'a') + "/", "2040");
}

TEST_CASE("prefix: the longest one fits into what it is printed to")
{
	std::string text = "http://[1::3:4:5:6:7:8]:65535/";

	text += std::string(KHTTP_PREFIX_TEXT_MAX - text.size() - 1, 'a') + "/";
	CHECK(text.size() == KHTTP_PREFIX_TEXT_MAX);
	CHECK(normal(text).starts_with("http://[1:0:3:4:5:6:7:8]:65535/a"));
	CHECK(normal(text + "/")[0] == '[');
}

TEST_CASE("prefix: printing into too little room gives nothing")
{
	khttp_prefix prefix;
	char out[12];

	REQUIRE(khttp_prefix_parse("http://+:80/", 12, &prefix) == nullptr);
	CHECK(khttp_prefix_print(&prefix, out, 12) == 12);
	CHECK(khttp_prefix_print(&prefix, out, 11) == 0);
	CHECK(khttp_prefix_print(&prefix, out, 0) == 0);
}
