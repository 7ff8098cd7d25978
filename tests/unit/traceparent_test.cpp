// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cstring>
#include <vector>

#include "http.hpp"

extern "C" {
#include "http/traceparent.h"
}

namespace {

const std::string trace = "12345678901234567890123456789012";
const std::string rest = "-1234567890123456-01";

std::string id_of(const std::string &value)
{
	/* So that what is read behind it is seen */
	std::vector<char> exact(value.begin(), value.end());

	return text_of(khttp_traceparent_id(
		khttp_span_of(exact.data(), static_cast<u32>(exact.size()))));
}

std::string of(const std::string &fields)
{
	std::string text = "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
	khttp_limits limits = default_limits();
	khttp_head head;

	khttp_head_init(&head);
	REQUIRE(khttp_parse_head(&head, text.data(), static_cast<u32>(text.size()),
				 &limits) == KHTTP_PARSE_DONE);
	return text_of(khttp_traceparent_of(&head, text.data()));
}

std::string printed(std::vector<u8> random, u8 flags)
{
	char text[KHTTP_TRACEPARENT_LEN];

	REQUIRE(random.size() == KHTTP_TRACE_RANDOM);
	khttp_traceparent_print(random.data(), flags, text);
	return std::string(text, sizeof(text));
}

} // namespace

TEST_CASE("traceparent: the examples of the specification are valid")
{
	CHECK(id_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") ==
	      "0af7651916cd43dd8448eb211c80319c");
	CHECK(id_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01") ==
	      "4bf92f3577b34da6a3ce929d0e0e4736");
	CHECK(id_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00") ==
	      "4bf92f3577b34da6a3ce929d0e0e4736");
	/* Flags that nobody has defined are no fault */
	CHECK(id_of("00-" + trace + "-1234567890123456-ff") == trace);
}

/* Of each part what the working group's own tests try */
TEST_CASE("traceparent: versions")
{
	CHECK(id_of("cc-" + trace + rest) == trace);
	CHECK(id_of("cc-" + trace + rest + "-what-the-future-will-be-like") == trace);
	CHECK(id_of("cc-" + trace + rest + "-") == trace);
	CHECK(id_of("cc-" + trace + rest + ".what-the-future-will-be-like").empty());
	CHECK(id_of("ff-" + trace + rest).empty());
	CHECK(id_of("00-" + trace + rest + "-").empty());
	CHECK(id_of("00-" + trace + rest + "-what-the-future-will-be-like").empty());
	for (const char *version : { ".0", "0.", "000", "0", "", "FF", "Cc", "0G" })
		CHECK(id_of(version + ("-" + trace) + rest).empty());
}

TEST_CASE("traceparent: ids")
{
	const std::string zero(32, '0');

	CHECK(id_of("00-" + zero + rest).empty());
	CHECK(id_of("00-" + zero.substr(1) + "1" + rest) == zero.substr(1) + "1");
	for (const char *id : { ".2345678901234567890123456789012",
			       "1234567890123456789012345678901.",
			       "1234567890123456789012345678901A",
			       "123456789012345678901234567890123",
			       "1234567890123456789012345678901", "" })
		CHECK(id_of("00-" + std::string(id) + rest).empty());
	for (const char *id : { "0000000000000000", ".234567890123456", "123456789012345.",
			       "12345678901234567", "123456789012345", "123456789012345F", "" })
		CHECK(id_of("00-" + trace + "-" + id + "-01").empty());
	CHECK(id_of("00-" + trace + "-0000000000000001-01") == trace);
}

TEST_CASE("traceparent: flags, what parts them, and where it ends")
{
	for (const char *flags : { ".0", "0.", "001", "1", "", "0A" })
		CHECK(id_of("00-" + trace + "-1234567890123456-" + flags).empty());
	CHECK(id_of("").empty());
	for (std::size_t i : { 2, 35, 52 }) {
		std::string value = "00-" + trace + rest;

		value[i] = '_';
		CHECK(id_of(value).empty());
	}
	for (std::size_t n = 0; n < KHTTP_TRACEPARENT_LEN; n++)
		CHECK(id_of(("00-" + trace + rest).substr(0, n)).empty());
}

TEST_CASE("traceparent: of a request, one and no more")
{
	const std::string line = "traceparent: 00-" + trace + rest + "\r\n";

	CHECK(of("") == "");
	CHECK(of(line) == trace);
	CHECK(of("TraceParent: \t 00-" + trace + rest + " \t\r\n") == trace);
	CHECK(of(line + line) == "");
	CHECK(of("tracestate: a=1\r\n") == "");
	CHECK(of("trace-parent: 00-" + trace + rest + "\r\n") == "");
}

TEST_CASE("traceparent: one that is made is valid, whatever the bytes are")
{
	std::vector<u8> bytes;

	for (u8 i = 0; i < KHTTP_TRACE_RANDOM; i++)
		bytes.push_back(static_cast<u8>(i * 11));
	CHECK(printed(bytes, 1) == "00-000b16212c37424d58636e79848f9aa5-b0bbc6d1dce7f2fd-01");
	CHECK(printed(std::vector<u8>(KHTTP_TRACE_RANDOM, 0), 0) ==
	      "00-00000000000000000000000000000001-0000000000000001-00");
	CHECK(id_of(printed(bytes, 0)) == "000b16212c37424d58636e79848f9aa5");
	bytes.assign(KHTTP_TRACE_RANDOM, 0);
	bytes[15] = 7;
	bytes[16] = 0xf0;
	CHECK(printed(bytes, 0) == "00-00000000000000000000000000000007-f000000000000000-00");
}
