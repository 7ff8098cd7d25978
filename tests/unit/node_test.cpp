// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

static std::string address(std::string_view text)
{
	guard_page guard(256);
	khttp_node node;
	char out[KHTTP_NETWORK_TEXT_MAX];
	khttp_span span = khttp_span_of(guard.put(text),
					static_cast<u32>(text.size()));

	if (!khttp_node_parse(span, &node))
		return "no";
	khttp_network one = { node.address, static_cast<u8>(node.address.len * 8) };
	return std::string(out, khttp_network_print(&one, out)) + " " +
	       std::to_string(node.port);
}

TEST_CASE("node: addresses come with and without brackets and ports")
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

TEST_CASE("node: two are one when address and port agree")
{
	auto same = [](const char *first, const char *second) {
		khttp_node a, b;

		REQUIRE(khttp_node_parse(span_of(first), &a));
		REQUIRE(khttp_node_parse(span_of(second), &b));
		return khttp_node_eq(&a, &b);
	};

	CHECK(same("192.0.2.1:80", "[::ffff:192.0.2.1]:80"));
	CHECK_FALSE(same("192.0.2.1:80", "192.0.2.1"));
	CHECK_FALSE(same("192.0.2.1", "192.0.2.2"));
	CHECK_FALSE(same("0.0.0.0", "::"));
}
