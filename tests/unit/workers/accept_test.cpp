/* SPDX-License-Identifier: MIT */
#include "exporter/accept.hpp"

#include <catch2/catch.hpp>

namespace {

bool open_metrics(const std::optional<std::string_view> &accepted)
{
	return exporter::choose_format(accepted) == metrics::format::open_metrics;
}

} // namespace

TEST_CASE("OpenMetrics is for who names it")
{
	CHECK(open_metrics("application/openmetrics-text"));
	CHECK(open_metrics("Application/OpenMetrics-Text; Version=1.0.0; charset=utf-8"));
	CHECK(open_metrics("application/openmetrics-text;version=\"1.0.0\""));
	CHECK(!open_metrics(std::nullopt));
	CHECK(!open_metrics(""));
	CHECK(!open_metrics("*/*"));
	CHECK(!open_metrics("application/*"));
	CHECK(!open_metrics("text/plain"));
	CHECK(!open_metrics("text/html, */*;q=0.1"));
}

TEST_CASE("a version that we do not speak is not asked for")
{
	CHECK(!open_metrics("application/openmetrics-text;version=0.0.1"));
	CHECK(!open_metrics("application/openmetrics-text;version=2.0.0"));
	CHECK(open_metrics("application/openmetrics-text;version=0.0.1, "
			   "application/openmetrics-text;version=1.0.0;q=0.1"));
}

TEST_CASE("the greater weight decides, and between equals OpenMetrics has more to say")
{
	/* As Prometheus 2.42 asks */
	CHECK(open_metrics("application/openmetrics-text;version=1.0.0,"
			   "application/openmetrics-text;version=0.0.1;q=0.75,"
			   "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"));
	CHECK(!open_metrics("application/openmetrics-text;q=0.5, text/plain"));
	CHECK(!open_metrics("application/openmetrics-text;q=0.5, */*"));
	CHECK(open_metrics("application/openmetrics-text;q=0.5, text/plain;q=0.5"));
	CHECK(open_metrics("text/plain;q=0.1, text/*;q=0.9, application/openmetrics-text;q=0.2"));
	CHECK(!open_metrics("application/openmetrics-text;q=0"));
}

TEST_CASE("what cannot be read counts as not sent")
{
	CHECK(!open_metrics("application/openmetrics-text;q=2"));
	CHECK(!open_metrics("application/openmetrics-text;q"));
	CHECK(open_metrics(",;,application/openmetrics-text;;q=1,text/plain;q=x"));
}
