// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <vector>

#include "http.hpp"

namespace {

std::string list_of(const std::vector<std::string> &lines)
{
	khttp_vary_list list{};

	for (const std::string &line : lines)
		if (!khttp_vary_line(&list, span_of(line)))
			return "refused";
	return std::string(list.text, list.len);
}

std::string key(const std::string &list, const std::string &fields, u32 room = 1024)
{
	std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
	khttp_limits limits = default_limits();
	std::vector<char> buf(room);
	khttp_head head;
	khttp_out out;

	khttp_head_init(&head);
	REQUIRE(khttp_parse_head(&head, text.data(), static_cast<u32>(text.size()),
				 &limits) == KHTTP_PARSE_DONE);
	khttp_out_init(&out, buf.data(), room);
	khttp_vary_key_of_head(span_of(list), &head, text.data(), &out);
	return khttp_out_ok(&out) ? std::string(out.buf, out.len) : "full";
}

bool same(const std::string &list, const std::string &a, const std::string &b)
{
	return key(list, a) == key(list, b);
}

}  // namespace

TEST_CASE("vary: names become one list, whatever their order, case and lines")
{
	CHECK(list_of({}) == "");
	CHECK(list_of({ "" }) == "");
	CHECK(list_of({ "Foo" }) == "foo");
	CHECK(list_of({ "b, a", "C,b" }) == "a,b,c");
	CHECK(list_of({ "ab, a, abc,, b" }) == "a,ab,abc,b");
	CHECK(list_of({ "b", "a" }) == list_of({ "A, B, a" }));
}

TEST_CASE("vary: what is not to be stored")
{
	CHECK(list_of({ "*" }) == "refused");
	CHECK(list_of({ "a, *" }) == "refused");
	CHECK(list_of({ "a", "*" }) == "refused");
	CHECK(list_of({ "a b" }) == "refused");
	CHECK(list_of({ "\"a\"" }) == "refused");
	CHECK(list_of({ "a,b,c,d,e,f,g,h" }) == "a,b,c,d,e,f,g,h");
	CHECK(list_of({ "a,b,c,d,e,f,g,h,i" }) == "refused");
	CHECK(list_of({ std::string(255, 'x') }) == std::string(255, 'x'));
	CHECK(list_of({ std::string(256, 'x') }) == "refused");
	CHECK(list_of({ std::string(250, 'x') + ",abcd" }) == "abcd," + std::string(250, 'x'));
	CHECK(list_of({ std::string(250, 'x') + ",abcdef" }) == "refused");
}

TEST_CASE("vary: requests are told apart by what is listed, and by nothing else")
{
	CHECK(same("foo", "Foo: 1\r\n", "foo: 1\r\nBar: 2\r\n"));
	CHECK_FALSE(same("foo", "Foo: 1\r\n", "Foo: 2\r\n"));
	CHECK_FALSE(same("foo", "Foo: 1\r\n", ""));
	CHECK_FALSE(same("foo", "Foo:\r\n", ""));
	CHECK_FALSE(same("foo", "Foo: a\r\n", "Foo: A\r\n"));
	CHECK_FALSE(same("foo", "Foo: 1\r\nFoo: 2\r\n", "Foo: 12\r\n"));
	// One field's value cannot pass for another's.
	CHECK_FALSE(same("bar,foo", "Foo: 1\r\n", "Bar: 1\r\n"));
	CHECK_FALSE(same("bar,foo", "Bar: :1\r\n", "Bar: 1\r\nFoo: \r\n"));
	// Of a field that we do not know, blanks may mean something.
	CHECK_FALSE(same("foo", "Foo: a,b\r\n", "Foo: a, b\r\n"));
	CHECK(key("foo", "Foo: " + std::string(100, 'x') + "\r\n", 50) == "full");
}

TEST_CASE("vary: lists of what is accepted have no blanks and no lines")
{
	CHECK(same("accept-language", "Accept-Language: en,de\r\n",
		   "Accept-Language: en , de\r\n"));
	CHECK(same("accept-language", "Accept-Language: en\r\nAccept-Language: de\r\n",
		   "Accept-Language: en, de\r\n"));
	CHECK_FALSE(same("accept-language", "Accept-Language: en, de\r\n",
			 "Accept-Language: de, en\r\n"));
	CHECK_FALSE(same("accept", "Accept:\r\n", ""));
}

TEST_CASE("vary: Accept-Encoding counts by the codings that are taken")
{
	CHECK(same("accept-encoding", "Accept-Encoding: gzip, br\r\n",
		   "Accept-Encoding: br;q=0.5\r\nAccept-Encoding: x-gzip;q=1\r\n"));
	CHECK_FALSE(same("accept-encoding", "Accept-Encoding: gzip\r\n",
			 "Accept-Encoding: br\r\n"));
	CHECK_FALSE(same("accept-encoding", "Accept-Encoding: identity\r\n", ""));
}
