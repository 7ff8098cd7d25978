// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

// Trusted: 10/8 and 2001:db8::/32. The peer is 10.0.0.1. Who is the client?
static std::string walk(khttp_field_id id, std::vector<std::string> lines,
			std::string_view peer = "10.0.0.1")
{
	static guard_page guard(1 << 16);
	khttp_network trusted[2];
	khttp_forwarded by = { id, trusted, 2 };
	std::vector<khttp_field> fields;
	std::string text;
	khttp_node client;
	char out[KHTTP_NETWORK_TEXT_MAX];

	REQUIRE(!khttp_network_parse("10.0.0.0/8", 10, &trusted[0]));
	REQUIRE(!khttp_network_parse("2001:db8::/32", 13, &trusted[1]));
	REQUIRE(khttp_node_parse(span_of(peer), &client));
	for (const std::string &line : lines) {
		khttp_field field{};

		field.id = static_cast<u8>(id);
		field.value = static_cast<u16>(text.size());
		field.value_len = static_cast<u16>(line.size());
		fields.push_back(field);
		text += line;
	}
	khttp_forwarded_walk(&by, fields.data(), static_cast<u32>(fields.size()),
			     guard.put(text), &client);
	khttp_network one = { client.address, static_cast<u8>(client.address.len * 8) };
	std::string name(out, khttp_network_print(&one, out));

	return client.port ? name + " " + std::to_string(client.port) : name;
}

static std::string xff(std::vector<std::string> lines,
		       std::string_view peer = "10.0.0.1")
{
	return walk(KHTTP_FIELD_X_FORWARDED_FOR, std::move(lines), peer);
}

static std::string fwd(std::vector<std::string> lines)
{
	return walk(KHTTP_FIELD_FORWARDED, std::move(lines));
}

TEST_CASE("forwarded: the first from the right that is not trusted")
{
	CHECK(xff({}) == "10.0.0.1");
	CHECK(xff({ "192.0.2.1" }) == "192.0.2.1");
	CHECK(xff({ "192.0.2.1, 10.0.0.2" }) == "192.0.2.1");
	CHECK(xff({ "198.51.100.1, 192.0.2.1,10.0.0.2 ,10.0.0.3" }) == "192.0.2.1");
	CHECK(xff({ "2001:db8::9,[2001:db8::8]:80" }) == "2001:db8::9");
	CHECK(xff({ "192.0.2.1:4711" }) == "192.0.2.1 4711");
	CHECK(xff({ "[2001:db9::1]:4711" }) == "2001:db9::1 4711");
	CHECK(xff({ "::ffff:192.0.2.1,::ffff:10.0.0.2" }) == "192.0.2.1");
	/* several lines are one list */
	CHECK(xff({ "198.51.100.1", "192.0.2.1", "10.0.0.2" }) == "192.0.2.1");
	CHECK(xff({ "192.0.2.1", "", " , ," }) == "192.0.2.1");
	/* all are trusted: the farthest */
	CHECK(xff({ "10.0.0.3, 10.0.0.2" }) == "10.0.0.3");
}

TEST_CASE("forwarded: who is not trusted is not believed")
{
	CHECK(xff({ "198.51.100.1" }, "192.0.2.9") == "192.0.2.9");
	CHECK(xff({ "10.0.0.7" }, "192.0.2.9") == "192.0.2.9");
}

TEST_CASE("forwarded: what is malformed ends the walk at who wrote it")
{
	CHECK(xff({ "192.0.2.1, nonsense" }) == "10.0.0.1");
	CHECK(xff({ "192.0.2.1, nonsense, 10.0.0.2" }) == "10.0.0.2");
	CHECK(xff({ "192.0.2.1", "unknown", "10.0.0.2" }) == "10.0.0.2");
	CHECK(xff({ "192.0.2.1 10.0.0.2" }) == "10.0.0.1");
	CHECK(fwd({ "for=192.0.2.1, for=unknown, for=10.0.0.2" }) == "10.0.0.2");
	CHECK(fwd({ "for=192.0.2.1, for=_hidden" }) == "10.0.0.1");
	CHECK(fwd({ "for=192.0.2.1, proto=http" }) == "10.0.0.1");
	auto text = GENERATE("for", "for=", "=192.0.2.1", "for=192.0.2.1;for=192.0.2.2",
			     "for=192.0.2.1:80", "for=[2001:db9::1]", "for=2001:db9::1",
			     "for=\"192.0.2.1", "for=\"192.0.2.1\"x", "for=192.0.2.1 x",
			     "for=\"2001:db9::1]\"", "for=\"192.0.2.\\1\"", "192.0.2.1",
			     "for =192.0.2.1", "for= 192.0.2.1", "for=192.0.2.1;x",
			     "for=\"\"", "for=192.0.2.1\"");

	INFO(text);
	CHECK(fwd({ text }) == "10.0.0.1");
	CHECK(fwd({ std::string("for=198.51.100.1, ") + text }) == "10.0.0.1");
}

TEST_CASE("forwarded: RFC 7239 elements")
{
	CHECK(fwd({ "for=192.0.2.1" }) == "192.0.2.1");
	CHECK(fwd({ "For=\"192.0.2.1:4711\"" }) == "192.0.2.1 4711");
	CHECK(fwd({ "For=\"[2001:db9:cafe::17]:4711\"" }) == "2001:db9:cafe::17 4711");
	CHECK(fwd({ "for=\"192.0.2.1:_port\"" }) == "192.0.2.1");
	CHECK(fwd({ "for=\"[2001:db9::1]:_p\"" }) == "2001:db9::1");
	CHECK(fwd({ "for=192.0.2.60;proto=http;by=203.0.113.43" }) == "192.0.2.60");
	CHECK(fwd({ "host=\"a,for=10.0.0.9\";FOR=192.0.2.60 ; proto=http;" }) ==
	      "192.0.2.60");
	CHECK(fwd({ ";;for=192.0.2.60;;by=x" }) == "192.0.2.60");
	CHECK(fwd({ "for=192.0.2.43, for=198.51.100.17;by=\"a\\\"b,\\\\\", for=10.1.1.1" }) ==
	      "198.51.100.17");
}

TEST_CASE("forwarded: an open quote does not swallow what is appended to it")
{
	CHECK(fwd({ "for=\"10.0.0.9, for=192.0.2.1" }) == "192.0.2.1");
	CHECK(fwd({ "for=10.9.9.9;x=\", for=192.0.2.1;by=\"y\"" }) == "192.0.2.1");
	CHECK(fwd({ "x=\"\\\\\\, for=192.0.2.1" }) == "192.0.2.1");
}

TEST_CASE("forwarded: a field of another name says nothing")
{
	khttp_network all;
	khttp_forwarded by = { KHTTP_FIELD_FORWARDED, &all, 1 };
	khttp_field field{};
	khttp_node client;

	REQUIRE(!khttp_network_parse("0.0.0.0/0", 9, &all));
	REQUIRE(khttp_node_parse(span_of("10.0.0.1"), &client));
	field.id = KHTTP_FIELD_X_FORWARDED_FOR;
	field.value_len = 9;
	khttp_forwarded_walk(&by, &field, 1, "192.0.2.1", &client);
	CHECK(client.address.bytes[0] == 10);
}

TEST_CASE("forwarded: no more than so many are looked at")
{
	std::string list = "192.0.2.1";

	for (int i = 0; i < KHTTP_FORWARDED_MAX - 1; i++)
		list += ",10.0.1." + std::to_string(i);
	CHECK(xff({ list }) == "192.0.2.1");
	CHECK(xff({ list + ",10.0.2.1" }) == "10.0.1.0");
	CHECK(xff({ list, "10.0.2.1,10.0.2.2" }) == "10.0.1.1");
}
