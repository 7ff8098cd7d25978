// SPDX-License-Identifier: MIT
#include <arpa/inet.h>

#include <catch2/catch.hpp>

#include <random>

#include "guard_page.hpp"
#include "http.hpp"

// The canonical text and port, or "no".
static std::string host(std::string_view text)
{
	guard_page guard(1024);
	const char *at = guard.put(text);
	char out[KHTTP_HOST_TEXT_MAX];
	khttp_host parsed;

	if (!khttp_host_parse(at, static_cast<u32>(text.size()), &parsed))
		return "no";
	std::string result(out, khttp_host_print(&parsed, at, out, sizeof(out)));

	return parsed.port ? result + " " + std::to_string(parsed.port) : result;
}

TEST_CASE("host: names, addresses and ports")
{
	CHECK(host("A") == "a");
	CHECK(host("a-b_c.D9.e:1") == "a-b_c.d9.e 1");
	CHECK(host("a:65535") == "a 65535");
	CHECK(host("a:00080") == "a 80");
	CHECK(host("1.2.3.4:80") == "1.2.3.4 80");
	CHECK(host("255.255.255.255") == "255.255.255.255");
	CHECK(host("1.2.3.com") == "1.2.3.com");
	CHECK(host("[::]:80") == "[::] 80");
	CHECK(host("[::FFFF:1.2.3.4]") == "[::ffff:1.2.3.4]");
	CHECK(host(std::string(63, 'a')) == std::string(63, 'a'));
	CHECK(host("example.org.") == "example.org");
}

TEST_CASE("host: what is remembered is what is understood")
{
	khttp_host_memo memo = {};
	khttp_host first, again;

	for (std::string_view text :
	     { "a", "example.org:80", "Example.org:80", "127.0.0.1:8080",
	       "127.0.0.1:8081", "127.0.0.2:8081", "[::1]:443", "a.b",
	       "example.org:80" }) {
		guard_page memory(4096);
		const char *at = memory.put(std::string(text));
		u32 len = static_cast<u32>(text.size());

		CAPTURE(text);
		REQUIRE(khttp_host_parse(at, len, &first));
		for (int i = 0; i < 2; i++) {
			REQUIRE(khttp_host_recall(at, len, &again, &memo));
			CHECK(again.off == first.off);
			CHECK(again.len == first.len);
			CHECK(again.port == first.port);
			CHECK(again.kind == first.kind);
			CHECK(!memcmp(again.addr, first.addr, 16));
		}
		CHECK(std::string_view(memo.text, memo.len) == text);
	}
	/* What is refused, or too long to remember, leaves it alone. */
	CHECK_FALSE(khttp_host_recall("a:b", 3, &again, &memo));
	std::string longer(KHTTP_HOST_MEMO_MAX - 20, 'a');
	longer += "." + longer;
	REQUIRE(khttp_host_recall(longer.data(), static_cast<u32>(longer.size()),
				  &again, &memo));
	CHECK(again.len == longer.size());
	CHECK(std::string_view(memo.text, memo.len) == "example.org:80");
	CHECK_FALSE(khttp_host_recall("", 0, &again, &memo));
}

TEST_CASE("host: everything else is refused")
{
	auto text = GENERATE(
		"", ":", ":80", ".", "..", ".a", "a..", "a:b", "a:-1", "a:+1",
		"a:65536", "a:000080", "a:0", "a b", " a", "a ", "a\t", "a/",
		"a?", "a#", "a@b", "a,b", "a;b", "a%20", "1.2.3", "1.2.3.4.5",
		"1.2.3.256", "01.2.3.4", "1.2.3.4.", "1.2.3.4:80:80", "999",
		"a.1", "[", "]", "[]", "[a]", "[::1", "::1", "[::1]]", "[::1]8",
		"[::1]:", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[1::2::3]",
		"[:::]", "[1:]", "[:1]", "[12345::]", "[::1.2.3]",
		"[1:2:3:4:5:6:7:1.2.3.4]", "[1:2:3:4:5:6:7:8::]", "[::g]",
		"[fe80::1%25eth0]", "[v1.a]", "\xc3\xa9", "*", "+", "a*b");

	INFO(text);
	// RFC 3986 allows the empty port, so this one is the exception.
	if (std::string(text) == "[::1]:")
		CHECK(host(text) == "[::1]");
	else
		CHECK(host(text) == "no");
	CHECK(host(std::string(64, 'a')) == "no");
}

TEST_CASE("host: a name of 253 characters is taken, one more is not")
{
	std::string name;

	for (int i = 0; i < 126; i++)
		name += "a.";
	name += 'b';
	CHECK(name.size() == 253);
	CHECK(host(name) == name);
	CHECK(host("x" + name) == "no");
}

TEST_CASE("host: IPv6 agrees with the C library")
{
	std::minstd_rand random(1);

	for (int i = 0; i < 20000; i++) {
		in6_addr addr{};
		char text[INET6_ADDRSTRLEN];
		char out[KHTTP_IPV6_TEXT_MAX];
		u8 back[16];

		// Many zero groups, so that every way to shorten occurs.
		for (int group = 0; group < 8; group++)
			if (random() % 3 == 0)
				addr.s6_addr[2 * group + 1] =
					static_cast<u8>(random());
		inet_ntop(AF_INET6, &addr, text, sizeof(text));
		REQUIRE(khttp_ipv6_parse(text, static_cast<u32>(strlen(text)),
					 back));
		REQUIRE(!memcmp(back, addr.s6_addr, 16));
		std::string mine(out, khttp_ipv6_print(addr.s6_addr, out));

		// The C library writes ::1.2.3.4, which RFC 5952 does not.
		if (std::string(text).find('.') == std::string::npos)
			REQUIRE(mine == text);
		REQUIRE(khttp_ipv6_parse(mine.data(),
					 static_cast<u32>(mine.size()), back));
		REQUIRE(!memcmp(back, addr.s6_addr, 16));
	}
}

TEST_CASE("host: IPv6 texts are refused where the C library refuses them")
{
	static const char alphabet[] = "0123aF::::..";
	std::minstd_rand random(2);

	for (int i = 0; i < 200000; i++) {
		std::string text;
		in6_addr addr;
		u8 mine[16];

		for (u32 n = random() % 12; n; n--)
			text += alphabet[random() % (sizeof(alphabet) - 1)];
		bool theirs = inet_pton(AF_INET6, text.c_str(), &addr) == 1;

		if (khttp_ipv6_parse(text.data(),
				     static_cast<u32>(text.size()), mine) !=
		    theirs)
			FAIL(text);
		if (theirs && memcmp(mine, addr.s6_addr, 16))
			FAIL(text);
	}
}

TEST_CASE("host: text without room for it is not written")
{
	khttp_host parsed;
	char out[8];

	REQUIRE(khttp_host_parse("example.org", 11, &parsed));
	CHECK(khttp_host_print(&parsed, "example.org", out, 8) == 0);
	REQUIRE(khttp_host_parse("[::1]", 5, &parsed));
	CHECK(khttp_host_print(&parsed, "[::1]", out, 8) == 0);
	REQUIRE(khttp_host_parse("1.2.3.4", 7, &parsed));
	CHECK(khttp_host_print(&parsed, "1.2.3.4", out, 8) == 0);
	memset(&parsed, 0, sizeof(parsed));
	CHECK(khttp_host_print(&parsed, "", out, 8) == 0);
}
