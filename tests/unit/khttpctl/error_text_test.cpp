// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <algorithm>

#include "error_text.hpp"

using namespace khttpctl;
using khttp::error_record;

namespace {

error_record full()
{
	error_record r;

	r.time_ns = 1767225600250000000; /* 2026-01-01 00:00:00.250 */
	r.client.address = { 192, 0, 2, 1 };
	r.client.port = 40000;
	r.local.address = { 192, 0, 2, 2 };
	r.local.port = 80;
	r.version = 0x0101;
	r.method = "GET";
	r.target = "/a?b";
	r.target_length = 4;
	r.status = 503;
	r.reason = "QueueFull";
	r.queue = "app";
	r.connection = 12;
	r.stream = 3;
	return r;
}

} // namespace

TEST_CASE("a record is one line of thirteen fields, as its header says")
{
	std::string line = error_line(full());

	CHECK(line == "2026-01-01 00:00:00.250 192.0.2.1 40000 192.0.2.2 80 HTTP/1.1 GET /a?b "
		      "503 QueueFull app 12-3");
	CHECK(std::ranges::count(line, ' ') + 1 ==
	      std::ranges::count(std::string_view(error_fields), ' '));
}

TEST_CASE("what is not known is a dash, and fields stay in their places")
{
	error_record r;

	r.reason = "Connections_Refused";
	CHECK(error_line(r) == "1970-01-01 00:00:00.000 0.0.0.0 0 0.0.0.0 0 - - - - "
			       "Connections_Refused - -");
}

TEST_CASE("whatever a client sent stays one printable word")
{
	error_record r = full();
	std::string_view any("/a b\n\033[2J\0\xff\\", 12);

	r.method = "G T";
	r.target = any;
	r.target_length = static_cast<std::uint32_t>(any.size());
	CHECK(error_line(r).find(" G+T /a+b\\x0a\\x1b[2J\\x00\\xff\\x5c 503 ") !=
	      std::string::npos);
	r.target_length++;
	CHECK(error_line(r).find("\\x5c... 503 ") != std::string::npos);
}

TEST_CASE("an address has its scope, and what is missing is counted")
{
	error_record r = full();

	r.client.ipv6 = true;
	r.client.address = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
	r.client.scope = 2;
	CHECK(error_line(r).find(" fe80::1%2 40000 ") != std::string::npos);
	CHECK(lost_line(1) == "#Lost: 1 record here was overwritten by newer ones");
	CHECK(lost_line(2) == "#Lost: 2 records here were overwritten by newer ones");
}
