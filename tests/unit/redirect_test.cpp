// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "exchange.hpp"
#include "guard_page.hpp"

extern "C" {
#include "http/redirect.h"
}

namespace {

/* What is behind a prefix of that path, or nothing: no room */
std::string rest_of(const std::string &target, const std::string &prefix, u32 more = 0)
{
	std::string text = "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
	khttp_limits limits = default_limits();
	guard_page in(16384);
	guard_page room(16384);
	const char *buf = in.put(text);
	khttp_host_memo memo{};
	khttp_target cooked;
	khttp_head head;
	khttp_span rest;

	khttp_head_init(&head);
	REQUIRE(khttp_parse_head(&head, buf, static_cast<u32>(text.size()), &limits) ==
		KHTTP_PARSE_DONE);
	u32 size = head.target_len + more;
	char *out = room.room(size);
	REQUIRE(!khttp_target_cook(&head, buf, &limits, KHTTP_SCHEME_HTTP, &memo, out, size,
				   &cooked));
	if (!khttp_redirect_rest(&cooked, buf, static_cast<u32>(prefix.size()), out, size, &rest))
		return "no room";
	return text_of(rest);
}

const char *check(const std::string &to)
{
	guard_page in(2048);

	return khttp_redirect_check(
		khttp_span_of(in.put(to), static_cast<u32>(to.size())));
}

}  // namespace

TEST_CASE("redirect: what is behind the prefix stays as it came, to the byte")
{
	CHECK(rest_of("/x/a/b", "/x/") == "a/b");
	CHECK(rest_of("/x/a%20b%2fc%2Fd%41~", "/x/") == "a%20b%2fc%2Fd%41~");
	CHECK(rest_of("/x/?q=/../%0d%0a", "/x/") == "?q=/../%0d%0a");
	CHECK(rest_of("/x/a?", "/x/") == "a?");
	CHECK(rest_of("/x/a//b/", "/x/") == "a//b/");
	CHECK(rest_of("/x/\xc3\xa9?\xc3\xa9", "/x/") == "\xc3\xa9?\xc3\xa9");
	CHECK(rest_of("/a", "/") == "a");
	CHECK(rest_of("/", "/").empty());
}

TEST_CASE("redirect: the prefix is found however it is written")
{
	CHECK(rest_of("/X/A", "/x/") == "A");
	CHECK(rest_of("/%78/%61", "/x/") == "%61");
	CHECK(rest_of("///x/a", "/x/") == "a");
	CHECK(rest_of("/x", "/x/").empty());
	CHECK(rest_of("/x?q", "/x/") == "?q");
	CHECK(rest_of("/%c3%a9/b", "/\xc3\xa9/") == "b");
	CHECK(rest_of("/%2fx/b", "/%2Fx/") == "b");
	CHECK(rest_of("http://a", "/").empty());
	CHECK(rest_of("http://a?q", "/") == "?q");
	CHECK(rest_of("http://b/x/c?d", "/x/") == "c?d");
}

TEST_CASE("redirect: dot segments are gone, so that nobody leaves the place by them")
{
	CHECK(rest_of("/x/a/../b", "/x/") == "b");
	CHECK(rest_of("/a/../x/b%20c?d/../e", "/x/") == "b%20c?d/../e");
	CHECK(rest_of("/x/a/../../x/%2e%2E/x/c", "/x/") == "c");
	CHECK(rest_of("/x/./%3f%23%25%22", "/x/") == "%3F%23%25%22");
	CHECK(rest_of("/x/./%C3%A9", "/x/") == "%C3%A9");
	CHECK(rest_of("/x/./%2f", "/x/") == "%2F");
	CHECK(rest_of("/x/.", "/x/").empty());
}

TEST_CASE("redirect: what gets longer by encoding needs room, and says so")
{
	/* Raw bytes that no URI has, behind a segment that is taken out */
	CHECK(rest_of("/x/./\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", "/x/") == "no room");
	CHECK(rest_of("/x/./\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9?q", "/x/", 40) ==
	      "%C3%A9%C3%A9%C3%A9%C3%A9?q");
}

TEST_CASE("redirect: where it leads is a URL whose path goes on")
{
	CHECK_FALSE(check("https://new/y/"));
	CHECK_FALSE(check("HTTP://new.example:8080/"));
	CHECK_FALSE(check("http://[2001:db8::1]:80/a%20b/"));
	CHECK(check("") != nullptr);
	CHECK(check("ftp://new/") != nullptr);
	CHECK(check("//new/") != nullptr);
	CHECK(check("http://new") != nullptr);
	CHECK(check("http://new/y") != nullptr);
	CHECK(check("http:///y/") != nullptr);
	CHECK(check("http://new:x/") != nullptr);
	CHECK(check("http://me@new/") != nullptr);
	CHECK(check("http://new/?q=/") != nullptr);
	CHECK(check("http://new/#/") != nullptr);
	CHECK(check("http://new/a b/") != nullptr);
	CHECK(check("http://new/%4/") != nullptr);
	CHECK(check("http://new/\r\nX: y/") != nullptr);
	CHECK(check("http://new/" + std::string(1011, 'a') + "/") == nullptr);
	CHECK(check("http://new/" + std::string(1012, 'a') + "/") != nullptr);
}

TEST_CASE("redirect: four statuses")
{
	for (u16 status = 200; status < 600; status++)
		CHECK(khttp_redirect_status_ok(status) ==
		      (status == 301 || status == 302 || status == 307 || status == 308));
}
