// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "metrics/prometheus.hpp"
#include "module.hpp"

using Catch::Contains;
using khttp::stat_kind;
using metrics::prometheus_text;
using metrics::snapshot;

namespace {

snapshot of_figure(khttp::stat_info figure)
{
	return { "1", { std::move(figure) }, {}, {} };
}

} // namespace

TEST_CASE("all that the module counts has its metric")
{
	const snapshot all = snapshot_of_module();
	const std::string text = prometheus_text(all);

	CHECK(all.figures.size() > 40);
	CHECK(all.latencies.size() == 6);
	for (const char *metric :
	     { "khttp_build_info{version=\"1.2.3\"} 1\n", "khttp_requests_total 1\n",
	       "khttp_refusals_total{reason=\"why\"} 1\n",
	       "khttp_cache_not_stored_total{reason=\"why\"} 1\n", "khttp_connections 1\n",
	       "khttp_queue_waiting{queue=\"app\"} 1\n",
	       "khttp_queue_received_total{queue=\"app\"} 1\n",
	       "khttp_group_cache_limit_bytes{group=\"app\"} 4096\n",
	       "khttp_group_cache_not_stored_total{group=\"app\",reason=\"size\"} 3\n" })
		CHECK_THAT(text, Contains(metric));
	for (const char *stage :
	     { "khttp_receive_duration_seconds_count{queue=\"app\"} 2\n",
	       "khttp_queue_wait_seconds_count{queue=\"app\"} 2\n",
	       "khttp_worker_duration_seconds_count{queue=\"app\"} 2\n",
	       "khttp_send_duration_seconds_count{queue=\"app\"} 2\n",
	       "khttp_request_duration_seconds_count{queue=\"app\",cache=\"miss\"} 2\n",
	       "khttp_request_duration_seconds_count{queue=\"app\",cache=\"hit\"} 2\n" })
		CHECK_THAT(text, Contains(stage));
}

TEST_CASE("no figure of the module keeps a unit that is not Prometheus'")
{
	const std::string text = prometheus_text(snapshot_of_module());

	for (const char *unit : { "_ms ", "_ms{", "_ns ", "khttp_bytes_" })
		CHECK_THAT(text, !Contains(unit));
	CHECK_THAT(text, Contains("khttp_received_bytes_total 1\n") &&
				 Contains("khttp_sent_bytes_total 1\n") &&
				 Contains("khttp_body_dropped_bytes_total 1\n"));
}

TEST_CASE("milliseconds become seconds")
{
	CHECK_THAT(prometheus_text(of_figure(
			   { "queue_oldest_ms", stat_kind::gauge, 1250, "old", "a", "" })),
		   Contains("# TYPE khttp_queue_oldest_seconds gauge\n"
			    "khttp_queue_oldest_seconds{queue=\"a\"} 1.25\n"));
}

TEST_CASE("a figure that is not known here is shown as the module calls it")
{
	CHECK_THAT(prometheus_text(of_figure({ "moons", stat_kind::counter, 2, "m", "", "" })),
		   Contains("# HELP khttp_moons_total m\n") && Contains("khttp_moons_total 2\n"));
}

TEST_CASE("a stage that had nothing yet, or is not known here, has no histogram")
{
	snapshot all;

	all.latencies.push_back({ "app", "queue" });
	all.latencies.push_back({ "app", "orbit", 1, 1, 1, 1, 1, 1, { 1 } });
	CHECK_THAT(prometheus_text(all), !Contains("seconds"));
}

TEST_CASE("without the namespace's own figures it is not all")
{
	CHECK_FALSE(metrics::complete({}));
	CHECK_FALSE(metrics::complete(
		of_figure({ "queue_waiting", stat_kind::gauge, 1, "w", "a", "" }).figures));
	CHECK(metrics::complete(
		of_figure({ "requests", stat_kind::counter, 0, "r", "", "" }).figures));
}
