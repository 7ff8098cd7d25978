// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <set>

#include "http.hpp"

namespace {

struct request {
	explicit request(const std::string &fields,
			 const std::string &method = "GET")
		: text(method + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")
	{
		khttp_limits limits = default_limits();

		khttp_head_init(&head);
		REQUIRE(khttp_parse_head(&head, text.data(),
					 static_cast<u32>(text.size()),
					 &limits) == KHTTP_PARSE_DONE);
	}

	std::string text;
	khttp_head head;
};

std::string asked(const std::string &fields, const std::string &method = "GET")
{
	request r(fields, method);

	return khttp_cache_why_word(khttp_cache_request(&r.head));
}

std::string stored(khttp_cache_offer offer, const std::string &fields = "",
		   const std::string &method = "GET")
{
	request r(fields, method);

	return khttp_cache_why_word(khttp_cache_store(&r.head, &offer));
}

khttp_cache_offer good_offer()
{
	khttp_cache_offer offer{};

	offer.asked = 1;
	offer.ttl = 1;
	offer.status = 200;
	offer.size = 10;
	offer.max_size = 10;
	return offer;
}

bool not_modified(const std::string &fields, const std::string &etag,
		  u64 last_modified = 0, u16 status = 200)
{
	request r(fields);
	khttp_cache_validators validators{};

	validators.etag = span_of(etag);
	validators.last_modified = last_modified;
	validators.has_last_modified = last_modified != 0;
	validators.status = status;
	return khttp_cache_not_modified(&r.head, r.text.data(), &validators,
					1785000000);
}

}  // namespace

TEST_CASE("cache: plain GET and HEAD may be answered")
{
	CHECK(asked("") == "yes");
	CHECK(asked("", "HEAD") == "yes");
	CHECK(asked("Content-Length: 0\r\n") == "yes");
	CHECK(asked("If-None-Match: *\r\nCookie: a\r\n") == "yes");
	// The client's wishes do not count: the origin decides.
	CHECK(asked("Cache-Control: no-cache\r\nPragma: no-cache\r\n") ==
	      "yes");
}

TEST_CASE("cache: other requests are the worker's")
{
	CHECK(asked("Content-Length: 0\r\n", "POST") == "method");
	CHECK(asked("Content-Length: 1\r\n") == "request-body");
	CHECK(asked("Transfer-Encoding: chunked\r\n") == "request-body");
	CHECK(asked("Authorization: x\r\n") == "authorization");
	// Where anything else is in the way, too, that is told.
	CHECK(asked("Authorization: x\r\nRange: bytes=0-\r\n") == "range");
	CHECK(asked("Authorization: x\r\nExpect: 100-continue\r\n") == "expect");
	CHECK(asked("Range: bytes=0-\r\n") == "range");
	CHECK(asked("If-Range: x\r\n") == "range");
	// Only what a hit may not answer stands before it.
	CHECK(asked("Range: bytes=0-\r\nIf-Match: \"a\"\r\n") == "condition");
	CHECK(asked("Range: bytes=0-\r\nExpect: 100-continue\r\n") == "expect");
	CHECK(asked("If-Match: \"a\"\r\n") == "condition");
	CHECK(asked("If-Unmodified-Since: x\r\n") == "condition");
	CHECK(asked("Expect: 100-continue\r\n") == "expect");
	CHECK(asked("Connection: upgrade\r\nUpgrade: x\r\n") == "upgrade");
}

TEST_CASE("cache: only-if-cached is seen in every line")
{
	auto only = [](const std::string &fields) {
		request r(fields);

		return khttp_cache_only(&r.head, r.text.data());
	};

	CHECK(only("Cache-Control: max-age=1, Only-If-Cached\r\n"));
	CHECK(only("Cache-Control: a\r\nX: y\r\n"
		   "Cache-Control: only-if-cached\r\n"));
	CHECK_FALSE(only("Cache-Control: max-age=1\r\n"));
	CHECK_FALSE(only("X: only-if-cached\r\n"));
}

TEST_CASE("cache: what the worker offers is stored, or it is said why not")
{
	khttp_cache_offer offer = good_offer();

	CHECK(stored(offer) == "yes");
	CHECK(stored(offer, "", "HEAD") == "method");
	CHECK(stored(offer, "Authorization: x\r\n") == "authorization");
	offer.asked = 0;
	CHECK(stored(offer) == "not-asked");
	offer = good_offer();
	offer.ttl = 0;
	CHECK(stored(offer) == "ttl");
	offer = good_offer();
	offer.size = 11;
	CHECK(stored(offer) == "size");
	offer = good_offer();
	offer.fields = KHTTP_FIELD_BIT(KHTTP_FIELD_VARY);
	CHECK(stored(offer) == "yes");
	offer.varies_by_all = 1;
	CHECK(stored(offer) == "vary");
	offer = good_offer();
	offer.spelling = KHTTP_SPELLING_ODD;
	CHECK(stored(offer) == "spelling");
	offer.spelling = KHTTP_SPELLING_ESCAPED;
	CHECK(stored(offer) == "yes");
	for (u16 status : { 301, 308, 404, 410, 503 }) {
		offer.status = status;
		CHECK(stored(offer) == "spelling");
	}
	offer = good_offer();
	offer.varies_by_all = 0;
	offer.fields = KHTTP_FIELD_BIT(KHTTP_FIELD_SET_COOKIE);
	CHECK(stored(offer) == "set-cookie");
	offer.may_set_cookie = 1;
	CHECK(stored(offer) == "yes");
	offer.fields = KHTTP_FIELD_BIT(KHTTP_FIELD_CONTENT_RANGE);
	CHECK(stored(offer) == "yes");
	offer.status = 206;
	CHECK(stored(offer) == "partial");
}

TEST_CASE("cache: 200 to 599 are stored, but for 205, 206, 304 and 426")
{
	for (u16 status = 100; status < 700; status++) {
		khttp_cache_offer offer = good_offer();

		offer.status = status;
		CHECK((stored(offer) == "yes") ==
		      (status >= 200 && status < 600 && status != 205 &&
		       status != 206 && status != 304 && status != 426));
	}
}

TEST_CASE("cache: If-None-Match compares weakly over all its lines")
{
	CHECK(not_modified("If-None-Match: \"a\"\r\n", "\"a\""));
	CHECK(not_modified("If-None-Match: W/\"a\"\r\n", "\"a\""));
	CHECK(not_modified("If-None-Match: \"a\"\r\n", "W/\"a\""));
	CHECK(not_modified("If-None-Match: *\r\n", "\"a\""));
	CHECK(not_modified("If-None-Match: *\r\n", ""));
	CHECK(not_modified("If-None-Match: \"b\", ,\"a\"\r\n", "\"a\""));
	CHECK(not_modified("If-None-Match: \"b,\\\" , W/\"a\"\r\n", "\"a\""));
	CHECK(not_modified("If-None-Match: \"b\"\r\nX: y\r\n"
			   "If-None-Match: \"a\"\r\n", "\"a\""));
	CHECK_FALSE(not_modified("If-None-Match: \"b\"\r\n", "\"a\""));
	CHECK_FALSE(not_modified("If-None-Match: a\r\n", "\"a\""));
	CHECK_FALSE(not_modified("If-None-Match: w/\"a\"\r\n", "\"a\""));
	CHECK_FALSE(not_modified("If-None-Match: \"a\r\n", "\"a\""));
	CHECK_FALSE(not_modified("If-None-Match:\r\n", ""));
	CHECK_FALSE(not_modified("If-None-Match: \"\"\r\n", ""));
	CHECK_FALSE(not_modified("If-None-Match: *, \"b\"\r\n", "\"a\""));
}

TEST_CASE("cache: If-Modified-Since counts without If-None-Match only")
{
	const std::string same = "If-Modified-Since: "
				 "Sun, 06 Nov 1994 08:49:37 GMT\r\n";

	CHECK(not_modified(same, "", 784111777));
	CHECK(not_modified(same, "", 784111776));
	CHECK_FALSE(not_modified(same, "", 784111778));
	CHECK_FALSE(not_modified(same, ""));
	CHECK_FALSE(not_modified("If-Modified-Since: x\r\n", "", 784111777));
	CHECK_FALSE(not_modified(same + same, "", 784111777));
	CHECK_FALSE(not_modified(same + "If-None-Match: \"b\"\r\n", "\"a\"",
				 784111777));
	CHECK_FALSE(not_modified("", "\"a\"", 784111777));
}

TEST_CASE("cache: only a stored 200 is revalidated")
{
	CHECK_FALSE(not_modified("If-None-Match: *\r\n", "\"a\"", 0, 404));
	CHECK_FALSE(not_modified("If-None-Match: \"a\"\r\n", "\"a\"", 0, 301));
}

TEST_CASE("cache: entity tags are quoted")
{
	CHECK(khttp_etag_ok(span_of("\"\"")));
	CHECK(khttp_etag_ok(span_of("W/\"a,b\\\xff\"")));
	CHECK_FALSE(khttp_etag_ok(span_of("")));
	CHECK_FALSE(khttp_etag_ok(span_of("a")));
	CHECK_FALSE(khttp_etag_ok(span_of("\"a")));
	CHECK_FALSE(khttp_etag_ok(span_of("\"a\"b")));
	CHECK_FALSE(khttp_etag_ok(span_of("\"a b\"")));
	CHECK_FALSE(khttp_etag_ok(span_of("w/\"a\"")));
	CHECK_FALSE(khttp_etag_ok(span_of("W/")));
}

TEST_CASE("cache: age and freshness at their borders")
{
	CHECK(khttp_cache_age(100, 100) == 0);
	CHECK(khttp_cache_age(100, 99) == 0);
	CHECK(khttp_cache_age(100, 103) == 3);
	CHECK(khttp_cache_age(0, ~0ull) == 0x7fffffff);
	CHECK(khttp_cache_fresh(100, 5, 104));
	CHECK_FALSE(khttp_cache_fresh(100, 5, 105));
	CHECK(khttp_cache_fresh(100, 5, 99));
	CHECK_FALSE(khttp_cache_fresh(100, 0, 100));
	CHECK(khttp_cache_fresh(100, ~0u, 100 + 0xfffffffeull));
}

TEST_CASE("cache: every why has a word of its own and a text")
{
	std::set<std::string> words;

	for (int i = 0; i < KHTTP_CACHE_WHY__COUNT; i++) {
		auto why = static_cast<khttp_cache_why>(i);

		CHECK(words.insert(khttp_cache_why_word(why)).second);
		CHECK((*khttp_cache_why_text(why) != 0) ==
		      (why != KHTTP_CACHE_YES));
	}
	CHECK(std::string(khttp_cache_why_word(KHTTP_CACHE_WHY__COUNT)) ==
	      "yes");
}
