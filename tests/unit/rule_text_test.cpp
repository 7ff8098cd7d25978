// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "guard_page.hpp"
#include "http.hpp"

namespace {

// The normal form, or the error in brackets.
std::string normal(std::string_view text)
{
	guard_page guard(8192);
	char out[KHTTP_RULE_PRINT_MAX];
	khttp_rule rule;
	const char *error = khttp_rule_parse(
		guard.put(text), static_cast<u32>(text.size()), &rule);

	if (error)
		return std::string("[") + error + "]";
	u32 len = khttp_rule_print(&rule, out, sizeof(out));
	REQUIRE(len);
	return std::string(out, len);
}

}  // namespace

TEST_CASE("rule text: the normal form is stable")
{
	for (const char *text :
	     { "allow", "deny", "deny 404", "close", "rate login",
	       "deny from 10.0.0.0/8", "deny from 10.0.0.0/8,@bad,2001:db8::/32",
	       "deny not from @good", "deny not method GET,HEAD",
	       "rate login method POST path /login", "deny path /",
	       "deny 451 path /admin not from 192.0.2.1", "deny segment .git",
	       "deny field x-debug", "deny field user-agent=Bad/1",
	       "deny field \"user-agent=Bad bot\"",
	       "deny field 'user-agent=Bad \"bot\"'", "deny path \"/a b\"",
	       "allow field authorization=Basic path /x path /y" })
		CHECK(normal(text) == text);
	CHECK(normal("  deny   403  path   /Admin/  ") == "deny path /Admin");
	CHECK(normal("deny method HEAD,GET,GET") == "deny method GET,HEAD");
	CHECK(normal("deny from ::ffff:10.0.0.0/104") == "deny from 10.0.0.0/8");
	CHECK(normal("'deny' \"path\" '/a'") == "deny path /a");
	CHECK(normal("deny path /caf\xc3\xa9") == "deny path /caf\xc3\xa9");
}

TEST_CASE("rule text: what is wrong is said with what to do")
{
	auto error = [](std::string_view text, std::string_view part) {
		std::string found = normal(text);

		CHECK(found.front() == '[');
		CHECK_THAT(found, Catch::Contains(std::string(part)));
	};

	error("", "begins with allow");
	error("permit", "begins with allow");
	error("Deny", "begins with allow");
	error("deny 500", "403");
	error("deny 99999999999999999999 path /", "conditions are");
	error("rate", "by its name");
	error("rate a/b", "by its name");
	error("deny from", "comes what they ask for");
	error("deny from ,", "commas");
	error("deny from 10.0.0.0/8,", "commas");
	error("deny from 10.0.0.0/8,,::/0", "commas");
	error("deny from ''", "commas");
	error("deny from 10.0.0.1/8", "have to be 0");
	error("deny from @", "names of sets");
	error("deny from @a,@b,@c,@d from @e,@f,@g,@h,@i", "make a set");
	error("deny method get", "no such method");
	error("deny method GET,", "commas");
	error("deny path admin", "slash");
	error("deny path /a//b", "empty segment");
	error("deny path /a/../b", "..");
	error("deny path /a?b", "path only");
	error("deny path /%41", "itself");
	error("deny segment a/b", "between two slashes");
	error("deny segment ..", "..");
	error("deny segment ''", "between two slashes");
	error("deny field", "comes what they ask for");
	error("deny field a:b", "name a field");
	error("deny field =x", "name a field");
	error("deny field x=", "leave '=' out");
	error("deny not", "behind 'not'");
	error("deny not not path /", "conditions are");
	error("deny host a", "conditions are");
	error("deny path \"/a", "quote");
	error("deny path \"/a\"b", "quote");
	error("deny path /a\nallow", "control");
	error(std::string("deny path /a\0b", 14), "control");
	error("deny path / path / path / path / path / path / path / path / path /",
	      "8 conditions");
	error("deny segment " + std::string(1100, 'a'), "1024");
}

TEST_CASE("rule text: names are those of queues")
{
	CHECK(khttp_rule_name_ok("a.b_c-9", 7));
	CHECK(khttp_rule_name_ok(std::string(63, 'a').c_str(), 63));
	CHECK(!khttp_rule_name_ok(std::string(64, 'a').c_str(), 64));
	CHECK(!khttp_rule_name_ok("", 0));
	CHECK(!khttp_rule_name_ok("a b", 3));
	CHECK(!khttp_rule_name_ok("\xc3\xa9", 2));
}
