// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "exchange.hpp"
#include "guard_page.hpp"

using namespace std::string_literals;

static const std::string minimal = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

static std::string outcome(std::string_view text, const khttp_limits &limits)
{
	std::string summary = run_every_split(text, limits);
	auto at = summary.find("result: ") + 8;

	return summary.substr(at, summary.find('\n', at) - at);
}

TEST_CASE("parse: a head of exactly the limit is taken, one more is not")
{
	khttp_limits limits = default_limits();

	limits.max_head = static_cast<u32>(minimal.size());
	CHECK(outcome(minimal, limits) == "done");
	// What stands behind the head does not count.
	CHECK(outcome(minimal + minimal, limits) == "done");
	limits.max_head--;
	CHECK(outcome(minimal, limits) == "refused RequestLength");
	// Not later than the limit, although the rest never comes.
	CHECK(outcome(minimal.substr(0, limits.max_head), limits) ==
	      "refused RequestLength");
}

TEST_CASE("parse: every limit below a head's length refuses it")
{
	khttp_limits limits = default_limits();

	for (u32 max = 1; max < minimal.size(); max++) {
		std::string result;

		limits.max_head = max;
		result = outcome(minimal, limits);
		INFO(max << " " << result);
		CHECK((result == "refused RequestLength" ||
		       result == "refused URL_Length"));
	}
}

TEST_CASE("parse: a field line of exactly the limit is taken")
{
	khttp_limits limits = default_limits();
	auto with = [](std::string line) {
		return "GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n\r\n";
	};

	limits.max_field = 12;
	CHECK(outcome(with("X: 123456789"), limits) == "done");
	CHECK(outcome(with("X: 1234567890"), limits) == "refused FieldLength");
	CHECK(outcome(with("X:          "), limits) == "done");
	CHECK(outcome(with("X:           "), limits) == "refused FieldLength");
	CHECK(outcome(with("Name56789012:"), limits) == "refused FieldLength");
	CHECK(outcome(with("Name5678901:"), limits) == "done");
	CHECK(outcome(with("Name56789012345"), limits) ==
	      "refused FieldLength");
}

TEST_CASE("parse: a target of exactly the limit is taken")
{
	khttp_limits limits = default_limits();
	auto with = [](std::string target) {
		return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
	};

	limits.max_target = 10;
	CHECK(outcome(with("/123456789"), limits) == "done");
	CHECK(outcome(with("/1234567890"), limits) == "refused URL_Length");
	// A target that fills the head is too long as well.
	limits = default_limits();
	limits.max_head = 100;
	CHECK(outcome(with("/" + std::string(200, 'a')), limits) ==
	      "refused URL_Length");
}

TEST_CASE("parse: as many fields as allowed are taken")
{
	khttp_limits limits = default_limits();
	u32 allowed = GENERATE(1u, 2u, 100u, 128u, 1000u);
	u32 taken = std::min<u32>(allowed, KHTTP_FIELDS_MAX);
	std::string text = "GET / HTTP/1.1\r\nHost: a\r\n";

	limits.max_fields = allowed;
	for (u32 i = 1; i < taken; i++)
		text += "X: y\r\n";
	CHECK(has_line(run_request(text + "\r\n", limits), "result: done"));
	CHECK(has_line(run_request(text + "X: y\r\n\r\n", limits),
		       "result: refused FieldCount"));
}

TEST_CASE("parse: the administrative maximum of every limit is safe")
{
	khttp_limits limits = { ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u,
				~0ull };
	std::string head = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
	std::string fill(65535 - head.size() - 4, 'x');

	CHECK(has_line(run_request(head + fill + "\r\n\r\n", limits),
		       "head length: 65535"));
	CHECK(has_line(run_request(head + fill + "x\r\n\r\n", limits),
		       "result: refused RequestLength"));
	CHECK(has_line(run_request("GET /" + std::string(70000, 'a'), limits),
		       "result: refused URL_Length"));
	CHECK(has_line(run_request("GET / HTTP/1.1\r\n" +
				   std::string(70000, 'a'), limits),
		       "result: refused RequestLength"));
}

TEST_CASE("parse: limits lowered while a head arrives end it, safely")
{
	khttp_limits limits = default_limits();
	std::string text = "GET /long/target/that/was/allowed";
	guard_page guard(4096);
	khttp_head head;
	u32 size = static_cast<u32>(text.size());

	khttp_head_init(&head);
	CHECK(khttp_parse_head(&head, guard.put(text), size, &limits) ==
	      KHTTP_PARSE_MORE);
	limits.max_head = 8;
	limits.max_target = 3;
	text += "/more";
	size = static_cast<u32>(text.size());
	CHECK(khttp_parse_head(&head, guard.put(text), size, &limits) ==
	      KHTTP_PARSE_REFUSED);
	CHECK(head.reason == KHTTP_REASON_URL_LENGTH);
}

TEST_CASE("parse: what was decided stays decided")
{
	khttp_limits limits = default_limits();
	khttp_head head;

	khttp_head_init(&head);
	CHECK(khttp_parse_head(&head, "\x01", 1, &limits) ==
	      KHTTP_PARSE_REFUSED);
	CHECK(khttp_parse_head(&head, "GET /", 5, &limits) ==
	      KHTTP_PARSE_REFUSED);
	khttp_head_init(&head);
	CHECK(khttp_parse_head(&head, minimal.data(),
			       static_cast<u32>(minimal.size()), &limits) ==
	      KHTTP_PARSE_DONE);
	CHECK(khttp_parse_head(&head, minimal.data(),
			       static_cast<u32>(minimal.size()), &limits) ==
	      KHTTP_PARSE_DONE);
}

TEST_CASE("parse: every byte at every place of a head gives a defined answer")
{
	khttp_limits limits = default_limits();
	std::string text = "GET /ab HTTP/1.1\r\nHost: a\r\nX-Y: 12345678901\r\n"
			   "\r\n";

	for (std::size_t at = 0; at < text.size(); at++) {
		for (int byte = 0; byte < 256; byte++) {
			std::string changed = text;
			std::string whole;
			std::vector<std::string_view> bytes;

			changed[at] = static_cast<char>(byte);
			whole = run_request(changed, limits);
			for (std::size_t i = 0; i < changed.size(); i++)
				bytes.push_back(
					std::string_view(changed).substr(i, 1));
			if (run_request(bytes, limits) != whole)
				FAIL(at << " " << byte);
		}
	}
}

TEST_CASE("parse: control characters are refused wherever they stand")
{
	khttp_limits limits = default_limits();
	std::string text = "GET /ab HTTP/1.1\r\nHost: a\r\nX-Y: 12345678901\r\n"
			   "\r\n";
	std::string controls = "\0\x01\x08\x0b\x0c\x0e\x1f\x7f"s;

	for (std::size_t at = 0; at < text.size(); at++) {
		for (char c : controls) {
			std::string changed = text;

			changed[at] = c;
			if (!has_line(run_request(changed, limits),
				      "head: broken"))
				FAIL(at << " " << static_cast<int>(c));
		}
	}
}

TEST_CASE("parse: of a refused or unfinished head the target is told as far as it came")
{
	auto seen = [](std::string_view text, u32 max_target = 8192) {
		khttp_limits limits = default_limits();
		guard_page page(4096);
		const char *bytes = page.put(text);
		khttp_head head;

		limits.max_target = max_target;
		khttp_head_init(&head);
		khttp_parse_head(&head, bytes, static_cast<u32>(text.size()), &limits);
		khttp_span target = khttp_head_target_seen(&head, bytes);
		return std::string(target.ptr ? target.ptr : "", target.len);
	};

	CHECK(seen("GET /a HTTP/1.1\r\nHost: a\r\n\r\n") == "/a");
	CHECK(seen("GET /a HTTP/1.1\r\nHost : a\r\n\r\n") == "/a");
	CHECK(seen("GET /a HTTP/3.0\r\n") == "/a");
	CHECK(seen("GET /unfinished") == "/unfinished");
	CHECK(seen("GET /abcdefgh HTTP/1.1\r\n", 4) == "/abcd");
	CHECK(seen("GET ") == "");
	CHECK(seen("GET") == "");
	CHECK(seen("") == "");
	CHECK(seen("\r\n") == "");
}
