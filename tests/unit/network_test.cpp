// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

namespace {

// The normal form, or the error in brackets.
std::string normal(std::string_view text)
{
	guard_page guard(4096);
	char out[KHTTP_NETWORK_TEXT_MAX];
	khttp_network network;
	const char *error = khttp_network_parse(
		guard.put(text), static_cast<u32>(text.size()), &network);

	if (error)
		return std::string("[") + error + "]";
	return std::string(out, khttp_network_print(&network, out));
}

khttp_network network_of(std::string_view text)
{
	khttp_network network;

	REQUIRE(khttp_network_parse(text.data(), static_cast<u32>(text.size()),
				    &network) == nullptr);
	return network;
}

bool has(std::string_view network, std::string_view text)
{
	khttp_network in = network_of(network);
	khttp_address address;

	REQUIRE(khttp_address_parse(text.data(), static_cast<u32>(text.size()),
				    &address));
	return khttp_network_has(&in, &address);
}

}  // namespace

TEST_CASE("network: the normal form is stable")
{
	for (const char *text : { "0.0.0.0/0", "10.0.0.0/8", "192.0.2.128/25",
				  "192.0.2.1", "::/0", "2001:db8::/32", "::1",
				  "fe80::/10", "2001:db8::8000/113" })
		CHECK(normal(text) == text);
	CHECK(normal("192.0.2.1/32") == "192.0.2.1");
	CHECK(normal("2001:DB8:0::/48") == "2001:db8::/48");
	CHECK(normal("::1/128") == "::1");
}

TEST_CASE("network: IPv4 in IPv6 is IPv4")
{
	CHECK(normal("::ffff:192.0.2.1") == "192.0.2.1");
	CHECK(normal("::ffff:10.0.0.0/104") == "10.0.0.0/8");
	CHECK(normal("::ffff:0:0/96") == "0.0.0.0/0");
	CHECK(normal("::ffff:10.0.0.0/8").front() == '[');
	CHECK(has("10.0.0.0/8", "::ffff:10.1.2.3"));
	CHECK(!has("::/0", "10.1.2.3"));
	CHECK(!has("::/0", "::ffff:10.1.2.3"));
}

TEST_CASE("network: what is none is refused with what to do")
{
	for (const char *text :
	     { "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/999",
	       "10.0.0.0/1000", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8",
	       "10.0.0.0/ 8", "::/129", "[::]/0", "::%1/64", "example.org",
	       "10.0.0.1/8", "2001:db8::1/64", "10.0.0.0/0x8",
	       "10.0.0.0/08", "10.0.0.1/31", "a/8", "::1/127", "::1%1", " ::1",
	       "10.0.0.0:80/8", "::ffff:0:0/95" })
		CHECK(normal(text).front() == '[');
	CHECK(normal("10.0.0.1/8").find("have to be 0") != std::string::npos);
}

TEST_CASE("network: bits decide, not bytes")
{
	CHECK(has("192.0.2.128/25", "192.0.2.255"));
	CHECK(!has("192.0.2.128/25", "192.0.2.127"));
	CHECK(has("0.0.0.0/0", "255.255.255.255"));
	CHECK(has("192.0.2.1", "192.0.2.1"));
	CHECK(!has("192.0.2.1", "192.0.2.0"));
	CHECK(has("2001:db8::/29", "2001:dbf::1"));
	CHECK(!has("2001:db8::/29", "2001:dc0::1"));
	CHECK(has("2001:db8::/33", "2001:db8:7fff::"));
	CHECK(!has("2001:db8::/33", "2001:db8:8000::"));
	CHECK(!has("2001:db8::1", "2001:db8::"));
	CHECK(!has("0.0.0.0/0", "::1"));
}

TEST_CASE("network: any of a list will do")
{
	const khttp_network list[] = { network_of("2001:db8::/33"),
				       network_of("10.0.0.0/8") };
	khttp_address address;

	REQUIRE(khttp_address_parse("10.1.2.3", 8, &address));
	CHECK(khttp_network_any(list, 2, &address));
	CHECK(!khttp_network_any(list, 1, &address));
	CHECK(!khttp_network_any(nullptr, 0, &address));
}

TEST_CASE("network: masking keeps the front and clears the rest")
{
	khttp_address address;
	const u8 bytes[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	for (u32 bits = 0; bits <= 128; bits++) {
		khttp_address_set(&address, bytes, 16);
		khttp_address_mask(&address, bits);
		for (u32 i = 0; i < 128; i++)
			CHECK((address.bytes[i / 8] >> (7 - i % 8) & 1) ==
			      (i < bits));
	}
}
