/* SPDX-License-Identifier: MIT */
#include "files/multipart.hpp"
#include "files/range.hpp"

#include <catch2/catch.hpp>

using files::byte_range;
using files::choose_ranges;
using files::range_kind;
using parts = std::vector<byte_range>;

TEST_CASE("one range is taken from a file")
{
	struct vector {
		std::string field;
		byte_range part;
	};
	const auto [field, part] = GENERATE(values<vector>({
		{"bytes=0-499", {0, 500}},
		{"bytes=500-999", {500, 500}},
		{"bytes=-500", {500, 500}},
		{"bytes=-5000", {0, 1000}},
		{"bytes=500-", {500, 500}},
		{"bytes=999-", {999, 1}},
		{"bytes=0-0", {0, 1}},
		{"bytes=990-99999999999999999999999999", {990, 10}},
		{"bytes=-99999999999999999999999999", {0, 1000}},
		{"Bytes=1-2", {1, 2}},
		{"bytes= 1-2 ", {1, 2}},
		{"bytes=1-2,", {1, 2}},
		{"bytes=,1-2", {1, 2}},
		{"bytes=2000-,1-2", {1, 2}},
	}));
	CAPTURE(field);
	const auto choice = choose_ranges(field, 1000);

	CHECK(choice.kind == range_kind::parts);
	CHECK(choice.parts == parts{part});
}

TEST_CASE("what is no list of byte ranges is ignored")
{
	const auto field = GENERATE(as<std::string>{},
		"", "bytes", "bytes=", "bytes=,", "bytes=a-b", "bytes=5",
		"bytes=--5", "bytes=5--", "bytes=2-1", "bytes=-", "bytes=1-2;3-4",
		"lines=1-2", "bytes 1-2", "bytes=1 -2", "bytes=1-2,x",
		"bytes=+1-2", "bytes=0x1-0x2", "bytes=1-2-3");

	CAPTURE(field);
	CHECK(choose_ranges(field, 1000).kind == range_kind::whole);
}

TEST_CASE("a range outside the file cannot be satisfied")
{
	const auto field = GENERATE(as<std::string>{},
		"bytes=1000-", "bytes=1000-2000", "bytes=-0",
		"bytes=99999999999999999999999-", "bytes=1000-,-0");

	CAPTURE(field);
	CHECK(choose_ranges(field, 1000).kind == range_kind::unsatisfiable);
}

TEST_CASE("an empty file has no ranges")
{
	CHECK(choose_ranges("bytes=0-", 0).kind == range_kind::unsatisfiable);
	CHECK(choose_ranges("bytes=-0", 0).kind == range_kind::unsatisfiable);
	/* The last five bytes are all there is: none. */
	CHECK(choose_ranges("bytes=-5", 0).kind == range_kind::whole);
}

TEST_CASE("several ranges keep the client's order")
{
	CHECK(choose_ranges("bytes=500-599, 0-99,-1", 1000).parts ==
	      parts{{500, 100}, {0, 100}, {999, 1}});
}

TEST_CASE("ranges that overlap or touch are merged")
{
	CHECK(choose_ranges("bytes=0-99,100-199", 1000).parts ==
	      parts{{0, 200}});
	CHECK(choose_ranges("bytes=0-99,50-149,700-,100-160", 1000).parts ==
	      parts{{0, 161}, {700, 300}});
	CHECK(choose_ranges("bytes=0-0,0-0,0-0,0-0", 1000).parts ==
	      parts{{0, 1}});
	CHECK(choose_ranges("bytes=0-9,20-29,40-49,5-45", 1000).parts ==
	      parts{{0, 50}});
	CHECK(choose_ranges("bytes=90-99,0-9,5-95", 1000).parts ==
	      parts{{0, 100}});
}

TEST_CASE("too many ranges are answered with the whole file")
{
	std::string field = "bytes=0-0";

	for (std::size_t i = 1; i < files::max_ranges; i++)
		field += "," + std::to_string(10 * i) + "-" +
			 std::to_string(10 * i);
	CHECK(choose_ranges(field, 1000).parts.size() == files::max_ranges);
	CHECK(choose_ranges(field + ",900-", 1000).kind == range_kind::whole);
}

TEST_CASE("Content-Range is printed")
{
	CHECK(files::content_range({0, 500}, 1234) == "bytes 0-499/1234");
	CHECK(files::content_range_unsatisfied(1234) == "bytes */1234");
}

TEST_CASE("a multipart body is laid out to the byte")
{
	const auto plan = files::lay_out({{0, 2}, {5, 3}}, 10, "text/plain", "B");

	CHECK(plan.content_type == "multipart/byteranges; boundary=B");
	REQUIRE(plan.heads.size() == 2);
	CHECK(plan.heads[0] == "--B\r\nContent-Type: text/plain\r\n"
			       "Content-Range: bytes 0-1/10\r\n\r\n");
	CHECK(plan.heads[1] == "\r\n--B\r\nContent-Type: text/plain\r\n"
			       "Content-Range: bytes 5-7/10\r\n\r\n");
	CHECK(plan.tail == "\r\n--B--\r\n");
	CHECK(plan.length == plan.heads[0].size() + 2 + plan.heads[1].size() +
				     3 + plan.tail.size());
}
