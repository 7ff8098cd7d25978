// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "exchange.hpp"
#include "guard_page.hpp"

static std::string outcome(std::string_view body, const khttp_limits &limits)
{
	std::string text = "PUT / HTTP/1.1\r\nHost: a\r\n"
			   "Transfer-Encoding: chunked\r\n\r\n";
	std::string summary = run_every_split(text.append(body), limits);
	auto at = summary.find("result: ") + 8;

	return summary.substr(at, summary.find('\n', at) - at);
}

TEST_CASE("body: a size line of exactly the limit is taken")
{
	khttp_limits limits = default_limits();

	limits.max_chunk_line = 8;
	CHECK(outcome("00000001\r\nx\r\n0\r\n\r\n", limits) == "done");
	CHECK(outcome("000000001\r\nx\r\n0\r\n\r\n", limits) ==
	      "refused Chunk_Length");
	CHECK(outcome("1;abcdef\r\nx\r\n0\r\n\r\n", limits) == "done");
	CHECK(outcome("1;abcdefg\r\nx\r\n0\r\n\r\n", limits) ==
	      "refused Chunk_Length");
}

TEST_CASE("body: extensions are counted over the whole body")
{
	khttp_limits limits = default_limits();

	limits.max_chunk_ext = 4;
	CHECK(outcome("1;a\r\nx\r\n1;b\r\ny\r\n0\r\n\r\n", limits) == "done");
	CHECK(outcome("1;a\r\nx\r\n1;b\r\ny\r\n0;c\r\n\r\n", limits) ==
	      "refused Chunk_Length");
	limits.max_chunk_ext = 0;
	CHECK(outcome("1\r\nx\r\n0\r\n\r\n", limits) == "done");
	CHECK(outcome("1;a\r\nx\r\n0\r\n\r\n", limits) ==
	      "refused Chunk_Length");
}

TEST_CASE("body: trailers of exactly the limit are taken")
{
	khttp_limits limits = default_limits();

	limits.max_trailers = 12;
	CHECK(outcome("0\r\nX: y\r\nZ: 1\r\n\r\n", limits) == "done");
	CHECK(outcome("0\r\nX: y\r\nZ: 12\r\n\r\n", limits) ==
	      "refused Trailer_Length");
	limits.max_trailers = 0;
	CHECK(outcome("0\r\n\r\n", limits) == "done");
	CHECK(outcome("0\r\nX:\r\n\r\n", limits) == "refused Trailer_Length");
}

TEST_CASE("body: a chunked body of exactly the limit is taken")
{
	khttp_limits limits = default_limits();

	limits.max_body = 3;
	CHECK(outcome("2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", limits) == "done");
	CHECK(outcome("2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n", limits) ==
	      "refused EntityTooLarge");
	// Refused by what is announced, before it has come.
	CHECK(outcome("7fffffffffffffff\r\n", limits) ==
	      "refused EntityTooLarge");
}

TEST_CASE("body: a stated length of exactly the limit is taken")
{
	khttp_limits limits = default_limits();
	std::string head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ";

	limits.max_body = 3;
	CHECK(has_line(run_request(head + "3\r\n\r\nabc", limits),
		       "result: done"));
	CHECK(has_line(run_request(head + "4\r\n\r\nabcd", limits),
		       "result: refused EntityTooLarge"));
}

TEST_CASE("body: a refused or finished decoder takes nothing more")
{
	khttp_limits limits = default_limits();
	khttp_chunk_step step;
	khttp_chunked dec;

	khttp_chunked_init(&dec);
	CHECK(khttp_chunked_next(&dec, "x", 1, &limits, &step) ==
	      KHTTP_CHUNK_REFUSED);
	CHECK(khttp_chunked_next(&dec, "1", 1, &limits, &step) ==
	      KHTTP_CHUNK_REFUSED);
	khttp_chunked_init(&dec);
	CHECK(khttp_chunked_next(&dec, "0\r\n\r\nGET", 8, &limits, &step) ==
	      KHTTP_CHUNK_END);
	CHECK(step.consumed == 5);
	CHECK(khttp_chunked_next(&dec, "GET", 3, &limits, &step) ==
	      KHTTP_CHUNK_END);
	CHECK(step.consumed == 0);
	CHECK(khttp_chunked_next(&dec, nullptr, 0, &limits, &step) ==
	      KHTTP_CHUNK_END);
}

TEST_CASE("body: payload is handed on as it comes, a chunk at a time")
{
	khttp_limits limits = default_limits();
	std::string in = "5\r\nhel";
	khttp_chunk_step step;
	khttp_chunked dec;

	khttp_chunked_init(&dec);
	CHECK(khttp_chunked_next(&dec, in.data(), 6, &limits, &step) ==
	      KHTTP_CHUNK_DATA);
	CHECK(step.off == 3);
	CHECK(step.len == 3);
	CHECK(step.consumed == 6);
	CHECK(khttp_chunked_next(&dec, "lo\r\n", 4, &limits, &step) ==
	      KHTTP_CHUNK_DATA);
	CHECK(step.off == 0);
	CHECK(step.len == 2);
}

TEST_CASE("body: size lines of responses are read back")
{
	u64 size = GENERATE(1ull, 15ull, 16ull, 255ull, 4096ull, 0x123456789ull,
			    ~0ull >> 1);
	khttp_limits limits = default_limits();
	guard_page guard(64);
	char *line = guard.room(KHTTP_CHUNK_LINE_MAX);
	u32 len = khttp_chunk_line(line, size);
	khttp_chunk_step step;
	khttp_chunked dec;

	khttp_chunked_init(&dec);
	CHECK(khttp_chunked_next(&dec, line, len, &limits, &step) ==
	      KHTTP_CHUNK_MORE);
	CHECK(step.consumed == len);
	CHECK(dec.left == size);
}
