// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <vector>

#include "http.hpp"

namespace {

// "whole", "none", or the parts as "first+length" with blanks.
std::string parts(enum khttp_range_kind kind, const khttp_ranges &ranges)
{
	std::string text;

	if (kind == KHTTP_RANGE_WHOLE)
		return "whole";
	if (kind == KHTTP_RANGE_NONE)
		return "none";
	for (u32 i = 0; i < ranges.n; i++)
		text += (i ? " " : "") + std::to_string(ranges.part[i].first) + "+" +
			std::to_string(ranges.part[i].len);
	return text;
}

std::string asked(const std::string &value, u64 size = 11)
{
	khttp_ranges ranges;
	// On the heap: reading behind it is seen.
	const std::vector<char> exact(value.begin(), value.end());

	return parts(khttp_ranges_parse(span_of({ exact.data(), exact.size() }), size, &ranges),
		     ranges);
}

std::string many(u32 n, u32 distance)
{
	std::string value = "bytes=";

	for (u32 i = 0; i < n; i++)
		value += (i ? "," : "") + std::to_string(i * distance) + "-" +
			 std::to_string(i * distance);
	return value;
}

constexpr u64 modified = 784111777;	// Sun, 06 Nov 1994 08:49:37 GMT

struct stored_answer {
	std::string fields = "Content-Type: text/plain\r\n"
			     "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
	std::string etag = "\"a\"";
	u64 last_modified = modified;
};

// What a request with these fields gets of that, 11 bytes long.
std::string chosen(const std::string &fields, const stored_answer &answer = {},
		   const std::string &method = "GET")
{
	std::string text = method + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
	khttp_limits limits = default_limits();
	khttp_range_stored stored{};
	khttp_ranges ranges;
	khttp_head head;

	stored.fields = span_of(answer.fields);
	stored.etag = span_of(answer.etag);
	stored.last_modified = answer.last_modified;
	stored.size = 11;
	khttp_head_init(&head);
	REQUIRE(khttp_parse_head(&head, text.data(), static_cast<u32>(text.size()),
				 &limits) == KHTTP_PARSE_DONE);
	return parts(khttp_range_choose(&head, text.data(), &stored, 1785000000, &ranges),
		     ranges);
}

std::string with_if_range(const std::string &value, const stored_answer &answer = {})
{
	return chosen("Range: bytes=0-1\r\nIf-Range: " + value + "\r\n", answer);
}

std::string line(const std::string &fields, const char *name)
{
	return text_of(khttp_range_line(span_of(fields), name));
}

}  // namespace

TEST_CASE("range: one range, open ended, or of the last bytes")
{
	CHECK(asked("bytes=0-1") == "0+2");
	CHECK(asked("bytes=0-0") == "0+1");
	CHECK(asked("bytes=1-") == "1+10");
	CHECK(asked("bytes=-1") == "10+1");
	CHECK(asked("bytes=-11") == "0+11");
	CHECK(asked("bytes=10-10") == "10+1");
	CHECK(asked("BYTES=0-1") == "0+2");
	CHECK(asked("bytes=00000000000000000000001-2") == "1+2");
}

TEST_CASE("range: what goes beyond the end is cut there")
{
	CHECK(asked("bytes=0-99") == "0+11");
	CHECK(asked("bytes=5-18446744073709551615") == "5+6");
	CHECK(asked("bytes=5-99999999999999999999999999") == "5+6");
	CHECK(asked("bytes=-12") == "0+11");
	CHECK(asked("bytes=-99999999999999999999999999") == "0+11");
	CHECK(asked("bytes=0-", S64_MAX) == "0+9223372036854775807");
	CHECK(asked("bytes=0-1", static_cast<u64>(S64_MAX) + 1) == "whole");
}

TEST_CASE("range: none that can be satisfied")
{
	CHECK(asked("bytes=11-") == "none");
	CHECK(asked("bytes=11-12,99-") == "none");
	CHECK(asked("bytes=-0") == "none");
	CHECK(asked("bytes=18446744073709551616-") == "none");
	// One that can is enough.
	CHECK(asked("bytes=11-,-0,3-4") == "3+2");
}

TEST_CASE("range: of nothing there is no part")
{
	CHECK(asked("bytes=0-", 0) == "none");
	CHECK(asked("bytes=0-0", 0) == "none");
	CHECK(asked("bytes=-0", 0) == "none");
	// Its last bytes are all of it.
	CHECK(asked("bytes=-1", 0) == "whole");
	CHECK(asked("bytes=0-,-1", 0) == "whole");
}

TEST_CASE("range: what is malformed is ignored")
{
	for (auto value : { "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=1", "bytes=a-b",
			   "bytes=1-0", "bytes=0-1,5-4", "bytes=0-1-2", "bytes=--1", "bytes=+1-2",
			   "bytes=0 -1", "bytes=0- 1", "bytes =0-1", "bytes=0-1;2-3", "lines=0-1",
			   "bytesx=0-1", "byte=0-1", "0-1", "bytes=0-1,x", "bytes=\"0-1\"",
			   "bytes=0x1-2", "bytes=0-1,-", "bytes:0-1" })
		CHECK(asked(value) == "whole");
}

TEST_CASE("range: a list has blanks and empty elements")
{
	CHECK(asked("bytes=0-1,4-5") == "0+2 4+2");
	CHECK(asked("bytes= 0-1 ,\t4-5 ") == "0+2 4+2");
	CHECK(asked("bytes=,0-1,,4-5,") == "0+2 4+2");
	// In the client's order.
	CHECK(asked("bytes=8-9,0-1,4-5") == "8+2 0+2 4+2");
	CHECK(asked("bytes=-1,0-0") == "10+1 0+1");
}

TEST_CASE("range: no byte is asked for twice")
{
	CHECK(asked("bytes=0-5,3-8") == "0+9");
	CHECK(asked("bytes=3-8,0-5") == "0+9");
	CHECK(asked("bytes=0-1,2-3") == "0+4");
	CHECK(asked("bytes=0-1,0-1,0-1") == "0+2");
	CHECK(asked("bytes=0-,0-,0-,-5") == "0+11");
	// The third makes one of the other two, where the first of them stood.
	CHECK(asked("bytes=10-10,0-1,6-7,2-5") == "10+1 0+8");
	CHECK(asked("bytes=6-7,10-10,0-1,2-5") == "0+8 10+1");
	CHECK(asked("bytes=4-4,2-2,0-0,1-3") == "0+5");
}

TEST_CASE("range: there may be so many and no more")
{
	khttp_ranges ranges;

	CHECK(khttp_ranges_parse(span_of(many(KHTTP_RANGES_MAX, 2)), 100, &ranges) ==
	      KHTTP_RANGE_PARTS);
	CHECK(ranges.n == KHTTP_RANGES_MAX);
	CHECK(asked(many(KHTTP_RANGES_MAX, 1), 100) == "0+16");
	CHECK(asked(many(KHTTP_RANGES_MAX + 1, 2), 100) == "whole");
	// Also where they are one, or cannot be satisfied.
	CHECK(asked(many(KHTTP_RANGES_MAX + 1, 0), 100) == "whole");
	CHECK(asked(many(KHTTP_RANGES_MAX + 1, 2), 1) == "whole");
}

TEST_CASE("range: only GET has one, and it comes once")
{
	CHECK(chosen("Range: bytes=0-1\r\n") == "0+2");
	CHECK(chosen("Range: bytes=0-1\r\n", {}, "HEAD") == "whole");
	CHECK(chosen("Range: bytes=0-1\r\nRange: bytes=3-4\r\n") == "whole");
	CHECK(chosen("") == "whole");
	CHECK(chosen("If-Range: \"a\"\r\n") == "whole");
	CHECK(chosen("Range: bytes=11-\r\n") == "none");
}

TEST_CASE("range: If-Range has to be the same strong tag")
{
	CHECK(with_if_range("\"a\"") == "0+2");
	CHECK(with_if_range("\"b\"") == "whole");
	CHECK(with_if_range("W/\"a\"") == "whole");
	CHECK(with_if_range("\"a\", \"a\"") == "whole");
	CHECK(with_if_range("\"a") == "whole");
	CHECK(with_if_range("") == "whole");
	CHECK(with_if_range("*") == "whole");
	CHECK(with_if_range("\"a\"\r\nIf-Range: \"a\"") == "whole");

	stored_answer other;

	other.etag = "W/\"a\"";
	CHECK(with_if_range("W/\"a\"", other) == "whole");
	CHECK(with_if_range("\"a\"", other) == "whole");
	other.etag = "";
	CHECK(with_if_range("\"a\"", other) == "whole");
	CHECK(with_if_range("\"\"", other) == "whole");
	other.etag = "\"\xe4\"";
	CHECK(with_if_range("\"\xe4\"", other) == "0+2");
	// Without its condition 416, with one that fails all of it.
	CHECK(chosen("Range: bytes=11-\r\nIf-Range: \"b\"\r\n") == "whole");
}

TEST_CASE("range: If-Range has to be a date that was past already")
{
	stored_answer answer;

	CHECK(with_if_range("Sun, 06 Nov 1994 08:49:37 GMT") == "0+2");
	CHECK(with_if_range("Sunday, 06-Nov-94 08:49:37 GMT") == "0+2");
	CHECK(with_if_range("Sun, 06 Nov 1994 08:49:38 GMT") == "whole");
	CHECK(with_if_range("Sun, 06 Nov 1994 08:49:36 GMT") == "whole");
	CHECK(with_if_range("yesterday") == "whole");
	answer.fields = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
	CHECK(with_if_range("Sun, 06 Nov 1994 08:49:37 GMT", answer) == "whole");
	for (auto fields : { "", "Date: \r\n", "Date: x\r\n", "Date:", "Date" }) {
		answer.fields = fields;
		CHECK(with_if_range("Sun, 06 Nov 1994 08:49:37 GMT", answer) == "whole");
	}
	answer = {};
	answer.last_modified = 0;
	CHECK(with_if_range("Sun, 06 Nov 1994 08:49:37 GMT", answer) == "whole");
	CHECK(with_if_range("Thu, 01 Jan 1970 00:00:00 GMT", answer) == "whole");
}

TEST_CASE("range: a line is found by its name")
{
	const std::string fields = "A: 1\r\nContent-Type: x\r\ncontent-length: 2\r\nB: A: 3\r\n";

	CHECK(line(fields, "Content-Type") == "Content-Type: x\r\n");
	CHECK(line(fields, "Content-Length") == "content-length: 2\r\n");
	CHECK(line(fields, "Content") == "");
	CHECK(line(fields, "C") == "");
	CHECK(line(fields, "A") == "A: 1\r\n");
	CHECK(line("", "A") == "");
	CHECK(line("A: 1", "A") == "A: 1");
}

TEST_CASE("range: Content-Range tells the part, or the size alone")
{
	const khttp_range part{ 3, 4 };
	std::vector<char> buf(100);
	khttp_out out;

	khttp_out_init(&out, buf.data(), 100);
	khttp_range_content(&out, &part, 11);
	khttp_range_content(&out, nullptr, 11);
	CHECK(std::string(out.buf, out.len) == "Content-Range: bytes 3-6/11\r\n"
					       "Content-Range: bytes */11\r\n");
}

TEST_CASE("range: several parts are a body with a boundary")
{
	const std::string type = "Content-Type: text/plain\r\n";
	std::vector<char> text(KHTTP_MULTIPART_TEXT_MAX), buf(200);
	const std::string body = "01234567890";
	std::string all;
	khttp_multipart m{};
	khttp_out out;

	REQUIRE(khttp_ranges_parse(span_of("bytes=0-1,-1"), 11, &m.ranges) == KHTTP_RANGE_PARTS);
	m.type = span_of(type);
	m.size = 11;
	khttp_multipart_boundary(&m, 0xfedcba9876543210);
	for (u32 i = 0; i <= m.ranges.n; i++) {
		all.append(text.data(), khttp_multipart_text(&m, i, text.data()));
		if (i < m.ranges.n)
			all += body.substr(m.ranges.part[i].first, m.ranges.part[i].len);
	}
	CHECK(all == "--0123456789abcdef\r\nContent-Type: text/plain\r\n"
		     "Content-Range: bytes 0-1/11\r\n\r\n01\r\n"
		     "--0123456789abcdef\r\nContent-Type: text/plain\r\n"
		     "Content-Range: bytes 10-10/11\r\n\r\n0\r\n"
		     "--0123456789abcdef--\r\n");
	khttp_out_init(&out, buf.data(), 200);
	khttp_multipart_fields(&out, &m);
	CHECK(std::string(out.buf, out.len) ==
	      "Content-Type: multipart/byteranges; boundary=0123456789abcdef\r\n"
	      "Content-Length: " + std::to_string(all.size()) + "\r\n");
}

TEST_CASE("range: the longest text of a part fits")
{
	const std::string type = std::string(KHTTP_MULTIPART_TYPE_MAX - 2, 'x') + "\r\n";
	std::vector<char> text(KHTTP_MULTIPART_TEXT_MAX);
	khttp_multipart m{};

	m.ranges.n = 2;
	m.ranges.part[1] = { S64_MAX - 1, 1 };
	m.type = span_of(type);
	m.size = S64_MAX;
	const std::string longest(text.data(), khttp_multipart_text(&m, 1, text.data()));

	CHECK(longest.size() < KHTTP_MULTIPART_TEXT_MAX);
	CHECK(longest.substr(longest.size() - 4) == "\r\n\r\n");
}
