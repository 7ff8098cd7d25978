// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <sstream>

#include "json.hpp"
#include "table.hpp"

using namespace khttpctl;

TEST_CASE("columns are as wide as what stands in them, lines have no blanks at the end")
{
	table t({ { "NAME" }, { "COUNT", align::right }, { "MORE" } });
	std::ostringstream out;

	t.add({ "a", "1", "x" });
	t.add({ "long name", "1000000", "" });
	t.print(out, false);
	CHECK(out.str() == "NAME         COUNT  MORE\n"
			   "a                1  x\n"
			   "long name  1000000  \n");
}

TEST_CASE("colour does not count as width, and only stands there when wanted")
{
	table t({ { "A" }, { "B" } });
	std::ostringstream plain, coloured;

	t.add({ { "ab", tint::bad }, "c" });
	t.print(plain, false);
	t.print(coloured, true);
	CHECK(plain.str() == "A   B\nab  c\n");
	CHECK(coloured.str() == "\033[1mA\033[0m   \033[1mB\033[0m\n\033[31mab\033[0m  c\n");
}

TEST_CASE("cells cannot break a table")
{
	table t({ { "A" }, { "B" } });
	std::ostringstream out;

	t.add({ "x\ny", "\033[0m" });
	t.print(out, false);
	CHECK(out.str() == "A       B\nx\\x0ay  \\x1b[0m\n");
}

TEST_CASE("JSON is valid whatever bytes a URL has")
{
	khttp::cache_entry_info entry;
	std::ostringstream out;

	entry.url = "http://a:80/\xff\x01";
	print_json_line(out, json_of(entry));
	json back = json::parse(out.str());
	CHECK(back["url"] == "http://a:80/\xef\xbf\xbd\x01");
	CHECK(back["hits"] == 0);
}

TEST_CASE("JSON numbers are not cut")
{
	khttp::stat_info figure;

	figure.name = "x";
	figure.value = UINT64_MAX;
	CHECK(json_of(figure).dump() ==
	      R"({"name":"x","kind":"counter","value":18446744073709551615,"help":""})");
	figure.reason = "QueueFull";
	CHECK(json_of(figure)["reason"] == "QueueFull");
	CHECK(!json_of(figure).contains("queue"));
}

TEST_CASE("a latency tells its queue, its stage and the unit")
{
	khttp::latency_info latency{ "app", "worker", 7, 1, 2, 3, 4, 5 };

	CHECK(json_of(latency).dump() ==
	      R"({"name":"latency","queue":"app","stage":"worker","count":7,"p50_ns":1,)"
	      R"("p90_ns":2,"p99_ns":3,"p999_ns":4,"longest_ns":5})");
	latency.slowest = khttp::slow_request{ 6, 4711, 3 };
	CHECK(json_of(latency)["slowest"].dump() == R"({"ns":6,"request_id":"4711-3"})");
}

TEST_CASE("an event has only the members that it came with")
{
	khttp::event_info event;

	event.type = khttp::event_type::worker_lost;
	event.time_ns = 5;
	event.queue = "app";
	event.count = 2;
	CHECK(json_of(event).dump() ==
	      R"({"type":"worker-lost","time_ns":5,"queue":"app","count":2})");
}
