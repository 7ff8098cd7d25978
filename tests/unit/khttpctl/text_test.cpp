// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "text.hpp"

using namespace khttpctl;

TEST_CASE("text from outside cannot steer a terminal")
{
	CHECK(printable("plain") == "plain");
	CHECK(printable("\033[2J") == "\\x1b[2J");
	CHECK(printable("a\nb\tc\r") == "a\\x0ab\\x09c\\x0d");
	CHECK(printable("\x7f") == "\\x7f");
	CHECK(printable("\xc2\x9b"
			"31m") == "\\xc2\\x9b31m"); /* CSI as one code point */
	CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae"); /* right-to-left override */
	CHECK(printable(std::string_view("\0", 1)) == "\\x00");
}

TEST_CASE("UTF-8 stays, what is not UTF-8 is shown as bytes")
{
	CHECK(printable("h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80") ==
	      "h\xc3\xa9llo \xe2\x82\xac \xf0\x9f\x98\x80");
	CHECK(printable("\xc3") == "\\xc3");
	CHECK(printable("\xc3(") == "\\xc3(");
	CHECK(printable("\xc0\x80") == "\\xc0\\x80"); /* overlong */
	CHECK(printable("\xe0\x80\x80") == "\\xe0\\x80\\x80"); /* overlong */
	CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80"); /* surrogate */
	CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	CHECK(printable("\xff\x80") == "\\xff\\x80");
}

TEST_CASE("columns are code points")
{
	CHECK(columns_of("abc") == 3);
	CHECK(columns_of("\xc3\xa9\xe2\x82\xac") == 2);
}

TEST_CASE("words split and join")
{
	CHECK(split("a|b||c", '|') == std::vector<std::string>{ "a", "b", "", "c" });
	CHECK(split("", '|') == std::vector<std::string>{ "" });
	CHECK(join(std::vector<std::string>{ "a", "b" }, ", ") == "a, b");
	CHECK(lower("HTTP://X") == "http://x");
}

TEST_CASE("close names are found, far ones are not")
{
	const std::vector<std::string> known{ "length", "owner", "mode", "redeliver",
					      "redeliver-body" };

	CHECK(close_names("lenght", known) == std::vector<std::string>{ "length" });
	CHECK(close_names("OWNER", known) == std::vector<std::string>{ "owner" });
	CHECK(close_names("redel", known) ==
	      std::vector<std::string>{ "redeliver", "redeliver-body" });
	CHECK(close_names("banana", known).empty());
	CHECK(close_names("", known).empty());
	CHECK(close_names("a", std::vector<std::string>{ "b", "c", "d", "e" }).size() == 3);
}
