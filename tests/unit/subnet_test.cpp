// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

static std::string normal(std::string_view text)
{
	guard_page guard(256);
	khttp_subnet net;
	char out[KHTTP_SUBNET_TEXT_MAX];

	if (khttp_subnet_parse(khttp_span_of(guard.put(text),
					     static_cast<u32>(text.size())),
			       &net))
		return "no";
	return std::string(out, khttp_subnet_print(&net, out));
}

static std::string address(std::string_view text)
{
	guard_page guard(256);
	khttp_addr addr;
	char out[KHTTP_IPV6_TEXT_MAX];
	khttp_span span = khttp_span_of(guard.put(text),
					static_cast<u32>(text.size()));

	if (!khttp_addr_parse(span, &addr))
		return "no";
	u32 n = addr.kind == KHTTP_HOST_IPV4 ?
		khttp_ipv4_print(addr.bytes, out) :
		khttp_ipv6_print(addr.bytes, out);
	return std::string(out, n) + " " + std::to_string(addr.port);
}

static bool has(std::string_view net, std::string_view address)
{
	khttp_subnet parsed;
	khttp_addr addr;

	REQUIRE(!khttp_subnet_parse(span_of(net), &parsed));
	REQUIRE(khttp_addr_parse(span_of(address), &addr));
	return khttp_subnets_have(&parsed, 1, &addr);
}

TEST_CASE("subnet: networks have one normal form")
{
	CHECK(normal("10.0.0.0/8") == "10.0.0.0/8");
	CHECK(normal("192.0.2.1") == "192.0.2.1/32");
	CHECK(normal("0.0.0.0/0") == "0.0.0.0/0");
	CHECK(normal("2001:DB8::/32") == "2001:db8::/32");
	CHECK(normal("::1") == "::1/128");
	CHECK(normal("::/0") == "::/0");
	CHECK(normal("::ffff:10.0.0.0/104") == "10.0.0.0/8");
	CHECK(normal("2001:db8:1111:2222:3333:4444:5555:6666/128") ==
	      "2001:db8:1111:2222:3333:4444:5555:6666/128");
}

TEST_CASE("subnet: everything else is refused")
{
	auto text = GENERATE("", "/", "/8", "10.0.0.0/", "10.0.0.0/33",
			     "10.0.0.0/08", "10.0.0.0/-1", "10.0.0.0/8/8",
			     "10.0.0.0/1000", "10.1.0.0/8", "10.0.0.1/31",
			     "10.0.0/8", "a", "a/8", "[::1]", "[::]/0", "::/129",
			     "::1/127", "::1%1", " ::1", "10.0.0.0:80/8",
			     "::ffff:0:0/95");

	INFO(text);
	CHECK(normal(text) == "no");
}

TEST_CASE("subnet: an address is in a network to the bit")
{
	CHECK(has("10.0.0.0/8", "10.255.255.255"));
	CHECK_FALSE(has("10.0.0.0/8", "11.0.0.0"));
	CHECK(has("192.0.2.128/25", "192.0.2.128"));
	CHECK_FALSE(has("192.0.2.128/25", "192.0.2.127"));
	CHECK(has("192.0.2.1", "192.0.2.1"));
	CHECK_FALSE(has("192.0.2.1", "192.0.2.0"));
	CHECK(has("0.0.0.0/0", "255.255.255.255"));
	CHECK_FALSE(has("0.0.0.0/0", "::1"));
	CHECK(has("::/0", "::1"));
	CHECK_FALSE(has("::/0", "127.0.0.1"));
	CHECK(has("2001:db8::/33", "2001:db8:7fff::"));
	CHECK_FALSE(has("2001:db8::/33", "2001:db8:8000::"));
	CHECK(has("2001:db8::1", "2001:db8::1"));
	CHECK_FALSE(has("2001:db8::1", "2001:db8::"));
	CHECK(has("10.0.0.0/8", "::ffff:10.1.2.3"));

	khttp_addr nobody{};

	CHECK_FALSE(khttp_subnets_have(nullptr, 0, &nobody));
}

TEST_CASE("subnet: addresses come with and without brackets and ports")
{
	CHECK(address("192.0.2.1") == "192.0.2.1 0");
	CHECK(address("192.0.2.1:80") == "192.0.2.1 80");
	CHECK(address("2001:db8::1") == "2001:db8::1 0");
	CHECK(address("[2001:db8::1]") == "2001:db8::1 0");
	CHECK(address("[2001:db8::1]:65535") == "2001:db8::1 65535");
	CHECK(address("::ffff:192.0.2.1") == "192.0.2.1 0");
	CHECK(address("[::ffff:192.0.2.1]:8") == "192.0.2.1 8");
	auto text = GENERATE("", "unknown", "_hidden", "a.example", "192.0.2",
			     "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1 ",
			     "[::1", "::1]", "[::1]80", "[192.0.2.1]", "\"::1\"");

	INFO(text);
	CHECK(address(text) == "no");
}
