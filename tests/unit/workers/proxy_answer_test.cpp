/* SPDX-License-Identifier: MIT */
#include "proxy/answer_head.hpp"

#include <catch2/catch.hpp>

#include <initializer_list>

using proxy::answer_head;

namespace {

answer_head taken(std::initializer_list<std::string_view> lines)
{
	answer_head head;

	for (const auto line : lines)
		head.take(std::string{line} + "\r\n");
	return head;
}

std::string passed(answer_head head)
{
	const auto fields = head.passed();
	std::string out;

	if (!fields)
		return "refused";
	for (const auto &[name, value] : *fields)
		out.append(name).append("=").append(value).append(" ");
	return out;
}

std::string_view problem(std::string_view line)
{
	answer_head head;

	head.take("HTTP/1.1 200 OK\r\n");
	return head.take(line) ? "none" : head.problem();
}

} // namespace

TEST_CASE("a head is whole at its blank line")
{
	auto head = taken({"HTTP/1.0 404 Not Found", "Content-Length: 12"});

	CHECK(!head.complete());
	head.take("\r\n");
	CHECK(head.complete());
	CHECK(head.status() == 404);
	CHECK(head.version() == "1.0");
	CHECK(head.length() == 12U);
}

TEST_CASE("interim answers are forgotten")
{
	const auto head = taken({"HTTP/1.1 100 Continue", "",
				 "HTTP/1.1 103 Early Hints", "Link: x",
				 "Content-Length: 9", "", "HTTP/1.1 200", "A: 1",
				 ""});

	CHECK(head.complete());
	CHECK(head.status() == 200);
	CHECK(!head.length());
	CHECK(passed(head) == "A=1 ");
}

TEST_CASE("what is no status line is refused")
{
	for (const auto *line :
	     {"", "SSH-2.0", "HTTP/2 200", "HTTP/1.1 20", "HTTP/1.1 2000",
	      "HTTP/1.1  200", "HTTP/1.1 600 x", "HTTP/1.1 101 x",
	      "HTTP/1.1 099 x", "HTTP/1.1 +20 x", "HTTP/1.1200 OK"}) {
		answer_head head;

		CAPTURE(line);
		CHECK(!head.take(std::string{line} + "\r\n"));
		CHECK(!head.problem().empty());
		/* And so it stays. */
		CHECK(!head.take("HTTP/1.1 200 OK\r\n"));
	}
}

TEST_CASE("the connection's fields stay here, and repeated ones pass")
{
	CHECK(passed(taken({"HTTP/1.1 200 OK", "Connection: X-One, close",
			    "X-One: 1", "Keep-Alive: x", "Trailer: X",
			    "Proxy-Authenticate: x", "Upgrade: h2c", "Via: 1.0 b",
			    "Set-Cookie: a", "Set-Cookie: b", "Proxy-Status: b",
			    "Empty:", ""})) ==
	      "Via=1.0 b Set-Cookie=a Set-Cookie=b Proxy-Status=b Empty= ");
	CHECK(passed(taken({"HTTP/1.1 426 x", "Upgrade: h2c", ""})) ==
	      "Upgrade=h2c ");
}

TEST_CASE("a field that stands once may come twice with one value")
{
	CHECK(passed(taken({"HTTP/1.1 200 OK", "ETag: \"a\"", "etag: \"a\"",
			    ""})) == "ETag=\"a\" ");
	CHECK(passed(taken({"HTTP/1.1 200 OK", "ETag: \"a\"", "etag: \"b\"",
			    ""})) == "refused");
}

TEST_CASE("the end of the body is certain or the answer is refused")
{
	CHECK(taken({"HTTP/1.1 200 OK", "Content-Length: 5",
		     "Content-Length: 5", ""})
		      .length() == 5U);
	/* RFC 9112 section 6.3: the coding counts */
	CHECK(!taken({"HTTP/1.1 200 OK", "Content-Length: 5",
		      "Transfer-Encoding: Chunked", ""})
		       .length());
	for (const auto *line :
	     {"Content-Length: 5, 5", "Content-Length: -1", "Content-Length: +1",
	      "Content-Length: ", "Content-Length: 9223372036854775808",
	      "Content-Length: 0x5", "Transfer-Encoding: gzip, chunked",
	      "Transfer-Encoding: identity", "Transfer-Encoding: xchunked"}) {
		CAPTURE(line);
		CHECK(problem(line) != "none");
	}
	CHECK(!taken({"HTTP/1.1 200 OK", "Content-Length: 5",
		      "Content-Length: 6"})
		       .problem()
		       .empty());
}

TEST_CASE("a field that could split an answer is refused")
{
	using namespace std::string_view_literals;

	for (const auto line :
	     {"A: b\rC: d"sv, "A: b\0c"sv, " folded"sv, "\tfolded: x"sv,
	      "no colon"sv, "A : b"sv, ": b"sv, "A b: c"sv, "A: b\nC: d\r\n"sv}) {
		CAPTURE(line);
		CHECK(problem(line) != "none");
	}
	CHECK(problem("A: \xff \t b\r\n") == "none");
}

TEST_CASE("a head has a limit")
{
	answer_head head = taken({"HTTP/1.1 200 OK"});
	const std::string line = "A: " + std::string(1000, 'x') + "\r\n";
	std::size_t bytes = 0;

	while (head.take(line))
		bytes += line.size();
	CHECK(bytes <= answer_head::most_bytes);
	CHECK(bytes > answer_head::most_bytes - 2000);
}

TEST_CASE("what follows the head are trailers")
{
	auto head = taken({"HTTP/1.1 200 OK", "", "X-Sum: 1", "ETag: x",
			   "Content-Length: 4", "Connection: x", ""});
	std::string names;

	for (const auto &field : head.trailers())
		names += field.name + " ";
	CHECK(names == "X-Sum ETag ");
	CHECK(passed(head).empty());
}
