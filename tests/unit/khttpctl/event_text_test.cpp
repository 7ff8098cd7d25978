// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include "event_text.hpp"

using namespace khttpctl;
using khttp::event_info;
using khttp::event_type;

TEST_CASE("events are sentences")
{
	event_info event;

	event.type = event_type::worker_lost;
	event.queue = "app";
	event.worker = 3;
	event.pid = 99;
	event.count = 1;
	CHECK(event_text(event) == "queue app: worker 3 (pid 99) died with 1 request in hand");
	event.pid.reset();
	event.count = 2;
	CHECK(event_text(event) == "queue app: worker 3 died with 2 requests in hand");
	event.url = "http://a:80/x";
	event.type = event_type::url_added;
	event.group = "app";
	CHECK(event_text(event) == "prefix http://a:80/x added to queue app");
	event.group = "site";
	CHECK(event_text(event) == "prefix http://a:80/x added to group site of queue app");
	event.type = event_type::group_changed;
	CHECK(event_text(event) == "group site of queue app changed");
}

TEST_CASE("a purge tells what went, and by whom")
{
	event_info event;

	event.type = event_type::cache_purged;
	event.count = 2;
	CHECK(event_text(event) == "cache: 2 stored responses dropped, everything");
	event.url = "http://a:80/x";
	CHECK(event_text(event) == "cache: 2 stored responses dropped, http://a:80/x");
	event.recursive = true;
	CHECK(event_text(event) == "cache: 2 stored responses dropped, all below http://a:80/x");
	event.soft = true;
	CHECK(event_text(event) ==
	      "cache: 2 stored responses past their time, all below http://a:80/x");
	event.soft = false;
	event.url.reset();
	event.tag = "item-7";
	event.count = 1;
	event.queue = "app";
	event.worker = 3;
	event.pid = 99;
	event.missed = 5;
	CHECK(event_text(event) == "cache: 1 stored response dropped, tag item-7, by queue app: "
				   "worker 3 (pid 99); 5 such events before it were left out");
}

TEST_CASE("every event has words, though parts are missing or odd")
{
	event_info bare, odd;

	odd.queue = "\033";
	odd.url = "\n";
	for (std::uint32_t type = 0; type < 20; type++) {
		bare.type = odd.type = static_cast<event_type>(type);
		CHECK(!event_text(bare).empty());
		CHECK(event_text(odd).find_first_of("\033\n") == std::string::npos);
	}
	bare.type = event_type::lost;
	CHECK(event_text(bare).find("lost") != std::string::npos);
}
