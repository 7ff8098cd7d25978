// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "exchange.hpp"
#include "http.hpp"

static khttp_head head_of(std::string_view text)
{
	khttp_limits limits = default_limits();
	khttp_head head;

	khttp_head_init(&head);
	khttp_parse_head(&head, text.data(), static_cast<u32>(text.size()),
			 &limits);
	return head;
}

TEST_CASE("head: known fields are found without a search")
{
	std::string text = "GET / HTTP/1.1\r\nX: y\r\nHost: a\r\n"
			   "Cookie: 1\r\nCookie: 2\r\n\r\n";
	khttp_head head = head_of(text);

	REQUIRE(head.head_len == text.size());
	CHECK(khttp_head_has(&head, KHTTP_FIELD_COOKIE));
	CHECK_FALSE(khttp_head_has(&head, KHTTP_FIELD_RANGE));
	CHECK(head.first[KHTTP_FIELD_COOKIE] == 2);
	CHECK(text_of(khttp_head_first(&head, text.data(),
				       KHTTP_FIELD_COOKIE)) == "1");
	CHECK(khttp_head_first(&head, text.data(), KHTTP_FIELD_RANGE).ptr ==
	      nullptr);
	CHECK((head.repeated & KHTTP_FIELD_BIT(KHTTP_FIELD_COOKIE)) != 0);
	CHECK((head.repeated & KHTTP_FIELD_BIT(KHTTP_FIELD_HOST)) == 0);
}

TEST_CASE("head: a refusal of meaning comes with the end of the head")
{
	std::string text = "GET /a#b HTTP/1.1\r\nHost: a\r\nHost: b\r\n"
			   "Content-Length: 3\r\n\r\nabc";
	khttp_head head = head_of(text);

	CHECK(head.reason == KHTTP_REASON_URL);
	CHECK(head.head_len == text.size() - 3);
	CHECK_FALSE(khttp_reason_closes(KHTTP_REASON_URL));
	CHECK((head.flags & KHTTP_HEAD_LENGTH) != 0);
	CHECK((head.flags & KHTTP_HEAD_KEEP_ALIVE) != 0);
	CHECK(head.content_length == 3);
}

TEST_CASE("head: lost framing is refused where it is lost")
{
	khttp_head head = head_of("GET / HTTP/1.1\r\nContent-Length: x\r\n");

	CHECK(head.reason == KHTTP_REASON_NUMBER);
	CHECK(head.head_len == 0);
	CHECK(khttp_reason_closes(KHTTP_REASON_NUMBER));
}

TEST_CASE("head: what is within limits is what the parser takes by them")
{
	std::string text = "GET /abcdefg?h HTTP/1.1\r\nHost: a\r\nLonger: than\t all\r\n"
			   "X:\r\nLast:   1  \r\n\r\n";
	khttp_head whole = head_of(text);

	REQUIRE(whole.head_len == text.size());
	auto both = [&](auto member, khttp_reason reason) {
		for (u32 limit = 1; limit <= text.size() + 1; limit++) {
			khttp_limits limits = default_limits();
			khttp_head head;

			limits.*member = limit;
			khttp_head_init(&head);
			bool taken = khttp_parse_head(&head, text.data(),
						      static_cast<u32>(text.size()),
						      &limits) == KHTTP_PARSE_DONE;
			INFO(limit);
			CHECK(khttp_head_within(&whole, &limits) ==
			      (taken ? KHTTP_REASON_NONE : reason));
		}
	};
	both(&khttp_limits::max_head, KHTTP_REASON_REQUEST_LENGTH);
	both(&khttp_limits::max_field, KHTTP_REASON_FIELD_LENGTH);
	both(&khttp_limits::max_fields, KHTTP_REASON_FIELD_COUNT);
	both(&khttp_limits::max_target, KHTTP_REASON_URL_LENGTH);
}
