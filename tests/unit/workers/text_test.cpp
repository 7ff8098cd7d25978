/* SPDX-License-Identifier: MIT */
#include "common/text.hpp"

#include <catch2/catch.hpp>

TEST_CASE("lists are cut at commas outside quotes")
{
	using items = std::vector<std::string_view>;

	CHECK(text::list_items("") == items{});
	CHECK(text::list_items(" , ,") == items{});
	CHECK(text::list_items("a, b ,c") == items{"a", "b", "c"});
	CHECK(text::list_items("\"a,b\", c") == items{"\"a,b\"", "c"});
}

TEST_CASE("numbers are digits that fit")
{
	CHECK(text::number("18446744073709551615") == UINT64_MAX);
	CHECK_FALSE(text::number("18446744073709551616"));
	CHECK_FALSE(text::number(""));
	CHECK_FALSE(text::number("-1"));
	CHECK_FALSE(text::number(" 1"));
}

TEST_CASE("dates go there and back")
{
	CHECK(text::http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
	CHECK(text::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", 0) ==
	      784111777);
	CHECK_FALSE(text::parse_http_date("1994-11-06", 0));
	CHECK_FALSE(text::parse_http_date({}, 0));
}

TEST_CASE("HTML is escaped")
{
	CHECK(text::escape_html("<a href=\"x\">&'</a>") ==
	      "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
}

TEST_CASE("UTF-8 is told from other bytes")
{
	CHECK(text::is_utf8(""));
	CHECK(text::is_utf8("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
	CHECK(text::is_utf8("\xf4\x8f\xbf\xbf"));
	const auto bad = GENERATE(as<std::string>{}, "\x80", "\xc3", "\xc0\xaf",
				  "\xe0\x80\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80",
				  "\xf4\x90\x80\x80", "\xe2\x82", "\xff", "a\xe9z");

	CAPTURE(bad);
	CHECK_FALSE(text::is_utf8(bad));
}

TEST_CASE("blanks are trimmed")
{
	CHECK(text::trim(" \t a b\t ") == "a b");
	CHECK(text::trim(" \t ") == "");
}
