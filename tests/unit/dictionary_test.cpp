// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

namespace {

// "key:type[:number] ..." or "refused"
std::string members(const std::string &text)
{
	std::string out;
	khttp_member m;
	u32 pos = 0;

	while (pos < text.size()) {
		if (!khttp_dictionary_next(span_of(text), &pos, &m))
			return "refused";
		out += text_of(m.key) + ":" + "oi10"[m.type];
		if (m.type == KHTTP_ITEM_INTEGER)
			out += std::to_string(m.number);
		out += " ";
	}
	return out;
}

}  // namespace

TEST_CASE("dictionary: members of every type")
{
	CHECK(members("") == "");
	CHECK(members("a") == "a:1 ");
	CHECK(members("a=?1, b=?0") == "a:1 b:0 ");
	CHECK(members("a=1,b=-20 \t,\t c=999999999999999") == "a:i1 b:i-20 c:i999999999999999 ");
	CHECK(members("a=1.5, b=\"x, \\\" \\\\\", c=tok/en:*, d=:aGk=:, e=*") ==
	      "a:o b:o c:o d:o e:o ");
	CHECK(members("a=(1 \"b\" c;d=1);e;f=2, *k_-.*9=()") == "a:o *k_-.*9:o ");
	CHECK(members("a;b;c=5, d=7;e=\"x\"") == "a:1 d:i7 ");
}

TEST_CASE("dictionary: what is none")
{
	for (const char *text :
	     { "A", "1a", "-a", "a,", "a, ", "a,,b", ",a", "a=", "a =1", "a= 1", "a b", "a=1 b",
	      "a=1000000000000000", "a=-", "a=--1", "a=1.", "a=1.2345", "a=1234567890123.1", "a=.5",
	      "a=\"x", "a=\"\\x\"", "a=\"\x7f\"", "a=\"\xc3\xa9\"", "a=:x", "a=:!:", "a=?", "a=?2",
	      "a=(1 2", "a=(1,2)", "a=(1\"b\")", "a;", "a;B", "a;b=", "a=&", "a=@1", "a;b=1;" })
		CHECK(members(text) == "refused");
}
