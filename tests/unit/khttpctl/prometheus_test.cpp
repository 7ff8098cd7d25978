// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "prometheus.hpp"

using namespace khttpctl;
using khttp::stat_info;
using khttp::stat_kind;

TEST_CASE("counters end in _total, gauges do not, zero is shown")
{
	CHECK(prometheus_text({ { "requests", stat_kind::counter, 7, "heads", "", "" },
				{ "cache_bytes", stat_kind::gauge, 0, "memory", "", "" },
				{ "x_total", stat_kind::counter, 1, "x", "", "" } }) ==
	      "# HELP khttp_requests_total heads\n"
	      "# TYPE khttp_requests_total counter\n"
	      "khttp_requests_total 7\n"
	      "# HELP khttp_cache_bytes memory\n"
	      "# TYPE khttp_cache_bytes gauge\n"
	      "khttp_cache_bytes 0\n"
	      "# HELP khttp_x_total x\n"
	      "# TYPE khttp_x_total counter\n"
	      "khttp_x_total 1\n");
}

TEST_CASE("a family stands in one piece though its figures come apart")
{
	CHECK(prometheus_text({ { "waiting", stat_kind::gauge, 1, "w", "a", "" },
				{ "in_hand", stat_kind::gauge, 2, "h", "a", "" },
				{ "waiting", stat_kind::gauge, 3, "w", "b", "" } }) ==
	      "# HELP khttp_waiting w\n"
	      "# TYPE khttp_waiting gauge\n"
	      "khttp_waiting{queue=\"a\"} 1\n"
	      "khttp_waiting{queue=\"b\"} 3\n"
	      "# HELP khttp_in_hand h\n"
	      "# TYPE khttp_in_hand gauge\n"
	      "khttp_in_hand{queue=\"a\"} 2\n");
}

TEST_CASE("labels and help texts are escaped, names made valid")
{
	CHECK(prometheus_text({ { "a-b c", stat_kind::gauge, 18446744073709551615ULL,
				  "one\ntwo \\ \"three\"", "q\"\\\n", "Version_N/S" } }) ==
	      "# HELP khttp_a_b_c one\\ntwo \\\\ \"three\"\n"
	      "# TYPE khttp_a_b_c gauge\n"
	      "khttp_a_b_c{queue=\"q\\\"\\\\\\n\",reason=\"Version_N/S\"} 18446744073709551615\n");
}

TEST_CASE("nothing is nothing")
{
	CHECK(prometheus_text({}).empty());
}
