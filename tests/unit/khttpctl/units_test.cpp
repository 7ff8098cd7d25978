// SPDX-License-Identifier: MIT
#include <catch2/catch.hpp>

#include <cstdlib>
#include <ctime>

#include "units.hpp"

using namespace khttpctl;

TEST_CASE("sizes take the letters of powers of 1024")
{
	CHECK(parse_size("0") == 0U);
	CHECK(parse_size("4096") == 4096U);
	CHECK(parse_size("4k") == 4096U);
	CHECK(parse_size("4K") == 4096U);
	CHECK(parse_size("4KiB") == 4096U);
	CHECK(parse_size("4kb") == 4096U);
	CHECK(parse_size("3M") == 3U << 20);
	CHECK(parse_size("2G") == 2ULL << 30);
	CHECK(parse_size("1T") == 1ULL << 40);
	CHECK(parse_size("18446744073709551615") == UINT64_MAX);
}

TEST_CASE("what is not exactly one size is none")
{
	for (const char *bad : { "", "K", "-1", "+1", "1.5M", "1 M", " 1", "1M ", "1X", "0x10",
				 "18446744073709551616", "18014398509481984K", "17179869184G" })
		CHECK(!parse_size(bad));
}

TEST_CASE("times take units and give whole ones only")
{
	CHECK(parse_time("5", time_unit::seconds) == 5U);
	CHECK(parse_time("5", time_unit::milliseconds) == 5U);
	CHECK(parse_time("5s", time_unit::milliseconds) == 5000U);
	CHECK(parse_time("2000ms", time_unit::seconds) == 2U);
	CHECK(parse_ms("2") == 2000U);
	CHECK(parse_ms("90000") == 90000000U);
	CHECK(parse_ms("250ms") == 250U);
	CHECK(!parse_ms("2x"));
	CHECK(parse_time("2m", time_unit::seconds) == 120U);
	CHECK(parse_time("2min", time_unit::seconds) == 120U);
	CHECK(parse_time("1h", time_unit::seconds) == 3600U);
	CHECK(parse_time("1d", time_unit::milliseconds) == 86400000U);
	for (const char *bad :
	     { "", "s", "-1s", "1500ms", "1.5s", "5 s", "5S", "5M", "18446744073709551615h" })
		CHECK(!parse_time(bad, time_unit::seconds));
}

TEST_CASE("octal and plain numbers are nothing else")
{
	CHECK(parse_octal("0660") == 0660U);
	CHECK(parse_octal("777") == 0777U);
	CHECK(!parse_octal("888"));
	CHECK(!parse_octal("rw"));
	CHECK(!parse_octal(""));
	CHECK(parse_number("17") == 17U);
	CHECK(!parse_number("17k"));
	CHECK(!parse_number("1e3"));
}

TEST_CASE("sizes are shown with at most one decimal")
{
	CHECK(format_size(0) == "0 B");
	CHECK(format_size(1023) == "1023 B");
	CHECK(format_size(1024) == "1 KiB");
	CHECK(format_size(1536) == "1.5 KiB");
	CHECK(format_size(65535) == "64 KiB");
	CHECK(format_size((1 << 20) - 1) == "1 MiB");
	CHECK(format_size(64 << 20) == "64 MiB");
	CHECK(format_size(UINT64_MAX) == "16 EiB");
}

TEST_CASE("times are shown in two units at most")
{
	CHECK(format_time(0, time_unit::milliseconds) == "0 ms");
	CHECK(format_time(250, time_unit::milliseconds) == "250 ms");
	CHECK(format_time(1500, time_unit::milliseconds) == "1.5 s");
	CHECK(format_time(75000, time_unit::milliseconds) == "75 s");
	CHECK(format_time(99, time_unit::seconds) == "99 s");
	CHECK(format_time(100, time_unit::seconds) == "1 min 40 s");
	CHECK(format_time(120, time_unit::seconds) == "2 min");
	CHECK(format_time(3661, time_unit::seconds) == "1 h 1 min");
	CHECK(format_time(86400, time_unit::seconds) == "1 d");
	CHECK(format_time(90000, time_unit::seconds) == "1 d 1 h");
}

TEST_CASE("what a limit's unit says decides how it is read and shown")
{
	CHECK(format_by_unit(65536, "bytes") == "64 KiB");
	CHECK(format_by_unit(1024, "bytes/s") == "1 KiB/s");
	CHECK(format_by_unit(75000, "ms") == "75 s");
	CHECK(format_by_unit(100, "fields") == "100");
	CHECK(parse_by_unit("1K", "bytes") == 1024U);
	CHECK(parse_by_unit("1m", "ms") == 60000U);
	CHECK(parse_by_unit("100", "fields") == 100U);
	CHECK(!parse_by_unit("1K", "fields"));
	CHECK(format_by_unit(0, "ignore|honour") == "ignore");
	CHECK(format_by_unit(1, "ignore|honour") == "honour");
	CHECK(format_by_unit(2, "ignore|honour") == "2");
	CHECK(parse_by_unit("ignore", "ignore|honour") == 0U);
	CHECK(parse_by_unit("honour", "ignore|honour") == 1U);
	CHECK(parse_by_unit("1", "ignore|honour") == 1U);
	CHECK(!parse_by_unit("honou", "ignore|honour"));
}

TEST_CASE("short times have three digits")
{
	CHECK(format_ns(0) == "0 ns");
	CHECK(format_ns(512) == "512 ns");
	CHECK(format_ns(999) == "999 ns");
	CHECK(format_ns(1000) == "1.00 us");
	CHECK(format_ns(9994) == "9.99 us");
	CHECK(format_ns(9996) == "10.0 us");
	CHECK(format_ns(99949) == "99.9 us");
	CHECK(format_ns(99951) == "100 us");
	CHECK(format_ns(999499) == "999 us");
	CHECK(format_ns(999501) == "1.00 ms");
	CHECK(format_ns(301989888) == "302 ms");
	CHECK(format_ns(1ULL << 37) == "137 s");
	CHECK(format_ns(4'000'000'000'000) == "4000 s");
}

TEST_CASE("clocks are local, ratios of nothing are a dash")
{
	setenv("TZ", "UTC", 1);
	tzset();
	CHECK(format_clock(1700000000123456789ULL) == "2023-11-14 22:13:20.123");
	CHECK(format_percent(1, 3) == "33.3 %");
	CHECK(format_percent(0, 0) == "-");
}
