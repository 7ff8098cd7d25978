// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "command.hpp"

using namespace khttpctl;
using Catch::Contains;

namespace {

keyword_values parse(std::vector<std::string> words)
{
	return parse_keywords(words, queue_keywords);
}

} // namespace

TEST_CASE("pairs of keyword and value are read in any order")
{
	keyword_values values =
		parse({ "redeliver", "never", "length", "500", "mode", "0660", "redeliver-body",
			"8K", "verbosity", "limited", "retry-after", "2m", "owner",
			"www-data:", "state", "inactive" });

	CHECK(values.number("length") == 500U);
	CHECK(values.number("mode") == 0660U);
	CHECK(values.number("redeliver") == 0U);
	CHECK(values.number("redeliver-body") == 8192U);
	CHECK(values.number("verbosity") == 1U);
	CHECK(values.number("retry-after") == 120U);
	CHECK(values.number("state") == 1U);
	CHECK(values.text("owner") == "www-data:");
	CHECK(values.number32("length") == 500U);
	CHECK(!values.number("context"));
}

TEST_CASE("no words are no settings")
{
	CHECK(parse({}).empty());
}

TEST_CASE("an unknown keyword is told which there are")
{
	CHECK_THROWS_WITH(parse({ "lenght", "5" }), Contains("did you mean 'length'") &&
							    Contains("retry-after") &&
							    Contains("redeliver-body"));
	CHECK_THROWS_WITH(parse_keywords(std::vector<std::string>{ "more" }, {}),
			  Contains("'more' is one word too many"));
}

TEST_CASE("numbers out of range are told the range")
{
	CHECK_THROWS_WITH(parse({ "length", "0" }), Contains("from 1 to 1000000"));
	CHECK_THROWS_WITH(parse({ "length", "1000001" }), Contains("from 1 to 1000000"));
	CHECK_THROWS_WITH(parse({ "mode", "1777" }), Contains("from 0000 to 0777"));
	CHECK_THROWS_WITH(parse({ "redeliver-body", "65K" }), Contains("from 0 B to 64 KiB"));
	CHECK_THROWS_WITH(parse({ "retry-after", "2d" }), Contains("from 0 s to 1 d"));
	CHECK(parse({ "retry-after", "none" }).number("retry-after") == 0U);
}

TEST_CASE("values of another kind are told what is expected")
{
	CHECK_THROWS_WITH(parse({ "length", "many" }), Contains("a number"));
	CHECK_THROWS_WITH(parse({ "length", "" }), Contains("a number"));
	CHECK_THROWS_WITH(parse({ "owner", "" }), Contains("USER[:GROUP]"));
	CHECK_THROWS_WITH(parse({ "redeliver", "ever" }), Contains("or never"));
	CHECK_THROWS_WITH(parse({ "verbosity", "loud" }), Contains("full, limited, basic"));
	CHECK_THROWS_WITH(parse({ "redeliver-body", "lots" }), Contains("64K"));
	CHECK_THROWS_WITH(parse({ "retry-after", "soon" }), Contains("30s"));
	CHECK_THROWS_WITH(parse({ "length", "\033[2J" }), Contains("\\x1b"));
}

TEST_CASE("missing and double ones are told")
{
	CHECK_THROWS_WITH(parse({ "length" }), Contains("length needs a value"));
	CHECK_THROWS_WITH(parse({ "length", "1", "length", "2" }), Contains("given twice"));
	CHECK_THROWS_WITH(parse_keywords(std::vector<std::string>{}, group_add_keywords),
			  Contains("'queue NAME' is missing"));
}
