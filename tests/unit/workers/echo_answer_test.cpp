/* SPDX-License-Identifier: MIT */
#include "echo/answer.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "served.hpp"

using nlohmann::json;

namespace {

struct echo_server {
	std::vector<echo::logged_field> logged = {};
	echo::service service{false, logged};
	served server{GENERATE(khttp::transport::ioctl, khttp::transport::uring),
		      [this](khttp::async::request rq,
			     khttp::async::response rs) {
			      return echo::answer(service, rq, rs);
		      }};
};

} // namespace

TEST_CASE("fields that were asked for are told in the access log, others are not")
{
	echo_server t{{echo::parse_logged("x-a"), echo::parse_logged("cs-username=x-user"),
		       echo::parse_logged("no token=x-a"), echo::parse_logged("x-none")}};
	const auto answer = t.server.ask({.fields = {{"X-A", "1"}, {"X-User", "anna"}}});

	CHECK(answer.status == 200);
	CHECK(answer.said == std::vector<std::pair<std::string, std::string>>{
				     {"x-a", "1"}, {"cs-username", "anna"}});
}

TEST_CASE("the echo reports what arrived")
{
	echo_server t;
	const auto answer = t.server.ask({.method = "BREW",
					  .path = "/pot",
					  .fields = {{"X-A", "1"}, {"x-a", "2"}},
					  .body = "hello",
					  .in_slot = 2,
					  .trailers = {}});
	const auto report = json::parse(answer.body);

	CHECK(answer.status == 200);
	CHECK(field_of(answer, "content-type") == "application/json");
	CHECK(answer.ttl == 0);
	CHECK(report["method"] == "BREW");
	CHECK(report["target"] == "/pot");
	CHECK(report["version"] == "1.1");
	CHECK(report["headers"] == json::parse(R"([["X-A","1"],["x-a","2"]])"));
	CHECK(report["body_b64"] == "aGVsbG8=");
	CHECK(report["worker_pid"] == getpid());
}

TEST_CASE("a body over the limit is refused with advice")
{
	echo_server t;
	const auto answer = t.server.ask(
		{.method = "PUT", .path = "/", .fields = {},
		 .body = std::string(echo::max_body + 1, 'x'), .trailers = {}});

	CHECK(answer.status == 413);
	CHECK(answer.body.find("digest=1") != std::string::npos);
}

TEST_CASE("all echoed bodies together are bounded")
{
	echo::body_budget budget;
	echo::held_bytes first{budget};

	CHECK(first.take(echo::max_held));
	{
		echo::held_bytes second{budget};
		CHECK_FALSE(second.take(1));
	}
	CHECK_FALSE(first.take(1));
}

TEST_CASE("what was held is given back")
{
	echo::body_budget budget;
	{
		echo::held_bytes held{budget};
		CHECK(held.take(echo::max_held));
	}
	echo::held_bytes again{budget};
	CHECK(again.take(echo::max_held));
}
