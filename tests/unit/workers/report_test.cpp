/* SPDX-License-Identifier: MIT */
#include "echo/report.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using echo::head;
using echo::report;
using nlohmann::ordered_json;

namespace {

head sample()
{
	return {"POST", "/a%20b?x=1", "/a b", "x=1", "1.1",
		{{"Host", "example"}, {"X-Two", "1"}, {"x-two", "2"}}};
}

std::string base64_of(std::string_view bytes, std::size_t piece)
{
	report out{sample()};

	out.begin_body();
	for (; bytes.size() > piece; bytes.remove_prefix(piece))
		out.add_body(bytes.substr(0, piece));
	out.add_body(bytes);
	out.end_body();
	const auto parsed = ordered_json::parse(
		std::move(out).take() + std::string{report::end});

	return parsed["body_b64"].get<std::string>();
}

} // namespace

TEST_CASE("the report has its members in the order of the contract")
{
	report out{sample()};

	out.begin_body();
	out.add_body("hello");
	out.end_body();
	out.trailers({{"X-End", "yes"}});
	out.worker_pid(42);
	CHECK(std::move(out).take() + std::string{report::end} ==
	      R"({"method":"POST","target":"/a%20b?x=1","path":"/a b",)"
	      R"("query":"x=1","version":"1.1",)"
	      R"("headers":[["Host","example"],["X-Two","1"],["x-two","2"]],)"
	      R"("body_b64":"aGVsbG8=","trailers":[["X-End","yes"]],)"
	      R"("worker_pid":42})" "\n");
}

TEST_CASE("the ends of the connection stand behind all that is always there")
{
	report out{sample()};

	out.body_digest("00", 0);
	out.trailers({});
	out.worker_pid(1);
	out.ends("192.0.2.1:0", "[::1]:80", "[::2]:80", "7-2");
	const auto parsed = ordered_json::parse(std::move(out).take() +
						std::string{report::end});
	CHECK(parsed["client"] == "192.0.2.1:0");
	CHECK(parsed["peer"] == "[::1]:80");
	CHECK(parsed["local"] == "[::2]:80");
	CHECK(parsed["request_id"] == "7-2");
}

TEST_CASE("a digest stands in for the body")
{
	report out{sample()};

	out.body_digest("00ff", 12345678901);
	out.trailers({});
	out.worker_pid(1);
	out.begin_pad();
	const auto parsed = ordered_json::parse(
		std::move(out).take() + "xxx" + std::string{report::pad_end});

	CHECK(parsed["body_sha256"] == "00ff");
	CHECK(parsed["body_len"] == 12345678901);
	CHECK_FALSE(parsed.contains("body_b64"));
	CHECK(parsed["trailers"].empty());
	CHECK(parsed["pad"] == "xxx");
}

TEST_CASE("base64 does not depend on how the body was cut")
{
	struct vector {
		std::string plain;
		std::string coded;
	};
	const auto [plain, coded] = GENERATE(values<vector>({
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{std::string("\0\xff\x80\n", 4), "AP+ACg=="},
	}));

	for (std::size_t piece = 1; piece <= 7; piece++) {
		CAPTURE(plain, piece);
		CHECK(base64_of(plain, piece) == coded);
	}
}

TEST_CASE("text that is not UTF-8 is taken for Latin-1")
{
	CHECK(echo::json_text("caf\xc3\xa9") == "caf\xc3\xa9");
	CHECK(echo::json_text("caf\xe9") == "caf\xc3\xa9");
	CHECK(echo::json_text("\xff\x80") == "\xc3\xbf\xc2\x80");
}

TEST_CASE("quotes and controls in fields are escaped")
{
	report out{{"GET", "/", "/", "", "1.0",
		    {{"X", "a\"b\\c\td\x7f"}, {"Y", "\xe9"}}}};

	out.begin_body();
	out.end_body();
	const auto parsed = ordered_json::parse(
		std::move(out).take() + std::string{report::end});

	CHECK(parsed["headers"][0][1] == "a\"b\\c\td\x7f");
	CHECK(parsed["headers"][1][1] == "\xc3\xa9");
	CHECK(parsed["query"] == "");
	CHECK(parsed["body_b64"] == "");
}

TEST_CASE("a refusal is JSON too")
{
	const auto parsed =
		ordered_json::parse(echo::error_report(400, "no \"such\" thing"));

	CHECK(parsed["error"] == "no \"such\" thing");
	CHECK(parsed["status"] == 400);
}
