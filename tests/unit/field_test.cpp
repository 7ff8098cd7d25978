// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cctype>
#include <vector>

#include "guard_page.hpp"
#include "http.hpp"

using strings = std::vector<std::string>;

static khttp_field_id lookup(std::string_view name)
{
	guard_page guard(64);

	return khttp_field_lookup(guard.put(name),
				  static_cast<u32>(name.size()));
}

static bool is_one_of(int c, std::string_view set)
{
	return c != 0 && c < 0x80 &&
	       set.find(static_cast<char>(c)) != std::string_view::npos;
}

TEST_CASE("field: the class table is what the RFCs say")
{
	for (int c = 0; c < 256; c++) {
		char ch = static_cast<char>(c);
		bool alnum = c < 0x80 && std::isalnum(c);
		bool visible = c > 0x20 && c < 0x7f;

		INFO(c);
		CHECK(khttp_char_is(ch, KHTTP_CHAR_TOKEN) ==
		      (alnum || is_one_of(c, "!#$%&'*+-.^_`|~")));
		CHECK(khttp_char_is(ch, KHTTP_CHAR_VALUE) ==
		      (visible || c == ' ' || c == '\t' || c >= 0x80));
		CHECK(khttp_char_is(ch, KHTTP_CHAR_DIGIT) ==
		      is_one_of(c, "0123456789"));
		CHECK(khttp_char_is(ch, KHTTP_CHAR_HEX) ==
		      is_one_of(c, "0123456789abcdefABCDEF"));
		CHECK(khttp_char_is(ch, KHTTP_CHAR_TARGET) ==
		      ((visible && c != '#') || c >= 0x80));
		CHECK(khttp_char_is(ch, KHTTP_CHAR_SEGMENT) ==
		      (visible && !is_one_of(c, "\"#<>\\?%/")));
		CHECK(khttp_char_is(ch, KHTTP_CHAR_HOST) ==
		      (alnum || is_one_of(c, "-._")));
	}
}

TEST_CASE("field: every known name is found in any case, and nothing near it")
{
	for (int i = KHTTP_FIELD_OTHER + 1; i < KHTTP_FIELD__COUNT; i++) {
		auto id = static_cast<khttp_field_id>(i);
		std::string name = text_of(khttp_field_name(id));
		std::string upper = name;

		for (char &c : upper)
			c = static_cast<char>(std::toupper(c));
		INFO(name);
		CHECK(lookup(name) == id);
		CHECK(lookup(upper) == id);
		CHECK(lookup(name + "x") == KHTTP_FIELD_OTHER);
		for (std::size_t at = 0; at < name.size(); at++) {
			std::string near = name;

			near[at] = '~';
			CHECK(lookup(near) == KHTTP_FIELD_OTHER);
			near[at] = static_cast<char>(name[at] | 0x80);
			CHECK(lookup(near) == KHTTP_FIELD_OTHER);
		}
	}
	CHECK(KHTTP_FIELD__COUNT <= 64);
	CHECK(lookup("") == KHTTP_FIELD_OTHER);
	CHECK(lookup("x") == KHTTP_FIELD_OTHER);
	CHECK(khttp_field_name(KHTTP_FIELD__COUNT).len == 0);
}

TEST_CASE("field: a worker's names are tokens, its values have no controls")
{
	khttp_field_id id = KHTTP_FIELD_HOST;

	CHECK(khttp_field_identify("X-y!", 4, &id));
	CHECK(id == KHTTP_FIELD_OTHER);
	CHECK(khttp_field_identify("Content-Type", 12, &id));
	CHECK(id == KHTTP_FIELD_CONTENT_TYPE);
	CHECK_FALSE(khttp_field_identify("", 0, &id));
	CHECK_FALSE(khttp_field_identify("a b", 3, &id));
	CHECK_FALSE(khttp_field_identify("a:", 2, &id));
	CHECK_FALSE(khttp_field_identify("a\r", 2, &id));
	CHECK_FALSE(khttp_field_identify("a(b)", 4, &id));
	/* What differs from a known name in the bit that folds case. */
	CHECK_FALSE(khttp_field_identify("content\rtype", 12, &id));
	CHECK(khttp_field_value_ok("", 0));
	CHECK(khttp_field_value_ok("a\t b\xff", 5));
	CHECK_FALSE(khttp_field_value_ok(" a", 2));
	CHECK_FALSE(khttp_field_value_ok("a\t", 2));
	CHECK(khttp_field_value_ok("a longer value\twith a tab", 25));
	CHECK_FALSE(khttp_field_value_ok("a longer value\rwith none", 25));
	CHECK_FALSE(khttp_field_value_ok("12345678\x1f", 9));
	CHECK_FALSE(khttp_field_value_ok("a\r\nb", 4));
	CHECK_FALSE(khttp_field_value_ok("a\nb", 3));
	CHECK_FALSE(khttp_field_value_ok("a\0b", 3));
	CHECK_FALSE(khttp_field_value_ok("\x7f", 1));

	std::string longest(65536, 'a');

	CHECK_FALSE(khttp_field_identify(longest.data(), 65536, &id));
	CHECK_FALSE(khttp_field_value_ok(longest.data(), 65536));
	CHECK(khttp_field_value_ok(longest.data(), 65535));
}

TEST_CASE("field: framing is the kernel's, not a worker's")
{
	auto refused = GENERATE(KHTTP_FIELD_CONNECTION, KHTTP_FIELD_KEEP_ALIVE,
				KHTTP_FIELD_TRANSFER_ENCODING,
				KHTTP_FIELD_CONTENT_LENGTH, KHTTP_FIELD_TRAILER,
				KHTTP_FIELD_PROXY_CONNECTION,
				KHTTP_FIELD_UPGRADE);

	CHECK(khttp_field_worker(refused, 200) == KHTTP_FIELD_REFUSE);
	CHECK(khttp_field_worker(KHTTP_FIELD_UPGRADE, 101) == KHTTP_FIELD_SEND);
	CHECK(khttp_field_worker(KHTTP_FIELD_UPGRADE, 426) == KHTTP_FIELD_SEND);
	CHECK(khttp_field_worker(KHTTP_FIELD_AGE, 200) == KHTTP_FIELD_REPLACE);
	CHECK(khttp_field_worker(KHTTP_FIELD_DATE, 200) == KHTTP_FIELD_SEND);
	CHECK(khttp_field_worker(KHTTP_FIELD_OTHER, 200) == KHTTP_FIELD_SEND);
}

static strings elements(std::string_view list)
{
	guard_page guard(4096);
	khttp_span span = khttp_span_of(guard.put(list),
					static_cast<u32>(list.size()));
	khttp_span item;
	u32 pos = 0;
	strings all;

	while (khttp_list_next(span, &pos, &item))
		all.push_back(text_of(item));
	return all;
}

TEST_CASE("field: lists come apart at commas outside of quotes")
{
	CHECK(elements("") == strings{});
	CHECK(elements(" , ,\t,") == strings{});
	CHECK(elements("a") == strings{ "a" });
	CHECK(elements(" a ,b,, c d ") == strings{ "a", "b", "c d" });
	CHECK(elements("a=\"x,y\", b") == strings{ "a=\"x,y\"", "b" });
	CHECK(elements("\"a\\\",b\",c") == strings{ "\"a\\\",b\"", "c" });
	CHECK(elements("\"open, a") == strings{ "\"open, a" });
	CHECK(elements("\"\\") == strings{ "\"\\" });
	CHECK(khttp_list_has(span_of("a, No-Cache ,b"), "no-cache"));
	CHECK_FALSE(khttp_list_has(span_of("a, no-cachex"), "no-cache"));
	CHECK(khttp_list_names(span_of("h2c, WebSocket"), span_of("websocket")));
	CHECK(khttp_list_names(span_of(" IRC/6.9,x"), span_of("irc/6.9")));
	CHECK_FALSE(khttp_list_names(span_of("h2c, websockets"), span_of("websocket")));
	CHECK_FALSE(khttp_list_names(span_of("h2c,,"), span_of("")));
}

TEST_CASE("field: numbers are digits that fit")
{
	auto number = [](std::string_view text) {
		u64 out = 7;

		return khttp_number(span_of(text), &out) ?
		       std::to_string(out) : std::string("no");
	};

	CHECK(number("0") == "0");
	CHECK(number("007") == "7");
	CHECK(number("18446744073709551615") == "18446744073709551615");
	CHECK(number("18446744073709551616") == "no");
	CHECK(number("99999999999999999999") == "no");
	CHECK(number("") == "no");
	CHECK(number("+1") == "no");
	CHECK(number("1 ") == "no");
	CHECK(number("1a") == "no");
}

TEST_CASE("field: trailers leave out what changes the message")
{
	CHECK(khttp_field_trailer_ok(KHTTP_FIELD_OTHER));
	CHECK(khttp_field_trailer_ok(KHTTP_FIELD_ETAG));
	/* Whoever passes trailers on need not know it. */
	CHECK(khttp_field_trailer_ok(KHTTP_FIELD_TRACEPARENT));
	auto id = GENERATE(KHTTP_FIELD_HOST, KHTTP_FIELD_CONTENT_LENGTH,
			   KHTTP_FIELD_TRANSFER_ENCODING, KHTTP_FIELD_COOKIE,
			   KHTTP_FIELD_AUTHORIZATION, KHTTP_FIELD_SET_COOKIE,
			   KHTTP_FIELD_CONTENT_TYPE, KHTTP_FIELD_RANGE,
			   KHTTP_FIELD_CACHE_CONTROL, KHTTP_FIELD_TRAILER);

	CHECK_FALSE(khttp_field_trailer_ok(id));
}
