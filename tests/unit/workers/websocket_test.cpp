/* SPDX-License-Identifier: MIT */
#include "websocket/handshake.hpp"
#include "websocket/session.hpp"

#include <catch2/catch.hpp>

using namespace std::string_literals;
using websocket::opcode;
using websocket::session;

namespace {

constexpr std::string_view key = "\x37\xfa\x21\x3d";

/* A client's frame; FIRST is its first byte. */
std::string masked(unsigned first, std::string_view payload)
{
	std::string out{static_cast<char>(first)};
	std::size_t bytes = 0;

	if (payload.size() < 126)
		out += static_cast<char>(0x80 | payload.size());
	else
		bytes = payload.size() < 65536 ? 2 : 8;
	if (bytes > 0)
		out += static_cast<char>(bytes == 2 ? 0xfe : 0xff);
	while (bytes-- > 0)
		out += static_cast<char>(payload.size() >> bytes * 8);
	out += key;
	for (std::size_t i = 0; i < payload.size(); i++)
		out += static_cast<char>(payload[i] ^ key[i & 3]);
	return out;
}

std::string plain(opcode code, std::string_view payload)
{
	std::string out;

	websocket::append_frame(out, code, payload);
	return out;
}

std::string bytes_of(unsigned code)
{
	return {static_cast<char>(code >> 8), static_cast<char>(code)};
}

std::string close_with(unsigned code)
{
	return plain(opcode::close, bytes_of(code));
}

struct outcome {
	std::string sent;
	bool open = true;

	bool operator==(const outcome &) const = default;
};

/* All at once, and then byte by byte: the same has to come of it. */
outcome of(std::string_view bytes, std::size_t limit = 1 << 20)
{
	session whole{limit};
	session slow{limit};
	outcome one;
	outcome two;

	one.open = whole.take(bytes, one.sent);
	for (char c : bytes)
		if (two.open)
			two.open = slow.take({&c, 1}, two.sent);
	CHECK(one == two);
	return one;
}

} // namespace

TEST_CASE("the key of RFC 6455 1.3 is answered as it says")
{
	CHECK(websocket::accept_of("dGhlIHNhbXBsZSBub25jZQ==") ==
	      "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	CHECK(websocket::is_key("dGhlIHNhbXBsZSBub25jZQ=="));
	for (const char *bad : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=a",
				"dGhlIHNhbXBsZSBub2 jZQ==", "dGhlIHNhbXBsZSBub25jZXM="})
		CHECK_FALSE(websocket::is_key(bad));
}

TEST_CASE("a message comes back, whatever its length")
{
	for (std::size_t size : {0U, 1U, 125U, 126U, 127U, 65535U, 65536U}) {
		std::string data(size, 'x');

		CAPTURE(size);
		CHECK(of(masked(0x81, data)) == outcome{plain(opcode::text, data)});
		CHECK(of(masked(0x82, data)) ==
		      outcome{plain(opcode::binary, data)});
	}
	CHECK(plain(opcode::text, std::string(126, 'x')).substr(0, 4) ==
	      "\x81\x7e\0\x7e"s);
	CHECK(plain(opcode::text, std::string(65536, 'x')).substr(0, 10) ==
	      "\x81\x7f\0\0\0\0\0\1\0\0"s);
}

TEST_CASE("fragments become one message, with control frames between them")
{
	CHECK(of(masked(0x01, "a\xe2") + masked(0x89, "p") + masked(0x8a, "q") +
		 masked(0x00, "\x82") + masked(0x80, "\xac")) ==
	      outcome{plain(opcode::pong, "p") +
		      plain(opcode::text, "a\xe2\x82\xac")});
	CHECK(of(masked(0x02, "") + masked(0x80, "")) ==
	      outcome{plain(opcode::binary, "")});
}

TEST_CASE("a close is answered with its code, and what follows is not looked at")
{
	CHECK(of(masked(0x88, "\x03\xe8 bye") + masked(0x81, "x")) ==
	      outcome{close_with(1000), false});
	CHECK(of(masked(0x88, "")) == outcome{plain(opcode::close, ""), false});
	for (unsigned code : {1001U, 1003U, 1007U, 1014U, 3000U, 4999U})
		CHECK(of(masked(0x88, bytes_of(code))) ==
		      outcome{close_with(code), false});
}

TEST_CASE("what breaks the protocol is closed with 1002")
{
	const std::string bad = GENERATE(as<std::string>{},
		"\x81\x01x"s,			/* no mask */
		masked(0xc1, "x"), masked(0x91, "x"), masked(0xa1, "x"),
		masked(0x83, ""), masked(0x87, ""), masked(0x8b, ""), masked(0x8f, ""),
		masked(0x09, "x"), masked(0x08, ""), /* control in fragments */
		masked(0x89, std::string(126, 'x')), /* and too long */
		masked(0x80, "x"),		/* goes on with nothing */
		masked(0x01, "a") + masked(0x81, "b"), /* begins in another */
		"\x81\xfe\0\x7d" "mask"s + std::string(125, 'x'),
		"\x81\xff\0\0\0\0\0\0\xff\xff" "mask"s,
		"\x81\xff\x80\0\0\0\0\0\0\0mask"s,
		masked(0x88, "x"), masked(0x88, "\x03\xe7"), masked(0x88, "\x03\xec"),
		masked(0x88, "\x03\xed"), masked(0x88, "\x03\xf7"),
		masked(0x88, "\x0b\xb7"), masked(0x88, "\x13\x88"));

	CAPTURE(bad);
	const outcome got = of(bad);

	CHECK_FALSE(got.open);
	CHECK(got.sent.ends_with(close_with(1002)));
}

TEST_CASE("text that is no UTF-8 is closed with 1007")
{
	for (const char *bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xe2\x82"})
		CHECK(of(masked(0x81, bad)) == outcome{close_with(1007), false});
	CHECK(of(masked(0x88, "\x03\xe8\xff")) == outcome{close_with(1007), false});
	CHECK(of(masked(0x82, "\xff")).open);
}

TEST_CASE("a message above the limit is closed with 1009 before it is held")
{
	CHECK(of(masked(0x82, std::string(100, 'x')), 100).open);
	CHECK(of(masked(0x82, std::string(101, 'x')), 100) ==
	      outcome{close_with(1009), false});
	CHECK(of(masked(0x02, std::string(60, 'x')) +
		 masked(0x80, std::string(41, 'x')), 100) ==
	      outcome{close_with(1009), false});
	CHECK(of("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" "mask"s, 100) ==
	      outcome{close_with(1009), false});
	/* A control frame is none of it. */
	CHECK(of(masked(0x02, std::string(100, 'x')) + masked(0x89, "ping"), 100).open);
}
