// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "metrics/exposition.hpp"

using Catch::Contains;
using metrics::buckets;
using metrics::exposition;

TEST_CASE("counters end in _total, gauges do not, zero is shown")
{
	exposition all;

	all.counter("requests", "heads").add({}, std::uint64_t{ 7 });
	all.gauge("cache_bytes", "memory").add({}, std::uint64_t{ 0 });
	all.counter("x_total", "x").add({}, std::uint64_t{ 1 });
	CHECK(all.text() == "# HELP khttp_requests_total heads\n"
			    "# TYPE khttp_requests_total counter\n"
			    "khttp_requests_total 7\n"
			    "# HELP khttp_cache_bytes memory\n"
			    "# TYPE khttp_cache_bytes gauge\n"
			    "khttp_cache_bytes 0\n"
			    "# HELP khttp_x_total x\n"
			    "# TYPE khttp_x_total counter\n"
			    "khttp_x_total 1\n");
}

TEST_CASE("a family stands in one piece though its samples come apart")
{
	exposition all;

	all.gauge("waiting", "w").add({ { "queue", "a" } }, std::uint64_t{ 1 });
	all.gauge("in_hand", "h").add({ { "queue", "a" } }, std::uint64_t{ 2 });
	all.gauge("waiting", "w").add({ { "queue", "b" } }, std::uint64_t{ 3 });
	CHECK(all.text() == "# HELP khttp_waiting w\n"
			    "# TYPE khttp_waiting gauge\n"
			    "khttp_waiting{queue=\"a\"} 1\n"
			    "khttp_waiting{queue=\"b\"} 3\n"
			    "# HELP khttp_in_hand h\n"
			    "# TYPE khttp_in_hand gauge\n"
			    "khttp_in_hand{queue=\"a\"} 2\n");
}

TEST_CASE("labels and help texts are escaped, names made valid, empty labels left out")
{
	exposition all;

	all.gauge("a-b c", "one\ntwo \\ \"three\"")
		.add({ { "queue", "q\"\\\n" }, { "group", "" }, { "reason", "Version_N/S" } },
		     std::uint64_t{ 18446744073709551615ULL });
	CHECK(all.text() ==
	      "# HELP khttp_a_b_c one\\ntwo \\\\ \"three\"\n"
	      "# TYPE khttp_a_b_c gauge\n"
	      "khttp_a_b_c{queue=\"q\\\"\\\\\\n\",reason=\"Version_N/S\"} 18446744073709551615\n");
}

TEST_CASE("OpenMetrics names a counter's family without _total, and ends with EOF")
{
	exposition all{ metrics::format::open_metrics };

	all.counter("requests", "say \"heads\"").add({}, std::uint64_t{ 7 });
	all.gauge("cache_total", "g").add({}, std::uint64_t{ 1 });
	CHECK(all.text() == "# HELP khttp_requests say \\\"heads\\\"\n"
			    "# TYPE khttp_requests counter\n"
			    "khttp_requests_total 7\n"
			    "# HELP khttp_cache_total g\n"
			    "# TYPE khttp_cache_total gauge\n"
			    "khttp_cache_total 1\n"
			    "# EOF\n");
}

TEST_CASE("an exemplar stands with the one bucket that counts it first")
{
	const metrics::exemplar slow{ 300'000'000, "12-3" };
	const metrics::exemplar edge{ 500'000'000, "12-4" };
	const metrics::exemplar longest{ 11'000'000'000, "12-5" };
	exposition open{ metrics::format::open_metrics }, plain;

	open.histogram("a_seconds", "a").add({}, buckets{}, &slow);
	open.histogram("b_seconds", "b").add({}, buckets{}, &edge);
	open.histogram("c_seconds", "c").add({}, buckets{}, &longest);
	open.histogram("d_seconds", "d").add({}, buckets{});
	plain.histogram("a_seconds", "a").add({}, buckets{}, &slow);
	for (const char *line :
	     { "a_seconds_bucket{le=\"0.25\"} 0\n",
	       "a_seconds_bucket{le=\"0.5\"} 0 # {request_id=\"12-3\"} 0.3\n",
	       "a_seconds_bucket{le=\"1\"} 0\n",
	       "b_seconds_bucket{le=\"0.5\"} 0 # {request_id=\"12-4\"} 0.5\n",
	       "c_seconds_bucket{le=\"10\"} 0\n",
	       "c_seconds_bucket{le=\"+Inf\"} 0 # {request_id=\"12-5\"} 11\n",
	       "d_seconds_bucket{le=\"+Inf\"} 0\n" })
		CHECK_THAT(open.text(), Contains(line));
	CHECK_THAT(plain.text(), !Contains("request_id") && !Contains("EOF"));
}

TEST_CASE("fractions are as short as they can be")
{
	exposition all;

	all.gauge("age_seconds", "a").add({}, 0.25);
	all.gauge("age_seconds", "a").add({}, 1e-9);
	all.gauge("age_seconds", "a").add({}, 12.0);
	CHECK_THAT(all.text(), Contains("khttp_age_seconds 0.25\nkhttp_age_seconds 1e-09\n"
					"khttp_age_seconds 12\n"));
}

TEST_CASE("a histogram has its buckets, the last of which is the count, and its sum")
{
	exposition all;
	buckets times;

	times.below.fill(2);
	times.below[0] = 1;
	times.count = 3;
	times.sum = 1.5;
	all.histogram("wait_seconds", "w").add({ { "queue", "a" } }, times);
	const std::string text = all.text();
	CHECK_THAT(text, Contains("# TYPE khttp_wait_seconds histogram\n"
				  "khttp_wait_seconds_bucket{queue=\"a\",le=\"0.00001\"} 1\n"
				  "khttp_wait_seconds_bucket{queue=\"a\",le=\"0.000025\"} 2\n"));
	CHECK_THAT(text, Contains("khttp_wait_seconds_bucket{queue=\"a\",le=\"10\"} 2\n"
				  "khttp_wait_seconds_bucket{queue=\"a\",le=\"+Inf\"} 3\n"
				  "khttp_wait_seconds_sum{queue=\"a\"} 1.5\n"
				  "khttp_wait_seconds_count{queue=\"a\"} 3\n"));
}

TEST_CASE("nothing is nothing")
{
	CHECK(exposition().text().empty());
}
