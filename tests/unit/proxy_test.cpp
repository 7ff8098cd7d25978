// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

static constexpr u8 any = KHTTP_PROXY_ACCEPT_V1 | KHTTP_PROXY_ACCEPT_V2;

static std::string name_of(const khttp_node &node)
{
	khttp_network one = { node.address, static_cast<u8>(node.address.len * 8) };
	char out[KHTTP_NETWORK_TEXT_MAX];

	if (!node.address.len)
		return "peer";
	return std::string(out, khttp_network_print(&one, out)) + " " +
	       std::to_string(node.port);
}

// Who it says to speak for, "no" or "more", and with what is left unused.
static std::string parse(std::string_view text, std::size_t piece, u8 accept)
{
	guard_page guard(8192);
	khttp_proxy p;
	std::size_t at = 0;

	khttp_proxy_init(&p, accept);
	while (at < text.size()) {
		std::string_view part = text.substr(at, piece);
		u32 used = 0;
		khttp_proxy_result result = khttp_proxy_parse(
			&p, guard.put(part), static_cast<u32>(part.size()), &used);

		REQUIRE(used <= part.size());
		at += used;
		if (result == KHTTP_PROXY_REFUSED)
			return "no";
		if (result == KHTTP_PROXY_DONE)
			return name_of(p.source) +
			       (at < text.size() ? " then " : "") +
			       std::string(text.substr(at));
		REQUIRE(used == part.size());
	}
	return "more";
}

// The same whatever the pieces are.
static std::string proxy(std::string_view text, u8 accept = any)
{
	std::string whole = parse(text, text.size() + 1, accept);

	for (std::size_t piece = 1; piece < text.size(); piece++)
		REQUIRE(parse(text, piece, accept) == whole);
	return whole;
}

static std::string v1(const std::string &rest)
{
	return proxy("PROXY " + rest);
}

static std::string number16(std::size_t value)
{
	return { static_cast<char>(value >> 8), static_cast<char>(value) };
}

static std::string header(u8 version, u8 family, const std::string &block)
{
	return std::string("\r\n\r\n\0\r\nQUIT\n", 12) +
	       static_cast<char>(version) + static_cast<char>(family) +
	       number16(block.size()) + block;
}

static std::string tlv(u8 type, const std::string &value)
{
	return static_cast<char>(type) + number16(value.size()) + value;
}

// Bit by bit, unlike the code under test.
static std::string crc32c(const std::string &bytes)
{
	u32 crc = ~0U;

	for (char c : bytes) {
		crc ^= static_cast<u8>(c);
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78U : 0);
	}
	crc = ~crc;
	return number16(crc >> 16) + number16(crc & 0xffff);
}

static const std::string from4("\xc0\x00\x02\x01\xc6\x33\x64\x02\xdc\x04\x00\x50", 12);
static const std::string from6 =
	std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16) +
	std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02", 16) +
	std::string("\xdc\x04\x01\xbb", 4);

TEST_CASE("proxy: version 1 names the source")
{
	CHECK(v1("TCP4 192.0.2.1 198.51.100.2 56324 80\r\n") == "192.0.2.1 56324");
	CHECK(v1("TCP4 0.0.0.0 255.255.255.255 0 65535\r\n") == "0.0.0.0 0");
	CHECK(v1("TCP6 2001:DB8::1 ::1 1 2\r\nGET /") == "2001:db8::1 1 then GET /");
	CHECK(v1("TCP6 ::ffff:192.0.2.1 ::1 7 2\r\n") == "192.0.2.1 7");
	CHECK(v1("UNKNOWN\r\nGET /") == "peer then GET /");
	CHECK(v1("UNKNOWN and what else there is\r\n") == "peer");
	CHECK(v1("UNKNOWN " + std::string(91, 'x') + "\r\n") == "peer");
	CHECK(v1("TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
		 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n") ==
	      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535");
}

TEST_CASE("proxy: version 1 refuses everything else")
{
	auto text = GENERATE(
		"\r\n", "TCP4\r\n", "TCP4 \r\n", "TCP5 1.2.3.4 1.2.3.4 1 2\r\n",
		"tcp4 1.2.3.4 1.2.3.4 1 2\r\n", "TCP4  1.2.3.4 1.2.3.4 1 2\r\n",
		"TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", "TCP4 1.2.3.4 1.2.3.4 1\r\n",
		"TCP4 1.2.3.4 1.2.3.4 01 2\r\n", "TCP4 1.2.3.4 1.2.3.4 1 65536\r\n",
		"TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", "TCP4 1.2.3 1.2.3.4 1 2\r\n",
		"TCP4 ::1 ::1 1 2\r\n", "TCP6 1.2.3.4 1.2.3.4 1 2\r\n",
		"TCP4 1.2.3.4 a 1 2\r\n", "TCP4 1.2.3.4 1.2.3.4 1 2\n",
		"TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", "UNKNOWNS\r\n", "UNKNOWN\n",
		" TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "TCP6 [::1] ::1 1 2\r\n");

	INFO(text);
	CHECK(v1(text) == "no");
	CHECK(v1("UNKNOWN " + std::string(92, 'x') + "\r\n") == "no");
	CHECK(v1("UNKNOWN " + std::string(500, 'x')) == "no");
}

TEST_CASE("proxy: what is no header is refused at its first wrong byte")
{
	CHECK(proxy("G") == "no");
	CHECK(proxy("PO") == "no");
	CHECK(proxy("PROPFIND / HTTP/1.1\r\n") == "no");
	CHECK(proxy("proxy TCP4") == "no");
	CHECK(proxy("\r\nG") == "no");
	CHECK(proxy(std::string("\r\n\r\n\0\r\nQUIX", 11)) == "no");
	CHECK(proxy("PROXY TCP4 192.0.2.1 198.51.100.2 5632") == "more");
	CHECK(proxy(header(0x21, 0x11, from4).substr(0, 27)) == "more");
}

TEST_CASE("proxy: only the versions that were asked for")
{
	std::string one = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 80\r\n";
	std::string two = header(0x21, 0x11, from4);

	CHECK(proxy(one, KHTTP_PROXY_ACCEPT_V1) == "192.0.2.1 56324");
	CHECK(proxy(two, KHTTP_PROXY_ACCEPT_V1) == "no");
	CHECK(proxy(one, KHTTP_PROXY_ACCEPT_V2) == "no");
	CHECK(proxy(two, KHTTP_PROXY_ACCEPT_V2) == "192.0.2.1 56324");
}

TEST_CASE("proxy: version 2 names the source")
{
	CHECK(proxy(header(0x21, 0x11, from4)) == "192.0.2.1 56324");
	CHECK(proxy(header(0x21, 0x11, from4) + "GET") == "192.0.2.1 56324 then GET");
	CHECK(proxy(header(0x21, 0x21, from6)) == "2001:db8::1 56324");
	CHECK(proxy(header(0x21, 0x11, from4 + tlv(4, "") + tlv(0x20, "xyz") +
						tlv(0xee, std::string(300, 'v')))) ==
	      "192.0.2.1 56324");
}

TEST_CASE("proxy: where version 2 speaks for nobody the peer is the client")
{
	CHECK(proxy(header(0x20, 0x00, "") + "GET") == "peer then GET");
	CHECK(proxy(header(0x20, 0x11, from4)) == "peer");
	CHECK(proxy(header(0x20, 0x11, "not four addresses at all")) == "peer");
	CHECK(proxy(header(0x21, 0x00, "")) == "peer");
	CHECK(proxy(header(0x21, 0x00, "anything")) == "peer");
	CHECK(proxy(header(0x21, 0x12, from4)) == "peer");
	CHECK(proxy(header(0x21, 0x22, from6)) == "peer");
	CHECK(proxy(header(0x21, 0x31, std::string(216, 'u') + tlv(2, "a"))) == "peer");
}

TEST_CASE("proxy: version 2 refuses what does not fit")
{
	CHECK(proxy(header(0x11, 0x11, from4)) == "no");
	CHECK(proxy(header(0x22, 0x11, from4)) == "no");
	CHECK(proxy(header(0x21, 0x41, from4)) == "no");
	CHECK(proxy(header(0x21, 0x13, from4)) == "no");
	CHECK(proxy(header(0x21, 0x11, from4.substr(0, 11))) == "no");
	CHECK(proxy(header(0x21, 0x21, from4)) == "no");
	CHECK(proxy(header(0x21, 0x31, std::string(215, 'u'))) == "no");
	/* type-length-values that end too early or too late */
	CHECK(proxy(header(0x21, 0x11, from4 + "x")) == "no");
	CHECK(proxy(header(0x21, 0x11, from4 + "xy")) == "no");
	CHECK(proxy(header(0x21, 0x11, from4 + tlv(2, "abc") + "xy")) == "no");
	CHECK(proxy(header(0x21, 0x11, from4 + std::string("\2\0\4abc", 6))) == "no");
}

TEST_CASE("proxy: a header has a longest length")
{
	std::string most(KHTTP_PROXY_HEADER_MAX - 16 - 12 - 3, 'v');

	CHECK(parse(header(0x21, 0x11, from4 + tlv(9, most)), 5000, any) ==
	      "192.0.2.1 56324");
	CHECK(parse(header(0x21, 0x11, from4 + tlv(9, most)), 1, any) ==
	      "192.0.2.1 56324");
	CHECK(parse(header(0x21, 0x11, from4 + tlv(9, most + "v")), 5000, any) == "no");
	CHECK(parse(header(0x20, 0, std::string(65535, 'v')), 16, any) == "no");
}

TEST_CASE("proxy: a checksum has to be right")
{
	std::string zero = header(0x21, 0x11, from4 + tlv(3, std::string(4, '\0')) +
						      tlv(0x20, "more"));
	std::string right = zero, wrong;

	right.replace(16 + 12 + 3, 4, crc32c(zero));
	CHECK(proxy(right) == "192.0.2.1 56324");
	for (std::size_t i = 12; i < right.size(); i++) {
		/* without its type it is no checksum */
		if (i == 16 + 12)
			continue;
		wrong = right;
		wrong[i] = static_cast<char>(wrong[i] ^ 0x40);
		INFO(i);
		CHECK(parse(wrong, 5000, any) != "192.0.2.1 56324");
	}
	wrong = right;
	wrong[20] = static_cast<char>(wrong[20] ^ 1); /* an address nobody uses */
	CHECK(proxy(wrong) == "no");
	CHECK(proxy(header(0x21, 0x11, from4 + tlv(3, "abc"))) == "no");
	CHECK(proxy(header(0x21, 0x11, from4 + tlv(3, "abcd") + tlv(3, "abcd"))) == "no");
	/* LOCAL is not looked into */
	CHECK(proxy(header(0x20, 0x11, from4 + tlv(3, "abcd"))) == "peer");
}
