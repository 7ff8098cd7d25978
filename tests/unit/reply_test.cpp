// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <vector>

#include "guard_page.hpp"
#include "http.hpp"

namespace {

// Named like functions, so that C++ wants them spelled out.
using error_answer = struct khttp_reply_error;
using tail_values = struct khttp_reply_tail;

error_answer error_of(khttp_reason reason)
{
	error_answer error{};

	error.now = 784111777;
	error.server = "khttp";
	error.reason = static_cast<u8>(reason);
	error.method = KHTTP_METHOD_GET;
	error.version = KHTTP_HTTP_11;
	return error;
}

std::string reply(const error_answer &error, bool *closes = nullptr)
{
	guard_page guard(4096);
	char *buf = guard.room(KHTTP_REPLY_ERROR_MAX);
	khttp_out out;
	bool result;

	khttp_out_init(&out, buf, KHTTP_REPLY_ERROR_MAX);
	result = khttp_reply_error(&out, &error);
	if (closes)
		*closes = result;
	CHECK(khttp_out_ok(&out));
	return std::string(buf, out.len);
}

bool holds(const std::string &text, std::string_view part)
{
	INFO(text);
	return text.find(part) != std::string::npos;
}

std::string body_of(const std::string &text)
{
	return text.substr(text.find("\r\n\r\n") + 4);
}

template <typename Write> std::string written(Write write)
{
	char buf[512];
	khttp_out out;

	khttp_out_init(&out, buf, sizeof(buf));
	write(&out);
	CHECK(khttp_out_ok(&out));
	return std::string(buf, out.len);
}

}  // namespace

TEST_CASE("reply: a head is written in two parts")
{
	std::string fixed = written([](khttp_out *out) {
		khttp_reply_begin(out, 200, khttp_span_of(nullptr, 0));
		khttp_reply_date(out, 784111777);
		khttp_reply_field(out, span_of("X"), span_of("y"));
		khttp_reply_length(out, 12345678901234567890ull);
	});

	CHECK(fixed == "HTTP/1.1 200 OK\r\n"
		       "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
		       "X: y\r\n"
		       "Content-Length: 12345678901234567890\r\n");
	CHECK(written(khttp_reply_chunked) ==
	      "Transfer-Encoding: chunked\r\n");
}

TEST_CASE("reply: the tail says what varies")
{
	auto tail = [](tail_values t) {
		return written([&](khttp_out *out) {
			khttp_reply_tail(out, &t);
		});
	};

	CHECK(tail({ 0, false, false, KHTTP_HTTP_11 }) == "\r\n");
	CHECK(tail({ 0, true, false, KHTTP_HTTP_11 }) == "Age: 0\r\n\r\n");
	CHECK(tail({ 0, false, true, KHTTP_HTTP_11 }) ==
	      "Connection: close\r\n\r\n");
	CHECK(tail({ 0, false, true, KHTTP_HTTP_10 }) ==
	      "Connection: close\r\n\r\n");

	std::string longest = tail({ ~0u, true, false, KHTTP_HTTP_10 });

	CHECK(longest == "Age: 4294967295\r\nConnection: keep-alive\r\n\r\n");
	CHECK(longest.size() <= KHTTP_REPLY_TAIL_MAX);
}

TEST_CASE("reply: a status line has a phrase, the worker's if it has one")
{
	auto line = [](u16 status, std::string_view phrase) {
		return written([&](khttp_out *out) {
			khttp_reply_begin(out, status, span_of(phrase));
		});
	};

	CHECK(line(404, "") == "HTTP/1.1 404 Not Found\r\n");
	CHECK(line(200, "Fine") == "HTTP/1.1 200 Fine\r\n");
	CHECK(line(599, "") == "HTTP/1.1 599 \r\n");
}

TEST_CASE("reply: every canned answer is whole and as long as it says")
{
	for (int i = KHTTP_REASON_NONE; i < KHTTP_REASON__COUNT; i++) {
		auto reason = static_cast<khttp_reason>(i);
		u16 status = khttp_reason_status(reason);
		bool closes;
		std::string text = reply(error_of(reason), &closes);

		INFO(text);
		CHECK(closes == khttp_reason_closes(reason));
		if (!status) {
			CHECK(text.empty());
			continue;
		}
		CHECK(text.starts_with("HTTP/1.1 " + std::to_string(status) +
				       " "));
		CHECK(holds(text, "Content-Length: " +
				  std::to_string(body_of(text).size()) +
				  "\r\n"));
		CHECK(holds(text, khttp_reason_word(reason)));
		CHECK(holds(text, "Server: khttp\r\n"));
		CHECK(holds(text, "Connection: close\r\n") == closes);
	}
}

TEST_CASE("reply: HEAD gets the same head and no body")
{
	error_answer error = error_of(KHTTP_REASON_NO_PREFIX);
	std::string get = reply(error);

	error.method = KHTTP_METHOD_HEAD;
	CHECK(reply(error) + body_of(get) == get);
}

TEST_CASE("reply: fields that belong to a status")
{
	error_answer error = error_of(KHTTP_REASON_METHOD);

	CHECK(holds(reply(error), "Allow: GET, HEAD, "));
	error.allow = "GET";
	CHECK(holds(reply(error), "Allow: GET\r\n"));
	error = error_of(KHTTP_REASON_QUEUE_FULL);
	CHECK_FALSE(holds(reply(error), "Retry-After"));
	error.retry_after = 5;
	CHECK(holds(reply(error), "Retry-After: 5\r\n"));
	error.reason = KHTTP_REASON_RATE_LIMIT;
	CHECK(holds(reply(error), "Retry-After: 5\r\n"));
	error.reason = KHTTP_REASON_NO_PREFIX;
	CHECK_FALSE(holds(reply(error), "Retry-After"));
	CHECK_FALSE(holds(reply(error), "Allow"));
}

TEST_CASE("reply: a terse answer does not tell the reason")
{
	error_answer error = error_of(KHTTP_REASON_QUEUE_FULL);

	error.terse = true;
	error.server = nullptr;
	CHECK_FALSE(holds(reply(error), "QueueFull"));
	CHECK_FALSE(holds(reply(error), "queue"));
	CHECK_FALSE(holds(reply(error), "Server:"));
	CHECK(holds(reply(error), "503 Service Unavailable"));
}

TEST_CASE("reply: who wants to close, closes")
{
	error_answer error = error_of(KHTTP_REASON_NO_PREFIX);
	bool closes;

	error.closes = true;
	CHECK(holds(reply(error, &closes), "Connection: close\r\n"));
	CHECK(closes);
	error.closes = false;
	error.version = KHTTP_HTTP_10;
	CHECK(holds(reply(error, &closes), "Connection: keep-alive\r\n"));
	CHECK_FALSE(closes);
}

TEST_CASE("reply: every answer fits, or nothing may be sent")
{
	for (u32 size = 0; size < KHTTP_REPLY_ERROR_MAX; size++) {
		error_answer error = error_of(KHTTP_REASON_DROPPED);
		guard_page guard(4096);
		khttp_out out;

		error.reason = KHTTP_REASON_REQUEST_LENGTH;
		khttp_out_init(&out, guard.room(size), size);
		khttp_reply_error(&out, &error);
		CHECK(out.len <= size);
		CHECK(khttp_out_ok(&out) ==
		      (size >= reply(error).size()));
	}
}

TEST_CASE("reply: framing by method, version and status")
{
	auto framing = khttp_reply_framing;

	CHECK(framing(KHTTP_METHOD_GET, KHTTP_HTTP_11, 200, true) ==
	      KHTTP_FRAMING_LENGTH);
	CHECK(framing(KHTTP_METHOD_GET, KHTTP_HTTP_11, 200, false) ==
	      KHTTP_FRAMING_CHUNKED);
	CHECK(framing(KHTTP_METHOD_GET, KHTTP_HTTP_10, 200, false) ==
	      KHTTP_FRAMING_CLOSE);
	CHECK(framing(KHTTP_METHOD_GET, KHTTP_HTTP_10, 200, true) ==
	      KHTTP_FRAMING_LENGTH);
	CHECK(framing(KHTTP_METHOD_HEAD, KHTTP_HTTP_11, 200, true) ==
	      KHTTP_FRAMING_NONE);
	for (u16 status : { 100, 204, 205, 304 })
		CHECK(framing(KHTTP_METHOD_GET, KHTTP_HTTP_11, status, true) ==
		      KHTTP_FRAMING_NONE);
	for (khttp_method method : { KHTTP_METHOD_GET, KHTTP_METHOD_HEAD })
		CHECK(framing(method, KHTTP_HTTP_11, 101, true) ==
		      KHTTP_FRAMING_CLOSE);
	CHECK(khttp_status_ok(101));
	CHECK(khttp_status_ok(200));
	CHECK(khttp_status_ok(599));
	CHECK_FALSE(khttp_status_ok(100));
	CHECK_FALSE(khttp_status_ok(199));
	CHECK_FALSE(khttp_status_ok(600));
	CHECK_FALSE(khttp_status_ok(0));
}

TEST_CASE("reply: a page of somebody's own changes the body and nothing else")
{
	error_answer error = error_of(KHTTP_REASON_QUEUE_FULL);

	error.retry_after = 7;
	std::string ours = reply(error);
	error.type = "text/plain";
	error.length = 61440;
	std::string theirs = reply(error);

	CHECK(body_of(theirs).empty());
	CHECK(holds(theirs, "HTTP/1.1 503 "));
	CHECK(holds(theirs, "Content-Type: text/plain\r\nContent-Length: 61440\r\n\r\n"));
	CHECK(holds(theirs, "Retry-After: 7\r\n"));
	CHECK(holds(theirs, "Cache-Control: no-store\r\n"));
	CHECK(holds(theirs, "Server: khttp\r\n"));
	error.method = KHTTP_METHOD_HEAD;
	CHECK(reply(error) == theirs);
	std::string type(63, 't'), server(127, 's');
	error.type = type.c_str();
	error.server = server.c_str();
	error.reason = KHTTP_REASON_METHOD;
	CHECK(reply(error).size() <= KHTTP_REPLY_ERROR_MAX);
	error.type = nullptr;
	error.method = KHTTP_METHOD_GET;
	CHECK(reply(error).size() <= KHTTP_REPLY_ERROR_MAX);
	CHECK(holds(ours, "text/html"));
}
