// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "http.hpp"

namespace {

// A request, for the client 192.0.2.7, who is in the set "in".
struct asked {
	std::string text;
	std::string path = "/";
	std::string client = "192.0.2.7";
	std::string authority = "a";
};

bool in_set(const khttp_rule_query *, const khttp_rule *rule, u32 net)
{
	return khttp_span_is(rule->nets[net].set, "in");
}

bool matches(const std::string &text, const asked &request)
{
	std::string head_text = request.text.empty() ? "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
						     : request.text;
	khttp_limits limits = default_limits();
	khttp_rule_query query{};
	khttp_head head;
	khttp_rule rule;

	INFO(text);
	khttp_head_init(&head);
	REQUIRE(khttp_parse_head(&head, head_text.data(), static_cast<u32>(head_text.size()),
				 &limits) == KHTTP_PARSE_DONE);
	REQUIRE(khttp_rule_parse(text.data(), static_cast<u32>(text.size()), &rule) == nullptr);
	REQUIRE(khttp_address_parse(request.client.data(),
				    static_cast<u32>(request.client.size()), &query.client));
	query.method = head.method;
	query.path = span_of(request.path);
	query.authority = span_of(request.authority);
	query.head = &head;
	query.buf = head_text.data();
	query.in_set = in_set;
	return khttp_rule_matches(&rule, &query);
}

bool on_path(const std::string &text, const std::string &path)
{
	return matches("deny " + text, { "", path });
}

bool on_fields(const std::string &text, const std::string &fields)
{
	return matches("deny " + text, { "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" });
}

}  // namespace

TEST_CASE("rule: without a condition it always matches")
{
	CHECK(matches("deny", {}));
	CHECK(matches("allow", {}));
}

TEST_CASE("rule: the client's network")
{
	CHECK(matches("deny from 192.0.2.0/24", {}));
	CHECK(!matches("deny from 198.51.100.0/24", {}));
	CHECK(matches("deny from 198.51.100.0/24,192.0.2.7", {}));
	CHECK(!matches("deny not from 198.51.100.0/24,192.0.2.7", {}));
	CHECK(matches("deny from @in", {}));
	CHECK(!matches("deny from @out", {}));
	CHECK(matches("deny from @out,@in", {}));
	CHECK(matches("deny not from @out,::/0", {}));
	CHECK(matches("deny from 192.0.2.0/24", { "", "/", "::ffff:192.0.2.9" }));
	CHECK(matches("deny from 2001:db8::/32", { "", "/", "2001:db8::1" }));
	CHECK(!matches("deny from 0.0.0.0/0", { "", "/", "2001:db8::1" }));
}

TEST_CASE("rule: the method, also one that nobody knows")
{
	asked post{ "POST / HTTP/1.1\r\nHost: a\r\n\r\n" };
	asked odd{ "BREW / HTTP/1.1\r\nHost: a\r\n\r\n" };

	CHECK(matches("deny method GET,HEAD", {}));
	CHECK(!matches("deny method GET,HEAD", post));
	CHECK(matches("deny not method GET,HEAD", post));
	CHECK(!matches("deny method GET,POST", odd));
	CHECK(matches("deny not method GET,POST", odd));
}

TEST_CASE("rule: a path and what is below it")
{
	CHECK(on_path("path /", "/anything"));
	CHECK(on_path("path /admin", "/admin"));
	CHECK(on_path("path /admin", "/admin/"));
	CHECK(on_path("path /admin", "/admin/x"));
	CHECK(on_path("path /admin/", "/ADMIN/x"));
	CHECK(!on_path("path /admin", "/administrator"));
	CHECK(!on_path("path /admin", "/adm"));
	CHECK(!on_path("path /admin", "/x/admin"));
	CHECK(!on_path("path /admin", "/"));
	CHECK(on_path("path /a/b", "/a/b/c"));
	CHECK(!on_path("path /a/b", "/a/bc"));
}

TEST_CASE("rule: more slashes are no way around it")
{
	CHECK(on_path("path /admin", "//admin"));
	CHECK(on_path("path /a/b", "///a///b//"));
	CHECK(!on_path("path /a/b", "/a//"));
	CHECK(on_path("segment b", "/a//b"));
}

TEST_CASE("rule: a segment anywhere")
{
	CHECK(on_path("segment .git", "/.git/config"));
	CHECK(on_path("segment .git", "/a/b/.GIT"));
	CHECK(!on_path("segment .git", "/.github/x"));
	CHECK(!on_path("segment .git", "/x.git"));
	CHECK(!on_path("segment .git", "/"));
}

TEST_CASE("rule: a field, and what it begins with")
{
	CHECK(on_fields("field x-debug", "X-Debug: 1\r\n"));
	CHECK(on_fields("field x-debug", "X-Debug:\r\n"));
	CHECK(!on_fields("field x-debug", "X-Debug2: 1\r\n"));
	CHECK(!on_fields("field x-debug", ""));
	CHECK(on_fields("not field user-agent", ""));
	CHECK(!on_fields("not field user-agent", "user-agent: x\r\n"));
	CHECK(on_fields("field user-agent=Bad", "User-Agent: Badger\r\n"));
	CHECK(!on_fields("field user-agent=Bad", "User-Agent: bad\r\n"));
	CHECK(!on_fields("field user-agent=Bad", "User-Agent: Ba\r\n"));
	CHECK(!on_fields("field user-agent=Bad", "User-Agent:\r\n"));
	CHECK(on_fields("field accept=b", "Accept: a\r\nX: y\r\nAccept: b\r\n"));
	CHECK(on_fields("field x-a=b", "X-A: a\r\nX-A: b\r\n"));
}

TEST_CASE("rule: Host is what replaced it, in any case")
{
	auto on_host = [](const std::string &text, const std::string &authority) {
		return matches("deny field " + text, { "", "/", "192.0.2.7", authority });
	};

	CHECK(on_host("host", "a"));
	CHECK(!on_host("host", ""));
	CHECK(on_host("host=evil.", "EVIL.example:80"));
	CHECK(!on_host("host=evil.", "evil"));
	CHECK(!on_host("host=a", "b"));
	CHECK(!on_host("host=a", ""));
}

TEST_CASE("rule: a value has no blanks in front, and any line of its name counts")
{
	CHECK(on_fields("field x-a=b", "X-A: \t b\r\n"));
	CHECK(on_fields("field x-a=b", "x-A:b\r\n"));
	CHECK(on_fields("field x-a=b", "X-A:\r\nX-A: c\r\nx-a: b\r\n"));
	CHECK(!on_fields("field x-a=b", "X-A: a, b\r\n"));
	CHECK(!on_fields("not field x-a=b", "X-A: c\r\nX-A: b\r\n"));
	CHECK(on_fields("field accept", "Accept:\r\n"));
}

TEST_CASE("rule: all conditions have to hold")
{
	CHECK(matches("deny method GET path /", {}));
	CHECK(!matches("deny method GET path /x", {}));
	CHECK(!matches("deny method POST path /", {}));
	CHECK(matches("deny path / not path /x", {}));
}
