/* SPDX-License-Identifier: MIT */
#include "exporter/scrape.hpp"

#include <catch2/catch.hpp>

#include "served.hpp"

namespace {

/* With what each scrape has to find, and what was complained about */
struct exporter_server {
	std::string figures = "khttp_connections 1\n";
	std::string complaint;
	metrics::format asked = metrics::format::text;
	exporter::service service{
		"/metrics",
		[this](metrics::format as) {
			asked = as;
			if (figures.empty())
				throw std::runtime_error("the module is not loaded");
			return figures;
		},
		[this](const std::string &text) { complaint = text; }};
	served server{GENERATE(khttp::transport::ioctl, khttp::transport::uring),
		      [this](const khttp::request &rq, khttp::response &rs) {
			      exporter::answer(service, rq, rs);
		      }};

	fake_answer ask(std::string method, std::string path)
	{
		return server.ask({.method = std::move(method), .path = std::move(path)});
	}
};

} // namespace

TEST_CASE("a scrape gets the figures as they are then")
{
	exporter_server t;

	for (const char *path : {"/metrics", "/metrics/"}) {
		const auto answer = t.ask("GET", path);

		CHECK(answer.status == 200);
		CHECK(field_of(answer, "content-type") ==
		      "text/plain; version=0.0.4; charset=utf-8");
		CHECK(answer.body == t.figures);
		CHECK(answer.ttl == 0);
		t.figures = "khttp_connections 2\n";
	}
}

TEST_CASE("who asks for OpenMetrics gets it, and caches are told")
{
	exporter_server t;
	const auto answer = t.server.ask({.method = "GET",
					  .path = "/metrics",
					  .fields = {{"Accept", "application/openmetrics-text"}}});

	CHECK(t.asked == metrics::format::open_metrics);
	CHECK(field_of(answer, "content-type") ==
	      "application/openmetrics-text; version=1.0.0; charset=utf-8");
	CHECK(field_of(answer, "vary") == "Accept");
}

TEST_CASE("HEAD announces what GET has")
{
	exporter_server t;
	const auto answer = t.ask("HEAD", "/metrics");

	CHECK(answer.status == 200);
	CHECK(answer.body.empty());
	CHECK(answer.length == t.figures.size());
}

TEST_CASE("there is nothing else, and nothing to change")
{
	exporter_server t;

	for (const char *path : {"/", "/metric", "/metrics/x", "/metricsx"})
		CHECK(t.ask("GET", path).status == 404);
	for (const char *method : {"POST", "DELETE", "OPTIONS"}) {
		const auto answer = t.ask(method, "/metrics");

		CHECK(answer.status == 405);
		CHECK(field_of(answer, "allow") == "GET, HEAD");
	}
}

TEST_CASE("at a loopback address no page's own name gets the figures")
{
	for (const char *prefix : {"http://127.0.0.1:9480/", "http://[::1]:9480/metrics/"}) {
		for (const char *known : {"127.0.0.1:9480", "[::1]:9480", "localhost:9480", ""})
			CHECK(exporter::may_be_called(prefix, known));
		for (const char *other : {"evil.example:9480", "127.0.0.1.evil.example", "1.2"})
			CHECK_FALSE(exporter::may_be_called(prefix, other));
	}
	for (const char *prefix : {"http://+:9480/", "http://192.0.2.1:9480/",
				   "http://127.example:9480/", "http://metrics.example:80/"})
		CHECK(exporter::may_be_called(prefix, "metrics.example"));
}

TEST_CASE("figures that cannot be read are a failed scrape, and the next one tries again")
{
	exporter_server t;

	t.figures.clear();
	const auto failed = t.ask("GET", "/metrics");
	CHECK(failed.status == 503);
	CHECK(failed.body == "the module is not loaded\n");
	CHECK(t.complaint == "the module is not loaded");
	t.figures = "khttp_connections 3\n";
	CHECK(t.ask("GET", "/metrics").body == t.figures);
}

TEST_CASE("the root may be where they are")
{
	CHECK(exporter::without_slash("/") == "");
	CHECK(exporter::without_slash("/a/b//") == "/a/b");
}
