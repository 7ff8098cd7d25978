// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "exchange.hpp"
#include "guard_page.hpp"

namespace {

struct cooked {
	khttp_reason reason;
	khttp_target target;
	std::string path;
};

cooked cook(const std::string &request_line, khttp_scheme scheme,
	    const std::string &host = "a")
{
	std::string text = request_line + " HTTP/1.1\r\nHost: " + host +
			   "\r\n\r\n";
	khttp_limits limits = default_limits();
	guard_page in(4096);
	guard_page room(4096);
	const char *buf = in.put(text);
	khttp_head head;
	khttp_host_memo memo{};
	cooked result{};

	khttp_head_init(&head);
	REQUIRE(khttp_parse_head(&head, buf, static_cast<u32>(text.size()),
				 &limits) == KHTTP_PARSE_DONE);
	char *out = room.room(head.target_len);

	result.reason = khttp_target_cook(&head, buf, &limits, scheme, &memo,
					  out, head.target_len, &result.target);
	if (!result.reason)
		result.path = text_of(khttp_target_path(&result.target, buf,
							out));
	return result;
}

}  // namespace

TEST_CASE("uri: a plain path is not copied")
{
	cooked plain = cook("GET /a/b?c", KHTTP_SCHEME_HTTP);

	CHECK(plain.target.is_raw);
	CHECK(plain.path == "/a/b");
	CHECK(plain.target.form == KHTTP_TARGET_ORIGIN);

	cooked encoded = cook("GET /a%20b", KHTTP_SCHEME_HTTP);

	CHECK_FALSE(encoded.target.is_raw);
	CHECK(encoded.path == "/a b");
}

TEST_CASE("uri: as many bytes as the target has are always room enough")
{
	CHECK(cook("GET http://a", KHTTP_SCHEME_HTTP).path == "/");
	CHECK(cook("GET http://a?b", KHTTP_SCHEME_HTTP).path == "/");
	CHECK(cook("GET /%2f%2f", KHTTP_SCHEME_HTTP).path == "/%2F%2F");
}

TEST_CASE("uri: the scheme of the target has to be the connection's")
{
	CHECK(cook("GET https://a/", KHTTP_SCHEME_HTTPS).reason ==
	      KHTTP_REASON_NONE);
	CHECK(cook("GET HTTPS://a/", KHTTP_SCHEME_HTTP).reason ==
	      KHTTP_REASON_MISDIRECTED);
	CHECK(cook("GET http://a/", KHTTP_SCHEME_HTTPS).reason ==
	      KHTTP_REASON_MISDIRECTED);
	CHECK(cook("GET /", KHTTP_SCHEME_HTTPS).reason == KHTTP_REASON_NONE);
}

TEST_CASE("uri: the host's place is that of the authority in use")
{
	cooked origin = cook("GET /", KHTTP_SCHEME_HTTP, "[::1]:81");

	CHECK(origin.target.host.kind == KHTTP_HOST_IPV6);
	CHECK(origin.target.host.port == 81);
	CHECK(origin.target.host.off == origin.target.authority + 1);

	cooked absolute = cook("GET http://www.b:82/", KHTTP_SCHEME_HTTP);

	CHECK(absolute.target.form == KHTTP_TARGET_ABSOLUTE);
	CHECK(absolute.target.host.off == 11);
	CHECK(absolute.target.host.len == 5);
	CHECK(absolute.target.host.port == 82);
}

TEST_CASE("uri: segment limits hold in absolute targets too")
{
	std::string longest(260, 'x');

	CHECK(cook("GET http://a/" + longest, KHTTP_SCHEME_HTTP).reason ==
	      KHTTP_REASON_NONE);
	CHECK(cook("GET http://a/" + longest + "x", KHTTP_SCHEME_HTTP).reason ==
	      KHTTP_REASON_URL_SEGMENT);
}
