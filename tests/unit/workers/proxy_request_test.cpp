/* SPDX-License-Identifier: MIT */
#include "proxy/request.hpp"

#include <catch2/catch.hpp>

#include "proxy/hops.hpp"
#include "proxy/introduction.hpp"

using lines = std::vector<std::string>;

namespace {

proxy::incoming request(std::vector<khttp::field> fields = {})
{
	return {.method = "GET",
		.target = "/x",
		.version = "1.1",
		.scheme = "http",
		.authority = "a:80",
		.client = "192.0.2.1",
		.fields = std::move(fields)};
}

proxy::settings quiet()
{
	proxy::settings set;

	set.to.authority = "up:1";
	set.introduces = proxy::introduction::none;
	return set;
}

std::string target(std::string_view of, std::string_view base = "")
{
	auto rq = request();

	rq.target = of;
	return proxy::target_of(rq, base);
}

} // namespace

TEST_CASE("the target is passed byte by byte, in origin form")
{
	CHECK(target("/a//b/../%7e?x=%zz") == "/a//b/../%7e?x=%zz");
	CHECK(target("http://h:8/p?q") == "/p?q");
	CHECK(target("http://h") == "/");
	CHECK(target("http://h?q=a://b") == "/?q=a://b");
	CHECK(target("*") == "*");
	CHECK(target("/p", "/base") == "/base/p");
	CHECK(target("http://h?q", "/base") == "/base/?q");
}

TEST_CASE("a target does not leave the base")
{
	CHECK(target("/../x", "/base") == "/base/x");
	CHECK(target("/%2e%2E/x", "/base") == "/base/x");
	CHECK(target("/.%2e/%2e/x", "/base") == "/base/x");
	CHECK(target("/a/b/../../../../c/", "/base") == "/base/c/");
	CHECK(target("/a/..", "/base") == "/base/");
	CHECK(target("/a/.", "/base") == "/base/a/");
	CHECK(target("/a//../../x", "/base") == "/base/x");
	CHECK(target("http://h/../x?/../y", "/base") == "/base/x?/../y");
	CHECK(target("/..", "") == "/..");
	CHECK(target("/%2e%2e/x") == "/%2e%2e/x");
}

TEST_CASE("what is no dot segment stays byte by byte below the base")
{
	const auto text = GENERATE(as<std::string>{}, "/", "//a//", "/...", "/..a/.b/c.",
				   "/%2/%2e%2e%2e", "/%7e%zz", "/a?", "/?/..");

	CHECK(target(text, "/base") == "/base" + text);
}

TEST_CASE("the connection's fields stay here")
{
	const auto rq = request({{"Connection", "close, X-Gone"},
				 {"connection", "other"},
				 {"x-gone", "1"},
				 {"Other", "1"},
				 {"Keep-Alive", "5"},
				 {"TE", "trailers"},
				 {"Transfer-Encoding", "chunked"},
				 {"Upgrade", "h2c"},
				 {"Proxy-Connection", "x"},
				 {"Proxy-Authorization", "x"},
				 {"Proxy", "http://evil"},
				 {"Content-Length", "7"},
				 {"Host", "b"},
				 {"X-Stays", "1"},
				 {"Empty", ""},
				 {"x-stays", "2"}});

	auto with_body = rq;
	with_body.sends_body = true;
	CHECK(proxy::field_lines(with_body, quiet()) ==
	      lines{"Host: a:80", "X-Stays: 1", "Empty;", "x-stays: 2", "Expect:",
		    "Accept:", "Via: 1.1 khttp"});
	with_body.expects = true;
	CHECK(proxy::field_lines(with_body, quiet())[4] == "Expect: 100-continue");
}

TEST_CASE("a length of nothing is told, but not with HEAD")
{
	auto rq = request({{"Content-Length", "0"}});

	CHECK(proxy::field_lines(rq, quiet())[1] == "Content-Length: 0");
	rq.method = "HEAD";
	CHECK(proxy::field_lines(rq, quiet())[1] == "Accept:");
}

TEST_CASE("Host is the client's or the upstream's")
{
	auto set = quiet();
	auto rq = request();

	set.host = proxy::host_sent::upstream;
	CHECK(proxy::field_lines(rq, set)[0] == "Host: up:1");
	rq.authority = "";
	set.host = proxy::host_sent::keep;
	CHECK(proxy::field_lines(rq, set)[0] == "Host: up:1");
}

TEST_CASE("the client is introduced as asked, and does not do so itself")
{
	auto set = quiet();
	const auto rq = request({{"X-Forwarded-For", "10.0.0.1"},
				 {"X-Forwarded-Proto", "HTTPS"},
				 {"forwarded", "for=x"},
				 {"X-Real-IP", "10.0.0.1"}});
	const auto introduced = [&] { return proxy::introduce(rq, set); };

	CHECK(proxy::field_lines(rq, set) ==
	      lines{"Host: a:80", "Accept:", "Via: 1.1 khttp"});
	set.introduces = proxy::introduction::keep;
	CHECK(proxy::field_lines(rq, set).size() == 7);
	set.introduces = proxy::introduction::x_forwarded;
	CHECK(introduced() == lines{"X-Forwarded-For: 192.0.2.1",
				    "X-Forwarded-Proto: http",
				    "X-Forwarded-Host: a:80"});
	set.scheme = proxy::scheme_said::keep;
	CHECK(introduced()[1] == "X-Forwarded-Proto: https");
	set.introduces = proxy::introduction::forwarded;
	set.scheme = proxy::scheme_said::https;
	CHECK(introduced() ==
	      lines{"Forwarded: for=192.0.2.1;host=\"a:80\";proto=https"});
	set.introduces = proxy::introduction::both;
	CHECK(introduced().size() == 4);
}

TEST_CASE("an IPv6 client is in brackets, and what has to be is quoted")
{
	auto set = quiet();
	auto rq = request();

	set.introduces = proxy::introduction::forwarded;
	rq.client = "2001:db8::1";
	rq.authority = "";
	CHECK(proxy::introduce(rq, set) ==
	      lines{"Forwarded: for=\"[2001:db8::1]\";proto=http"});
}

TEST_CASE("Max-Forwards counts for OPTIONS and TRACE")
{
	auto rq = request({{"max-forwards", "3"}});

	CHECK(!proxy::forwards_left(rq));
	CHECK(proxy::field_lines(rq, quiet())[1] == "max-forwards: 3");
	rq.method = "OPTIONS";
	CHECK(proxy::forwards_left(rq) == 3U);
	CHECK(proxy::field_lines(rq, quiet())[1] == "max-forwards: 2");
	rq.fields[0].value = "99999999999";
	CHECK(proxy::forwards_left(rq) == 255U);
	rq.fields[0].value = "x";
	CHECK(!proxy::forwards_left(rq));
}

TEST_CASE("trailers are those that may stand there")
{
	CHECK(proxy::trailer_lines({{"X-Sum", "1"},
				    {"Content-Length", "3"},
				    {"Host", "evil"},
				    {"Connection", "x"},
				    {"X-Empty", ""}}) == lines{"X-Sum: 1"});
}
